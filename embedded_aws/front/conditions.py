# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What control requests change about the front, and what the front looks at with every AWS request."""

from __future__ import annotations

from .faults import Faults
from .journal import Journal


class Conditions:
    """The record of requests, the fault rules and the latency."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.faults = Faults()
        self.latency = 0.0

    def reset(self) -> None:
        """As after the start."""
        self.journal.clear()
        self.faults.replace([])
        self.latency = 0.0
