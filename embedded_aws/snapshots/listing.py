# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DescribeSnapshots: states, filters, who sees a snapshot of another account.

EC2 API reference, DescribeSnapshots: own, shared and public ones; a valid ID without access is left out.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.responses.elastic_block_store import ElasticBlockStore

from ..api.errors import snapshot_not_found
from ..api.filters import check_names, matches
from ..api.paging import paged
from .finding import find_snapshot, may_restore


def state_of(snapshot: Any) -> str:
    """Snapshots of an AMI that is being copied are pending with it."""
    copy = getattr(snapshot, "copied_for", None)
    if copy is None or copy.state == "available":
        return str(snapshot.status)
    return {"pending": "pending", "failed": "error"}.get(copy.state, str(snapshot.status))


def progress_of(snapshot: Any) -> str:
    """In per cent, as text."""
    copy = getattr(snapshot, "copied_for", None)
    return f"{copy.progress if copy is not None else 100}%"


def state_message_of(snapshot: Any) -> str | None:
    """Why a copy of a snapshot failed, and only then: a reason of its own, or the one of the AMI that it is for."""
    if state_of(snapshot) != "error":
        return None
    copy = getattr(snapshot, "copied_for", None)
    of_image = copy.state_reason if copy is not None else None
    return getattr(snapshot, "failure_message", None) or (of_image["Message"] if of_image else None)


FILTERS: dict[str, Any] = {
    "description": lambda one: [one.description],
    "encrypted": lambda one: [one.encrypted],
    "owner-id": lambda one: [one.owner_id],
    "owner-alias": lambda one: [],
    "progress": lambda one: [progress_of(one)],
    "snapshot-id": lambda one: [one.id],
    "start-time": lambda one: [one.start_time],
    "status": lambda one: [state_of(one)],
    "storage-tier": lambda one: [one.storage_tier],
    "volume-id": lambda one: [one.volume.id],
    "volume-size": lambda one: [one.volume.size],
}


def render(snapshot: Any, tags: dict[str, str]) -> dict[str, Any]:
    """One snapshot of the answer."""
    shown = {
        "SnapshotId": snapshot.id,
        "VolumeId": snapshot.volume.id,
        "VolumeSize": int(snapshot.volume.size),
        "State": state_of(snapshot),
        "StateMessage": state_message_of(snapshot),
        "Progress": progress_of(snapshot),
        "StartTime": snapshot.start_time,
        "Description": snapshot.description or "",
        "OwnerId": snapshot.owner_id,
        "Encrypted": bool(snapshot.encrypted),
        "KmsKeyId": snapshot.kms_key_id,
        "StorageTier": snapshot.storage_tier,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()] or None,
    }
    return {key: value for key, value in shown.items() if value is not None}


class SnapshotListing:
    """Part of the EC2 backend."""

    account_id: str
    region_name: str

    def describe_snapshots(self, snapshot_ids: list[str] | None = None, filters: Any = None) -> list[Any]:
        check_names(filters or {}, FILTERS)
        if snapshot_ids:
            named = {one: find_snapshot(self.region_name, one) for one in snapshot_ids}
            for snapshot_id, snapshot in named.items():
                if snapshot is None:
                    raise snapshot_not_found(snapshot_id)
            found = list(named.values())
        else:
            backends = [regions.get(self.region_name) for regions in list(ec2_backends.values())]
            found = [one for backend in backends if backend is not None for one in list(backend.snapshots.values())]
        found = [one for one in found if may_restore(one, self.account_id)]
        tags = self.tags  # type: ignore[attr-defined]
        return [one for one in found if matches(one, filters or {}, FILTERS, tags.get(one.id, {}))]


class SnapshotListingResponse(ElasticBlockStore):
    """DescribeSnapshots over the listing above."""

    def describe_snapshots(self) -> ActionResult:
        self.error_on_dryrun()
        account = self.current_account
        found = self.ec2_backend.describe_snapshots(
            self._get_param("SnapshotIds", []), self._filters_from_querystring()
        )
        owners = {account if one == "self" else one for one in self._get_param("OwnerIds", [])}
        if owners:
            found = [one for one in found if one.owner_id in owners]
        users = {account if one == "self" else one for one in self._get_param("RestorableByUserIds", [])}
        if users:
            found = [one for one in found if any(_restorable_by(one, user) for user in users)]
        page, token = paged(found, self._get_param("MaxResults"), self._get_param("NextToken"))
        tags = self.ec2_backend.tags
        shown = [render(one, dict(tags.get(one.id, {}))) for one in page]
        return ActionResult({"Snapshots": shown, "NextToken": token})


def _restorable_by(snapshot: Any, user: str) -> bool:
    if user == "all":
        return "all" in snapshot.create_volume_permission_groups
    return user == snapshot.owner_id or user in snapshot.create_volume_permission_userids
