# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shares of many AMIs that the account gives up: the calls of the module launch_permission_cancellation."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._base.outcome import Failure
from .._call.conclusions import concluded, keeping_the_record
from .._call.errors import calling, failure_of
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .._image import read as read_image
from .._image.model import Image
from .._image.selection import ImageSelector
from .plan import CancellationOutcome, ShareFacts, after_cancellation, has_no_own_share

# Seconds before each look at what is left. EC2 is eventually consistent; it documents no time.
LOOKS = (0, 1, 3)

Listing = Mapping[str, Image]
Read = Callable[[Any, str, Iterable[str]], Listing]


def read(aws: Aws, selectors: Sequence[ImageSelector]) -> list[ShareFacts]:
    """How the account sees each AMI, in input order: two listings of a Region, a third for what is in neither."""
    aws.prepare("ec2", dict.fromkeys(selector.region for selector in selectors))
    shared, own = _listed(aws, selectors, read_image.read_shared_images, read_image.read_owned_images)
    rest = [selector for selector in selectors if shared[selector] is None and own[selector] is None]
    (public,) = _listed(aws, rest, read_image.read_public_images)

    return [ShareFacts(selector, shared[selector], own[selector], public.get(selector)) for selector in selectors]


@keeping_the_record
def apply(aws: Aws, plans: Sequence[CancellationOutcome]) -> list[CancellationOutcome]:
    """Cancel all shares at once; then see, with one listing of each Region, what is left of them."""
    changing: list[ImageSelector] = [plan.change for plan in plans if plan.change]
    action = "ec2:CancelImageLaunchPermission"
    answers = fan_out([paced(aws.pace(action, selector.region), _cancel, aws, selector) for selector in changing])
    refusals = dict(zip(changing, answers, strict=True))
    left = _left(aws, [one for one, refusal in refusals.items() if not refusal or has_no_own_share(refusal)])
    return [
        concluded(plan, functools.partial(after_cancellation, plan, refusals[plan.change], left.get(plan.change)))
        if plan.change
        else plan
        for plan in plans
    ]


def _left(aws: Aws, selectors: Sequence[ImageSelector]) -> Mapping[ImageSelector, Image | Failure | None]:
    """What is still shared; the shares are cancelled, whatever the look at them raises."""
    try:
        (left,) = _listed(aws, selectors, _look)
    except Exception as error:
        return dict.fromkeys(selectors, failure_of(error))
    return left


def _cancel(aws: Aws, selector: ImageSelector) -> None:
    cancel_launch_permission(aws.client("ec2", selector.region), selector.region, selector.image_id)


def _look(client: Any, region: str, image_ids: Iterable[str]) -> Listing:
    """Those that are still shared; looked for again for a while, because a change may show late."""
    left: Listing = {}
    for delay in LOOKS:
        time.sleep(delay)
        left = read_image.read_shared_images(client, region, image_ids)
        if not left:
            break
    return left


def _listed(
    aws: Aws, selectors: Sequence[ImageSelector], *reads: Read
) -> list[dict[ImageSelector, Image | Failure | None]]:
    """For each of ``reads``, what it has of each AMI: None where it is not in the listing; all Regions at once."""
    ids: dict[str, list[str]] = {}
    for selector in selectors:
        ids.setdefault(selector.region, []).append(selector.image_id)
    jobs = [(read, region) for read in reads for region in ids]
    answers = fan_out(
        [functools.partial(read, aws.client("ec2", region), region, ids[region]) for read, region in jobs]
    )
    listings = dict(zip(jobs, answers, strict=True))

    def entry(read: Read, selector: ImageSelector) -> Image | Failure | None:
        listing = listings[read, selector.region]
        return listing if isinstance(listing, Failure) else listing.get(selector.image_id)

    return [{selector: entry(read, selector) for selector in selectors} for read in reads]


def cancel_launch_permission(client: Any, region: str, image_id: str) -> None:
    """Take the caller's own account out of the launch permissions of another account's AMI.

    :raises AwsCallError: InvalidAMIID.NotFound also for an AMI that is shared, but not with the account itself.
    """
    with calling("ec2:CancelImageLaunchPermission", region):
        client.cancel_image_launch_permission(ImageId=image_id)
