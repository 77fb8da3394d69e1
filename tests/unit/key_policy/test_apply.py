# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key policies: the calls by AWS's published examples, and many keys with somebody else at work."""

from __future__ import annotations

import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._key_policy import apply as apply_policy
from ansible_collections.golden.ami.plugins.module_utils._key_policy import apply as key_policies
from ansible_collections.golden.ami.plugins.module_utils._key_policy import read as read_policy
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import PolicyFacts, plan_policy
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    KEY_ARN,
    KEY_ID,
    OWNER,
    REGION,
    SID,
    key,
    made,
    policy_request,
    policy_text,
    single_policy_request,
    statement,
)
from tests.unit.fake_aws import Error, example

EU, US = "eu-west-1", "us-east-1"
REQUEST = single_policy_request(ALICE)
WANTED = made(REQUEST)
FOREIGN = statement(BOB, Sid="theirs")
SOMEBODY_ELSES = policy_text(ADMINISTRATION, FOREIGN)


def test_read_key_policy__published_example(kms):
    asked, answer = example("kms", "to-retrieve-a-key-policy")
    kms.add_response("get_key_policy", answer, asked)

    assert read_policy.read_key_policy(kms.client, REGION, asked["KeyId"]) == answer["Policy"]


def test_put_key_policy__published_example(kms):
    """Nothing besides what the example has: above all not BypassPolicyLockoutSafetyCheck."""
    asked, answer = example("kms", "to-attach-a-key-policy")
    kms.add_response("put_key_policy", answer, asked)

    assert apply_policy.put_key_policy(kms.client, REGION, asked["KeyId"], asked["Policy"]) is None


@pytest.mark.parametrize(
    ("operation", "code", "call"),
    [
        *(
            pytest.param(
                "put_key_policy",
                code,
                lambda client: apply_policy.put_key_policy(client, REGION, KEY_ARN, "{}"),
                id=code,
            )
            for code in (
                "AccessDeniedException",
                "LimitExceededException",
                "MalformedPolicyDocumentException",
                "NotFoundException",
                "ThrottlingException",
                "UnsupportedOperationException",
            )
        ),
        pytest.param(
            "get_key_policy",
            "AccessDeniedException",
            lambda client: read_policy.read_key_policy(client, REGION, KEY_ARN),
            id="read",
        ),
    ],
)
def test_errors__carry_code_action_region_and_next_step(kms, operation, code, call):
    kms.add_client_error(operation, code, "AWS's own words")

    with pytest.raises(AwsCallError) as raised:
        call(kms.client)

    failure = raised.value.failure
    assert (failure.code, failure.message, failure.region) == (code, "AWS's own words", REGION)
    assert failure.action == "kms:" + "".join(word.capitalize() for word in operation.split("_"))
    assert failure.next_step


@pytest.mark.parametrize(
    ("message", "said", "not_said"),
    [
        pytest.param(
            "no", ["Use credentials of account 123456789012", "If the caller is of that account: "], [], id="unsaid"
        ),
        pytest.param(
            "User: arn:aws:iam::123456789012:user/x is not authorized to perform: kms:GetKeyPolicy on resource: "
            f"{KEY_ARN} because no identity-based policy allows the kms:GetKeyPolicy action",
            ["Allow kms:GetKeyPolicy in the caller's IAM policies"],
            ["Use credentials"],
            id="own key",
        ),
        pytest.param(
            "User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:GetKeyPolicy on this resource because "
            "the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy "
            "explicitly denies access",
            ["Use credentials of account 123456789012"],
            ["Allow"],
            id="key of another account",
        ),
    ],
)
def test_read_key_policy__a_key_of_another_account(kms, message, said, not_said):
    """No policy lets another account do it; KMS's code does not tell that from other causes."""
    kms.add_client_error("get_key_policy", "AccessDeniedException", message)

    with pytest.raises(AwsCallError) as raised:
        read_policy.read_key_policy(kms.client, REGION, KEY_ARN)

    step = raised.value.failure.next_step
    assert [part for part in said if part not in step] == [] and [part for part in not_said if part in step] == []


def test_the_published_examples_are_understood():
    """A statement is added to the policy of one example and removed again; the rest is as it was."""
    text = example("kms", "to-attach-a-key-policy")[0]["Policy"]
    facts = PolicyFacts(KEY_ID, REGION, key(), text)

    added = plan_policy(REQUEST, facts).change.text
    removed = plan_policy(policy_request(state="absent"), PolicyFacts(KEY_ID, REGION, key(), added)).change.text

    assert json.loads(added)["Statement"][-1] == WANTED
    assert json.loads(removed) == json.loads(text)
    assert list(json.loads(removed)) == list(json.loads(text))


def arn(region):
    return f"arn:aws:kms:{region}:{OWNER}:key/{KEY_ID}"


class Policies:
    """One key in every Region, with its policy; ``shown`` are answers of GetKeyPolicy before the true one, ``late`` by Region."""

    def __init__(self, aws):
        self.text = {EU: policy_text(ADMINISTRATION, FOREIGN), US: policy_text(ADMINISTRATION)}
        self.shown = []
        self.late = {}
        aws.answers.update(DescribeKey=self.describe, GetKeyPolicy=self.get, PutKeyPolicy=self.put)

    def describe(self, region, _params):
        found = {"KeyId": KEY_ID, "Arn": arn(region), "AWSAccountId": OWNER, "KeyManager": "CUSTOMER"}
        return {"KeyMetadata": {**found, "KeyState": "Disabled"}}

    def get(self, region, params):
        assert params == {"KeyId": arn(region), "PolicyName": "default"}
        shown = self.late.get(region) or self.shown
        answer = shown.pop(0) if shown else None
        return answer if isinstance(answer, Error) else {"Policy": answer or self.text[region]}

    def put(self, region, params):
        assert set(params) == {"KeyId", "PolicyName", "Policy"}
        self.text[region] = params["Policy"]
        return {}

    def statements(self, region):
        return json.loads(self.text[region])["Statement"]


@pytest.fixture
def slept(monkeypatch):
    seconds = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


@pytest.fixture
def policies(aws, slept):
    return Policies(aws)


def plan(aws, request=REQUEST, named=((KEY_ID, EU),)):
    return [plan_policy(request, facts) for facts in read_policy.read(aws, named)]


def run(aws, request=REQUEST, named=((KEY_ID, EU),)):
    return key_policies.apply(aws, plan(aws, request, named))


def test_read__a_key_that_is_named_twice_is_read_once(aws, policies):
    named = [("alias/golden", US), (KEY_ID, EU), (arn(EU), EU), ("alias/golden", EU)]

    facts = read_policy.read(aws, named)

    assert [(fact.key_id, fact.region) for fact in facts] == [("alias/golden", US), (KEY_ID, EU)]
    assert [fact.policy for fact in facts] == [policies.text[US], policies.text[EU]]
    assert aws.operations("GetKeyPolicy") == ["GetKeyPolicy"] * 2


def test_read__an_unreadable_key_or_policy_leaves_the_others(aws, policies):
    aws.answers["DescribeKey"] = lambda region, params: (
        Error("NotFoundException") if region == US else policies.describe(region, params)
    )
    policies.shown = [Error("AccessDeniedException")]

    missing, unreadable = read_policy.read(aws, [(KEY_ID, US), (KEY_ID, EU)])

    assert isinstance(missing.key, Failure) and missing.policy == ""
    assert isinstance(unreadable.policy, Failure) and unreadable.policy.code == "AccessDeniedException"


def test_apply__writes_once_and_then_nothing(aws, policies):
    outcomes = run(aws, named=[(KEY_ID, US), (KEY_ID, EU)])

    assert [outcome.status for outcome in outcomes] == ["changed", "changed"]
    assert policies.statements(EU) == [ADMINISTRATION, FOREIGN, WANTED]
    assert policies.statements(US) == [ADMINISTRATION, WANTED]
    assert aws.operations("PutKeyPolicy") == ["PutKeyPolicy"] * 2
    assert len(aws.operations("GetKeyPolicy")) == 6

    aws.calls.clear()
    outcomes = run(aws, named=[(KEY_ID, US), (KEY_ID, EU)])

    assert [outcome.status for outcome in outcomes] == ["unchanged", "unchanged"]
    assert sorted(aws.operations()) == ["DescribeKey"] * 2 + ["GetKeyPolicy"] * 2


def test_apply__removes(aws, policies):
    run(aws)

    (outcome,) = run(aws, policy_request(state="absent"))

    assert (outcome.status, outcome.before, outcome.after) == ("changed", {SID: WANTED}, {SID: None})
    assert policies.statements(EU) == [ADMINISTRATION, FOREIGN]


def test_apply__somebody_else_was_faster(aws, policies):
    plans = plan(aws)
    policies.text[EU] = policy_text(ADMINISTRATION)

    (outcome,) = key_policies.apply(aws, plans)

    assert (outcome.failure.code, outcome.changed) == ("policy_changed", False)
    assert aws.operations("PutKeyPolicy") == []


def test_apply__somebody_else_wrote_right_after(aws, policies, slept):
    aws.answers["PutKeyPolicy"] = lambda region, params: policies.put(region, {**params, "Policy": SOMEBODY_ELSES})

    (outcome,) = run(aws)

    assert (outcome.failure.code, outcome.changed, outcome.after) == ("lost_update", True, {SID: None})
    assert len(aws.operations("GetKeyPolicy")) == 3 + len(key_policies.LOOKS)
    assert sum(slept) == pytest.approx(sum(key_policies.LOOKS), abs=0.1)


@pytest.mark.parametrize("late", [0, 1, 2])
def test_apply__a_change_that_shows_late_is_no_lost_update(aws, policies, late):
    plans = plan(aws)
    policies.shown = [policies.text[EU]] * (1 + late)

    (outcome,) = key_policies.apply(aws, plans)

    assert outcome.status == "changed" and outcome.failure is None
    assert len(aws.operations("GetKeyPolicy")) == 3 + late


def test_apply__kms_may_show_another_spelling(aws, policies):
    plans = plan(aws)
    shown = policy_text({**WANTED, "Principal": {"AWS": [ALICE]}}, FOREIGN, ADMINISTRATION)
    policies.shown = [policies.text[EU], shown]

    (outcome,) = key_policies.apply(aws, plans)

    assert (outcome.status, outcome.after) == ("changed", {SID: WANTED})


@pytest.mark.parametrize(
    "code",
    ["MalformedPolicyDocumentException", "LimitExceededException", "AccessDeniedException", "ThrottlingException"],
)
def test_apply__a_refused_write_changes_nothing_and_leaves_the_others(aws, policies, code):
    aws.answers["PutKeyPolicy"] = lambda region, params: Error(code) if region == EU else policies.put(region, params)

    refused, written = run(aws, named=[(KEY_ID, EU), (KEY_ID, US)])

    assert (refused.failure.code, refused.failure.action) == (code, "kms:PutKeyPolicy")
    assert (refused.changed, refused.before, refused.after) == (False, {SID: None}, {SID: None})
    assert written.status == "changed"


def test_apply__a_lost_answer_is_no_failure_when_the_policy_is_there(aws, policies):
    def put(region, params):
        policies.put(region, params)
        return Error("InternalFailure", status=500)

    aws.answers["PutKeyPolicy"] = put

    (outcome,) = run(aws)

    assert (outcome.status, outcome.after) == ("changed", {SID: WANTED})


@pytest.mark.parametrize(
    ("reads", "changed", "after"),
    [pytest.param(0, False, {SID: None}, id="before"), pytest.param(1, True, {SID: WANTED}, id="after")],
)
def test_apply__a_policy_that_cannot_be_read_again(aws, policies, reads, changed, after):
    plans = plan(aws)
    policies.shown = [policies.text[EU]] * reads + [Error("AccessDeniedException")]

    (outcome,) = key_policies.apply(aws, plans)

    assert (outcome.failure.action, outcome.changed, outcome.after) == ("kms:GetKeyPolicy", changed, after)
    assert len(aws.operations("PutKeyPolicy")) == reads


def test_apply__no_faster_than_the_quota_of_a_region(aws, policies):
    run(aws, named=[(KEY_ID, US), (KEY_ID, EU)])

    assert aws.paced == [("kms:PutKeyPolicy", US, ""), ("kms:PutKeyPolicy", EU, "")]


def test_apply__a_key_that_shows_its_change_late_holds_up_no_other(aws, policies, slept):
    """Both are looked at again together, so that two late ones wait no longer than one."""
    for region, text in policies.text.items():
        policies.late[region] = [text] * 3

    outcomes = run(aws, named=[(KEY_ID, US), (KEY_ID, EU)])

    assert [outcome.status for outcome in outcomes] == ["changed", "changed"]
    assert [pause for pause in slept if pause >= 1] == list(key_policies.LOOKS[:1])


def test_apply__nothing_to_do_calls_nothing(aws, policies):
    plans = plan(aws, policy_request(state="absent"))
    aws.calls.clear()

    assert key_policies.apply(aws, plans) == plans
    assert aws.calls == []
