# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes and snapshots with their keys; who sees a snapshot of another account.

EC2 API reference: CreateVolume, CreateSnapshot, CopySnapshot (KmsKeyId is shown as a key ARN; encrypted without a key
means the account's default key), DescribeSnapshots (own, shared and public ones; a valid ID without access is left
out).
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidParameterDependency, InvalidSnapshotInUse
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.responses.elastic_block_store import ElasticBlockStore
from moto.ec2.utils import random_snapshot_id

from .errors import EC2Error, snapshot_not_found
from .filters import check_names, matches
from .image_listing import paged
from .keys import default_ebs_key, resolve_key_arn


def find_snapshot(region: str, snapshot_id: str) -> Any:
    """The snapshot, whoever owns it; None when there is none."""
    for regions in list(ec2_backends.values()):
        backend = regions.get(region)
        if backend is not None and snapshot_id in backend.snapshots:
            return backend.snapshots[snapshot_id]
    return None


def may_restore(snapshot: Any, account_id: str) -> bool:
    """Owner, createVolumePermission, or public."""
    return (
        snapshot.owner_id == account_id
        or account_id in snapshot.create_volume_permission_userids
        or "all" in snapshot.create_volume_permission_groups
    )


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


class SnapshotBackend:
    """Part of the EC2 backend."""

    account_id: str
    region_name: str
    snapshots: dict[str, Any]

    def default_key(self) -> str:
        """What ModifyEbsDefaultKmsKeyId set, else aws/ebs."""
        chosen: str = self.default_kms_key_id  # type: ignore[has-type]
        return chosen or default_ebs_key(self.account_id, self.region_name)

    def _create_default_encryption_key(self) -> str:
        arn = default_ebs_key(self.account_id, self.region_name)
        self.default_kms_key_id = arn
        return arn

    def key_arn(self, reference: str) -> str:
        """EBS checks a key later, when the volume is made; an unknown one stays as it was given."""
        return resolve_key_arn(self.account_id, self.region_name, reference) or reference

    def create_volume(self, size: Any, zone_name: str, **options: Any) -> Any:
        source = self.get_snapshot(options["snapshot_id"]) if options.get("snapshot_id") else None
        encrypted = options.get("encrypted") or self.ebs_encryption_by_default  # type: ignore[attr-defined]
        if source is not None and source.encrypted:
            encrypted = True
            if source.owner_id == self.account_id and not options.get("kms_key_id"):
                options["kms_key_id"] = source.kms_key_id
        if encrypted:
            options["encrypted"] = True
            options["kms_key_id"] = self.key_arn(options.get("kms_key_id") or self.default_key())
        return super().create_volume(size, zone_name, **options)  # type: ignore[misc]

    def create_snapshot(self, volume_id: str, description: str, *args: Any, **options: Any) -> Any:
        snapshot = super().create_snapshot(volume_id, description, *args, **options)  # type: ignore[misc]
        snapshot.kms_key_id = snapshot.volume.kms_key_id if snapshot.encrypted else None
        return snapshot

    def get_snapshot(self, snapshot_id: str) -> Any:
        """Own ones and those that may be restored."""
        snapshot = self.snapshots.get(snapshot_id) or find_snapshot(self.region_name, snapshot_id)
        if snapshot is None or not may_restore(snapshot, self.account_id):
            raise snapshot_not_found(snapshot_id)
        return snapshot

    def add_snapshot_copy(self, source: Any, description: str, kms_key_id: str | None) -> Any:
        """A new snapshot with the source's content, encrypted when there is a key."""
        copy = Snapshot(
            self, random_snapshot_id(), source.volume, description, encrypted=bool(kms_key_id), kms_key_id=kms_key_id
        )
        self.snapshots[copy.id] = copy
        return copy

    def delete_snapshot(self, snapshot_id: str) -> Any:
        for image in list(self.amis.values()):  # type: ignore[attr-defined]
            if snapshot_id in image.snapshot_ids:
                raise InvalidSnapshotInUse(snapshot_id, image.id)
        if snapshot_id not in self.snapshots:
            raise snapshot_not_found(snapshot_id)
        return super().delete_snapshot(snapshot_id)  # type: ignore[misc]

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
    """DescribeSnapshots, CopySnapshot, the default key."""

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

    def copy_snapshot(self) -> ActionResult:
        backend = self.ec2_backend
        source_id = self._get_param("SourceSnapshotId")
        source = find_snapshot(self._get_param("SourceRegion"), source_id)
        if source is None or not may_restore(source, self.current_account):
            raise snapshot_not_found(source_id)
        key = self._get_param("KmsKeyId")
        wanted = self._get_param("Encrypted")
        if wanted is False and source.encrypted:
            raise EC2Error("InvalidParameterValue", "An encrypted snapshot cannot be copied to an unencrypted one")
        if key and not wanted and not source.encrypted:
            raise InvalidParameterDependency("KmsKeyId", "Encrypted")
        self.error_on_dryrun()
        encrypted = wanted or source.encrypted or backend.ebs_encryption_by_default
        arn = backend.key_arn(key or backend.default_key()) if encrypted else None
        copy = backend.add_snapshot_copy(source, self._get_param("Description"), arn)
        copy.add_tags(self._parse_tag_specification().get("snapshot", {}))
        return ActionResult({"SnapshotId": copy.id, "Tags": copy.tag_set})

    def get_ebs_default_kms_key_id(self) -> ActionResult:
        self.error_on_dryrun()
        return ActionResult({"KmsKeyId": self.ec2_backend.default_key()})

    def reset_ebs_default_kms_key_id(self) -> ActionResult:
        self.error_on_dryrun()
        return ActionResult({"KmsKeyId": self.ec2_backend._create_default_encryption_key()})


def _restorable_by(snapshot: Any, user: str) -> bool:
    if user == "all":
        return "all" in snapshot.create_volume_permission_groups
    return user == snapshot.owner_id or user in snapshot.create_volume_permission_userids
