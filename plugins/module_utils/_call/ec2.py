# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EC2: what is read and written about AMIs. One call per function; boto3's dicts end here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._base.delta import Delta
from .._image.model import Image, ImageSelector, Snapshot
from .._launch_permission.request import ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT, PUBLIC, Permissions, Principal
from .errors import calling

# The member of a LaunchPermission entry that carries each kind of principal.
_MEMBERS = {
    ACCOUNT: "UserId",
    ORGANIZATION: "OrganizationArn",
    ORGANIZATIONAL_UNIT: "OrganizationalUnitArn",
    PUBLIC: "Group",
}
# The most values that EC2 takes in one filter.
FILTER_VALUES = 200
# EC2 throttles requests without a page size harder; 1,000 is the most that it returns in one page.
PAGES = {"PageSize": 1000}


def read_images(client: Any, region: str, image_ids: Iterable[str]) -> dict[str, Image]:
    """The AMIs that exist and that the caller can see, disabled and deprecated ones too.

    By filter, not by ImageIds: one unknown ID among ImageIds fails the whole call.
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
    found: dict[str, Image] = {}
    for batch in batches(list(image_ids), FILTER_VALUES):
        found.update(_describe_images(client, region, Filters=[{"Name": "image-id", "Values": batch}], **scope))
    return found


def read_own_images(client: Any, region: str, selector: ImageSelector) -> dict[str, Image]:
    """The caller's own AMIs that match a name pattern and tags; never another account's AMI of that name."""
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in selector.tags]
    if selector.name:
        filters.append({"Name": "name", "Values": [selector.name]})
    return _describe_images(client, region, Owners=["self"], Filters=filters)


def read_copies(client: Any, region: str, image_id: str, source_region: str) -> list[Image]:
    """The caller's own AMIs that were made by copying this one, in every state, also without tags and with any name."""
    wanted = {"source-image-id": image_id, "source-image-region": source_region}
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    found = _describe_images(client, region, Owners=["self"], Filters=filters)
    return sorted(found.values(), key=lambda image: (image.creation_date, image.image_id))


def _describe_images(client: Any, region: str, **query: Any) -> dict[str, Image]:
    with calling("ec2:DescribeImages", region):
        pages = client.get_paginator("describe_images").paginate(
            IncludeDeprecated=True, IncludeDisabled=True, PaginationConfig=PAGES, **query
        )
        return {image["ImageId"]: _image(image, region) for page in pages for image in page["Images"]}


def _image(image: dict[str, Any], region: str) -> Image:
    volumes = [mapping["Ebs"] for mapping in image.get("BlockDeviceMappings", []) if "Ebs" in mapping]
    return Image(
        image_id=image["ImageId"],
        region=region,
        name=image.get("Name", ""),
        state=image["State"],
        state_reason=image.get("StateReason", {}).get("Message", ""),
        owner_id=image["OwnerId"],
        creation_date=str(image.get("CreationDate", "")),
        snapshot_ids=tuple(volume["SnapshotId"] for volume in volumes if volume.get("SnapshotId")),
        product_codes=tuple(code["ProductCodeId"] for code in image.get("ProductCodes", [])),
        tags={tag["Key"]: tag["Value"] for tag in image.get("Tags", [])},
        encrypted=any(volume.get("Encrypted") for volume in volumes),
        public=image.get("Public", False),
    )


def read_snapshots(client: Any, region: str, snapshot_ids: Iterable[str]) -> dict[str, Snapshot]:
    """The snapshots that the caller can see, with their keys; by filter, so that one unknown ID does not hide the rest."""
    found = {}
    for batch in batches(list(dict.fromkeys(snapshot_ids)), FILTER_VALUES):
        with calling("ec2:DescribeSnapshots", region):
            paginator = client.get_paginator("describe_snapshots")
            filters = [{"Name": "snapshot-id", "Values": batch}]
            for page in paginator.paginate(Filters=filters, PaginationConfig=PAGES):
                for snapshot in page["Snapshots"]:
                    found[snapshot["SnapshotId"]] = _snapshot(snapshot)
    return found


def _snapshot(snapshot: dict[str, Any]) -> Snapshot:
    """Progress is text such as ``42%``, and empty while a copy waits for its turn."""
    progress = snapshot.get("Progress", "100%").rstrip("%")
    return Snapshot(
        snapshot_id=snapshot["SnapshotId"],
        encrypted=snapshot.get("Encrypted", False),
        key_arn=snapshot.get("KmsKeyId", ""),
        owner_id=snapshot.get("OwnerId", ""),
        state=snapshot.get("State", ""),
        state_reason=snapshot.get("StateMessage", ""),
        progress=int(progress) if progress.isdecimal() else 0,
        associated_key_arns=tuple(key["KmsKeyId"] for key in snapshot.get("AssociatedKmsKeys", [])),
    )


def read_launch_permissions(client: Any, region: str, image_id: str) -> Permissions:
    """:raises AwsCallError: AuthFailure for everybody but the owner."""
    with calling("ec2:DescribeImageAttribute", region):
        answer = client.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")
    return _principals(answer.get("LaunchPermissions", []))


def read_snapshot_permissions(client: Any, region: str, snapshot_id: str) -> Permissions:
    """Who may create volumes from a snapshot: accounts and the public group, which is all that EC2 knows here."""
    with calling("ec2:DescribeSnapshotAttribute", region):
        answer = client.describe_snapshot_attribute(SnapshotId=snapshot_id, Attribute="createVolumePermission")
    return _principals(answer.get("CreateVolumePermissions", []))


def _principals(entries: Iterable[dict[str, str]]) -> Permissions:
    return frozenset(
        Principal(kind, entry[member]) for entry in entries for kind, member in _MEMBERS.items() if entry.get(member)
    )


def read_image_public_access_block(client: Any, region: str) -> str:
    """``block-new-sharing`` or ``unblocked``, for the account in this Region."""
    with calling("ec2:GetImageBlockPublicAccessState", region):
        return str(client.get_image_block_public_access_state()["ImageBlockPublicAccessState"])


def read_not_enabled_regions(client: Any, region: str) -> frozenset[str]:
    """Regions that the account has not opted in to; in them every call looks as if the credentials were wrong."""
    with calling("ec2:DescribeRegions", region):
        answer = client.describe_regions(
            AllRegions=True, Filters=[{"Name": "opt-in-status", "Values": ["not-opted-in"]}]
        )
    return frozenset(entry["RegionName"] for entry in answer["Regions"])


def read_encryption_by_default(client: Any, region: str) -> bool:
    """Whether new snapshots in this Region are encrypted, asked for or not."""
    with calling("ec2:GetEbsEncryptionByDefault", region):
        return bool(client.get_ebs_encryption_by_default()["EbsEncryptionByDefault"])


def read_default_key_id(client: Any, region: str) -> str:
    """The key that EBS uses where none is named: its ARN, or ``alias/aws/ebs``."""
    with calling("ec2:GetEbsDefaultKmsKeyId", region):
        return str(client.get_ebs_default_kms_key_id()["KmsKeyId"])


def copy_image(client: Any, region: str, parameters: Mapping[str, Any]) -> str:
    """Start a copy in the client's Region and return its ID; the copy itself takes minutes to hours."""
    with calling("ec2:CopyImage", region):
        return str(client.copy_image(**parameters)["ImageId"])


def modify_launch_permissions(client: Any, region: str, image_id: str, delta: Delta[Principal]) -> None:
    """Add and remove in one request."""
    change = {
        verb: [{_MEMBERS[principal.kind]: principal.value} for principal in sorted(principals)]
        for verb, principals in (("Add", delta.add), ("Remove", delta.remove))
        if principals
    }
    with calling("ec2:ModifyImageAttribute", region):
        client.modify_image_attribute(ImageId=image_id, LaunchPermission=change)


def modify_snapshot_permissions(client: Any, region: str, snapshot_id: str, delta: Delta[Principal]) -> None:
    """Add accounts or remove them: one request cannot do both. The group, which makes a snapshot public, is never sent."""
    verb, accounts = ("add", delta.add) if delta.add else ("remove", delta.remove)
    with calling("ec2:ModifySnapshotAttribute", region):
        client.modify_snapshot_attribute(
            SnapshotId=snapshot_id,
            Attribute="createVolumePermission",
            OperationType=verb,
            UserIds=sorted(account.value for account in accounts),
        )


def reset_launch_permissions(client: Any, region: str, image_id: str) -> None:
    with calling("ec2:ResetImageAttribute", region):
        client.reset_image_attribute(ImageId=image_id, Attribute="launchPermission")


def cancel_launch_permission(client: Any, region: str, image_id: str) -> None:
    """Take the caller's own account out of the launch permissions of another account's AMI.

    :raises AwsCallError: InvalidAMIID.NotFound also for an AMI that is shared, but not with the account itself.
    """
    with calling("ec2:CancelImageLaunchPermission", region):
        client.cancel_image_launch_permission(ImageId=image_id)


def batches(values: Sequence[Any], size: int) -> list[Any]:
    """The values in parts that one request takes."""
    return [values[start : start + size] for start in range(0, len(values), size)]
