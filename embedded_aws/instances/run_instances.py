# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RunInstances: may the account launch this AMI, and can the instance start with its keys?

An AMI that is not shared: AuthFailure (https://github.com/StreisandEffect/streisand/issues/82). moto launches any ID and
asks no key.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instances import StateReason
from moto.ec2.responses.instances import InstanceResponse

from ..api.errors import EC2Error, image_malformed, image_not_found, image_unavailable
from ..images.finding import find_image, may_launch
from ..images.image import IMAGE_ID, EmbeddedImage
from .launch_failure import NO_ACCESS, launch_failure


class LaunchResponse(InstanceResponse):
    """RunInstances with these checks before and after moto's."""

    def _launched_image(self) -> EmbeddedImage | None:
        image_id = self._get_param("ImageId")
        template = self._get_param("LaunchTemplate", {})
        if not image_id and template:
            image_id = self.ec2_backend._get_template_from_args(template).image_id
        if not image_id:
            return None  # moto has an error of its own for this
        if not IMAGE_ID.fullmatch(image_id):
            raise image_malformed(image_id)
        image = find_image(self.region, image_id)
        if image is None:
            raise image_not_found([image_id])
        if not may_launch(image, self.current_account):
            raise EC2Error("AuthFailure", f"Not authorized for images: [{image_id}]", 403)
        if image.state != "available":
            raise image_unavailable(image_id, image.state)
        return image

    def run_instances(self) -> ActionResult:
        image = self._launched_image()
        result = super().run_instances()
        failure = launch_failure(image, self.current_account) if image else None
        if failure is not None:
            code, message = failure[0], failure[1]
            reservation: Any = result.result
            for instance in reservation.instances:
                instance.terminate()
                instance.state_reason = StateReason(message, code)
                instance._reason = f"Server.InternalError: {message}" if failure == NO_ACCESS else message
        return result

    def _parse_block_device_mapping(self) -> list[dict[str, Any]]:
        """The image's devices with what the request overrides, as EC2 makes them; moto takes only the request's."""
        requested = super()._parse_block_device_mapping()
        image = find_image(self.region, self._get_param("ImageId") or "")
        if image is None or image.mappings is None:
            return requested
        named = {one["DeviceName"]: one for one in requested}
        merged = []
        for mapping in image.mappings:
            if "Ebs" in mapping:
                merged.append(self._launch_device(mapping, named.pop(mapping["DeviceName"], None)))
        return [*merged, *named.values()]

    def _launch_device(self, mapping: dict[str, Any], override: dict[str, Any] | None) -> dict[str, Any]:
        source = mapping["Ebs"]
        given = (override or {}).get("Ebs", {})
        # The instance's own right to a shared image's snapshot is not the account's: moto must not look it up.
        own = source.get("SnapshotId") in self.ec2_backend.snapshots
        ebs = {
            "SnapshotId": source.get("SnapshotId") if own else None,
            "VolumeSize": given.get("VolumeSize") or source.get("VolumeSize") or 8,
            "DeleteOnTermination": given.get("DeleteOnTermination") or source["DeleteOnTermination"],
            "VolumeType": given.get("VolumeType") or source["VolumeType"],
            "Iops": given.get("Iops"),
            "Encrypted": bool(given.get("Encrypted") or source["Encrypted"]),
            "KmsKeyId": given.get("KmsKeyId"),
        }
        no_device = (override or {}).get("NoDevice")
        return {"VirtualName": None, "DeviceName": mapping["DeviceName"], "Ebs": ebs, "NoDevice": no_device}
