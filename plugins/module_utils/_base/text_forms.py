# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people type into a text area, taken apart: lines, words, quotation marks, comments, JSON. Nothing is interpreted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

QUOTES = "'\""
BLANKS = " \t\r\n"
# What parts values that contain none of these: account IDs, Regions, ARNs.
SEPARATORS = BLANKS + ",;"
# An opening quotation mark stands behind one of these, or at the beginning.
_BEFORE_QUOTE = SEPARATORS + "="


@dataclass(frozen=True)
class Item:
    """One value of a list and where it stands, ``line 3`` or ``item 3``; the place is empty for the only one."""

    value: Any
    place: str = ""


@dataclass(frozen=True)
class Word:
    """A part of a line. ``text`` is without the quotation marks; ``start`` and ``end`` are those of the whole part."""

    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Line:
    """``text`` is without blanks around it, the dash of a YAML list, and the comment."""

    number: int
    text: str
    comment: str = ""


def lines(text: str) -> list[Line]:
    """The lines that hold something besides a comment.

    :raises ValueError: for quotation marks that are not closed.
    """
    found = []
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        stripped = re.sub(r"^-(?:[ \t]+|$)", "", raw.strip(BLANKS))
        try:
            content, comment = _without_comment(stripped)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if content:
            found.append(Line(number, content, comment))
    return found


def _without_comment(line: str) -> tuple[str, str]:
    """A ``#`` begins a comment where a word could begin."""
    for index, character in outside_quotes(line):
        if character == "#" and (index == 0 or line[index - 1] in SEPARATORS):
            return line[:index].rstrip(BLANKS), line[index:]
    return line, ""


def outside_quotes(line: str) -> Iterable[tuple[int, str]]:
    index = 0
    while index < len(line):
        if line[index] in QUOTES and (index == 0 or line[index - 1] in _BEFORE_QUOTE):
            index = _closing(line, index) + 1
            continue
        yield index, line[index]
        index += 1


def _closing(line: str, opening: int) -> int:
    mark = line[opening]
    closing = line.find(mark, opening + 1)
    if closing < 0:
        raise ValueError(f"{line} has a quotation mark ({mark}) that is not closed")
    return closing


def words(line: str, separators: str = SEPARATORS) -> list[Word]:
    """The parts of a line between separators; inside of quotation marks there are none.

    :raises ValueError: for quotation marks that are not closed, or closed in the middle of a word.
    """
    found: list[Word] = []
    start: int | None = None
    quotes: list[tuple[int, int]] = []
    index = 0
    while index <= len(line):
        if index == len(line) or line[index] in separators:
            if start is not None:
                found.append(_word(line, start, index, quotes))
            start, quotes = None, []
        else:
            start = index if start is None else start
            if line[index] in QUOTES and (index == start or line[index - 1] == "="):
                closing = _closing(line, index)
                quotes.append((index, closing))
                index = closing
        index += 1
    return found


def _word(line: str, start: int, end: int, quotes: list[tuple[int, int]]) -> Word:
    text = line[start:end]
    if not quotes:
        return Word(text, start, end)
    opening, closing = quotes[0]
    if len(quotes) > 1 or closing != end - 1:
        raise ValueError(f"{text} goes on behind a closing quotation mark; quote the whole value")
    return Word(line[start:opening] + line[opening + 1 : closing], start, end, True)


def unquoted(text: str) -> str:
    """Text without the quotation marks that are around all of it: with them, YAML keeps a survey's 2024 as it was typed."""
    stripped = text.strip(BLANKS)
    mark = stripped[:1]
    if len(stripped) > 1 and mark and mark in QUOTES and stripped.endswith(mark) and stripped.count(mark) == 2:
        return stripped[1:-1]
    return stripped


def is_blank(text: str) -> bool:
    return not text.strip(BLANKS)


def flow_list(text: str) -> str:
    """``["a", b]`` without its brackets, every line where it was.

    :raises ValueError: for an opening bracket without a closing one.
    """
    end = len(text.rstrip(BLANKS)) - 1
    start = len(text) - len(text.lstrip(BLANKS))
    if text[end] != "]":
        raise ValueError("begins with [ and does not end with ]; give one item a line")
    return f"{text[:start]} {text[start + 1 : end]}"


def parse_json(text: str, begin: str, kind: str) -> Any:
    """:raises ValueError: for what is no JSON, or says one thing twice."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError as error:
        raise ValueError(f"begins with {begin} and has too many lists in each other") from error
    except ValueError as error:
        raise ValueError(
            f"begins with {begin} and is not a JSON {kind} ({error}); give text with one item a line"
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, which by itself would keep the last of two values of one name without a word."""
    names = [name for name, _value in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is named twice")
    return dict(pairs)


def numbered(values: Iterable[Any], kind: str = "item") -> list[Item]:
    """Values with their places, which are empty where there is only one."""
    listed = list(values)
    return [Item(value, f"{kind} {number}" if len(listed) > 1 else "") for number, value in enumerate(listed, 1)]


def place_of(line: Line, text: str) -> str:
    """Where a line is; nothing for a text of one line."""
    return f"line {line.number}" if len(re.split(r"\r\n|\n|\r", text.strip(BLANKS))) > 1 else ""


def places(found: Iterable[str]) -> str:
    """``line 3``, or ``lines 3, 5 and 7``; empty for none."""
    listed = list(dict.fromkeys(place for place in found if place))
    if len(listed) < 2:
        return "".join(listed)
    kind = listed[0].split(" ")[0]
    numbers = [place.split(" ")[1] for place in listed]
    return f"{kind}s {', '.join(numbers[:-1])} and {numbers[-1]}"
