# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a run of the role unshare: every AMI, every consumer at each layer, what stays and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, PUBLIC, Principal
from .key_states import ABSENT, FAILED, KEPT, REMOVED, UNKNOWN, Stages, key_states, left_grants
from .plan import change_of

NOT_ASKED, NOT_NEEDED, NOT_POSSIBLE = "not_asked", "not_needed", "not_possible"
_WORST_FIRST = (FAILED, KEPT, UNKNOWN, REMOVED, ABSENT, NOT_NEEDED)

Place = tuple[str, str]


@dataclass(frozen=True)
class Layers:
    """What became of each consumer's access: by Region and AMI, by key; and by key and consumer why it stays."""

    launch: Mapping[Place, Mapping[Principal, str]]
    snapshots: Mapping[Place, Mapping[str, str]]
    keys: Mapping[str, Mapping[str, str]]
    reasons: Mapping[tuple[str, str], str]


def summarise_unshare(
    plan: Mapping[str, Any],
    request: Mapping[str, Any],
    decided: Mapping[str, Any],
    stages: Stages,
    usage: Mapping[str, Any],
) -> dict[str, Any]:
    """:param decided: what :func:`unshare_keys.plan_keys` returned.
    :param stages: the results of the modules by stage: launch, snapshots; and of loops: grants, statements.
    :param usage: what :func:`unshare_plan.judge_usage` returned.
    """
    outcomes = {(one["region"], one["image_id"]): one for one in stages["launch"].get("results", ())}
    kept = [*decided["kept"], *left_grants(request, decided, stages["grants"])]
    layers = Layers(
        _launch(plan, outcomes),
        _snapshots(plan, stages["snapshots"]),
        key_states(request, decided, stages),
        {(one["key_arn"], one["principal"]): one["reason"] for one in kept},
    )
    parts = [stages["launch"], stages["snapshots"]]
    parts += [item for loop in ("grants", "statements") for item in stages[loop].get("results", ())]
    failures = [part["msg"] for part in parts if any(one["error"] for one in part.get("results", ()))]
    return {
        "changed": any(part.get("changed", False) for part in parts),
        "failed": bool(failures),
        "failures": list(dict.fromkeys(failures)),
        "images": [_image(image, outcomes.get((image["region"], image["image_id"]))) for image in plan["images"]],
        "consumers": [
            _consumer(principal, image, request, layers)
            for image in plan["images"]
            for principal in _consumers(image, request, plan)
        ],
        "kept": kept,
        "kept_lines": [f"{_short(one)} keeps key access in {one['region']}: {one['reason']}." for one in kept],
        "usage": usage["usage"],
        "notes": [*plan["notes"], *usage["notes"], *_unread_notes(decided), *_public_snapshots(stages["snapshots"])],
    }


def _unread_notes(decided: Mapping[str, Any]) -> list[str]:
    return [
        f"The policy of {arn} could not be read: whether its statements let in "
        f"{', '.join(value for value in decided['going'][arn] if value.isdecimal())} is not known. {why}"
        for arn, why in decided["unread"].items()
    ]


def _short(kept: Mapping[str, Any]) -> str:
    return str(kept["principal"]).rsplit("/", 1)[-1]


def _image(image: Mapping[str, Any], outcome: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "image_id": image["image_id"],
        "region": image["region"],
        "name": image["name"],
        "key_arns": image["key_arns"],
        "status": outcome["status"] if outcome else "unchanged",
        "error": outcome["error"] if outcome else None,
        "launch_permissions_before": image["before"],
        "launch_permissions": outcome["after"] if outcome else image["before"],
    }


def _consumers(image: Mapping[str, Any], request: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Principal]:
    """In the order in which they were given; when everything goes, who had a permission."""
    if request["everything"]:
        return sorted(permissions.named_principals(image["before"]))
    given = [value for listed in plan["named"].values() for value in listed]
    position = {value: number for number, value in enumerate(given)}
    named = permissions.named_principals({**plan["named"], PUBLIC: request["public"]})
    return sorted(named, key=lambda principal: position.get(principal.value, len(given)))


def _launch(plan: Mapping[str, Any], outcomes: Mapping[Place, Mapping[str, Any]]) -> dict[Place, dict[Principal, str]]:
    """By Region and AMI, what became of the permissions that were to go; without an answer nothing has gone."""
    found = {}
    for image in plan["images"]:
        place = (image["region"], image["image_id"])
        gone = place in outcomes and not outcomes[place]["error"]
        found[place] = dict.fromkeys(change_of(image).remove, REMOVED if gone else FAILED)
    return found


def _consumer(
    principal: Principal, image: Mapping[str, Any], request: Mapping[str, Any], layers: Layers
) -> dict[str, Any]:
    place = (image["region"], image["image_id"])
    snapshot = NOT_ASKED
    if request["snapshots"]:
        of_snapshots = layers.snapshots[place]
        states = (of_snapshots.get("*"), of_snapshots.get(principal.value), ABSENT)
        snapshot = NOT_POSSIBLE if principal.kind != ACCOUNT else next(one for one in states if one)
    of_keys = [(arn, principal.value) for arn in image["key_arns"]]
    kept = [layers.reasons[one] for one in of_keys if one in layers.reasons]
    return {
        "region": image["region"],
        "image_id": image["image_id"],
        "consumer": "everybody" if principal.kind == PUBLIC else principal.value.rsplit("/", 1)[-1],
        "kind": principal.kind,
        "principal": principal.value,
        "launch_permission": layers.launch[place].get(principal, ABSENT),
        "snapshot_permission": snapshot,
        "key_access": _key_access(principal, image, request, layers),
        "kept_because": kept[0] if kept else None,
    }


def _key_access(principal: Principal, image: Mapping[str, Any], request: Mapping[str, Any], layers: Layers) -> str:
    if not image["key_arns"] or principal.kind == PUBLIC:
        return NOT_NEEDED
    if not request["key_access"]:
        return NOT_ASKED

    def state(arn: str) -> str:
        if (arn, principal.value) in layers.reasons:
            return KEPT
        # The owner of a key uses it by its policy; of anybody else about whom nothing was decided, nothing is known.
        owns = arn.split(":")[4] == principal.value
        return layers.keys.get(arn, {}).get(principal.value, NOT_NEEDED if owns else UNKNOWN)

    states = {state(arn) for arn in image["key_arns"]}
    return next(each for each in _WORST_FIRST if each in states)


def _public_snapshots(stage: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['snapshot_id']} in {one['region']} is public, which is never changed here: everybody can read it."
        for one in stage.get("results", ())
        if (one["after"] or {}).get("public")
    ]


def _snapshots(plan: Mapping[str, Any], stage: Mapping[str, Any]) -> dict[Place, dict[str, str]]:
    """By Region and AMI, what became of each account's permission: one snapshot that failed counts for all (``*``).

    The module names a snapshot that several AMIs have under one of them only, and an AMI without any by its own ID.
    """
    results = {(one["region"], one["snapshot_id"] or one["image_id"]): one for one in stage.get("results", ())}
    found: dict[Place, dict[str, str]] = {}
    for image in plan["images"]:
        ids = image["snapshot_ids"] or [image["image_id"]]
        read = [results.get((image["region"], each)) for each in ids]
        removed = (one["removed"]["account_ids"] for one in read if one and one["removed"])
        states = {account: REMOVED for accounts in removed for account in accounts}
        if any(one is None or one["error"] for one in read):
            states["*"] = FAILED
        found[image["region"], image["image_id"]] = states
    return found
