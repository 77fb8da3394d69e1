# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collect everything that is to be known about many AMIs in many Regions, in three rounds of parallel calls."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._base.outcome import Failure
from .._call.errors import incomplete_answer
from .._call.fanout import Job, fan_out, paced, side_by_side
from .._call.session import Aws
from .._key_policy import read as read_policy
from .._kms_grant import read as read_kms_grant
from .._kms_key import read as read_kms_key
from .._launch_permission.read import read_permissions
from . import read as read_image
from .facts import ImageFacts
from .model import Image, Snapshot
from .read import find_images
from .selection import ImageSelector


def read_facts(
    aws: Aws, selectors: Sequence[ImageSelector], public: bool, grants: bool, policies: bool = False
) -> list[ImageFacts]:
    """Facts about each selected AMI, in input order.

    :param public: whether block public access matters, which costs one more call for a Region.
    :param grants: whether the keys' grants matter, which costs one more call for each key and 100 grants.
    :param policies: whether the keys' policies matter, which costs one more call for each key.
    """
    regions = list(dict.fromkeys(selector.region for selector in selectors))
    aws.prepare("ec2", regions)
    # Not needed before two rounds of answers.
    aws.prepare_soon("kms", regions)
    found = find_images(aws, selectors)
    images = [image for image in found.values() if isinstance(image, Image)]
    permissions, snapshots, blocks = _second_round(aws, images, public)
    keys, listed, texts = read_keys(aws, _keys_of(snapshots), grants, policies)

    def about(selector: ImageSelector, image: Image | Failure | None) -> ImageFacts:
        if not isinstance(image, Image):
            return ImageFacts(selector, image)
        own = snapshots_of(image.snapshot_ids, image.region, snapshots[image.region])
        return ImageFacts(
            selector,
            image,
            permissions[image.region, image.image_id],
            own,
            {arn: keys[image.region, arn] for arn in _key_arns(own.values())},
            blocks.get(image.region),
            {arn: listed[image.region, arn] for arn in _key_arns(own.values()) if grants},
            {arn: texts[image.region, arn] for arn in _key_arns(own.values()) if policies},
        )

    return [about(selector, image) for selector, image in found.items()]


def _second_round(aws: Aws, images: Sequence[Image], public: bool) -> tuple[Any, Any, Any]:
    """Launch permissions, snapshots and block public access at once: none needs another's answer."""
    by_region: dict[str, list[Image]] = {}
    for image in images:
        by_region.setdefault(image.region, []).append(image)
    regions = list(by_region)

    def blocks() -> dict[str, str | Failure]:
        asked = regions if public else []
        jobs = [
            functools.partial(read_image.read_image_public_access_block, aws.client("ec2", region), region)
            for region in asked
        ]
        return dict(zip(asked, fan_out(jobs), strict=True))

    def snapshots() -> dict[str, dict[str, Snapshot] | Failure]:
        jobs = [functools.partial(_snapshots, aws, region, by_region[region]) for region in regions]
        return dict(zip(regions, fan_out(jobs), strict=True))

    permissions, listed, states = side_by_side(functools.partial(read_permissions, aws, images), snapshots, blocks)
    return permissions, listed, states


def _snapshots(aws: Aws, region: str, images: Iterable[Image]) -> dict[str, Snapshot]:
    return read_image.read_snapshots(
        aws.client("ec2", region), region, [snapshot_id for image in images for snapshot_id in image.snapshot_ids]
    )


def snapshots_of(
    snapshot_ids: Iterable[str], region: str, read: Mapping[str, Snapshot] | Failure
) -> dict[str, Snapshot | Failure]:
    """Those of one AMI among all that were read in its Region; one whose key is not known counts as not read."""
    if isinstance(read, Failure):
        return dict.fromkeys(snapshot_ids, read)
    own = {snapshot_id: read[snapshot_id] for snapshot_id in snapshot_ids if snapshot_id in read}
    unknown = incomplete_answer("ec2:DescribeSnapshots", region, "KmsKeyId")
    return {snapshot_id: unknown if snapshot.hides_its_key else snapshot for snapshot_id, snapshot in own.items()}


def _key_arns(snapshots: Iterable[Snapshot | Failure]) -> list[str]:
    return list(dict.fromkeys(item.key_arn for item in snapshots if isinstance(item, Snapshot) and item.key_arn))


def _keys_of(snapshots: Mapping[str, Mapping[str, Snapshot] | Failure]) -> list[tuple[str, str]]:
    return [
        (region, arn)
        for region, read in snapshots.items()
        if not isinstance(read, Failure)
        for arn in _key_arns(read.values())
    ]


def read_keys(
    aws: Aws, keys: Iterable[tuple[str, str]], grants: bool, policies: bool = False
) -> tuple[dict[tuple[str, str], Any], ...]:
    """Keys and, if asked for, their grants and their policies, by Region and ARN, all at once: all need no more than the ARNs."""
    wanted = list(dict.fromkeys(keys))

    def unpaced(read: Any) -> Callable[[Aws, str, str], Job[Any]]:
        return lambda aws, region, arn: paced(None, read, aws.client("kms", region), region, arn)

    reads = [unpaced(read_kms_key.read_key)]
    reads += [read_kms_grant.grants_job] * grants + [unpaced(read_policy.read_key_policy)] * policies
    jobs = [job(aws, region, arn) for job in reads for region, arn in wanted]
    answers = iter(fan_out(jobs))
    found, listed, texts = ({key: next(answers) for key in wanted if asked} for asked in (True, grants, policies))
    return found, listed, texts
