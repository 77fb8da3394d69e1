# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how small we want to be, and whether we are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bench.results import Measured
from bench.scenario import Settings, Verdict


class Factors(NamedTuple):
    """Of one run: at least this much faster than the loop, at most this much slower than the bare script, if that is asked."""

    faster_than_loop: float
    slower_than_bare: float | None = None


PHASES = (("first", "(a)"), ("again", "(b)"))
# By the number of accounts; another number is judged as the nearest one.
SHARE = {
    20: {"first": Factors(18, 2.2), "again": Factors(15, 2.8)},
    100: {"first": Factors(20, 2), "again": Factors(16, 3)},
}
COPIES = {5: {"first": Factors(8, 1.7), "again": Factors(8)}}
REMOVAL = {100: {"first": Factors(5, 3), "again": Factors(5)}}
# The role has Ansible start one module, for the work and with nothing to do.
PROCESSES = (1, 1)
# Calls in a Region besides one for each grant that is made or revoked. Copies are looked at again and again.
CALLS = {"share": 11, "copies": 20, "removal": 20}
PEAK_MIB = 160
# A share with nothing to do reads this much in a Region, and a page of grants for each hundred.
CALLS_IN_A_REGION = 5
GRANTS_PAGE = 100
USAGE_REPORT_WRITES = ("CreateImageUsageReport", "DeleteImageUsageReport")


def of_share(settings: Settings, measured: Mapping[str, Measured]) -> Iterator[Verdict]:
    yield from _usual(measured, SHARE, settings)
    yield _calls(measured, settings.regions * (settings.accounts + CALLS["share"]))
    limit = CALLS_IN_A_REGION + math.ceil(settings.accounts / GRANTS_PAGE)
    calls = measured["ours"].again.calls_in_a_region
    yield Verdict("(b) our calls in a Region", str(calls), f"<= {limit}", calls <= limit)


def of_copies(settings: Settings, measured: Mapping[str, Measured]) -> Iterator[Verdict]:
    yield from _usual(measured, COPIES, settings)
    yield _calls(measured, settings.regions * (settings.accounts + CALLS["copies"]))
    copies = settings.regions - 1
    least = copies + settings.regions * (settings.accounts + 1)
    yield _writes(measured, least, f"{copies} copies, {settings.regions * settings.accounts} grants, the permissions")


def of_removal(settings: Settings, measured: Mapping[str, Measured]) -> Iterator[Verdict]:
    yield from _usual(measured, REMOVAL, settings)
    leaving = max(1, settings.accounts // 10)
    yield _calls(measured, settings.regions * (leaving + CALLS["removal"]))
    least = settings.regions * (1 + leaving)
    which = f"{settings.regions} ModifyImageAttribute, {settings.regions * leaving} RevokeGrant"
    yield _writes(measured, least, which, USAGE_REPORT_WRITES)
    reports = max(_sum_of(run.operations, USAGE_REPORT_WRITES) for run in measured["ours"].first.runs)
    most = settings.regions * len(USAGE_REPORT_WRITES)
    yield Verdict(
        "(a) our writes for usage reports, each made and deleted", str(reports), f"<= {most}", reports <= most
    )


def _usual(
    measured: Mapping[str, Measured], by_accounts: Mapping[int, Mapping[str, Factors]], settings: Settings
) -> Iterator[Verdict]:
    """Ours against the others, nothing about a contender that was left out; memory; and nothing written in vain."""
    ours = measured["ours"]
    factors = by_accounts[min(by_accounts, key=lambda accounts: abs(accounts - settings.accounts))]
    for phase, title in PHASES:
        seconds, wanted = getattr(ours, phase).seconds, factors[phase]
        if "loop" in measured:
            ratio = getattr(measured["loop"], phase).seconds / seconds
            least = wanted.faster_than_loop
            yield Verdict(f"{title} the loop's time / ours", f"{ratio:.1f}", f">= {least:g}", ratio >= least)
        most = wanted.slower_than_bare
        if most:
            ratio = seconds / getattr(measured["bare"], phase).seconds
            yield Verdict(f"{title} our time / the bare script's", f"{ratio:.1f}", f"<= {most:g}", ratio <= most)
    started = ours.processes
    yield Verdict("our module processes, (a) and (b)", _listed(started), _listed(PROCESSES), started == PROCESSES)
    peak = max(ours.first.peak_mib, ours.again.peak_mib)
    yield Verdict("our peak memory", f"{peak:.0f} MiB", f"< {PEAK_MIB} MiB", peak < PEAK_MIB)
    writes = max(run.writes for run in ours.again.runs)
    yield Verdict("(b) our writes", str(writes), "0", writes == 0)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _calls(measured: Mapping[str, Measured], most: int) -> Verdict:
    calls = measured["ours"].first.worst.operations.total()
    return Verdict("(a) our calls", str(calls), f"<= {most}", calls <= most)


def _writes(measured: Mapping[str, Measured], least: int, which: str, but: tuple[str, ...] = ()) -> Verdict:
    """Whether we write no more than has to be written; ``but``: operations that are judged by themselves."""
    writes = max(run.writes - _sum_of(run.operations, but) for run in measured["ours"].first.runs)
    about = f"(a) our writes{', without usage reports' if but else ''}"
    return Verdict(about, str(writes), f"{least} ({which})", writes == least)


def _sum_of(operations: Mapping[str, int], names: tuple[str, ...]) -> int:
    return sum(operations[name] for name in names if name in operations)
