# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run calls at once and give their results back in order. Threads only return or raise; none ends the module."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from .._base.outcome import Failure
from .errors import AwsCallError

T = TypeVar("T")

WORKERS = 64


def fan_out(jobs: Sequence[Callable[[], T]], workers: int = WORKERS) -> list[T | Failure]:
    """Run all jobs, at most ``workers`` at once.

    :return: each job's value, or the Failure of its :class:`AwsCallError`, in the order of the jobs. Any other
        exception is a bug of ours and is raised once nothing runs any more.
    """

    def guarded(job: Callable[[], T]) -> T | Failure:
        try:
            return job()
        except AwsCallError as error:
            return error.failure

    if len(jobs) < 2:
        return [guarded(job) for job in jobs]
    with ThreadPoolExecutor(max_workers=min(workers, len(jobs))) as pool:
        return list(pool.map(guarded, jobs))


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
