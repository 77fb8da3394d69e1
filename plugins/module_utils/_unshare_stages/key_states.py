# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of the key access that the role unshare was to end: by what is gone, and by what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.delta import EXACT, plan_set
from .._key_policy.document import named_by
from .._key_policy.identifiers import organization_of, unit_of, unit_of_path
from .._kms_grant.model import principal_arn
from .._kms_grant.patterns import account_of
from .._launch_permission.model import ACCOUNT

FAILED, KEPT, REMOVED, ABSENT, UNKNOWN = "failed", "kept", "removed", "absent", "unknown"

Stages = Mapping[str, Any]


def key_states(request: Mapping[str, Any], decided: Mapping[str, Any], stages: Stages) -> dict[str, dict[str, str]]:
    """By key, what became of the access of each consumer that was to lose it."""
    failed = {
        key["key_id"]
        for loop in ("grants", "statements")
        for item in stages[loop].get("results", ())
        for key in item.get("results", ())
        if key["error"]
    }
    revoked = _revoked(request, decided, stages["grants"])
    rewritten = _rewritten(stages["statements"])
    states: dict[str, dict[str, str]] = {}
    for arn, principals in decided["going"].items():
        for value in principals:
            removed = value in revoked.get(arn, ()) or _as_in_statements(value) in rewritten.get(arn, ())
            # The statement of a policy that could not be read may still let the account in, whatever grants went.
            unread = arn in decided["unread"] and value.isdecimal()
            states.setdefault(arn, {})[value] = (
                FAILED if arn in failed else UNKNOWN if unread else REMOVED if removed else ABSENT
            )
    return states


def left_grants(
    request: Mapping[str, Any], decided: Mapping[str, Any], loop: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Accounts that were to lose a key and have grants of ours left, for grantees that nobody named."""
    found = []
    for item in loop.get("results", ()):
        for key in item.get("results", ()):
            going = [value for value in decided["going"].get(key["key_id"], ()) if value.isdecimal()]
            for account in going if not key["error"] else ():
                left = [grant["grantee_principal"] for grant in key["after"] or () if _is_of(grant, account, request)]
                if left:
                    reason = f"{', '.join(left)} of it has a grant; name it in unshare_grantee_patterns"
                    found.append(
                        {
                            "key_arn": key["key_id"],
                            "region": key["region"],
                            "kind": ACCOUNT,
                            "principal": account,
                            "reason": reason,
                        }
                    )
    return found


def _is_of(grant: Mapping[str, Any], account: str, request: Mapping[str, Any]) -> bool:
    """By the name, which tells the account also where KMS shows a unique ID for the grantee."""
    return str(grant["name"]).startswith(f"{request['grant_name']}/{account}/")


def _revoked(
    request: Mapping[str, Any], decided: Mapping[str, Any], loop: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """The accounts of revoked grants by key; a grant's name tells its account."""
    start = f"{request['grant_name']}/"
    found: dict[str, frozenset[str]] = {}
    for item in loop.get("results", ()):
        for key in item.get("results", ()):
            before, after = (
                {grant["name"]: grant["grant_id"] for grant in key[state] or ()} for state in ("before", "after")
            )
            gone = plan_set(before.items(), after.items(), EXACT).remove
            accounts = {str(name).removeprefix(start).partition("/")[0] for name, _grant_id in gone}
            found[key["key_id"]] = found.get(key["key_id"], frozenset()) | accounts
    return found


def _rewritten(loop: Mapping[str, Any]) -> dict[str, set[Any]]:
    """Whom the statements do not name any more, by key, of those who were to be taken out of them."""
    found: dict[str, set[Any]] = {}
    for item in loop.get("results", ()):
        statement = item[item["ansible_loop_var"]]
        organizations = {organization_id: organization_id for organization_id in statement["organization_ids"] or ()}
        units = {path: unit_of_path(path) for path in statement["organization_paths"] or ()}
        for key in item.get("results", ()):
            partition = key["key_id"].split(":")[1]
            roots = {principal_arn(account, partition): account for account in statement["account_ids"] or ()}
            roles = {arn: account_of(arn) for arn in statement["principal_arns"] or ()}
            named = {**organizations, **units, **roots, **roles}
            before, after = (_names(key[state], partition) for state in ("before", "after"))
            gone = plan_set(before, after, EXACT).remove
            found.setdefault(key["key_id"], set()).update(named[name] for name in gone if name in named)
    return found


def _names(statements: Mapping[str, Mapping[str, Any] | None] | None, partition: str) -> frozenset[str]:
    return frozenset(name for one in (statements or {}).values() if one for name in named_by(one, partition))


def _as_in_statements(value: str) -> Any:
    """A consumer as :func:`_rewritten` has it: accounts and organizations by ID, units with their organization."""
    if value.isdecimal():
        return value
    return unit_of(value) if ":ou/" in value else organization_of(value)
