# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one request asks of the statements of one policy, and why one of them is not to be replaced or removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .._base.delta import EXACT, plan_set
from .._base.outcome import Failure
from .._kms_key.model import Key
from . import document as policies
from .document import Document, Statement
from .members import asked_members, found_members, with_others
from .request import PolicyRequest, make_statement


@dataclass(frozen=True)
class StatementPlan:
    """One request's part of a policy: its statement by Sid, before and after. With a failure both are the same."""

    request: PolicyRequest
    before: Mapping[str, Statement | None]
    after: Mapping[str, Statement | None]
    changes: bool = False
    failure: Failure | None = None


def plan_statement(request: PolicyRequest, key: Key, document: Document) -> StatementPlan:
    sid, partition = request.sid, key.arn.split(":")[1]
    places = policies.with_sid(document, sid)
    before = next(iter(places.values())) if len(places) == 1 else None
    failure = next(_not_ours(request, key, places), None)
    if failure:
        return StatementPlan(request, {sid: before}, {sid: before}, failure=failure)
    after = _wanted(request, before, partition)
    if policies.canonical(before, partition) == policies.canonical(after, partition):
        return StatementPlan(request, {sid: before}, {sid: before})
    return StatementPlan(request, {sid: before}, {sid: after}, changes=True)


def _wanted(request: PolicyRequest, before: Statement | None, partition: str) -> Statement | None:
    """The statement that there should be; ``before`` is not ours to change when :func:`_not_ours` says so."""
    found = found_members(before, partition) if request.keep_others and before else None
    if before and found:
        return with_others(request, before, found, partition)
    return make_statement(request, partition) if request.state == "present" else None


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
