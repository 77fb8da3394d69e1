# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AMIs in variables of roles: as dictionaries, as text, and as the copies of one source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from .._base import identifiers, text_forms
from .._base.near_misses import unknown_keys
from .._base.survey_text import Inputs
from .._base.text_forms import Line
from . import image_text, selection

KEYS = ("image_id", "name", "tags", "region")


@dataclass(frozen=True)
class Places:
    """Which AMIs a role acts on: ``images``, each with a Region, and ``source``, whose copies are meant, if one is given."""

    images: list[dict[str, Any]]
    source: dict[str, Any] | None
    regions: list[str]


def read_places(inputs: Inputs, known_regions: Mapping[str, str], by_name: bool = False) -> Places:
    """``images``, ``source`` and ``regions``; a source in one of the Regions is one of the AMIs itself.

    :param by_name: whether a source may be named by name and tags, too. Such a one is found with its copies.
    """
    regions = inputs.texts("regions")
    source = read_source(inputs, known_regions, by_name)
    items = read_images(inputs, known_regions)
    if source and source["region"] in regions and not by_name:
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
    for entry in inputs.entries("images"):
        for image, wrong in _entries(entry.value, known_regions):
            for problem in wrong:
                inputs.add_at("images", entry.place, problem)
            if not wrong:
                _remember(inputs, image, entry.place)
                read.append(dict(image))
    return read


def _remember(inputs: Inputs, image: Mapping[str, Any], place: str) -> None:
    """Problems that are found later begin with the ID, or the Region, of an AMI."""
    for key in ("image_id", "region"):
        if image.get(key):
            inputs.remember("images", image[key], place)


def read_source(inputs: Inputs, known_regions: Mapping[str, str], by_name: bool) -> dict[str, Any] | None:
    """``source``: the AMI whose copies are meant; None when it is not given or wrong."""
    given = inputs.read("source", _one_entry, None)
    if given is None:
        return None
    [(image, wrong), *_more] = _entries(given, known_regions)
    region, image_id = image.get("region") or "", image.get("image_id") or ""
    others = [key for key in ("name", "tags") if image.get(key)]
    if by_name and others and not wrong:
        wrong = selection.check_images([dict(image)], known_regions, "")
        inputs.add(f"{inputs.prefix}source: {problem.removeprefix(': ')}" for problem in wrong)
        return None if wrong else dict(image)
    if not wrong:
        checked = [
            f"takes image_id and region alone, not {', '.join(others)}." if others else None,
            identifiers.check_image_id(image_id) if image_id else "needs the image_id of the AMI that is copied.",
            identifiers.check_region(region, known_regions) if region else "needs the region of that AMI.",
        ]
        wrong = [problem for problem in checked if problem][: 1 if others else None]
    inputs.add(f"{inputs.prefix}source: {problem}" for problem in wrong)
    return None if wrong else {"image_id": image_id, "region": region}


def _one_entry(value: Any) -> Any:
    """:raises ValueError: for several entries, and for what is none."""
    if value in ({}, []):
        return None
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, str):
        raise ValueError(
            f"is {identifiers.kind_of(value)}; give a dictionary of image_id and region, or 'ami-… REGION'"
        )
    if value.lstrip(text_forms.BLANKS).startswith("{"):
        return text_forms.parse_json(value, "{", "object")
    lines = text_forms.lines(value)
    if sum(len(image_text.split_entries(line)) for line in lines) > 1:
        raise ValueError("is more than one AMI; write one, with its Region on the same line")
    return lines[0] if lines else None


def _entries(item: Any, known_regions: Mapping[str, str]) -> list[tuple[Mapping[str, Any], list[str]]]:
    """The AMIs of an item, which are several only on one line, and what is wrong with each in shape."""
    if isinstance(item, Mapping):
        return [(item, _check_dictionary(item))]
    if not isinstance(item, Line | str):
        kind = identifiers.kind_of(item)
        return [({}, [f"'{item}' is {kind}, neither text nor a dictionary of image_id or name or tags, and region."])]
    try:
        lines = [item] if isinstance(item, Line) else text_forms.lines(item)
        if len(lines) != 1:
            return [
                ({}, ["is empty; leave the item out, or fill it in." if not lines else f"'{item}' is several lines."])
            ]
        [line] = lines
        texts = image_text.split_entries(line)
        comments = ["" for _text in texts[1:]] + [line.comment]
        return [image_text.read_line(*one) for one in zip(texts, repeat(known_regions), comments, strict=False)]
    except ValueError as error:
        return [({}, [f"{error}."])]


def _check_dictionary(item: Mapping[str, Any]) -> list[str]:
    unknown = unknown_keys(item, KEYS)
    if unknown:
        return unknown
    kinds = {"tags": Mapping}
    wrong = [
        f"{key} is {identifiers.kind_of(value)}; tags is a dictionary, the other keys are text."
        for key, value in item.items()
        if value is not None and not isinstance(value, kinds.get(key, str))
    ]
    return wrong or [
        f"tags: '{key}: {value}' holds {identifiers.kind_of(value if isinstance(key, str) else key)}, and tags are text; write "
        f"it in quotes, or the AMI as a line of text with tag:{key}=…, in which everything stays as it is typed."
        for key, value in (item.get("tags") or {}).items()
        if not (isinstance(key, str) and isinstance(value, str))
    ]


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
