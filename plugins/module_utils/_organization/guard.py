# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization guard: who is outside of the organization and the accounts with which an AMI may be shared at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base import identifiers
from .._base.survey_text import Inputs
from .._key_policy import identifiers as policy_identifiers
from .._kms_grant.patterns import of_other_accounts

# EC2 shares with any organization, account or unit that is named, and so with strangers after a slip of the keyboard.
_NEXT = "Correct it, or widen share_allowed_organization_id or share_allowed_account_ids."


def read_guard(inputs: Inputs) -> dict[str, Any]:
    """``allowed_organization_id``: empty for none. ``allowed_account_ids``: None when not given; an empty list allows nobody."""
    # Whoever writes the name of a guard means one: what is left of it when it was emptied must not let everybody in.
    inputs.add(
        f"{inputs.prefix}{name}: {inputs.cure_of_empty_guard(name)}"
        for name in ("allowed_organization_id", "allowed_account_ids")
        if inputs.is_empty(name) and inputs.raw(name) != ""
    )
    organization_id = inputs.text("allowed_organization_id")
    listed = inputs.texts("allowed_account_ids") if inputs.is_given("allowed_account_ids") else None
    if organization_id:
        problem = policy_identifiers.check_organization_id(organization_id)
        inputs.add([f"{inputs.prefix}allowed_organization_id: {problem}"] if problem else [])
    inputs.add(
        identifiers.check_each(f"{inputs.prefix}allowed_account_ids", listed or (), identifiers.check_account_id)
    )
    return {"allowed_organization_id": organization_id, "allowed_account_ids": listed}


def is_on(request: Mapping[str, Any]) -> bool:
    return bool(request["allowed_organization_id"]) or request["allowed_account_ids"] is not None


def outside(request: Mapping[str, Any]) -> list[str]:
    """Everybody outside who can be told without a call: ARNs carry their organization's ID."""
    if not is_on(request):
        return []
    allowed = request["allowed_organization_id"]
    inside = f"the organization {allowed}" if allowed else "share_allowed_account_ids"
    arns = ("organization_arns", "organizational_unit_arns", "accounts_of_organizational_unit_arns")
    found = [
        f"share_{name}: '{arn}' is outside of {inside}. {_NEXT}"
        for name in arns
        for arn in request[name]
        if policy_identifiers.organization_of(arn) != allowed
    ]
    if request["public"]:
        found.append(f"share_public: everybody is more than is allowed. {_NEXT}")
    return found


def accounts_to_look_up(request: Mapping[str, Any]) -> list[str]:
    """The accounts of which only AWS Organizations can tell whether they are inside."""
    return _not_listed(request) if request["allowed_organization_id"] else []


def outside_accounts(request: Mapping[str, Any], members: Iterable[str]) -> list[str]:
    """:param members: the accounts of the allowed organization; nobody, when there is none."""
    if not is_on(request):
        return []
    inside = frozenset(members)
    allowed = request["allowed_organization_id"]
    where = f"no account of {allowed}" if allowed else "not in share_allowed_account_ids"
    strangers = [account for account in _not_listed(request) if account not in inside]
    named = set(request["account_ids"])
    return [
        f"share_{'account_ids' if account in named else 'grantee_patterns'}: {account} is {where}. {_NEXT}"
        for account in strangers
    ]


def _not_listed(request: Mapping[str, Any]) -> list[str]:
    """Accounts of the request, those that patterns name included, that the list of accounts does not allow."""
    listed = frozenset(request["allowed_account_ids"] or ())
    asked = [*request["account_ids"], *of_other_accounts(request["grantee_patterns"]).values()]
    return [account for account in dict.fromkeys(asked) if account not in listed]
