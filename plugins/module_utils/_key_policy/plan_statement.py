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
from .identifiers import grants_sid
from .members import found_members, joined, without
from .request import PolicyRequest
from .statement import Members, asked_members, is_for_grants, make_statement, parts

Places = Mapping[int, Statement]


@dataclass(frozen=True)
class StatementPlan:
    """One request's part of a policy: its statements by Sid, before and after. With a failure both are the same."""

    request: PolicyRequest
    before: Mapping[str, Statement | None]
    after: Mapping[str, Statement | None]
    changes: bool = False
    failure: Failure | None = None


def plan_statement(request: PolicyRequest, key: Key, document: Document) -> StatementPlan:
    """The plan for the statement of the request's Sid, and for the one of its grants where there is or shall be one."""
    partition = key.arn.split(":")[1]
    places = {sid: policies.with_sid(document, sid) for sid in (request.sid, grants_sid(request.sid))}
    before = {request.sid: _only(places[request.sid]), **_of_grants(request, places)}
    refused = list(_not_ours(request, key, places[request.sid]))
    refused += [one for sid in before if sid != request.sid for one in _not_to_change(request, key, places[sid])]
    if refused:
        return StatementPlan(request, before, before, failure=refused[0])
    wanted = _wanted(request, before, partition)
    taken = next((one for sid in wanted if sid not in before for one in _taken(request, key, places[sid])), None)
    if taken:
        return StatementPlan(request, before, before, failure=taken)
    before = {**before, **{sid: None for sid in wanted if sid not in before}}
    # What means the same stays as it is spelled.
    changing = [sid for sid in before if not _same(before[sid], wanted.get(sid), partition)]
    after = {sid: wanted.get(sid) if sid in changing else before[sid] for sid in before}
    return StatementPlan(request, before, after, changes=bool(changing))


def _only(places: Places) -> Statement | None:
    return next(iter(places.values())) if len(places) == 1 else None


def _of_grants(request: PolicyRequest, places: Mapping[str, Places]) -> dict[str, Statement | None]:
    """The second statement, where one like ours is there. Any other under that Sid is somebody else's."""
    sid = grants_sid(request.sid)
    found = _only(places[sid])
    return {sid: found} if found and is_for_grants(found) else {}


def _same(one: Statement | None, other: Statement | None, partition: str) -> bool:
    return policies.canonical(one, partition) == policies.canonical(other, partition)


def _wanted(
    request: PolicyRequest, before: Mapping[str, Statement | None], partition: str
) -> Mapping[str, Statement | None]:
    """The statements that there should be; those before are not ours to change when :func:`_not_ours` says so."""
    listed = {sid: found_members(one, partition) if one else None for sid, one in before.items()}
    found = {sid: members for sid, members in listed.items() if members} if request.keep_others else {}
    asked = asked_members(request, partition)
    if request.state == "present":
        members = joined(asked, list(found.values()))
        wanted: Mapping[str, Members | None] = parts(request.sid, members, request.grant_is_for_aws_resource)
    else:
        wanted = {sid: without(members, asked) for sid, members in found.items()}
    return {sid: make_statement(sid, members, partition) if members else None for sid, members in wanted.items()}


def _not_ours(request: PolicyRequest, key: Key, places: Places) -> Iterator[Failure]:
    """Why the statement of this sid is not one to replace or remove."""
    yield from _no_single_one(key, places)
    yield from _not_to_change(request, key, places)


def _no_single_one(key: Key, places: Places) -> Iterator[Failure]:
    sid = next((str(one.get("Sid")) for one in places.values()), "")
    if len(places) > 1:
        listed = " and ".join(f"statement {number}" for number in places)
        yield Failure(
            "ambiguous_sid",
            f"the policy of {key.arn} has more than one statement with the Sid '{sid}': {listed}",
            "Rename or remove all but one of them, or use another sid.",
        )
    for number, statement in places.items():
        if statement.get("Effect") != "Allow":
            yield Failure(
                "deny_statement",
                f"statement {number} of the policy of {key.arn} has the Sid '{sid}' and denies instead of allowing",
                "Use another sid; what denies is never replaced or removed here.",
            )


def _not_to_change(request: PolicyRequest, key: Key, places: Places) -> Iterator[Failure]:
    """Why somebody would lose or get what was not asked for."""
    for number, statement in places.items():
        if request.keep_others:
            yield from _other_kind(request, key, number, statement)
            continue
        others = _others(request, key, statement)
        if others:
            yield Failure(
                "names_others",
                f"{policies.label(number, statement)} of the policy of {key.arn} names others as well: {', '.join(others)}",
                "To keep their access, use state=present with all that keep it. To remove it for all, use state=absent with "
                "the sid alone.",
            )


def _taken(request: PolicyRequest, key: Key, places: Places) -> Iterator[Failure]:
    """Why the second statement of a pair cannot have its Sid: there is one under it that is not like ours."""
    yield from _no_single_one(key, places)
    for number, statement in places.items():
        yield Failure(
            "other_statement",
            f"{policies.label(number, statement)} of the policy of {key.arn} does not have the form that this module "
            "writes, and under its "
            f"Sid '{request.sid}' has its grants for AWS services",
            "Use another sid, or rename that statement.",
        )


def _other_kind(request: PolicyRequest, key: Key, number: int, statement: Statement) -> Iterator[Failure]:
    """Why nobody can be added to a statement, or removed from it, while the others stay."""
    partition = key.arn.split(":")[1]
    found, asked = found_members(statement, partition), asked_members(request, partition)
    if found is not None and found.kind == asked.kind:
        return
    how = f"is for {found.kind}, not for {asked.kind}" if found else "does not have the form that this module writes"
    step = (
        "To remove the statement for all, use state=absent with the sid alone."
        if request.state == "absent"
        else "To replace that statement by one for exactly those who are named, leave keep_others out."
    )
    yield Failure(
        "other_statement",
        f"{policies.label(number, statement)} of the policy of {key.arn} {how}; nobody can be added to it or removed from it "
        "without changing what it means for the others",
        f"Use another sid. {step}",
    )


def _others(request: PolicyRequest, key: Key, statement: Statement) -> list[str]:
    """Who would lose a statement that is to be removed, besides those that were named."""
    if request.state != "absent" or not request.names_anybody:
        return []
    partition = key.arn.split(":")[1]
    meant = policies.named_by(make_statement(request.sid, asked_members(request, partition), partition), partition)
    return sorted(plan_set(policies.named_by(statement, partition), meant, EXACT).remove)
