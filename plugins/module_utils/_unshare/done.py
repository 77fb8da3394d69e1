# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run of image_unshare has come, and what became of each stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .._base.outcome import AnyOutcome, Failure, failures_in
from .._image_usage.report import ImageUsage
from .._launch_permission.model import Permissions
from .._organization.membership import Membership
from .._organization.model import TargetFacts
from .decide import Decision
from .facts import Place
from .plan import UnsharePlan


@dataclass(frozen=True)
class Done:
    """:param reports: who uses the AMIs, as far as that was asked.
    :param answers: what AWS Organizations said.
    :param check_mode: whether all this is only what would be done.
    :param refused: because of what the reports say, or do not say.
    :param permissions: what became of each AMI of the plan, in its order; None where the stage was not reached. The same
        holds for ``snapshots``.
    :param decisions: by key, what was decided and what became of it; None where the stage was not reached.
    :param keys_done: whether all that was decided about the keys was tried.
    :param again: by AMI, launch permissions that EC2 shows again after they were taken.
    """

    plan: UnsharePlan
    reports: tuple[ImageUsage, ...] = ()
    answers: tuple[TargetFacts, ...] = ()
    check_mode: bool = False
    refused: bool = False
    permissions: tuple[AnyOutcome, ...] | None = None
    snapshots: tuple[AnyOutcome, ...] | None = None
    decisions: Mapping[Place, Decision] | None = None
    keys_done: bool = False
    again: Mapping[Place, Permissions] = field(default_factory=dict)

    @property
    def members(self) -> Membership:
        return Membership(self.answers)

    @property
    def launched(self) -> dict[Place, AnyOutcome]:
        """What became of the permissions of each AMI, or in check mode what would."""
        outcomes = self.permissions if self.permissions is not None else self.plan.permissions
        return {target.place: one for target, one in zip(self.plan.targets, outcomes, strict=True)}

    @property
    def outcomes(self) -> list[AnyOutcome]:
        """What was done, or in check mode would be, stage by stage."""
        removals = [one.removal for one in (self.decisions or {}).values()]
        of_keys = [one for removal in removals for one in (removal.grants, removal.policy) if one]
        return [*(self.permissions or ()), *(self.snapshots or ()), *of_keys]

    @property
    def failures(self) -> list[Failure]:
        """Every failure that is worth a diagnosis."""
        found = [one.failure for one in self.outcomes]
        found += [report.entries for report in self.reports if isinstance(report.entries, Failure)]
        for one in (self.decisions or {}).values():
            found += [one.removal.unread, *(kept.failure for kept in one.kept.values())]
        return [failure for failure in found if failure] + failures_in(self.answers)
