# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One change of a key policy: what is to be written, on which policy it rests, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from .._base.outcome import CHANGED, FAILED, UNCHANGED, Failure, Outcome
from . import document as policies
from .document import Document, Statements


@dataclass(frozen=True)
class PolicyChange:
    """What applying code needs: the text to write, and the one on which it rests."""

    region: str
    key_arn: str
    read: str
    text: str

    @property
    def partition(self) -> str:
        return self.key_arn.split(":")[1]

    def rests_on(self, text: str) -> bool:
        return policies.same_document(self.read, text, self.partition)

    def has_arrived(self, text: str) -> bool:
        return policies.same_document(self.text, text, self.partition)


@dataclass(frozen=True)
class StatementState:
    """What is planned for, or became of, what one request asks for: ``unchanged``, ``changed`` or ``failed``.

    ``sid`` is the request's; ``sids`` are all under which its statements stand.
    """

    sid: str
    sids: tuple[str, ...]
    status: str
    failure: Failure | None = None


@dataclass(frozen=True)
class PolicyOutcome(Outcome[Statements, PolicyChange]):
    """One key's policy: ``before`` and ``after`` are statements by Sid, ``statements`` tells of each request in their order."""

    statements: tuple[StatementState, ...] = ()

    def in_doubt(self, failure: Failure) -> Self:
        return replace(super().in_doubt(failure), statements=_failing(self, failure))


@dataclass(frozen=True)
class Attempt:
    """What came of a change: whether KMS took the policy, the text read last, and the call that failed, if one did."""

    written: bool
    text: str | None = None
    failure: Failure | None = None


def after_apply(outcome: PolicyOutcome, attempt: Attempt | Failure) -> PolicyOutcome:
    """What a key's policy has after the calls, as far as it was read back."""
    change, planned = outcome.change, outcome.after
    if change is None or planned is None:
        return outcome
    if isinstance(attempt, Failure):
        states = _failing(outcome, attempt)
        return replace(outcome, after=outcome.before, changed=False, failure=attempt, statements=states)
    if attempt.text is None:
        # Whether a change arrived that KMS took, and that cannot be read back, is not known.
        states = _failing(outcome, attempt.failure) if attempt.failure else outcome.statements
        after = outcome.after if attempt.written else None
        return replace(outcome, after=after, changed=attempt.written, failure=attempt.failure, statements=states)
    if change.has_arrived(attempt.text):
        return outcome
    document = policies.read_document(attempt.text) or {}
    failure = attempt.failure or (_lost(change, document) if attempt.written else _overtaken(change))
    after = {sid: next(iter(policies.with_sid(document, sid).values()), None) for sid in planned}
    there = CHANGED if attempt.written else UNCHANGED
    return replace(
        outcome,
        after=after,
        changed=attempt.written,
        failure=failure,
        statements=tuple(
            _found(state, _differs(state, planned, after, change.partition), there, failure)
            for state in outcome.statements
        ),
    )


def _failing(outcome: PolicyOutcome, failure: Failure) -> tuple[StatementState, ...]:
    """What needed no change is there nevertheless."""
    return tuple(
        replace(state, status=FAILED, failure=failure) if state.status == CHANGED else state
        for state in outcome.statements
    )


def _found(state: StatementState, differs: bool, there: str, failure: Failure) -> StatementState:
    """One request's state by what the policy has in the end, whoever wrote it."""
    if differs:
        return replace(state, status=FAILED, failure=failure)
    return replace(state, status=there) if state.status == CHANGED else state


def _differs(state: StatementState, planned: Statements, found: Statements, partition: str) -> bool:
    return any(
        policies.canonical(found[sid], partition) != policies.canonical(planned[sid], partition) for sid in state.sids
    )


def _overtaken(change: PolicyChange) -> Failure:
    return Failure(
        "policy_changed",
        f"the policy of {change.key_arn} was changed by somebody else between reading and writing it; nothing was written",
        "Run again, when nobody else writes key policies.",
    )


def _lost(change: PolicyChange, found: Document) -> Failure:
    wanted = policies.read_document(change.text) or {}
    missing, extra = (_only_in(one, other, change.partition) for one, other in ((wanted, found), (found, wanted)))
    parts = [f"not there as written: {missing}"] * bool(missing) + [f"there and not written: {extra}"] * bool(extra)
    return Failure(
        "lost_update",
        f"the policy of {change.key_arn} is not what was written; somebody else wrote it at the same time "
        f"({'; '.join(parts) or 'the statements are the same, Id or Version is not'})",
        "KMS has no lock: let nobody else write key policies meanwhile, look at the policy, and run again.",
    )


def _only_in(document: Document, other: Document, partition: str) -> str:
    known = {policies.canonical(statement, partition) for statement in policies.statements(other)}
    return ", ".join(
        policies.label(number, statement)
        for number, statement in enumerate(policies.statements(document), 1)
        if policies.canonical(statement, partition) not in known
    )
