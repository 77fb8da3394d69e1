# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run calls at once and give their results back in order. Threads only return or raise; none ends the module."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from .._base.outcome import Failure
from .errors import failure_of
from .lanes import Job, Waiting, paced

T = TypeVar("T")

__all__ = [
    "CLOCK",
    "WORKERS",
    "Clock",
    "Job",
    "TryLaterError",
    "batches",
    "fan_out",
    "in_background",
    "paced",
    "side_by_side",
]

WORKERS = 64


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


def fan_out(
    jobs: Sequence[Callable[[], T] | Job[T]], workers: int = WORKERS, clock: Clock = CLOCK
) -> list[T | Failure]:
    """Run all jobs, at most ``workers`` at once, none before its pace allows.

    What is not due yet occupies no worker, so that a busy quota holds up nothing but its own calls.

    :return: each job's value, or what it raised as a Failure, in the order of the jobs. That is so for bugs of ours, too:
        an exception that left the loop would hide what the other jobs have written.
    """
    answers = _Run(jobs, workers, clock).answers()
    return [failure_of(answer.error) if isinstance(answer, _Raised) else answer for answer in answers]


def side_by_side(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs at once that each say in their value what could not be done; what one raises ends them all."""
    answers = _Run(jobs, WORKERS, CLOCK).answers()
    for answer in answers:
        if isinstance(answer, _Raised):
            raise answer.error
    return answers


def in_background(call: Callable[..., Any], *arguments: Any) -> None:
    """Start what nobody waits for, and what the process does not wait for at its end."""
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=call, args=arguments, daemon=True).start()


@dataclass(frozen=True)
class _Raised:
    error: Exception


class _Run:
    """The loop that starts jobs when they are due and a worker is free, in the thread that asks for the answers."""

    def __init__(self, jobs: Sequence[Callable[[], Any] | Job[Any]], workers: int, clock: Clock) -> None:
        self._jobs = [job if isinstance(job, Job) else Job(job) for job in jobs]
        self._clock = clock
        self._waiting = Waiting(self._jobs)
        self._ended: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._answers: list[Any] = [None] * len(jobs)
        # A single job needs no thread.
        self._workers = _Workers(self._work, min(workers, len(jobs)) if len(jobs) > 1 else 0)

    def answers(self) -> list[Any]:
        try:
            running = 0
            while running or self._waiting:
                running += self._step(running)
        finally:
            self._workers.end()
        # Tracebacks hold frames, which hold this object: a circle that would keep what each failed call had in hand.
        answers, self._answers = self._answers, []
        return answers

    def _step(self, running: int) -> int:
        """Start a job, or wait until one ends or is due.

        :return: by how much the number of running jobs has changed.
        """
        free = running < self._workers.most
        position, delay = self._waiting.take(self._clock.now()) if free else (None, None)
        if position is not None:
            self._workers.start(position, running)
            return 1
        if not running:
            self._clock.sleep(delay or 0)
            return 0
        ended = self._clock.wait(self._ended, delay)
        if ended is None:
            return 0
        self._end(*ended)
        return -1

    def _work(self, position: int) -> None:
        """In a worker. Whatever happens, the loop hears of it: it would wait forever."""
        answer: Any = _Raised(RuntimeError("its thread was ended"))
        try:
            answer = self._jobs[position].call()
        except Exception as error:
            answer = _Raised(error)
        finally:
            self._ended.put((position, answer))
            del answer

    def _end(self, position: int, answer: Any) -> None:
        if isinstance(answer, _Raised) and isinstance(answer.error, TryLaterError):
            self._waiting.put_back(position, self._clock.now() + answer.error.seconds)
        else:
            self._answers[position] = answer


class _Workers:
    """Threads, started as they are needed. Where a machine gives no (more) threads, those that run do all the jobs."""

    def __init__(self, work: Callable[[int], None], most: int) -> None:
        self._work = work
        self._most = most
        self._threads: list[threading.Thread] = []
        self._todo: SimpleQueue[int | None] = SimpleQueue()

    @property
    def most(self) -> int:
        return max(1, self._most)

    def start(self, position: int, busy: int) -> None:
        if busy == len(self._threads) < self._most:
            thread = threading.Thread(target=self._loop)
            try:
                thread.start()
                self._threads.append(thread)
            except RuntimeError:
                self._most = len(self._threads)
        if self._threads:
            self._todo.put(position)
        else:
            self._work(position)

    def _loop(self) -> None:
        while (position := self._todo.get()) is not None:
            # A thread that ended would be counted on all the same.
            with contextlib.suppress(BaseException):
                self._work(position)

    def end(self) -> None:
        for _thread in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()


def batches(values: Sequence[Any], size: int) -> list[Any]:
    """The values in parts that one request takes."""
    return [values[start : start + size] for start in range(0, len(values), size)]
