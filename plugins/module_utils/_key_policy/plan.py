# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan the statements of one key's policy together: from what was asked and what was read to the one text to write, or why not.

KMS replaces a policy as a whole. So all that is asked of one key is judged on its sum and written once, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._base.outcome import CHANGED, FAILED, UNCHANGED, Failure
from .._kms_key.model import Key, shown_key
from . import document as policies
from .change import PolicyChange, PolicyOutcome, StatementState
from .document import Document, Statement
from .plan_statement import StatementPlan, plan_statement
from .refusals import refusals, shown_stale
from .request import PolicyRequest


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


def plan_policy(request: PolicyRequest, facts: PolicyFacts) -> PolicyOutcome:
    """One key's plan for what one task asks for."""
    return plan_statements((request,), facts)


def plan_statements(requests: Sequence[PolicyRequest], facts: PolicyFacts) -> PolicyOutcome:
    """One key's plan for several statements, which become one text to write.

    It fails, without a change, where one of them cannot or must not be written, or the policy with all of them. ``before``
    and ``after`` have the statement (None for none) of each Sid in the order of the requests; both are None where the policy
    could not be read. :attr:`PolicyOutcome.statements` tells which of them would change and which one was refused.

    :raises ValueError: when two requests are for the same Sid.
    """
    found = _readable(facts)
    if isinstance(found, Failure):
        unread = tuple(StatementState(request.sid, (request.sid,), FAILED, found) for request in requests)
        return PolicyOutcome(facts.target, failure=found, extra=shown_key(facts.key), statements=unread)
    key, text, document = found
    plans = [plan_statement(request, key, document) for request in requests]
    before = _by_sid([plan.before for plan in plans])
    after = _by_sid([plan.after for plan in plans])
    changing = [plan for plan in plans if plan.changes]
    new = document
    for sid, statement in _by_sid([plan.after for plan in changing]).items():
        new = policies.changed(new, sid, statement)
    failure = next((plan.failure for plan in plans if plan.failure), None)
    if not failure and changing:
        failure = next(refusals(changing, key, document, new), None)
    states = tuple(_state(plan, failure) for plan in plans)
    if failure:
        return PolicyOutcome(
            facts.target, before, before, failure=failure, extra=shown_key(facts.key), statements=states
        )
    if not changing:
        warnings = _warnings(key, document)
        return PolicyOutcome(
            facts.target, before, before, extra=shown_key(facts.key), warnings=warnings, statements=states
        )
    change = PolicyChange(facts.region, key.arn, text, policies.as_text(new))
    return PolicyOutcome(
        facts.target, before, after, change, changed=True, extra=shown_key(facts.key), statements=states
    )


def _readable(facts: PolicyFacts) -> tuple[Key, str, Document] | Failure:
    """The key, the text of its policy and what that says; or why nothing can be planned for it."""
    key, text = facts.key, facts.policy
    if isinstance(key, Failure):
        return key
    if key.manager != "CUSTOMER":
        return _aws_managed(key)
    if isinstance(text, Failure):
        return text
    document = policies.read_document(text)
    return unreadable_policy(key) if document is None else (key, text, document)


def _by_sid(parts: Sequence[Mapping[str, Statement | None]]) -> dict[str, Statement | None]:
    listed = [sid for part in parts for sid in part]
    if len(frozenset(listed)) < len(listed):
        raise ValueError(f"several requests for one Sid: {', '.join(listed)}")
    return {sid: statement for part in parts for sid, statement in part.items()}


def _state(plan: StatementPlan, of_key: Failure | None) -> StatementState:
    """A refused statement refuses the others that would change; what is there as it should be is there nevertheless."""
    failure = plan.failure or (of_key if plan.changes else None)
    status = FAILED if failure else CHANGED if plan.changes else UNCHANGED
    return StatementState(plan.request.sid, tuple(plan.before), status, failure)


def _aws_managed(key: Key) -> Failure:
    return Failure(
        "aws_managed_key",
        f"{key.arn} is an AWS managed key; its policy cannot be changed and it cannot be shared",
        "Copy the AMI with a customer managed key (golden.ami.image_copy) and use that key.",
    )


def unreadable_policy(key: Key) -> Failure:
    """A policy whose text is none that could be understood."""
    return Failure(
        "unreadable_policy",
        f"the policy of {key.arn} is no JSON object with statements",
        "Look at the policy with kms:GetKeyPolicy and repair it.",
    )


def _warnings(key: Key, document: Document) -> tuple[str, ...]:
    stale = policies.stale_principals(document)
    if not stale:
        return ()
    return (
        f"The policy of {key.arn} names roles or users that are gone: {shown_stale(stale)}. It can be changed only without them.",
    )
