# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one way to read what AWS answers.

The service models call nearly every member of an answer optional. A member that is read without a default is one without
which nothing can be decided: when it is absent, the answer as a whole is a failure that names it. A member with a default is
one whose absence AWS documents, or that decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

Members = Mapping[str, Any]


class IncompleteAnswerError(Exception):
    """An answer without a member that is needed; ``calling`` adds which call it was."""

    def __init__(self, member: str) -> None:
        super().__init__(f"the answer has no {member}")
        self.member = member


def text(answer: Members, name: str, default: str | None = None) -> str:
    """A text; without a default an empty one is as bad as none."""
    value = answer.get(name)
    if default is None:
        return str(_present(value or None, name))
    return default if value is None else str(value)


def texts(answer: Members, name: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
    return tuple(str(value) for value in _given(answer, name, default))


def flag(answer: Members, name: str, default: bool | None = None) -> bool:
    return bool(_given(answer, name, default))


def number(answer: Members, name: str) -> int:
    return int(_given(answer, name, None))


def moment(answer: Members, name: str) -> datetime:
    found: datetime = _given(answer, name, None)
    return found


def part(answer: Members, name: str, default: Members | None = None) -> Members:
    found: Members = _given(answer, name, default)
    return found


def entries(answer: Members, name: str, default: Sequence[Members] | None = None) -> Sequence[Members]:
    """The entries of a list, each of which has members of its own."""
    found: Sequence[Members] = _given(answer, name, default)
    return found


def _given(answer: Members, name: str, default: Any) -> Any:
    value = answer.get(name)
    return _present(default, name) if value is None else value


def _present(value: Any, name: str) -> Any:
    if value is None:
        raise IncompleteAnswerError(name)
    return value
