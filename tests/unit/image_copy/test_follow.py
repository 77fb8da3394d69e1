# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each answer of AWS means for a copy that is waited for, and what a person reads meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image_copy.follow import (
    VISIBLE_WITHIN,
    begin,
    finished,
    looked_at,
    out_of_time,
    started,
)
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyJob, CopyState, state_of
from ansible_collections.golden.ami.plugins.module_utils._image_copy.progress import (
    SUMMARY_EVERY,
    Progress,
    duration,
    summary,
)
from tests.unit.builders import IMAGE_ID, OTHER_KEY_ARN, OTHER_REGION, image

COPY_ID = "ami-0aaaaaaaaaaaaaaaa"
NEW = CopyJob(OTHER_REGION, "golden", OTHER_KEY_ARN, start={"Name": "golden"})
FOUND = CopyJob(OTHER_REGION, "golden", OTHER_KEY_ARN, image_id=COPY_ID)
TOO_MANY = Failure(
    "ResourceLimitExceeded", "Too many snapshot copies in progress.", "Later.", "ec2:CopyImage", OTHER_REGION
)
DENIED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:CopyImage", OTHER_REGION)
PLAN = Outcome({"source_image_id": IMAGE_ID, "region": OTHER_REGION}, change=NEW, changed=True)


def state(state="pending", progress=0, reason="", keys=(OTHER_KEY_ARN,)):
    return CopyState(COPY_ID, "golden", state, reason, progress, keys)


def running(job=NEW, **given):
    return replace(started(begin(job), COPY_ID, wait=True, now=10.0), **given)


def test_started__is_pending():
    copy = running()

    assert (copy.open, copy.state.image_id, copy.state.state, copy.since) == (True, COPY_ID, "pending", 10.0)


def test_started__without_wait_that_is_all():
    copy = started(begin(NEW), COPY_ID, wait=False, now=0.0)

    assert not copy.open
    assert (finished(PLAN, copy).status, finished(PLAN, copy).extra["state"]) == ("changed", "pending")


@pytest.mark.parametrize(
    ("answer", "wait", "still_open"),
    [
        pytest.param(TOO_MANY, True, True, id="no room yet: queued"),
        pytest.param(TOO_MANY, False, False, id="no room, and nobody waits"),
        pytest.param(DENIED, True, False, id="refused"),
    ],
)
def test_started__refused(answer, wait, still_open):
    copy = started(begin(NEW), answer, wait, now=0.0)

    assert copy.open is still_open
    assert (copy.queued or copy.failure) == answer
    assert finished(PLAN, copy).changed is False
    assert finished(PLAN, copy).after is None


def test_started__from_the_queue():
    copy = started(started(begin(NEW), TOO_MANY, True, 0.0), COPY_ID, True, 90.0)

    assert (copy.queued, copy.since, copy.state.image_id) == (None, 90.0, COPY_ID)


def test_looked_at__goes_on():
    copy = looked_at(running(), state(progress=42), 20.0)

    assert (copy.open, copy.state.progress) == (True, 42)


@pytest.mark.parametrize("end", ["available", "disabled"])
def test_looked_at__done(end):
    copy = looked_at(running(), state(end, 100), 20.0)

    assert (copy.open, copy.failure) == (False, None)
    assert finished(PLAN, copy).extra["state"] == end


@pytest.mark.parametrize("end", ["failed", "error", "invalid", "deregistered"])
def test_looked_at__a_failed_copy_ends_at_once_with_aws_reason(end):
    copy = looked_at(running(), state(end, reason="Key is not accessible"), 20.0)
    done = finished(PLAN, copy)

    assert (copy.open, done.status, done.changed) == (False, "failed", True)
    assert (done.failure.code, done.extra["image_id"]) == ("copy_failed", COPY_ID)
    assert "Key is not accessible" in done.failure.message and COPY_ID in done.failure.next_step


def test_looked_at__another_key_than_the_asked_one():
    assert looked_at(running(), state("available", keys=("other",)), 20.0).failure.code == "wrong_key"


def test_looked_at__invisible_for_a_while():
    assert looked_at(running(), None, 10.0 + VISIBLE_WITHIN - 1).open
    gone = looked_at(running(), None, 10.0 + VISIBLE_WITHIN)
    assert gone.failure.code == "gone" and "deregistered" in gone.failure.message


@pytest.mark.parametrize("copy", [looked_at(running(), state(), 11.0), begin(FOUND)])
def test_looked_at__one_that_was_there_is_gone_at_once(copy):
    assert looked_at(copy, None, 12.0).failure.code == "gone"


@pytest.mark.parametrize(
    ("code", "still_open"),
    [
        ("RequestLimitExceeded", True),
        ("InternalError", True),
        ("ReadTimeoutError", True),
        ("UnauthorizedOperation", False),
        ("RequestExpired", False),
        ("AuthFailure", False),
    ],
)
def test_looked_at__one_lost_look_ends_no_wait_unless_no_other_will_help(code, still_open):
    copy = looked_at(running(), Failure(code, "x"), 20.0)

    assert copy.open is still_open
    assert copy.state.image_id == COPY_ID


def test_out_of_time__names_the_pending_copy():
    copy = out_of_time(looked_at(running(), state(progress=42), 20.0), 3600)
    done = finished(PLAN, copy)

    assert (done.failure.code, done.extra["image_id"], done.after["state"]) == ("wait_timeout", COPY_ID, "pending")
    assert f"{COPY_ID} in {OTHER_REGION} is still pending (42%) after 3600 s" in done.failure.message
    assert "Run again" in done.failure.next_step
    assert done.changed


def test_out_of_time__of_a_copy_that_was_found():
    assert finished(replace(PLAN, changed=False), out_of_time(begin(FOUND), 5)).changed is False


def test_out_of_time__in_the_queue_has_started_nothing():
    done = finished(PLAN, out_of_time(started(begin(NEW), TOO_MANY, True, 0.0), 60))

    assert (done.failure.code, done.failure.action, done.changed) == ("ResourceLimitExceeded", "ec2:CopyImage", False)
    assert "tried until the wait_timeout of 60 s" in done.failure.message


def test_out_of_time__leaves_what_is_done():
    copy = looked_at(running(), state("available"), 20.0)

    assert out_of_time(copy, 1) == copy


def test_state_of__progress_is_the_mean_and_reasons_are_all():
    snapshots = {
        "s-1": Snapshot("s-1", True, OTHER_KEY_ARN, progress=100),
        "s-2": Snapshot("s-2", True, OTHER_KEY_ARN, progress=25, state_reason="No access to the key"),
    }
    pending = image(snapshot_ids=("s-1", "s-2", "s-unseen"), state="pending")

    assert (state_of(pending, snapshots).progress, state_of(pending, snapshots).keys) == (62, (OTHER_KEY_ARN,))
    assert state_of(pending, {}).progress == 0
    failed = state_of(replace(pending, state="failed", state_reason="Internal error"), snapshots)
    assert failed.reason == "Internal error; No access to the key"
    assert state_of(replace(pending, state="available"), snapshots).progress == 100


# What a person reads


def at(region, copy):
    return replace(copy, job=replace(copy.job, region=region))


def test_progress__a_line_for_each_change_and_none_between():
    progress = Progress()
    both = [at("eu-central-1", running()), at("us-east-1", started(begin(NEW), TOO_MANY, True, 0.0))]

    assert progress.lines(0, both) == [
        f"eu-central-1: {COPY_ID} is being copied",
        "us-east-1: queued, because the limit of concurrent copies is reached there; Too many snapshot copies in progress.",
    ]
    assert progress.lines(5, both) == []
    both[1] = at("us-east-1", running())
    assert progress.lines(10, both) == [f"us-east-1: {COPY_ID} is being copied"]
    both = [
        at("eu-central-1", looked_at(running(), state("available"), 0)),
        at("us-east-1", looked_at(running(), state("failed", reason="broken"), 0)),
    ]
    assert progress.lines(75, both) == [
        f"eu-central-1: {COPY_ID} is available after 1 min 15 s",
        f"us-east-1: failed after 1 min 15 s: {COPY_ID} in {OTHER_REGION} ended in state failed: broken",
    ]
    assert progress.lines(9999, both) == []


def test_progress__one_of_an_earlier_run():
    assert Progress().lines(0, [begin(FOUND)]) == [f"{OTHER_REGION}: {COPY_ID} is being copied since an earlier run"]


def test_progress__no_flood():
    """17 Regions for 10 minutes, looked at every 5 seconds: one line each, and one every 30 seconds for all."""
    progress, said = Progress(), []
    for elapsed in range(0, 601, 5):
        copies = [at(f"region-{number}", looked_at(running(), state(progress=elapsed // 7), 0)) for number in range(17)]
        said.append(progress.lines(elapsed, copies))

    assert len(said[0]) == 17
    assert {len(lines) for lines in said[1:]} == {0, 1}
    assert sum(len(lines) for lines in said[1:]) == 600 // SUMMARY_EVERY
    assert said[6][0].startswith("0 of 17 done after 30 s; region-0 4%, region-1 4%")


def test_summary__how_far_each_is():
    copies = [
        at("eu-central-1", looked_at(running(), state("available"), 0)),
        at("us-east-1", looked_at(running(), state(progress=42), 0)),
        at("ap-south-1", started(begin(NEW), TOO_MANY, True, 0.0)),
        at("sa-east-1", looked_at(running(), state("failed"), 0)),
    ]

    assert summary(330, copies) == "1 of 4 done after 5 min 30 s; us-east-1 42%, ap-south-1 queued, sa-east-1 failed"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (7325, "2 h 2 min 5 s")]
)
def test_duration(seconds, text):
    assert duration(seconds) == text
