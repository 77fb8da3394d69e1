# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose key access ends after the role unshare has removed launch permissions, and why the rest stays.

One grant on a key, and one statement of its policy, serves all the AMIs on that key. So key access of a consumer goes only
when no AMI on the key is left that it may launch, itself or through an organization or unit as far as that can be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base.outcome import Failure, explanation
from .._key_policy.identifiers import organization_of
from .._kms_grant.patterns import auto_scaling_roles
from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT, Permissions, Principal
from .._organization.membership import Members, of_same_organization
from .._organization.paths import given_paths
from .._share_stages.statements import ACCOUNTS, AUTO_SCALING, NAMING, ORGANIZATIONS, UNITS, sid_of
from .plan import OF_ORGANIZATIONS
from .request import grantees_of


def arns_to_read(plan: Mapping[str, Any], key_images: Mapping[str, Any]) -> dict[str, list[str]]:
    """The organizations and units whose members decide about anything: those that had or keep a permission."""
    listed = [permissions.named_principals(image["before"]) for image in plan["images"]]
    listed += [
        permissions.named_principals(image["launch_permissions"])
        for key in key_images.get("results", ())
        for image in key["images"] or ()
    ]
    found = sorted({one for each in listed for one in each if one.kind in OF_ORGANIZATIONS})
    named = [Principal(ORGANIZATION, arn) for arn in plan["named"]["organization_arns"]]
    named += [Principal(ORGANIZATIONAL_UNIT, arn) for arn in plan["named"]["organizational_unit_arns"]]
    found = list(dict.fromkeys([*found, *(named if key_images.get("results") else [])]))
    return {
        "organization_arns": [one.value for one in found if one.kind == ORGANIZATION],
        "organizational_unit_arns": [one.value for one in found if one.kind == ORGANIZATIONAL_UNIT],
    }


def plan_keys(
    plan: Mapping[str, Any],
    request: Mapping[str, Any],
    key_images: Mapping[str, Any],
    members: Members,
    removed: Mapping[str, Any],
) -> dict[str, Any]:
    """What kms_grant and kms_key_policy_statement are to remove, and what stays.

    :param key_images: result of kms_key_image_info, read before the launch permissions were removed.
    :param removed: result of launch_permission; {} when there was nothing to remove.
    :return: ``grants``: keys and grantees to remove, keys with the same grantees together; ``statements``: the options of one
        kms_key_policy_statement each; ``going``: by key, the consumers whose access is to end; ``kept``: the others, with the
        reason; ``unread``: by key, why it is not known whether its statements name the accounts that go.
    """
    going: dict[str, list[Principal]] = {}
    kept = []
    for key in key_images.get("results", ()):
        staying = _staying(plan, removed, key)
        for principal in _leaving(plan, request, key["key_id"]):
            reason = _reason_to_keep(principal, key, staying, members, request)
            if reason:
                kept.append(_kept(principal, key, reason))
            else:
                going.setdefault(key["key_id"], []).append(principal)
    keys = {key["key_id"]: key for key in key_images.get("results", ())}
    return {
        "grants": _grants(request, going, keys),
        "statements": _statements(request, going, keys, members),
        "going": {arn: [principal.value for principal in listed] for arn, listed in going.items()},
        "kept": kept,
        "unread": {
            arn: _why_no_policy(keys[arn])
            for arn, listed in going.items()
            if keys[arn]["statement_sids"] is None and any(one.kind == ACCOUNT for one in listed)
        },
    }


def _why_no_policy(key: Mapping[str, Any]) -> str:
    return explanation(Failure(**key["policy_error"])) if key["policy_error"] else "It was not read."


def _leaving(plan: Mapping[str, Any], request: Mapping[str, Any], key_arn: str) -> list[Principal]:
    """Those who were named; or, when everything goes, who had a permission of the AMIs on this key.

    Never who owns the key or the AMIs, and needs it for them.
    """
    on_key = [image for image in plan["images"] if key_arn in image["key_arns"]]
    if request["everything"]:
        found = {one for image in on_key for one in permissions.named_principals(image["before"])}
    else:
        found = set(permissions.named_principals(plan["named"]))
    owners = {key_arn.split(":")[4], *(image["owner_id"] for image in on_key)}
    return sorted(one for one in found if one.kind != permissions.PUBLIC and one.value not in owners)


def _staying(plan: Mapping[str, Any], removed: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Permissions]:
    """Who may launch each AMI on a key now, by its ID and name.

    The removal's own answer tells it best. Where there is none, or it failed, everybody that was read counts as still there.
    """
    outcomes = {one["image_id"]: one for one in removed.get("results", ()) if one["region"] == key["region"]}
    ours = {
        image["image_id"]: image
        for image in plan["images"]
        if image["region"] == key["region"] and key["key_id"] in image["key_arns"]
    }
    listed = {image["image_id"]: image for image in key["images"] or ()}
    found = {}
    for image_id, image in {**ours, **listed}.items():
        outcome = outcomes.get(image_id)
        if outcome and not outcome["error"]:
            states = [outcome["after"]]
        else:
            states = [one["launch_permissions"] for one in (listed.get(image_id),) if one]
            states += [one["before"] for one in (ours.get(image_id),) if one]
        now = (one for state in states for one in permissions.named_principals(state))
        found[f"{image_id} ({image['name']})"] = frozenset(now)
    return found


def _reason_to_keep(
    principal: Principal,
    key: Mapping[str, Any],
    staying: Mapping[str, Permissions],
    members: Members,
    request: Mapping[str, Any],
) -> str:
    """Empty when the principal's access to the key may go."""
    if key["images"] is None:
        return f"which AMIs stand on the key could not be read: {explanation(Failure(**key['error']))}"
    if principal.kind == ACCOUNT:
        return _account_still_needs(principal, staying, members)
    if key["statement_sids"] is None:
        return "the key policy could not be read, so that its statements are not known"
    needed = _organization_still_needs(principal, staying, members)
    named = principal.kind == ORGANIZATIONAL_UNIT and sid_of(request, UNITS) in key["statement_sids"]
    if needed or not named or _path(principal.value, request, members):
        return needed
    return f"the unit's path, which a key policy names, is not known ({members.why}); give unshare_organizational_unit_paths"


def _account_still_needs(account: Principal, staying: Mapping[str, Permissions], members: Members) -> str:
    direct = [image for image, allowed in staying.items() if account in allowed]
    if direct:
        return f"{', '.join(direct)} on this key is still shared with it"
    for image, allowed in staying.items():
        for through in sorted(one.value for one in allowed if one.kind in OF_ORGANIZATIONS):
            has = members.has(through, account.value)
            if has:
                return f"{image} on this key is still shared with {through}, to which it belongs"
            if has is None:
                return (
                    f"{image} on this key is still shared with {through}, and whether it belongs there is not known "
                    f"({members.why})"
                )
    return ""


def _organization_still_needs(principal: Principal, staying: Mapping[str, Permissions], members: Members) -> str:
    """Units of one organization may lie within each other, so any of it that stays keeps the access of all of it.

    An account that belongs to it may use the key by its statement alone, without a grant of its own.
    """
    for image, allowed in staying.items():
        others = sorted(one.value for one in allowed if one.kind in OF_ORGANIZATIONS)
        same = of_same_organization(principal.value, others)
        if same:
            return f"{image} on this key is still shared with {', '.join(same)}, of the same organization"
    for image, allowed in staying.items():
        for account in sorted(one.value for one in allowed if one.kind == ACCOUNT):
            has = members.has(principal.value, account)
            if has or has is None:
                known = "which belongs to it" if has else f"and whether that belongs to it is not known ({members.why})"
                return f"{image} on this key is still shared with {account}, {known}"
    return ""


def _kept(principal: Principal, key: Mapping[str, Any], reason: str) -> dict[str, Any]:
    return {
        "key_arn": key["key_id"],
        "region": key["region"],
        "kind": principal.kind,
        "principal": principal.value,
        "reason": reason,
    }


def _path(arn: str, request: Mapping[str, Any], members: Members) -> str:
    given = given_paths({**request, "organizational_unit_arns": [arn]})
    return given.get(arn) or members.path(arn)


def _grants(
    request: Mapping[str, Any], going: Mapping[str, Iterable[Principal]], keys: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One kms_grant for all keys on which the same accounts lose their grants."""
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for arn, principals in going.items():
        accounts = tuple(one.value for one in principals if one.kind == ACCOUNT)
        if accounts:
            groups.setdefault(accounts, []).append({"key_id": arn, "region": keys[arn]["region"]})
    return [
        {"keys": listed, "grantees": [arn for arns in grantees_of(request, [*accounts]).values() for arn in arns]}
        for accounts, listed in groups.items()
    ]


def _statements(
    request: Mapping[str, Any],
    going: Mapping[str, Iterable[Principal]],
    keys: Mapping[str, Any],
    members: Members,
) -> list[dict[str, Any]]:
    """One kms_key_policy_statement for all keys that have the statement and lose the same names of it."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    named: dict[tuple[str, str], dict[str, list[str]]] = {}
    for arn, principals in going.items():
        for kind, names in _named_in_statements(list(principals), request, members).items():
            sid = sid_of(request, kind)
            if any(names.values()) and sid in (keys[arn]["statement_sids"] or ()):
                group = (sid, repr(names))
                named[group] = names
                groups.setdefault(group, []).append({"key_id": arn, "region": keys[arn]["region"]})
    return [
        {"sid": group[0], "keys": listed, **dict.fromkeys(NAMING), **named[group]} for group, listed in groups.items()
    ]


def _named_in_statements(
    principals: list[Principal], request: Mapping[str, Any], members: Members
) -> dict[str, dict[str, list[str]]]:
    """By kind of statement, whom it names for these consumers."""
    accounts = [one.value for one in principals if one.kind == ACCOUNT]
    # A pattern may have named the role of Auto Scaling, too: whom a statement does not name, nobody takes out of it.
    arns = [arn for listed in grantees_of(request, accounts).values() for arn in listed[1:]]
    units = [one.value for one in principals if one.kind == ORGANIZATIONAL_UNIT]
    return {
        ACCOUNTS: {"account_ids": accounts, "principal_arns": arns},
        AUTO_SCALING: {"principal_arns": list(auto_scaling_roles(accounts, request["partition"]).values())},
        ORGANIZATIONS: {
            "organization_ids": [organization_of(one.value) for one in principals if one.kind == ORGANIZATION]
        },
        UNITS: {"organization_paths": [path for arn in units if (path := _path(arn, request, members))]},
    }
