# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding snapshots across accounts, and who may use one."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends


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
