# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask EC2 which accounts use the AMIs that lose a permission."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from .._base.outcome import Failure
from .._call.session import Aws
from .._image.facts import ImageFacts
from .._image_usage import read as read_image_usage
from .._image_usage.read import Waiting
from .._image_usage.report import ImageUsage
from .plan import UnsharePlan
from .request import UnshareRequest

_OLD_SDK = Failure(
    "old_sdk",
    "the installed botocore does not know image usage reports",
    "Install botocore 1.40.18 or later where the module runs.",
)


def read_usage(
    aws: Aws, request: UnshareRequest, plan: UnsharePlan, check_mode: bool, tell: Callable[[str], None]
) -> tuple[ImageUsage, ...]:
    """A real run has reports made and deletes them; check mode looks at those of the last 24 hours."""
    found = [_about(target.facts) for target in plan.removing]
    if not request.usage.check or not found:
        return ()
    if not _knows_reports(aws, found):
        return tuple(ImageUsage(facts, _OLD_SDK) for facts in found)
    if check_mode:
        return tuple(read_image_usage.read_existing_usage(aws, found, plan.usage_query))
    tell(f"usage: reports about {len(found)} AMIs")
    waiting = Waiting(request.usage.timeout, sleep=_telling(tell))
    return tuple(read_image_usage.read_usage(aws, found, plan.usage_query, waiting))


def _about(facts: ImageFacts) -> ImageFacts:
    return ImageFacts(facts.selector, facts.image, facts.permissions)


def _knows_reports(aws: Aws, found: Sequence[ImageFacts]) -> bool:
    return hasattr(aws.client("ec2", found[0].selector.region), "create_image_usage_report")


def _telling(tell: Callable[[str], None]) -> Callable[[float], None]:
    """Says that the reports are waited for, each time, since they may take minutes."""
    begun = time.monotonic()

    def sleep(seconds: float) -> None:
        tell(f"usage: waiting for the reports, {int(time.monotonic() - begun)} s so far")
        time.sleep(seconds)

    return sleep
