# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role share that are about copies to Regions, checked as the module image_copy checks its options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.pairs import as_pairs, as_word_pairs
from .._base.survey_text import Inputs
from .._base.text_forms import BLANKS, is_blank, lines
from .._base.text_forms import words as line_words
from .._image_copy.request import parse_copies

EVERYWHERE = "*"
# Options of image_copy by the variable that is named in their problems.
_VARIABLES = {
    "image_id": "source",
    "source_region": "source",
    "destinations": "kms_keys",
    "name": "copy_name",
    "description": "copy_description",
    "tags": "copy_tags",
    "wait_timeout": "copy_wait_timeout",
    "completion_duration_minutes": "copy_completion_minutes",
}


def read_copies(
    inputs: Inputs, source: Mapping[str, str] | None, regions: list[str], known_regions: Mapping[str, str]
) -> dict[str, Any]:
    """The source, its destinations and how the copies are to look; problems go to ``inputs``.

    :param regions: all of share_regions; that of the source itself gets no copy.
    """
    nothing: dict[str, str] = {}
    keys = inputs.read("kms_keys", _keys, nothing)
    minutes = inputs.number("copy_completion_minutes", 0)
    no_tags: dict[Any, Any] = {}
    copy: dict[str, Any] = {
        "name": inputs.text("copy_name") or None,
        "description": inputs.text("copy_description") or None,
        "tags": inputs.read("copy_tags", as_pairs, no_tags),
        "copy_tags": inputs.flag("copy_source_tags", True),
        "completion_duration_minutes": minutes or None,
        "wait_timeout": inputs.number("copy_wait_timeout", 3600),
    }
    usable = [region for region in regions if region in known_regions or not known_regions]
    destinations = [
        {"region": region, "kms_key_id": keys.get(region) or keys.get(EVERYWHERE)}
        for region in usable
        if source and region != source["region"]
    ]
    request = {"source": dict(source) if source else None, "destinations": destinations, "copy_options": copy}
    if not source:
        about_copies = {"kms_keys": keys, **{f"copy_{name}": copy[name] for name in ("name", "description", "tags")}}
        if "source" not in inputs.wrong():
            inputs.add(
                f"share_{name}: is about copies and goes with share_source."
                for name, value in about_copies.items()
                if value
            )
        return request
    if not regions and "regions" not in inputs.wrong():
        inputs.add(["share_regions: is empty; name the Regions in which share_source is to be shared."])
    elsewhere = [region for region in keys if region not in (EVERYWHERE, source["region"], *regions)]
    inputs.add(f"share_kms_keys: {region} is not among share_regions." for region in elsewhere)
    if destinations:
        _check_as_the_module_does(inputs, source, destinations, copy, known_regions)
    return request


def _keys(value: Any) -> dict[str, str]:
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


def _check_as_the_module_does(
    inputs: Inputs,
    source: Mapping[str, str],
    destinations: list[dict[str, Any]],
    copy: Mapping[str, Any],
    known_regions: Mapping[str, str],
) -> None:
    params = {
        "image_id": source["image_id"],
        "source_region": source["region"],
        "destinations": destinations,
        "wait": True,
        **copy,
    }
    try:
        parse_copies(params, None, known_regions)
    except InputError as error:
        for problem in error.problems:
            option, _colon, text = problem.partition(": ")
            about_region = text.split(" ")[0] in (item["region"] for item in destinations)
            variable = "regions" if option == "destinations" and about_region else _VARIABLES.get(option, option)
            inputs.add([f"share_{variable}: {text}"])
