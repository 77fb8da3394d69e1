# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is called to read and to change tags in many accounts, and what one refusal does to the others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_tags import apply as image_tags
from ansible_collections.golden.ami.plugins.module_utils._image_tags.plan import plan_tags
from ansible_collections.golden.ami.plugins.module_utils._image_tags.read import read
from ansible_collections.golden.ami.plugins.module_utils._image_tags.request import TagsRequest
from tests.unit.builders import ALICE, BOB, OTHER_REGION, OWNER, REGION
from tests.unit.fake_aws import Error
from tests.unit.fake_clock import FakeClock

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"
FIRST, SECOND, THIRD = (f"ami-{number:017x}" for number in (1, 2, 3))
IMAGES = (ImageSelector(REGION, FIRST), ImageSelector(REGION, SECOND), ImageSelector(OTHER_REGION, THIRD))


class World:
    """The owner's tags by AMI; the accounts have none."""

    def __init__(self, aws, **tags):
        self.aws = aws
        self.tags = {FIRST: {"A": "1"}, SECOND: {"A": "1"}, THIRD: {"A": "1"}, **tags}
        aws.answers.update(
            AssumeRole=self.assume,
            DescribeImages=self.describe,
            CreateTags=lambda _region, _params: {},
            DeleteTags=lambda _region, _params: {},
        )

    def assume(self, _region, params):
        account = params["RoleArn"].split(":")[4]
        keys = {"AccessKeyId": f"ASIA{account}XXXX", "SecretAccessKey": "s", "SessionToken": "t"}
        return {"Credentials": {**keys, "Expiration": datetime(2030, 1, 1, tzinfo=UTC)}}

    def describe(self, _region, params):
        own = not self.aws.access_keys[-1].startswith("ASIA")
        return {"Images": [self.listed(one, own) for one in params["ImageIds"]]}

    def listed(self, image_id, own):
        tags = [{"Key": key, "Value": value} for key, value in self.tags[image_id].items()] if own else []
        return {"ImageId": image_id, "State": "available", "OwnerId": OWNER, "Tags": tags}

    def session(self, *accounts):
        return Session(self.aws, Consumers(accounts, PATTERN), REGION, lambda _line: None, FakeClock())

    def plan(self, *accounts, **given):
        session = self.session(*(accounts or (ALICE,)))
        request = TagsRequest(session.consumers, IMAGES, **given)
        return session, [plan_tags(request, facts) for facts in read(session, request)]


def writes(aws):
    return [
        (region, sorted(params["Resources"]), {tag["Key"]: tag.get("Value") for tag in params["Tags"]})
        for region, name, params in aws.calls
        if name in ("CreateTags", "DeleteTags")
    ]


def test_read__one_listing_for_each_account_and_region(aws):
    _session, plans = World(aws).plan(ALICE, BOB)

    assert [(plan.target["account_id"], plan.target["image_id"]) for plan in plans] == [
        (account, image_id) for account in (ALICE, BOB) for image_id in (FIRST, SECOND, THIRD)
    ]
    # Two of the owner.
    assert len(aws.operations("DescribeImages")) == 2 + 4
    assert all(plan.changed for plan in plans)


def test_read__given_tags_are_not_read_from_the_owner(aws):
    World(aws).plan(tags={"A": "1"})

    assert len(aws.operations("DescribeImages")) == 2


def test_read__one_account_that_cannot_be_reached_leaves_the_other(aws):
    world = World(aws)
    aws.answers["AssumeRole"] = lambda region, params: (
        Error("AccessDenied") if BOB in params["RoleArn"] else world.assume(region, params)
    )

    _session, plans = world.plan(ALICE, BOB)

    assert [plan.failure.code if plan.failure else None for plan in plans] == [None] * 3 + ["AccessDenied"] * 3


def test_apply__one_call_for_all_amis_of_a_region_with_the_same_tags(aws):
    world = World(aws, **{SECOND: {"A": "1", "B": "2"}})
    session, plans = world.plan()
    world = World(aws)
    aws.forget()

    assert image_tags.apply(session, plans) == plans
    assert sorted(writes(aws)) == [
        (REGION, [FIRST], {"A": "1"}),
        (REGION, [SECOND], {"A": "1", "B": "2"}),
        (OTHER_REGION, [THIRD], {"A": "1"}),
    ]


def test_apply__equal_tags_together(aws):
    session, plans = World(aws).plan()
    aws.forget()

    image_tags.apply(session, plans)

    assert sorted(writes(aws)) == [(REGION, [FIRST, SECOND], {"A": "1"}), (OTHER_REGION, [THIRD], {"A": "1"})]
    assert {action for action, _region, _account in aws.paced} >= {"ec2:CreateTags"}


def test_apply__removes_with_the_value(aws):
    world = World(aws)
    world.listed = lambda image_id, _own: {
        "ImageId": image_id,
        "State": "available",
        "OwnerId": OWNER,
        "Tags": [{"Key": "A", "Value": "1"}],
    }
    session, plans = world.plan(state="absent")
    aws.forget()

    image_tags.apply(session, plans)

    assert set(aws.operations()) == {"DeleteTags"}
    assert {value for _region, _ids, tags in writes(aws) for value in tags.values()} == {"1"}


def test_apply__a_refusal_concerns_the_amis_of_its_call(aws):
    session, plans = World(aws).plan(ALICE)
    aws.answers["CreateTags"] = lambda region, _params: Error("UnauthorizedOperation") if region == REGION else {}

    first, second, third = image_tags.apply(session, plans)

    assert [one.status for one in (first, second, third)] == ["failed", "failed", "changed"]
    assert (first.failure.action, first.after) == ("ec2:CreateTags", None)
    assert first.failure.caller == f"arn:aws:iam::{ALICE}:role/golden-ami-consumer"


def test_apply__nothing_to_do_calls_nothing(aws):
    session, plans = World(aws).plan(tags={})
    aws.forget()

    assert image_tags.apply(session, plans) == plans
    assert aws.calls == []


def test_apply__no_more_resources_than_a_call_takes(aws, monkeypatch):
    monkeypatch.setattr(image_tags, "RESOURCES", 1)
    session, plans = World(aws).plan()
    aws.forget()

    image_tags.apply(session, plans)

    assert [len(ids) for _region, ids, _tags in writes(aws)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("write", "name"), [(image_tags.create_tags, "create_tags"), (image_tags.delete_tags, "delete_tags")]
)
def test_requests(ec2, write, name):
    tags = [{"Key": "A", "Value": "1"}, {"Key": "B", "Value": ""}]
    ec2.add_response(name, {}, {"Resources": [FIRST], "Tags": tags})

    assert write(ec2.client, REGION, [FIRST], (("A", "1"), ("B", ""))) is None
