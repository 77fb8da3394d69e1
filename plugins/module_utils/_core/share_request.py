# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inputs of the role share: lists, or the text that an AWX survey delivers, into one checked request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from . import identifiers, images, permissions

PREFIX = "share_"
PLACEHOLDERS = ("account", "partition")


def as_list(value: Any) -> list[Any]:
    """A list as it is; text as the items of its lines, also separated by commas, or as JSON when it begins with ``[``.

    Blanks around an item are a survey's line ends and go; blanks inside stay, to be refused.

    :raises ValueError: for anything else that is neither empty nor one plain item.
    """
    if value is None or value == "":
        return []
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            parsed = json.loads(value)
            if isinstance(parsed, list):
                return parsed
        return [item for item in (part.strip() for part in re.split(r"[\n,]", value)) if item]
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    raise ValueError(f"is {type(value).__name__}; give a list, or text with one item a line")


def read_request(inputs: Mapping[str, Any], known_regions: Mapping[str, str]) -> dict[str, Any]:
    """The role's variables (without their prefix) as one request, with ``problems``: everything wrong in shape.

    :param known_regions: Region name to partition; empty when botocore is not at hand, the modules check again then.
    """
    problems: list[str] = []
    lists = {name: _read_list(inputs, name, problems) for name in _LISTS}
    placed = images.in_each_region(_read_images(lists["images"], problems), lists["regions"], None)
    request = {
        "images": placed,
        "account_ids": _distinct(lists["account_ids"]),
        "organization_arns": _distinct(lists["organization_arns"]),
        "organizational_unit_arns": _distinct(lists["organizational_unit_arns"]),
        "public": inputs["public"],
        "launch_permission_quota": inputs["launch_permission_quota"],
        "grantee_patterns": _distinct(lists["grantee_patterns"]),
        "grant_operations": _distinct(lists["grant_operations"]),
        "grant_name": inputs["grant_name"],
        "key_policy_allows_organizations": inputs["key_policy_allows_organizations"],
    }
    partition = _partition(placed, known_regions, problems)
    problems += identifiers.check_each(
        "share_regions", lists["regions"], lambda value: identifiers.check_region(value, known_regions)
    )
    # A wrong Region of share_regions has been reported once, not again for every AMI that it was filled in for.
    reported = dict.fromkeys(lists["regions"], "") if known_regions else {}
    problems += images.check_images(placed, {**known_regions, **reported}, "share_images")
    problems += permissions.check_principals(request, partition, PREFIX)
    problems += [PREFIX + problem for problem in permissions.check_quota(request)]
    problems += _check_grants(request, partition)
    problems += _nothing_to_act_on(request)
    return {**request, "problems": list(dict.fromkeys(problems))}


_LISTS = (
    "images",
    "regions",
    "account_ids",
    "organization_arns",
    "organizational_unit_arns",
    "grantee_patterns",
    "grant_operations",
)


def _read_list(inputs: Mapping[str, Any], name: str, problems: list[str]) -> list[Any]:
    try:
        read = as_list(inputs[name])
    except ValueError as error:
        problems.append(f"{PREFIX}{name}: {error}.")
        return []
    odd = [item for item in read if name != "images" and not isinstance(item, str | int)]
    problems += [f"{PREFIX}{name}: {item!r} is {type(item).__name__}; each item is text." for item in odd]
    return [item for item in read if item not in odd]


def _distinct(values: list[Any]) -> list[str]:
    return list(dict.fromkeys(str(value) for value in values))


def _read_images(items: list[Any], problems: list[str]) -> list[dict[str, Any]]:
    read = []
    for item in items:
        image, wrong = _image_from_text(item) if isinstance(item, str) else (item, _check_entry(item))
        problems += [f"share_images: {problem}" for problem in wrong]
        if not wrong:
            read.append(dict(image))
    return read


def _check_entry(item: Any) -> list[str]:
    if not isinstance(item, Mapping):
        return [f"{item!r} is neither text nor a dictionary of image_id or name or tags, and region."]
    unknown = sorted(str(key) for key in item if key not in ("image_id", "name", "tags", "region"))
    if unknown:
        return [f"{', '.join(unknown)}: no such key; there are image_id, name, tags and region."]
    kinds = {"tags": Mapping}
    return [
        f"{key} is {type(value).__name__}; tags is a dictionary, the other keys are text."
        for key, value in item.items()
        if value is not None and not isinstance(value, kinds.get(key, str))
    ]


def _image_from_text(text: str) -> tuple[dict[str, Any], list[str]]:
    """``ami-… REGION``, an EC2 image ARN, or ``name=PATTERN tag:KEY=VALUE REGION``, separated by blanks.

    :return: the image, and a problem for everything that is said twice; the second of two AMIs must not get lost.
    """
    image: dict[str, Any] = {}
    tags: dict[str, str] = {}
    said: list[str] = []
    for word in text.split():
        for key, value in _meaning(word):
            said.append(key)
            if key.startswith("tag "):
                tags[key.removeprefix("tag ")] = value
            else:
                image[key] = value
    twice = sorted({key for key in said if said.count(key) > 1})
    problems = [f"'{text}' gives {key} twice; write one AMI a line." for key in twice]
    return {**image, **({"tags": tags} if tags else {})}, problems


def _meaning(word: str) -> list[tuple[str, str]]:
    arn = re.fullmatch(r"arn:aws[a-z-]*:ec2:([a-z0-9-]+)::image/(.+)", word)
    if arn:
        return [("region", arn.group(1)), ("image_id", arn.group(2))]
    tag = re.fullmatch(r"tag:([^=]+)=(.*)", word)
    if tag:
        return [(f"tag {tag.group(1)}", tag.group(2))]
    if word.startswith("name="):
        return [("name", word.removeprefix("name="))]
    if re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", word):
        return [("region", word)]
    return [("image_id", word)]


def _partition(placed: list[dict[str, Any]], known_regions: Mapping[str, str], problems: list[str]) -> str | None:
    found = sorted({known_regions[item["region"]] for item in placed if item.get("region") in known_regions})
    if len(found) > 1:
        problems.append(f"share_images: Regions of {len(found)} partitions ({', '.join(found)}) need a run each.")
    return found[0] if len(found) == 1 else None


def _check_grants(request: Mapping[str, Any], partition: str | None) -> list[str]:
    problems = []
    for pattern in request["grantee_patterns"]:
        unknown = [name for name in re.findall(r"{([^}]*)}", pattern) if name not in PLACEHOLDERS]
        if unknown:
            problems.append(
                f"share_grantee_patterns: '{pattern}' contains {{{unknown[0]}}}; there are {{account}} and {{partition}}."
            )
        else:
            problem = identifiers.check_grantee(expand(pattern, "111122223333", partition or "aws"), partition)
            problems += [f"share_grantee_patterns: {problem}"] if problem else []
    if request["grant_operations"]:
        problems += [f"share_grant_{text}" for text in identifiers.check_operations(request["grant_operations"])]
    problem = identifiers.check_grant_name(request["grant_name"])
    return problems + ([f"share_grant_{problem}"] if problem else [])


def _nothing_to_act_on(request: Mapping[str, Any]) -> list[str]:
    problems = []
    if not request["images"]:
        problems.append("share_images: is empty; there is nothing to act on.")
    if not permissions.named_principals(request):
        problems.append(
            "nothing to act on: give share_account_ids, share_organization_arns or share_organizational_unit_arns, or "
            "share_public=true to share with everybody."
        )
    return problems


def expand(pattern: str, account_id: str, partition: str) -> str:
    return pattern.replace("{account}", account_id).replace("{partition}", partition)
