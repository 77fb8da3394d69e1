# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inputs of the role share: lists, or the text that an AWX survey delivers, into one checked request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import identifiers, images, permissions
from .delta import ADD, plan_set
from .grants import LAUNCH_OPERATIONS, principal_arn

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
            return _json_list(value)
        return [item for item in (part.strip() for part in re.split(r"[\n,]", value)) if item]
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    raise ValueError(f"is {identifiers.kind_of(value)}; give a list, or text with one item a line")


def _json_list(text: str) -> list[Any]:
    try:
        return list(json.loads(text))
    except ValueError as error:
        raise ValueError(f"begins with [ and is not a JSON list ({error}); give text with one item a line") from error


def as_bool(value: Any, default: bool) -> bool:
    """True or false as YAML and surveys write them; an unanswered question is the default, a typo is neither.

    :raises ValueError: for anything else, so that no misspelt word makes an AMI public.
    """
    if value is None or value == "":
        return default
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError(f"'{value}' is neither true nor false")
    return words[word]


def as_quota(value: Any, default: int) -> int:
    """:raises ValueError: for anything that is not a whole number."""
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value).strip(), re.ASCII):
        raise ValueError(f"'{value}' is not a whole number")
    return int(value)


def as_name(value: Any) -> str:
    """:raises ValueError: for anything that is not text."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"'{value}' is {identifiers.kind_of(value)}; write it in quotes")
    return value or "golden-ami"


def read_request(inputs: Mapping[str, Any], known_regions: Mapping[str, str]) -> dict[str, Any]:
    """The role's variables (without their prefix) as one request, with ``problems``: everything wrong in shape.

    :param known_regions: Region name to partition; empty when botocore is not at hand, the modules check again then.
    """
    problems: list[str] = []

    def read(name: str, parse: Callable[[Any], Any], otherwise: Any) -> Any:
        try:
            return parse(inputs[name])
        except ValueError as error:
            problems.append(f"{PREFIX}{name}: {error}.")
            return otherwise

    lists = {name: _texts(name, read(name, as_list, []), problems) for name in _LISTS}
    items = _read_images(read("images", as_list, []), known_regions, problems)
    placed = images.in_each_region(items, lists["regions"], None)
    request = {
        "images": placed,
        **{name: lists[name] for name in _LISTS if name != "regions"},
        "public": read("public", lambda value: as_bool(value, False), False),
        "launch_permission_quota": read("launch_permission_quota", lambda value: as_quota(value, 1000), 1000),
        "grant_name": read("grant_name", as_name, "golden-ami"),
        "key_policy_allows_organizations": read(
            "key_policy_allows_organizations", lambda value: as_bool(value, False), False
        ),
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
    problems += _nothing_to_act_on(request, problems)
    return {**request, "grantees": grantees(request, partition or "aws"), "problems": list(dict.fromkeys(problems))}


_LISTS = (
    "regions",
    "account_ids",
    "organization_arns",
    "organizational_unit_arns",
    "grantee_patterns",
    "grant_operations",
)


def _texts(name: str, items: list[Any], problems: list[str]) -> list[str]:
    """The items as text, without duplicates; a number is the text that YAML made it of, as far as that can be known."""
    odd = [item for item in items if not isinstance(item, str | int) or isinstance(item, bool)]
    problems += [f"{PREFIX}{name}: '{item}' is {identifiers.kind_of(item)}; each item is text." for item in odd]
    return list(dict.fromkeys(str(item) for item in items if item not in odd))


def _read_images(items: list[Any], known_regions: Mapping[str, str], problems: list[str]) -> list[dict[str, Any]]:
    read = []
    for item in items:
        image, wrong = _image_from_text(item, known_regions) if isinstance(item, str) else (item, _check_entry(item))
        problems += [f"share_images: {problem}" for problem in wrong]
        if not wrong:
            read.append(dict(image))
    return read


def _check_entry(item: Any) -> list[str]:
    if not isinstance(item, Mapping):
        kind = identifiers.kind_of(item)
        return [f"'{item}' is {kind}, neither text nor a dictionary of image_id or name or tags, and region."]
    unknown = sorted(str(key) for key in item if key not in ("image_id", "name", "tags", "region"))
    if unknown:
        return [f"{', '.join(unknown)}: no such key; there are image_id, name, tags and region."]
    kinds = {"tags": Mapping}
    return [
        f"{key} is {identifiers.kind_of(value)}; tags is a dictionary, the other keys are text."
        for key, value in item.items()
        if value is not None and not isinstance(value, kinds.get(key, str))
    ]


def _image_from_text(text: str, known_regions: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
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
    partition = image.pop("partition", "")
    actual = known_regions.get(image.get("region", ""), partition)
    if partition != actual and partition:
        problems.append(f"'{text}': the Region {image['region']} is in the partition '{actual}'.")
    return {**image, **({"tags": tags} if tags else {})}, problems


def _meaning(word: str) -> list[tuple[str, str]]:
    arn = re.fullmatch(r"arn:(aws[a-z-]*):ec2:([a-z0-9-]+)::image/(.+)", word)
    if arn:
        return list(zip(("partition", "region", "image_id"), arn.groups(), strict=True))
    tag = re.fullmatch(r"tag:([^=]+)=(.*)", word)
    if tag:
        return [(f"tag {tag.group(1)}", tag.group(2))]
    if word.startswith("name="):
        return [("name", word.removeprefix("name="))]
    if re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", word):
        return [("region", word)]
    return [("image_id", word)]


def partition_of(region: str, known_regions: Mapping[str, str]) -> str:
    """A Region's partition; by the name where botocore is not at hand, which the partitions that exist today allow."""
    prefixes = {
        "cn-": "aws-cn",
        "us-gov-": "aws-us-gov",
        "us-iso-": "aws-iso",
        "us-isob-": "aws-iso-b",
        "eusc-": "aws-eusc",
    }
    by_name = next((partition for prefix, partition in prefixes.items() if region.startswith(prefix)), "aws")
    return known_regions.get(region, by_name)


def _partition(placed: list[dict[str, Any]], known_regions: Mapping[str, str], problems: list[str]) -> str | None:
    found = sorted({partition_of(item["region"], known_regions) for item in placed if item.get("region")})
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
    operations = request["grant_operations"]
    if operations:
        problems += [f"share_grant_{text}" for text in identifiers.check_operations(operations)]
        missing = sorted(plan_set(operations, LAUNCH_OPERATIONS, ADD).add)
        if missing:
            problems.append(
                f"share_grant_operations: without {', '.join(missing)} the consumers could not launch; add them."
            )
    problem = identifiers.check_grant_name(request["grant_name"])
    return problems + ([f"share_grant_{problem}"] if problem else [])


def _nothing_to_act_on(request: Mapping[str, Any], problems: Iterable[str]) -> list[str]:
    """Not for what was given and is wrong in itself: that has been said."""
    wrong = {problem.split(":")[0].removeprefix(PREFIX) for problem in problems}
    found = []
    if not request["images"] and "images" not in wrong:
        found.append("share_images: is empty; there is nothing to act on.")
    if not permissions.named_principals(request) and wrong.isdisjoint([*permissions.LIST_OPTIONS.values(), "public"]):
        found.append(
            "nothing to act on: give share_account_ids, share_organization_arns or share_organizational_unit_arns, or "
            "share_public=true to share with everybody."
        )
    return found


def grantees(request: Mapping[str, Any], partition: str) -> dict[str, list[str]]:
    """Each account's grantees on the keys, as ARNs: its root, and what the patterns make of it."""
    return {
        account: [
            principal_arn(account, partition),
            *(expand(pattern, account, partition) for pattern in request["grantee_patterns"]),
        ]
        for account in request["account_ids"]
    }


def expand(pattern: str, account_id: str, partition: str) -> str:
    return pattern.replace("{account}", account_id).replace("{partition}", partition)
