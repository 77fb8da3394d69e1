# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run of image_share has come, and what became of each stage."""

from __future__ import annotations

from dataclasses import dataclass

from .._base.outcome import AnyOutcome
from .._launch_permission.model import PermissionOutcome
from .access import read_access
from .audience import Audience
from .facts import ShareFacts
from .plan import SharePlan, held_back, plan_permissions, plan_snapshots
from .request import ShareRequest


@dataclass(frozen=True)
class Done:
    """:param plan: with the outcomes of what was done in the place of their plans.
    :param keys_done: whether all that was to be done at the keys was tried.
    :param snapshots: None where the stage was not reached; the same for ``permissions``.
    :param late: what stood in the way of a copy once it was there.
    """

    plan: SharePlan
    keys_done: bool = False
    snapshots: tuple[PermissionOutcome, ...] | None = None
    permissions: tuple[PermissionOutcome, ...] | None = None
    late: tuple[str, ...] = ()

    @property
    def outcomes(self) -> list[AnyOutcome]:
        """What was planned or done, stage by stage."""
        of_keys = [one for key in self.plan.keys for one in (key.grants, key.policy, key.auto_scaling_grants) if one]
        return [*self.plan.copies, *of_keys, *(self.snapshots or ()), *(self.permissions or ())]


def predicted(request: ShareRequest, audience: Audience, facts: ShareFacts, plan: SharePlan) -> Done:
    """What a run would do, for check mode."""
    held = held_back(plan.targets, read_access(request, audience, plan.keys))
    return Done(
        plan,
        True,
        plan_snapshots(plan.targets, facts, held),
        plan_permissions(request, plan.targets, held),
    )
