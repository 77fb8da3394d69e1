# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options as they arrive, made into values: lists of words or of entries, booleans, numbers, text, words to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from . import identifiers, text_forms
from .near_misses import nearest
from .text_forms import Item

_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def is_unanswered(value: Any) -> bool:
    """Null and blank text: a question of a survey that nobody answered."""
    return value is None or (isinstance(value, str) and text_forms.is_blank(value))


def says_nothing(value: Any) -> bool:
    """What is unanswered, and text of comments and separators alone. An empty list says that nobody is meant."""
    if not isinstance(value, str):
        return value is None
    if not text_forms.unquoted(value):
        return True
    kept = (re.sub(r"^[\s,;]*(?:#.*)?$", "", line) for line in re.split(r"[\r\n]", value))
    return not "".join(kept)


def as_words(value: Any) -> list[Item]:
    """The items of a list, or the words of a text: parted by lines, blanks, commas or semicolons, quoted or in brackets.

    :raises ValueError: for what is neither a list nor text.
    """
    if isinstance(value, str):
        if value.lstrip(text_forms.BLANKS).startswith("{"):
            raise ValueError("begins with {; give text with one item a line")
        text = text_forms.flow_list(value) if value.lstrip(text_forms.BLANKS).startswith("[") else value
        found = [(line, word.text) for line in text_forms.lines(text) for word in text_forms.words(line.text)]
        return [Item(word, text_forms.place_of(line, text)) for line, word in found]
    return [Item(_one_word(item.value), item.place) for item in _real_list(value)]


def as_entries(value: Any) -> list[Item]:
    """The items of a list, or the lines of a text, or what JSON makes of it when it begins with ``[``.

    :raises ValueError: for what is neither a list nor text.
    """
    if not isinstance(value, str):
        return _real_list(value)
    stripped = value.lstrip(text_forms.BLANKS)
    if stripped.startswith("["):
        return text_forms.numbered(text_forms.parse_json(value, "[", "list"))
    if stripped.startswith("{"):
        text_forms.parse_json(value, "{", "object")
        raise ValueError("is one JSON object; put it into a list, with [ and ] around it")
    return [Item(line, text_forms.place_of(line, value)) for line in text_forms.lines(value)]


def _real_list(value: Any) -> list[Item]:
    if isinstance(value, list | tuple):
        return text_forms.numbered(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [Item(value)]
    raise ValueError(f"is {identifiers.kind_of(value)}; give a list, or text with one item a line")


def _one_word(value: Any) -> Any:
    """An item of a real list as it would be read from a line; whole, to be refused, when there is more than one word in it."""
    if not isinstance(value, str):
        return value
    found = [word.text for line in text_forms.lines(value) for word in text_forms.words(line.text)]
    return found[0] if len(found) == 1 else value.strip(text_forms.BLANKS)


def as_bool(value: Any, default: bool) -> bool:
    """True or false as YAML and surveys write them; an unanswered question is the default, a typo is neither.

    :raises ValueError: for anything else, so that no misspelt word makes an AMI public.
    """
    if is_unanswered(value):
        return default
    word = text_forms.unquoted(str(value)).lower() if isinstance(value, str | int) else ""
    if word not in _WORDS:
        raise ValueError(f"'{value}' is neither true nor false")
    return _WORDS[word]


def as_number(value: Any, default: int) -> int:
    """:raises ValueError: for anything that is not a whole number."""
    if is_unanswered(value):
        return default
    text = text_forms.unquoted(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    # Digits behind a 0 are octal to YAML: on one ansible-core this text would be another number than on the next.
    if re.fullmatch(r"-?0\d+", text, re.ASCII):
        raise ValueError(f"'{value}' begins with 0, which makes it octal to YAML; leave the 0 out")
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise ValueError(f"'{value}' is not a whole number")
    return int(text)


def as_text(value: Any, default: str) -> str:
    """:raises ValueError: for anything that is not text."""
    if is_unanswered(value):
        return default
    if not isinstance(value, str):
        raise ValueError(
            f"'{value}' is {identifiers.kind_of(value)}, so that what was typed is lost; write it in quotes, in a survey as well"
        )
    return text_forms.unquoted(value) or default


def as_choice(value: Any, choices: Sequence[str]) -> str:
    """:raises ValueError: for anything that is not one of the choices."""
    if is_unanswered(value):
        return choices[0]
    word = text_forms.unquoted(value) if isinstance(value, str) else str(value)
    if word not in choices:
        close = nearest(word, choices)
        cure = f"; did you mean {close}?" if close else ""
        raise ValueError(f"'{value}' is none of {', '.join(choices)}{cure}")
    return word
