# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AssumeRole: roles that exist, and whom they trust."""

from __future__ import annotations

import pytest


@pytest.fixture
def sts(cloud):
    # Made here, because a reset forgets the roles of older credentials.
    return cloud.aws.client("sts", "us-east-1", cloud.owner)


def assume(sts, role, **options):
    return sts.assume_role(RoleArn=role, RoleSessionName="run", **options)["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    "trusted",
    [
        "123456789012",
        "arn:aws:iam::123456789012:root",
        ["arn:aws:iam::444455556666:root", "arn:aws:iam::123456789012:root"],
        "*",
        "arn:aws:iam::123456789012:role/embedded-aws",
        "arn:aws:sts::123456789012:assumed-role/embedded-aws/embedded-aws",
    ],
)
def test_a_role_that_trusts_the_caller(cloud, sts, trusted):
    role = cloud.role(cloud.consumer, "deploy", trusted)
    assert assume(sts, role) == f"arn:aws:sts::{cloud.consumer}:assumed-role/deploy/run"


@pytest.mark.parametrize(
    ("trusted", "statement"),
    [
        pytest.param(None, {}, id="no statements"),
        pytest.param("arn:aws:iam::444455556666:root", {}, id="another account"),
        pytest.param("arn:aws:iam::123456789012:role/other", {}, id="another role"),
        pytest.param("123456789012", {"Effect": "Deny"}, id="deny"),
        pytest.param("123456789012", {"Action": "sts:AssumeRoleWithSAML"}, id="another action"),
        pytest.param("123456789012", {"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, id="external ID"),
        pytest.param("123456789012", {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, id="unknown"),
    ],
)
def test_a_role_that_does_not_trust_the_caller(cloud, sts, trusted, statement):
    role = cloud.role(cloud.consumer, "deploy", trusted, **statement)
    with cloud.refused("AccessDenied", 403):
        assume(sts, role)


def test_an_external_id(cloud, sts):
    condition = {"StringEquals": {"sts:ExternalId": "our-own"}}
    role = cloud.role(cloud.consumer, "deploy", cloud.owner, Condition=condition)
    assert assume(sts, role, ExternalId="our-own").endswith("/deploy/run")
    with cloud.refused("AccessDenied", 403):
        assume(sts, role, ExternalId="another")


@pytest.mark.parametrize("account", ["111122223333", "999988887777"])
def test_a_role_that_does_not_exist(cloud, sts, account):
    cloud.role(cloud.consumer, "deploy", cloud.owner)
    with cloud.refused("AccessDenied", 403):
        assume(sts, f"arn:aws:iam::{account}:role/other")


def test_the_role_of_a_new_account_trusts_the_management_account(cloud, sts):
    """Organizations API reference, CreateAccount: RoleName, by default OrganizationAccountAccessRole."""
    organizations = cloud.client("organizations", region="us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName="one", Email="one@example.com")["CreateAccountStatus"]["AccountId"]
    role = f"arn:aws:iam::{made}:role/OrganizationAccountAccessRole"
    assert assume(sts, role).startswith(f"arn:aws:sts::{made}:assumed-role/OrganizationAccountAccessRole/")
    stranger = cloud.aws.client("sts", "us-east-1", cloud.stranger)
    with cloud.refused("AccessDenied", 403):
        assume(stranger, role)


def test_credentials_of_a_role_belong_to_its_account(cloud, sts):
    role = cloud.role(cloud.consumer, "deploy", cloud.owner)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="run")["Credentials"]
    import boto3

    session = boto3.session.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    identity = session.client("sts", endpoint_url=cloud.aws.url).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{cloud.consumer}:assumed-role/deploy/run"
