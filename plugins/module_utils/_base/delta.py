# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that computes set differences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

ADD = "add"
REMOVE = "remove"
EXACT = "exact"


@dataclass(frozen=True)
class Delta(Generic[T]):
    """What has to be added and what has to be removed to get from the actual to the wanted state."""

    add: frozenset[T]
    remove: frozenset[T]

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)

    def applied_to(self, actual: Iterable[T]) -> frozenset[T]:
        """The state after the change: what check mode shows and what a run must reach."""
        return (frozenset(actual) | self.add) - self.remove

    def in_parts(self, size: int) -> list[Delta[T]]:
        """The same change in parts of at most ``size`` entries, additions first; for limits of one request."""
        entries = [(True, value) for value in sorted(self.add, key=repr)] + [
            (False, value) for value in sorted(self.remove, key=repr)
        ]
        parts = (entries[start : start + size] for start in range(0, len(entries), size))
        return [
            Delta(
                frozenset(value for adds, value in part if adds), frozenset(value for adds, value in part if not adds)
            )
            for part in parts
        ]


def plan_set(actual: Iterable[T], named: Iterable[T], mode: str) -> Delta[T]:
    """Compare what there is with what was named.

    :param mode: ``add`` keeps everything else, ``remove`` takes the named ones away, ``exact`` keeps only the named ones.
    :raises ValueError: for any other mode, so that a typo can never mean "remove the rest".
    """
    have, want = frozenset(actual), frozenset(named)
    if mode == ADD:
        return Delta(add=want - have, remove=frozenset())
    if mode == REMOVE:
        return Delta(add=frozenset(), remove=have & want)
    if mode == EXACT:
        return Delta(add=want - have, remove=have - want)
    raise ValueError(f"unknown mode {mode!r}: use add, remove or exact")
