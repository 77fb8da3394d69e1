# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launch permissions: modify, read, reset, cancel; and the block on public access.

EC2 API reference: ModifyImageAttribute, DescribeImageAttribute, ResetImageAttribute, CancelImageLaunchPermission,
Get/Enable/DisableImageBlockPublicAccess. Error codes come from public reports, named where they are raised.
"""

from __future__ import annotations

import re
import threading

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses.amis import AmisResponse

from ..api.errors import EC2Error, image_not_found, image_unavailable
from ..api.limits import limit
from ..keys.finding import on_aws_managed_key
from .finding import find_image, owned_image, shared_explicitly
from .image import EmbeddedImage

KINDS = {
    # key in LaunchPermission: (flat parameter, name in error messages, shape)
    "UserId": ("UserIds", "userId", re.compile(r"\d{12}")),
    "Group": ("UserGroups", "UserGroup", re.compile(r"all")),
    "OrganizationArn": (
        "OrganizationArns",
        "OrganizationArn",
        re.compile(r"arn:aws[\w-]*:organizations::\d{12}:organization/o-[a-z0-9]{10,32}"),
    ),
    "OrganizationalUnitArn": (
        "OrganizationalUnitArns",
        "OrganizationalUnitArn",
        re.compile(r"arn:aws[\w-]*:organizations::\d{12}:ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}"),
    ),
}
PUBLIC = {"Group": "all"}
_modifying = threading.RLock()


def check_items(items: list[dict[str, str]]) -> None:
    """One malformed item fails the request (hashicorp/packer-plugin-amazon#120, #156; hashicorp/packer#1068)."""
    for item in items:
        if len(item) != 1:
            text = "Each launch permission must name exactly one user, group, organization or organizational unit"
            raise EC2Error("InvalidParameterCombination", text)
        ((kind, value),) = item.items()
        _flat, name, shape = KINDS[kind]
        if not shape.fullmatch(str(value)):
            text = f'Invalid attribute item value "{value}" for {name} item type.'
            raise EC2Error("InvalidAMIAttributeItemValue", text)


def check_shareable(image: EmbeddedImage, blocked: bool, added: list[dict[str, str]]) -> None:
    """Raises what AWS says to adding these permissions to an otherwise fine image."""
    if not added:
        return
    if any(on_aws_managed_key(snapshot.kms_key_id) for snapshot in image.snapshots):
        # https://github.com/hashicorp/packer/issues/7410
        raise EC2Error("InvalidParameter", "Snapshots encrypted with the AWS Managed CMK can't be shared")
    if PUBLIC in added and not image.is_public:
        check_publishable(image, blocked)
    after = [one for one in image.launch_permissions if one != PUBLIC]
    after += [one for one in added if one != PUBLIC and one not in after]
    if len(after) > limit("entities_per_image"):
        # Unconfirmed: the quota is documented ("Quotas for AMIs"), its error code is not.
        text = f"You have reached the maximum number of entities that AMI {image.id} can be shared with"
        raise EC2Error("ResourceLimitExceeded", text)


def check_publishable(image: EmbeddedImage, blocked: bool) -> None:
    """Raises what AWS says to making the image public."""
    if blocked:
        # https://github.com/hortonworks/cloudbreak-images/issues/926
        text = "You can't publicly share this image because block public access for AMIs is enabled in this Region"
        raise EC2Error("OperationNotPermitted", text)
    if any(snapshot.encrypted for snapshot in image.snapshots):
        # https://github.com/opendevstack/ods-core/issues/1062
        raise EC2Error("UnsupportedOperation", "Images with encrypted snapshots cannot be made public")
    if image.product_codes:
        # EC2 API reference, ModifyImageAttribute, documents the refusal; its code is unconfirmed.
        raise EC2Error("OperationNotPermitted", "Images with an AWS Marketplace product code cannot be made public")
    public = sum(other.is_public for other in list(image.ec2_backend.amis.values()))
    if public >= limit("public_images"):
        raise EC2Error("ResourceLimitExceeded", "You have reached the maximum number of public AMIs in this Region")


def check_state(image: EmbeddedImage) -> None:
    """https://github.com/SUSE-Enceladus/ec2imgutils/issues/45 for pending; the code for disabled is by analogy."""
    if image.state != "available":
        raise image_unavailable(image.id, image.state)


class ImageSharingResponse(AmisResponse):
    """The launch permission actions."""

    def _owned_image(self) -> EmbeddedImage:
        return owned_image(self.region, self._get_param("ImageId"), self.current_account)

    def _requested_permissions(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Both forms: LaunchPermission with Add and Remove, or Attribute, OperationType and flat lists."""
        structured = self._get_param("LaunchPermission", {})
        changes = {"add": list(structured.get("Add", [])), "remove": list(structured.get("Remove", []))}
        operation = self._get_param("OperationType")
        flat = [{kind: value} for kind, (name, *_members) in KINDS.items() for value in self._get_param(name, [])]
        if flat:
            if operation not in changes:
                raise EC2Error("InvalidParameterValue", f"Invalid operation type '{operation}'")
            changes[operation] += flat
        return changes["add"], changes["remove"]

    def _requested_image_value(self) -> tuple[str, str] | None:
        for attribute, member in (("description", "Description"), ("imdsSupport", "ImdsSupport")):
            structured = self._get_param(member)
            if structured is not None:
                return attribute, structured.get("Value", "")
            if self._get_param("Attribute") == attribute:
                return attribute, self._get_param("Value", "")
        return None

    def modify_image_attribute(self) -> ActionResult:
        image = self._owned_image()
        added, removed = self._requested_permissions()
        value = self._requested_image_value()
        if value is None and not (added or removed):
            # https://github.com/cloud-custodian/cloud-custodian/issues/8323
            raise EC2Error("InvalidParameterCombination", "No attributes specified.")
        if value is not None and (added or removed):
            raise EC2Error("InvalidParameterCombination", "Only one attribute can be modified at a time.")
        self.error_on_dryrun()
        check_state(image)
        if value is not None:
            self._set_image_value(image, *value)
            return EmptyResult()
        check_items(added + removed)
        with _modifying:
            check_shareable(image, self.ec2_backend.images_blocked, added)
            kept = [one for one in image.launch_permissions if one not in removed]
            image.launch_permissions = kept + [one for one in _unique(added) if one not in kept]
        return EmptyResult()

    @staticmethod
    def _set_image_value(image: EmbeddedImage, attribute: str, value: str) -> None:
        if attribute == "description":
            image.description = value
        else:
            image.details["ImdsSupport"] = value

    def describe_image_attribute(self) -> ActionResult:
        image = self._owned_image()
        attribute = self._get_param("Attribute")
        if attribute == "blockDeviceMapping":
            # https://github.com/aws/aws-cli/issues/1083
            raise EC2Error("AuthFailure", "Unauthorized attempt to access restricted resource", 403)
        self.error_on_dryrun()
        if attribute == "launchPermission":
            return ActionResult({"ImageId": image.id, "LaunchPermissions": list(image.launch_permissions)})
        if attribute == "description":
            return ActionResult({"ImageId": image.id, "Description": {"Value": image.description or ""}})
        if attribute == "imdsSupport":
            return ActionResult({"ImageId": image.id, "ImdsSupport": {"Value": image.details.get("ImdsSupport")}})
        return super().describe_image_attribute()

    def reset_image_attribute(self) -> ActionResult:  # type: ignore[override]
        """Drops every explicit and public permission; that organizations go too is implied, not spelled out."""
        image = self._owned_image()
        if self._get_param("Attribute") != "launchPermission":
            raise EC2Error("InvalidParameterValue", "Only the launchPermission attribute can be reset")
        self.error_on_dryrun()
        check_state(image)
        with _modifying:
            image.launch_permissions = []
        return EmptyResult()

    def cancel_image_launch_permission(self) -> ActionResult:
        """Unknown, not shared and shared by organization look the same (cloud-custodian/cloud-custodian#8728)."""
        image_id = self._get_param("ImageId")
        image = find_image(self.region, image_id)
        if image is None or not shared_explicitly(image, self.current_account):
            raise image_not_found([image_id])
        self.error_on_dryrun()
        with _modifying:
            image.launch_permissions = [
                one for one in image.launch_permissions if one != {"UserId": self.current_account}
            ]
        return ActionResult({"Return": True})

    def get_image_block_public_access_state(self) -> ActionResult:
        state = "block-new-sharing" if self.ec2_backend.images_blocked else "unblocked"
        return ActionResult({"ImageBlockPublicAccessState": state, "ManagedBy": "account"})

    def enable_image_block_public_access(self) -> ActionResult:
        """Images that are public already stay public (EC2 API reference)."""
        self.error_on_dryrun()
        self.ec2_backend.images_blocked = True
        return ActionResult({"ImageBlockPublicAccessState": "block-new-sharing"})

    def disable_image_block_public_access(self) -> ActionResult:
        self.error_on_dryrun()
        self.ec2_backend.images_blocked = False
        return ActionResult({"ImageBlockPublicAccessState": "unblocked"})


def _unique(items: list[dict[str, str]]) -> list[dict[str, str]]:
    return [one for index, one in enumerate(items) if one not in items[:index]]
