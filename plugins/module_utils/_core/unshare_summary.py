# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a run of the role unshare: every AMI, every consumer at each layer, what stays and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import permissions
from .delta import EXACT, plan_set
from .permissions import ACCOUNT, PUBLIC, Principal
from .policy_identifiers import organization_of, unit_of, unit_of_path
from .role_grantees import account_of
from .unshare_plan import change_of
from .unshare_request import grantees_of

FAILED, KEPT, REMOVED, ABSENT = "failed", "kept", "removed", "absent"
NOT_ASKED, NOT_NEEDED, NOT_POSSIBLE = "not_asked", "not_needed", "not_possible"
_WORST_FIRST = (FAILED, KEPT, REMOVED, ABSENT)

Stages = Mapping[str, Any]


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
    keys = _key_states(request, decided, stages)
    reasons = {(one["key_arn"], one["principal"]): one["reason"] for one in decided["kept"]}
    snapshots = _snapshots(stages["snapshots"])
    parts = [stages["launch"], stages["snapshots"]]
    parts += [item for loop in ("grants", "statements") for item in stages[loop].get("results", ())]
    failures = [part["msg"] for part in parts if any(one["error"] for one in part.get("results", ()))]
    return {
        "changed": any(part.get("changed", False) for part in parts),
        "failed": bool(failures),
        "failures": list(dict.fromkeys(failures)),
        "images": [_image(image, outcomes.get((image["region"], image["image_id"]))) for image in plan["images"]],
        "consumers": [
            _consumer(principal, image, request, outcomes, keys, reasons, snapshots)
            for image in plan["images"]
            for principal in _consumers(image, request, plan)
        ],
        "kept": decided["kept"],
        "kept_lines": [
            f"{_short(one)} keeps key access in {one['region']}: {one['reason']}." for one in decided["kept"]
        ],
        "usage": usage["usage"],
        "notes": [*plan["notes"], *usage["notes"]],
    }


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
        "launch_permissions": outcome["after"] if outcome else image["after"],
    }


def _consumers(image: Mapping[str, Any], request: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Principal]:
    """In the order in which they were given; when everything goes, who had a permission."""
    if request["everything"]:
        return sorted(permissions.named_principals(image["before"]))
    given = [value for listed in plan["named"].values() for value in listed]
    position = {value: number for number, value in enumerate(given)}
    named = permissions.named_principals(request)
    return sorted(named, key=lambda principal: position.get(principal.value, len(given)))


def _consumer(
    principal: Principal,
    image: Mapping[str, Any],
    request: Mapping[str, Any],
    outcomes: Mapping[tuple[str, str], Mapping[str, Any]],
    keys: Mapping[str, Mapping[str, str]],
    reasons: Mapping[tuple[str, str], str],
    snapshots: Mapping[tuple[str, str], Mapping[str, str]],
) -> dict[str, Any]:
    outcome = outcomes.get((image["region"], image["image_id"]))
    launch = ABSENT
    if principal in change_of(image).remove:
        launch = FAILED if outcome is None or outcome["error"] else REMOVED
    of_snapshots = snapshots.get((image["region"], image["image_id"]), {})
    snapshot = NOT_ASKED
    if request["snapshots"]:
        states = (of_snapshots.get("*"), of_snapshots.get(principal.value), ABSENT)
        snapshot = NOT_POSSIBLE if principal.kind != ACCOUNT else next(one for one in states if one)
    kept = [reasons[arn, principal.value] for arn in image["key_arns"] if (arn, principal.value) in reasons]
    return {
        "region": image["region"],
        "image_id": image["image_id"],
        "consumer": "everybody" if principal.kind == PUBLIC else principal.value.rsplit("/", 1)[-1],
        "kind": principal.kind,
        "principal": principal.value,
        "launch_permission": launch,
        "snapshot_permission": snapshot,
        "key_access": _key_access(principal, image, request, keys, bool(kept)),
        "kept_because": kept[0] if kept else None,
    }


def _key_access(
    principal: Principal,
    image: Mapping[str, Any],
    request: Mapping[str, Any],
    keys: Mapping[str, Mapping[str, str]],
    kept: bool,
) -> str:
    if not image["key_arns"] or principal.kind == PUBLIC:
        return NOT_NEEDED
    if not request["key_access"]:
        return NOT_ASKED
    states = {keys.get(arn, {}).get(principal.value, ABSENT) for arn in image["key_arns"]} | ({KEPT} if kept else set())
    return next(state for state in _WORST_FIRST if state in states)


def _key_states(request: Mapping[str, Any], decided: Mapping[str, Any], stages: Stages) -> dict[str, dict[str, str]]:
    """By key, what became of the access of each consumer that was to lose it."""
    failed = {
        key["key_id"]
        for loop in ("grants", "statements")
        for item in stages[loop].get("results", ())
        for key in item.get("results", ())
        if key["error"]
    }
    revoked = _revoked(stages["grants"])
    rewritten = _rewritten(stages["statements"])
    states: dict[str, dict[str, str]] = {}
    for arn, principals in decided["going"].items():
        grantees = grantees_of(request, [value for value in principals if value.isdecimal()])
        for value in principals:
            removed = not revoked.get(arn, frozenset()).isdisjoint(grantees.get(value, ()))
            removed = removed or _as_in_statements(value) in rewritten.get(arn, ())
            states.setdefault(arn, {})[value] = FAILED if arn in failed else REMOVED if removed else ABSENT
    return states


def _revoked(loop: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The grantees of revoked grants by key."""
    found: dict[str, frozenset[str]] = {}
    for item in loop.get("results", ()):
        for key in item.get("results", ()):
            before, after = (
                {grant["grantee_principal"] for grant in key[state] or ()} for state in ("before", "after")
            )
            found[key["key_id"]] = found.get(key["key_id"], frozenset()) | plan_set(before, after, EXACT).remove
    return found


def _rewritten(loop: Mapping[str, Any]) -> dict[str, set[Any]]:
    """Whom the statements that were changed or removed do not name any more, by key."""
    found: dict[str, set[Any]] = {}
    for item in loop.get("results", ()):
        statement = item[item["ansible_loop_var"]]
        names = {*(statement["account_ids"] or ()), *(statement["organization_ids"] or ())}
        names |= {account_of(arn) for arn in statement["principal_arns"] or ()}
        units = {unit_of_path(path) for path in statement["organization_paths"] or ()}
        for key in item.get("results", ()):
            if key["status"] == "changed":
                found.setdefault(key["key_id"], set()).update(names, units)
    return found


def _as_in_statements(value: str) -> Any:
    """A consumer as :func:`_rewritten` has it: accounts and organizations by ID, units with their organization."""
    if value.isdecimal():
        return value
    return unit_of(value) if ":ou/" in value else organization_of(value)


def _snapshots(stage: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, str]]:
    """By Region and AMI, what became of each account's permission: one snapshot that failed counts for all."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for result in stage.get("results", ()):
        states = found.setdefault((result["region"], result["image_id"]), {})
        if result["error"]:
            states["*"] = FAILED
        states |= dict.fromkeys((result["removed"] or {}).get("account_ids", ()), REMOVED)
    return found
