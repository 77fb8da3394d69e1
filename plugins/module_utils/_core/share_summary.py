# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a run of the role share: every AMI, every consumer at each layer, and what failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import permissions
from .permissions import ACCOUNT, PUBLIC, Principal
from .share_access import (
    ADDED,
    FAILED,
    NONE,
    UNCHANGED,
    Access,
    Stages,
    auto_scaling_access,
    auto_scaling_of,
    key_access,
    key_arns,
    worst,
)
from .share_plan import wanted_principals
from .share_request import BY_GRANT, BY_KEY_POLICY
from .share_statements import AUTO_SCALING, sid_of

NOT_ASKED, NOT_POSSIBLE = "not_asked", "not_possible"


def summarise_share(plan: Mapping[str, Any], request: Mapping[str, Any], stages: Stages) -> dict[str, Any]:
    """:param stages: the results of the modules by stage (copies, new_copies, grants, statements, auto_scaling, snapshots,
    launch); {} where a stage had nothing to do. Statements are a loop's result.
    """
    access = key_access(plan, request, stages)
    auto_scaling = auto_scaling_access(plan, request, stages)
    launched = {(one["image_id"], one["region"]): one for one in stages["launch"].get("results", ())}
    failed_keys = _failed_keys(stages, sid_of(request, AUTO_SCALING))
    images = [
        _image(image, failed_keys, launched.get((image["image_id"], image["region"]))) for image in plan["images"]
    ]
    snapshots = _snapshots(stages["snapshots"])
    order = _in_order(plan, request)
    consumers = [
        consumer for image in images for consumer in _consumers(image, request, order, access, auto_scaling, snapshots)
    ]
    parts = [stage for name, stage in stages.items() if name != "statements"]
    parts += stages["statements"].get("results", ())
    failures = [part["msg"] for part in parts if _has_failures(part)]
    failures += [blocker for image in plan["images"] for blocker in _blocked(image)]
    return {
        "changed": any(part.get("changed", False) for part in parts),
        "failed": bool(failures),
        "failures": list(dict.fromkeys(failures)),
        "images": images,
        "consumers": consumers,
        "left_out_accounts": request["left_out"],
        "warnings": plan["warnings"],
        "notes": [*plan["notes"], *_without_auto_scaling(consumers, request)],
    }


def _has_failures(part: Mapping[str, Any]) -> bool:
    return any(result["error"] for result in part.get("results", ()))


def _failed_keys(stages: Stages, besides: str) -> dict[str, Mapping[str, Any]]:
    """Errors by key of what consumers need to launch. Auto Scaling is told by itself: it holds no launch back.

    :param besides: the Sid of Auto Scaling's statement.
    """
    loops = [
        item for item in stages["statements"].get("results", ()) if item[item["ansible_loop_var"]]["sid"] != besides
    ]
    results = [*stages["grants"].get("results", ()), *(key for item in loops for key in item.get("results", ()))]
    return {key["key_id"]: key["error"] for key in reversed(results) if key["error"]}


def _in_order(plan: Mapping[str, Any], request: Mapping[str, Any]) -> list[Principal]:
    """As they were given, which is how a person looks for them in the table."""
    given = [*plan["account_ids"], *request["organization_arns"], *request["organizational_unit_arns"]]
    position = {value: number for number, value in enumerate(given)}
    return sorted(wanted_principals(plan, request), key=lambda principal: position.get(principal.value, len(given)))


def _image(
    image: Mapping[str, Any], failed_keys: Mapping[str, Mapping[str, Any]], outcome: Mapping[str, Any] | None
) -> dict[str, Any]:
    errors = [image["error"]] if image["error"] else []
    errors += [failed_keys[arn] for arn in key_arns(image) if arn in failed_keys]
    errors += [outcome["error"]] if outcome and outcome["error"] else []
    errors += [
        {"code": one["code"], "message": one["message"], "action": "", "caller": "", "next_step": one["cure"]}
        for one in image["blockers"]
    ]
    new = bool(image.get("predicted"))
    return {
        "image_id": image["image_id"],
        "region": image["region"],
        "name": image["name"],
        "key_arns": key_arns(image),
        "status": "failed" if errors else outcome["status"] if outcome else "changed" if new else "unchanged",
        "error": errors[0] if errors else None,
        "launch_permissions_before": image["launch_permissions"],
        "launch_permissions": outcome["after"] if outcome and outcome["after"] else image["launch_permissions"],
        "planned": new,
    }


def _blocked(image: Mapping[str, Any]) -> list[str]:
    """Of a copy that was made and cannot be shared all the same."""
    return [f"{image['region']}: {one['message']} Next: {one['cure']}" for one in image["blockers"]]


def _snapshots(stage: Mapping[str, Any]) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """By Region and AMI, what each account has of its snapshots: the worst of them counts."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for result in stage.get("results", ()):
        states = found.setdefault((result["region"], result["image_id"]), {})
        if result["error"]:
            states["*"] = FAILED
        states |= dict.fromkeys((result["added"] or {}).get("account_ids", ()), ADDED)
    return found


def _consumers(
    image: Mapping[str, Any],
    request: Mapping[str, Any],
    order: Iterable[Principal],
    access: Access,
    auto_scaling: Access,
    snapshots: Mapping[tuple[str, str], Mapping[str, str]],
) -> list[dict[str, Any]]:
    """The consumers of one AMI and what each has at each layer; ``ready``: launching, as far as the owner's side can tell."""
    before = permissions.named_principals(image["launch_permissions_before"])
    after = permissions.named_principals(image["launch_permissions"])
    of_snapshots = snapshots.get((image["region"], image["image_id"]), {})
    consumers = []
    for principal in order:
        # A copy that is planned, in check mode, would get all of its permissions.
        has = principal in after or (image["planned"] and image["status"] != "failed")
        launch = FAILED if not has else UNCHANGED if principal in before else ADDED
        key = worst(principal, image["key_arns"], access)
        consumers.append(
            {
                "region": image["region"],
                "image_id": image["image_id"],
                "consumer": "everybody" if principal.kind == PUBLIC else principal.value.rsplit("/", 1)[-1],
                "kind": principal.kind,
                "principal": principal.value,
                "launch_permission": launch,
                "key_access": key,
                "snapshot_permission": _snapshot_permission(principal, image, request, of_snapshots),
                "auto_scaling": auto_scaling_of(principal, image["key_arns"], auto_scaling),
                "ready": FAILED not in (launch, key),
            }
        )
    return consumers


def _snapshot_permission(
    principal: Principal, image: Mapping[str, Any], request: Mapping[str, Any], of_snapshots: Mapping[str, str]
) -> str:
    if not request["snapshots"]:
        return NOT_ASKED
    if principal.kind != ACCOUNT:
        return NOT_POSSIBLE
    if image["planned"]:
        return FAILED if image["status"] == "failed" else ADDED
    return of_snapshots.get("*") or of_snapshots.get(principal.value, UNCHANGED)


def _without_auto_scaling(consumers: Iterable[Mapping[str, Any]], request: Mapping[str, Any]) -> list[str]:
    """Worth a sentence: instances started by hand run there, and Auto Scaling groups fail with an error about nothing."""
    without = {one["consumer"]: None for one in consumers if one["auto_scaling"] in (NONE, FAILED)}
    if not without:
        return []
    named = ", ".join(list(without)[:3]) + (f" and {len(without) - 3} more" if len(without) > 3 else "")
    asked = request["auto_scaling"] in (BY_GRANT, BY_KEY_POLICY)
    cure = "See the failures." if asked else "share_auto_scaling has the two ways that AWS documents to let it."
    return [f"Auto Scaling of {named} cannot use a key of these AMIs: its groups would start no instance. {cure}"]
