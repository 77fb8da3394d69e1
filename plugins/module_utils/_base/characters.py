# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Characters that nobody sees: pasted from a chat window or a web page, they make a value another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

# Categories of Unicode: controls, formats, lone surrogates, private use, line, paragraph and other spaces.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs")
# Letters and signs that are drawn as nothing.
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_FINE = " \t\n\r"
# unicodedata knows no names of controls, and calls this one by what it was before it marked the order of bytes.
_NAMES = {"\ufeff": "byte order mark", "\x00": "null", "\x0b": "vertical tab", "\x0c": "form feed", "\x1b": "escape"}
_MOST = 3


def describe(character: str) -> str:
    """``U+200B (zero width space)``"""
    name = _NAMES.get(character) or unicodedata.name(character, "control character").lower()
    return f"U+{ord(character):04X} ({name})"


def unseen(text: str) -> list[str]:
    """Every invisible character of a text with its place; blanks, tabs and line ends are not meant."""
    lines = re.split(r"\r\n|\n|\r", text)
    return [
        f"{describe(character)} in line {number}, column {column}"
        for number, line in enumerate(lines, 1)
        for column, character in enumerate(line, 1)
        if character not in _FINE and (unicodedata.category(character) in _UNSEEN or character in _BLANK)
    ]


def check_unseen(value: Any) -> str | None:
    """A sentence about the invisible characters in a value, those inside of lists and dictionaries included."""
    items = list(value) if isinstance(value, list | tuple) else [value]
    for number, item in enumerate(items, 1):
        found = [one for text in _texts(item) for one in unseen(text)]
        if found:
            where = f"item {number} " if len(items) > 1 else ""
            return f"{where}contains {_listed(found)}, which cannot be seen; type it again instead of pasting it"
    return None


def check_ascii(text: str) -> str | None:
    """A sentence about characters that no identifier of AWS has, such as a typographic hyphen."""
    found = [f"{describe(one)} as character {number}" for number, one in enumerate(text, 1) if not one.isascii()]
    return f"contains {_listed(found)}, which no such value has; type it again instead of pasting it" if found else None


def _listed(found: list[str]) -> str:
    more = len(found) - _MOST
    return ", ".join(found[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for one in pair for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return []
