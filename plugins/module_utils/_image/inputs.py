# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AMIs in variables of roles: as dictionaries, as text, and as the copies of one source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.survey_text import Inputs
from . import selection


@dataclass(frozen=True)
class Places:
    """Which AMIs a role acts on: ``images``, each with a Region, and ``source``, whose copies are meant, if one is given."""

    images: list[dict[str, Any]]
    source: dict[str, str] | None
    regions: list[str]


def read_places(inputs: Inputs, known_regions: Mapping[str, str]) -> Places:
    """``images``, ``source`` and ``regions``; a source in one of the Regions is one of the AMIs itself."""
    regions = inputs.texts("regions")
    source = read_source(inputs, known_regions)
    items = read_images(inputs, known_regions)
    if source and source["region"] in regions:
        items.append(dict(source))
    return Places(selection.in_each_region(items, regions, None), source, regions)


def check_places(inputs: Inputs, places: Places, known_regions: Mapping[str, str]) -> str | None:
    """A problem for everything that is wrong with the AMIs and Regions.

    :return: the one partition in which they all are, None when there is none.
    """
    used = {item["region"] for item in places.images if item.get("region")}
    partition = one_partition(used | ({places.source["region"]} if places.source else set()), known_regions, inputs)
    name = f"{inputs.prefix}regions"
    inputs.add(
        identifiers.check_each(name, places.regions, lambda value: identifiers.check_region(value, known_regions))
    )
    # A wrong one of the Regions has been reported once, not again for every AMI that it was filled in for.
    reported = dict.fromkeys(places.regions, "") if known_regions else {}
    inputs.add(selection.check_images(places.images, {**known_regions, **reported}, f"{inputs.prefix}images"))
    return partition


def read_images(inputs: Inputs, known_regions: Mapping[str, str]) -> list[dict[str, Any]]:
    """The entries of ``images`` that have the right shape; the others are problems."""
    read = []
    for item in inputs.items("images"):
        image, wrong = _entry(item, known_regions)
        inputs.add(f"{inputs.prefix}images: {problem}" for problem in wrong)
        if not wrong:
            read.append(dict(image))
    return read


def read_source(inputs: Inputs, known_regions: Mapping[str, str]) -> dict[str, str] | None:
    """``source``: one AMI by its ID, whose copies are meant; None when it is not given or wrong."""
    given = inputs.read("source", _one_entry, None)
    if given is None:
        return None
    image, wrong = _entry(given, known_regions)
    region, image_id = image.get("region") or "", image.get("image_id") or ""
    others = [key for key in ("name", "tags") if image.get(key)]
    if not wrong:
        checked = [
            identifiers.check_image_id(image_id) if image_id else "needs the image_id of the AMI that is copied.",
            identifiers.check_region(region, known_regions) if region else "needs the region of that AMI.",
            f"takes image_id and region alone, not {', '.join(others)}." if others else None,
        ]
        wrong = [problem for problem in checked if problem]
    inputs.add(f"{inputs.prefix}source: {problem}" for problem in wrong)
    return None if wrong else {"image_id": image_id, "region": region}


def _one_entry(value: Any) -> Any:
    if value is None or value in ("", {}, []):
        return None
    if isinstance(value, str | Mapping):
        return value.strip() if isinstance(value, str) else value
    raise ValueError(f"is {identifiers.kind_of(value)}; give a dictionary of image_id and region, or 'ami-… REGION'")


def _entry(item: Any, known_regions: Mapping[str, str]) -> tuple[Mapping[str, Any], list[str]]:
    """One AMI, and what is wrong with it in shape."""
    if isinstance(item, str):
        return _image_from_text(item, known_regions)
    if not isinstance(item, Mapping):
        kind = identifiers.kind_of(item)
        return {}, [f"'{item}' is {kind}, neither text nor a dictionary of image_id or name or tags, and region."]
    unknown = sorted(str(key) for key in item if key not in ("image_id", "name", "tags", "region"))
    if unknown:
        return {}, [f"{', '.join(unknown)}: no such key; there are image_id, name, tags and region."]
    kinds = {"tags": Mapping}
    return item, [
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


def one_partition(regions: Iterable[str], known_regions: Mapping[str, str], inputs: Inputs) -> str | None:
    """The partition of all the AMIs; None, and a problem, when there is more than one."""
    found = sorted({partition_of(region, known_regions) for region in regions})
    if len(found) > 1:
        inputs.add([f"{inputs.prefix}images: Regions of {len(found)} partitions ({', '.join(found)}) need a run each."])
    return found[0] if len(found) == 1 else None
