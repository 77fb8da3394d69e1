# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys in variables of roles: as dictionaries, or as text such as ``alias/golden eu-west-1`` or the ARN of a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._base import identifiers, text_forms
from .._base.near_misses import unknown_keys
from .._base.survey_text import Inputs
from .._base.text_forms import Line

KEYS = ("key_id", "region")


def read_named_keys(
    inputs: Inputs, regions: Sequence[str], known_regions: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """``keys`` as pairs of Region and key, each once; a problem for everything that is wrong with them.

    :param regions: those for an alias or a multi-Region key that names none; another key ID takes a single one.
    """
    found: list[tuple[str, str]] = []
    for entry in inputs.entries("keys"):
        item, problems = _entry(entry.value)
        placed = [] if problems else _placed(item, regions)
        problems = problems or [problem for pair in placed for problem in _check(pair, known_regions)]
        for problem in problems:
            inputs.add_at("keys", entry.place, problem)
        found += placed if not problems else []
    return tuple(dict.fromkeys(found))


def _entry(item: Any) -> tuple[Mapping[str, str], list[str]]:
    """One key, and what is wrong with it in shape."""
    if isinstance(item, Mapping):
        return item, unknown_keys(item, KEYS) or [
            f"{name} is {identifiers.kind_of(value)}; it is text."
            for name, value in item.items()
            if value is not None and not isinstance(value, str)
        ]
    if not isinstance(item, Line | str):
        kind = identifiers.kind_of(item)
        return {}, [f"'{item}' is {kind}, neither text nor a dictionary of key_id and region."]
    text = item.text if isinstance(item, Line) else item
    try:
        words = [word.text for word in text_forms.words(text)]
    except ValueError as error:
        return {}, [f"{error}."]
    if len(words) not in (1, 2):
        return {}, [f"'{text}' is no key with its Region; write 'KEY REGION', one key a line."]
    return dict(zip(KEYS, words, strict=False)), []


def _placed(item: Mapping[str, str], regions: Sequence[str]) -> list[tuple[str, str]]:
    """A key in its Region: its own, that of its ARN, or those of the run where the key can be in each of them."""
    key_id = (item.get("key_id") or "").strip()
    arn = identifiers.KMS_ARN.fullmatch(key_id)
    if item.get("region"):
        return [(item["region"], key_id)]
    if arn:
        return [(arn.group("region"), key_id)]
    everywhere = key_id.startswith(("alias/", "mrk-")) or len(regions) == 1
    return [(region, key_id) for region in regions] if everywhere and regions else [("", key_id)]


def _check(pair: tuple[str, str], known_regions: Mapping[str, str]) -> list[str]:
    region, key_id = pair
    if not key_id:
        return ["needs the key_id of a key: an ID, an ARN, or 'alias/NAME'."]
    wrong = identifiers.check_key(key_id, region)
    if wrong:
        return [wrong]
    if not region:
        return [f"'{key_id}' has no region. KMS keys are regional."]
    problem = identifiers.check_region(region, known_regions)
    return [problem] if problem else []
