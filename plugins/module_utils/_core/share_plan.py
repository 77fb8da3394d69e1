# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decisions of the role share between its stages: what is refused, who needs which key, which AMIs may be shared now.

The role hands results of modules in and passes what comes out to the next module, so these are plain dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import permissions
from .delta import ADD, plan_set
from .permissions import ACCOUNT, PUBLIC, Principal
from .share_request import expand


def plan_share(request: Mapping[str, Any], discovered: Mapping[str, Any]) -> dict[str, Any]:
    """From the request and image_info's result to what the next stages do.

    :return: ``refusals`` (sentences; anything in it ends the run before the first write), ``images`` (image_info's
        results), ``account_ids`` without the owners' own, ``keys`` and ``grantees`` for kms_grant, ``warnings``.
    """
    images = list(discovered["results"])
    owners = {image["owner_id"] for image in images if image["owner_id"]}
    accounts = [account for account in request["account_ids"] if account not in owners]
    keys = list(dict.fromkeys((key["key_arn"], image["region"]) for image in images for key in image["kms_keys"]))
    partitions = sorted({arn.split(":")[1] for arn, _region in keys})
    patterns = [
        expand(pattern, account, partition)
        for pattern in request["grantee_patterns"]
        for account in accounts
        for partition in partitions
    ]
    return {
        "refusals": _refusals(request, discovered),
        "images": images,
        "account_ids": accounts,
        "keys": [{"key_id": arn, "region": region} for arn, region in keys],
        "grantees": list(dict.fromkeys([*accounts, *patterns])),
        "warnings": [
            f"share_account_ids: {account} owns the AMI and may always launch it; dropped."
            for account in request["account_ids"]
            if account in owners
        ],
    }


def _refusals(request: Mapping[str, Any], discovered: Mapping[str, Any]) -> list[str]:
    """Everything that stands in the way, for all AMIs; image_info's message already names each failed read."""
    refusals = []
    organizations = bool(request["organization_arns"] or request["organizational_unit_arns"])
    for image in discovered["results"]:
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
    if any(image["error"] for image in discovered["results"]):
        refusals.append(discovered["msg"])
    return refusals


def images_to_share(
    plan: Mapping[str, Any], request: Mapping[str, Any], grants: Mapping[str, Any]
) -> list[dict[str, str]]:
    """The AMIs for launch_permission: those that lack a permission and whose keys all let the consumers in.

    A launch permission without key access would show consumers an AMI that they cannot start.
    """
    failed = set(_failed_keys(grants))
    return [
        {"image_id": image["image_id"], "region": image["region"]}
        for image in plan["images"]
        if _lacks(image, plan, request) and not failed.intersection(_key_arns(image))
    ]


def _lacks(image: Mapping[str, Any], plan: Mapping[str, Any], request: Mapping[str, Any]) -> frozenset[Principal]:
    actual = permissions.named_principals(image["launch_permissions"])
    return plan_set(actual, wanted_principals(plan, request), ADD).add


def wanted_principals(plan: Mapping[str, Any], request: Mapping[str, Any]) -> frozenset[Principal]:
    return permissions.named_principals({**request, "account_ids": plan["account_ids"]})


def _in_order(plan: Mapping[str, Any], request: Mapping[str, Any]) -> list[Principal]:
    """As they were given, which is how a person looks for them in the table."""
    given = [*plan["account_ids"], *request["organization_arns"], *request["organizational_unit_arns"]]
    wanted = wanted_principals(plan, request)
    return sorted(
        wanted, key=lambda principal: given.index(principal.value) if principal.value in given else len(given)
    )


def _key_arns(image: Mapping[str, Any]) -> list[str]:
    return [key["key_arn"] for key in image["kms_keys"]]


def _failed_keys(grants: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {key["key_id"]: key["error"] for key in grants.get("results", ()) if key["status"] == "failed"}


def summarise_share(
    plan: Mapping[str, Any], request: Mapping[str, Any], grants: Mapping[str, Any], shared: Mapping[str, Any]
) -> dict[str, Any]:
    """What became of every AMI and every consumer; ``grants`` and ``shared`` are {} where a stage had nothing to do."""
    failed_keys = _failed_keys(grants)
    outcomes = {(result["image_id"], result["region"]): result for result in shared.get("results", ())}
    images = [_image(image, failed_keys, outcomes, plan, request) for image in plan["images"]]
    consumers = [_consumer(principal, image, grants) for image in images for principal in _in_order(plan, request)]
    failures = [part["msg"] for part in (grants, shared) if _failures(part)]
    return {
        "changed": bool(grants.get("changed") or shared.get("changed")),
        "failed": bool(failures),
        "failures": failures,
        "images": images,
        "consumers": consumers,
        "warnings": plan["warnings"],
    }


def _failures(part: Mapping[str, Any]) -> Sequence[Any]:
    return [result for result in part.get("results", ()) if result["status"] == "failed"]


def _image(
    image: Mapping[str, Any],
    failed_keys: Mapping[str, Mapping[str, Any]],
    outcomes: Mapping[tuple[str, str], Mapping[str, Any]],
    plan: Mapping[str, Any],
    request: Mapping[str, Any],
) -> dict[str, Any]:
    outcome = outcomes.get((image["image_id"], image["region"]))
    no_key = [failed_keys[arn] for arn in _key_arns(image) if arn in failed_keys]
    after = outcome["after"] if outcome and outcome["after"] else image["launch_permissions"]
    status = "failed" if no_key else outcome["status"] if outcome else "unchanged"
    return {
        "image_id": image["image_id"],
        "region": image["region"],
        "name": image["name"],
        "key_arns": _key_arns(image),
        "status": status,
        "error": no_key[0] if no_key else outcome["error"] if outcome else None,
        "launch_permissions_before": image["launch_permissions"],
        "launch_permissions": after,
    }


def _consumer(principal: Principal, image: Mapping[str, Any], grants: Mapping[str, Any]) -> dict[str, Any]:
    """One consumer of one AMI: what it has at each layer. ``ready`` means both, as far as the owner's side can tell."""
    before = principal in permissions.named_principals(image["launch_permissions_before"])
    after = principal in permissions.named_principals(image["launch_permissions"])
    launch = "unchanged" if before and after else "added" if after else "failed"
    key = _key_access(principal, image["key_arns"], grants)
    ready = after and key in ("not_needed", "unchanged", "added", "key_policy")
    return {
        "region": image["region"],
        "image_id": image["image_id"],
        "consumer": "everybody" if principal.kind == PUBLIC else principal.value.rsplit("/", 1)[-1],
        "kind": principal.kind,
        "principal": principal.value,
        "launch_permission": launch,
        "key_access": key,
        "ready": ready,
    }


def _key_access(principal: Principal, key_arns: Iterable[str], grants: Mapping[str, Any]) -> str:
    """``not_needed``, ``key_policy`` (organizations: as declared), or the worst of its grants on the AMI's keys.

    In check mode a grant that would be made has no ID; it counts as added.
    """
    # The account that owns a key uses it by the key policy; kms_grant makes no grant for it.
    arns = [arn for arn in key_arns if principal.kind != ACCOUNT or arn.split(":")[4] != principal.value]
    if not arns:
        return "not_needed"
    if principal.kind != ACCOUNT:
        return "key_policy"
    states = [_grant_state(principal.value, key) for key in grants.get("results", ()) if key["key_id"] in arns]
    return next((state for state in ("failed", "added", "unchanged") if state in states), "failed")


def _grant_state(account_id: str, key: Mapping[str, Any]) -> str:
    def ids(listed: Iterable[Mapping[str, Any]] | None) -> set[Any]:
        root = f":iam::{account_id}:root"
        return {grant["grant_id"] for grant in listed or () if grant["grantee_principal"].endswith(root)}

    before, after = ids(key["before"]), ids(key["after"])
    if not after:
        return "failed"
    return "unchanged" if before & after else "added"
