# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that wait for their turn, by the paces of their quotas. Knows no clock and no thread."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from .pace import Pace

T = TypeVar("T")


@dataclass(frozen=True)
class Job(Generic[T]):
    """A call whose start a pace decides. ``requests``: how many requests it makes, which all count."""

    call: Callable[[], T]
    pace: Pace | None = None
    requests: int = 1


def paced(pace: Pace | None, call: Callable[..., T], *arguments: Any, requests: int = 1) -> Job[T]:
    return Job(functools.partial(call, *arguments), pace, requests)


@dataclass(frozen=True)
class _Lane:
    """Jobs that share a pace, in their order."""

    pace: Pace | None
    positions: deque[int]


class Waiting:
    """The jobs that are not started: a lane for each pace, and the lane whose turn it is first.

    Lanes that are due take turns, so that all keys and Regions move on together, whatever the order of the jobs.
    """

    def __init__(self, jobs: Sequence[Job[Any]]) -> None:
        self._jobs = jobs
        self._turn = 0
        self._heap: list[tuple[float, int, _Lane]] = []
        lanes: dict[int, _Lane] = {}
        for position, job in enumerate(jobs):
            if id(job.pace) not in lanes:
                lanes[id(job.pace)] = _Lane(job.pace, deque())
                self._put(float("-inf"), lanes[id(job.pace)])
            lanes[id(job.pace)].positions.append(position)

    def __bool__(self) -> bool:
        return bool(self._heap)

    def _put(self, due: float, lane: _Lane) -> None:
        self._turn += 1
        heappush(self._heap, (due, self._turn, lane))

    def take(self, now: float) -> tuple[int | None, float | None]:
        """The job to start now; or None, and in how many seconds to ask again (None: when there is something)."""
        while self._heap and self._heap[0][0] <= now:
            lane = heappop(self._heap)[2]
            position = lane.positions[0]
            later = lane.pace.take(now, self._jobs[position].requests) if lane.pace else None
            if later is not None:
                self._put(later, lane)
                continue
            lane.positions.popleft()
            if lane.positions:
                self._put(max(now, lane.pace.due) if lane.pace else now, lane)
            return position, None
        return None, (self._heap[0][0] - now if self._heap else None)

    def put_back(self, position: int, due: float) -> None:
        self._put(due, _Lane(self._jobs[position].pace, deque([position])))
