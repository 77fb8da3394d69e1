# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a statement of ours names already, so that some can be added and removed while the others stay.

Only what this collection's statements look like is understood. Anything else, such as one more condition, would lose its
meaning when somebody is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from .._base import identifiers
from .._base.delta import REMOVE, plan_set
from . import document as policies
from . import identifiers as policy_identifiers
from .document import Statement
from .identifiers import CREATE_GRANT
from .statement import ORGANIZATIONS, PATHS, PRINCIPALS, Members, is_for_aws_resource, make_statement


def found_members(statement: Statement, partition: str) -> Members | None:
    """The members of a statement that looks like one of ours; None for any other, also for one that lets them administrate."""
    actions = policies.texts(statement.get("Action", []))
    found = _organizations(statement) or _principals(statement, partition)
    if found is None or policy_identifiers.check_actions(actions):
        return None
    kind, names = found
    spelled = tuple(map(policy_identifiers.spelled, actions))
    limited = is_for_aws_resource(statement)
    if limited and spelled != (CREATE_GRANT,):
        return None
    members = Members(kind, names, tuple(actions), limited)
    # What we would make of the members shows whether they are all that the statement says.
    made = make_statement(str(statement.get("Sid")), members, partition)
    if policies.canonical(made, partition) != policies.canonical(statement, partition):
        return None
    return replace(members, actions=spelled)


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


def joined(asked: Members, there: Sequence[Members]) -> Members:
    """Those who were named and those who are there already, in the statements of one request, as one list.

    Nobody who stays loses an action: those that the asked ones do not cover stay for all.
    """
    names = asked.names.union(*(one.names for one in there))
    actions = list(dict.fromkeys(action for one in there for action in one.actions))
    return replace(asked, names=names, actions=tuple(_joined(actions, asked.actions)))


def without(found: Members, named: Members) -> Members | None:
    """A statement's members without those who were named; None when nobody is left."""
    left = plan_set(found.names, named.names, REMOVE).applied_to(found.names)
    # A unique ID is what is left of a role or user that is gone: nobody.
    if left != found.names and all(identifiers.UNIQUE_ID.match(name) for name in left):
        return None
    return replace(found, names=left)


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
