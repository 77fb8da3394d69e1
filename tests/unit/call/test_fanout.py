# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import threading
import time

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call import fanout
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError

DENIED = Failure("AccessDenied", "no", action="ec2:X", region="eu-west-1")


def returning(value, seconds=0.0):
    def job():
        time.sleep(seconds)
        return value

    return job


def raising(error):
    def job():
        raise error

    return job


def test_fan_out__in_order_whichever_ends_first():
    jobs = [returning(number, seconds=0.02 if number == 0 else 0) for number in range(5)]

    assert fanout.fan_out(jobs) == [0, 1, 2, 3, 4]


def test_fan_out__none():
    assert fanout.fan_out([]) == []


@pytest.mark.parametrize("others", [0, 3])
def test_fan_out__an_aws_error_is_a_value(others):
    jobs = [raising(AwsCallError(DENIED)), *[returning(1)] * others]

    assert fanout.fan_out(jobs) == [DENIED, *[1] * others]


@pytest.mark.parametrize("others", [0, 3])
def test_fan_out__any_other_error_is_a_value_too(others):
    """What the other jobs have written is in their answers."""
    bug, *answers = fanout.fan_out([raising(KeyError("bug")), *[returning(1)] * others])

    assert (bug.code, answers) == ("internal_error", [1] * others)
    assert bug.message.startswith("KeyError at ") and "bug" in bug.message


@pytest.mark.parametrize("started", [0, 2])
def test_fan_out__without_threads(monkeypatch, started):
    """A machine may let a process have no (more) threads; every job is done once all the same."""
    begin, begun = threading.Thread.start, []

    def start(thread):
        if len(begun) >= started:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    done = []

    answers = fanout.fan_out([functools.partial(done.append, number) for number in range(9)])

    assert (sorted(done), answers) == (list(range(9)), [None] * 9)


def test_side_by_side__gives_what_its_jobs_return():
    assert fanout.side_by_side(returning(1, seconds=0.01), returning(DENIED)) == [1, DENIED]


@pytest.mark.parametrize("error", [KeyError("bug"), AwsCallError(DENIED)])
def test_side_by_side__raises_what_a_job_raises_when_nothing_runs_any_more(error):
    ended = []

    def job():
        time.sleep(0.01)
        ended.append(1)

    with pytest.raises(type(error)) as raised:
        fanout.side_by_side(raising(error), job)
    assert (raised.value, ended) == (error, [1])


def test_fan_out__all_at_once():
    """Each job waits for all the others: one after another they would never meet."""
    barrier = threading.Barrier(8, timeout=5)

    assert fanout.fan_out([lambda: barrier.wait() >= 0] * 8) == [True] * 8


def test_fan_out__no_more_than_workers():
    running, most, lock = [], [], threading.Lock()

    def job():
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.005)
        with lock:
            running.pop()

    fanout.fan_out([job] * 12, workers=3)

    assert max(most) <= 3


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(fanout, "time", made)
    return made


def test_pace__the_first_starts_at_once_and_the_next_wait(clock):
    pace = fanout.Pace(50)

    for _turn in range(4):
        pace.wait()

    assert clock.slept == [0, 0.02, 0.02, 0.02]


def test_pace__callers_at_the_same_time_queue_up(clock):
    pace = fanout.Pace(10)
    clock.sleep = lambda seconds: clock.slept.append(round(seconds, 6))

    for _turn in range(3):
        pace.wait()

    assert clock.slept == [0, 0.1, 0.2]


def test_pace__time_that_has_passed_is_not_saved_up(clock):
    pace = fanout.Pace(10)
    pace.wait()
    clock.now += 5

    pace.wait()
    pace.wait()

    assert clock.slept == [0, 0, 0.1]
