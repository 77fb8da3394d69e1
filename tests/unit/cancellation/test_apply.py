# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Giving up shares of many AMIs: what is called, how often is looked, and what one failure does to the others."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._cancellation import apply as apply_cancellation
from ansible_collections.golden.ami.plugins.module_utils._cancellation import apply as cancellations
from ansible_collections.golden.ami.plugins.module_utils._cancellation.plan import plan_cancellation
from ansible_collections.golden.ami.plugins.module_utils._image import read as read_image
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from tests.unit.builders import ALICE, IMAGE_ID, OWNER, REGION
from tests.unit.fake_aws import Error

EU, US = "eu-west-1", "us-east-1"
FIRST, SECOND, THIRD, FOURTH = (f"ami-{number:017x}" for number in (1, 2, 3, 4))
CANCEL = "CancelImageLaunchPermission"
LISTED = {"ImageId": IMAGE_ID, "State": "available", "OwnerId": OWNER}


@pytest.mark.parametrize(
    ("read", "scope"),
    [
        (read_image.read_shared_images, {"ExecutableUsers": ["self"]}),
        (read_image.read_public_images, {"ExecutableUsers": ["all"]}),
        (read_image.read_owned_images, {"Owners": ["self"]}),
    ],
)
def test_listings__by_id_and_scope(ec2, read, scope):
    """Deprecated and disabled ones too."""
    asked = {"ImageIds": [IMAGE_ID, FIRST], "IncludeDeprecated": True, "IncludeDisabled": True, **scope}
    ec2.add_response("describe_images", {"Images": [{**LISTED, "Public": True}]}, asked)

    found = read(ec2.client, REGION, [IMAGE_ID, FIRST])

    assert [(one.image_id, one.owner_id, one.public) for one in found.values()] == [(IMAGE_ID, OWNER, True)]


def test_cancel_launch_permission__names_the_ami_and_nothing_else(ec2):
    ec2.add_response("cancel_image_launch_permission", {"Return": True}, {"ImageId": IMAGE_ID})

    assert apply_cancellation.cancel_launch_permission(ec2.client, REGION, IMAGE_ID) is None


@pytest.mark.parametrize("code", ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "UnauthorizedOperation"])
def test_cancel_launch_permission__errors(ec2, code):
    ec2.add_client_error("cancel_image_launch_permission", code, "AWS's own words")

    with pytest.raises(AwsCallError) as raised:
        apply_cancellation.cancel_launch_permission(ec2.client, REGION, IMAGE_ID)

    failure = raised.value.failure
    assert (failure.code, failure.message, failure.region) == (code, "AWS's own words", REGION)
    assert failure.action == f"ec2:{CANCEL}"
    assert failure.next_step


class Consumer:
    """What one account sees: AMIs by Region, each with the ways in which it is shared; ``late`` listings show the past."""

    def __init__(self, aws, **ways):
        self.ways = {EU: {}, US: {}}
        for name, given in ways.items():
            region, image_id = {"us": (US, FIRST), "eu": (EU, SECOND), "eu2": (EU, THIRD), "eu3": (EU, FOURTH)}[name]
            self.ways[region][image_id] = set(given.split())
        self.late = 0
        aws.answers.update(DescribeImages=self.describe, CancelImageLaunchPermission=self.cancel)

    def describe(self, region, params):
        scope = (params.get("ExecutableUsers") or [None])[0], (params.get("Owners") or [None])[0]
        wanted = {
            ("self", None): {"account", "organization"},
            ("all", None): {"public"},
            (None, "self"): {"own"},
        }[scope]
        if scope[0] == "self" and self.late:
            self.late -= 1
            wanted = wanted | {"past"}
        asked = params["ImageIds"]
        ways = self.ways[region]
        listed = [one for one in sorted(ways, reverse=True) if one in asked and ways[one] & wanted]
        return {"Images": [{**LISTED, "ImageId": one, "Public": "public" in ways[one]} for one in listed]}

    def cancel(self, region, params):
        ways = self.ways[region].get(params["ImageId"], set())
        if "account" not in ways:
            return Error("InvalidAMIID.NotFound")
        ways.remove("account")
        ways.add("past")
        return {"Return": True}


SELECTORS = (ImageSelector(US, FIRST), ImageSelector(EU, SECOND), ImageSelector(EU, THIRD), ImageSelector(EU, FOURTH))


@pytest.fixture
def slept(monkeypatch):
    seconds = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def plan(aws, selectors=SELECTORS):
    return [plan_cancellation(None, facts) for facts in cancellations.read(aws, selectors)]


def scopes(aws):
    """Each DescribeImages as its Region, scope and AMIs, in any order."""
    return sorted(
        (region, *(params.get("ExecutableUsers") or ["own"]), *params["ImageIds"])
        for region, operation, params in aws.calls
        if operation == "DescribeImages"
    )


def test_read__in_input_order_and_asks_for_public_ones_only_where_it_matters(aws):
    Consumer(aws, us="account", eu="organization", eu2="own", eu3="public")

    facts = cancellations.read(aws, SELECTORS)

    assert [fact.selector for fact in facts] == list(SELECTORS)
    ways = [[way for way in ("shared", "own", "public") if getattr(fact, way)] for fact in facts]
    assert ways == [["shared"], ["shared"], ["own"], ["public"]]
    assert scopes(aws) == [
        (EU, "all", FOURTH),
        (EU, "own", SECOND, THIRD, FOURTH),
        (EU, "self", SECOND, THIRD, FOURTH),
        (US, "own", FIRST),
        (US, "self", FIRST),
    ]


def test_read__a_region_that_cannot_be_read_leaves_the_others(aws):
    consumer = Consumer(aws, us="account", eu="account")
    aws.answers["DescribeImages"] = lambda region, params: (
        Error("UnauthorizedOperation") if region == US else consumer.describe(region, params)
    )

    denied, found = cancellations.read(aws, SELECTORS[:2])

    assert isinstance(denied.shared, Failure) and denied.shared.region == US
    assert found.shared.image_id == SECOND
    assert (US, "all", FIRST) not in scopes(aws)


def test_read__public_ones_that_cannot_be_read_leave_those_that_are_shared(aws):
    consumer = Consumer(aws, eu="account")
    aws.answers["DescribeImages"] = lambda region, params: (
        Error("UnauthorizedOperation")
        if params.get("ExecutableUsers") == ["all"]
        else consumer.describe(region, params)
    )

    shared, unknown = plan(aws, SELECTORS[1:3])

    assert (shared.status, unknown.status) == ("changed", "failed")


def test_apply__cancels_once_and_then_only_reads(aws, slept):
    consumer = Consumer(aws, us="account", eu="account", eu2="account public", eu3="public")
    plans = plan(aws)
    aws.calls.clear()

    outcomes = cancellations.apply(aws, plans)

    assert outcomes == plans
    assert [outcome.status for outcome in outcomes] == ["changed", "changed", "changed", "unchanged"]
    assert [outcome.target["image_id"] for outcome in outcomes] == [FIRST, SECOND, THIRD, FOURTH]
    cancelled = sorted(params["ImageId"] for _region, operation, params in aws.calls if operation == CANCEL)
    assert cancelled == [FIRST, SECOND, THIRD]
    assert all("account" not in ways for region in consumer.ways.values() for ways in region.values())
    # One look at each Region.
    assert scopes(aws) == [(EU, "self", SECOND, THIRD), (US, "self", FIRST)]

    aws.calls.clear()
    outcomes = cancellations.apply(aws, plan(aws))

    assert {outcome.status for outcome in outcomes} == {"unchanged"}
    assert set(aws.operations()) == {"DescribeImages"}


def test_apply__nothing_to_do_calls_nothing(aws, slept):
    Consumer(aws, eu="public", eu2="own")
    plans = plan(aws)
    aws.calls.clear()

    assert cancellations.apply(aws, plans) == plans
    assert (aws.calls, slept) == ([], [])


def test_apply__shares_through_an_organization_stay(aws, slept):
    Consumer(aws, eu="organization", eu2="account organization", eu3="account")

    only, both, own = cancellations.apply(aws, plan(aws, SELECTORS[1:]))

    assert [one.status for one in (only, both, own)] == ["failed", "changed", "changed"]
    assert only.failure.code == "shared_by_organization"
    assert [one.after["shared"] for one in (only, both, own)] == [True, True, False]
    assert [one.after["through_organization"] for one in (only, both, own)] == [True, True, False]
    assert aws.operations()[-3:] == ["DescribeImages"] * 3
    assert slept == list(cancellations.LOOKS)


@pytest.mark.parametrize("late", [0, 1, 2])
def test_apply__a_cancellation_that_shows_late_is_no_share_with_an_organization(aws, slept, late):
    consumer = Consumer(aws, eu="account")
    plans = plan(aws, SELECTORS[1:2])
    consumer.late = late

    (outcome,) = cancellations.apply(aws, plans)

    assert (outcome.status, outcome.after["shared"], outcome.warnings) == ("changed", False, ())
    assert slept == list(cancellations.LOOKS[: late + 1])


def test_apply__looks_as_long_as_is_documented():
    assert (len(cancellations.LOOKS), sum(cancellations.LOOKS)) == (3, 4)


def test_apply__a_share_that_ended_meanwhile_is_gone(aws, slept):
    consumer = Consumer(aws, eu="account")
    plans = plan(aws, SELECTORS[1:2])
    consumer.ways[EU].clear()

    assert cancellations.apply(aws, plans) == plans


def test_apply__one_failure_leaves_the_others(aws, slept):
    consumer = Consumer(aws, eu="account", eu2="account")
    aws.answers[CANCEL] = lambda region, params: (
        Error("UnauthorizedOperation") if params["ImageId"] == SECOND else consumer.cancel(region, params)
    )

    denied, cancelled = cancellations.apply(aws, plan(aws, SELECTORS[1:3]))

    assert (denied.failure.code, denied.failure.action) == ("UnauthorizedOperation", f"ec2:{CANCEL}")
    assert (denied.changed, denied.after) == (False, None)
    assert (cancelled.status, cancelled.after["shared"]) == ("changed", False)
    # There is nothing to look for where AWS refused.
    assert scopes(aws)[-1] == (EU, "self", THIRD)


def test_apply__what_is_left_cannot_be_read(aws, slept):
    Consumer(aws, eu="account", eu2="organization")
    plans = plan(aws, SELECTORS[1:3])
    aws.answers["DescribeImages"] = lambda _region, _params: Error("RequestLimitExceeded")

    cancelled, refused = cancellations.apply(aws, plans)

    assert [one.failure.action for one in (cancelled, refused)] == ["ec2:DescribeImages"] * 2
    assert [(one.changed, one.after) for one in (cancelled, refused)] == [(True, None), (False, None)]


def test_apply__the_accounts_id_is_never_sent(aws, slept):
    """Whose share is cancelled is decided by the credentials alone."""
    Consumer(aws, eu="account")

    cancellations.apply(aws, plan(aws, SELECTORS[1:2]))

    assert all(ALICE not in str(params) for _region, _operation, params in aws.calls)
    assert [set(params) for _region, operation, params in aws.calls if operation == CANCEL] == [{"ImageId"}]
