# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_info: who may use the key of an AMI, measured by what the modules for grants and key policies would do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._auto_scaling import access as auto_scaling
from .._base.identifiers import InputError
from .._key_policy import request as policy_request
from .._key_policy.identifiers import grants_sid
from .._key_policy.plan import PolicyFacts, plan_policy
from .._key_policy.request import PolicyRequest
from .._kms_grant import request as grant_request
from .._kms_grant.model import GrantRequest
from .._kms_grant.plan import GrantOutcome, KeyChange, KeyFacts, plan_key
from .._kms_key.model import Key
from .facts import ImageFacts
from .model import Image


@dataclass(frozen=True)
class KeyQuery:
    """The grants and statements that the keys should have, and the accounts whose Auto Scaling is asked about (None: not)."""

    grants: GrantRequest | None = None
    statements: tuple[PolicyRequest, ...] = ()
    auto_scaling: tuple[str, ...] | None = None

    @property
    def needs_policies(self) -> bool:
        """Whether an AMI is incomplete without the key policies; for Auto Scaling alone it says what it does not know."""
        return bool(self.statements)


def parse_query(params: Mapping[str, Any], partition: str | None) -> KeyQuery:
    """Options to query.

    :raises InputError: with all problems.
    """
    problems: list[str] = []
    grants = _asked_grants(params, partition, problems) if params["grantees"] else None
    listed = params["statements"] or ()
    statements = [_asked_statement(item, partition, problems) for item in listed]
    problems += _shared_sids([item["sid"] for item in listed])
    if problems:
        raise InputError(problems)
    accounts = tuple(dict.fromkeys(map(str, params["account_ids"] or ()))) if params["auto_scaling"] else None
    return KeyQuery(grants, tuple(statement for statement in statements if statement), accounts)


def _shared_sids(sids: Sequence[str]) -> list[str]:
    """Sids that would be of two of the statements; each has one more for its grants."""
    problems = [
        f"statements: the sid '{sid}' comes more than once; a statement is for one kind of principals, and has a sid of its own."
        for sid in dict.fromkeys(sids)
        if sids.count(sid) > 1
    ]
    return problems + [
        f"statements: the sid '{grants_sid(sid)}' is that of the grants of '{sid}'; use another one."
        for sid in dict.fromkeys(sids)
        if grants_sid(sid) in sids
    ]


def _asked_grants(params: Mapping[str, Any], partition: str | None, problems: list[str]) -> GrantRequest | None:
    asked = {
        "state": "present",
        "purge": False,
        "grantees": params["grantees"],
        "operations": params["grant_operations"],
        "name": params["grant_name"],
        "constraints": None,
        "retiring_principal": None,
        "grantor_role_arn": None,
        "grantor_external_id": None,
    }
    try:
        return grant_request.parse_request(asked, partition)
    except InputError as error:
        problems += error.problems
        return None


def _asked_statement(item: Mapping[str, Any], partition: str | None, problems: list[str]) -> PolicyRequest | None:
    try:
        return policy_request.parse_request({**item, "state": "present", "keep_others": True}, partition)
    except InputError as error:
        problems += [f"statements: {item['sid']}: {problem}" for problem in error.problems]
        return None


def show_keys(query: KeyQuery, facts: ImageFacts) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The keys of an AMI as its result shows them, and the warnings of what was planned for them."""
    planned = _planned_grants(query.grants, facts)
    shown = [_key(query, facts, arn, planned.get(arn)) for arn in facts.keys]
    return shown, tuple(warning for outcome in planned.values() for warning in outcome.warnings)


def _planned_grants(request: GrantRequest | None, facts: ImageFacts) -> dict[str, GrantOutcome]:
    """What kms_grant would do to each key, by its own plan, so that both always agree."""
    if request is None:
        return {}
    region = facts.selector.region
    return {
        arn: plan_key(request, KeyFacts(arn, region, key, facts.grants[arn]))
        for arn, key in facts.keys.items()
        if isinstance(key, Key)
    }


def _key(query: KeyQuery, facts: ImageFacts, arn: str, planned: GrantOutcome | None) -> dict[str, Any]:
    read = facts.keys[arn]
    key = read if isinstance(read, Key) else None
    change = planned.change if planned else None
    missing = [creation.wanted.grantee for creation in change.plan.create] if isinstance(change, KeyChange) else []
    return {
        "key_arn": arn,
        "manager": key.manager if key else None,
        "state": key.state if key else None,
        "missing_grantees": missing if planned and not planned.failure else None,
        "grants_complete": not planned.changed if planned and not planned.failure else None,
        "statements": _statements(query.statements, facts, arn),
        "auto_scaling": _auto_scaling(query.auto_scaling, facts, arn),
    }


def _statements(requests: Sequence[PolicyRequest], facts: ImageFacts, arn: str) -> list[dict[str, Any]]:
    """What kms_key_policy_statement would do to the key's policy for each by itself, by its own plan."""
    if not requests:
        return []
    about = PolicyFacts(arn, facts.selector.region, facts.keys[arn], facts.policies[arn])
    planned = [(request.sid, plan_policy(request, about)) for request in requests]
    return [
        {
            "sid": sid,
            "complete": None if outcome.failure else not outcome.changed,
            "error": outcome.failure.as_dict() if outcome.failure else None,
        }
        for sid, outcome in planned
    ]


def _auto_scaling(account_ids: Sequence[str] | None, facts: ImageFacts, arn: str) -> dict[str, list[str]] | None:
    if account_ids is None:
        return None
    owner = facts.image.owner_id if isinstance(facts.image, Image) else ""
    return auto_scaling.access(
        [account_id for account_id in account_ids if account_id != owner],
        arn.split(":")[1],
        facts.grants[arn],
        facts.policies[arn],
    )
