# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run calls at once and give their results back in order. Threads only return or raise; none ends the module."""

from __future__ import annotations

import functools
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from heapq import heappop, heappush
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from .._base.outcome import Failure
from .errors import AwsCallError
from .pace import Pace

T = TypeVar("T")

WORKERS = 64


@dataclass(frozen=True)
class Job(Generic[T]):
    """A call whose start a pace decides. ``requests``: how many requests it makes, which all count."""

    call: Callable[[], T]
    pace: Pace | None = None
    requests: int = 1


def paced(pace: Pace | None, call: Callable[..., T], *arguments: Any, requests: int = 1) -> Job[T]:
    return Job(functools.partial(call, *arguments), pace, requests)


class TryLaterError(Exception):
    """Raised by a job that is to be run again after some seconds. No worker waits with it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Clock:
    """The time, and the two ways to let it pass."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def wait(self, ended: SimpleQueue[Any], seconds: float | None) -> Any:
        """The next entry, or None when there was none for so long."""
        try:
            return ended.get(timeout=seconds)
        except Empty:
            return None


CLOCK = Clock()


@dataclass(frozen=True)
class _Raised:
    error: BaseException


def fan_out(
    jobs: Sequence[Callable[[], T] | Job[T]], workers: int = WORKERS, clock: Clock = CLOCK
) -> list[T | Failure]:
    """Run all jobs, at most ``workers`` at once, none before its pace allows.

    What is not due yet occupies no worker, so that a busy quota holds up nothing but its own calls.

    :return: each job's value, or the Failure of its :class:`AwsCallError`, in the order of the jobs. Any other
        exception is a bug of ours and is raised once nothing runs any more; nothing is started after it.
    """
    todo = [job if isinstance(job, Job) else Job(job) for job in jobs]
    return _Run(todo, workers, clock).results()


class _Run:
    def __init__(self, jobs: Sequence[Job[Any]], workers: int, clock: Clock) -> None:
        self._jobs, self._clock = jobs, clock
        self._workers = max(1, min(workers, len(jobs)))
        self._waiting = _Waiting(jobs)
        self._ended: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._results: list[Any] = [None] * len(jobs)
        self._bugs: dict[int, BaseException] = {}

    def results(self) -> list[Any]:
        with ThreadPoolExecutor(self._workers) as pool:
            # A single job needs no thread.
            self._dispatch(pool.submit if len(self._jobs) > 1 else _here)
        if self._bugs:
            raise self._bugs[min(self._bugs)]
        return self._results

    def _dispatch(self, start: Callable[..., Any]) -> None:
        running = 0
        while running or self._waiting:
            free = running < self._workers
            position, delay = self._waiting.take(self._clock.now()) if free else (None, None)
            if position is not None:
                running += 1
                start(self._work, position)
            elif not running:
                self._clock.sleep(delay or 0)
            else:
                ended = self._clock.wait(self._ended, delay)
                if ended is not None:
                    running -= 1
                    self._end(*ended)

    def _work(self, position: int) -> None:
        """In a worker. Whatever happens, the dispatcher hears of it: it would wait forever."""
        try:
            answer: Any = self._jobs[position].call()
        except AwsCallError as error:
            answer = error.failure
        except BaseException as error:
            answer = _Raised(error)
        self._ended.put((position, answer))

    def _end(self, position: int, answer: Any) -> None:
        if not isinstance(answer, _Raised):
            self._results[position] = answer
        elif isinstance(answer.error, TryLaterError):
            if not self._bugs:
                self._waiting.put_back(position, self._clock.now() + answer.error.seconds)
        else:
            self._bugs[position] = answer.error
            self._waiting.clear()


def _here(work: Callable[[int], None], position: int) -> None:
    work(position)


@dataclass(frozen=True)
class _Lane:
    """Jobs that share a pace, in their order."""

    pace: Pace | None
    positions: deque[int]


class _Waiting:
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

    def clear(self) -> None:
        self._heap = []


def batches(values: Sequence[Any], size: int) -> list[Any]:
    """The values in parts that one request takes."""
    return [values[start : start + size] for start in range(0, len(values), size)]
