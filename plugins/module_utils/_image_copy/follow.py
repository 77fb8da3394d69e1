# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow copies until they are done: what each answer of AWS means for a copy. Knows no clock; times are given to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._base.advice import DENIED, is_about_credentials
from .._base.outcome import INCOMPLETE_ANSWER, INTERNAL_ERROR, Failure
from .model import DEAD, CopyJob, CopyOutcome, CopyState, shown, wrong_key

TOO_MANY = "ResourceLimitExceeded"
# A new AMI can be invisible for a while (eventual consistency); after that it is gone.
VISIBLE_WITHIN = 60


@dataclass(frozen=True)
class Ongoing:
    """One copy during a run. ``queued``: AWS's refusal to start it yet; ``since``: when it was started."""

    job: CopyJob
    state: CopyState | None = None
    failure: Failure | None = None
    queued: Failure | None = None
    since: float = 0.0
    visible: bool = False
    done: bool = False

    @property
    def open(self) -> bool:
        return not self.done and self.failure is None


def begin(job: CopyJob) -> Ongoing:
    """A copy that is to be started, or one that an earlier run started."""
    known = CopyState(job.image_id, job.name, "pending", keys=(job.key_arn,)) if job.image_id else None
    return Ongoing(job, known, visible=bool(known))


def started(copy: Ongoing, answer: str | Failure, wait: bool, now: float) -> Ongoing:
    """:param answer: the ID of the copy, or why CopyImage was refused."""
    if isinstance(answer, Failure):
        if answer.code == TOO_MANY and wait:
            return replace(copy, queued=answer)
        # AWS took the request: there is a copy, whose ID it did not tell.
        state = CopyState("", copy.job.name, "pending") if answer.code == INCOMPLETE_ANSWER else None
        return replace(copy, failure=answer, state=state)
    state = CopyState(answer, copy.job.name, "pending", keys=(copy.job.key_arn,))
    return replace(copy, state=state, queued=None, since=now, done=not wait)


def looked_at(copy: Ongoing, answer: CopyState | Failure | None, now: float) -> Ongoing:
    """:param answer: the copy as it is; None when AWS does not show it."""
    if isinstance(answer, Failure):
        # Looking again may help against everything but this; an hour's wait must not end on one lost answer.
        hopeless = is_about_credentials(answer.code) or answer.code in (*DENIED, INTERNAL_ERROR)
        return replace(copy, failure=answer) if hopeless else copy
    if answer is None:
        waiting = not copy.visible and now - copy.since < VISIBLE_WITHIN
        return copy if waiting else replace(copy, failure=_gone(copy))
    copy = replace(copy, state=answer, visible=True)
    if answer.state in DEAD:
        return replace(copy, failure=_failed(copy.job, answer))
    if answer.state in ("available", "disabled"):
        return replace(copy, failure=wrong_key(copy.job, answer), done=True)
    return copy


def out_of_time(copy: Ongoing, timeout: int) -> Ongoing:
    """A copy that is still open at the deadline."""
    if not copy.open:
        return copy
    if copy.queued:
        tried = f"{copy.queued.message.rstrip('.')}; tried until the wait_timeout of {timeout} s was over"
        return replace(copy, failure=replace(copy.queued, message=tried))
    image_id, progress = (copy.state.image_id, copy.state.progress) if copy.state else ("", 0)
    return replace(
        copy,
        failure=Failure(
            "wait_timeout",
            f"{image_id} in {copy.job.region} is still pending ({progress}%) after {timeout} s; the copy goes on",
            "Run again: the next run waits for this copy and starts no other one. Or raise wait_timeout.",
            region=copy.job.region,
        ),
    )


def finished(plan: CopyOutcome, copy: Ongoing) -> CopyOutcome:
    """What became of a plan. A copy that was started is a change, also when it failed later."""
    state = copy.state
    return replace(
        plan,
        after=state.as_dict() if state else None,
        changed=copy.job.start is not None and state is not None,
        failure=copy.failure,
        extra=shown(state),
    )


def _failed(job: CopyJob, state: CopyState) -> Failure:
    return Failure(
        "copy_failed",
        f"{state.image_id} in {job.region} ended in state {state.state}: {state.reason or 'AWS gives no reason'}",
        f"Deregister {state.image_id}, make sure that the caller may use the keys of both Regions, and run again.",
        region=job.region,
    )


def _gone(copy: Ongoing) -> Failure:
    image_id = copy.state.image_id if copy.state else ""
    if copy.visible:
        message = f"{image_id} in {copy.job.region} was deregistered while the module waited for it"
        return Failure("gone", message, "Run again to make a new copy.", region=copy.job.region)
    return Failure(
        "gone",
        f"AWS answered with {image_id}, which is not in {copy.job.region}: the same copy was started before, and deregistered",
        "AWS remembers a copy for a day or more: change the name, the description or the tags, or run again later.",
        region=copy.job.region,
    )
