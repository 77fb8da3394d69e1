# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""createVolumePermission of snapshots: both forms of modify, read, reset.

EC2 API reference, ModifySnapshotAttribute: accounts and the group ``all`` only, adding or removing but not both in
one call, at most 500 changes; encrypted snapshots cannot be public, those on aws/ebs cannot be shared at all
(OperationNotPermitted, https://github.com/hashicorp/packer/issues/7499).
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses.elastic_block_store import ElasticBlockStore

from ..api.errors import EC2Error, snapshot_not_found
from ..api.limits import limit
from ..keys.finding import on_aws_managed_key
from .finding import find_snapshot

SNAPSHOT_ID = re.compile(r"snap-([0-9a-f]{8}|[0-9a-f]{17})")
ACCOUNT_ID = re.compile(r"\d{12}")


class SnapshotSharingResponse(ElasticBlockStore):
    """The snapshot attribute actions."""

    def _owned_snapshot(self) -> Any:
        snapshot_id = self._get_param("SnapshotId")
        if not SNAPSHOT_ID.fullmatch(snapshot_id):
            raise EC2Error("InvalidSnapshotID.Malformed", f'Invalid id: "{snapshot_id}" (expecting "snap-...")')
        snapshot = find_snapshot(self.region, snapshot_id)
        if snapshot is None:
            raise snapshot_not_found(snapshot_id)
        if snapshot.owner_id != self.current_account:
            # Unconfirmed for snapshots; as for images.
            raise EC2Error("AuthFailure", f"Not authorized for snapshot:{snapshot_id}", 403)
        return snapshot

    def _requested_volume_permissions(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        structured = self._get_param("CreateVolumePermission", {})
        changes = {"add": list(structured.get("Add", [])), "remove": list(structured.get("Remove", []))}
        flat = [{"UserId": one} for one in self._get_param("UserIds", [])]
        flat += [{"Group": one} for one in self._get_param("GroupNames", [])]
        if flat:
            operation = self._get_param("OperationType")
            if operation not in changes:
                raise EC2Error("InvalidParameterValue", f"Invalid operation type '{operation}'")
            changes[operation] += flat
        return changes["add"], changes["remove"]

    def modify_snapshot_attribute(self) -> ActionResult:
        snapshot = self._owned_snapshot()
        added, removed = self._requested_volume_permissions()
        if added and removed:
            # That it is refused is documented; the code is unconfirmed.
            raise EC2Error("InvalidParameterCombination", "Adding and removing permissions needs two requests")
        if not added and not removed:
            raise EC2Error("InvalidParameterCombination", "No attributes specified.")
        if len(added) + len(removed) > limit("snapshot_modifications"):
            raise EC2Error("InvalidParameterValue", "Too many modifications in one request")
        _check_items(added + removed)
        if added:
            _check_shareable(snapshot, added)
        self.error_on_dryrun()
        # New sets instead of changed ones: other threads may be reading the old ones.
        users, groups = set(snapshot.create_volume_permission_userids), set(snapshot.create_volume_permission_groups)
        users = (users | _values(added, "UserId")) - _values(removed, "UserId")
        groups = (groups | _values(added, "Group")) - _values(removed, "Group")
        snapshot.create_volume_permission_userids = users
        snapshot.create_volume_permission_groups = groups
        return EmptyResult()

    def describe_snapshot_attribute(self) -> ActionResult:
        snapshot = self._owned_snapshot()
        self.error_on_dryrun()
        if self._get_param("Attribute") == "productCodes":
            return ActionResult({"SnapshotId": snapshot.id, "ProductCodes": []})
        permissions = [{"Group": one} for one in sorted(snapshot.create_volume_permission_groups)]
        permissions += [{"UserId": one} for one in sorted(snapshot.create_volume_permission_userids)]
        return ActionResult({"SnapshotId": snapshot.id, "CreateVolumePermissions": permissions})

    def reset_snapshot_attribute(self) -> ActionResult:  # type: ignore[override]
        snapshot = self._owned_snapshot()
        if self._get_param("Attribute") != "createVolumePermission":
            raise EC2Error("InvalidParameterValue", "Only the createVolumePermission attribute can be reset")
        self.error_on_dryrun()
        snapshot.create_volume_permission_userids = set()
        snapshot.create_volume_permission_groups = set()
        return EmptyResult()


def _values(items: list[dict[str, str]], kind: str) -> set[str]:
    return {one[kind] for one in items if kind in one}


def _check_items(items: list[dict[str, str]]) -> None:
    for item in items:
        user, group = item.get("UserId"), item.get("Group")
        if user is not None and not ACCOUNT_ID.fullmatch(user):
            text = f'Invalid attribute item value "{user}" for userId item type.'
            raise EC2Error("InvalidAMIAttributeItemValue", text)
        if group is not None and group != "all":
            text = f'Invalid attribute item value "{group}" for UserGroup item type.'
            raise EC2Error("InvalidAMIAttributeItemValue", text)


def _check_shareable(snapshot: Any, added: list[dict[str, str]]) -> None:
    if on_aws_managed_key(snapshot.kms_key_id):
        raise EC2Error("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared")
    if snapshot.encrypted and {"Group": "all"} in added:
        raise EC2Error("OperationNotPermitted", "Encrypted snapshots cannot be made public")
