# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The statements of key policies that roles write: for organizations, for units, for accounts, for Auto Scaling.

Each kind has a statement of its own, because what one statement names is joined by "and".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._key_policy.identifiers import organization_of
from .._kms_grant.patterns import auto_scaling_roles
from .request import BY_GRANT, BY_KEY_POLICY, KEY_POLICY

NAMING = ("account_ids", "principal_arns", "organization_ids", "organization_paths")
ACCOUNTS, ORGANIZATIONS, UNITS, AUTO_SCALING = "Accounts", "Organizations", "OrganizationalUnits", "AutoScaling"


def wanted_statements(request: Mapping[str, Any], accounts: Iterable[str]) -> list[dict[str, Any]]:
    """The statements for these accounts and the request's organizations and units, as kms_key_policy_statement's options."""
    listed = list(accounts)
    found = []
    if request["key_access"] == KEY_POLICY:
        patterns = [arn for account in listed for arn in request["grantees"][account][1:]]
        found.append(_statement(request, ACCOUNTS, account_ids=listed, principal_arns=list(dict.fromkeys(patterns))))
    if not request["key_policy_allows_organizations"]:
        organizations = [organization_of(arn) for arn in request["organization_arns"]]
        found.append(_statement(request, ORGANIZATIONS, organization_ids=organizations))
        found.append(_statement(request, UNITS, organization_paths=list(request["paths"].values())))
    if request["auto_scaling"] == BY_KEY_POLICY:
        roles = list(auto_scaling_roles(listed, request["partition"]).values())
        found.append(_statement(request, AUTO_SCALING, more=("Encrypt",), principal_arns=roles))
    return [one for one in found if any(one.get(option) for option in NAMING)]


def sid_of(request: Mapping[str, Any], kind: str) -> str:
    return f"{request['statement_sid']}{kind}"


def _statement(request: Mapping[str, Any], kind: str, more: Iterable[str] = (), **named: list[str]) -> dict[str, Any]:
    return {
        "sid": sid_of(request, kind),
        "actions": sorted({f"kms:{operation}" for operation in (*request["operations"], *more)}),
        # A role of the account that makes the grant for Auto Scaling is no AWS service.
        "grant_is_for_aws_resource": not (kind == ACCOUNTS and request["auto_scaling"] == BY_GRANT),
        **dict.fromkeys(NAMING),
        **named,
    }
