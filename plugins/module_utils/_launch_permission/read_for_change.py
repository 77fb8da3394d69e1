# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what decides about a change of launch permissions, so that what EC2 would refuse is known in check mode as well."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from .._base.outcome import Failure
from .._call.fanout import fan_out
from .._call.session import Aws
from .._image import read as read_image
from .._image.facts import ImageFacts
from .._image.model import Image, Snapshot
from .._image.read_facts import read_keys, snapshots_of
from .._image.selection import ImageSelector
from .model import EVERYBODY, Permissions
from .plan import additions
from .read import read as read_launch_permissions_of
from .request import PermissionRequest

SnapshotsOfRegion: TypeAlias = "Mapping[str, Snapshot] | Failure"


def read(aws: Aws, asked: tuple[Sequence[ImageSelector], PermissionRequest]) -> list[ImageFacts]:
    """Each AMI with its launch permissions, in input order; of one that somebody is added to also what could stop that.

    Only for encrypted AMIs that is a DescribeSnapshots for a Region and a DescribeKey for a key; only for what becomes
    public it is a GetImageBlockPublicAccessState for a Region.
    """
    selectors, request = asked
    facts = read_launch_permissions_of(aws, selectors)
    added = {fact.selector: additions(request, fact) for fact in facts}
    encrypted = [fact.image for fact in facts if added[fact.selector] and _is_encrypted(fact.image)]
    public = [fact.selector.region for fact in facts if EVERYBODY in added[fact.selector]]
    snapshots, blocks = _read_regions(aws, [one for one in encrypted if isinstance(one, Image)], public)
    facts = [_with_read(fact, added[fact.selector], snapshots, blocks) for fact in facts]
    return _with_keys(aws, facts, added)


def _is_encrypted(image: Image | Failure | None) -> bool:
    return isinstance(image, Image) and image.encrypted


def _read_regions(
    aws: Aws, encrypted: Sequence[Image], public: Sequence[str]
) -> tuple[Mapping[str, SnapshotsOfRegion], Mapping[str, str | Failure]]:
    """The encrypted snapshots and block public access, each once for a Region, all at once."""
    wanted: dict[str, list[str]] = {}
    for image in encrypted:
        wanted.setdefault(image.region, []).extend(image.encrypted_snapshot_ids)
    regions = list(dict.fromkeys(public))
    jobs: list[Any] = [
        functools.partial(read_image.read_snapshots, aws.client("ec2", region), region, snapshot_ids)
        for region, snapshot_ids in wanted.items()
    ]
    jobs += [
        functools.partial(read_image.read_image_public_access_block, aws.client("ec2", region), region)
        for region in regions
    ]
    answers = fan_out(jobs)
    return dict(zip(wanted, answers, strict=False)), dict(zip(regions, answers[len(wanted) :], strict=True))


def _with_read(
    fact: ImageFacts,
    added: Permissions,
    snapshots: Mapping[str, SnapshotsOfRegion],
    blocks: Mapping[str, str | Failure],
) -> ImageFacts:
    if not added or not isinstance(fact.image, Image):
        return fact
    region = fact.image.region
    return replace(
        fact,
        snapshots=snapshots_of(fact.image.encrypted_snapshot_ids, region, snapshots.get(region, {})),
        public_access_block=blocks.get(region) if EVERYBODY in added else None,
    )


def _with_keys(aws: Aws, facts: Sequence[ImageFacts], added: Mapping[ImageSelector, Permissions]) -> list[ImageFacts]:
    """The keys; of no matter where only everybody is added, which encryption alone forbids."""
    wanted = {
        fact.selector: [(fact.selector.region, arn) for arn in _key_arns(fact)]
        for fact in facts
        if any(principal != EVERYBODY for principal in added[fact.selector])
    }
    listed = list(dict.fromkeys(place for places in wanted.values() for place in places))
    aws.prepare("kms", dict.fromkeys(region for region, _arn in listed))
    keys, _grants, _policies = read_keys(aws, listed, grants=False)
    return [
        replace(fact, keys={arn: keys[region, arn] for region, arn in wanted.get(fact.selector, ())}) for fact in facts
    ]


def _key_arns(fact: ImageFacts) -> list[str]:
    read = [snapshot for snapshot in fact.snapshots.values() if isinstance(snapshot, Snapshot)]
    return list(dict.fromkeys(snapshot.key_arn for snapshot in read if snapshot.key_arn))
