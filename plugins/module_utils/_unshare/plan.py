# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One plan over all declarations: what goes from each AMI, snapshot and key. Reads nothing, calls nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .._base.outcome import AnyOutcome
from .._image.facts import ImageFacts
from .._image_usage.report import RESOURCE_TYPES, UsageQuery
from .._launch_permission.model import ACCOUNT, Permissions, Principal, named_principals
from .._launch_permission.plan import plan_image
from .._launch_permission.request import PermissionRequest
from .._snapshot_permission.plan import plan_snapshot
from .._snapshot_permission.request import SnapshotFacts, SnapshotSelector
from .facts import Place, UnshareFacts
from .key_plan import Removal, plan_removal
from .request import UnshareRequest
from .targets import Target, find_targets, leaving_by_key


@dataclass(frozen=True)
class UnsharePlan:
    """What a run has to do.

    :param permissions: the plan for each target, in their order.
    :param leaving: by Region and ARN, whose access to each key is to end.
    :param keys: what would go at each key if no AMI needed it any more. Which AMIs do is read right before anything goes.
    """

    targets: tuple[Target, ...]
    permissions: tuple[AnyOutcome, ...]
    snapshots: tuple[AnyOutcome, ...]
    leaving: Mapping[Place, tuple[Principal, ...]]
    keys: Mapping[Place, Removal]

    @property
    def removing(self) -> tuple[Target, ...]:
        """The AMIs that lose a launch permission."""
        pairs = zip(self.targets, self.permissions, strict=True)
        return tuple(target for target, plan in pairs if plan.changed)

    @property
    def removed(self) -> dict[Place, Permissions]:
        """By AMI, the launch permissions that go."""
        pairs = zip(self.targets, self.permissions, strict=True)
        return {target.place: gone(plan) for target, plan in pairs}

    @property
    def usage_query(self) -> UsageQuery:
        """Whose use of the AMIs matters: of the accounts that lose a permission, or of everybody's."""
        losing = frozenset().union(*self.removed.values())
        accounts = sorted(one.value for one in losing if one.kind == ACCOUNT)
        everybody = any(one.kind != ACCOUNT for one in losing)
        return UsageQuery(() if everybody else tuple(accounts), RESOURCE_TYPES)


def gone(outcome: AnyOutcome) -> Permissions:
    """What a plan for an AMI takes away, or what an outcome took away."""
    return named_principals(outcome.extra["removed"])


def plan_unshare(request: UnshareRequest, facts: UnshareFacts) -> UnsharePlan:
    targets = find_targets(request, facts)
    leaving = leaving_by_key(request, targets, facts.named)
    return UnsharePlan(
        targets,
        tuple(plan_permissions(target) for target in targets),
        plan_snapshots(targets, facts),
        leaving,
        {
            place: plan_removal(request, place, principals, facts.keys[place])
            for place, principals in leaving.items()
            if place in facts.keys
        },
    )


def plan_permissions(target: Target) -> AnyOutcome:
    """Little has to be right with an AMI to take it away: its snapshots and keys do not matter here."""
    state = "private" if target.everything else "absent"
    wanted = PermissionRequest(state, frozenset(() if target.everything else target.leaving), frozenset())
    return plan_image(wanted, ImageFacts(target.facts.selector, target.image, target.before))


def plan_snapshots(targets: Sequence[Target], facts: UnshareFacts) -> tuple[AnyOutcome, ...]:
    """The create volume permissions of each snapshot once, for all AMIs that have it."""
    accounts: dict[Place, set[Principal]] = {}
    about: dict[Place, SnapshotFacts] = {}
    emptied: set[Place] = set()
    for target in targets:
        leaving = {one for one in target.leaving if one.kind == ACCOUNT}
        if not target.closing or not (leaving or target.everything):
            continue
        for snapshot_id in target.image.snapshot_ids:
            place = (target.region, snapshot_id)
            accounts.setdefault(place, set()).update(leaving)
            emptied.update([place] if target.everything else [])
            about.setdefault(
                place,
                SnapshotFacts(
                    SnapshotSelector(target.region, snapshot_id, target.image.image_id),
                    target.image,
                    target.facts.snapshots.get(snapshot_id),
                    facts.snapshots.get(place),
                ),
            )
    nobody = PermissionRequest("present", frozenset(), frozenset({ACCOUNT}))
    return tuple(
        # That a snapshot is public is said with the consumers who can read it for that.
        replace(
            plan_snapshot(
                nobody if place in emptied else PermissionRequest("absent", frozenset(listed), frozenset()),
                about[place],
            ),
            warnings=(),
        )
        for place, listed in accounts.items()
    )
