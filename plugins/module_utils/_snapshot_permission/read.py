# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read create volume permissions of many snapshots."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import calling
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .._image import read as read_image
from .._image.model import Snapshot
from .._image.read import find_images
from .._image.read_facts import read_keys
from .._image.selection import ImageSelector
from .._launch_permission.entries import principals
from .._launch_permission.model import Permissions
from .._launch_permission.request import PermissionRequest
from .plan import adds_accounts
from .request import SnapshotFacts, SnapshotSelector, expand


def read_snapshot_permissions(client: Any, region: str, snapshot_id: str) -> Permissions:
    """Who may create volumes from a snapshot: accounts and the public group, which is all that EC2 knows here."""
    with calling("ec2:DescribeSnapshotAttribute", region):
        answer = client.describe_snapshot_attribute(SnapshotId=snapshot_id, Attribute="createVolumePermission")
        return principals(answers.entries(answer, "CreateVolumePermissions"))


Targets = Sequence["ImageSelector | SnapshotSelector"]


def read(aws: Aws, asked: tuple[Targets, PermissionRequest]) -> list[SnapshotFacts]:
    """Each snapshot of the targets with its permissions, and with its key if the request adds somebody; in input order."""
    targets, request = asked
    aws.prepare("ec2", dict.fromkeys(target.region for target in targets))
    images = find_images(aws, [target for target in targets if isinstance(target, ImageSelector)])
    found = expand(targets, images)
    about = _read_snapshots(aws, [selector for selector in found if selector.snapshot_id])
    facts = [SnapshotFacts(selector, image, *about.get(selector, ())) for selector, image in found.items()]
    return _with_keys(aws, facts, [fact for fact in facts if adds_accounts(request, fact)])


def _read_snapshots(aws: Aws, selectors: Sequence[SnapshotSelector]) -> dict[SnapshotSelector, tuple[Any, Any]]:
    """Snapshot and permissions of each, in one round: one DescribeSnapshots for a Region, one call for each permission."""
    regions: dict[str, list[str]] = {}
    for selector in selectors:
        regions.setdefault(selector.region, []).append(selector.snapshot_id)
    jobs: list[Any] = [
        functools.partial(read_image.read_snapshots, aws.client("ec2", region), region, ids)
        for region, ids in regions.items()
    ]
    jobs += [
        paced(
            aws.pace("ec2:DescribeSnapshotAttribute", selector.region),
            read_snapshot_permissions,
            aws.client("ec2", selector.region),
            selector.region,
            selector.snapshot_id,
        )
        for selector in selectors
    ]
    said = fan_out(jobs)
    listed = dict(zip(regions, said, strict=False))

    def snapshot(selector: SnapshotSelector) -> Snapshot | Failure | None:
        answer = listed[selector.region]
        return answer if isinstance(answer, Failure) else answer.get(selector.snapshot_id)

    return {
        selector: (snapshot(selector), permissions)
        for selector, permissions in zip(selectors, said[len(regions) :], strict=True)
    }


def _with_keys(aws: Aws, facts: Sequence[SnapshotFacts], needing: Iterable[SnapshotFacts]) -> list[SnapshotFacts]:
    wanted = {
        fact.selector: (fact.selector.region, fact.snapshot.key_arn)
        for fact in needing
        if isinstance(fact.snapshot, Snapshot) and fact.snapshot.key_arn
    }
    aws.prepare("kms", dict.fromkeys(region for region, _arn in wanted.values()))
    keys, _grants, _policies = read_keys(aws, wanted.values(), grants=False)
    return [replace(fact, key=keys[wanted[fact.selector]]) if fact.selector in wanted else fact for fact in facts]
