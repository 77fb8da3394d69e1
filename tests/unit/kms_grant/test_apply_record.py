# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is raised while grants are made and revoked: what was written stays in the record."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._kms_grant import apply as aws_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_kms_grant
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import plan_key
from tests.unit.builders import ALICE, BOB, CAROL, KEY_ID, grant_request, terms
from tests.unit.fake_aws import AnsweringSession, Error
from tests.unit.kms_grant.test_apply import EU, ROOTS, US, Keys

BOTH = ((KEY_ID, EU), (KEY_ID, US))
GRANTOR = "arn:aws:iam::{account}:role/grantor"


def bug(*_args):
    raise KeyError("a bug")


@pytest.fixture
def keys(aws, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    found = Keys(aws)
    run(aws, grant_request(ALICE, BOB, terms=terms("Decrypt", "DescribeKey")))
    return found


def run(aws, request, named=BOTH):
    return aws_grants.apply(aws, [plan_key(request, facts) for facts in read_kms_grant.read(aws, named)])


def test_apply__a_bug_in_one_creation_is_the_failure_of_one_grant(aws, keys):
    def create(region, params):
        return bug() if (region, params["GranteePrincipal"]) == (US, ROOTS[ALICE]) else keys.create(region, params)

    aws.answers["CreateGrant"] = create

    first, second = run(aws, grant_request(ALICE, BOB))

    assert (first.status, second.status, second.changed) == ("changed", "failed", True)
    assert (second.failure.code, second.failure.action) == ("internal_error", "kms:CreateGrant")
    assert list(second.parts) == [ROOTS[ALICE]]
    allowed = [entry["Operations"] for entry in keys.grants.values() if entry["GranteePrincipal"] == ROOTS[ALICE]]
    assert ["Decrypt", "DescribeKey"] in allowed


def test_apply__what_is_raised_between_creating_and_revoking_hides_no_grant(aws, keys, monkeypatch):
    monkeypatch.setattr(aws_grants, "revocable", bug)

    outcomes = run(aws, grant_request(ALICE, BOB))

    assert [(one.status, one.changed, one.failure.code) for one in outcomes] == [("failed", True, "internal_error")] * 2
    assert aws.operations("RevokeGrant") == []


def test_apply__what_is_raised_in_the_end_puts_one_key_in_doubt(aws, keys, monkeypatch):
    after = aws_grants.after_apply

    def break_one(plan, *answers):
        return bug() if plan.target["region"] == EU else after(plan, *answers)

    monkeypatch.setattr(aws_grants, "after_apply", break_one)

    first, second = run(aws, grant_request(ALICE, BOB))

    assert (first.status, first.changed, first.after) == ("failed", True, None)
    assert (second.status, len(second.after)) == ("changed", 2)


@pytest.mark.parametrize("service", ["sts", "kms"])
def test_apply__a_role_without_a_connection_fails_its_own_grants(aws, keys, monkeypatch, service):
    """The tasks's own grants are made all the same."""
    make = AnsweringSession.client

    def refuse(session, name, **options):
        if name == service:
            raise FileNotFoundError(2, "No such file", "token")
        return make(session, name, **options)

    plans = [
        plan_key(grant_request(CAROL, grantor=grantor), facts)
        for facts, grantor in zip(read_kms_grant.read(aws, BOTH), (GRANTOR, ""), strict=True)
    ]
    aws.answers["AssumeRole"] = lambda _region, _params: {
        "Credentials": {
            "AccessKeyId": "A" * 16,
            "SecretAccessKey": "s",
            "SessionToken": "t",
            "Expiration": "2036-01-01T00:00:00Z",
        }
    }
    monkeypatch.setattr(AnsweringSession, "client", refuse)

    by_role, own = aws_grants.apply(aws, plans)

    assert (by_role.status, by_role.changed, own.status) == ("failed", False, "changed")
    assert "No such file: token" in by_role.failure.message


def test_apply__a_grant_whose_id_was_not_told_is_in_the_record(aws, keys):
    """KMS took it. What it replaces stays, because an answer that lacks something says too little to rely on."""
    create = keys.create
    aws.answers["CreateGrant"] = lambda region, params: create(region, params) and {}

    first, _second = run(aws, grant_request(ALICE, BOB))

    assert (first.status, first.changed, first.failure.code) == ("failed", True, "incomplete_answer")
    shown = sorted((one["grantee_principal"], one["grant_id"] is None, len(one["operations"])) for one in first.after)
    assert shown == [
        (root, missing, count) for root in sorted(ROOTS.values()) for missing, count in ((False, 2), (True, 7))
    ]
    assert aws.operations("RevokeGrant") == []


def test_apply__what_is_raised_by_those_who_watch_hides_no_grant(aws, keys):
    plans = [plan_key(grant_request(CAROL), facts) for facts in read_kms_grant.read(aws, BOTH)]

    outcomes = aws_grants.apply(aws, plans, seen=bug)

    assert [one.status for one in outcomes] == ["changed", "changed"]


def test_apply__who_watches_hears_of_each_revocation_also_of_one_that_failed(aws, keys):
    revoke = aws.answers["RevokeGrant"]
    aws.answers["RevokeGrant"] = lambda region, params: (
        Error("AccessDeniedException") if region == US else revoke(region, params)
    )
    plans = [plan_key(grant_request(ALICE, BOB, state="absent"), facts) for facts in read_kms_grant.read(aws, BOTH)]
    heard = []

    first, second = aws_grants.apply(aws, plans, gone=heard.append)

    assert (sorted(heard), first.status, second.status) == ([EU, EU, US, US], "changed", "failed")


def test_apply__what_is_raised_by_those_who_watch_revocations_hides_none(aws, keys):
    plans = [plan_key(grant_request(ALICE, state="absent"), facts) for facts in read_kms_grant.read(aws, BOTH)]

    outcomes = aws_grants.apply(aws, plans, gone=bug)

    assert [one.status for one in outcomes] == ["changed", "changed"]
