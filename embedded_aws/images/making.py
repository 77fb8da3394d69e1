# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterImage and CreateImage with their block devices, names and tags.

EC2 API reference: a name that the account already uses is refused (InvalidAMIName.Duplicate), so is a snapshot that
does not exist (InvalidSnapshot.NotFound); TagSpecifications may tag the image and, for CreateImage, its snapshots.
"""

from __future__ import annotations

import re
import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.amis import AmisResponse
from moto.ec2.utils import random_ami_id

from ..api.errors import EC2Error, snapshot_not_found
from .image import EmbeddedImage

# EC2 API reference, RegisterImage: 3-128 of these characters.
NAME = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}")
DETAILS = ("EnaSupport", "BootMode", "TpmSupport", "ImdsSupport")
_naming = threading.RLock()


def check_name(backend: Any, name: str | None) -> None:
    """Raises for a name that AWS would not take."""
    if not name:
        raise EC2Error("MissingParameter", "The request must contain the parameter name")
    if not NAME.fullmatch(name):
        text = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers and ()[] ./-'@_"
        raise EC2Error("InvalidAMIName.Malformed", text)
    for image in list(backend.amis.values()):
        if image.name == name and image.state not in ("failed", "deregistered"):
            text = f"AMI name {name} is already in use by AMI {image.id}"
            raise EC2Error("InvalidAMIName.Duplicate", text)


def resolve_mapping(backend: Any, requested: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mapping as the image will show it: sizes and encryption come from the snapshots."""
    mappings = []
    for one in requested:
        mapping = {key: one[key] for key in ("DeviceName", "VirtualName", "NoDevice") if one.get(key) is not None}
        if one.get("Ebs"):
            mapping["Ebs"] = _resolve_ebs(backend, dict(one["Ebs"]))
        mappings.append(mapping)
    return mappings


def _resolve_ebs(backend: Any, ebs: dict[str, Any]) -> dict[str, Any]:
    snapshot_id = ebs.get("SnapshotId")
    if snapshot_id:
        snapshot = backend.snapshots.get(snapshot_id)
        if snapshot is None:
            raise snapshot_not_found(snapshot_id)
        ebs["Encrypted"] = bool(snapshot.encrypted)
        ebs.setdefault("VolumeSize", int(snapshot.volume.size))
    else:
        ebs["Encrypted"] = bool(ebs.get("Encrypted", False))
    ebs.setdefault("DeleteOnTermination", True)
    ebs.setdefault("VolumeType", "gp2")
    ebs.pop("KmsKeyId", None)  # only an input: images never show a key
    return ebs


def tags_for(specifications: list[dict[str, Any]], resource_type: str) -> dict[str, str]:
    """The tags of one resource type in TagSpecifications."""
    found = {}
    for specification in specifications:
        if specification.get("ResourceType") == resource_type:
            found.update({tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])})
    return found


def check_tag_types(specifications: list[dict[str, Any]], allowed: tuple[str, ...]) -> None:
    """Raises for a resource type that the call cannot tag."""
    for specification in specifications:
        kind = specification.get("ResourceType")
        if kind not in allowed:
            text = f"'{kind}' is not a valid taggable resource type for this operation."
            raise EC2Error("InvalidParameterValue", text)


class ImageMaking:
    """Part of the EC2 backend."""

    def add_image(
        self, name: str, mappings: list[dict[str, Any]] | None, unique: bool = True, **attributes: Any
    ) -> EmbeddedImage:
        """Make an image, normally under a name that must be free."""
        with _naming:
            if unique:
                check_name(self, name)
            image = EmbeddedImage(self, random_ami_id(), mappings, name=name, **attributes)
            self.amis[image.id] = image  # type: ignore[attr-defined]
        return image

    def snapshots_of_instance(self, instance: Any, image_id_text: str) -> list[dict[str, Any]]:
        """Snapshot each volume of the instance, as CreateImage does."""
        mappings = []
        for device_name, block in instance.get_block_device_mapping:
            volume = self.get_volume(block.volume_id)  # type: ignore[attr-defined]
            snapshot = self.create_snapshot(volume.id, image_id_text)  # type: ignore[attr-defined]
            ebs = {
                "SnapshotId": snapshot.id,
                "VolumeSize": int(volume.size),
                "VolumeType": volume.volume_type,
                "DeleteOnTermination": bool(block.delete_on_termination),
                "Encrypted": bool(snapshot.encrypted),
            }
            mappings.append({"DeviceName": device_name, "Ebs": ebs})
        return mappings


class ImageMakingResponse(AmisResponse):
    """RegisterImage, CreateImage."""

    def register_image(self) -> ActionResult:
        name = self._get_param("Name")
        requested = self._get_param("BlockDeviceMappings", [])
        specifications = self._get_param("TagSpecifications", [])
        check_tag_types(specifications, ("image",))
        check_name(self.ec2_backend, name)
        mappings = resolve_mapping(self.ec2_backend, requested) if requested else None
        self.error_on_dryrun()
        root = self._get_param("RootDeviceName") or next((one["DeviceName"] for one in mappings or []), "/dev/sda1")
        image = self.ec2_backend.add_image(
            name,
            mappings,
            description=self._get_param("Description"),
            architecture=self._get_param("Architecture", "i386"),
            virtualization_type=self._get_param("VirtualizationType", "paravirtual"),
            root_device_name=root,
            root_device_type="ebs",
            details={key: self._get_param(key) for key in DETAILS if self._get_param(key) is not None},
        )
        image.add_tags(tags_for(specifications, "image"))
        return ActionResult({"ImageId": image.id})

    def create_image(self) -> ActionResult:
        backend = self.ec2_backend
        instance = backend.get_instance(self._get_param("InstanceId"))
        specifications = self._get_param("TagSpecifications", [])
        check_tag_types(specifications, ("image", "snapshot"))
        check_name(backend, self._get_param("Name"))
        self.error_on_dryrun()
        mappings = backend.snapshots_of_instance(instance, f"Created by CreateImage({instance.id})")
        image = backend.add_image(
            self._get_param("Name"),
            mappings or None,
            description=self._get_param("Description"),
            instance=instance,
            root_device_name=instance.root_device_name,
            root_device_type="ebs",
            pending=True,
        )
        for snapshot in image.snapshots:
            snapshot.description = f"Created by CreateImage({instance.id}) for {image.id}"
            snapshot.add_tags(tags_for(specifications, "snapshot"))
        image.add_tags(tags_for(specifications, "image"))
        return ActionResult({"ImageId": image.id})
