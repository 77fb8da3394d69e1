# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person reads while copies run: a line when a Region's copy changes, and now and then how far the others are."""

from __future__ import annotations

from collections.abc import Sequence

from .follow import Ongoing

# At most one line in this time, as long as nothing else is said.
SUMMARY_EVERY = 30

QUEUED, COPYING, DONE, FAILED = "queued", "copying", "done", "failed"


def stage(copy: Ongoing) -> str:
    if copy.failure:
        return FAILED
    if copy.done:
        return DONE
    return QUEUED if copy.queued or copy.state is None else COPYING


class Progress:
    """Remembers what it has said, so that everything is said once."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}
        self._last = 0.0

    def lines(self, elapsed: float, copies: Sequence[Ongoing]) -> list[str]:
        """What is new ``elapsed`` seconds after the start; empty most of the time."""
        new_lines = [_line(copy, elapsed) for copy in copies if self._said.get(copy.job.region) != stage(copy)]
        self._said = {copy.job.region: stage(copy) for copy in copies}
        waiting = any(copy.open for copy in copies)
        if not new_lines and waiting and elapsed - self._last >= SUMMARY_EVERY:
            new_lines = [summary(elapsed, copies)]
        if new_lines:
            self._last = elapsed
        return new_lines


def _line(copy: Ongoing, elapsed: float) -> str:
    region, image_id = copy.job.region, copy.state.image_id if copy.state else ""
    if copy.failure:
        return f"{region}: failed after {duration(elapsed)}: {copy.failure.message}"
    if copy.queued:
        return f"{region}: queued, because the limit of concurrent copies is reached there; {copy.queued.message}"
    if copy.done:
        state = copy.state.state if copy.state else ""
        return f"{region}: {image_id} is {state} after {duration(elapsed)}"
    return f"{region}: {image_id} is {'being copied' if copy.job.start else 'being copied since an earlier run'}"


def summary(elapsed: float, copies: Sequence[Ongoing]) -> str:
    """``2 of 4 done after 5 min 30 s; us-east-1 42%, ap-south-1 queued``."""
    done = sum(stage(copy) == DONE for copy in copies)
    others = [
        f"{copy.job.region} {f'{copy.state.progress}%' if copy.state and stage(copy) == COPYING else stage(copy)}"
        for copy in copies
        if stage(copy) != DONE
    ]
    return f"{done} of {len(copies)} done after {duration(elapsed)}; {', '.join(others)}"


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if number]
    return " ".join(parts) or "0 s"
