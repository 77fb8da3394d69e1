# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decisions of the role share between its stages: what is refused, who needs which key, which AMIs may be shared now.

The role hands results of modules in and passes what comes out to the next module, so these are plain dictionaries.
Every index is built once: a run over 1,000 accounts and 17 Regions has 17,000 consumers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import permissions
from .delta import ADD, plan_set
from .grants import LAUNCH_OPERATIONS, name_stem
from .permissions import ACCOUNT, PUBLIC, Permissions, Principal

# Key access of one consumer, worst first.
FAILED, ADDED, UNCHANGED, KEY_POLICY, NOT_NEEDED = "failed", "added", "unchanged", "key_policy", "not_needed"

Access = Mapping[str, Mapping[str, str]]


def plan_share(request: Mapping[str, Any], discovered: Mapping[str, Any]) -> dict[str, Any]:
    """From the request and image_info's result to what the next stages do.

    :return: ``refusals`` (sentences; anything in it ends the run before the first write), ``images`` (image_info's
        results, each AMI once), ``account_ids`` without the owners' own, ``keys`` (those that lack grants) and ``grantees``
        for kms_grant, ``account_grantees`` (account to its grantees' ARNs), ``warnings``.
    """
    images = list({(image["region"], image["image_id"]): image for image in discovered["results"]}.values())
    owners = {image["owner_id"] for image in images if image["owner_id"]}
    accounts = [account for account in request["account_ids"] if account not in owners]
    account_grantees = {account: request["grantees"][account] for account in accounts}
    grantees = list(dict.fromkeys(arn for listed in account_grantees.values() for arn in listed))
    keys = dict.fromkeys(
        (key["key_arn"], image["region"])
        for image in images
        for key in image["kms_keys"]
        if _needs_grants(key, grantees)
    )
    plan = {
        "images": images,
        "account_ids": accounts,
        "keys": [{"key_id": arn, "region": region} for arn, region in keys],
        "grantees": grantees,
        "account_grantees": account_grantees,
        "warnings": [
            f"share_account_ids: {account} owns the AMI and may always launch it; dropped."
            for account in request["account_ids"]
            if account in owners
        ],
    }
    return {**plan, "refusals": _refusals(plan, request, discovered)}


def _needs_grants(key: Mapping[str, Any], grantees: Iterable[str]) -> bool:
    """Whether kms_grant has to look at a key: something that is wanted is missing, or ours is there twice."""
    missing = key["missing_grantees"]
    if missing is None or key["grants_complete"]:
        return False
    return not missing or not set(missing).isdisjoint(grantees)


def _refusals(plan: Mapping[str, Any], request: Mapping[str, Any], discovered: Mapping[str, Any]) -> list[str]:
    """Everything that stands in the way, for all AMIs; image_info's message already names each failed read."""
    refusals = []
    organizations = bool(request["organization_arns"] or request["organizational_unit_arns"])
    for image in plan["images"]:
        refusals += [
            f"{image['region']}: {blocker['message']} Next: {blocker['cure']}" for blocker in image["blockers"]
        ]
        if organizations and image["kms_keys"] and not request["key_policy_allows_organizations"]:
            refusals.append(
                f"{image['region']}: the snapshots of {image['image_id']} are encrypted, and a grant cannot name an "
                "organization or OU, so that their accounts could see the AMI and not launch it. Next: let the key policy "
                f"of {', '.join(_key_arns(image))} allow them (aws:PrincipalOrgID, aws:PrincipalOrgPaths), then set "
                "share_key_policy_allows_organizations=true."
            )
    if any(image["error"] for image in plan["images"]):
        refusals.append(discovered["msg"])
    if not wanted_principals(plan, request):
        refusals.append(
            "Nobody to share with: share_account_ids names only the account that owns the AMIs. Next: name the consumers."
        )
    return refusals


def wanted_principals(plan: Mapping[str, Any], request: Mapping[str, Any]) -> Permissions:
    return permissions.named_principals({**request, "account_ids": plan["account_ids"]})


def images_to_share(
    plan: Mapping[str, Any], request: Mapping[str, Any], grants: Mapping[str, Any]
) -> list[dict[str, str]]:
    """The AMIs for launch_permission: those that lack a permission and whose keys let all the consumers in.

    A launch permission without key access would show consumers an AMI that they cannot start. A grant that could not be
    revoked is no reason to hold back: the consumers have what they need.
    """
    wanted = wanted_principals(plan, request)
    access = _access(plan, request, grants)
    return [
        {"image_id": image["image_id"], "region": image["region"]}
        for image in plan["images"]
        if plan_set(permissions.named_principals(image["launch_permissions"]), wanted, ADD)
        and not any(FAILED in access.get(arn, {}).values() for arn in _key_arns(image))
    ]


def summarise_share(
    plan: Mapping[str, Any], request: Mapping[str, Any], grants: Mapping[str, Any], shared: Mapping[str, Any]
) -> dict[str, Any]:
    """What became of every AMI and every consumer; ``grants`` and ``shared`` are {} where a stage had nothing to do."""
    access = _access(plan, request, grants)
    failed_keys = {key["key_id"]: key["error"] for key in grants.get("results", ()) if key["status"] == "failed"}
    outcomes = {(result["image_id"], result["region"]): result for result in shared.get("results", ())}
    images = [
        _image(image, failed_keys, outcomes.get((image["image_id"], image["region"]))) for image in plan["images"]
    ]
    order = _in_order(plan, request)
    failures = [part["msg"] for part in (grants, shared) if _has_failures(part)]
    return {
        "changed": bool(grants.get("changed") or shared.get("changed")),
        "failed": bool(failures),
        "failures": failures,
        "images": images,
        "consumers": [consumer for image in images for consumer in _consumers(image, order, access)],
        "warnings": plan["warnings"],
    }


def _in_order(plan: Mapping[str, Any], request: Mapping[str, Any]) -> list[Principal]:
    """As they were given, which is how a person looks for them in the table."""
    given = [*plan["account_ids"], *request["organization_arns"], *request["organizational_unit_arns"]]
    position = {value: number for number, value in enumerate(given)}
    return sorted(wanted_principals(plan, request), key=lambda principal: position.get(principal.value, len(given)))


def _key_arns(image: Mapping[str, Any]) -> list[str]:
    return [key["key_arn"] for key in image["kms_keys"]]


def _has_failures(part: Mapping[str, Any]) -> bool:
    return any(result["status"] == "failed" for result in part.get("results", ()))


def _access(plan: Mapping[str, Any], request: Mapping[str, Any], grants: Mapping[str, Any]) -> Access:
    """For each key that lacked grants, what each account has there now: all its grantees count, the patterns' too."""
    results = {key["key_id"]: key for key in grants.get("results", ())}
    return {
        key["key_id"]: _access_to(results[key["key_id"]], plan["account_grantees"], request)
        if key["key_id"] in results
        else dict.fromkeys(plan["account_grantees"], FAILED)
        for key in plan["keys"]
    }


def _access_to(
    key: Mapping[str, Any], account_grantees: Mapping[str, Iterable[str]], request: Mapping[str, Any]
) -> dict[str, str]:
    operations = frozenset(request["grant_operations"] or LAUNCH_OPERATIONS)
    before, after = (_ids_by_grantee(key[state], operations) for state in ("before", "after"))
    owner = key["key_id"].split(":")[4]

    def state(grantee: str) -> str:
        # A grantee that KMS shows as a unique ID is found by the name that the grant was given for it.
        names = (grantee, name_stem(request["grant_name"], grantee))
        had, has = (next((ids[name] for name in names if name in ids), set()) for ids in (before, after))
        return FAILED if not has else UNCHANGED if had & has else ADDED

    access = {}
    for account, grantees in account_grantees.items():
        # The account that owns a key uses it by the key policy; kms_grant makes no grant for it.
        states = {state(grantee) for grantee in grantees if grantee.split(":")[4:] != [owner, "root"]}
        access[account] = next((each for each in (FAILED, ADDED, UNCHANGED) if each in states), NOT_NEEDED)
    return access


def _ids_by_grantee(listed: Iterable[Mapping[str, Any]] | None, operations: frozenset[str]) -> dict[str, set[Any]]:
    """IDs of the grants that allow enough, by grantee and by the stem of the name.

    In check mode a grant that would be made has the ID None. An older grant that allows less, and whose successor could
    not be made, is no access.
    """
    found: dict[str, set[Any]] = {}
    for grant in listed or ():
        if operations.issubset(grant["operations"]) and not grant["constraints"]:
            for name in (grant["grantee_principal"], grant["name"].rpartition("-")[0]):
                found.setdefault(name, set()).add(grant["grant_id"])
    return found


def _image(
    image: Mapping[str, Any], failed_keys: Mapping[str, Mapping[str, Any]], outcome: Mapping[str, Any] | None
) -> dict[str, Any]:
    errors = [failed_keys[arn] for arn in _key_arns(image) if arn in failed_keys]
    errors += [outcome["error"]] if outcome and outcome["error"] else []
    return {
        "image_id": image["image_id"],
        "region": image["region"],
        "name": image["name"],
        "key_arns": _key_arns(image),
        "status": "failed" if errors else outcome["status"] if outcome else "unchanged",
        "error": errors[0] if errors else None,
        "launch_permissions_before": image["launch_permissions"],
        "launch_permissions": outcome["after"] if outcome and outcome["after"] else image["launch_permissions"],
    }


def _consumers(image: Mapping[str, Any], order: Iterable[Principal], access: Access) -> list[dict[str, Any]]:
    """The consumers of one AMI and what each has at each layer; ``ready``: both, as far as the owner's side can tell."""
    before = permissions.named_principals(image["launch_permissions_before"])
    after = permissions.named_principals(image["launch_permissions"])
    consumers = []
    for principal in order:
        launch = FAILED if principal not in after else UNCHANGED if principal in before else ADDED
        key = _key_access(principal, image["key_arns"], access)
        consumers.append(
            {
                "region": image["region"],
                "image_id": image["image_id"],
                "consumer": "everybody" if principal.kind == PUBLIC else principal.value.rsplit("/", 1)[-1],
                "kind": principal.kind,
                "principal": principal.value,
                "launch_permission": launch,
                "key_access": key,
                "ready": FAILED not in (launch, key),
            }
        )
    return consumers


def _key_access(principal: Principal, key_arns: Iterable[str], access: Access) -> str:
    """The worst of the consumer's access to the AMI's keys; organizations have it by key policy, as declared.

    On a key that kms_grant did not look at, discovery has found everything in place.
    """
    if principal.kind != ACCOUNT:
        return KEY_POLICY if any(key_arns) else NOT_NEEDED
    states = {
        access[arn][principal.value]
        if arn in access
        else NOT_NEEDED
        if arn.split(":")[4] == principal.value
        else UNCHANGED
        for arn in key_arns
    }
    return next((state for state in (FAILED, ADDED, UNCHANGED) if state in states), NOT_NEEDED)
