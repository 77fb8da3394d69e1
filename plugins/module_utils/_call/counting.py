# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far many calls in many Regions are: a line when they begin, now and then, and when they are done."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping

# At most one line in so many seconds.
EVERY = 5.0
# So many Regions are named in a line.
REGIONS = 4


class Counting:
    """Counts calls by Region, from any thread, and tells how far they are."""

    def __init__(
        self,
        what: str,
        totals: Mapping[str, int],
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """:param what: what is counted, such as ``key access: {done} of {total} grants``.
        :param totals: how many there are in each Region.
        """
        self._what, self._totals, self._tell, self._clock = what, dict(totals), tell, clock
        self._done = dict.fromkeys(totals, 0)
        self._lock = threading.Lock()
        self._last = clock()
        self._say()

    def one(self, region: str) -> None:
        """One more in a Region has ended, whatever came of it."""
        with self._lock:
            self._done[region] += 1
            now = self._clock()
            if now - self._last >= EVERY:
                self._last = now
                self._say()

    def end(self) -> None:
        """The last line."""
        self._say()

    def _say(self) -> None:
        """Progress is a courtesy: what it raises hides nothing of what was counted."""
        with contextlib.suppress(Exception):
            self._tell(self._line())

    def _line(self) -> str:
        done, total = sum(self._done.values()), sum(self._totals.values())
        head = self._what.format(done=f"{done:,}", total=f"{total:,}")
        open_regions = [region for region, count in self._done.items() if 0 < count < self._totals[region]]
        if not open_regions or done in (0, total):
            return head
        shown = ", ".join(f"{one} {100 * self._done[one] // self._totals[one]}%" for one in open_regions[:REGIONS])
        more = len(open_regions) - REGIONS
        return f"{head}; {shown}" + (f" and {more} more Regions" if more > 0 else "")
