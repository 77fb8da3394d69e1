# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real launches: whatever happens, what was started is terminated, once."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._launch_check import apply as launches
from ansible_collections.golden.ami.plugins.module_utils._launch_check.model import Facts, Target
from ansible_collections.golden.ami.plugins.module_utils._launch_check.report import plan_check
from tests.unit.builders import ALICE, REGION, image
from tests.unit.fake_aws import Error
from tests.unit.fake_clock import FakeClock
from tests.unit.launch_check.check_builders import place, request

FIRST, SECOND = (f"ami-{number:017x}" for number in (1, 2))
CREDENTIALS = {
    "AccessKeyId": "ASIAEXAMPLEEXAMPLE01",
    "SecretAccessKey": "s",
    "SessionToken": "t",
    "Expiration": datetime(2030, 1, 1, tzinfo=UTC),
}


class Ec2:
    """Instances by AMI: how many looks show each pending, and in what it ends."""

    def __init__(self, aws, looks=0, ends=("running", ""), refusal=None):
        self.looks, self.ends, self.refusal = looks, ends, refusal
        self.tokens, self.terminated = {}, []
        aws.answers.update(
            AssumeRole=lambda _region, _params: {"Credentials": CREDENTIALS},
            RunInstances=self.run,
            DescribeInstances=self.describe,
            TerminateInstances=self.terminate,
        )

    def run(self, _region, params):
        self.params = params
        instance = f"i-{params['ImageId'][-1]}"
        self.tokens[params["ClientToken"]] = instance
        if self.refusal is not None:
            return self.refusal
        return {"Instances": [{"InstanceId": instance}]}

    def describe(self, _region, params):
        if "Filters" in params:
            (token,) = params["Filters"][0]["Values"]
            return self.shown(self.tokens.get(token), "pending", "")
        self.looks -= 1
        return self.shown(params["InstanceIds"][0], *(("pending", "") if self.looks >= 0 else self.ends))

    def shown(self, instance, state, code):
        reason = {"StateReason": {"Code": code, "Message": f"{code}: why"}} if code else {}
        listed = [{"InstanceId": instance, "State": {"Name": state}, **reason}] if instance else []
        return {"Reservations": [{"Instances": listed}]}

    def terminate(self, _region, params):
        self.terminated += params["InstanceIds"]
        return {"TerminatingInstances": []}


def run(aws, *image_ids, clock=None, **asked):
    given = request(launch=True, images=tuple(ImageSelector(REGION, one) for one in image_ids or (FIRST,)), **asked)
    aws.prepare("sts", [REGION])
    aws.prepare("ec2", [REGION])
    about = {
        one: image(image_id=one, architecture="x86_64", devices=("/dev/xvda", "/dev/xvdb"))
        for one in image_ids or (FIRST,)
    }
    plans = [
        plan_check(given, Facts(Target(ALICE, one), place(shared=about), instance_type="t3.micro", dry_run=None))
        for one in given.images
    ]
    session = Session(aws, given.consumers, REGION, lambda _line: None, clock or FakeClock())
    return launches.apply(session, plans, given)


def test_apply__starts_looks_and_terminates(aws):
    ec2 = Ec2(aws)

    (outcome,) = run(aws)

    assert (outcome.extra["verdict"], outcome.changed, ec2.terminated) == ("ready", True, ["i-1"])
    assert aws.operations() == ["AssumeRole", "RunInstances", "DescribeInstances", "TerminateInstances"]


def test_apply__the_request(aws):
    ec2 = Ec2(aws)

    run(aws, instance_tags=(("CostCenter", "0815"),))

    token = ec2.params.pop("ClientToken")
    assert token.startswith("golden-ami-") and len(token) <= 64
    tags = [{"Key": "golden.ami", "Value": "launch_check"}, {"Key": "CostCenter", "Value": "0815"}]
    assert ec2.params == {
        "ImageId": FIRST,
        "InstanceType": "t3.micro",
        "MinCount": 1,
        "MaxCount": 1,
        "InstanceInitiatedShutdownBehavior": "terminate",
        # Nothing stays that costs money.
        "BlockDeviceMappings": [
            {"DeviceName": name, "Ebs": {"DeleteOnTermination": True}} for name in ("/dev/xvda", "/dev/xvdb")
        ],
        "TagSpecifications": [{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")],
    }


def test_apply__waits_while_it_is_pending(aws):
    Ec2(aws, looks=3)
    clock = FakeClock()

    (outcome,) = run(aws, clock=clock)

    assert outcome.extra["verdict"] == "ready"
    assert [seconds for seconds in clock.slept if seconds >= 1] == [launches.LOOK_EVERY] * 3


def test_apply__no_longer_than_asked(aws):
    ec2 = Ec2(aws, looks=10_000)
    clock = FakeClock()

    (outcome,) = run(aws, clock=clock, launch_timeout=12)

    assert (outcome.extra["verdict"], ec2.terminated) == ("not_tested", ["i-1"])
    assert 12 <= sum(clock.slept) < 13


@pytest.mark.parametrize(("code", "verdict"), [("Client.VolumeLimitExceeded", "launch_denied"), ("", "launch_denied")])
def test_apply__an_instance_that_ends(aws, code, verdict):
    ec2 = Ec2(aws, ends=("terminated", code))

    (outcome,) = run(aws)

    assert (outcome.extra["verdict"], ec2.terminated) == (verdict, ["i-1"])
    assert outcome.extra["launch"]["state_reason_code"] == (code or None)


def test_apply__a_refused_launch_leaves_nothing_to_terminate(aws):
    ec2 = Ec2(aws, refusal=Error("InsufficientInstanceCapacity"))

    (outcome,) = run(aws)

    assert (outcome.extra["verdict"], outcome.changed, ec2.terminated) == ("not_tested", False, [])
    assert aws.operations("DescribeInstances") == []


@pytest.mark.parametrize("answer", [{}, {"Instances": []}, {"Instances": [{}]}])
def test_apply__an_answer_without_the_instances_id_leaves_no_instance(aws, answer):
    ec2 = Ec2(aws, refusal=answer)

    run(aws, FIRST)

    assert ec2.terminated == ["i-1"]


def test_apply__an_unclear_answer_is_looked_up_by_its_token(aws):
    ec2 = Ec2(aws, refusal=Error("InternalError", status=500))

    (outcome,) = run(aws)

    assert ec2.terminated == ["i-1"]
    assert outcome.extra["launch"]["instance_id"] == "i-1" and outcome.changed


@pytest.mark.parametrize(
    ("code", "verdict", "looks"), [("RequestLimitExceeded", "ready", 2), ("UnauthorizedOperation", "not_tested", 1)]
)
def test_apply__a_look_that_fails(aws, code, verdict, looks):
    ec2 = Ec2(aws)
    answers = iter([Error(code)])
    describe = ec2.describe
    aws.answers["DescribeInstances"] = lambda region, params: next(answers, None) or describe(region, params)

    (outcome,) = run(aws)

    assert (outcome.extra["verdict"], ec2.terminated) == (verdict, ["i-1"])
    assert len(aws.operations("DescribeInstances")) == looks


def test_apply__an_instance_that_is_not_found_yet(aws):
    ec2 = Ec2(aws)
    answers = iter([Error("InvalidInstanceID.NotFound")])
    describe = ec2.describe
    aws.answers["DescribeInstances"] = lambda region, params: next(answers, None) or describe(region, params)

    (outcome,) = run(aws)

    assert outcome.extra["verdict"] == "ready"


def test_apply__a_termination_that_fails_is_said(aws):
    Ec2(aws)
    aws.answers["TerminateInstances"] = lambda _region, _params: Error("UnauthorizedOperation")

    (outcome,) = run(aws)

    assert (outcome.failure.code, outcome.extra["launch"]["terminated"]) == ("not_terminated", False)


@pytest.mark.parametrize("broken", [FIRST, SECOND])
def test_apply__a_bug_leaves_no_instance_and_hides_no_other(aws, broken):
    ec2 = Ec2(aws)
    describe = ec2.describe

    def burst(region, params):
        if params.get("InstanceIds") == [f"i-{broken[-1]}"]:
            raise RuntimeError("a bug")
        return describe(region, params)

    aws.answers["DescribeInstances"] = burst

    outcomes = run(aws, FIRST, SECOND)

    verdicts = {outcome.target["image_id"]: outcome.extra["verdict"] for outcome in outcomes}
    other = ({FIRST, SECOND} - {broken}).pop()
    assert (verdicts[broken], verdicts[other]) == ("not_tested", "ready")
    assert sorted(ec2.terminated) == ["i-1", "i-2"]
    answer = next(one for one in outcomes if one.target["image_id"] == broken).extra["answer"]
    assert "a bug" in answer["message"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_apply__a_process_that_is_told_to_end_terminates_first(aws, number):
    ec2 = Ec2(aws, looks=10_000)
    describe = ec2.describe
    received = []

    def told_to_end(region, params):
        os.kill(os.getpid(), number)
        return describe(region, params)

    def end(_number, _frame):
        # What was started is gone by now.
        received.append(sorted(ec2.terminated))

    aws.answers["DescribeInstances"] = told_to_end
    before = signal.signal(number, end)
    try:
        run(aws, FIRST, SECOND)
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)

    assert received == [sorted(ec2.tokens.values())] != [[]]
    assert len(aws.operations("DescribeInstances")) <= 2


def test_apply__a_role_that_cannot_be_assumed_any_more(aws):
    ec2 = Ec2(aws)
    aws.answers["AssumeRole"] = lambda _region, _params: Error("AccessDenied")

    (outcome,) = run(aws)

    assert (outcome.changed, ec2.tokens) == (False, {})
    assert outcome.extra["verdict"] != "ready"


def test_apply__nothing_to_launch_calls_nothing(aws):
    given = request(launch=True)
    plans = [plan_check(given, Facts(Target(ALICE, given.images[0]), place(unread=Failure("x", "y"))))]

    assert launches.apply(Session(aws, given.consumers, REGION, lambda _line: None), plans, given) == plans
    assert aws.calls == []
