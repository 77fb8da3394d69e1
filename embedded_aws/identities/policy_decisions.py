# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deciding by a key policy or a role's trust policy, as far as sharing with accounts and organizations needs it.

KMS developer guide, "Key policies", and IAM's global condition keys. A condition that is not known here is never met.
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
    """An Allow that applies and no Deny that does."""
    effects = {one.get("Effect") for one in statements(policy) if _applies(one, caller, action)}
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], caller: Caller, action: str) -> bool:
    wanted = action.lower()
    if not any(fnmatchcase(wanted, str(one).lower()) for one in as_list(statement.get("Action", []))):
        return False
    if not any(principal_covers(one, caller) for one in aws_principals(statement)):
        return False
    conditions = statement.get("Condition") or {}
    return all(
        _met(operator, key, [str(value) for value in as_list(values)], caller)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _met(operator: str, key: str, wanted: list[str], caller: Caller) -> bool:
    name = operator.split(":", 1)[-1].removesuffix("IfExists")
    if name not in EXACT and name not in ("StringLike", "ArnLike"):
        return False
    if key.lower() == "aws:principalarn":
        return _principal_arn_met(wanted, caller)
    actual = _context(key.lower(), caller)
    if name in EXACT:
        return any(value in actual or value.lower() in actual for value in wanted)
    return any(fnmatchcase(one, value) for value in wanted for one in actual)


def _principal_arn_met(wanted: Iterable[str], caller: Caller) -> bool:
    if caller.any_member:
        return any(value == "*" or fnmatchcase(caller.account, arn_account(value) or "") for value in wanted)
    return any(fnmatchcase(arn, value) for arn in caller.arns for value in wanted)


def _context(key: str, caller: Caller) -> list[str]:
    place = membership(caller.account)
    known: dict[str, list[str | None]] = {
        "aws:principalorgid": [place.organization_id],
        "aws:principalorgpaths": [place.path or None],
        "aws:principalaccount": [caller.account],
        "kms:calleraccount": [caller.account],
        "kms:viaservice": [caller.via_service],
        "sts:externalid": [caller.external_id],
        # True only for grants that an AWS service makes for the caller (KMS developer guide, condition keys).
        "kms:grantisforawsresource": ["true" if caller.via_service else "false"],
        "kms:bypasspolicylockoutsafetycheck": ["false"],
    }
    return [value for value in known.get(key, []) if value is not None]
