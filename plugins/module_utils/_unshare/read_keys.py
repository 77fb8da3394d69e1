# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read, right before key access is taken, which AMIs still need it: all own AMIs on each key, and who may launch them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from .._base.outcome import AnyOutcome, Failure
from .._call.fanout import fan_out, side_by_side
from .._call.session import Aws
from .._kms_grant import read as read_grant
from .._kms_grant.model import Grant
from .._kms_key import read_images
from .._kms_key.images import KeyImages, images_on
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT
from .._launch_permission.read import read_permissions
from .decide import given_back
from .facts import KeyRead, Place
from .plan import UnsharePlan

OnKeys: TypeAlias = "Mapping[Place, tuple[KeyImages, KeyRead | Failure]]"


@dataclass(frozen=True)
class Looks:
    """Seconds before each further look at permissions that were taken a moment ago and are still shown."""

    delays: Sequence[float] = (1, 3)
    sleep: Callable[[float], None] = time.sleep


def read_on_keys(aws: Aws, plan: UnsharePlan, launched: Mapping[Place, AnyOutcome], looks: Looks) -> OnKeys:
    """Of the keys at which there is something to take, the AMIs, the grants and the policy as they are now.

    :param launched: what became of the AMIs of the run; none in check mode, in which no permission has gone.
    """
    places = [place for place, removal in plan.keys.items() if removal.changes]
    if not places:
        return {}
    found, grants = side_by_side(
        functools.partial(read_images.read, aws, [(arn, region) for region, arn in places]),
        functools.partial(_read_grants, aws, plan, places),
    )
    on_keys = _settled(aws, plan, launched, dict(zip(places, found, strict=True)), looks)
    return {place: (one, _key_read(one, grants.get(place, ()))) for place, one in on_keys.items()}


def _read_grants(aws: Aws, plan: UnsharePlan, places: Sequence[Place]) -> dict[Place, tuple[Grant, ...] | Failure]:
    """Of the keys at which an account is to lose anything; organizations and OUs have no grants."""
    wanted = [place for place in places if any(one.kind == ACCOUNT for one in plan.leaving[place])]
    listed = fan_out([read_grant.grants_job(aws, region, arn) for region, arn in wanted])
    return dict(zip(wanted, listed, strict=True))


def _key_read(on_key: KeyImages, grants: tuple[Grant, ...] | Failure) -> KeyRead | Failure:
    if not isinstance(on_key.key, Key):
        return on_key.key
    return KeyRead(on_key.key, grants, on_key.policy if on_key.policy is not None else "")


def _settled(
    aws: Aws, plan: UnsharePlan, launched: Mapping[Place, AnyOutcome], on_keys: dict[Place, KeyImages], looks: Looks
) -> dict[Place, KeyImages]:
    """EC2 may show for some seconds what is gone; what it shows after that, somebody has shared again."""
    for delay in looks.delays:
        shown = given_back(plan, launched, on_keys.values())
        if not shown:
            break
        looks.sleep(delay)
        images = [target.image for target in plan.targets if target.place in shown]
        read = read_permissions(aws, images)
        on_keys = {place: _with_permissions(one, read) for place, one in on_keys.items()}
    return on_keys


def _with_permissions(on_key: KeyImages, read: Mapping[Place, object]) -> KeyImages:
    found = {
        image.image_id: answer
        for image in images_on(on_key.key, on_key.listed)
        if isinstance(answer := read.get((image.region, image.image_id)), frozenset)
    }
    return replace(on_key, permissions={**on_key.permissions, **found})
