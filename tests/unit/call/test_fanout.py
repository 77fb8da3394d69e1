# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import gc
import threading
import time
import weakref

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call import fanout
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._call.pace import Pace, Quota
from tests.unit.fake_clock import FakeClock

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


def recorded(order, name, seconds=None):
    """A job that notes its name; the first time it asks to be run again, if it is to."""
    asked = []

    def job():
        order.append(name)
        if seconds is not None and not asked:
            asked.append(1)
            raise fanout.TryLaterError(seconds)
        return name

    return job


@pytest.fixture
def clock():
    return FakeClock()


def test_fan_out__what_is_not_due_occupies_no_worker(clock):
    """One worker, and a busy quota in front: the calls behind it go on."""
    order, busy = [], Pace(Quota(10))
    jobs = [fanout.paced(busy, recorded(order, f"busy {number}")) for number in range(3)]
    jobs += [recorded(order, f"free {number}") for number in range(4)]

    answers = fanout.fan_out(jobs, workers=1, clock=clock)

    assert order == ["busy 0", "free 0", "free 1", "free 2", "free 3", "busy 1", "busy 2"]
    assert answers == ["busy 0", "busy 1", "busy 2", "free 0", "free 1", "free 2", "free 3"]
    assert clock.slept == [0.1, 0.1]


def test_fan_out__paces_take_turns(clock):
    order = []
    paces = {name: Pace(Quota(1, burst=10)) for name in "ab"}
    jobs = [fanout.paced(paces[name], recorded(order, f"{name}{number}")) for name in "ab" for number in range(3)]

    fanout.fan_out(jobs, workers=1, clock=clock)

    assert order == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_fan_out__calls_without_a_quota_take_turns_as_well(clock):
    order, pace = [], Pace(Quota(1, burst=10))
    jobs = [recorded(order, f"free{number}") for number in range(3)]
    jobs += [fanout.paced(pace, recorded(order, f"paced{number}")) for number in range(3)]

    fanout.fan_out(jobs, workers=1, clock=clock)

    assert order == ["free0", "paced0", "free1", "paced1", "free2", "paced2"]


def test_fan_out__a_pace_goes_on_where_the_last_one_left_it(clock):
    pace = Pace(Quota(10))
    fanout.fan_out([fanout.paced(pace, returning(1))], clock=clock)

    fanout.fan_out([fanout.paced(pace, returning(1))] * 2, clock=clock)

    assert clock.slept == [0.1, 0.1]


def test_fan_out__arguments_and_number_of_requests(clock):
    pace = Pace(Quota(10))

    assert fanout.fan_out([fanout.paced(pace, max, 1, 5, requests=3), lambda: 2], clock=clock) == [5, 2]
    assert pace.due == pytest.approx(clock.time + 0.3)


def test_fan_out__a_job_that_asks_for_it_is_run_again_later(clock):
    order = []
    jobs = [recorded(order, "late", seconds=5), recorded(order, "later", seconds=7), recorded(order, "now")]

    assert fanout.fan_out(jobs, workers=1, clock=clock) == ["late", "later", "now"]
    assert order == ["late", "later", "now", "late", "later"]
    assert clock.slept == [5, 2]


def test_fan_out__a_single_job_is_run_again_as_well(clock):
    assert fanout.fan_out([recorded([], "late", seconds=5)], clock=clock) == ["late"]
    assert clock.slept == [5]


def test_fan_out__what_is_run_again_keeps_its_pace(clock):
    """The second try is a request like the first."""
    pace = Pace(Quota(0.1))

    fanout.fan_out([fanout.paced(pace, recorded([], "late", seconds=5))], clock=clock)

    assert clock.slept == [5, 5]


def test_fan_out__a_bug_stops_nothing_that_waits(clock):
    order, pace = [], Pace(Quota(1))

    bug, answer = fanout.fan_out(
        [fanout.paced(pace, one) for one in (raising(KeyError("bug")), recorded(order, "x"))], clock=clock
    )

    assert (bug.code, answer, clock.slept) == ("internal_error", "x", [1])


def test_fan_out__a_worker_that_is_ended_hangs_nothing(clock):
    """What is no Exception ends a thread, which would be waited for forever."""
    threads = threading.active_count()

    def job():
        raise SystemExit(3)

    *ended, last = fanout.fan_out([*[job] * 4, returning(1)], workers=2, clock=clock)

    assert ([one.code for one in ended], last) == (["internal_error"] * 4, 1)
    assert threading.active_count() == threads


def test_fan_out__what_a_failed_job_had_in_hand_is_let_go():
    """At once, not when garbage is collected: of thousands of refusals each holds an answer of AWS."""

    class Answer:
        pass

    held = []

    def job():
        answer = Answer()
        held.append(weakref.ref(answer))
        raise AwsCallError(DENIED)

    gc.disable()
    try:
        fanout.fan_out([job] * 4)
        assert [one() for one in held] == [None] * 4
    finally:
        gc.enable()


def test_fan_out__the_real_clock_waits():
    order, pace = [], Pace(Quota(100))

    assert fanout.fan_out([fanout.paced(pace, recorded(order, n)) for n in range(3)]) == [0, 1, 2]
    assert fanout.fan_out([recorded(order, n, seconds=0.01) for n in range(3)]) == [0, 1, 2]
