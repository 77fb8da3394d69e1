# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EC2 of the embedded AWS: moto's, with our additions on top."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2 import models, urls
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from .api.errors import image_not_found
from .copies.copy_image import ImageCopyResponse
from .images.listing import ImageListing, ImageListingResponse
from .images.making import ImageMaking, ImageMakingResponse
from .images.sharing import ImageSharingResponse
from .images.states import ImageStatesResponse
from .instances.run_instances import LaunchResponse
from .regions.listing import RegionsResponse
from .snapshots.listing import SnapshotListing, SnapshotListingResponse
from .snapshots.making import SnapshotMaking, SnapshotMakingResponse
from .snapshots.sharing import SnapshotSharingResponse
from .usage.actions import ImageUsageResponse


class EmbeddedEC2Backend(ImageListing, ImageMaking, SnapshotListing, SnapshotMaking, EC2Backend):  # type: ignore[misc]
    """One account's EC2 in one Region."""

    __module__ = "moto.ec2.models"  # moto finds the service's URLs by the module's name

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # New AWS accounts have it on (EC2 user guide, "Block public access to your AMIs"); here the API switches it on.
        self.images_blocked = False
        self.usage_reports: dict[str, Any] = {}
        self.copy_tokens: dict[str, tuple[dict[str, Any], str]] = {}

    def do_resources_exist(self, resource_ids: list[str]) -> bool:
        """Tags may be set on shared images too; they stay in the account that sets them (EC2 user guide, "Tags")."""
        for resource_id in resource_ids:
            if resource_id.startswith("ami-") and not self.describe_images([resource_id], include_disabled=True):
                raise image_not_found([resource_id])
        others = [one for one in resource_ids if not one.startswith("ami-")]
        return super().do_resources_exist(others)

    def describe_tags(self, filters: dict[str, list[str]] | None = None) -> list[dict[str, str]]:
        """moto matches all tags of the Region against patterns, for each resource that it shows."""
        ids = (filters or {}).get("resource-id", [])
        if set(filters or {}) != {"resource-id"} or any(mark in one for one in ids for mark in "*?["):
            return super().describe_tags(filters)
        kinds = {"ami": "image", "snap": "snapshot", "vol": "volume", "i": "instance"}
        if any(one.split("-", 1)[0] not in kinds for one in ids):
            return super().describe_tags(filters)
        return [
            {"resource_id": one, "key": key, "value": value, "resource_type": kinds[one.split("-", 1)[0]]}
            for one in ids
            for key, value in dict(self.tags.get(one, {})).items()
        ]


class EmbeddedEC2Response(
    ImageListingResponse,
    ImageMakingResponse,
    ImageSharingResponse,
    ImageStatesResponse,
    ImageCopyResponse,
    ImageUsageResponse,
    LaunchResponse,
    RegionsResponse,
    SnapshotListingResponse,
    SnapshotMakingResponse,
    SnapshotSharingResponse,
    EC2Response,
):
    """All actions."""

    def serialized(self, action_result: ActionResult) -> Any:
        """Most EC2 errors are 400; ours may say otherwise."""
        status, headers, body = super().serialized(action_result)
        return getattr(action_result.result, "http_status", status), headers, body


def install() -> None:
    """Let moto use these classes; before the first request."""
    models.ec2_backends.backend = EmbeddedEC2Backend
    urls.url_paths["{0}/"] = EmbeddedEC2Response.dispatch
