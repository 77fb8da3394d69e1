# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan one statement of one key's policy: from what was asked and what was read to the text to write, or why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .._base.advice import DENIED
from .._base.delta import EXACT, plan_set
from .._base.outcome import Failure, Outcome
from .._kms_key.model import Key, shown_key
from . import document as policies
from .change import PolicyChange
from .document import Document, Statement
from .members import asked_members, found_members, with_others
from .request import PolicyRequest, make_statement

# KMS Developer Guide, "Creating a key policy": 32 kilobytes.
MOST_BYTES = 32_768


@dataclass(frozen=True)
class PolicyFacts:
    """A key as it was named, and what was read about it; ``policy`` is the text of its default policy."""

    key_id: str
    region: str
    key: Key | Failure
    policy: str | Failure = ""

    @property
    def target(self) -> dict[str, str]:
        return {"key_id": self.key_id, "region": self.region}


def plan_policy(request: PolicyRequest, facts: PolicyFacts) -> Outcome:
    """One key's plan. It fails, without a change, where the statement cannot or must not be written."""
    key, text = facts.key, facts.policy
    if isinstance(key, Failure):
        return _failed(facts, key)
    if key.manager != "CUSTOMER":
        return _failed(facts, _aws_managed(key))
    if isinstance(text, Failure):
        return _failed(facts, of_its_account(text, key))
    document = policies.read_document(text)
    if document is None:
        return _failed(facts, unreadable_policy(key))
    places = policies.with_sid(document, request.sid)
    before = next(iter(places.values())) if len(places) == 1 else None
    partition = key.arn.split(":")[1]
    failure = next(_not_ours(request, key, places), None)
    if failure:
        return _failed(facts, failure, before)
    after = _wanted(request, before, partition)
    if policies.canonical(before, partition) == policies.canonical(after, partition):
        return Outcome(facts.target, before, before, extra=shown_key(facts.key), warnings=_warnings(key, document))
    new = policies.changed(document, request.sid, after)
    failure = next(_refusals(request, key, document, new), None)
    if failure:
        return _failed(facts, failure, before)
    change = PolicyChange(facts.region, key.arn, request.sid, text, policies.as_text(new))
    return Outcome(facts.target, before, after, change, changed=True, extra=shown_key(facts.key))


def _wanted(request: PolicyRequest, before: Statement | None, partition: str) -> Statement | None:
    """The statement that there should be; ``before`` is not ours to change when :func:`_not_ours` says so."""
    found = found_members(before, partition) if request.keep_others and before else None
    if before and found:
        return with_others(request, before, found, partition)
    return make_statement(request, partition) if request.state == "present" else None


def _failed(facts: PolicyFacts, failure: Failure, before: Statement | None = None) -> Outcome:
    return Outcome(facts.target, before, before, failure=failure, extra=shown_key(facts.key))


def _aws_managed(key: Key) -> Failure:
    return Failure(
        "aws_managed_key",
        f"{key.arn} is an AWS managed key; its policy cannot be changed and it cannot be shared",
        "Copy the AMI under a customer managed key and use that one.",
    )


def of_its_account(failure: Failure, key: Key) -> Failure:
    """Key policies do not work across accounts, and KMS's AccessDeniedException does not tell that from other causes."""
    if failure.code not in DENIED:
        return failure
    step = f"Use credentials of account {key.account_id}, which owns the key: nobody else can read or write its policy."
    return replace(failure, next_step=f"{step} {failure.next_step}".strip())


def unreadable_policy(key: Key) -> Failure:
    """A policy whose text is none that could be understood."""
    return Failure(
        "unreadable_policy",
        f"the policy of {key.arn} is no JSON object with statements",
        "Look at the policy with kms:GetKeyPolicy and repair it.",
    )


def _not_ours(request: PolicyRequest, key: Key, places: dict[int, Statement]) -> Iterator[Failure]:
    """Why the statement of this sid is not one to replace or remove."""
    if len(places) > 1:
        listed = " and ".join(f"statement {number}" for number in places)
        yield Failure(
            "ambiguous_sid",
            f"the policy of {key.arn} has more than one statement with the Sid '{request.sid}': {listed}",
            "Rename or remove all but one of them, or use another sid.",
        )
        return
    for number, statement in places.items():
        if statement.get("Effect") != "Allow":
            yield Failure(
                "deny_statement",
                f"statement {number} of the policy of {key.arn} has the Sid '{request.sid}' and does not allow but deny",
                "Use another sid; what denies is never replaced or removed here.",
            )
        if request.keep_others:
            yield from _other_kind(request, key, number, statement)
            return
        others = _others(request, key, statement)
        if others:
            yield Failure(
                "names_others",
                f"statement {number} ({request.sid}) of the policy of {key.arn} names others, too: {', '.join(others)}",
                "To keep theirs, use state=present with those that are to stay. To remove it for all, use state=absent with "
                "the sid alone.",
            )


def _other_kind(request: PolicyRequest, key: Key, number: int, statement: Statement) -> Iterator[Failure]:
    """Why nobody can be added to a statement, or removed from it, while the others stay."""
    partition = key.arn.split(":")[1]
    found, asked = found_members(statement, partition), asked_members(request, partition)
    if found is not None and found.kind == asked.kind:
        return
    how = f"is for {found.kind}, not for {asked.kind}" if found else "is not like those that are made here"
    step = (
        "To remove the statement for all, use state=absent with the sid alone."
        if request.state == "absent"
        else "To replace that statement by one for exactly those who are named, leave keep_others out."
    )
    yield Failure(
        "other_statement",
        f"statement {number} ({request.sid}) of the policy of {key.arn} {how}; nobody can be added to it or removed from it "
        "without changing what it means for the others",
        f"Use another sid. {step}",
    )


def _others(request: PolicyRequest, key: Key, statement: Statement) -> list[str]:
    """Who would lose a statement that is to be removed, besides those that were named."""
    if request.state != "absent" or not request.names_anybody:
        return []
    partition = key.arn.split(":")[1]
    meant = policies.named_by(make_statement(request, partition), partition)
    return sorted(plan_set(policies.named_by(statement, partition), meant, EXACT).remove)


def _refusals(request: PolicyRequest, key: Key, document: Document, new: Document) -> Iterator[Failure]:
    """Why KMS would not take the new policy, or nobody could change it any more."""
    # What goes with our statement troubles nobody; with keep_others it can stay there.
    kept = request.keep_others and policies.stale_principals(
        {"Statement": [*policies.with_sid(new, request.sid).values()]}
    )
    stale = policies.stale_principals(document, besides=None if kept else request.sid)
    if stale:
        own = (
            " To drop those in the statement of this sid, name all who are to stay, without keep_others."
            if kept
            else ""
        )
        yield Failure(
            "stale_principals",
            f"the policy of {key.arn} names roles or users that are gone: {_shown(stale)}; KMS takes no policy with them",
            "Remove them from those statements, or put the ARNs of their successors in their place, with kms:PutKeyPolicy."
            + own,
        )
    if not policies.statements(new) or _locks_out(request, key, document, new):
        yield Failure(
            "lock_out",
            f"without what the statement '{request.sid}' of the policy of {key.arn} allows, nobody in account {key.account_id} "
            "would surely be able to change the policy again",
            "Use another sid. To replace that statement, first add another one that allows the account kms:PutKeyPolicy.",
        )
    size, size_before = (len(policies.as_text(one).encode()) for one in (new, document))
    if size > max(MOST_BYTES, size_before):
        yield Failure(
            "policy_too_large",
            f"the policy of {key.arn} would have {size:,} bytes; KMS takes {MOST_BYTES:,}",
            "Name an organization instead of its accounts, use grants (golden.ami.kms_grant), or remove what is not needed.",
        )


def _locks_out(request: PolicyRequest, key: Key, document: Document, new: Document) -> bool:
    """Only the statement that goes can lock out: what is made here allows nobody to administrate, and denies nothing."""
    goes = policies.with_sid(document, request.sid).values()
    return any(policies.may_administrate(statement) for statement in goes) and not policies.surely_administrate(
        policies.statements(new), key.account_id, key.arn.split(":")[1]
    )


def _warnings(key: Key, document: Document) -> tuple[str, ...]:
    stale = policies.stale_principals(document)
    if not stale:
        return ()
    return (
        f"The policy of {key.arn} names roles or users that are gone: {_shown(stale)}. It can be changed only without them.",
    )


def _shown(stale: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} in {where}" for name, where in stale)
