# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Does the work grow with its size, or with the square of it? Seconds would say how fast this machine is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any


def growth(prepare: Callable[[int], Callable[[], Any]], size: int) -> float:
    """How many times as long the work takes for ``size`` as for a quarter: 4 when it is linear, 16 when it is quadratic.

    :param prepare: makes what is worked on, and returns the work.
    """

    def seconds(work: Callable[[], Any]) -> float:
        gc.collect()
        begun = time.process_time()
        work()
        return time.process_time() - begun

    small, large = prepare(size // 4), prepare(size)
    return seconds(large) / min(seconds(small) for _attempt in range(3))
