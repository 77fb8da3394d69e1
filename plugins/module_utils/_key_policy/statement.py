# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The statements that are made here.

Who may create grants can hand the key on, to anybody in any account, unless kms:GrantIsForAWSResource limits it to grants
that an AWS service makes for its own resources. KMS knows that condition key for CreateGrant, ListGrants and RevokeGrant
only (KMS Developer Guide, "AWS KMS condition keys"): under it nothing else would be allowed, and with ``BoolIfExists`` it
would limit nothing where a request comes without it. So what is asked for becomes two statements: the use of the key, and
CreateGrant under the condition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from .._kms_grant.model import principal_arn
from . import document as policies
from .document import Statement
from .identifiers import CREATE_GRANT, USING_ACTIONS, grants_sid
from .request import PolicyRequest

PRINCIPALS = "account_ids and principal_arns"
ORGANIZATIONS = "organization_ids"
PATHS = "organization_paths"
FOR_AWS_RESOURCE = ("Bool", "kms:GrantIsForAWSResource", "true")


@dataclass(frozen=True)
class Members:
    """Whom a statement names, all of one kind (called after the options), and what it lets them do.

    ``for_aws_resource``: only when an AWS service asks for its own resource, which only CreateGrant can be limited to.
    """

    kind: str
    names: frozenset[str]
    actions: tuple[str, ...]
    for_aws_resource: bool = False


def asked_members(request: PolicyRequest, partition: str) -> Members:
    if request.organization_ids:
        return Members(ORGANIZATIONS, frozenset(request.organization_ids), request.actions)
    if request.organization_paths:
        return Members(PATHS, frozenset(request.organization_paths), request.actions)
    return Members(
        PRINCIPALS, frozenset(principal_arn(name, partition) for name in request.principals), request.actions
    )


def parts(sid: str, members: Members, for_aws_resource: bool) -> dict[str, Members]:
    """The members of the statements that let them do it, by Sid.

    :param for_aws_resource: whether they may create grants for AWS services only.
    """
    granting = covers_create_grant(members.actions)
    if not (for_aws_resource and granting):
        return {sid: members}
    limited = replace(members, actions=(CREATE_GRANT,), for_aws_resource=True)
    use = _without_create_grant(members.actions)
    return {sid: replace(members, actions=use), grants_sid(sid): limited} if use else {sid: limited}


def covers_create_grant(actions: Iterable[str]) -> bool:
    return any(fnmatchcase(CREATE_GRANT.lower(), action.lower()) for action in actions)


def _without_create_grant(actions: Iterable[str]) -> tuple[str, ...]:
    """A pattern that covers CreateGrant as what else it covers."""
    found: dict[str, None] = {}
    for action in actions:
        if covers_create_grant([action]):
            named = (f"kms:{name}" for name in USING_ACTIONS if fnmatchcase(f"kms:{name}".lower(), action.lower()))
            found |= dict.fromkeys(name for name in named if name != CREATE_GRANT)
        else:
            found[action] = None
    return tuple(found)


def make_statements(request: PolicyRequest, partition: str) -> dict[str, Statement]:
    """The statements that were asked for, by Sid."""
    members = parts(request.sid, asked_members(request, partition), request.grant_is_for_aws_resource)
    return {sid: make_statement(sid, part, partition) for sid, part in members.items()}


def make_statement(sid: str, members: Members, partition: str) -> dict[str, Any]:
    """Everybody (``*``) is never without the condition on organizations."""
    condition: dict[str, Any] = {}
    if members.kind in (ORGANIZATIONS, PATHS):
        # IDs of roots and units are unique only within an organization, so a path never stands without it.
        condition["StringEquals"] = {"aws:PrincipalOrgID": _listed(name.split("/")[0] for name in members.names)}
    if members.kind == PATHS:
        condition["ForAnyValue:StringLike"] = {"aws:PrincipalOrgPaths": _listed(members.names)}
    principals = "*" if condition else _listed(principal_arn(one, partition) for one in members.names)
    if members.for_aws_resource:
        operator, key, value = FOR_AWS_RESOURCE
        condition[operator] = {key: value}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principals},
        "Action": _listed(members.actions),
        "Resource": "*",
        **({"Condition": condition} if condition else {}),
    }


def _listed(values: Iterable[str]) -> Any:
    """Sorted, so that the order of a list makes no other document; a single value without its list, as AWS writes it."""
    listed = sorted(set(values))
    return listed[0] if len(listed) == 1 else listed


def is_for_aws_resource(statement: Statement) -> bool:
    """Whether a statement is limited to what an AWS service asks for its own resources."""
    operator, key, value = FOR_AWS_RESOURCE
    return policies.condition_values(statement).get((operator, key.lower())) == [value]


def is_for_grants(statement: Statement) -> bool:
    """Whether a statement looks like the second of a pair: it allows nothing but grants for AWS services."""
    return (
        statement.get("Effect") == "Allow"
        and policies.texts(statement.get("Action", []), str.lower) == [CREATE_GRANT.lower()]
        and is_for_aws_resource(statement)
    )
