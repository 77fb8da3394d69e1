# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a run of the role share: every AMI, every consumer at each layer, and what failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, PUBLIC, Principal
from .access import (
    ADDED,
    FAILED,
    NONE,
    NOT_CHECKED,
    NOT_USABLE,
    UNCHANGED,
    UNKNOWN,
    Access,
    Stages,
    auto_scaling_access,
    auto_scaling_of,
    key_access,
    key_arns,
    worst,
)
from .plan import wanted_principals
from .request import BY_GRANT, BY_KEY_POLICY
from .statements import AUTO_SCALING, sid_of

NOT_ASKED, NOT_POSSIBLE = "not_asked", "not_possible"

Place = tuple[str, str]


@dataclass(frozen=True)
class Layers:
    """What the consumers have on each key, of each AMI's snapshots, and the AMIs whose keys are not known."""

    keys: Access
    auto_scaling: Access
    snapshots: Mapping[Place, Mapping[str, str]]
    unread: frozenset[Place]


def summarise_share(plan: Mapping[str, Any], request: Mapping[str, Any], stages: Stages) -> dict[str, Any]:
    """:param stages: the results of the modules by stage (copies, new_copies, grants, statements, auto_scaling, snapshots,
    launch); {} where a stage had nothing to do. Statements are a loop's result.
    """
    layers = Layers(
        key_access(plan, request, stages),
        auto_scaling_access(plan, request, stages),
        _snapshots(plan, stages["snapshots"]),
        frozenset((one["region"], one["image_id"]) for one in plan["images"] if one["error"] and not one["kms_keys"]),
    )
    launched = {(one["image_id"], one["region"]): one for one in stages["launch"].get("results", ())}
    failed_keys = _failed_keys(request, stages)
    images = [
        _image(image, request, failed_keys, launched.get((image["image_id"], image["region"])))
        for image in plan["images"]
    ]
    order = _in_order(plan, request)
    consumers = [consumer for image in images for consumer in _consumers(image, request, order, layers)]
    parts = [stage for name, stage in stages.items() if name != "statements"]
    parts += stages["statements"].get("results", ())
    failures = [part["msg"] for part in parts if _has_failures(part)]
    # What stood in the way before the first write has ended the run; this is about copies that were made in it.
    failures += plan["refusals"]
    planned = any(image["planned"] for image in images)
    return {
        "changed": planned or any(part.get("changed", False) for part in parts),
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


def _failed_keys(request: Mapping[str, Any], stages: Stages) -> dict[str, Mapping[str, Any]]:
    """Errors by key of what consumers need to launch. Auto Scaling is told by itself: it holds no launch back."""
    loops = stages["statements"].get("results", ())
    needed = [item for item in loops if item[item["ansible_loop_var"]]["sid"] != sid_of(request, AUTO_SCALING)]
    results = [*stages["grants"].get("results", ()), *(key for item in needed for key in item.get("results", ()))]
    return {key["key_id"]: key["error"] for key in reversed(results) if key["error"]}


def _in_order(plan: Mapping[str, Any], request: Mapping[str, Any]) -> list[Principal]:
    """As they were given, which is how a person looks for them in the table."""
    given = [*plan["account_ids"], *request["organization_arns"], *request["organizational_unit_arns"]]
    position = {value: number for number, value in enumerate(given)}
    return sorted(wanted_principals(plan, request), key=lambda principal: position.get(principal.value, len(given)))


def _image(
    image: Mapping[str, Any],
    request: Mapping[str, Any],
    failed_keys: Mapping[str, Mapping[str, Any]],
    outcome: Mapping[str, Any] | None,
) -> dict[str, Any]:
    errors = [image["error"]] if image["error"] else []
    errors += [failed_keys[arn] for arn in key_arns(image) if arn in failed_keys]
    errors += [outcome["error"]] if outcome and outcome["error"] else []
    errors += [_error(one["code"], one["message"], one["cure"]) for one in image["blockers"]]
    errors += [_error("unknown_path", why) for why in request["unresolved_paths"].values() if image["kms_keys"]]
    new = bool(image.get("predicted")) and not errors
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


def _error(code: str, message: str, next_step: str = "") -> dict[str, str]:
    return {"code": code, "message": message, "action": "", "caller": "", "next_step": next_step}


def _snapshots(plan: Mapping[str, Any], stage: Mapping[str, Any]) -> Mapping[Place, Mapping[str, str]]:
    """By Region and AMI, what each account has of its snapshots: one that failed, or was left out, counts for all (``*``).

    The module names a snapshot that several AMIs have under one of them only, and an AMI without any by its own ID.
    """
    results = {(one["region"], one["snapshot_id"] or one["image_id"]): one for one in stage.get("results", ())}
    found: dict[Place, dict[str, str]] = {}
    for image in plan["images"]:
        ids = [one["snapshot_id"] for one in image.get("snapshots", ())] or [image["image_id"]]
        read = [results.get((image["region"], each)) for each in ids]
        added = (one["added"]["account_ids"] for one in read if one and one["added"])
        states = {account: ADDED for accounts in added for account in accounts}
        if any(one is None or one["error"] for one in read):
            states["*"] = FAILED
        found[image["region"], image["image_id"]] = states
    return found


def _consumers(
    image: Mapping[str, Any], request: Mapping[str, Any], order: Iterable[Principal], layers: Layers
) -> list[dict[str, Any]]:
    """The consumers of one AMI and what each has at each layer; ``ready``: launching, as far as the owner's side can tell."""
    before = permissions.named_principals(image["launch_permissions_before"] or {})
    after = permissions.named_principals(image["launch_permissions"] or {})
    place = (image["region"], image["image_id"])
    consumers = []
    for principal in order:
        # A copy that is planned, in check mode, would get all of its permissions.
        has = principal in after or image["planned"]
        launch = FAILED if not has else UNCHANGED if principal in before else ADDED
        key = worst(principal, image["key_arns"], layers.keys)
        scaling = auto_scaling_of(principal, image["key_arns"], layers.auto_scaling)
        if place in layers.unread:
            key, scaling = UNKNOWN, NOT_CHECKED
        consumers.append(
            {
                "region": image["region"],
                "image_id": image["image_id"],
                "consumer": "everybody" if principal.kind == PUBLIC else principal.value.rsplit("/", 1)[-1],
                "kind": principal.kind,
                "principal": principal.value,
                "launch_permission": launch,
                "key_access": key,
                "snapshot_permission": _snapshot_permission(principal, image, request, layers.snapshots.get(place, {})),
                "auto_scaling": scaling,
                "ready": launch != FAILED and key not in NOT_USABLE,
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
        return ADDED
    return of_snapshots.get("*") or of_snapshots.get(principal.value, UNCHANGED)


def _without_auto_scaling(consumers: Iterable[Mapping[str, Any]], request: Mapping[str, Any]) -> list[str]:
    """Worth a sentence: instances started by hand run there, and Auto Scaling groups fail with an error about nothing."""
    without = {one["consumer"]: None for one in consumers if one["auto_scaling"] in (NONE, FAILED)}
    if not without:
        return []
    named = ", ".join(list(without)[:3]) + (f" and {len(without) - 3} more" if len(without) > 3 else "")
    asked = request["auto_scaling"] in (BY_GRANT, BY_KEY_POLICY)
    cure = (
        "See failures and warnings." if asked else "share_auto_scaling has the two ways that AWS documents to let it."
    )
    return [f"Auto Scaling of {named} cannot use a key of these AMIs: its groups would start no instance. {cure}"]
