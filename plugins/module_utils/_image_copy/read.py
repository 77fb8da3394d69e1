# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read copies of an AMI and what a new copy depends on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from .._image.read_facts import read_keys
from .._image.selection import ImageSelector, newest_original
from .._kms_key import read as read_kms_key
from .._kms_key.model import Key
from .model import CopyFacts, Encryption, Storage, counted
from .request import Destination, Targets


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
    """Each destination, in input order, in rounds of parallel calls; the last one only where a copy is to be started."""
    regions = [destination.region for destination in targets.destinations]
    aws.prepare("ec2", [targets.source.region, *regions])
    aws.prepare("kms", [targets.source.region, *regions])
    source, copies, keys = _read_source_and_copies(aws, targets)
    found = [
        CopyFacts(
            destination,
            source,
            () if isinstance(listed, Failure) else listed,
            key=keys.get(destination),
            own_region=destination.region == targets.source.region,
            failure=listed if isinstance(listed, Failure) else None,
        )
        for destination, listed in zip(targets.destinations, copies, strict=True)
    ]
    found = _each(found, functools.partial(_with_snapshots, aws))
    missing = [facts for facts in found if _may_start(facts)]
    if not missing or not isinstance(source, Image):
        return found
    jobs: list[Callable[[], Any]] = [functools.partial(_read_storage, aws, source)]
    jobs += [functools.partial(_read_encryption, aws, facts) for facts in missing]
    storage, *defaults = fan_out(jobs)
    decided = dict(zip((facts.destination for facts in missing), defaults, strict=True))
    return [
        _with_defaults(facts, storage, decided[facts.destination]) if facts.destination in decided else facts
        for facts in found
    ]


def _may_start(facts: CopyFacts) -> bool:
    """Whether a copy is to be started, as far as it is known now."""
    usable = isinstance(facts.source, Image) and facts.source.state == "available"
    return usable and facts.failure is None and not isinstance(facts.key, Failure) and not counted(facts)


def _read_source_and_copies(
    aws: Aws, targets: Targets
) -> tuple[Image | Failure | None, Sequence[Sequence[Image] | Failure], Mapping[Destination, Key | Failure]]:
    """The source, its copies in each destination, and the keys that were asked for.

    By an ID the copies are found at once, and also when the source is gone; by name and tags the source must be known first.
    """
    keyed = [destination for destination in targets.destinations if destination.key_id]
    jobs: list[Callable[[], Any]] = [functools.partial(_read_source, aws, targets.source)]
    jobs += [
        functools.partial(read_kms_key.read_key, aws.client("kms", one.region), one.region, one.key_id) for one in keyed
    ]
    if targets.source.image_id:
        jobs += _copy_jobs(aws, targets, targets.source.image_id)
    source, *others = fan_out(jobs)
    keys, copies = dict(zip(keyed, others, strict=False)), others[len(keyed) :]
    if targets.source.image_id:
        return source, copies, keys
    if not isinstance(source, Image):
        return source, [()] * len(targets.destinations), keys
    return source, fan_out(_copy_jobs(aws, targets, source.image_id)), keys


def _copy_jobs(aws: Aws, targets: Targets, image_id: str) -> list[Callable[[], Any]]:
    regions = [destination.region for destination in targets.destinations]
    home = targets.source.region
    return [functools.partial(read_copies, aws.client("ec2", one), one, image_id, home) for one in regions]


def _read_source(aws: Aws, selector: ImageSelector) -> Image | None:
    client = aws.client("ec2", selector.region)
    if selector.image_id:
        return read_image.read_images(client, selector.region, [selector.image_id]).get(selector.image_id)
    return newest_original(read_image.read_own_images(client, selector.region, selector).values())


def _each(found: Sequence[CopyFacts], complete: Callable[[CopyFacts], CopyFacts]) -> list[CopyFacts]:
    completed = fan_out([functools.partial(complete, facts) for facts in found])
    return [
        replace(facts, failure=answer) if isinstance(answer, Failure) else answer
        for facts, answer in zip(found, completed, strict=True)
    ]


def _with_snapshots(aws: Aws, facts: CopyFacts) -> CopyFacts:
    """The snapshots of copies that exist: only they tell the key."""
    region = facts.destination.region
    snapshot_ids = [snapshot_id for image in facts.living for snapshot_id in image.snapshot_ids]
    return replace(facts, snapshots=read_snapshots_of_copies(aws.client("ec2", region), region, snapshot_ids))


def _with_defaults(facts: CopyFacts, storage: Storage | Failure, encryption: Encryption | Failure | None) -> CopyFacts:
    if isinstance(encryption, Failure):
        return replace(facts, failure=encryption)
    return replace(facts, storage=storage, encryption=encryption)


def _read_storage(aws: Aws, source: Image) -> Storage:
    """What CopyImage reads. Whose the source is matters to it only for AMIs with product codes."""
    region = source.region
    client = aws.client("ec2", region)
    snapshots = read_image.read_snapshots(client, region, source.snapshot_ids)
    arns = dict.fromkeys(snapshot.key_arn for snapshot in snapshots.values() if snapshot.key_arn)
    keys, _grants, _policies = read_keys(aws, [(region, arn) for arn in arns], grants=False)
    owned = not source.product_codes or source.image_id in read_image.read_owned_images(
        client, region, [source.image_id]
    )
    return Storage(snapshots, {arn: keys[region, arn] for arn in arns}, owned)


def _read_encryption(aws: Aws, facts: CopyFacts) -> Encryption | None:
    """Encryption by default, where it decides: about the copy of an unencrypted AMI for which no key is given."""
    if facts.key is not None or (isinstance(facts.source, Image) and facts.source.encrypted):
        return None
    region = facts.destination.region
    client = aws.client("ec2", region)
    if not read_encryption_by_default(client, region):
        return Encryption(by_default=False)
    key_id = read_default_key_id(client, region)
    return Encryption(by_default=True, key=read_kms_key.read_key(aws.client("kms", region), region, key_id))
