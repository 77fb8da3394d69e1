# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sids, principals, organizations, paths and IAM actions of key-policy statements."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._key_policy import identifiers as policy_identifiers
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import model as grants
from tests.unit.builders import ALICE, ORGANIZATION_ARN, ORGANIZATION_ID, ROLE_ARN, UNIQUE_ID, UNIT_ARN, UNIT_PATH


@pytest.mark.parametrize("value", ["GoldenAmiLaunch", "a", "Allow use of the key", "team:golden/1_2-3", "x" * 128])
def test_check_sid__accepts(value):
    assert policy_identifiers.check_sid(value) is None


@pytest.mark.parametrize("value", ["", " ", " a", "a ", "a\nb", "Größe", "x" * 129])
def test_check_sid__refused(value):
    assert repr(value) in policy_identifiers.check_sid(value)


@pytest.mark.parametrize(
    ("value", "partition"),
    [
        pytest.param(ROLE_ARN, "aws", id="role"),
        pytest.param(f"arn:aws:iam::{ALICE}:user/team/jane", "aws", id="user"),
        pytest.param(f"arn:aws:iam::{ALICE}:root", "aws", id="account root"),
        pytest.param(f"arn:aws:sts::{ALICE}:assumed-role/deploy/session", None, id="session, partition not known"),
        pytest.param(
            f"arn:aws:iam::{ALICE}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            "aws",
            id="service-linked role",
        ),
        *(
            pytest.param(f"arn:{partition}:iam::{ALICE}:role/deploy", partition, id=partition)
            for partition in ("aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b")
        ),
    ],
)
def test_check_principal_arn__accepts(value, partition):
    assert policy_identifiers.check_principal_arn(value, partition) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("*", "has a wildcard", id="everybody"),
        pytest.param(f"arn:aws:iam::{ALICE}:*", "has a wildcard", id="everybody in an account"),
        pytest.param("arn:aws:iam::*:role/deploy", "has a wildcard", id="a role in any account"),
        pytest.param(f"arn:aws:iam::{ALICE}:role/deploy*", "has a wildcard", id="roles that begin alike"),
        pytest.param(ALICE, "account IDs go into account_ids", id="account ID"),
        pytest.param("1402433619", "account IDs go into account_ids", id="what YAML makes of one"),
        pytest.param("autoscaling.amazonaws.com", "service principal", id="service"),
        pytest.param(ORGANIZATION_ARN, "organizations go into organization_ids", id="organization ARN"),
        pytest.param("ou-abcd-exampleouid", "units into organization_paths", id="unit ID"),
        pytest.param(UNIQUE_ID, "unique ID", id="unique ID"),
        pytest.param(f"arn:aws-cn:iam::{ALICE}:root", "partition 'aws-cn', the keys to 'aws'", id="partition"),
        pytest.param(f"arn:aws:iam::{ALICE}:group/admins", "groups cannot be principals", id="group"),
        pytest.param("somebody", "is not the ARN", id="name"),
        pytest.param("", "is not the ARN", id="empty"),
    ],
)
def test_check_principal_arn__refused(value, said):
    assert said in policy_identifiers.check_principal_arn(value, "aws")


def test_check_organization_id():
    assert policy_identifiers.check_organization_id(ORGANIZATION_ID) is None
    assert f"Write '{ORGANIZATION_ID}'." in policy_identifiers.check_organization_id(ORGANIZATION_ARN)
    for value in ("", "*", "o-*", "o-short", "O-EXAMPLEORGID", "r-abcd", "ou-abcd-exampleouid", f"{ORGANIZATION_ID} "):
        assert f"'{value}' is not the ID of an organization" in policy_identifiers.check_organization_id(value)


@pytest.mark.parametrize(
    "value",
    [
        UNIT_PATH,
        UNIT_PATH.rstrip("*"),
        "o-exampleorgid/r-abcd/*",
        "o-exampleorgid/r-abcd/",
        "o-exampleorgid/r-abcd/ou-abcd-exampleouid/ou-abcd-anotherunit/*",
    ],
)
def test_check_organization_path__accepts(value):
    assert policy_identifiers.check_organization_path(value) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("o-exampleorgid/r-abcd/ou-abcd-exampleouid", "would match nothing", id="no slash at the end"),
        pytest.param(ORGANIZATION_ID, "goes into organization_ids", id="organization"),
        pytest.param("o-exampleorgid/*", "goes into organization_ids", id="everything in an organization"),
        pytest.param("o-exampleorgid/r-abcd/ou-abcd-exampleouid*", "is not a path", id="units that begin alike"),
        pytest.param("o-exampleorgid/r-abcd/*/ou-abcd-exampleouid/", "is not a path", id="wildcard in between"),
        pytest.param("o-exampleorgid/r-abcd/ou-abce-exampleouid/*", "is not a path", id="unit of another root"),
        pytest.param("o-exampleorgid/ou-abcd-exampleouid/*", "is not a path", id="no root"),
        pytest.param("r-abcd/ou-abcd-exampleouid/*", "is not a path", id="no organization"),
        pytest.param("o-*/r-abcd/ou-abcd-exampleouid/*", "is not a path", id="any organization"),
        pytest.param("*", "is not a path", id="everybody"),
        pytest.param("", "is not a path", id="empty"),
        pytest.param(UNIT_ARN, "is not a path", id="ARN"),
    ],
)
def test_check_organization_path__refused(value, said):
    assert said in policy_identifiers.check_organization_path(value)


@pytest.mark.parametrize(
    "action",
    [
        *(f"kms:{operation}" for operation in grants.LAUNCH_OPERATIONS),
        "kms:Encrypt",
        "kms:decrypt",
        "KMS:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        # AWS's sample for organizations.
        "kms:Describe*",
        "kms:List*",
        "kms:Get*",
        "kms:RevokeGrant",
    ],
)
def test_check_actions__accepts(action):
    assert policy_identifiers.check_actions([action]) == []


@pytest.mark.parametrize(
    ("action", "said"),
    [
        pytest.param("Decrypt", "Did you mean 'kms:Decrypt'?", id="no prefix"),
        pytest.param("kms:Decrytp", "Did you mean 'kms:Decrypt'?", id="typo"),
        pytest.param("kms:ReEncrypt", "Did you mean 'kms:ReEncrypt", id="the API's name"),
        pytest.param("ec2:RunInstances", "is not an IAM action of KMS", id="another service"),
        pytest.param("kms:", "is not an IAM action of KMS", id="nothing"),
        pytest.param("", "is not an IAM action of KMS", id="empty"),
        pytest.param("kms:[a-z]*", "is not an IAM action of KMS", id="no wildcard of IAM"),
        pytest.param("kms:*", "would allow others to administer the key", id="everything"),
        pytest.param("*", "is not an IAM action of KMS", id="everything everywhere"),
        pytest.param("kms:PutKeyPolicy", "(kms:PutKeyPolicy)", id="the policy"),
        pytest.param("kms:putkeypolicy", "(kms:PutKeyPolicy)", id="the policy, in small letters"),
        pytest.param("kms:Create*", "kms:CreateAlias", id="a wildcard that covers more"),
        pytest.param("kms:Re*", "kms:ReplicateKey", id="another one"),
        pytest.param("kms:?isableKey", "kms:DisableKey", id="a question mark"),
        pytest.param("kms:ScheduleKeyDeletion", "kms:ScheduleKeyDeletion", id="the end of the key"),
    ],
)
def test_check_actions__refused(action, said):
    (problem,) = policy_identifiers.check_actions(["kms:Encrypt", action])

    assert problem.startswith("actions: ") and f"'{action}'" in problem
    assert said in problem


def test_check_actions__empty_is_not_the_default():
    assert "is empty" in policy_identifiers.check_actions([])[0]


@pytest.mark.parametrize(
    ("action", "spelled"),
    [("kms:decrypt", "kms:Decrypt"), ("KMS:CREATEGRANT", "kms:CreateGrant"), ("kms:ReEncrypt*", "kms:ReEncrypt*")],
)
def test_spelled(action, spelled):
    assert policy_identifiers.spelled(action) == spelled


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("GoldenAmi", None),
        ("a" * 103, None),
        ("a" * 104, "has 104 characters, which leaves no room for 'OrganizationalUnitsGrants' behind it."),
        ("Golden-\u00c4mi", "cannot be the Sid of a statement here"),
        ("", "cannot be the Sid of a statement here"),
    ],
)
def test_check_beginning_of_sids(value, problem):
    found = policy_identifiers.check_beginning_of_sids(value)

    assert found is None if problem is None else problem in found
    assert found is None or repr(value) in found
