# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is called to read, write and delete parameters, and how a value is followed until AWS has stored it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image_parameter import apply as parameters
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.plan import plan_parameter
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.read import read, read_parameter
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.request import ParameterRequest
from tests.unit.builders import ALICE, IMAGE_ID, OTHER_IMAGE_ID, OTHER_REGION, OWNER, REGION
from tests.unit.fake_aws import Error
from tests.unit.fake_clock import FakeClock

NAME, PATTERN = "/golden", "arn:{partition}:iam::{account}:role/golden-ami-consumer"
OLD, NEW = OTHER_IMAGE_ID, IMAGE_ID
MISSING = Error("ParameterNotFound")


class Store:
    """Parameter Store of every place alike: values by version, and how many looks a new one takes."""

    def __init__(self, aws, *values, looks=0, drops=False):
        self.aws, self.values, self.looks, self.drops = aws, list(values), looks, drops
        self.pending = None
        aws.answers.update(
            AssumeRole=self.assume,
            GetCallerIdentity=lambda _region, _params: {"Account": OWNER},
            GetParameterHistory=self.history,
            GetParameter=self.get,
            PutParameter=self.put,
            DeleteParameter=lambda _region, _params: {},
            DescribeImages=lambda _region, params: {
                "Images": [{"ImageId": one, "State": "available", "OwnerId": OWNER} for one in params["ImageIds"]]
            },
        )
        self.clock = FakeClock()

    def assume(self, _region, params):
        account = params["RoleArn"].split(":")[4]
        keys = {"AccessKeyId": f"ASIA{account}XXXX", "SecretAccessKey": "s", "SessionToken": "t"}
        return {"Credentials": {**keys, "Expiration": datetime(2030, 1, 1, tzinfo=UTC)}}

    def history(self, _region, _params):
        when = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
        listed = [
            {"Version": number, "Value": value, "DataType": "aws:ec2:image", "LastModifiedDate": when}
            for number, value in enumerate(self.values, 1)
        ]
        return {"Parameters": listed} if listed else MISSING

    def put(self, _region, params):
        self.pending = params["Value"]
        return {"Version": len(self.values) + 1}

    def get(self, _region, _params):
        self.looks -= 1
        if self.pending and self.looks < 0 and not self.drops:
            self.values.append(self.pending)
            self.pending = None
        if not self.values:
            return MISSING
        return {"Parameter": {"Version": len(self.values), "Value": self.values[-1]}}

    def run(self, *accounts, regions=(REGION,), **given):
        images = dict.fromkeys(regions, NEW) if given.get("state", "present") == "present" else {}
        consumers = Consumers(accounts, PATTERN, own=not accounts)
        request = ParameterRequest(consumers, NAME, regions, images, **given)
        session = Session(self.aws, consumers, REGION, lambda _line: None, self.clock)
        plans = [plan_parameter(request, facts) for facts in read(session, request)]
        return parameters.apply(session, plans, request)

    @property
    def waits(self):
        return [seconds for seconds in self.clock.slept if seconds >= 1]


def requests(aws, operation):
    return [params for _region, name, params in aws.calls if name == operation]


def test_read__one_look_at_each_place(aws):
    outcomes = Store(aws, NEW).run(ALICE, regions=(REGION, OTHER_REGION))

    assert [(one.target["account_id"], one.target["region"]) for one in outcomes] == [
        (ALICE, REGION),
        (ALICE, OTHER_REGION),
    ]
    assert {one.status for one in outcomes} == {"unchanged"}
    assert sorted(aws.operations()) == ["AssumeRole", *["DescribeImages"] * 2, *["GetParameterHistory"] * 2]


def test_read__the_own_account_first(aws):
    store = Store(aws, NEW)
    consumers = Consumers((ALICE, OWNER), PATTERN, own=True)
    request = ParameterRequest(consumers, NAME, (REGION,), {REGION: NEW})

    facts = read(Session(aws, consumers, REGION, lambda _line: None, store.clock), request)

    assert [fact.account_id for fact in facts] == [OWNER, ALICE]
    assert len(aws.operations("AssumeRole")) == 1


def test_read__nothing_is_looked_for_where_nothing_is_to_be_written(aws):
    Store(aws, OLD).run(state="absent")

    assert not aws.operations("DescribeImages")


def test_read_parameter__pages_and_order(make_stubbed_ssm):
    ssm = make_stubbed_ssm
    when = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    pages = [
        {"Parameters": [{"Version": 1, "Value": OLD, "DataType": "text", "LastModifiedDate": when}], "NextToken": "2"},
        {"Parameters": [{"Version": 2, "Value": NEW, "DataType": "aws:ec2:image", "LastModifiedDate": when}]},
    ]
    ssm.add_response("get_parameter_history", pages[0], {"Name": NAME, "MaxResults": 50})
    ssm.add_response("get_parameter_history", pages[1], {"Name": NAME, "MaxResults": 50, "NextToken": "2"})

    found = read_parameter(ssm.client, REGION, NAME)

    assert [(one.version, one.value, one.modified) for one in found.versions] == [
        (2, NEW, "2026-11-02T09:30:00Z"),
        (1, OLD, "2026-11-02T09:30:00Z"),
    ]
    assert found.data_type == "aws:ec2:image"


def test_read_parameter__none(make_stubbed_ssm):
    make_stubbed_ssm.add_client_error("get_parameter_history", "ParameterNotFound")

    assert read_parameter(make_stubbed_ssm.client, REGION, NAME) is None


@pytest.fixture
def make_stubbed_ssm(make_client):
    from botocore.stub import Stubber

    with Stubber(make_client("ssm", REGION, "")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_apply__a_new_parameter(aws):
    (outcome,) = Store(aws).run(description="Release", tags=(("Team", "images"),))

    assert (outcome.status, outcome.after) == ("changed", {"image_id": NEW, "version": 1})
    assert requests(aws, "PutParameter") == [
        {
            "Name": NAME,
            "Value": NEW,
            "Type": "String",
            "DataType": "aws:ec2:image",
            "Description": "Release",
            "Tags": [{"Key": "Team", "Value": "images"}],
        }
    ]


def test_apply__one_that_exists_is_overwritten_and_keeps_its_tags(aws):
    (outcome,) = Store(aws, OLD).run(tags=(("Team", "images"),))

    assert (outcome.status, outcome.after) == ("changed", {"image_id": NEW, "version": 2})
    (request,) = requests(aws, "PutParameter")
    assert request == {"Name": NAME, "Value": NEW, "Type": "String", "DataType": "aws:ec2:image", "Overwrite": True}


def test_apply__waits_for_the_validation(aws):
    store = Store(aws, OLD, looks=3)

    (outcome,) = store.run()

    assert (outcome.status, outcome.after["version"]) == ("changed", 2)
    assert (store.waits, len(aws.operations("PutParameter"))) == ([parameters.LOOK_EVERY] * 3, 1)


def test_apply__no_longer_than_asked(aws):
    store = Store(aws, OLD, drops=True)

    (outcome,) = store.run(timeout=5)

    assert (outcome.status, outcome.failure.code, outcome.after) == (
        "failed",
        "not_validated",
        {"image_id": OLD, "version": 1},
    )
    assert 5 <= sum(store.clock.slept) < 6


def test_apply__a_parameter_that_is_busy_is_tried_again(aws):
    store = Store(aws, OLD)
    answers = iter([Error("TooManyUpdates"), Error("TooManyUpdates")])
    aws.answers["PutParameter"] = lambda region, params: next(answers, None) or store.put(region, params)

    (outcome,) = store.run()

    assert (outcome.status, len(aws.operations("PutParameter"))) == ("changed", 3)


def test_apply__one_that_stays_busy(aws):
    store = Store(aws, OLD)
    aws.answers["PutParameter"] = lambda _region, _params: Error("TooManyUpdates")

    (outcome,) = store.run(timeout=5)

    assert (outcome.status, outcome.failure.code) == ("failed", "TooManyUpdates")


def test_apply__a_refusal_leaves_the_others(aws):
    store = Store(aws)
    aws.answers["PutParameter"] = lambda region, params: (
        Error("AccessDeniedException") if region == REGION else store.put(region, params)
    )

    denied, fine = store.run(ALICE, regions=(REGION, OTHER_REGION))

    assert (denied.status, fine.status) == ("failed", "changed")
    assert (denied.failure.action, denied.after) == ("ssm:PutParameter", None)
    assert denied.failure.caller == f"arn:aws:iam::{ALICE}:role/golden-ami-consumer"


def test_apply__what_cannot_be_read_back_is_a_failure(aws):
    store = Store(aws, OLD)
    aws.answers["GetParameter"] = lambda _region, _params: Error("AccessDeniedException")

    (outcome,) = store.run()

    assert (outcome.status, outcome.failure.action, outcome.after) == ("failed", "ssm:GetParameter", None)


@pytest.mark.parametrize(
    ("answer", "status"), [({}, "changed"), (MISSING, "changed"), (Error("AccessDeniedException"), "failed")]
)
def test_apply__deletes(aws, answer, status):
    store = Store(aws, OLD)
    aws.answers["DeleteParameter"] = lambda _region, _params: answer

    (outcome,) = store.run(state="absent")

    assert (outcome.status, outcome.after) == (status, None)
    assert requests(aws, "DeleteParameter") == [{"Name": NAME}]


def test_apply__nothing_to_do_writes_nothing(aws):
    Store(aws, NEW).run()

    assert not aws.operations("PutParameter", "DeleteParameter", "GetParameter")
