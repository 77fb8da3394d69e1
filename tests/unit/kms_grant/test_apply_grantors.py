# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants that roles in the grantees' accounts make: one AssumeRole for each, and one that fails fails its own grants."""

from __future__ import annotations

import functools

import pytest

from ansible_collections.golden.ami.plugins.module_utils._call.fanout import fan_out
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import apply as aws_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_kms_grant
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import plan_key
from tests.unit.builders import ALICE, BOB, CAROL, KEY_ID, grant_request, terms
from tests.unit.fake_aws import Error
from tests.unit.fake_clock import FakeClock
from tests.unit.kms_grant.test_apply import EU, ROOTS, US, Keys

PATTERN = "arn:{partition}:iam::{account}:role/grantor"
GRANTORS = {account: f"arn:aws:iam::{account}:role/grantor" for account in (ALICE, BOB, CAROL)}
NAMED = ((KEY_ID, EU), (KEY_ID, US))


@pytest.fixture
def used(aws, monkeypatch):
    """Which role made a call in which Region: a role's name is its access key here. Keys are there to be granted."""
    aws.keys = Keys(aws)
    aws.answers["AssumeRole"] = lambda _region, params: {
        "Credentials": {
            "AccessKeyId": params["RoleArn"],
            "SecretAccessKey": "s",
            "SessionToken": "t",
            "Expiration": "2036-01-01T00:00:00Z",
        }
    }
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return lambda: [
        (access_key, region)
        for access_key, (region, _operation, _params) in zip(aws.access_keys, aws.calls, strict=True)
        if access_key in GRANTORS.values()
    ]


def run(aws, request, named=NAMED):
    return aws_grants.apply(aws, [plan_key(request, facts) for facts in read_kms_grant.read(aws, named)])


def test_apply__one_role_for_each_account_and_none_to_read_or_revoke(aws, used):
    run(aws, grant_request(ALICE, BOB, terms=terms("Decrypt", "DescribeKey")))
    aws.forget()

    outcomes = run(aws, grant_request(ALICE, BOB, GRANTORS[ALICE], grantor=PATTERN))

    assert [outcome.status for outcome in outcomes] == ["changed", "changed"]
    assert sorted(used()) == sorted(
        [(GRANTORS[account], region) for region in (EU, US) for account in (ALICE, ALICE, BOB)]
    )
    assumed = [params["RoleArn"] for _region, operation, params in aws.calls if operation == "AssumeRole"]
    assert sorted(assumed) == [GRANTORS[ALICE], GRANTORS[BOB]]
    assert aws.operations("RevokeGrant") == ["RevokeGrant"] * 4


@pytest.mark.parametrize("state", ["present", "absent"])
def test_apply__no_role_where_no_grant_is_to_be_made(aws, used, state):
    run(aws, grant_request(ALICE))
    aws.forget()

    run(aws, grant_request(ALICE, state=state, grantor=PATTERN))

    assert aws.operations("AssumeRole", "CreateGrant") == []
    assert used() == []


def test_apply__a_role_that_cannot_be_assumed_fails_only_its_own(aws, used):
    assume = aws.answers["AssumeRole"]
    aws.answers["AssumeRole"] = lambda region, params: (
        Error("AccessDenied", "not you", 403) if params["RoleArn"] == GRANTORS[ALICE] else assume(region, params)
    )
    run(aws, grant_request(ALICE, terms=terms("Decrypt", "DescribeKey")))

    outcomes = run(aws, grant_request(ALICE, BOB, grantor=PATTERN))

    for outcome in outcomes:
        failure = outcome.failure
        assert (outcome.status, outcome.changed) == ("failed", True)
        assert (failure.action, failure.code) == ("sts:AssumeRole", "AccessDenied")
        assert failure.message == f"for {ROOTS[ALICE]}: {GRANTORS[ALICE]} could not be assumed: not you"
        assert "trust policy" in failure.next_step
        # The grant that was to be replaced is still there.
        assert [len(entry["operations"]) for entry in outcome.after] == [2, 7]
    assert aws.keys.grantees(EU) == aws.keys.grantees(US) == sorted(ROOTS.values())


def test_apply__a_role_that_may_not_grant_is_the_caller(aws, used):
    create = aws.answers["CreateGrant"]
    aws.answers["CreateGrant"] = lambda region, params: (
        Error("AccessDeniedException") if params["GranteePrincipal"] == ROOTS[BOB] else create(region, params)
    )

    (outcome, _other) = run(aws, grant_request(ALICE, BOB, grantor=PATTERN))

    assert (outcome.failure.action, outcome.failure.caller) == ("kms:CreateGrant", GRANTORS[BOB])
    assert GRANTORS[BOB] in outcome.failure.next_step
    assert [entry["grantee_principal"] for entry in outcome.after] == [ROOTS[ALICE]]


def test_apply__both_kinds_of_failures_are_named(aws, used):
    aws.answers["AssumeRole"] = lambda _region, params: (
        Error("AccessDenied") if params["RoleArn"] == GRANTORS[BOB] else credentials
    )
    credentials = {
        "Credentials": {
            "AccessKeyId": GRANTORS[ALICE],
            "SecretAccessKey": "s",
            "SessionToken": "t",
            "Expiration": "2036-01-01T00:00:00Z",
        }
    }
    aws.answers["CreateGrant"] = lambda _region, _params: Error("LimitExceededException")

    (outcome, _other) = run(aws, grant_request(ALICE, BOB, grantor=PATTERN))

    assert outcome.failure.code == "LimitExceededException"
    assert f"(also failed for {ROOTS[BOB]}: sts:AssumeRole AccessDenied)" in outcome.failure.message


def test_apply__each_account_has_the_pace_of_its_own_quota(aws, used):
    run(aws, grant_request(ALICE, BOB, GRANTORS[ALICE], grantor=PATTERN))

    asked = [one for one in aws.paced if one[0] == "kms:CreateGrant"]
    assert sorted(asked) == sorted(
        ("kms:CreateGrant", region, account) for region in (EU, US) for account in (ALICE, ALICE, BOB)
    )


def test_apply__who_cannot_be_assumed_waits_for_no_quota(aws, used):
    aws.answers["AssumeRole"] = lambda _region, _params: Error("AccessDenied", "not you", 403)

    run(aws, grant_request(ALICE, grantor=PATTERN))

    assert [one for one in aws.paced if one[0] == "kms:CreateGrant"] == []


@pytest.mark.parametrize("external_id", ["", "our-own"])
def test_apply__the_external_id_that_the_roles_ask_for(aws, used, external_id):
    run(aws, grant_request(ALICE, BOB, grantor=PATTERN, external_id=external_id))

    asked = [params.get("ExternalId", "") for _region, operation, params in aws.calls if operation == "AssumeRole"]
    assert asked == [external_id] * 2


@pytest.mark.parametrize(
    ("seconds", "denials", "tries", "made"),
    [
        pytest.param(0, 1, 1, False, id="nobody asked to wait"),
        pytest.param(300, 2, 3, True, id="the grantor's own grant takes its time"),
        pytest.param(25, 99, 4, False, id="until the time is over"),
    ],
)
def test_apply__waits_for_the_right_of_a_grantor(aws, used, seconds, denials, tries, made):
    denied = [Error("AccessDeniedException", "not yet")] * denials
    create = aws.answers["CreateGrant"]
    aws.answers["CreateGrant"] = lambda region, params: denied.pop() if denied else create(region, params)
    clock, request = FakeClock(), grant_request(ALICE, grantor=PATTERN)
    plans = [plan_key(request, facts) for facts in read_kms_grant.read(aws, NAMED[:1])]

    [outcome] = aws_grants.apply(aws, plans, aws_grants.Patience(seconds, clock))

    assert (outcome.failure is None, len(aws.operations("CreateGrant"))) == (made, tries)
    assert sum(clock.slept) <= seconds


def test_apply__one_that_waits_for_its_right_holds_up_no_other(aws, used, monkeypatch):
    """One worker: while one role is denied, the others make their grants."""
    monkeypatch.setattr(aws_grants, "fan_out", functools.partial(fan_out, workers=1))
    create, denied = aws.answers["CreateGrant"], [Error("AccessDeniedException", "not yet")]
    aws.answers["CreateGrant"] = lambda region, params: (
        denied.pop() if denied and params["GranteePrincipal"] == ROOTS[ALICE] else create(region, params)
    )
    request = grant_request(ALICE, BOB, grantor=PATTERN)
    plans = [plan_key(request, facts) for facts in read_kms_grant.read(aws, NAMED[:1])]

    [outcome] = aws_grants.apply(aws, plans, aws_grants.Patience(300, FakeClock()))

    made = [params["GranteePrincipal"] for _region, operation, params in aws.calls if operation == "CreateGrant"]
    assert made == [ROOTS[ALICE], ROOTS[BOB], ROOTS[ALICE]]
    assert outcome.failure is None


def test_apply__waits_for_nothing_else(aws, used):
    aws.answers["CreateGrant"] = lambda _region, _params: Error("LimitExceededException")
    clock = FakeClock()
    plans = [plan_key(grant_request(ALICE, grantor=PATTERN), facts) for facts in read_kms_grant.read(aws, NAMED[:1])]

    [outcome] = aws_grants.apply(aws, plans, aws_grants.Patience(300, clock))

    assert outcome.failure.code == "LimitExceededException"
    assert clock.slept == []
