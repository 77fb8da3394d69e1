# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS Organizations adds to a request of the role share: accounts of units, paths of units, who is a member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._kms_grant.model import LAUNCH_OPERATIONS
from .._kms_grant.patterns import grantees
from .._launch_permission import model as permissions
from .._organization import guard as organization_guard
from .._organization.paths import given_paths
from .request import BY_GRANT, GRANTS, PREFIX
from .statements import wanted_statements

# Suspended accounts, and those about to be closed or not ready yet, can launch nothing (Organizations API, Account.State).
ACTIVE = "ACTIVE"


def complete(request: Mapping[str, Any], units: Mapping[str, Any], organization: Mapping[str, Any]) -> dict[str, Any]:
    """The request with its accounts, grantees and statements, and with ``problems`` of what could not be found out.

    :param units: result of organization_info for the units to read, {} where there was nothing to read.
    :param organization: the same for the caller's organization with its accounts, {} where nobody had to be looked up.
    """
    read = {entry["arn"]: entry for entry in units.get("results", ())}
    problems: list[str] = []
    members, left_out = _members(request, read, units, problems)
    accounts = list(dict.fromkeys([*request["account_ids"], *members]))
    paths, unresolved = _paths(request, read, units)
    done = {**request, "account_ids": accounts, "paths": paths, "unresolved_paths": unresolved, "left_out": left_out}
    problems += _guarded(request, organization)
    if not problems and not permissions.named_principals(done):
        problems.append(
            "Nobody to share with: no unit of share_accounts_of_organizational_unit_arns has an active account. Next: name "
            "other units, or the consumers."
        )
    by_account = grantees(accounts, request["grantee_patterns"], request["partition"])
    listed = [arn for arns in by_account.values() for arn in arns] if request["key_access"] == GRANTS else []
    done |= {
        "grantees": by_account,
        "grantees_to_read": list(dict.fromkeys(listed)),
        "operations": operations(request),
    }
    return {**done, "statements": wanted_statements(done, accounts), "problems": list(dict.fromkeys(problems))}


def operations(request: Mapping[str, Any]) -> list[str]:
    """What the accounts may do with the keys.

    An account whose right comes from a grant can hand on only what that grant allows (KMS API reference, CreateGrant), and
    Auto Scaling's recipe has Encrypt.
    """
    if request["grant_operations"]:
        return list(request["grant_operations"])
    by_grant = request["auto_scaling"] == BY_GRANT and request["key_access"] == GRANTS
    return sorted({*LAUNCH_OPERATIONS, *(["Encrypt"] if by_grant else [])})


def _members(
    request: Mapping[str, Any], read: Mapping[str, Any], units: Mapping[str, Any], problems: list[str]
) -> tuple[list[str], list[dict[str, Any]]]:
    """The active accounts of the units, and the others."""
    accounts: dict[str, dict[str, Any]] = {}
    for arn in request["accounts_of_organizational_unit_arns"]:
        listed = _ok(read.get(arn), "accounts")
        if listed is None:
            problems.append(f"{PREFIX}accounts_of_organizational_unit_arns: {_why(read.get(arn), arn, units)}")
        accounts.update(
            {account["account_id"]: {**account, "organizational_unit_arn": arn} for account in listed or ()}
        )
    left_out = [account for account in accounts.values() if account["state"] != ACTIVE]
    return [key for key, account in accounts.items() if account["state"] == ACTIVE], left_out


def _ok(entry: Mapping[str, Any] | None, key: str) -> Any:
    return entry[key] if entry and not entry["error"] else None


def _why(entry: Mapping[str, Any] | None, arn: str, result: Mapping[str, Any]) -> str:
    """Why something could not be read, with the next step; the module's option is a variable of the role here."""
    error = (entry or {}).get("error")
    if not error:
        return f"{arn} could not be read: {result.get('msg') or 'AWS Organizations was not asked'}"
    cause = ": ".join(part for part in (error["action"], error["code"], error["message"].rstrip(".")) if part)
    step = error["next_step"].replace("assume_role_arn", f"{PREFIX}organizations_role_arn")
    return f"{arn}: {cause}." + (f" Next: {step}" if step else "")


def _paths(
    request: Mapping[str, Any], read: Mapping[str, Any], units: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Path of each unit, given or found, with the units below it; and why one is not known."""
    paths = given_paths(request)
    unresolved = {}
    for arn in request["organizational_unit_arns"]:
        if arn not in paths and not request["key_policy_allows_organizations"]:
            found = _ok(read.get(arn), "path")
            if found:
                paths[arn] = f"{found}*"
            else:
                unresolved[arn] = _why(read.get(arn), arn, units)
    return paths, unresolved


def _guarded(request: Mapping[str, Any], organization: Mapping[str, Any]) -> list[str]:
    """The organization guard. Accounts of units come from an organization that has been allowed by its ID."""
    unknown = organization_guard.accounts_to_look_up(request)
    if not unknown:
        return organization_guard.outside_accounts(request, ())
    entry = next(iter(organization.get("results", ())), None)
    allowed = request["allowed_organization_id"]
    if entry and entry["organization_id"] not in (None, allowed):
        return [
            f"{PREFIX}allowed_organization_id: the caller's organization is {entry['organization_id']}, so that nobody can tell "
            f"whether {_some(unknown)} belong to {allowed}. Next: use credentials (share_organizations_role_arn) of {allowed}, "
            "or list the accounts in share_allowed_account_ids."
        ]
    members = _ok(entry, "accounts")
    if members is None:
        return [
            f"{PREFIX}allowed_organization_id: whether {_some(unknown)} belong to {allowed} cannot be told. "
            f"{_why(entry, 'the organization', organization)} Or list the accounts in share_allowed_account_ids."
        ]
    return organization_guard.outside_accounts(request, (account["account_id"] for account in members))


def _some(accounts: Iterable[str]) -> str:
    listed = list(accounts)
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
