# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the changes that plans of permissions hold, and say of each target what happened to it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .._base.outcome import Failure, Outcome
from .._call.conclusions import concluded
from .._call.errors import failure_of
from .._call.fanout import fan_out
from .plan import not_applied


def apply_all(plans: Sequence[Outcome], apply_one: Callable[[Outcome], Outcome]) -> list[Outcome]:
    """All plans that hold a change, at once; the others stay what they are."""

    def applied(plan: Outcome) -> Outcome:
        return apply_one(plan) if plan.change else plan

    answers = fan_out([functools.partial(applied, plan) for plan in plans])
    return [
        concluded(plan, functools.partial(not_applied, plan, answer)) if isinstance(answer, Failure) else answer
        for plan, answer in zip(plans, answers, strict=True)
    ]


def apply_parts(plan: Outcome, write: Callable[[Any], None]) -> Outcome:
    """One plan's requests in their order. What went through before one that failed has changed the target."""
    for number, part in enumerate(plan.change):
        try:
            write(part)
        except Exception as error:
            return replace(not_applied(plan, failure_of(error)), changed=number > 0)
    return plan
