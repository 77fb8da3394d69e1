# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of one AMI in many Regions: the calls of the module image_copy, with one loop that waits for all of them."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._base import answers
from .._call.conclusions import concluded, keeping_the_record
from .._call.errors import calling, failure_of
from .._call.fanout import Job, fan_out
from .._call.session import Aws
from .._image import read as read_image
from .follow import Ongoing, begin, finished, looked_at, out_of_time, started
from .model import CopyOutcome, CopyState, state_of
from .progress import Progress
from .read import read_snapshots_of_copies

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


@keeping_the_record
def apply(aws: Aws, plans: Sequence[CopyOutcome], waiting: Waiting) -> list[CopyOutcome]:
    """Start all copies at once; wait for them, and for those of an earlier run, until each is done or the time is over."""
    copies = [begin(plan.change) for plan in plans if plan.change]
    try:
        for state in _followed(aws, copies, waiting):
            copies = state
    except Exception as error:
        # The copies that were started go on, and this is the only record of them.
        failure = failure_of(error)
        copies = [replace(copy, failure=failure) if copy.open else copy for copy in copies]
    ended = iter(copies)
    return [concluded(plan, functools.partial(finished, plan, next(ended))) if plan.change else plan for plan in plans]


def _followed(aws: Aws, copies: Sequence[Ongoing], waiting: Waiting) -> Iterator[list[Ongoing]]:
    """The copies after every step, until none is open any more."""
    start = waiting.clock()
    progress = Progress()
    while True:
        copies = _step(aws, copies, waiting)
        yield copies
        elapsed = waiting.clock() - start
        if waiting.wait and elapsed >= waiting.timeout:
            copies = [out_of_time(copy, waiting.timeout) for copy in copies]
            yield copies
        # Progress is a courtesy: what it raises ends no wait.
        with contextlib.suppress(Exception):
            for line in progress.lines(elapsed, copies):
                waiting.tell(line)
        if not any(copy.open for copy in copies):
            return
        waiting.sleep(min(interval(elapsed), waiting.timeout - elapsed))


def interval(elapsed: float) -> float:
    return next((seconds for until, seconds in INTERVALS if elapsed < until), LONGEST_INTERVAL)


def _step(aws: Aws, copies: Sequence[Ongoing], waiting: Waiting) -> list[Ongoing]:
    """Start what is not started yet and look at what is, in all Regions at once."""
    open_ones = [copy for copy in copies if copy.open]
    said = iter(fan_out([_job(aws, copy) for copy in open_ones]))
    now = waiting.clock()

    def after(copy: Ongoing) -> Ongoing:
        if not copy.open:
            return copy
        answer: Any = next(said)
        if copy.state is None:
            return started(copy, answer, waiting.wait, now)
        try:
            return looked_at(copy, answer, now)
        except Exception as error:
            return replace(copy, failure=failure_of(error))

    return [after(copy) for copy in copies]


def _job(aws: Aws, copy: Ongoing) -> Job[Any]:
    pace = aws.pace("ec2:CopyImage", copy.job.region) if copy.state is None else None
    return Job(functools.partial(_call, aws, copy), pace)


def _call(aws: Aws, copy: Ongoing) -> Any:
    region = copy.job.region
    client = aws.client("ec2", region)
    if copy.state is None:
        return copy_image(client, region, copy.job.start or {})
    return _look(client, region, copy.state.image_id)


def _look(client: Any, region: str, image_id: str) -> CopyState | None:
    image = read_image.read_images(client, region, [image_id]).get(image_id)
    if image is None:
        return None
    return state_of(image, read_snapshots_of_copies(client, region, image.snapshot_ids))


def copy_image(client: Any, region: str, parameters: Mapping[str, Any]) -> str:
    """Start a copy in the client's Region and return its ID; the copy itself takes minutes to hours."""
    with calling("ec2:CopyImage", region):
        return answers.text(client.copy_image(**parameters), "ImageId")
