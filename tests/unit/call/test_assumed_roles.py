# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles in other accounts: each asked for once, one that cannot be assumed hides no other, and no Session is made."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.assumed_roles import assume
from ansible_collections.golden.ami.plugins.module_utils._call.session import Aws, Connection
from tests.unit.builders import REGION
from tests.unit.fake_aws import Error, FakeAws

ROLE = "arn:aws:iam::111122223333:role/golden-ami"
OTHER_ROLE = "arn:aws:iam::444455556666:role/golden-ami"


def credentials(key: str) -> dict[str, object]:
    return {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-01-01T00:00:00Z"}


def answer(_region, params):
    if params["RoleArn"] == OTHER_ROLE:
        return Error("AccessDenied", "not you", 403)
    return {"Credentials": credentials("ASIAEXAMPLEEXAMPLE01")}


def test_assume__one_that_fails_hides_no_other(aws: FakeAws):
    aws.answers["AssumeRole"] = answer

    found = assume(aws, [ROLE, OTHER_ROLE, ROLE], REGION)

    assert list(found) == [ROLE, OTHER_ROLE]
    assert aws.operations() == ["AssumeRole", "AssumeRole"]
    assert found[ROLE].access_key() == "ASIAEXAMPLEEXAMPLE01"
    refused = found[OTHER_ROLE]
    assert isinstance(refused, Failure)
    assert (refused.code, refused.action, refused.region) == ("AccessDenied", "sts:AssumeRole", REGION)


def test_assume__nobody_makes_no_call(aws: FakeAws):
    assert assume(aws, [], REGION) == {}
    assert aws.calls == []


@pytest.mark.parametrize("service", ["kms", "organizations"])
def test_acting_as__shares_the_session_and_not_the_clients(service):
    aws = Aws(Connection(None, {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "s"}), "golden.ami")
    aws.prepare(service, [REGION])

    other = aws.acting_as(credentials("ASIAEXAMPLEEXAMPLE01"))
    other.prepare(service, [REGION])

    assert (aws.access_key(), other.access_key()) == ("AKIAEXAMPLE", "ASIAEXAMPLEEXAMPLE01")
    assert other._session is aws._session
    assert other.client(service, REGION) is not aws.client(service, REGION)
