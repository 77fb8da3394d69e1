# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disable, enable, deregister, deprecate.

EC2 API reference, DisableImage: all launch permissions are removed and EnableImage does not bring them back.
"""

from __future__ import annotations

from typing import Any

from moto.core.parse import default_timestamp_parser
from moto.core.responses import ActionResult
from moto.ec2.exceptions import UnvailableAMIIdError
from moto.ec2.responses.amis import AmisResponse

from ..api.errors import EC2Error, image_unavailable
from .finding import owned_image
from .image import EmbeddedImage


class ImageStatesResponse(AmisResponse):
    """The owner's life-cycle actions."""

    def _image_of_owner(self) -> EmbeddedImage:
        image_id = self._get_param("ImageId")
        if image_id in self.ec2_backend.deleted_amis:
            raise UnvailableAMIIdError(image_id)
        image = owned_image(self.region, image_id, self.current_account)
        self.error_on_dryrun()
        return image

    def disable_image(self) -> ActionResult:
        image = self._image_of_owner()
        if image.state not in ("available", "disabled"):
            raise image_unavailable(image.id, image.state)
        image.launch_permissions = []
        image.state = "disabled"
        return ActionResult({"Return": True})

    def enable_image(self) -> ActionResult:
        image = self._image_of_owner()
        if image.state == "disabled":
            image.state = "available"
        return ActionResult({"Return": True})

    def deregister_image(self) -> ActionResult:
        image = self._image_of_owner()
        self.ec2_backend.deregister_image(image.id)
        deleted: list[dict[str, Any]] = []
        if self._get_param("DeleteAssociatedSnapshots", False):
            for snapshot in image.snapshots:
                try:
                    self.ec2_backend.delete_snapshot(snapshot.id)
                    deleted.append({"SnapshotId": snapshot.id, "ReturnCode": "success"})
                except EC2Error:
                    deleted.append({"SnapshotId": snapshot.id, "ReturnCode": "skipped"})
        return ActionResult({"Return": True, "DeleteSnapshotResults": deleted})

    def enable_image_deprecation(self) -> ActionResult:
        image = self._image_of_owner()
        when = self._get_param("DeprecateAt")
        image.deprecation_time = default_timestamp_parser(when) if isinstance(when, str) else when
        return ActionResult({"Return": True})

    def disable_image_deprecation(self) -> ActionResult:
        self._image_of_owner().deprecation_time = None
        return ActionResult({"Return": True})
