# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launch permissions of many AMIs: the calls of the module launch_permission and its info module."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._base.delta import Delta
from .._call.conclusions import keeping_the_record
from .._call.errors import calling, failure_of
from .._call.session import Aws
from . import plan as permission_plan
from . import read as read_launch_permission
from .apply_parts import apply_all, apply_parts
from .entries import modification
from .model import PermissionOutcome, Principal
from .plan import not_applied


@keeping_the_record
def apply(aws: Aws, plans: Sequence[PermissionOutcome], reset: bool) -> list[PermissionOutcome]:
    """Make the changes of all plans at once. ``reset``: nobody is to be left, so everything goes in one reset."""
    action = "ec2:ResetImageAttribute" if reset else "ec2:ModifyImageAttribute"
    return apply_all(aws, action, plans, functools.partial(_apply_one, aws, reset))


def _apply_one(aws: Aws, reset: bool, plan: PermissionOutcome) -> PermissionOutcome:
    image_id, region = plan.target["image_id"], plan.target["region"]
    client = aws.client("ec2", region)
    if reset:
        return _reset(client, region, image_id, plan)
    return apply_parts(plan, functools.partial(modify_launch_permissions, client, region, image_id))


def _reset(client: Any, region: str, image_id: str, plan: PermissionOutcome) -> PermissionOutcome:
    """Reset, and see what is left: after the reset the AMI has changed, whatever the calls behind it say."""
    reset_launch_permissions(client, region, image_id)
    try:
        left = permission_plan.left_by_reset(read_launch_permission.read_launch_permissions(client, region, image_id))
        if left:
            modify_launch_permissions(client, region, image_id, left)
    except Exception as error:
        return replace(not_applied(plan, failure_of(error)), changed=True)
    return plan


def modify_launch_permissions(client: Any, region: str, image_id: str, delta: Delta[Principal]) -> None:
    """Add and remove in one request."""
    with calling("ec2:ModifyImageAttribute", region):
        client.modify_image_attribute(ImageId=image_id, LaunchPermission=modification(delta))


def reset_launch_permissions(client: Any, region: str, image_id: str) -> None:
    with calling("ec2:ResetImageAttribute", region):
        client.reset_image_attribute(ImageId=image_id, Attribute="launchPermission")
