# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of one AMI in many Regions: the calls of the module image_copy, with one loop that waits for all of them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._base.outcome import Failure, Outcome
from .._call import ec2, kms
from .._call.fanout import fan_out
from .._call.session import Aws
from .._image.model import Image
from .follow import Ongoing, begin, finished, looked_at, out_of_time, started
from .model import DEAD, CopyFacts, CopyState, Encryption, state_of
from .progress import Progress
from .request import Targets

# A copy takes minutes to hours: seconds between two looks, by how long the wait has been.
INTERVALS = ((60, 5.0), (600, 10.0))
LONGEST_INTERVAL = 15.0


@dataclass(frozen=True)
class Waiting:
    """``timeout``: seconds for all Regions together; ``tell`` gets each line of progress."""

    wait: bool
    timeout: int
    tell: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def read(aws: Aws, targets: Targets) -> list[CopyFacts]:
    """Each destination, in input order, in two rounds of parallel calls."""
    regions = [destination.region for destination in targets.destinations]
    keyed = [destination for destination in targets.destinations if destination.key_id]
    aws.prepare("ec2", [targets.source_region, *regions])
    aws.prepare("kms", regions)
    jobs: list[Callable[[], Any]] = [functools.partial(_read_source, aws, targets)]
    jobs += [
        functools.partial(ec2.read_copies, aws.client("ec2", region), region, targets.image_id, targets.source_region)
        for region in regions
    ]
    jobs += [functools.partial(kms.read_key, aws.client("kms", one.region), one.region, one.key_id) for one in keyed]
    source, *answers = fan_out(jobs)
    keys = dict(zip(keyed, answers[len(regions) :], strict=True))
    found = [
        CopyFacts(destination, source, failure=copies, key=keys.get(destination))
        if isinstance(copies, Failure)
        else CopyFacts(destination, source, copies, key=keys.get(destination))
        for destination, copies in zip(targets.destinations, answers, strict=False)
    ]
    completed = fan_out([functools.partial(_complete, aws, facts) for facts in found])
    return [
        replace(facts, failure=answer) if isinstance(answer, Failure) else answer
        for facts, answer in zip(found, completed, strict=True)
    ]


def _read_source(aws: Aws, targets: Targets) -> Image | None:
    region = targets.source_region
    return ec2.read_images(aws.client("ec2", region), region, [targets.image_id]).get(targets.image_id)


def _complete(aws: Aws, facts: CopyFacts) -> CopyFacts:
    """The snapshots of copies that exist; encryption by default where it decides about a copy that does not."""
    region = facts.destination.region
    present = [image for image in facts.copies if image.state not in DEAD]
    if present:
        snapshot_ids = [snapshot_id for image in present for snapshot_id in image.snapshot_ids]
        return replace(facts, snapshots=ec2.read_snapshots(aws.client("ec2", region), region, snapshot_ids))
    if facts.key is None and facts.failure is None and isinstance(facts.source, Image) and not facts.source.encrypted:
        return replace(facts, encryption=_read_encryption(aws, region))
    return facts


def _read_encryption(aws: Aws, region: str) -> Encryption:
    client = aws.client("ec2", region)
    if not ec2.read_encryption_by_default(client, region):
        return Encryption(by_default=False)
    key_id = ec2.read_default_key_id(client, region)
    return Encryption(by_default=True, key=kms.read_key(aws.client("kms", region), region, key_id))


def apply(aws: Aws, plans: Sequence[Outcome], waiting: Waiting) -> list[Outcome]:
    """Start all copies at once; wait for them, and for those of an earlier run, until each is done or the time is over."""
    start = waiting.clock()
    progress = Progress()
    copies = [begin(plan.change) for plan in plans if plan.change]
    copies = _step(aws, copies, waiting)
    while True:
        elapsed = waiting.clock() - start
        if waiting.wait and elapsed >= waiting.timeout:
            copies = [out_of_time(copy, waiting.timeout) for copy in copies]
        for line in progress.lines(elapsed, copies):
            waiting.tell(line)
        if not any(copy.open for copy in copies):
            break
        waiting.sleep(min(interval(elapsed), waiting.timeout - elapsed))
        copies = _step(aws, copies, waiting)
    ended = iter(copies)
    return [finished(plan, next(ended)) if plan.change else plan for plan in plans]


def interval(elapsed: float) -> float:
    return next((seconds for until, seconds in INTERVALS if elapsed < until), LONGEST_INTERVAL)


def _step(aws: Aws, copies: Sequence[Ongoing], waiting: Waiting) -> list[Ongoing]:
    """Start what is not started yet and look at what is, in all Regions at once."""
    open_ones = [copy for copy in copies if copy.open]
    answers = iter(fan_out([functools.partial(_call, aws, copy) for copy in open_ones]))
    now = waiting.clock()

    def after(copy: Ongoing) -> Ongoing:
        if not copy.open:
            return copy
        answer: Any = next(answers)
        return looked_at(copy, answer, now) if copy.state else started(copy, answer, waiting.wait, now)

    return [after(copy) for copy in copies]


def _call(aws: Aws, copy: Ongoing) -> Any:
    region = copy.job.region
    client = aws.client("ec2", region)
    if copy.state is None:
        return ec2.copy_image(client, region, copy.job.start or {})
    return _look(client, region, copy.state.image_id)


def _look(client: Any, region: str, image_id: str) -> CopyState | None:
    image = ec2.read_images(client, region, [image_id]).get(image_id)
    if image is None:
        return None
    return state_of(image, ec2.read_snapshots(client, region, image.snapshot_ids))
