# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DescribeImages: who sees what, filters, paging.

EC2 API reference, DescribeImages: AMIs of other accounts are seen when public or shared with the account, its
organization or an OU above it; ``ExecutableUsers`` self or the own ID includes organization shares, another account's
ID only explicit ones; tags are those of the calling account. One ID that never existed fails the call
(https://github.com/lyft/cartography/issues/721); one that is not shared is left out.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.responses.amis import AmisResponse

from ..api.errors import EC2Error, image_malformed, image_not_found
from ..api.filters import check_names, matches
from ..api.paging import paged
from .finding import (
    find_image,
    images_of_region,
    may_launch,
    shared_by_organization,
    shared_explicitly,
    was_deregistered,
)
from .image import IMAGE_ID, EmbeddedImage


def creation_date(image: EmbeddedImage) -> str:
    """In EC2's format."""
    return image.creation_date.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _devices(key: str) -> Any:
    return lambda image: [mapping.get("Ebs", {}).get(key) for mapping in image.block_device_mappings]


def _reason(key: str) -> Any:
    return lambda image: [(image.state_reason or {}).get(key)]


def _detail(key: str) -> Any:
    return lambda image: [image.details.get(key)]


FILTERS: dict[str, Any] = {
    "architecture": lambda image: [image.architecture],
    "block-device-mapping.delete-on-termination": _devices("DeleteOnTermination"),
    "block-device-mapping.device-name": lambda image: [one.get("DeviceName") for one in image.block_device_mappings],
    "block-device-mapping.encrypted": _devices("Encrypted"),
    "block-device-mapping.snapshot-id": _devices("SnapshotId"),
    "block-device-mapping.volume-size": _devices("VolumeSize"),
    "block-device-mapping.volume-type": _devices("VolumeType"),
    "creation-date": lambda image: [creation_date(image)],
    "description": lambda image: [image.description],
    "ena-support": _detail("EnaSupport"),
    "free-tier-eligible": lambda image: [False],
    "hypervisor": lambda image: [image.hypervisor],
    "image-allowed": lambda image: [True],
    "image-id": lambda image: [image.id],
    "image-type": lambda image: [image.image_type],
    "is-public": lambda image: [image.is_public],
    "kernel-id": lambda image: [image.kernel_id],
    "manifest-location": lambda image: [f"{image.owner_id}/{image.name}"],
    "name": lambda image: [image.name],
    "owner-alias": lambda image: [image.owner_alias],
    "owner-id": lambda image: [image.owner_id],
    "platform": lambda image: [image.platform],
    "product-code": lambda image: image.product_codes,
    "product-code.type": lambda image: ["marketplace" for _code in image.product_codes],
    "ramdisk-id": lambda image: [],
    "root-device-name": lambda image: [image.root_device_name],
    "root-device-type": lambda image: [image.root_device_type],
    "source-image-id": lambda image: [image.source_image_id],
    "source-image-region": lambda image: [image.source_image_region],
    "source-instance-id": lambda image: [image.source_instance_id],
    "sriov-net-support": lambda image: [image.sriov],
    "state": lambda image: [image.state],
    "state-reason-code": _reason("Code"),
    "state-reason-message": _reason("Message"),
    "virtualization-type": lambda image: [image.virtualization_type],
}


def render(image: EmbeddedImage, tags: dict[str, str]) -> dict[str, Any]:
    """One image of the answer; absent members stay absent."""
    codes = [{"ProductCodeId": code, "ProductCodeType": "marketplace"} for code in sorted(image.product_codes)]
    platform = "Windows" if image.platform == "windows" else "Linux/UNIX"
    shown = {
        "ImageId": image.id,
        "ImageLocation": f"{image.owner_id}/{image.name}",
        "State": image.state,
        "StateReason": image.state_reason,
        "OwnerId": image.owner_id,
        "CreationDate": image.creation_date,
        "Public": image.is_public,
        "ProductCodes": codes or None,
        "Architecture": image.architecture,
        "ImageType": image.image_type,
        "Platform": image.platform,
        "PlatformDetails": platform,
        "UsageOperation": "RunInstances",
        "Name": image.name,
        "Description": image.description or None,
        "RootDeviceName": image.root_device_name,
        "RootDeviceType": image.root_device_type,
        "BlockDeviceMappings": image.block_device_mappings,
        "VirtualizationType": image.virtualization_type,
        "Hypervisor": image.hypervisor or "xen",
        "SriovNetSupport": image.sriov,
        "ImageOwnerAlias": image.owner_alias,
        "SourceImageId": image.source_image_id,
        "SourceImageRegion": image.source_image_region,
        "SourceInstanceId": image.source_instance_id,
        "DeprecationTime": image.deprecation_time,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()] or None,
        **image.details,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _executable(image: EmbeddedImage, users: list[str], account_id: str) -> bool:
    for user in users:
        if user == "all":
            found = image.is_public
        elif user in ("self", account_id):
            found = shared_explicitly(image, account_id) or shared_by_organization(image, account_id)
        else:
            found = image.owner_id == account_id and shared_explicitly(image, user)
        if found:
            return True
    return False


class ImageListing:
    """Part of the EC2 backend."""

    def describe_images(
        self,
        ami_ids: list[str] | None = None,
        filters: dict[str, Any] | None = None,
        exec_users: list[str] | None = None,
        owners: list[str] | None = None,
        include_disabled: bool = False,
        include_deprecated: bool = True,
    ) -> list[EmbeddedImage]:
        """moto calls this too, for launches and tags, hence its parameter names."""
        account_id: str = self.account_id  # type: ignore[attr-defined]
        check_names(filters or {}, FILTERS)
        images = self._candidates(ami_ids)
        images = [image for image in images if may_launch(image, account_id)]
        if not include_disabled:
            images = [image for image in images if image.state != "disabled"]
        if not include_deprecated and not ami_ids:
            now = utcnow()
            images = [one for one in images if one.owner_id == account_id or not _is_deprecated(one, now)]
        if exec_users:
            images = [image for image in images if _executable(image, exec_users, account_id)]
        if owners:
            wanted = {account_id if owner == "self" else owner for owner in owners}
            images = [image for image in images if {image.owner_id, image.owner_alias} & wanted]
        tags = self.tags  # type: ignore[attr-defined]
        return [image for image in images if matches(image, filters or {}, FILTERS, tags.get(image.id, {}))]

    def _candidates(self, ami_ids: list[str] | None) -> list[EmbeddedImage]:
        region: str = self.region_name  # type: ignore[attr-defined]
        if not ami_ids:
            images = images_of_region(region)
            for image in images:
                image.advance()
            return images
        for ami_id in ami_ids:
            if not IMAGE_ID.fullmatch(ami_id):
                raise image_malformed(ami_id)
        found = {ami_id: find_image(region, ami_id) for ami_id in ami_ids}
        unknown = [one for one, image in found.items() if image is None and not was_deregistered(region, one)]
        if unknown:
            raise image_not_found(unknown)
        for present in found.values():
            if present:
                present.advance()
        return [image for image in found.values() if image is not None]


def _is_deprecated(image: EmbeddedImage, now: Any) -> bool:
    return image.deprecation_time is not None and image.deprecation_time.replace(tzinfo=None) <= now.replace(
        tzinfo=None
    )


class ImageListingResponse(AmisResponse):
    """DescribeImages over the listing above."""

    def describe_images(self) -> ActionResult:
        self.error_on_dryrun()
        ami_ids = self._get_param("ImageIds", [])
        size = self._get_param("MaxResults")
        if ami_ids and size:
            # https://github.com/aws/aws-sdk-ruby/issues/3028
            text = "The parameter imageIdsSet cannot be used with the parameter maxResults"
            raise EC2Error("InvalidParameterCombination", text)
        images = self.ec2_backend.describe_images(
            ami_ids=ami_ids,
            filters=self._filters_from_querystring(),
            exec_users=self._get_param("ExecutableUsers", []),
            owners=self._get_param("Owners", []),
            include_disabled=self._get_param("IncludeDisabled", False),
            include_deprecated=self._get_param("IncludeDeprecated", False),
        )
        page, token = paged(images, size, self._get_param("NextToken"))
        tags = self.ec2_backend.tags
        shown = [render(image, dict(tags.get(image.id, {}))) for image in page]
        return ActionResult({"Images": shown, "NextToken": token})
