# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RunInstances: may the account launch this AMI, and can the instance start with its keys?

An AMI that is not shared: AuthFailure (https://github.com/StreisandEffect/streisand/issues/82). Neither keys nor volumes are
looked at in a dry run. moto launches any ID and asks no key.

EC2 developer guide, "Ensuring idempotency": a ClientToken that was used brings the instances of that time, and
IdempotentParameterMismatch with other parameters; once they are terminated it is IdempotentInstanceTerminated
(https://github.com/boto/boto3/issues/4406).
"""

from __future__ import annotations

import json
import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.instances import InstanceResponse

from ..api.errors import EC2Error, image_malformed, image_not_found, image_unavailable
from ..identities.identity_policies import may
from ..images.allowed import may_use
from ..images.finding import find_image
from ..images.image import IMAGE_ID, EmbeddedImage
from . import course
from .launch_failure import launch_failure
from .launch_requests import check_network, check_type, resolved

_launching = threading.RLock()


class LaunchResponse(InstanceResponse):
    """RunInstances with these checks before and after moto's, and how the instances go."""

    def _launched_image(self) -> EmbeddedImage | None:
        image_id = self._get_param("ImageId")
        template = self._get_param("LaunchTemplate", {})
        if not image_id and template:
            image_id = self.ec2_backend._get_template_from_args(template).image_id
        if not image_id:
            return None  # moto has an error of its own for this
        may_read = may(self.current_account, self.region, self.get_access_key(), "ssm", "GetParameters")
        image_id = resolved(image_id, self.current_account, self.region, may_read)
        self.params["ImageId"] = image_id
        if not IMAGE_ID.fullmatch(image_id):
            raise image_malformed(image_id)
        image = find_image(self.region, image_id)
        if image is None:
            raise image_not_found([image_id])
        if not may_use(image, self.current_account):
            raise EC2Error("AuthFailure", f"Not authorized for images: [{image_id}]", 403)
        if image.state != "available":
            raise image_unavailable(image_id, image.state)
        return image

    def run_instances(self) -> ActionResult:
        request = json.dumps(self.params, sort_keys=True, default=str)
        image = self._launched_image()
        if image:
            check_type(self._get_param("InstanceType"), image)
        check_network(self.ec2_backend, self._get_param("SubnetId"), self._get_param("NetworkInterfaces", []))
        self.error_on_dryrun()
        token = self._get_param("ClientToken")
        with _launching:
            made = self.ec2_backend.launch_tokens.get(token) if token else None
            if made:
                return _again(made, request)
            result = super().run_instances()
            if token:
                self.ec2_backend.launch_tokens[token] = (request, result.result)
        failure = launch_failure(image, self.current_account) if image else None
        reservation: Any = result.result
        for instance in reservation.instances:
            course.begin(instance, failure)
        return result

    def describe_instances(self) -> ActionResult:
        ids = self._get_param("InstanceIds", [])
        for reservation in list(self.ec2_backend.reservations.values()):
            for instance in list(reservation.instances):
                if not ids or instance.id in ids:
                    course.look(instance, bool(ids))
        return super().describe_instances()

    def _parse_block_device_mapping(self) -> list[dict[str, Any]]:
        """The image's devices with what the request overrides, as EC2 makes them; moto takes only the request's."""
        image = find_image(self.region, self._get_param("ImageId") or "")
        if image is None or image.mappings is None:
            return super()._parse_block_device_mapping()
        self._complete(image)
        requested = super()._parse_block_device_mapping()
        named = {one["DeviceName"]: one for one in requested}
        merged = []
        for mapping in image.mappings:
            if "Ebs" in mapping:
                merged.append(self._launch_device(mapping, named.pop(mapping["DeviceName"], None)))
        return [*merged, *named.values()]

    def _complete(self, image: EmbeddedImage) -> None:
        """A request may say no more of one of the image's devices than what is to be different; moto wants its size."""
        sizes = {one["DeviceName"]: one["Ebs"].get("VolumeSize") or 8 for one in image.mappings or () if "Ebs" in one}
        for requested in self._get_param("BlockDeviceMappings", []):
            if "Ebs" in requested and requested.get("DeviceName") in sizes and not requested["Ebs"].get("SnapshotId"):
                requested["Ebs"].setdefault("VolumeSize", sizes[requested["DeviceName"]])

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


def _again(made: tuple[str, Any], request: str) -> ActionResult:
    before, reservation = made
    if before != request:
        text = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
        raise EC2Error("IdempotentParameterMismatch", text)
    if any(instance.state == "terminated" for instance in reservation.instances):
        text = "The client token you have provided is associated with a terminated instance. Please use a different client token."
        raise EC2Error("IdempotentInstanceTerminated", text)
    return ActionResult(reservation)
