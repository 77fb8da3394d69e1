# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AMIs on KMS keys: the calls of the module kms_key_image_info, in two rounds."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from .._base.outcome import Failure
from .._call.fanout import fan_out, side_by_side
from .._call.session import Aws
from .._image import read as read_image
from .._image.selection import ImageSelector
from .._key_policy import read as read_policy
from .._launch_permission.read import read_permissions
from .images import KeyImages, RegionImages, images_on, snapshots_to_read
from .model import Key
from .read import read_keys


def read(aws: Aws, keys: Sequence[tuple[str, str]]) -> list[KeyImages]:
    """Each key with its AMIs, in input order; a key that was named twice (by ID and by alias, say) once."""
    regions = list(dict.fromkeys(region for _key_id, region in keys))
    # Here, in the main thread: read_keys finds its clients made when it runs in another one.
    aws.prepare("ec2", regions)
    aws.prepare("kms", regions)
    named, listed = side_by_side(
        functools.partial(read_keys, aws, keys), functools.partial(_read_regions, aws, regions)
    )
    on_keys = [images_on(key, listed[region]) for _key_id, region, key in named]
    permissions, policies = side_by_side(
        functools.partial(read_permissions, aws, [image for images in on_keys for image in images]),
        functools.partial(_read_policies, aws, [(region, key) for _key_id, region, key in named]),
    )
    return [
        KeyImages(
            key_id,
            region,
            key,
            listed[region],
            {image.image_id: permissions[region, image.image_id] for image in images},
            policy,
        )
        for (key_id, region, key), images, policy in zip(named, on_keys, policies, strict=True)
    ]


def _read_regions(aws: Aws, regions: Sequence[str]) -> dict[str, RegionImages | Failure]:
    answers = fan_out([functools.partial(_read_region, aws.client("ec2", region), region) for region in regions])
    return dict(zip(regions, answers, strict=True))


def _read_region(client: Any, region: str) -> RegionImages:
    images = read_image.read_own_images(client, region, ImageSelector(region))
    return RegionImages(images, read_image.read_snapshots(client, region, snapshots_to_read(images.values())))


def _read_policies(aws: Aws, keys: Iterable[tuple[str, Key | Failure]]) -> list[str | Failure | None]:
    return fan_out([functools.partial(_read_policy, aws, region, key) for region, key in keys])


def _read_policy(aws: Aws, region: str, key: Key | Failure) -> str | None:
    return None if isinstance(key, Failure) else read_policy.read_key_policy(aws.client("kms", region), region, key.arn)
