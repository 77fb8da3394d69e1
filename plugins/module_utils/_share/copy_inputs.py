# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of image_share that are about copies, checked as image_copy checks its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.pairs import as_pairs, as_word_pairs
from .._base.survey_text import Inputs
from .._base.text_forms import BLANKS, is_blank, lines
from .._base.text_forms import words as line_words
from .._image.inputs import Places
from .._image_copy.request import TAG_KEY_LENGTH, TAG_VALUE_LENGTH, parse_copies
from .request import CopyWish

EVERYWHERE = "*"
# Options of image_copy by the option of image_share that is named in their problems.
_OPTIONS = {
    "image_id": "source",
    "source_name": "source",
    "source_tags": "source",
    "source_region": "source",
    "destinations": "kms_keys",
    "name": "copy_name",
    "description": "copy_description",
    "tags": "copy_tags",
    "completion_duration_minutes": "copy_completion_minutes",
}


def read_copies(inputs: Inputs, places: Places, known_regions: Mapping[str, str]) -> CopyWish | None:
    """The copies that are wanted of the source; None without a source, or without a Region to copy to."""
    nothing: dict[str, str] = {}
    no_tags: dict[Any, Any] = {}
    keys = inputs.read("kms_keys", keys_by_region, nothing)
    looks: dict[str, Any] = {
        "name": inputs.text("copy_name") or None,
        "description": inputs.text("copy_description") or None,
        "tags": inputs.read("copy_tags", tags, no_tags),
        "copy_tags": inputs.flag("copy_source_tags", True),
        "completion_duration_minutes": inputs.number("copy_completion_minutes", 0) or None,
    }
    source = places.source
    if not source:
        _without_source(inputs, keys, looks)
        return None
    if not places.regions and "regions" not in inputs.wrong():
        inputs.add(
            [f"{inputs.prefix}regions: is empty; name the Regions in which {inputs.prefix}source is to be shared."]
        )
    elsewhere = [region for region in keys if region not in (EVERYWHERE, *places.regions)]
    inputs.add(f"{inputs.prefix}kms_keys: {region} is not among {inputs.prefix}regions." for region in elsewhere)
    usable = [region for region in places.regions if region in known_regions or not known_regions]
    # A key for the source's own Region means a copy with that key there. One key for all Regions is that of the other ones.
    destinations = [
        {"region": region, "kms_key_id": keys.get(region) or keys.get(EVERYWHERE)}
        for region in usable
        if region != source["region"] or region in keys
    ]
    if not destinations:
        return None
    params = {
        "image_id": source.get("image_id"),
        "source_name": source.get("name"),
        "source_tags": source.get("tags"),
        "source_region": source["region"],
        "destinations": destinations,
        "wait": True,
        "wait_timeout": 1,
        **looks,
    }
    try:
        targets, request = parse_copies(params, None, known_regions)
    except InputError as error:
        inputs.add(_as_option(inputs, problem, destinations) for problem in error.problems)
        return None
    itself = source["region"] in usable and source["region"] not in keys
    return CopyWish(request, targets.destinations, itself)


def source_alone(places: Places, copies: CopyWish | None) -> list[dict[str, Any]]:
    """The source as an AMI of its own, where it is shared itself and nothing is copied."""
    source = places.source
    return [dict(source)] if source and not copies and source["region"] in places.regions else []


def _without_source(inputs: Inputs, keys: Mapping[str, str], looks: Mapping[str, Any]) -> None:
    about = {"kms_keys": keys, **{f"copy_{name}": looks[name] for name in ("name", "description", "tags")}}
    if "source" not in inputs.wrong():
        inputs.add(
            f"{inputs.prefix}{name}: is about copies and requires {inputs.prefix}source."
            for name, value in about.items()
            if value
        )


def keys_by_region(value: Any) -> dict[str, str]:
    """Region to key; one key alone (text without ``=``) is that of every Region.

    :raises ValueError: for what is neither.
    """
    if isinstance(value, str) and not value.lstrip(BLANKS).startswith("{"):
        words = [word.text for line in lines(value) for word in line_words(line.text)]
        if len(words) == 1 and "=" not in words[0]:
            return {EVERYWHERE: words[0]}
    pairs = as_word_pairs(value)
    for region, key in pairs.items():
        odd = next((item for item in (region, key) if not isinstance(item, str)), "")
        if odd != "":
            raise ValueError(f"'{odd}' is {identifiers.kind_of(odd)}; Regions and keys are text")
    # A variable that holds nothing must not turn into a copy without a key.
    empty = [region for region, key in pairs.items() if is_blank(key)]
    if empty:
        raise ValueError(f"the key of {', '.join(empty)} is empty; leave out a Region whose copy is to have no key")
    return pairs


def tags(value: Any) -> dict[str, str]:
    """:raises ValueError: for everything that is no text, and for what is longer than EC2 allows."""
    pairs = as_pairs(value)
    for key, text in pairs.items():
        odd = next((item for item in (key, text) if not isinstance(item, str)), "")
        if odd != "":
            raise ValueError(
                f"'{key}: {text}' holds {identifiers.kind_of(odd)}, and tags are text; write it in quotes, or the tags as "
                f"text with a line {key}=…, in which everything stays as it is typed"
            )
        if len(text) > TAG_VALUE_LENGTH:
            raise ValueError(f"the value of '{key}' has {len(text)} characters; EC2 allows {TAG_VALUE_LENGTH}")
        if len(key) > TAG_KEY_LENGTH:
            raise ValueError(f"the key '{key}' has {len(key)} characters; EC2 allows {TAG_KEY_LENGTH}")
    return pairs


def _as_option(inputs: Inputs, problem: str, destinations: list[dict[str, Any]]) -> str:
    option, _colon, text = problem.partition(": ")
    about_region = text.split(" ")[0] in (item["region"] for item in destinations)
    name = "regions" if option == "destinations" and about_region else _OPTIONS.get(option, option)
    return f"{inputs.prefix}{name}: {text}"
