# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that moves only when nothing runs and somebody waits for a later time."""

from __future__ import annotations

from queue import SimpleQueue
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._call.fanout import Clock


class FakeClock(Clock):
    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.time += seconds

    def wait(self, ended: SimpleQueue[Any], seconds: float | None) -> Any:
        """What runs ends in no time, so time does not pass."""
        return ended.get(timeout=10)
