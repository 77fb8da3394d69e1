# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the answers of writes to outcomes: what is raised on the way hides no write, neither this target's nor another's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from .._base.outcome import AnyOutcome
from .errors import failure_of

Planned = TypeVar("Planned", bound=AnyOutcome)
Caller = TypeVar("Caller")
Rest = ParamSpec("Rest")


def concluded(plan: Planned, conclude: Callable[[], Planned]) -> Planned:
    """What a plan has come to, after its calls; in doubt if that raises something."""
    try:
        return conclude()
    except Exception as error:
        return plan.in_doubt(failure_of(error))


def keeping_the_record(
    apply: Callable[Concatenate[Caller, Sequence[Planned], Rest], list[Planned]],
) -> Callable[Concatenate[Caller, Sequence[Planned], Rest], list[Planned]]:
    """For whoever applies plans: what is raised between the calls puts every change in doubt, and is no exception.

    So a job of several stages has an outcome of each of them, whatever happens in one.
    """

    @functools.wraps(apply)
    def applied(aws: Caller, plans: Sequence[Planned], /, *rest: Rest.args, **named: Rest.kwargs) -> list[Planned]:
        try:
            return apply(aws, plans, *rest, **named)
        except Exception as error:
            failure = failure_of(error)
            return [plan.in_doubt(failure) if plan.change else plan for plan in plans]

    return applied
