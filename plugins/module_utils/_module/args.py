# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pieces of the modules' argument specs, one for each piece of documentation in doc_fragments/targets.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._base import identifiers
from .._base.identifiers import InputError
from .._image import selection
from .._image.selection import ImageSelector
from .._snapshot_permission import request as snapshots
from .._snapshot_permission.request import SnapshotSelector

T = TypeVar("T")

IMAGES = {
    "images": {
        "type": "list",
        "elements": "dict",
        "options": {"image_id": {"type": "str", "required": True}, "region": {"type": "str"}},
    },
    "image_id": {"type": "str"},
}
SNAPSHOTS = {
    "snapshots": {
        "type": "list",
        "elements": "dict",
        "options": {"snapshot_id": {"type": "str", "required": True}, "region": {"type": "str"}},
    },
    "snapshot_id": {"type": "str"},
}
PRINCIPALS = {
    "account_ids": {"type": "list", "elements": "str", "aliases": ["user_ids"]},
    "organization_arns": {"type": "list", "elements": "str", "aliases": ["org_arns"]},
    "organizational_unit_arns": {"type": "list", "elements": "str", "aliases": ["org_unit_arns"]},
    "public": {"type": "bool"},
    "launch_permission_quota": {"type": "int", "default": 1000},
}
PROGRESS = {"progress_file": {"type": "path"}}
CONSUMERS = {
    "account_ids": {"type": "list", "elements": "str"},
    "role_arn": {"type": "str"},
    "external_id": {"type": "str"},
}
KEYS = {
    "keys": {
        "type": "list",
        "elements": "dict",
        "no_log": False,
        "options": {
            "key_id": {"type": "str", "required": True, "aliases": ["key_arn"], "no_log": False},
            "region": {"type": "str"},
        },
    },
    "key_id": {"type": "str", "aliases": ["key_arn"], "no_log": False},
}


def make_module(argument_spec: Mapping[str, Any], **rules: Any) -> AnsibleAWSModule:
    """A module with amazon.aws's authentication options; ends itself when boto3 is missing or too old."""
    return AnsibleAWSModule(argument_spec=dict(argument_spec), supports_check_mode=True, **rules)


def one_of_images() -> dict[str, Any]:
    return {"mutually_exclusive": [("images", "image_id")], "required_one_of": [("images", "image_id")]}


def one_of_keys() -> dict[str, Any]:
    return {"mutually_exclusive": [("keys", "key_id")], "required_one_of": [("keys", "key_id")]}


def one_of_images_or_snapshots() -> dict[str, Any]:
    options = ("images", "image_id", "snapshots", "snapshot_id")
    return {"mutually_exclusive": [options], "required_one_of": [options]}


def parse_images(
    params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]
) -> tuple[tuple[ImageSelector, ...], str | None, list[str]]:
    """The AMIs of a task, the one partition that they are in, and what is wrong with them."""
    if params["images"] is None and params["image_id"] is None:
        return (), None, ["images: is null; give the AMIs."]
    items = params["images"] if params["images"] is not None else [{"image_id": params["image_id"]}]
    placed = selection.in_each_region(items, params.get("regions") or (), region)
    problems = selection.check_images(placed, known_regions, "images" if params["images"] is not None else "image_id")
    if not placed:
        problems.append("images: is empty; there is nothing to act on.")
    partition, mixed = _partition({item["region"] for item in placed if item.get("region")}, known_regions)
    return (() if problems else selection.selectors(placed)), partition, problems + mixed


def parse_images_if_given(
    params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]
) -> tuple[tuple[ImageSelector, ...], list[str]]:
    """The AMIs of a task that may go without, and what is wrong with them; ``regions`` is for other things there."""
    if params["images"] is None and params["image_id"] is None:
        return (), []
    found, _partition_of_images, problems = parse_images({**params, "regions": None}, region, known_regions)
    return found, problems


def parse_images_or_snapshots(
    params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]
) -> tuple[tuple[ImageSelector | SnapshotSelector, ...], list[str]]:
    """The AMIs or the snapshots of a task, and what is wrong with them."""
    if params["snapshots"] is None and params["snapshot_id"] is None:
        found, _partition_of_images, problems = parse_images(params, region, known_regions)
        return found, problems
    option = "snapshots" if params["snapshots"] is not None else "snapshot_id"
    items = params["snapshots"] if params["snapshots"] is not None else [{"snapshot_id": params["snapshot_id"]}]
    placed = [{**item, "region": region if item.get("region") is None else item["region"]} for item in items]
    problems = snapshots.check_snapshots(placed, known_regions, option)
    if not placed:
        problems.append("snapshots: is empty; there is nothing to act on.")
    _one, mixed = _partition({item["region"] for item in placed}, known_regions)
    selectors = (SnapshotSelector(item["region"], item["snapshot_id"]) for item in placed)
    return (() if problems else tuple(dict.fromkeys(selectors))), problems + mixed


def parse_keys(
    params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], str | None, list[str]]:
    """The keys of a task as pairs of key and Region, the one partition that they are in, and what is wrong with them."""
    if params["keys"] is None and params["key_id"] is None:
        return (), None, ["keys: is null; give the keys."]
    option = "keys" if params["keys"] is not None else "key_id"
    items = params["keys"] if params["keys"] is not None else [{"key_id": params["key_id"]}]
    problems = [] if items else ["keys: is empty; there is nothing to act on."]
    placed = []
    for item in items:
        arn = identifiers.KMS_ARN.fullmatch(item["key_id"])
        where = item["region"] if item.get("region") is not None else arn.group("region") if arn else region
        checked = [identifiers.check_key(item["key_id"], where)]
        if where:
            checked.append(identifiers.check_region(where, known_regions))
            if arn and arn.group("partition") != known_regions.get(where, arn.group("partition")):
                checked.append(f"'{item['key_id']}': the Region {where} is in the partition '{known_regions[where]}'.")
        else:
            checked.append(f"'{item['key_id']}' has no region; KMS keys are regional.")
        problems += [f"{option}: {problem}" for problem in checked if problem]
        placed.append((item["key_id"], where or ""))
    partition, mixed = _partition({where for _key, where in placed}, known_regions)
    return tuple(dict.fromkeys(placed)), partition, problems + mixed


def _partition(regions: set[str], known_regions: Mapping[str, str]) -> tuple[str | None, list[str]]:
    partitions = {known_regions[region] for region in regions if region in known_regions}
    if len(partitions) > 1:
        return None, [f"Regions of {len(partitions)} partitions ({', '.join(sorted(partitions))}) need a task each."]
    return (partitions.pop() if partitions else None), []


def unless(problems: list[str], parse: Callable[[], T]) -> T:
    """What ``parse`` returns, unless it or anything before it found problems: then one InputError with all of them."""
    try:
        parsed = parse()
    except InputError as error:
        raise InputError([*problems, *error.problems]) from error
    if problems:
        raise InputError(problems)
    return parsed
