# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a policy with all of its planned statements is not to be written, judged on their sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .._base.outcome import Failure
from .._kms_key.model import Key
from . import document as policies
from .document import Document, Statement
from .identifiers import grants_sid
from .plan_statement import StatementPlan

# KMS Developer Guide, "Creating a key policy": 32 kilobytes.
MOST_BYTES = 32_768


def refusals(changing: Sequence[StatementPlan], key: Key, document: Document, new: Document) -> Iterator[Failure]:
    """Why KMS would not take the new policy, or nobody could change it any more.

    :param changing: the plans that change something.
    """
    yield from _stale(changing, key, document)
    yield from _lock_out(changing, key, document, new)
    yield from _too_large(changing, key, document, new)


def _stale(changing: Sequence[StatementPlan], key: Key, document: Document) -> Iterator[Failure]:
    """Whoever is gone with a statement of ours troubles nobody; with keep_others such a name can stay in it."""
    after = {sid: statement for plan in changing for sid, statement in plan.after.items()}
    # In the places of the policy as it is, where a reader looks for them.
    stale = policies.stale_principals({"Statement": [_instead(one, after) for one in policies.statements(document)]})
    if not stale:
        return
    kept = [
        sid for sid, statement in after.items() if statement and policies.stale_principals({"Statement": [statement]})
    ]
    own = f" To drop those in the {_named(kept)}, name all who are to stay, without keep_others." if kept else ""
    yield Failure(
        "stale_principals",
        f"the policy of {key.arn} names roles or users that are gone: {shown_stale(stale)}; KMS rejects a policy with them",
        "Remove them from those statements, or put the ARNs of their successors in their place, with kms:PutKeyPolicy."
        + own,
    )


def _instead(statement: Statement, after: Mapping[str, Statement | None]) -> Statement:
    sid = str(statement.get("Sid"))
    return (after[sid] or {}) if sid in after else statement


def _lock_out(changing: Sequence[StatementPlan], key: Key, document: Document, new: Document) -> Iterator[Failure]:
    """Only what goes can lock out: what is made here allows nobody to administrate, and denies nothing."""
    going = [
        sid
        for plan in changing
        for sid in plan.after
        if any(map(policies.may_administrate, policies.with_sid(document, sid).values()))
    ]
    left = policies.statements(new)
    if left and (not going or policies.surely_administrate(left, key.account_id, key.arn.split(":")[1])):
        return
    sids = going or [sid for plan in changing for sid in plan.after]
    yield Failure(
        "lock_out",
        f"without the {_named(sids)} of the policy of {key.arn}, it is not certain that anybody in account "
        f"{key.account_id} can change the policy again",
        "Use another sid. To replace that statement, first add another one that allows the account kms:PutKeyPolicy.",
    )


def _too_large(changing: Sequence[StatementPlan], key: Key, document: Document, new: Document) -> Iterator[Failure]:
    size, size_before = (len(policies.as_text(one).encode()) for one in (new, document))
    if size <= max(MOST_BYTES, size_before):
        return
    sids = [sid for plan in changing for sid, statement in plan.after.items() if statement]
    once = (
        " With grant_is_for_aws_resource=false they are named once, and can give anybody access to the key."
        if any(plan.after.get(grants_sid(plan.request.sid)) for plan in changing)
        else ""
    )
    yield Failure(
        "policy_too_large",
        f"the policy of {key.arn} would have {size:,} bytes with the {_named(sids)}; KMS takes {MOST_BYTES:,}",
        "Name an organization instead of its accounts, use grants (golden.ami.kms_grant), or remove what is not needed."
        + once,
    )


def _named(sids: Sequence[str]) -> str:
    return ("statement " if len(sids) == 1 else "statements ") + " and ".join(f"'{sid}'" for sid in sids)


def shown_stale(stale: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} in {where}" for name, where in stale)
