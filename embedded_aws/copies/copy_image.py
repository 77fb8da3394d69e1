# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CopyImage: called in the destination Region, answered at once, done later.

EC2 API reference, CopyImage: launch permissions are not copied, tags only when asked; an encrypted source without
KmsKeyId lands on the caller's default key; the key is checked while the copy runs; a repeated ClientToken gives the
same copy. A shared source needs its snapshots shared too (https://github.com/awslabs/amazon-eks-ami/issues/52).
"""

from __future__ import annotations

import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidParameterDependency
from moto.ec2.models import ec2_backends
from moto.ec2.responses.amis import AmisResponse

from ..api.errors import EC2Error, image_malformed, image_not_found, image_unavailable
from ..api.limits import limit
from ..images.finding import find_image, may_launch
from ..images.image import IMAGE_ID, EmbeddedImage
from ..images.making import check_tag_types, tags_for
from ..instances.launch_failure import launch_failure
from ..keys.finding import find_key
from ..snapshots.finding import may_restore
from . import course

INHERITED = ("virtualization_type", "architecture", "kernel_id", "platform", "root_device_name", "root_device_type")
_copying = threading.RLock()


class ImageCopyResponse(AmisResponse):
    """CopyImage."""

    def copy_image(self) -> ActionResult:
        source = self._copy_source()
        self._check_copy_storage(source)
        self._check_copy_encryption(source)
        specifications = self._get_param("TagSpecifications", [])
        check_tag_types(specifications, ("image", "snapshot"))
        self.error_on_dryrun()
        with _copying:
            image = self._known_copy() or self._make_copy(source, specifications)
        return ActionResult({"ImageId": image.id})

    def _copy_source(self) -> EmbeddedImage:
        image_id = self._get_param("SourceImageId")
        if not IMAGE_ID.fullmatch(image_id):
            raise image_malformed(image_id)
        source = find_image(self._get_param("SourceRegion"), image_id)
        if source is None or not may_launch(source, self.current_account):
            raise image_not_found([image_id])
        if source.state != "available":
            raise image_unavailable(image_id, source.state)
        return source

    def _check_copy_storage(self, source: EmbeddedImage) -> None:
        account = self.current_account
        if source.owner_id == account:
            return
        if source.product_codes or not all(may_restore(one, account) for one in source.snapshots):
            # The text is reported; the code is unconfirmed.
            raise EC2Error("InvalidRequest", "You do not have permission to access the storage of this ami")

    def _check_copy_encryption(self, source: EmbeddedImage) -> None:
        encrypted = self._get_param("Encrypted")
        if encrypted is False and any(one.encrypted for one in source.snapshots):
            # EC2 API reference, CopyImage: an encrypted snapshot has no unencrypted copy.
            raise EC2Error("InvalidRequest", "An encrypted image cannot be copied to an unencrypted one")
        if self._get_param("KmsKeyId") and not encrypted:
            raise InvalidParameterDependency("KmsKeyId", "Encrypted")

    def _copy_request(self) -> dict[str, Any]:
        names = ("SourceImageId", "SourceRegion", "Name", "Description", "Encrypted", "KmsKeyId", "CopyImageTags")
        return {name: self._get_param(name) for name in names}

    def _known_copy(self) -> EmbeddedImage | None:
        token = self._get_param("ClientToken")
        known = self.ec2_backend.copy_tokens.get(token)
        if known is None:
            return None
        request, image_id = known
        if request != self._copy_request():
            text = "The request uses the same client token as a previous, but non-identical request."
            raise EC2Error("IdempotentParameterMismatch", text)
        return self.ec2_backend.amis.get(image_id)  # type: ignore[no-any-return]

    def _make_copy(self, source: EmbeddedImage, specifications: list[dict[str, Any]]) -> EmbeddedImage:
        backend = self.ec2_backend
        copying = [
            one for image in list(backend.amis.values()) if image.state == "pending" for one in image.snapshot_ids
        ]
        if len(copying) + len(source.snapshot_ids) > limit("snapshot_copies"):
            # EBS user guide, "Quotas": concurrent snapshot copies per destination Region.
            raise EC2Error("ResourceLimitExceeded", "Too many snapshot copies in progress.")
        mappings = [self._copied_mapping(source, mapping) for mapping in source.block_device_mappings]
        image: EmbeddedImage = backend.add_image(
            self._get_param("Name"),
            mappings,
            unique=False,  # whether AWS refuses a duplicate name here is unconfirmed
            description=self._get_param("Description"),
            details=dict(source.details),
            pending=True,
        )
        for name in INHERITED:
            setattr(image, name, getattr(source, name))
        image.source_image_id = source.id
        image.source_image_region = source.region
        self._settle_copy(image, source)
        self._tag_copy(image, source, specifications)
        token = self._get_param("ClientToken")
        if token:
            backend.copy_tokens[token] = (self._copy_request(), image.id)
        return image

    def _copied_mapping(self, source: EmbeddedImage, mapping: dict[str, Any]) -> dict[str, Any]:
        backend = self.ec2_backend
        old = next((one for one in source.snapshots if one.id == mapping.get("Ebs", {}).get("SnapshotId")), None)
        if old is None:
            return mapping
        encrypted = bool(self._get_param("Encrypted") or old.encrypted or backend.ebs_encryption_by_default)
        key = backend.key_arn(self._get_param("KmsKeyId") or backend.default_key()) if encrypted else None
        text = f"Copied for DestinationAmi from SourceAmi {source.id} for SourceSnapshot {old.id}."
        copy = backend.add_snapshot_copy(old, text, key)
        return {**mapping, "Ebs": {**mapping["Ebs"], "SnapshotId": copy.id, "Encrypted": encrypted}}

    def _settle_copy(self, image: EmbeddedImage, source: EmbeddedImage) -> None:
        reason = None
        if launch_failure(source, self.current_account):
            reason = "Copy image failed with an internal error"
        for snapshot in image.snapshots:
            snapshot.copied_for = image
            key = find_key(snapshot.kms_key_id)
            if snapshot.encrypted and (key is None or key.key_state != "Enabled"):
                # https://github.com/hashicorp/packer/issues/6737
                reason = "Given key ID is not accessible. You must have DescribeKey permissions on the default CMK"
        failing = course.take(image.region)
        if failing:
            reason = failing.state_reason
            for snapshot in image.snapshots:
                snapshot.failure_message = failing.state_message
        if reason:
            image.fail_later(reason)

    def _tag_copy(self, image: EmbeddedImage, source: EmbeddedImage, specifications: list[dict[str, Any]]) -> None:
        tags = tags_for(specifications, "image")
        if self._get_param("CopyImageTags", False):
            # Only the caller's own tags; those of a shared source belong to its owner's account.
            origin = ec2_backends[self.current_account][source.region]
            own = origin.tags.get(source.id, {})
            tags = {**{key: value for key, value in own.items() if not key.startswith("aws:")}, **tags}
        image.add_tags(tags)
        for snapshot in image.snapshots:
            snapshot.add_tags(tags_for(specifications, "snapshot"))
