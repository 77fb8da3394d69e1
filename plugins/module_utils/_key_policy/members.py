# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a statement of ours names already, so that some can be added and removed while the others stay.

Only what this collection's statements look like is understood. Anything else, such as one more condition, would lose its
meaning when somebody is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from .._base import identifiers
from .._base.delta import ADD, REMOVE, plan_set
from .._kms_grant.model import principal_arn
from . import document as policies
from . import identifiers as policy_identifiers
from .document import Statement
from .request import PolicyRequest, make_statement

PRINCIPALS = "account_ids and principal_arns"
ORGANIZATIONS = "organization_ids"
PATHS = "organization_paths"


@dataclass(frozen=True)
class Members:
    """Whom a statement names, all of one kind (called after the options), and what it lets them do."""

    kind: str
    names: frozenset[str]
    actions: tuple[str, ...]


def asked_members(request: PolicyRequest, partition: str) -> Members:
    if request.organization_ids:
        return Members(ORGANIZATIONS, frozenset(request.organization_ids), request.actions)
    if request.organization_paths:
        return Members(PATHS, frozenset(request.organization_paths), request.actions)
    return Members(
        PRINCIPALS, frozenset(principal_arn(name, partition) for name in request.principals), request.actions
    )


def found_members(statement: Statement, partition: str) -> Members | None:
    """The members of a statement that looks like one of ours; None for any other, also for one that lets them administrate."""
    actions = policies.texts(statement.get("Action", []))
    found = _organizations(statement) or _principals(statement, partition)
    if found is None or policy_identifiers.check_actions(actions):
        return None
    kind, names = found
    # What we would make of the members shows whether they are all that the statement says.
    made = make_statement(
        _exactly(PolicyRequest("present", str(statement.get("Sid"))), kind, names, actions), partition
    )
    if policies.canonical(made, partition) != policies.canonical(statement, partition):
        return None
    return Members(kind, names, tuple(map(policy_identifiers.spelled, actions)))


def _principals(statement: Statement, partition: str) -> tuple[str, frozenset[str]] | None:
    names = policies.aws_principals(statement, partition)
    known = (identifiers.UNIQUE_ID.fullmatch(name) or identifiers.PRINCIPAL_ARN.fullmatch(name) for name in names)
    return (PRINCIPALS, frozenset(names)) if names and all(known) else None


def _organizations(statement: Statement) -> tuple[str, frozenset[str]] | None:
    conditions = policies.condition_values(statement)
    paths = conditions.get(("ForAnyValue:StringLike", "aws:principalorgpaths"), [])
    ids = conditions.get(("StringEquals", "aws:principalorgid"), [])
    if paths:
        proper = not any(map(policy_identifiers.check_organization_path, paths))
        return (PATHS, frozenset(paths)) if proper else None
    proper = bool(ids) and not any(map(policy_identifiers.check_organization_id, ids))
    return (ORGANIZATIONS, frozenset(ids)) if proper else None


def _exactly(request: PolicyRequest, kind: str, names: Iterable[str], actions: Iterable[str]) -> PolicyRequest:
    """The request for these members and no others."""
    listed = tuple(names)
    return replace(
        request,
        principals=listed if kind == PRINCIPALS else (),
        organization_ids=listed if kind == ORGANIZATIONS else (),
        organization_paths=listed if kind == PATHS else (),
        actions=tuple(actions),
    )


def with_others(request: PolicyRequest, statement: Statement, found: Members, partition: str) -> Statement | None:
    """The statement with those added, or without those, who were named; None when nobody is left.

    Nobody who stays loses an action: those that the asked ones do not cover stay for all.

    :param found: the members of the statement, of the same kind as those that were named.
    """
    asked = asked_members(request, partition)
    delta = plan_set(found.names, asked.names, ADD if request.state == "present" else REMOVE)
    if request.state == "absent" and not delta:
        return statement
    names = delta.applied_to(found.names)
    actions = _joined(found.actions, asked.actions) if request.state == "present" else found.actions
    # A unique ID is what is left of a role or user that is gone: nobody.
    if all(identifiers.UNIQUE_ID.match(name) for name in names):
        return None
    return make_statement(_exactly(request, found.kind, names, actions), partition)


def _joined(there: Sequence[str], asked: Sequence[str]) -> Sequence[str]:
    """The asked actions, and of those that are there the ones that somebody would lose."""
    lost = [action for action in there if not _is_covered(action, asked)]
    new = [action for action in asked if not _is_covered(action, there)]
    if not lost:
        return asked
    return [*lost, *(action for action in asked if not _is_covered(action, lost))] if new else there


def _is_covered(action: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns allows all of what an action, which may be a pattern too, allows."""
    lower = action.lower()
    return any(
        lower == pattern or (fnmatchcase(lower, pattern) and not ("*" in lower and "?" in pattern))
        for pattern in map(str.lower, patterns)
    )
