# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the answers of writes to outcomes: what is raised on the way hides no write, neither this target's nor another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._base.outcome import AnyOutcome
from .errors import failure_of

Planned = TypeVar("Planned", bound=AnyOutcome)


def concluded(plan: Planned, conclude: Callable[[], Planned]) -> Planned:
    """What a plan has come to, after its calls; in doubt if that raises something."""
    try:
        return conclude()
    except Exception as error:
        return plan.in_doubt(failure_of(error))
