# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of the result, what is to be launched, the counts, and the lines that end the progress."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Outcome, failure_message
from ansible_collections.golden.ami.plugins.module_utils._launch_check import report
from ansible_collections.golden.ami.plugins.module_utils._launch_check.model import UNTRIED, Launch, Launched
from ansible_collections.golden.ami.plugins.module_utils._launch_check.report import after_launch, plan_check
from tests.unit.builders import IMAGE_ID, KEY_ARN, image
from tests.unit.launch_check.check_builders import TARGET, denied_key, facts, failure, place, probe, request

DENIED = failure("ec2:RunInstances", "UnauthorizedOperation")


def test_plan_check__without_a_launch_nothing_is_done():
    outcome = plan_check(request(), facts())

    assert (outcome.change, outcome.changed, outcome.failure) == (None, False, None)
    assert outcome.extra["verdict"] == "ready"


@pytest.mark.parametrize(
    ("read", "launches"),
    [
        ({}, True),
        ({"key": probe(Decrypt=denied_key())}, True),
        ({"key_arns": None}, True),
        ({"dry_run": DENIED}, False),
        ({"place": place(shared={}), "dry_run": UNTRIED}, False),
        ({"place": place(unread=DENIED), "dry_run": UNTRIED}, False),
        ({"place": place(shared={IMAGE_ID: image(state="disabled")}), "dry_run": UNTRIED}, False),
    ],
)
def test_plan_check__launches_what_passes_the_dry_run(read, launches):
    """KMS's dry runs do not count: only a launch tells."""
    outcome = plan_check(request(launch=True), facts(**read))

    assert (outcome.change is not None, outcome.changed) == (launches, launches)


def test_plan_check__what_is_launched():
    asked = request(launch=True, instance_tags=(("CostCenter", "0815"),))

    outcome = plan_check(asked, facts(place=place(subnet="subnet-1")))

    assert outcome.change.launch == Launch(TARGET, "t3.micro", "subnet-1", ("/dev/xvda",), (("CostCenter", "0815"),))


@pytest.mark.parametrize("report_only", [False, True])
def test_plan_check__only_ready_is_fine_unless_only_a_report_is_asked_for(report_only):
    outcome = plan_check(request(report_only=report_only), facts(dry_run=DENIED))

    assert outcome.extra["verdict"] == "launch_denied"
    assert (outcome.failure is None) is report_only


def test_plan_check__equal_causes_are_one_sentence():
    outcomes = [
        plan_check(request(), facts(dry_run=failure("ec2:RunInstances", "UnauthorizedOperation", text)))
        for text in "ab"
    ]

    message = failure_message([(one.target, one.failure) for one in outcomes], 2)

    assert message.count("The role may not launch it") == 1
    assert [one.extra["answer"]["message"] for one in outcomes] == ["a", "b"]


@pytest.mark.parametrize(
    ("read", "key", "value"),
    [
        ({"place": place(shared={}, others={IMAGE_ID: image(public=True)})}, "visible", "public"),
        ({"place": place(shared={}, others={IMAGE_ID: image(owner_id=TARGET.account_id)})}, "visible", "own"),
        ({"place": place(shared={}, others={IMAGE_ID: image()})}, "visible", "shared"),
        ({"place": place(shared={})}, "visible", "no"),
        ({"place": place(unread=DENIED)}, "visible", "unknown"),
        ({"dry_run": DENIED}, "dry_run", "UnauthorizedOperation"),
        ({"dry_run": UNTRIED}, "dry_run", "untried"),
        ({}, "dry_run", "passed"),
        ({}, "kms_keys", []),
        ({"key": DENIED}, "kms_keys", [{"key_arn": KEY_ARN, "state": None, "denied": None, "untested": None}]),
    ],
)
def test_plan_check__shows(read, key, value):
    assert plan_check(request(), facts(**read)).extra[key] == value


def planned():
    return plan_check(request(launch=True, report_only=True), facts()).change


def test_after_launch__an_instance_is_a_change():
    ran = after_launch(request(), planned(), Launched("i-1", "running"))
    refused = after_launch(request(), planned(), Launched(refused=DENIED))

    assert (ran.changed, refused.changed) == (True, False)
    assert ran.extra["launch"] == {
        "instance_id": "i-1",
        "state": "running",
        "state_reason_code": None,
        "state_reason": None,
        "terminated": True,
    }
    assert refused.extra["launch"]["terminated"] is None


def test_after_launch__an_instance_that_stays_is_a_failure_whatever_the_verdict():
    outcome = after_launch(request(report_only=True), planned(), Launched("i-1", "running", left=DENIED))

    assert outcome.extra["verdict"] == "ready"
    assert (outcome.failure.code, outcome.extra["launch"]["terminated"]) == ("not_terminated", False)
    assert "i-1" in outcome.failure.message


def outcomes(*words):
    """One for each account and word: r is ready."""
    verdicts = {"r": "ready", "d": "launch_denied"}
    return [Outcome({"account_id": account}, extra={"verdict": verdicts[word]}) for account, word in words]


def test_summary__has_every_word():
    found = report.summary(outcomes(("1", "r"), ("1", "d"), ("2", "d")))

    assert found["counts"] == {
        "ready": 1,
        "not_shared": 0,
        "hidden_by_allowed_images": 0,
        "key_denied": 0,
        "launch_denied": 2,
        "not_reachable": 0,
        "not_tested": 0,
    }
    assert found["ready"] is False
    assert report.summary(outcomes(("1", "r")))["ready"] is True


def test_lines__name_those_that_are_not_ready_and_no_more_than_one_reads():
    many = [(f"{number:012}", "d") for number in range(25)]

    assert report.lines(outcomes(("1", "r"), ("2", "r"), ("2", "d"))) == ["2: 1 of 2 ready", "1 of 2 accounts ready"]
    told = report.lines(outcomes(*many))
    assert (len(told), told[-2], told[-1]) == (22, "and 5 accounts more", "0 of 25 accounts ready")
