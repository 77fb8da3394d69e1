# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the changes that plans of permissions hold, and say of each target what happened to it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .._base.delta import Delta
from .._base.outcome import Failure
from .._call.conclusions import concluded
from .._call.errors import failure_of
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .model import PermissionOutcome, Principal
from .plan import not_applied


def apply_all(
    aws: Aws,
    action: str,
    plans: Sequence[PermissionOutcome],
    apply_one: Callable[[PermissionOutcome], PermissionOutcome],
) -> list[PermissionOutcome]:
    """All plans that hold a change, at once; the others stay what they are.

    :param action: the call that makes the changes, once for each part of a change.
    """
    jobs = [
        paced(aws.pace(action, plan.target["region"]), apply_one, plan, requests=len(plan.change))
        for plan in plans
        if plan.change
    ]
    applied = fan_out(jobs)
    answers = iter(applied)

    def after(plan: PermissionOutcome) -> PermissionOutcome:
        answer: Any = next(answers)
        return concluded(plan, functools.partial(not_applied, plan, answer)) if isinstance(answer, Failure) else answer

    return [after(plan) if plan.change else plan for plan in plans]


def apply_parts(plan: PermissionOutcome, write: Callable[[Delta[Principal]], None]) -> PermissionOutcome:
    """One plan's requests in their order. What went through before one that failed has changed the target."""
    for number, part in enumerate(plan.change or ()):
        try:
            write(part)
        except Exception as error:
            return replace(not_applied(plan, failure_of(error)), changed=number > 0)
    return plan
