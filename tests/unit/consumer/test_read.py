# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reaching the accounts of consumers."""

from __future__ import annotations

from datetime import UTC, datetime

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._consumer.read import reach
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from tests.unit.builders import ALICE, BOB, OWNER, REGION
from tests.unit.fake_aws import Error

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"


def credentials(_region, params):
    if BOB in params["RoleArn"]:
        return Error("AccessDenied", "not authorized")
    keys = {"AccessKeyId": "ASIAEXAMPLEEXAMPLE01", "SecretAccessKey": "s", "SessionToken": "t"}
    return {"Credentials": {**keys, "Expiration": datetime(2030, 1, 1, tzinfo=UTC)}}


def test_reach__a_role_in_each_account(aws):
    aws.answers["AssumeRole"] = credentials

    found = reach(aws, Consumers((ALICE, BOB), PATTERN, "golden-ami"), REGION)

    assert list(found) == [ALICE, BOB]
    assert not isinstance(found[ALICE], Failure)
    assert {params["ExternalId"] for _region, _operation, params in aws.calls} == {"golden-ami"}
    assert isinstance(found[BOB], Failure) and found[BOB].code == "AccessDenied"
    assert found[BOB].message.startswith(f"arn:aws:iam::{BOB}:role/golden-ami-consumer could not be assumed")


def test_reach__the_callers_own_account(aws):
    aws.answers["GetCallerIdentity"] = lambda _region, _params: {"Account": OWNER}

    assert reach(aws, Consumers(), REGION) == {OWNER: aws}


def test_reach__credentials_that_are_not_valid(aws):
    """What is called next says so."""
    aws.answers["GetCallerIdentity"] = lambda _region, _params: Error("InvalidClientTokenId")

    assert reach(aws, Consumers(), REGION) == {"": aws}
