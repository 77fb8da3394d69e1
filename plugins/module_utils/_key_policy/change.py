# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One change of a key policy: what is to be written, on which policy it rests, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._base.outcome import Failure, Outcome
from . import document as policies
from .document import Document


@dataclass(frozen=True)
class PolicyChange:
    """What applying code needs: the text to write, and the one on which it rests."""

    region: str
    key_arn: str
    sid: str
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
class Attempt:
    """What came of a change: whether KMS took the policy, the text read last, and the call that failed, if one did."""

    written: bool
    text: str | None = None
    failure: Failure | None = None


def after_apply(outcome: Outcome, attempt: Attempt | Failure) -> Outcome:
    """What a key's policy has after the calls, as far as it was read back."""
    change: PolicyChange = outcome.change
    if isinstance(attempt, Failure):
        return replace(outcome, after=outcome.before, changed=False, failure=attempt)
    if attempt.text is None:
        return replace(
            outcome, after=outcome.after if attempt.written else None, changed=attempt.written, failure=attempt.failure
        )
    if change.has_arrived(attempt.text):
        return outcome
    document = policies.read_document(attempt.text) or {}
    return replace(
        outcome,
        after=next(iter(policies.with_sid(document, change.sid).values()), None),
        changed=attempt.written,
        failure=attempt.failure or (_lost(change, document) if attempt.written else _overtaken(change)),
    )


def _overtaken(change: PolicyChange) -> Failure:
    return Failure(
        "policy_changed",
        f"the policy of {change.key_arn} was changed by somebody else between reading and writing it; nothing was written",
        "Run again, when nobody else writes key policies.",
    )


def _lost(change: PolicyChange, found: Document) -> Failure:
    wanted = policies.read_document(change.text) or {}
    missing, strange = (_only_in(one, other, change.partition) for one, other in ((wanted, found), (found, wanted)))
    parts = [f"not there as written: {missing}"] * bool(missing) + [f"there and not written: {strange}"] * bool(strange)
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
