# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is raised while copies are followed: which ones were started stays in the record."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image_copy import apply as image_copies
from ansible_collections.golden.ami.plugins.module_utils._image_copy import read as read_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import plan_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.progress import Progress
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import parse_copies
from tests.unit.builders import REGION, copy_params
from tests.unit.image_copy.test_apply import EU, KNOWN, US, Account, Clock, to


def bug(*_args):
    raise KeyError("a bug")


@pytest.fixture
def account(aws):
    made = Account(aws, Clock())
    made.takes = {US: 600, EU: 600}
    return made


def run(aws, account, tell=lambda _line: None):
    targets, request = parse_copies(copy_params(destinations=to(US, EU)), REGION, KNOWN)
    plans = [plan_copy(request, facts) for facts in read_copy.read(aws, targets)]
    return image_copies.apply(aws, plans, image_copies.Waiting(True, 3600, tell, account.clock, account.clock.sleep))


def assert_all_recorded(outcomes, account):
    assert [(one.status, one.changed, one.failure.code) for one in outcomes] == [("failed", True, "internal_error")] * 2
    assert [one.extra["image_id"] for one in outcomes] == list(account.copies)


def test_apply__what_telling_about_it_raises_ends_no_wait(aws, account):
    outcomes = run(aws, account, tell=bug)

    assert [(one.status, one.extra["state"]) for one in outcomes] == [("changed", "available")] * 2


@pytest.mark.parametrize("name", ["interval", "out_of_time", "looked_at"])
def test_apply__what_following_raises(aws, account, monkeypatch, name):
    account.takes = {US: 9999, EU: 9999}
    monkeypatch.setattr(image_copies, name, bug)

    assert_all_recorded(run(aws, account), account)


def test_apply__what_the_progress_raises_ends_no_wait(aws, account, monkeypatch):
    monkeypatch.setattr(Progress, "lines", bug)

    assert [one.status for one in run(aws, account)] == ["changed", "changed"]


@pytest.mark.parametrize("method", ["__call__", "sleep"])
def test_apply__what_the_clock_raises(aws, account, monkeypatch, method):
    ticks = []

    def once(*_args):
        ticks.append(1)
        return account.clock.now if len(ticks) < 3 and method == "__call__" else bug()

    monkeypatch.setattr(Clock, method, once)

    assert_all_recorded(run(aws, account), account)


def test_apply__a_bug_in_one_look_ends_the_wait_for_one_copy(aws, account):
    """It would be raised again every 15 seconds until the time is over."""
    describe = aws.answers["DescribeSnapshots"]
    aws.answers["DescribeSnapshots"] = lambda region, params: bug() if region == US else describe(region, params)

    first, second = run(aws, account)

    assert (first.status, first.changed, first.failure.code) == ("failed", True, "internal_error")
    assert (second.status, second.extra["state"]) == ("changed", "available")
    assert account.clock.now < 1000 + 900


def test_apply__what_is_raised_in_the_end_puts_one_copy_in_doubt(aws, account, monkeypatch):
    finished = image_copies.finished

    def break_one(plan, copy):
        return bug() if copy.job.region == US else finished(plan, copy)

    monkeypatch.setattr(image_copies, "finished", break_one)

    first, second = run(aws, account)

    assert (first.status, first.changed, second.status) == ("failed", True, "changed")


def test_apply__a_copy_whose_id_was_not_told_is_in_the_record(aws, account):
    copy = aws.answers["CopyImage"]
    aws.answers["CopyImage"] = lambda region, params: (
        copy(region, params) and ({} if region == US else copy(region, params))
    )

    first, second = run(aws, account)

    assert (first.status, first.changed, first.failure.code) == ("failed", True, "incomplete_answer")
    assert (first.after["image_id"], first.after["state"]) == (None, "pending")
    assert second.status == "changed"


def test_read__a_copy_that_hides_its_key_is_not_taken_for_one_without(aws, account):
    """Deregistering it, which is the cure of a copy that is not encrypted, would be the wrong advice."""
    account.add(US, key="arn:aws:kms:us-east-1:123456789012:key/x", since=0)
    describe = aws.answers["DescribeSnapshots"]

    def hide(region, params):
        listed = describe(region, params)["Snapshots"]
        return {"Snapshots": [{name: value for name, value in one.items() if name != "KmsKeyId"} for one in listed]}

    aws.answers["DescribeSnapshots"] = hide

    first, _second = run(aws, account)

    assert (first.status, first.changed, first.failure.code) == ("failed", False, "incomplete_answer")
