# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One plan over all declarations: what has to change at each copy, key, snapshot and AMI. Reads nothing, calls nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .._base.layers import Layer
from .._image.model import Image, Snapshot
from .._image_copy.model import CopyOutcome
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, PermissionOutcome, Principal
from .._launch_permission.plan import plan_image
from .._launch_permission.request import PermissionRequest
from .._snapshot_permission.plan import plan_snapshot
from .._snapshot_permission.request import SnapshotFacts, SnapshotSelector
from .access import Access
from .audience import Audience
from .facts import Place, ShareFacts
from .key_plan import KeyPlan, plan_keys
from .request import ShareRequest
from .targets import Target, find_targets, on_keys


@dataclass(frozen=True)
class SharePlan:
    """What a run has to do.

    :param copies: one for each copy of each declaration, in their order.
    """

    copies: tuple[CopyOutcome, ...]
    targets: tuple[Target, ...]
    keys: tuple[KeyPlan, ...]


def plan_share(
    request: ShareRequest, audience: Audience, facts: ShareFacts, copies: Sequence[CopyOutcome]
) -> SharePlan:
    """:param copies: the plan of each copy, or what became of it."""
    targets = find_targets(request, audience, facts, copies)
    return SharePlan(tuple(copies), targets, plan_keys(request, audience, on_keys(targets), facts.keys))


def held_back(targets: Sequence[Target], access: Access) -> Mapping[Place, Mapping[Principal, Layer]]:
    """By AMI, the consumers that must not see it, because they could not start it, each with its key access.

    A consumer is held back, not an AMI: the others get their launch permission.
    """
    found: dict[Place, dict[Principal, Layer]] = {}
    for target in targets:
        layers = {one: access.holds_back(target, one) for one in target.wanted}
        found[target.place] = {one: layer for one, layer in layers.items() if layer}
    return found


def plan_snapshots(
    targets: Sequence[Target], facts: ShareFacts, held: Mapping[Place, Mapping[Principal, Layer]]
) -> tuple[PermissionOutcome, ...]:
    """The create volume permissions of each snapshot once, for all AMIs that have it."""
    readers: dict[Place, set[str]] = {}
    about: dict[Place, SnapshotFacts] = {}
    for target in targets:
        read, image = target.facts, target.facts.image if target.facts else None
        if read is None or not isinstance(image, Image) or not target.readers:
            continue
        out = {one.value for one in held.get(target.place, {}) if one.kind == ACCOUNT}
        for snapshot_id in image.snapshot_ids:
            place = (target.region, snapshot_id)
            readers.setdefault(place, set()).update(account for account in target.readers if account not in out)
            about[place] = SnapshotFacts(
                SnapshotSelector(target.region, snapshot_id, image.image_id),
                image,
                read.snapshots.get(snapshot_id),
                facts.snapshots.get(place),
                _key_of(read.snapshots.get(snapshot_id), facts, target.region),
            )
    return tuple(
        plan_snapshot(_present(Principal(ACCOUNT, account) for account in accounts), about[place])
        for place, accounts in readers.items()
        if accounts
    )


def _key_of(snapshot: object, facts: ShareFacts, region: str) -> Key | None:
    key_arn = snapshot.key_arn if isinstance(snapshot, Snapshot) else ""
    read = facts.keys.get((region, key_arn))
    return read.key if read and isinstance(read.key, Key) else None


def _present(principals: Iterable[Principal], quota: int = 0) -> PermissionRequest:
    return PermissionRequest("present", frozenset(principals), frozenset(), quota)


def plan_permissions(
    request: ShareRequest, targets: Sequence[Target], held: Mapping[Place, Mapping[Principal, Layer]]
) -> tuple[PermissionOutcome, ...]:
    """The launch permissions of each AMI that is there, for those of its consumers that are not held back."""
    planned = []
    for target in targets:
        if target.facts is None or not isinstance(target.facts.image, Image):
            continue
        allowed = [one for one in target.wanted if one not in held.get(target.place, {})]
        planned.append(plan_image(_present(allowed, request.quota), target.facts))
    # What the plan of one AMI says about its owner was said for all of them before anything was planned.
    return tuple(replace(one, warnings=()) for one in planned)
