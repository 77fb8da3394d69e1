# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines that tell how far many calls are. Knows no clock; times are given to it."""

from __future__ import annotations

import threading
from collections.abc import Callable

Tell = Callable[[str], None]
# At most one line in this time, as long as a stage goes on.
EVERY = 10.0


class Stage:
    """One kind of calls, counted from many threads: says its start, now and then how far it is, and its end."""

    def __init__(self, tell: Tell, what: str, total: int, now: float) -> None:
        self._tell, self._what, self._total = tell, what, total
        self._done, self._last = 0, now
        self._lock = threading.Lock()
        if total:
            tell(f"{what}: {total}")

    def count(self, now: float) -> None:
        with self._lock:
            self._done += 1
            if self._done < self._total and now - self._last < EVERY:
                return
            self._last = now
            self._tell(f"{self._what}: {self._done} of {self._total} done")
