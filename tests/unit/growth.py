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
    return _seconds(prepare(size)) / _seconds(prepare(size // 4))


def _seconds(work: Callable[[], Any]) -> float:
    """The best of a few: what else the machine does only makes it longer."""
    taken = []
    for _attempt in range(3):
        gc.collect()
        gc.disable()  # it looks at all objects again and again, the more there are
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
        gc.enable()
    return min(taken)
