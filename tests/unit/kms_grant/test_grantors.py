# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""grantor_role_arn: which patterns are refused, which role makes which grant, and what is said when it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import grantors
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import plan_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.request import parse_request
from tests.unit.builders import ALICE, BOB, ROLE_ARN, grant, grant_params, grant_request, terms

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-grantor"
GRANTOR = f"arn:aws:iam::{ALICE}:role/golden-ami-grantor"


@pytest.mark.parametrize(
    ("pattern", "partition"),
    [
        (PATTERN, "aws"),
        (PATTERN, "aws-cn"),
        (PATTERN, None),
        ("arn:aws:iam::{account}:role/golden-ami-grantor", "aws"),
        ("arn:aws:iam::{account}:role/path/of/{account}-{partition}", None),
    ],
)
def test_check_pattern__accepts(pattern, partition):
    assert grantors.check_pattern(pattern, partition) is None


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        pytest.param("", "must have {account}", id="empty"),
        pytest.param("golden-ami-grantor", "must have {account}", id="a name"),
        pytest.param(f"arn:aws:iam::{ALICE}:role/grantor", "must have {account}", id="one role for all"),
        pytest.param(f"arn:aws:iam::{ALICE}:role/{{account}}", "must have {account} where", id="in the wrong place"),
        pytest.param("arn:aws:iam::{account_id}:role/grantor", "must have {account}", id="another placeholder"),
        pytest.param("arn:aws:iam::{account}:role/{name}", "is not the ARN of a role", id="one more placeholder"),
        pytest.param("arn:aws:iam::{account}:user/grantor", "is not the ARN of a role", id="a user"),
        pytest.param("arn:aws:iam::{account}:root", "is not the ARN of a role", id="an account"),
        pytest.param("arn:aws:iam::{account}:role/", "is not the ARN of a role", id="no name"),
        pytest.param("arn:aws:sts::{account}:assumed-role/a/b", "is not the ARN of a role", id="a session"),
        pytest.param(
            "arn:aws-cn:iam::{account}:role/grantor", "the partition 'aws-cn', the keys to 'aws'", id="elsewhere"
        ),
    ],
)
def test_check_pattern__refuses(pattern, said):
    problem = grantors.check_pattern(pattern, "aws")

    assert problem.startswith(f"grantor_role_arn: '{pattern}'")
    assert said in problem


def test_parse_request__a_pattern_is_checked_with_everything_else():
    with pytest.raises(InputError) as refused:
        parse_request(grant_params(grantees=["x"], grantor_role_arn=""), "aws")

    assert [problem.split(":")[0] for problem in refused.value.problems] == ["grantees", "grantor_role_arn"]
    assert parse_request(grant_params(grantees=[ALICE], grantor_role_arn=PATTERN), "aws").grantor == PATTERN
    assert parse_request(grant_params(grantees=[ALICE]), "aws").grantor == ""


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"grantor_external_id": "x", "grantor_role_arn": PATTERN}, ["grantor_external_id: 'x' is not an external ID"]),
        ({"grantor_external_id": "our-own"}, ["grantor_external_id: requires grantor_role_arn."]),
    ],
)
def test_parse_request__an_external_id_is_one_and_goes_with_roles(given, problems):
    with pytest.raises(InputError) as refused:
        parse_request(grant_params(grantees=[ALICE], **given), "aws")

    assert [text.startswith(start) for text, start in zip(refused.value.problems, problems, strict=True)] == [True]


@pytest.mark.parametrize(("given", "external_id"), [("our-own", "our-own"), ("", ""), (None, "")])
def test_parse_request__an_external_id(given, external_id):
    asked = grant_params(grantees=[ALICE], grantor_role_arn=PATTERN, grantor_external_id=given)

    assert parse_request(asked, "aws").external_id == external_id


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov"])
def test_plan_grants__each_is_made_in_the_account_of_its_grantee(partition):
    role = ROLE_ARN.replace(":aws:", f":{partition}:")

    plan = plan_grants(grant_request(ALICE, BOB, role, grantor=PATTERN), [], partition)

    assert [creation.grantor for creation in plan.create] == [
        f"arn:{partition}:iam::{account}:role/golden-ami-grantor" for account in (ALICE, BOB, ALICE)
    ]


def test_plan_grants__who_makes_them_is_no_difference():
    there = grant(ALICE, issuing_account=f"arn:aws:iam::{BOB}:root")

    assert not plan_grants(grant_request(ALICE, grantor=PATTERN), [there], "aws")
    (creation,) = plan_grants(grant_request(ALICE, grantor=PATTERN, terms=terms("Decrypt")), [there], "aws").create
    assert (creation.grantor, creation.replaces) == (GRANTOR, (there,))
    (creation,) = plan_grants(grant_request(ALICE), [], "aws").create
    assert creation.grantor == ""


DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:CreateGrant", "eu-west-1")
LIMIT = Failure("LimitExceededException", "full", "Not retried.", "kms:CreateGrant", "eu-west-1")


def test_refused__names_the_role_and_both_sides():
    failure = grantors.refused(DENIED, GRANTOR)

    assert failure.caller == GRANTOR
    assert f"kms:CreateGrant on the key's ARN in the policies of {GRANTOR}" in failure.next_step
    assert "every operation that is to be granted" in failure.next_step
    assert grantors.refused(LIMIT, GRANTOR).next_step == LIMIT.next_step


@pytest.mark.parametrize(
    ("why", "own"),
    [
        ("because no resource-based policy allows the kms:CreateGrant action", True),
        ("because no identity-based policy allows the kms:CreateGrant action", True),
        ("with an explicit deny in a service control policy", False),
        ("because no VPC endpoint policy allows the kms:CreateGrant action", False),
    ],
)
def test_refused__what_denies_elsewhere_is_not_cured_at_the_role(why, own):
    failure = replace(
        DENIED, message=f"User: {GRANTOR} is not authorized to perform: kms:CreateGrant {why}", next_step="There."
    )

    refused = grantors.refused(failure, GRANTOR)

    assert refused.caller == GRANTOR
    assert (refused.next_step != "There.") is own


def test_not_assumed__names_the_role():
    assert grantors.not_assumed(DENIED, GRANTOR).message == f"{GRANTOR} could not be assumed: no"
