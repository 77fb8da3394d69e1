# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read AMIs and their snapshots from EC2. One call per function; boto3's dictionaries end here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._base import answers
from .._base.answers import Members
from .._base.outcome import Failure
from .._call.by_id import ask_by_id
from .._call.errors import calling
from .._call.fanout import Job, fan_out, paced
from .._call.session import Aws
from .model import Image, Snapshot
from .selection import ImageSelector, newest

# EC2 throttles requests without a page size harder; 1,000 is the most that it returns in one page.
PAGES = {"PageSize": 1000}

# How EC2 says that it does not know an ID. IDs of 17 digits that it never gave out are malformed to it, whatever their shape.
UNKNOWN_IMAGE = ("InvalidAMIID.NotFound", "InvalidAMIID.Malformed")
UNKNOWN_SNAPSHOT = ("InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed")


def read_images(client: Any, region: str, image_ids: Iterable[str]) -> dict[str, Image]:
    """The AMIs that exist and that the caller can see, disabled and deprecated ones too.

    By ID: a filter would have EC2 go through every public AMI of the Region, page by page.
    """
    return _by_id(client, region, image_ids)


def read_shared_images(client: Any, region: str, image_ids: Iterable[str]) -> dict[str, Image]:
    """Those that are shared with the caller's account: by its ID, its organization or an OU, which EC2 does not tell apart.

    Public ones are not among them, unless they are shared as well.
    """
    return _by_id(client, region, image_ids, ExecutableUsers=["self"])


def read_public_images(client: Any, region: str, image_ids: Iterable[str]) -> dict[str, Image]:
    return _by_id(client, region, image_ids, ExecutableUsers=["all"])


def read_owned_images(client: Any, region: str, image_ids: Iterable[str]) -> dict[str, Image]:
    """Those that are the caller's account's own."""
    return _by_id(client, region, image_ids, Owners=["self"])


def _by_id(client: Any, region: str, image_ids: Iterable[str], **scope: Any) -> dict[str, Image]:
    def ask(asked: Sequence[str]) -> dict[str, Image]:
        return describe_images(client, region, ImageIds=asked, **scope)

    return ask_by_id(image_ids, ask, UNKNOWN_IMAGE)


def read_own_images(client: Any, region: str, selector: ImageSelector) -> dict[str, Image]:
    """The caller's own AMIs that match a name pattern and tags; never another account's AMI of that name."""
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in selector.tags]
    if selector.name:
        filters.append({"Name": "name", "Values": [selector.name]})
    return describe_images(client, region, Owners=["self"], Filters=filters)


def describe_images(client: Any, region: str, **query: Any) -> dict[str, Image]:
    # With IDs EC2 takes no page size (InvalidParameterCombination), and answers in one page.
    paging = {} if "ImageIds" in query else PAGES
    with calling("ec2:DescribeImages", region):
        pages = client.get_paginator("describe_images").paginate(
            IncludeDeprecated=True, IncludeDisabled=True, PaginationConfig=paging, **query
        )
        found = [_image(image, region) for page in pages for image in answers.entries(page, "Images")]
        return {image.image_id: image for image in found}


def _image(image: Members, region: str) -> Image:
    """Volumes of the instance store have no ``Ebs``, and a volume that is blank at launch has no snapshot."""
    volumes = [answers.part(mapping, "Ebs", {}) for mapping in answers.entries(image, "BlockDeviceMappings", ())]
    on_snapshots = [(answers.text(volume, "SnapshotId", ""), volume) for volume in volumes]
    return Image(
        image_id=answers.text(image, "ImageId"),
        region=region,
        name=answers.text(image, "Name", ""),
        state=answers.text(image, "State"),
        state_reason=answers.text(answers.part(image, "StateReason", {}), "Message", ""),
        owner_id=answers.text(image, "OwnerId"),
        creation_date=answers.text(image, "CreationDate", ""),
        snapshot_ids=tuple(snapshot_id for snapshot_id, _volume in on_snapshots if snapshot_id),
        product_codes=tuple(
            answers.text(code, "ProductCodeId", "of unknown ID") for code in answers.entries(image, "ProductCodes", ())
        ),
        tags=_tags(image),
        # A snapshot of which it is not said that it is not encrypted has to be looked at.
        encrypted_snapshot_ids=tuple(
            snapshot_id
            for snapshot_id, volume in on_snapshots
            if snapshot_id and answers.flag(volume, "Encrypted", True)
        ),
        public=answers.flag(image, "Public") if "Public" in image else None,
        source_image_id=answers.text(image, "SourceImageId", ""),
        source_region=answers.text(image, "SourceImageRegion", ""),
        architecture=answers.text(image, "Architecture", ""),
        devices=tuple(
            answers.text(mapping, "DeviceName")
            for mapping in answers.entries(image, "BlockDeviceMappings", ())
            if "Ebs" in mapping and "DeviceName" in mapping
        ),
        deprecation_time=answers.text(image, "DeprecationTime", ""),
        allowed=answers.flag(image, "ImageAllowed") if "ImageAllowed" in image else None,
    )


def _tags(image: Members) -> dict[str, str]:
    tags = {answers.text(tag, "Key", ""): answers.text(tag, "Value", "") for tag in answers.entries(image, "Tags", ())}
    return {key: value for key, value in tags.items() if key}


def read_snapshots(client: Any, region: str, snapshot_ids: Iterable[str]) -> dict[str, Snapshot]:
    """The snapshots that the caller can see, with their keys."""

    def ask(asked: Sequence[str]) -> dict[str, Snapshot]:
        with calling("ec2:DescribeSnapshots", region):
            pages = client.get_paginator("describe_snapshots").paginate(SnapshotIds=asked)
            found = [_snapshot(one) for page in pages for one in answers.entries(page, "Snapshots")]
            return {snapshot.snapshot_id: snapshot for snapshot in found}

    return ask_by_id(snapshot_ids, ask, UNKNOWN_SNAPSHOT)


def _snapshot(snapshot: Members) -> Snapshot:
    """Progress is text such as ``42%``, and empty while a copy waits for its turn.

    A snapshot of which it is not said that it is not encrypted may be encrypted with any key.
    """
    progress = answers.text(snapshot, "Progress", "100%").rstrip("%")
    return Snapshot(
        snapshot_id=answers.text(snapshot, "SnapshotId"),
        encrypted=answers.flag(snapshot, "Encrypted", True),
        key_arn=answers.text(snapshot, "KmsKeyId", ""),
        owner_id=answers.text(snapshot, "OwnerId"),
        state=answers.text(snapshot, "State"),
        state_reason=answers.text(snapshot, "StateMessage", ""),
        progress=int(progress) if progress.isdecimal() else 0,
        associated_key_arns=tuple(
            answers.text(key, "KmsKeyId") for key in answers.entries(snapshot, "AssociatedKmsKeys", ())
        ),
    )


def read_image_public_access_block(client: Any, region: str) -> str:
    """``block-new-sharing`` or ``unblocked``, for the account in this Region."""
    with calling("ec2:GetImageBlockPublicAccessState", region):
        return answers.text(client.get_image_block_public_access_state(), "ImageBlockPublicAccessState")


Found = Mapping[ImageSelector, "Image | Failure | None"]


def find_images(aws: Aws, selectors: Sequence[ImageSelector]) -> Found:
    """Each selector's AMI: None when there is none, a Failure when its Region could not be read.

    One DescribeImages for all IDs of a Region, one more for each name or tag filter.
    """
    ids: dict[str, list[str]] = {}
    for selector in selectors:
        if selector.image_id:
            ids.setdefault(selector.region, []).append(selector.image_id)
    filters = [selector for selector in selectors if not selector.image_id]

    def job(read: Callable[[Any, str, Any], dict[str, Image]], region: str, what: Any) -> Job[dict[str, Image]]:
        return paced(aws.pace("ec2:DescribeImages", region), read, aws.client("ec2", region), region, what)

    jobs = [job(read_images, region, ids[region]) for region in ids]
    jobs += [job(read_own_images, selector.region, selector) for selector in filters]
    listed = fan_out(jobs)
    by_region = dict(zip(ids, listed, strict=False))
    by_filter = dict(zip(filters, listed[len(ids) :], strict=True))

    def chosen(selector: ImageSelector) -> Image | Failure | None:
        answer = by_region[selector.region] if selector.image_id else by_filter[selector]
        if isinstance(answer, Failure):
            return answer
        return answer.get(selector.image_id) if selector.image_id else newest(answer.values())

    return {selector: chosen(selector) for selector in selectors}
