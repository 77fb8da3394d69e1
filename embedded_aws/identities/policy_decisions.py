# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deciding by a key policy or a role's trust policy, as far as sharing with accounts and organizations needs it.

KMS developer guide, "Key policies", and IAM user guide, "Policy evaluation logic", "Condition operators" and "Global
condition keys". A condition that is not known here never lets anybody in: in an Allow it is not met, in a Deny it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ..organizations.memberships import membership

EXACT = {"StringEquals", "ArnEquals", "StringEqualsIgnoreCase", "Bool"}
LIKE = {"StringLike", "ArnLike"}
# Each is the reverse of the operator without "Not"; it is met, too, where the request has no such key.
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "ArnNotEquals": "ArnEquals",
    "StringNotLike": "StringLike",
    "ArnNotLike": "ArnLike",
}
ROOT_OR_ID = re.compile(r"(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?")


@dataclass(frozen=True)
class Caller:
    """Who asks. ``any_member``: whether some identity of the account would do, as when EC2 asks for a launch."""

    account: str
    arns: frozenset[str] = field(default_factory=frozenset)
    any_member: bool = False
    via_service: str | None = None
    external_id: str | None = None


def as_list(value: Any) -> list[Any]:
    """IAM allows one element without its list."""
    return value if isinstance(value, list) else [value]


def statements(policy: str | None) -> list[dict[str, Any]]:
    """The statements of a policy text; none when it is not readable."""
    try:
        found = json.loads(policy or "{}").get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return [one for one in as_list(found) if isinstance(one, dict)]


def aws_principals(statement: Mapping[str, Any]) -> list[str]:
    """The AWS principals; ``Principal: "*"`` is the same as ``{"AWS": "*"}``."""
    principal = statement.get("Principal")
    if principal == "*":
        return ["*"]
    return [str(one) for one in as_list(principal.get("AWS", []))] if isinstance(principal, dict) else []


def arn_account(arn: str) -> str | None:
    """The account field of an ARN."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else None


def principal_covers(principal: str, caller: Caller) -> bool:
    """Whether a principal of a policy, or the grantee of a grant, means the caller."""
    if principal == "*" or principal in caller.arns:
        return True
    whole_account = ROOT_OR_ID.fullmatch(principal)
    if whole_account:
        return whole_account[1] == caller.account
    return caller.any_member and arn_account(principal) == caller.account


def allows(policy: str | None, caller: Caller, action: str) -> bool:
    """An Allow that applies and no Deny that does, in a policy of the resource."""
    effects = {
        one.get("Effect")
        for one in statements(policy)
        if names_caller(one, caller) and names_action(one, action) and conditions_met(one, caller)
    }
    return "Allow" in effects and "Deny" not in effects


def names_action(statement: Mapping[str, Any], action: str) -> bool:
    """Whether Action or NotAction means the action."""
    wanted = action.lower()
    key = "Action" if "Action" in statement else "NotAction"
    found = any(fnmatchcase(wanted, str(one).lower()) for one in as_list(statement.get(key, [])))
    return found if key == "Action" else "NotAction" in statement and not found


def names_caller(statement: Mapping[str, Any], caller: Caller) -> bool:
    """Whether Principal or NotPrincipal means the caller."""
    if "Principal" not in statement and "NotPrincipal" in statement:
        spared = aws_principals({"Principal": statement["NotPrincipal"]})
        return not any(principal_covers(one, caller) for one in spared)
    return any(principal_covers(one, caller) for one in aws_principals(statement))


def conditions_met(statement: Mapping[str, Any], caller: Caller) -> bool:
    """Whether all conditions are; one that is not known counts against the caller."""
    unknown = statement.get("Effect") == "Deny"
    answers = [
        _met(operator, key, [str(value) for value in as_list(values)], caller)
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    ]
    return all(unknown if answer is None else answer for answer in answers)


def _met(operator: str, key: str, wanted: list[str], caller: Caller) -> bool | None:
    """None for an operator or a key that is not known here."""
    name = operator.split(":", 1)[-1].removesuffix("IfExists")
    if name in NEGATED:
        reverse = _met(NEGATED[name], key, wanted, caller)
        return None if reverse is None else not reverse
    if name not in EXACT | LIKE:
        return None
    if key.lower() == "aws:principalarn":
        return _principal_arn_met(wanted, caller)
    actual = _context(key.lower(), caller)
    if actual is None:
        return None
    if not actual and operator.endswith("IfExists"):
        return True
    found = [any(_equal(name, value, one) for value in wanted) for one in actual]
    return all(found) if operator.startswith("ForAllValues:") else any(found)


def _equal(name: str, wanted: str, actual: str) -> bool:
    return actual in (wanted, wanted.lower()) if name in EXACT else fnmatchcase(actual, wanted)


def _principal_arn_met(wanted: Iterable[str], caller: Caller) -> bool:
    if caller.any_member:
        return any(value == "*" or fnmatchcase(caller.account, arn_account(value) or "") for value in wanted)
    return any(fnmatchcase(arn, value) for arn in caller.arns for value in wanted)


def _context(key: str, caller: Caller) -> list[str] | None:
    """What the request has of a key; None for a key that is not known here."""
    place = membership(caller.account)
    known: dict[str, list[str | None]] = {
        "aws:principalorgid": [place.organization_id],
        "aws:principalorgpaths": [place.path or None],
        "aws:principalaccount": [caller.account],
        "kms:calleraccount": [caller.account],
        "kms:viaservice": [caller.via_service],
        "sts:externalid": [caller.external_id],
        # Every request of an SDK is signed and comes over TLS, this server's too as far as policies are concerned.
        "aws:securetransport": ["true"],
        # True only for grants that an AWS service makes for the caller (KMS developer guide, condition keys).
        "kms:grantisforawsresource": ["true" if caller.via_service else "false"],
        "kms:bypasspolicylockoutsafetycheck": ["false"],
    }
    return [value for value in known[key] if value is not None] if key in known else None
