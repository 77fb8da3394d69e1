# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run calls at once and give their results back in order. Threads only return or raise; none ends the module."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from .._base.outcome import Failure
from .errors import failure_of

T = TypeVar("T")

WORKERS = 64


def fan_out(jobs: Sequence[Callable[[], T]], workers: int = WORKERS) -> list[T | Failure]:
    """Run all jobs, at most ``workers`` at once.

    :return: each job's value, or what it raised as a Failure, in the order of the jobs. That is so for bugs of ours, too:
        an exception that left the loop would hide what the other jobs have written.
    """
    return [failure_of(answer.error) if isinstance(answer, _Raised) else answer for answer in _run(jobs, workers)]


def side_by_side(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs at once that each say in their value what could not be done; what one raises ends them all."""
    answers = _run(jobs, WORKERS)
    for answer in answers:
        if isinstance(answer, _Raised):
            raise answer.error
    return answers


@dataclass(frozen=True)
class _Raised:
    error: Exception


def _run(jobs: Sequence[Callable[[], T]], workers: int) -> list[T | _Raised]:
    answers: dict[int, T | _Raised] = {}

    def run(number: int) -> None:
        try:
            answers[number] = jobs[number]()
        except Exception as error:
            answers[number] = _Raised(error)

    if len(jobs) > 1:
        # Where no (more) threads can be started, those that run do all the jobs, or this one does.
        with contextlib.suppress(RuntimeError), ThreadPoolExecutor(max_workers=min(workers, len(jobs))) as pool:
            for number in range(len(jobs)):
                pool.submit(run, number)
    for number in range(len(jobs)):
        if number not in answers:
            run(number)
    return [answers[number] for number in range(len(jobs))]


class Pace:
    """At most ``rate`` starts a second, shared by threads; for quotas that AWS states per account and Region."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / rate
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + self._interval
        time.sleep(start - now)


def batches(values: Sequence[Any], size: int) -> list[Any]:
    """The values in parts that one request takes."""
    return [values[start : start + size] for start in range(0, len(values), size)]
