# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many keys: grants are made before others are revoked, and a failure stays with its own grant."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import apply as aws_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_kms_grant
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import plan_key
from tests.unit.builders import ALICE, BOB, KEY_ID, OWNER, ROLE_ARN, grant_request, terms
from tests.unit.fake_aws import Error

EU, US = "eu-west-1", "us-east-1"
ROOTS = {account: f"arn:aws:iam::{account}:root" for account in (ALICE, BOB)}


def arn(region):
    return f"arn:aws:kms:{region}:{OWNER}:key/{KEY_ID}"


class Keys:
    """One key in every Region, with its grants; enough of KMS to list, make and revoke them."""

    def __init__(self, aws):
        self.grants = {}
        self.ids = itertools.count(1)
        aws.answers.update(
            DescribeKey=self.describe, ListGrants=self.list, CreateGrant=self.create, RevokeGrant=self.revoke
        )

    def describe(self, region, _params):
        found = {"KeyId": KEY_ID, "Arn": arn(region), "AWSAccountId": OWNER, "KeyManager": "CUSTOMER"}
        return {"KeyMetadata": {**found, "KeyState": "Enabled"}}

    def list(self, _region, params):
        return {"Grants": [entry for entry in self.grants.values() if entry["KeyId"] == params["KeyId"]]}

    def create(self, _region, params):
        grant_id = f"g-{next(self.ids)}"
        self.grants[grant_id] = {**params, "GrantId": grant_id}
        return {"GrantId": grant_id, "GrantToken": "token"}

    def revoke(self, _region, params):
        del self.grants[params["GrantId"]]
        return {}

    def grantees(self, region):
        return sorted(entry["GranteePrincipal"] for entry in self.grants.values() if entry["KeyId"] == arn(region))


@pytest.fixture
def keys(aws, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return Keys(aws)


def run(aws, request, named=((f"{KEY_ID}", EU),)):
    plans = [plan_key(request, facts) for facts in read_kms_grant.read(aws, named)]
    return plans, aws_grants.apply(aws, plans)


def test_read__a_key_that_is_named_twice_is_read_once(aws, keys):
    named = [("alias/golden", US), (KEY_ID, EU), (arn(EU), EU), ("alias/golden", EU)]

    facts = read_kms_grant.read(aws, named)

    assert [(fact.key_id, fact.region) for fact in facts] == [("alias/golden", US), (KEY_ID, EU)]
    assert aws.operations("ListGrants") == ["ListGrants"] * 2


def test_read__a_multi_region_key_is_another_key_in_each_region(aws, keys):
    assert len(read_kms_grant.read(aws, [(KEY_ID, EU), (KEY_ID, US)])) == 2


def test_read__an_unreadable_key_leaves_the_others(aws, keys):
    aws.answers["DescribeKey"] = lambda region, params: (
        Error("NotFoundException") if region == US else keys.describe(region, params)
    )

    missing, found = read_kms_grant.read(aws, [(KEY_ID, US), (KEY_ID, EU)])

    assert isinstance(missing.key, Failure) and missing.key.code == "NotFoundException"
    assert found.grants == ()
    assert aws.operations("ListGrants") == ["ListGrants"]


def test_read__unreadable_grants_are_not_none(aws, keys):
    aws.answers["ListGrants"] = lambda _region, _params: Error("AccessDeniedException")

    (fact,) = read_kms_grant.read(aws, [(KEY_ID, EU)])

    assert isinstance(fact.grants, Failure)


def test_apply__creates_before_it_revokes(aws, keys):
    run(aws, grant_request(ALICE, BOB, terms=terms("Decrypt", "DescribeKey")))
    aws.calls.clear()

    _plans, (outcome,) = run(aws, grant_request(ALICE, BOB))

    written = aws.operations("CreateGrant", "RevokeGrant")
    assert written == ["CreateGrant", "CreateGrant", "RevokeGrant", "RevokeGrant"]
    assert outcome.status == "changed"
    assert keys.grantees(EU) == sorted(ROOTS.values())


def test_apply__the_key_of_every_call_is_its_arn(aws, keys):
    run(aws, grant_request(ALICE), [("alias/golden", EU)])
    run(aws, grant_request(ALICE, state="absent"), [("alias/golden", EU)])

    assert {params["KeyId"] for _region, operation, params in aws.calls if operation != "DescribeKey"} == {arn(EU)}


def test_apply__a_failed_creation_does_not_revoke(aws, keys):
    run(aws, grant_request(ALICE, BOB, terms=terms("Decrypt", "DescribeKey")))
    before = dict(keys.grants)
    aws.answers["CreateGrant"] = lambda region, params: (
        Error("LimitExceededException") if params["GranteePrincipal"] == ROOTS[ALICE] else keys.create(region, params)
    )

    _plans, (outcome,) = run(aws, grant_request(ALICE, BOB))

    assert (outcome.status, outcome.changed, outcome.failure.code) == ("failed", True, "LimitExceededException")
    assert ROOTS[ALICE] in outcome.failure.message and ROOTS[BOB] not in outcome.failure.message
    assert keys.grantees(EU) == sorted(ROOTS.values())
    assert [entry for entry in keys.grants.values() if entry["GranteePrincipal"] == ROOTS[ALICE]] == [
        entry for entry in before.values() if entry["GranteePrincipal"] == ROOTS[ALICE]
    ]


def test_apply__one_key_that_fails_leaves_the_others_and_their_order(aws, keys):
    aws.answers["CreateGrant"] = lambda region, params: (
        Error("DisabledException") if region == EU else keys.create(region, params)
    )
    named = [(KEY_ID, US), (KEY_ID, EU), (KEY_ID, "eu-central-1")]

    _plans, outcomes = run(aws, grant_request(ALICE), named)

    assert [(outcome.target["region"], outcome.status) for outcome in outcomes] == [
        (US, "changed"),
        (EU, "failed"),
        ("eu-central-1", "changed"),
    ]
    assert (outcomes[1].changed, outcomes[1].after) == (False, [])
    assert keys.grantees("eu-central-1") == [ROOTS[ALICE]]


def test_apply__unchanged_between_changed_keeps_its_place(aws, keys):
    run(aws, grant_request(ALICE), [(KEY_ID, EU)])

    _plans, outcomes = run(aws, grant_request(ALICE), [(KEY_ID, US), (KEY_ID, EU), (KEY_ID, "eu-central-1")])

    assert [outcome.status for outcome in outcomes] == ["changed", "unchanged", "changed"]
    assert [outcome.target["region"] for outcome in outcomes] == [US, EU, "eu-central-1"]


def test_apply__a_second_run_only_reads(aws, keys):
    run(aws, grant_request(ALICE, ROLE_ARN))
    aws.calls.clear()

    _plans, (outcome,) = run(aws, grant_request(ALICE, ROLE_ARN, purge=True))

    assert outcome.status == "unchanged"
    assert aws.operations() == ["DescribeKey", "ListGrants"]


def test_apply__what_was_planned_is_what_happened(aws, keys):
    keys.create(EU, {"KeyId": arn(EU), "GranteePrincipal": ROOTS[ALICE], "Operations": ["Decrypt"]})
    run(aws, grant_request(BOB, terms=terms("Decrypt", "DescribeKey")))

    (plan,), (outcome,) = run(aws, grant_request(ALICE, purge=True))

    shown = [result.as_result() for result in (plan, outcome)]
    for result in shown:
        for entry in result["after"]:
            entry.pop("grant_id")
    assert shown[0] == shown[1]
    assert [entry.get("Name", "") for entry in keys.grants.values()] == ["", outcome.after[0]["name"]]


def test_apply__a_grant_that_is_gone_meanwhile_is_done(aws, keys):
    run(aws, grant_request(ALICE))
    aws.answers["RevokeGrant"] = lambda _region, _params: Error("NotFoundException")

    _plans, (outcome,) = run(aws, grant_request(ALICE, state="absent"))

    assert (outcome.status, outcome.after) == ("changed", [])


def test_apply__a_failed_revocation_is_reported_as_still_there(aws, keys):
    run(aws, grant_request(ALICE))
    aws.answers["RevokeGrant"] = lambda _region, _params: Error("AccessDeniedException")

    _plans, (outcome,) = run(aws, grant_request(ALICE, state="absent"))

    assert (outcome.status, outcome.changed, outcome.after) == ("failed", False, outcome.before)


def test_apply__no_faster_than_kms_allows_in_each_region(aws, keys):
    run(aws, grant_request(ALICE), [(KEY_ID, EU), (KEY_ID, US)])
    run(aws, grant_request(ALICE, state="absent"), [(KEY_ID, EU), (KEY_ID, US)])

    asked = [one for one in aws.paced if one[0] != "kms:ListGrants"]
    assert asked == [(f"kms:{call}", region, "") for call in ("CreateGrant", "RevokeGrant") for region in (EU, US)]
