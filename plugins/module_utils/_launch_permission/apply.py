# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launch permissions of many AMIs: the calls of the module launch_permission and its info module."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._base.outcome import Outcome
from .._call import ec2
from .._call.errors import AwsCallError
from .._call.session import Aws
from .._image.model import Image, ImageFacts, ImageSelector
from .._image.read_facts import find_images, read_permissions
from . import request as permissions
from .apply_parts import apply_all, apply_parts
from .plan import not_applied


def read(aws: Aws, selectors: Sequence[ImageSelector]) -> list[ImageFacts]:
    """Each AMI with its launch permissions, in input order."""
    aws.prepare("ec2", dict.fromkeys(selector.region for selector in selectors))
    found = find_images(aws, selectors)
    listed = read_permissions(aws, [image for image in found.values() if isinstance(image, Image)])
    return [
        ImageFacts(selector, image, listed[image.region, image.image_id])
        if isinstance(image, Image)
        else ImageFacts(selector, image)
        for selector, image in found.items()
    ]


def apply(aws: Aws, plans: Sequence[Outcome], reset: bool) -> list[Outcome]:
    """Make the changes of all plans at once. ``reset``: nobody is to be left, so everything goes in one reset."""
    return apply_all(plans, functools.partial(_apply_one, aws, reset))


def _apply_one(aws: Aws, reset: bool, plan: Outcome) -> Outcome:
    image_id, region = plan.target["image_id"], plan.target["region"]
    client = aws.client("ec2", region)
    if reset:
        return _reset(client, region, image_id, plan)
    return apply_parts(plan, functools.partial(ec2.modify_launch_permissions, client, region, image_id))


def _reset(client: Any, region: str, image_id: str, plan: Outcome) -> Outcome:
    """Reset, and see what is left: after the reset the AMI has changed, whatever the calls behind it say."""
    ec2.reset_launch_permissions(client, region, image_id)
    try:
        left = permissions.left_by_reset(ec2.read_launch_permissions(client, region, image_id))
        if left:
            ec2.modify_launch_permissions(client, region, image_id, left)
    except AwsCallError as error:
        return replace(not_applied(plan, error.failure), changed=True)
    return plan
