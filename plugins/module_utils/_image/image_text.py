# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One AMI as a line of text: ``ami-… REGION``, an EC2 image ARN, or ``name=PATTERN tag:KEY=VALUE REGION``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._base import text_forms
from .._base.near_misses import nearest
from .._base.text_forms import Line, Word

ARN = re.compile(r"arn:(aws[a-z-]*):ec2:([a-z0-9-]+)::image/(.+)")
# Every Region's name begins with two letters, or with eusc; in the wrong case, without a hyphen, or an Availability Zone.
REGION_LIKE = re.compile(r"[a-z]{2}(?:sc)?(?:-[a-z]+)+-?\d+[a-z]?", re.IGNORECASE)
_KEYS = ("name", "region", "image_id")


def split_entries(line: Line) -> list[str]:
    """The entries of a line, which commas and semicolons part; those of values with free text must be quoted.

    :raises ValueError: where such a comma could be either.
    """
    signs = [(at, sign) for at, sign in text_forms.outside_quotes(line.text) if sign in ",;"]
    ends = [at for at, _sign in signs] + [len(line.text)]
    starts = [0] + [at + 1 for at, _sign in signs]
    parts = [line.text[start:end].strip(text_forms.BLANKS) for start, end in zip(starts, ends, strict=True)]
    if signs and any("tag:" in part for part in parts):
        raise ValueError(
            f"'{line.text}' contains '{signs[0][1]}'; write one AMI a line, and a value that contains it with quotation marks "
            "around it"
        )
    return [part for part in parts if part]


@dataclass
class _Reading:
    """What has been read of a line: the last value without quotation marks goes on until something else begins."""

    text: str
    image: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    open_key: str = ""
    open_from: int = 0

    def put(self, key: str, value: str) -> None:
        self.said.append(key)
        self.set(key, value)
        self.open_key = ""

    def set(self, key: str, value: str) -> None:
        if key.startswith("tag:"):
            self.tags[key.removeprefix("tag:")] = value
        else:
            self.image[key] = value

    def refuse(self, problem: str) -> None:
        """The first word without a meaning makes others; one problem a line is enough."""
        if not self.problems:
            self.problems.append(problem)


def read_line(text: str, known_regions: Mapping[str, str], comment: str = "") -> tuple[dict[str, Any], list[str]]:
    """The AMI of a line, and a problem for everything that is said twice or has no meaning.

    :raises ValueError: for quotation marks that are not closed.
    """
    reading = _Reading(text)
    for word in text_forms.words(text, text_forms.BLANKS):
        _read_word(reading, word, known_regions)
    if comment and reading.open_key.startswith("tag:"):
        reading.refuse(
            f"'{text} {comment}' contains #; write the value with quotation marks around it, or the comment on a line of its own."
        )
    twice = sorted({key for key in reading.said if reading.said.count(key) > 1})
    reading.problems += [f"'{text}' gives {key} twice; write one AMI a line." for key in twice]
    partition = reading.image.pop("partition", "")
    actual = known_regions.get(reading.image.get("region", ""), partition)
    if partition and partition != actual:
        reading.refuse(f"'{text}': the Region {reading.image['region']} is in the partition '{actual}'.")
    return {**reading.image, **({"tags": reading.tags} if reading.tags else {})}, reading.problems


def _read_word(reading: _Reading, word: Word, known_regions: Mapping[str, str]) -> None:
    arn = ARN.fullmatch(word.text)
    key, equals, value = word.text.partition("=")
    if arn:
        for name, part in zip(("partition", "region", "image_id"), arn.groups(), strict=True):
            reading.put(name, part)
    elif equals and (key in _KEYS or key.startswith("tag:")):
        _read_pair(reading, word, key, value)
    elif word.text in known_regions or REGION_LIKE.fullmatch(word.text):
        reading.put("region", word.text)
    elif re.match(r"ami-", word.text, re.IGNORECASE):
        reading.put("image_id", word.text)
    elif reading.open_key and not word.quoted and not equals and not word.text.startswith(("arn:", "tag:")):
        # The value as it was typed, the blanks in it included.
        reading.set(reading.open_key, reading.text[reading.open_from : word.end].strip(text_forms.BLANKS))
    else:
        reading.refuse(_unknown(word.text, key if equals else "", reading.said))


def _read_pair(reading: _Reading, word: Word, key: str, value: str) -> None:
    if key == "tag:":
        reading.refuse(f"'{word.text}' names no tag; write tag:KEY=VALUE.")
        return
    reading.put(key, value)
    if not word.quoted and key not in ("region", "image_id"):
        reading.open_key, reading.open_from = key, word.start + len(key) + 1


def _unknown(word: str, key: str, said: Sequence[str]) -> str:
    colon = re.fullmatch(r"(\w+):", word)
    if key:
        meant = nearest(key, _KEYS)
        cure = f"did you mean {meant}=? For a tag write" if meant else "for a tag write"
        return f"'{word}': there is no {key}=; {cure} tag:{word}."
    if word.startswith("tag:"):
        return f"'{word}' is no tag:KEY=VALUE; a KEY with blanks in it needs quotation marks, as in \"tag:Cost Center=web\"."
    if word.startswith("arn:"):
        return f"'{word}' is not the ARN of an AMI; it looks like 'arn:aws:ec2:eu-west-1::image/ami-0123456789abcdef0'."
    if colon:
        return (
            f"'{word}': write {nearest(colon.group(1), _KEYS) or colon.group(1)}=VALUE, and all of one AMI on one line."
        )
    if "name" in said or any(one.startswith("tag:") for one in said):
        return f"'{word}' is neither an AMI ID nor a Region; quote a value with blanks in it, name=\"Golden Base *\"."
    return f"'{word}' is neither an AMI ID nor a Region; did you mean name={word}?"
