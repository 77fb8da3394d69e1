# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read copies of an AMI and what a new copy depends on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import AwsCallError, calling, incomplete_answer
from .._call.fanout import fan_out
from .._call.session import Aws
from .._image import read as read_image
from .._image.model import Image, Snapshot
from .._image.read import describe_images
from .._kms_key import read as read_kms_key
from .model import DEAD, CopyFacts, Encryption
from .request import Targets


def read_copies(client: Any, region: str, image_id: str, source_region: str) -> list[Image]:
    """The caller's own AMIs that were made by copying this one, in every state, also without tags and with any name."""
    wanted = {"source-image-id": image_id, "source-image-region": source_region}
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    found = describe_images(client, region, Owners=["self"], Filters=filters)
    return sorted(found.values(), key=lambda image: (image.creation_date, image.image_id))


def read_encryption_by_default(client: Any, region: str) -> bool:
    """Whether new snapshots in this Region are encrypted, asked for or not."""
    with calling("ec2:GetEbsEncryptionByDefault", region):
        return answers.flag(client.get_ebs_encryption_by_default(), "EbsEncryptionByDefault")


def read_default_key_id(client: Any, region: str) -> str:
    """The key that EBS uses where none is named: its ARN, or ``alias/aws/ebs``."""
    with calling("ec2:GetEbsDefaultKmsKeyId", region):
        return answers.text(client.get_ebs_default_kms_key_id(), "KmsKeyId")


def read_snapshots_of_copies(client: Any, region: str, snapshot_ids: Iterable[str]) -> dict[str, Snapshot]:
    """:raises AwsCallError: where one hides its key, by which it is decided whether the copy is the one that was asked for."""
    found = read_image.read_snapshots(client, region, snapshot_ids)
    if any(snapshot.hides_its_key for snapshot in found.values()):
        raise AwsCallError(incomplete_answer("ec2:DescribeSnapshots", region, "KmsKeyId"))
    return found


def read(aws: Aws, targets: Targets) -> list[CopyFacts]:
    """Each destination, in input order, in two rounds of parallel calls."""
    regions = [destination.region for destination in targets.destinations]
    keyed = [destination for destination in targets.destinations if destination.key_id]
    aws.prepare("ec2", [targets.source_region, *regions])
    aws.prepare("kms", regions)
    jobs: list[Callable[[], Any]] = [functools.partial(_read_source, aws, targets)]
    jobs += [
        functools.partial(read_copies, aws.client("ec2", region), region, targets.image_id, targets.source_region)
        for region in regions
    ]
    jobs += [
        functools.partial(read_kms_key.read_key, aws.client("kms", one.region), one.region, one.key_id) for one in keyed
    ]
    source, *others = fan_out(jobs)
    keys = dict(zip(keyed, others[len(regions) :], strict=True))
    found = [
        CopyFacts(destination, source, failure=copies, key=keys.get(destination))
        if isinstance(copies, Failure)
        else CopyFacts(destination, source, copies, key=keys.get(destination))
        for destination, copies in zip(targets.destinations, others, strict=False)
    ]
    completed = fan_out([functools.partial(_complete, aws, facts) for facts in found])
    return [
        replace(facts, failure=answer) if isinstance(answer, Failure) else answer
        for facts, answer in zip(found, completed, strict=True)
    ]


def _read_source(aws: Aws, targets: Targets) -> Image | None:
    region = targets.source_region
    return read_image.read_images(aws.client("ec2", region), region, [targets.image_id]).get(targets.image_id)


def _complete(aws: Aws, facts: CopyFacts) -> CopyFacts:
    """The snapshots of copies that exist; encryption by default where it decides about a copy that does not."""
    region = facts.destination.region
    present = [image for image in facts.copies if image.state not in DEAD]
    if present:
        snapshot_ids = [snapshot_id for image in present for snapshot_id in image.snapshot_ids]
        return replace(facts, snapshots=read_snapshots_of_copies(aws.client("ec2", region), region, snapshot_ids))
    if facts.key is None and facts.failure is None and isinstance(facts.source, Image) and not facts.source.encrypted:
        return replace(facts, encryption=_read_encryption(aws, region))
    return facts


def _read_encryption(aws: Aws, region: str) -> Encryption:
    client = aws.client("ec2", region)
    if not read_encryption_by_default(client, region):
        return Encryption(by_default=False)
    key_id = read_default_key_id(client, region)
    return Encryption(by_default=True, key=read_kms_key.read_key(aws.client("kms", region), region, key_id))
