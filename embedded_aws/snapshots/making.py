# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes and snapshots with their keys, and the account's default key.

EC2 API reference: CreateVolume, CreateSnapshot, CopySnapshot (KmsKeyId is shown as a key ARN; encrypted without a key
means the account's default key).
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidParameterDependency, InvalidSnapshotInUse
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.responses.elastic_block_store import ElasticBlockStore
from moto.ec2.utils import random_snapshot_id

from ..api.errors import EC2Error, snapshot_not_found
from ..keys.finding import default_ebs_key, resolve_key_arn
from .finding import find_snapshot, may_restore


class SnapshotMaking:
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


class SnapshotMakingResponse(ElasticBlockStore):
    """CopySnapshot, and the key that EBS uses when a request names none."""

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
