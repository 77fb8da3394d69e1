# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read launch permissions of many AMIs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import calling
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.read import find_images
from .._image.selection import ImageSelector
from .entries import principals
from .model import Permissions


def read_launch_permissions(client: Any, region: str, image_id: str) -> Permissions:
    """:raises AwsCallError: AuthFailure for everybody but the owner."""
    with calling("ec2:DescribeImageAttribute", region):
        answer = client.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")
        return principals(answers.entries(answer, "LaunchPermissions"))


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


def read_permissions(aws: Aws, images: Iterable[Image]) -> dict[tuple[str, str], Permissions | Failure]:
    """Launch permissions by (Region, AMI ID); one call each, EC2 has no batch form."""
    wanted = list(dict.fromkeys((image.region, image.image_id) for image in images))
    listed = fan_out(
        [
            paced(
                aws.pace("ec2:DescribeImageAttribute", region),
                read_launch_permissions,
                aws.client("ec2", region),
                region,
                image_id,
            )
            for region, image_id in wanted
        ]
    )
    return dict(zip(wanted, listed, strict=True))
