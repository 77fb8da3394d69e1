# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create-volume permissions of many snapshots: the calls of the module snapshot_permission."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from .._base.delta import Delta
from .._call.conclusions import keeping_the_record
from .._call.errors import calling
from .._call.session import Aws
from .._launch_permission.apply_parts import apply_all, apply_parts
from .._launch_permission.model import PermissionOutcome, Principal


@keeping_the_record
def apply(aws: Aws, plans: Sequence[PermissionOutcome]) -> list[PermissionOutcome]:
    """Make the changes of all plans at once; within one snapshot one request after the other, additions first."""
    return apply_all(aws, "ec2:ModifySnapshotAttribute", plans, functools.partial(_apply_one, aws))


def _apply_one(aws: Aws, plan: PermissionOutcome) -> PermissionOutcome:
    region = plan.target["region"]
    client = aws.client("ec2", region)
    write = functools.partial(modify_snapshot_permissions, client, region, plan.target["snapshot_id"])
    return apply_parts(plan, write)


def modify_snapshot_permissions(client: Any, region: str, snapshot_id: str, delta: Delta[Principal]) -> None:
    """Add accounts or remove them: one request cannot do both. The group, which makes a snapshot public, is never sent."""
    verb, accounts = ("add", delta.add) if delta.add else ("remove", delta.remove)
    with calling("ec2:ModifySnapshotAttribute", region):
        client.modify_snapshot_attribute(
            SnapshotId=snapshot_id,
            Attribute="createVolumePermission",
            OperationType=verb,
            UserIds=sorted(account.value for account in accounts),
        )
