# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``NAME=VALUE``: dictionaries, or the text of a survey for them; tags, whose values are free, and keys by Region."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import identifiers, text_forms, values
from .text_forms import Line

_WHOLE_VALUE = "write one NAME=VALUE a line, and a value that contains it with quotation marks around it"


def as_pairs(value: Any) -> dict[Any, Any]:
    """A dictionary as it is; text as the ``NAME=VALUE`` of its lines, or as JSON when it begins with ``{``.

    A value goes to the end of its line. Where a line can be read as two pairs, or as a pair and a comment, nobody guesses.

    :raises ValueError: for anything else, and for a name that occurs twice.
    """
    return _pairs(value, lambda line: [_free_pair(line)])


def as_word_pairs(value: Any) -> dict[Any, Any]:
    """The same for names and values without blanks, commas and semicolons, which part them here.

    :raises ValueError: for anything else, and for a name that occurs twice.
    """
    return _pairs(value, _word_pairs)


def _pairs(value: Any, read_line: Callable[[Line], list[tuple[str, str]]]) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str) and value.lstrip(text_forms.BLANKS).startswith("{"):
        return dict(text_forms.parse_json(value, "{", "object"))
    return _united(pair for line in _lines(value) for pair in read_line(line))


def _lines(value: Any) -> list[Line]:
    found = []
    for number, item in enumerate(values.as_entries(value), 1):
        given = item.value
        if not isinstance(given, Line | str):
            kind = identifiers.kind_of(given)
            raise ValueError(f"'{given}' is {kind}; give a dictionary, or text with one NAME=VALUE a line")
        found += text_forms.lines(given) if isinstance(given, str) else [given]
        if isinstance(given, str) and text_forms.is_blank(given):
            raise ValueError(f"item {number} is empty; leave it out, or fill it in")
    return found


def _united(pairs: Iterable[tuple[str, str]]) -> dict[Any, Any]:
    united: dict[Any, Any] = {}
    for name, text in pairs:
        if united.setdefault(name, text) != text:
            raise ValueError(f"'{name}' is named twice, with different values")
    return united


def _free_pair(line: Line) -> tuple[str, str]:
    whole = text_forms.unquoted(line.text)
    name, text = _parted(whole)
    quoted = whole != line.text or text_forms.unquoted(text) != text
    if not quoted:
        if line.comment:
            raise ValueError(
                f"'{line.text} {line.comment}' contains #; {_WHOLE_VALUE}, or the comment on a line of its own"
            )
        another = re.search(r"[,;\s]\s*[^\s=,;]+\s*=|[,;]$", text)
        if another:
            sign = another.group()[0]
            raise ValueError(f"'{line.text}' contains '{sign}'; {_WHOLE_VALUE}")
    return name, text_forms.unquoted(text)


def _word_pairs(line: Line) -> list[tuple[str, str]]:
    closed = re.sub(r"[ \t]*=[ \t]*", "=", line.text)
    pairs = (_parted(word.text) for word in text_forms.words(closed))
    return [(name, text_forms.unquoted(text)) for name, text in pairs]


def _parted(text: str) -> tuple[str, str]:
    name, equals, rest = text.partition("=")
    if not equals:
        colon = re.match(r"([^\s:]+):(?:\s+(.+))?$", text)
        cure = f"did you mean {colon.group(1)}={colon.group(2) or '…'}?" if colon else "write one a line"
        raise ValueError(f"'{text}' is no NAME=VALUE; {cure}")
    if text_forms.is_blank(name):
        raise ValueError(f"'{text}' has no name in front of the =")
    return text_forms.unquoted(name), rest.strip(text_forms.BLANKS)
