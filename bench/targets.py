# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how small we want to be, and whether we are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bench.measure import Settings
    from bench.report import Measured

# At least this much faster than the loop, and at most this much slower than the bare script.
FASTER_THAN_LOOP = {"first": 15, "again": 8}
SLOWER_THAN_BARE = {"first": 2.5, "again": 4}
PEAK_MIB = 160
# A run with nothing to do reads this much in a Region, and a page of grants for each hundred.
CALLS_IN_A_REGION = 5
GRANTS_PAGE = 100


class Verdict(NamedTuple):
    about: str
    found: str
    wanted: str
    reached: bool


def verdicts(settings: Settings, measured: Mapping[str, Measured]) -> Iterator[Verdict]:
    """Ours against the targets; nothing about a contender that was left out."""
    ours = measured["ours"]
    for phase, title in (("first", "(a)"), ("again", "(b)")):
        seconds = getattr(ours, phase).seconds
        if "loop" in measured:
            ratio = getattr(measured["loop"], phase).seconds / seconds
            wanted = FASTER_THAN_LOOP[phase]
            yield Verdict(f"{title} the loop's time / ours", f"{ratio:.1f}", f">= {wanted}", ratio >= wanted)
        ratio = seconds / getattr(measured["bare"], phase).seconds
        most = SLOWER_THAN_BARE[phase]
        yield Verdict(f"{title} our time / the bare script's", f"{ratio:.1f}", f"<= {most}", ratio <= most)
    peak = max(ours.first.peak_mib, ours.again.peak_mib)
    yield Verdict("our peak memory", f"{peak:.0f} MiB", f"< {PEAK_MIB} MiB", peak < PEAK_MIB)
    writes = max(run.writes for run in ours.again.runs)
    yield Verdict("(b) our writes", str(writes), "0", writes == 0)
    limit = CALLS_IN_A_REGION + math.ceil(settings.accounts / GRANTS_PAGE)
    calls = ours.again.calls_in_a_region
    yield Verdict("(b) our calls in a Region", str(calls), f"<= {limit}", calls <= limit)
