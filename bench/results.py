# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured: one run, the runs of one phase, one contender's phases."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.contender import Contender


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu_seconds: float
    peak_mib: float  # of the largest single process
    changed: int  # what the contender itself says
    operations: Counter[str]
    writes: int
    by_region: Counter[str]  # calls in each Region


@dataclass(frozen=True)
class Phase:
    """The runs of one contender that did the same."""

    runs: Sequence[Run]

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mib(self) -> float:
        return max(run.peak_mib for run in self.runs)

    @property
    def worst(self) -> Run:
        """The run with the most calls; retries aside, all have the same."""
        return max(self.runs, key=lambda run: run.operations.total())

    @property
    def calls_in_a_region(self) -> int:
        return max(self.worst.by_region.values())


@dataclass(frozen=True)
class Measured:
    """One contender's numbers; ``first`` is the run that does the work, ``again`` the one with nothing to do.

    ``processes`` are the module processes of both, where they are counted.
    """

    contender: Contender
    first: Phase
    again: Phase
    processes: tuple[int, ...] = ()
