# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options as they arrive: YAML's own lists and dictionaries, or the text that an AWX survey delivers, read and checked.

With ansible-core 2.19 and later the text of a survey is resolved once more as if it stood in YAML without quotes: a lone
``2024`` becomes a number, ``yes`` a boolean, ``012345670123`` the number 1402433619. What was typed is lost then and is
never guessed. Text with a comma, a letter, a blank or a quotation mark in it stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from . import characters, identifiers, text_forms, values
from .text_forms import Item, Line

T = TypeVar("T")

# A number of 12 digits is what was typed; a shorter one has lost something.
_ACCOUNT_NUMBERS = range(10**11, 10**12)


class Inputs:
    """The options that were given, by name without their prefix, and the problems that reading them found.

    Absent, null and empty text mean the default. An empty list was said on purpose: it is a list of nobody.
    """

    def __init__(self, given: Mapping[str, Any], prefix: str) -> None:
        self.prefix = prefix
        self.problems: list[str] = []
        self._values = given
        self._places: dict[str, dict[str, list[str]]] = {}

    def has(self, name: str) -> bool:
        """Whether the name was written at all, whatever stands behind it."""
        return name in self._values

    def is_empty(self, name: str) -> bool:
        """Whether nothing is said: absent, null, or text of blanks and comments. An empty list says that nobody is meant."""
        return values.says_nothing(self._values.get(name))

    def is_given(self, name: str) -> bool:
        return not self.is_empty(name)

    def raw(self, name: str) -> Any:
        """What was given, unread; None for nothing."""
        return self._values.get(name)

    def is_null(self, name: str) -> bool:
        """Whether a name stands there with nothing behind it, which YAML makes of a list whose items are commented out."""
        return self.has(name) and self._values[name] is None

    def check_guard(self, name: str) -> None:
        """A problem for a guard that is there and empty: who writes its name means one, and must not have none without a word."""
        if self.has(name) and self.is_empty(name):
            self.add([f"{self.prefix}{name}: {self.cure_of_empty_guard(name)}"])

    @staticmethod
    def cure_of_empty_guard(_name: str) -> str:
        return (
            "is empty, and an empty guard guards nothing; leave it out to have no guard. In AWX write "
            "guards into the extra variables of the job template, never into a survey, where they can be emptied."
        )

    def read(self, name: str, parse: Callable[[Any], T], otherwise: T) -> T:
        """What ``parse`` makes of an option; ``otherwise`` for none, and with a problem when it raises ValueError."""
        value = self._values.get(name)
        if values.is_unanswered(value):
            return otherwise
        try:
            unseen = characters.check_unseen(value)
            if unseen:
                raise ValueError(unseen)
            return parse(value)
        except ValueError as error:
            text = str(error)
            self.add([f"{self.prefix}{name}: {text}{'' if text.endswith(('.', '?')) else '.'}"])
            return otherwise

    def items(self, name: str) -> list[Any]:
        """The items of a list of dictionaries or lines."""
        found = (item.value for item in self.entries(name))
        return [value.text if isinstance(value, Line) else value for value in found]

    def entries(self, name: str) -> list[Item]:
        """The items of a list of dictionaries or lines, with their places."""
        nothing: list[Item] = []
        return self.read(name, values.as_entries, nothing)

    def texts(self, name: str) -> list[str]:
        """The items of a list of account IDs, Regions, ARNs or other words, without duplicates."""
        nothing: list[Item] = []
        found = []
        for item in self.read(name, values.as_words, nothing):
            text, problem = _text_of(item.value)
            if problem:
                self.add_at(name, item.place, problem)
            else:
                found.append(text)
                self.remember(name, text, item.place)
        return list(dict.fromkeys(found))

    def flag(self, name: str, default: bool = False) -> bool:
        return self.read(name, lambda value: values.as_bool(value, default), default)

    def number(self, name: str, default: int) -> int:
        return self.read(name, lambda value: values.as_number(value, default), default)

    def text(self, name: str, default: str = "") -> str:
        return self.read(name, lambda value: values.as_text(value, default), default)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of some words, the first of which is the default."""
        return self.read(name, lambda value: values.as_choice(value, choices), choices[0])

    def remember(self, name: str, text: str, place: str) -> None:
        """Where a text stands in an option, for problems about it that are found later."""
        self._places.setdefault(name, {}).setdefault(text, []).append(place)

    def add_at(self, name: str, place: str, problem: str) -> None:
        self.add([f"{self.prefix}{name}{f', {place}' if place else ''}: {problem}"])

    def add(self, problems: Iterable[str]) -> None:
        """Each problem once. One that begins ``NAME: 'VALUE'`` gets the places where the value stands."""
        for problem in map(self._placed, problems):
            if problem not in self.problems:
                self.problems.append(problem)

    def wrong(self) -> set[str]:
        """The options about which a problem has been found."""
        found = (re.match(rf"{re.escape(self.prefix)}(\w+)", problem) for problem in self.problems)
        return {match.group(1) for match in found if match}

    def _placed(self, problem: str) -> str:
        match = re.match(rf"({re.escape(self.prefix)}(\w+)): '", problem)
        known = self._places.get(match.group(2), {}) if match else {}
        if not match:
            return problem
        about = problem[match.end() :]
        texts = [text for text in known if about.startswith(f"{text}'") and not about.startswith(f"{text}' and '")]
        where = text_forms.places(known[max(texts, key=len)]) if texts else ""
        return f"{match.group(1)}, {where}{problem[match.end(1) :]}" if where else problem


def _text_of(value: Any) -> tuple[str, str]:
    """An item as text, or what is wrong with it."""
    if isinstance(value, str):
        if text_forms.is_blank(value):
            return "", "is empty; leave the item out, or fill it in."
        invisible = characters.check_ascii(value)
        return value, f"'{value}' {invisible}." if invisible else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), "" if value in _ACCOUNT_NUMBERS else identifiers.lost_number(value)
    return "", f"'{value}' is {identifiers.kind_of(value)}; each item is text."
