# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles in other accounts: each asked for once, with its external ID, and one that cannot be assumed hides no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.assumed_roles import assume
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError, UnusableConnectionError
from tests.unit.builders import REGION
from tests.unit.fake_aws import Error, FakeAws

ROLE = "arn:aws:iam::111122223333:role/golden-ami"
OTHER_ROLE = "arn:aws:iam::444455556666:role/golden-ami"
FIVE_MINUTES = timedelta(minutes=5)


def credentials(key: str) -> dict[str, object]:
    return {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2036-01-01T00:00:00Z"}


def answer(_region, params):
    if params["RoleArn"] == OTHER_ROLE:
        return Error("AccessDenied", "not you", 403)
    return {"Credentials": credentials("ASIAEXAMPLEEXAMPLE01")}


def test_assume__one_that_fails_hides_no_other(aws: FakeAws):
    aws.answers["AssumeRole"] = answer

    found = assume(aws, {ROLE: "", OTHER_ROLE: ""}, REGION)

    assert list(found) == [ROLE, OTHER_ROLE]
    assert aws.operations() == ["AssumeRole", "AssumeRole"]
    assert found[ROLE].access_key() == "ASIAEXAMPLEEXAMPLE01"
    refused = found[OTHER_ROLE]
    assert isinstance(refused, Failure)
    assert (refused.code, refused.action, refused.region) == ("AccessDenied", "sts:AssumeRole", REGION)


def test_assume__with_the_external_id_of_each(aws: FakeAws):
    aws.answers["AssumeRole"] = answer

    assume(aws, {ROLE: "our-own", OTHER_ROLE: ""}, REGION)

    sent = {params["RoleArn"]: params for _region, _operation, params in aws.calls}
    assert sent[ROLE] == {"RoleArn": ROLE, "RoleSessionName": "golden.ami", "ExternalId": "our-own"}
    assert "ExternalId" not in sent[OTHER_ROLE]


def test_assume__a_session_that_cannot_be_made_fails_its_role_alone(aws: FakeAws, monkeypatch):
    aws.answers["AssumeRole"] = lambda _region, _params: {"Credentials": credentials("ASIAEXAMPLEEXAMPLE01")}
    acting_as = aws.acting_as

    def refuse(role_arn, found):
        if role_arn == OTHER_ROLE:
            raise UnusableConnectionError("no such profile")
        return acting_as(role_arn, found)

    monkeypatch.setattr(aws, "acting_as", refuse)

    found = assume(aws, {ROLE: "", OTHER_ROLE: ""}, REGION)

    assert isinstance(found[OTHER_ROLE], Failure) and found[OTHER_ROLE].code == "unusable_connection"
    assert not isinstance(found[ROLE], Failure)


def test_assume__nobody_makes_no_call(aws: FakeAws):
    assert assume(aws, {}, REGION) == {}
    assert aws.calls == []


def test_assume__the_credentials_are_got_once_and_again_before_they_expire(aws: FakeAws, monkeypatch):
    """A run can last longer than the hour that STS gives."""
    given = []
    ends = iter(["2036-01-01T00:00:00Z", "2037-01-01T00:00:00Z"])
    aws.answers["AssumeRole"] = lambda _region, _params: {
        "Credentials": {**credentials(f"ASIAEXAMPLEEXAMPLE0{len(aws.calls)}"), "Expiration": next(ends)}
    }
    monkeypatch.setattr(aws, "acting_as", lambda _role_arn, got: given.append(got))
    assume(aws, {ROLE: "our-own"}, REGION)

    keys = [given[0].get_frozen_credentials().access_key for _turn in range(3)]
    shortly_before = given[0]._expiry_time - FIVE_MINUTES
    monkeypatch.setattr(given[0], "_time_fetcher", lambda: shortly_before)
    keys += [given[0].get_frozen_credentials().access_key for _turn in range(3)]

    assert keys == ["ASIAEXAMPLEEXAMPLE01"] * 3 + ["ASIAEXAMPLEEXAMPLE02"] * 3
    assert [params["ExternalId"] for _region, _operation, params in aws.calls] == ["our-own"] * 2


def test_assume__what_cannot_be_renewed_is_the_failure_of_assume_role(aws: FakeAws, monkeypatch):
    given = []
    aws.answers["AssumeRole"] = answer
    monkeypatch.setattr(aws, "acting_as", lambda _role_arn, got: given.append(got))
    assume(aws, {ROLE: ""}, REGION)
    aws.answers["AssumeRole"] = lambda _region, _params: Error("ExpiredToken", "the caller's own", 403)
    monkeypatch.setattr(given[0], "_time_fetcher", lambda: given[0]._expiry_time - FIVE_MINUTES)

    with pytest.raises(AwsCallError) as raised:
        given[0].get_frozen_credentials()

    assert (raised.value.failure.action, raised.value.failure.code) == ("sts:AssumeRole", "ExpiredToken")
