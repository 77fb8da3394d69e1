# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many AMIs: what is called, in which order the results come, and what one failure does to the others."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.model import Image
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import apply as launch_permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import plan as permission_plan
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read as read_launch_permission
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.entries import modification
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import plan_image
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from tests.unit.builders import ALICE, BOB, ORGANIZATION_ARN, OWNER, permission_params
from tests.unit.fake_aws import Error, unknown_images

EU, US = "eu-west-1", "us-east-1"
FIRST, SECOND, THIRD = (f"ami-{number:017x}" for number in (1, 2, 3))
SELECTORS = (ImageSelector(US, FIRST), ImageSelector(EU, SECOND), ImageSelector(EU, THIRD))


class Account:
    """AMIs with their launch permissions; enough of EC2 to read, change and reset them."""

    def __init__(self, aws, permissions):
        self.permissions = {image_id: list(entries) for image_id, entries in permissions.items()}
        aws.answers.update(
            DescribeImages=self.describe,
            DescribeImageAttribute=self.read,
            ModifyImageAttribute=self.modify,
            ResetImageAttribute=self.reset,
        )

    def describe(self, region, params):
        unknown = [image_id for image_id in params["ImageIds"] if image_id not in self.permissions]
        if unknown:
            return unknown_images(*unknown)
        listed = sorted(params["ImageIds"], reverse=True)
        return {"Images": [{"ImageId": image_id, "State": "available", "OwnerId": OWNER} for image_id in listed]}

    def read(self, _region, params):
        return {"ImageId": params["ImageId"], "LaunchPermissions": self.permissions[params["ImageId"]]}

    def modify(self, _region, params):
        entries, change = self.permissions[params["ImageId"]], params["LaunchPermission"]
        entries += change.get("Add", [])
        self.permissions[params["ImageId"]] = [entry for entry in entries if entry not in change.get("Remove", [])]
        return {}

    def reset(self, _region, params):
        self.permissions[params["ImageId"]] = []
        return {}


def run(aws, selectors=SELECTORS, **given):
    request = parse_request(permission_params(**given), "aws")
    plans = [plan_image(request, facts) for facts in read_launch_permission.read(aws, selectors)]
    reset = given.get("state") == "private"
    return plans, launch_permissions.apply(aws, plans, reset=reset)


def failing(answer, image_id, code="InvalidAMIID.Unavailable"):
    """The answer, but an error for one AMI."""
    return lambda region, params: Error(code) if params["ImageId"] == image_id else answer(region, params)


def test_read__in_input_order_with_one_listing_for_a_region(aws):
    Account(aws, {FIRST: [{"UserId": ALICE}], SECOND: [], THIRD: []})

    facts = read_launch_permission.read(aws, SELECTORS)

    assert [fact.selector for fact in facts] == list(SELECTORS)
    assert [fact.image.image_id for fact in facts] == [FIRST, SECOND, THIRD]
    assert sorted(aws.operations()) == ["DescribeImageAttribute"] * 3 + ["DescribeImages"] * 2


def test_read__missing_and_unreadable_are_told_apart(aws):
    account = Account(aws, {SECOND: [], THIRD: []})
    aws.answers["DescribeImages"] = lambda region, params: (
        Error("UnauthorizedOperation") if region == US else account.describe(region, params)
    )
    del account.permissions[THIRD]

    denied, found, gone = read_launch_permission.read(aws, SELECTORS)

    assert isinstance(denied.image, Failure) and denied.image.region == US
    assert isinstance(found.image, Image) and found.permissions == frozenset()
    assert gone.image is None


def test_apply__results_in_input_order(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}], SECOND: [{"UserId": ALICE}], THIRD: []})

    _plans, outcomes = run(aws, account_ids=[ALICE])

    assert [outcome.target["image_id"] for outcome in outcomes] == [FIRST, SECOND, THIRD]
    assert [outcome.status for outcome in outcomes] == ["changed", "unchanged", "changed"]
    assert account.permissions[FIRST] == [{"UserId": BOB}, {"UserId": ALICE}]


def test_apply__one_request_for_each_ami_that_changes_and_none_for_the_others(aws):
    Account(aws, {FIRST: [{"UserId": BOB}], SECOND: [{"UserId": ALICE}], THIRD: [{"UserId": ALICE}]})

    run(aws, account_ids=[ALICE], purge=True)

    written = [call for call in aws.calls if call[1] == "ModifyImageAttribute"]
    assert written == [
        (
            US,
            "ModifyImageAttribute",
            {"ImageId": FIRST, "LaunchPermission": {"Add": [{"UserId": ALICE}], "Remove": [{"UserId": BOB}]}},
        )
    ]


@pytest.mark.parametrize("given", [{"account_ids": [ALICE]}, {"state": "private"}, {"account_ids": [], "purge": True}])
def test_apply__a_second_run_only_reads(aws, given):
    Account(aws, {FIRST: [{"UserId": BOB}], SECOND: [{"Group": "all"}], THIRD: []})
    run(aws, **given)
    aws.calls.clear()

    _plans, outcomes = run(aws, **given)

    assert {outcome.status for outcome in outcomes} == {"unchanged"}
    assert set(aws.operations()) == {"DescribeImages", "DescribeImageAttribute"}


def test_apply__what_was_planned_is_what_happened(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}], SECOND: [{"Group": "all"}], THIRD: []})

    plans, outcomes = run(aws, account_ids=[ALICE], public=False, purge=True)

    assert [plan.as_result() for plan in plans] == [outcome.as_result() for outcome in outcomes]
    assert set(map(str, account.permissions.values())) == {str([{"UserId": ALICE}])}


def test_apply__one_failure_leaves_the_others(aws):
    account = Account(aws, {FIRST: [], SECOND: [], THIRD: []})
    aws.answers["ModifyImageAttribute"] = failing(account.modify, SECOND)

    _plans, outcomes = run(aws, account_ids=[ALICE])

    assert [outcome.status for outcome in outcomes] == ["changed", "failed", "changed"]
    failed = outcomes[1]
    # An answer may be lost after the change was made: what the AMI has now is not known.
    assert (failed.changed, failed.after) == (False, None)
    assert (failed.failure.code, failed.failure.action) == ("InvalidAMIID.Unavailable", "ec2:ModifyImageAttribute")
    assert account.permissions[THIRD] == [{"UserId": ALICE}]


def test_apply__a_failed_plan_is_not_applied(aws):
    Account(aws, {FIRST: []})

    _plans, outcomes = run(aws, SELECTORS[:2], account_ids=[ALICE])

    assert [outcome.status for outcome in outcomes] == ["changed", "failed"]
    assert aws.operations("ModifyImageAttribute") == ["ModifyImageAttribute"]


def test_apply__private_resets_and_looks(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}, {"Group": "all"}]})

    _plans, (outcome,) = run(aws, SELECTORS[:1], state="private")

    assert (outcome.status, account.permissions[FIRST]) == ("changed", [])
    assert aws.operations()[2:] == ["ResetImageAttribute", "DescribeImageAttribute"]


def test_apply__private_removes_what_a_reset_leaves(aws):
    """AWS does not say whether a reset covers organizations."""
    account = Account(aws, {FIRST: [{"UserId": BOB}, {"OrganizationArn": ORGANIZATION_ARN}]})

    def reset(_region, params):
        account.permissions[params["ImageId"]] = [{"OrganizationArn": ORGANIZATION_ARN}]
        return {}

    aws.answers["ResetImageAttribute"] = reset

    _plans, (outcome,) = run(aws, SELECTORS[:1], state="private")

    assert (outcome.status, account.permissions[FIRST]) == ("changed", [])
    removal = {"ImageId": FIRST, "LaunchPermission": {"Remove": [{"OrganizationArn": ORGANIZATION_ARN}]}}
    assert aws.calls[-1] == (US, "ModifyImageAttribute", removal)


def test_apply__private_that_left_something_has_failed_and_changed(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}, {"OrganizationArn": ORGANIZATION_ARN}]})
    aws.answers["ResetImageAttribute"] = lambda _region, params: (
        account.permissions.update({params["ImageId"]: [{"OrganizationArn": ORGANIZATION_ARN}]}) or {}
    )
    aws.answers["ModifyImageAttribute"] = failing(account.modify, FIRST, "UnauthorizedOperation")

    _plans, (outcome,) = run(aws, SELECTORS[:1], state="private")

    assert (outcome.status, outcome.failure.code) == ("failed", "UnauthorizedOperation")
    assert (outcome.after, outcome.changed) == (None, True)


def test_apply__private_that_cannot_be_read_back_has_changed_all_the_same(aws):
    """The reset went through, so the task must not say that nothing was changed."""
    account = Account(aws, {FIRST: [{"UserId": BOB}]})

    def reset(region, params):
        aws.answers["DescribeImageAttribute"] = failing(account.read, FIRST, "RequestLimitExceeded")
        return account.reset(region, params)

    aws.answers["ResetImageAttribute"] = reset

    _plans, (outcome,) = run(aws, SELECTORS[:1], state="private")

    assert (outcome.status, outcome.failure.action) == ("failed", "ec2:DescribeImageAttribute")
    assert outcome.changed
    assert outcome.after != outcome.before


def test_apply__a_first_batch_that_was_applied_is_reported(aws, monkeypatch):
    """More entries than one request may hold, and the second request fails."""
    monkeypatch.setattr(permission_plan, "MODIFY_ENTRIES", 1)
    account = Account(aws, {FIRST: []})

    def modify(region, params):
        refused = {"UserId": BOB} in params["LaunchPermission"]["Add"]
        return Error("RequestLimitExceeded") if refused else account.modify(region, params)

    aws.answers["ModifyImageAttribute"] = modify

    _plans, (outcome,) = run(aws, SELECTORS[:1], account_ids=[ALICE, BOB])

    assert account.permissions[FIRST] == [{"UserId": ALICE}]
    assert (outcome.status, outcome.changed) == ("failed", True)


QUOTA = {"account_ids": [ALICE], "purge": True, "launch_permission_quota": 1}


def test_apply__what_goes_makes_room_first_where_both_exceed_the_quota(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}]})

    _plans, (outcome,) = run(aws, SELECTORS[:1], **QUOTA)

    assert [params["LaunchPermission"] for _region, name, params in aws.calls if name == "ModifyImageAttribute"] == [
        {"Remove": [{"UserId": BOB}]},
        {"Add": [{"UserId": ALICE}]},
    ]
    assert (outcome.status, account.permissions[FIRST]) == ("changed", [{"UserId": ALICE}])


def test_apply__what_went_before_a_failure_is_reported(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}]})

    def modify(region, params):
        refused = "Add" in params["LaunchPermission"]
        return Error("ResourceLimitExceeded") if refused else account.modify(region, params)

    aws.answers["ModifyImageAttribute"] = modify

    _plans, (outcome,) = run(aws, SELECTORS[:1], **QUOTA)

    assert account.permissions[FIRST] == []
    assert (outcome.status, outcome.changed, outcome.after) == ("failed", True, None)
    assert outcome.failure.code == "ResourceLimitExceeded"


def test_apply__a_refused_removal_adds_nothing(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}]})
    aws.answers["ModifyImageAttribute"] = failing(account.modify, FIRST, "UnauthorizedOperation")

    _plans, (outcome,) = run(aws, SELECTORS[:1], **QUOTA)

    assert (outcome.status, outcome.changed) == ("failed", False)
    assert aws.operations("ModifyImageAttribute") == ["ModifyImageAttribute"]


def test_apply__purge_with_the_owner_alone_writes_nothing(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}]})

    _plans, (outcome,) = run(aws, SELECTORS[:1], account_ids=[OWNER], purge=True)

    assert (outcome.status, outcome.failure.code) == ("failed", "only_the_owner")
    assert account.permissions[FIRST] == [{"UserId": BOB}]
    assert aws.operations("ModifyImageAttribute") == []


def test_apply__a_refused_reset_changes_nothing(aws):
    account = Account(aws, {FIRST: [{"UserId": BOB}]})
    aws.answers["ResetImageAttribute"] = failing(account.reset, FIRST, "UnauthorizedOperation")

    _plans, (outcome,) = run(aws, SELECTORS[:1], state="private")

    assert (outcome.status, outcome.changed, outcome.after) == ("failed", False, None)
    assert account.permissions[FIRST] == [{"UserId": BOB}]


def test_apply__a_bug_is_the_failure_of_one_ami(aws):
    account = Account(aws, {FIRST: [], SECOND: [], THIRD: []})

    def answer(region, params):
        return {}["bug"] if params["ImageId"] == FIRST else account.modify(region, params)

    aws.answers["ModifyImageAttribute"] = answer

    _plans, outcomes = run(aws, account_ids=[ALICE])

    assert [outcome.status for outcome in outcomes] == ["failed", "changed", "changed"]
    assert (outcomes[0].failure.code, outcomes[0].after) == ("internal_error", None)
    assert outcomes[0].failure.message.startswith("KeyError at _launch_permission/apply.py:")
    assert account.permissions[SECOND] == [{"UserId": ALICE}]


def test_apply__what_is_raised_between_two_requests_hides_no_write(aws, monkeypatch):
    """Also where it comes from no call: while the second request is built."""
    account = Account(aws, {FIRST: [{"UserId": BOB}], SECOND: [], THIRD: []})
    sent = []

    def build(delta):
        if sent:
            raise TypeError("bug")
        sent.append(delta)
        return modification(delta)

    monkeypatch.setattr(launch_permissions, "modification", build)

    (first, *_others) = run(aws, account_ids=[ALICE], purge=True, launch_permission_quota=1)[1]

    assert (first.status, first.changed, first.after) == ("failed", True, None)
    assert first.failure.code == "internal_error"
    assert account.permissions[FIRST] == []


def test_apply__a_reset_is_in_the_record_whatever_reading_back_raises(aws, monkeypatch):
    Account(aws, {FIRST: [{"UserId": BOB}], SECOND: [], THIRD: []})
    request = parse_request(permission_params(state="private"), "aws")
    plans = [plan_image(request, facts) for facts in read_launch_permission.read(aws, SELECTORS)]
    monkeypatch.setattr(permission_plan, "left_by_reset", lambda _left: {}["bug"])

    first, *others = launch_permissions.apply(aws, plans, True)

    assert (first.status, first.changed, first.after) == ("failed", True, None)
    assert [other.status for other in others] == ["unchanged", "unchanged"]
