# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles: lists, or the text that an AWX survey delivers, read and checked one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from . import identifiers

T = TypeVar("T")


class Inputs:
    """The variables of a role, without its prefix, and the problems that reading them found.

    An unanswered question of a survey, which is empty text, means the default; so does null.
    """

    def __init__(self, values: Mapping[str, Any], prefix: str) -> None:
        self.prefix = prefix
        self.problems: list[str] = []
        self._values = values

    def read(self, name: str, parse: Callable[[Any], T], otherwise: T) -> T:
        """What ``parse`` makes of a variable; ``otherwise`` and a problem when it raises ValueError."""
        try:
            return parse(self._values.get(name))
        except ValueError as error:
            self.problems.append(f"{self.prefix}{name}: {error}.")
            return otherwise

    def is_given(self, name: str) -> bool:
        """Whether anything was said; an empty list is something, an empty text is not."""
        return self._values[name] not in (None, "")

    def has(self, name: str) -> bool:
        return name in self._values

    def is_empty(self, name: str) -> bool:
        return self._values.get(name) is None or self._values[name] == ""

    @staticmethod
    def cure_of_empty_guard(_name: str) -> str:
        return "is empty; leave it out for no guard."

    def is_null(self, name: str) -> bool:
        """Whether a name stands there with nothing behind it, which YAML makes of a list whose items are commented out."""
        return self._values[name] is None

    def items(self, name: str) -> list[Any]:
        nothing: list[Any] = []
        return self.read(name, as_list, nothing)

    def texts(self, name: str) -> list[str]:
        """The items as text, without duplicates; a number is the text that YAML made it of, as far as that can be known."""
        items = self.items(name)
        odd = [item for item in items if not isinstance(item, str | int) or isinstance(item, bool)]
        self.add(f"{self.prefix}{name}: '{item}' is {identifiers.kind_of(item)}; each item is text." for item in odd)
        return list(dict.fromkeys(str(item) for item in items if item not in odd))

    def flag(self, name: str, default: bool = False) -> bool:
        return self.read(name, lambda value: as_bool(value, default), default)

    def number(self, name: str, default: int) -> int:
        return self.read(name, lambda value: as_number(value, default), default)

    def text(self, name: str, default: str = "") -> str:
        return self.read(name, lambda value: as_text(value, default), default)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of some words, the first of which is the default."""
        return self.read(name, lambda value: as_choice(value, choices), choices[0])

    def add(self, problems: Iterable[str]) -> None:
        self.problems += problems

    def wrong(self) -> set[str]:
        """The variables about which a problem has been found."""
        return {problem.split(":")[0].removeprefix(self.prefix) for problem in self.problems}


def as_list(value: Any) -> list[Any]:
    """A list as it is; text as the items of its lines, also separated by commas, or as JSON when it begins with ``[``.

    Blanks around an item are a survey's line ends and go; blanks inside stay, to be refused.

    :raises ValueError: for anything else that is neither empty nor one plain item.
    """
    if value is None or value == "":
        return []
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            return list(_json(value, "[", "list"))
        return [item for item in (part.strip() for part in re.split(r"[\n,]", value)) if item]
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    raise ValueError(f"is {identifiers.kind_of(value)}; give a list, or text with one item a line")


def as_pairs(value: Any) -> dict[Any, Any]:
    """A dictionary as it is; text as the ``NAME=VALUE`` of its lines, or as JSON when it begins with ``{``.

    :raises ValueError: for anything else, and for a name that is there twice.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return dict(_json(value, "{", "object"))
    pairs: dict[Any, Any] = {}
    for item in as_list(value):
        if not isinstance(item, str):
            raise ValueError(
                f"'{item}' is {identifiers.kind_of(item)}; give a dictionary, or text with one NAME=VALUE a line"
            )
        name, equals, text = item.partition("=")
        if not equals:
            raise ValueError(f"'{item}' is no NAME=VALUE; write one a line")
        if pairs.setdefault(name.strip(), text.strip()) != text.strip():
            raise ValueError(f"'{name.strip()}' is there twice, with different values")
    return pairs


def _json(text: str, begin: str, kind: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except ValueError as error:
        raise ValueError(
            f"begins with {begin} and is not a JSON {kind} ({error}); give text with one item a line"
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, which by itself would keep the last of two values of one name without a word."""
    names = [name for name, _value in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is there twice")
    return dict(pairs)


def as_bool(value: Any, default: bool) -> bool:
    """True or false as YAML and surveys write them; an unanswered question is the default, a typo is neither.

    :raises ValueError: for anything else, so that no misspelt word makes an AMI public.
    """
    if value is None or value == "":
        return default
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError(f"'{value}' is neither true nor false")
    return words[word]


def as_number(value: Any, default: int) -> int:
    """:raises ValueError: for anything that is not a whole number."""
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value).strip(), re.ASCII):
        raise ValueError(f"'{value}' is not a whole number")
    return int(value)


def as_text(value: Any, default: str) -> str:
    """:raises ValueError: for anything that is not text."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"'{value}' is {identifiers.kind_of(value)}; write it in quotes")
    return value or default


def as_choice(value: Any, choices: Sequence[str]) -> str:
    """:raises ValueError: for anything that is not one of the choices."""
    if value is None or value == "":
        return choices[0]
    if str(value).strip() not in choices:
        raise ValueError(f"'{value}' is none of {', '.join(choices)}")
    return str(value).strip()
