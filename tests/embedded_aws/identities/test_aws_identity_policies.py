# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role that has policies is held to them; one without any may do everything."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config


@pytest.fixture
def acting(cloud):
    """Make a role in the consumer's account with these statements, and return clients that act as it."""

    def act(*statements, managed=False):
        role = cloud.role(cloud.consumer, "deploy", cloud.owner)
        iam = cloud.client("iam", cloud.consumer, "us-east-1")
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        if statements and managed:
            policy = iam.create_policy(PolicyName="deploy", PolicyDocument=document)["Policy"]["Arn"]
            iam.attach_role_policy(RoleName="deploy", PolicyArn=policy)
        elif statements:
            iam.put_role_policy(RoleName="deploy", PolicyName="deploy", PolicyDocument=document)
        sts = cloud.aws.client("sts", "us-east-1", cloud.owner)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="run")["Credentials"]
        session = boto3.session.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], cloud.region
        )
        config = Config(retries={"max_attempts": 0})
        return lambda service: session.client(service, endpoint_url=cloud.aws.url, config=config)

    return act


def allow(*actions, **elements):
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **elements}


def deny(*actions, **elements):
    return {**allow(*actions), "Effect": "Deny", **elements}


def test_a_role_without_policies_may_do_everything(acting):
    assert acting()("ec2").describe_images(Owners=["self"])["Images"] == []


@pytest.mark.parametrize("managed", [False, True])
def test_only_what_is_allowed(cloud, acting, managed):
    client = acting(allow("ec2:Describe*"), managed=managed)
    client("ec2").describe_images(Owners=["self"])
    client("sts").get_caller_identity()
    with cloud.refused("UnauthorizedOperation", 403):
        client("ec2").get_ebs_default_kms_key_id()
    with cloud.refused("AccessDeniedException", 400):
        client("kms").list_keys()
    with cloud.refused("AccessDeniedException", 400):
        client("ssm").get_parameter(Name="x")
    with cloud.refused("AccessDenied", 403):
        client("iam").get_role(RoleName="deploy")


@pytest.mark.parametrize(
    ("denied", "refused"),
    [
        pytest.param(deny("ec2:DescribeImages"), True, id="plain"),
        pytest.param({"Effect": "Deny", "NotAction": "ec2:DescribeImages", "Resource": "*"}, False, id="all others"),
        pytest.param({"Effect": "Deny", "NotAction": "sts:*", "Resource": "*"}, True, id="all but others"),
        pytest.param(
            deny("*", Condition={"StringEquals": {"aws:PrincipalAccount": "444455556666"}}), False, id="not met"
        ),
        pytest.param(
            deny("*", Condition={"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}}), True, id="negated"
        ),
        pytest.param(
            deny("*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}), True, id="no key"
        ),
        pytest.param(
            deny("*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}),
            False,
            id="if exists",
        ),
        pytest.param(deny("*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}), True, id="unknown key"),
        pytest.param(deny("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), True, id="unknown operator"),
        pytest.param(deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}}), False, id="TLS"),
    ],
)
def test_a_deny_wins(cloud, acting, denied, refused):
    """A condition that is not known counts as met in a Deny."""
    ec2 = acting(allow("*"), denied)("ec2")
    if refused:
        with cloud.refused("UnauthorizedOperation"):
            ec2.describe_images(Owners=["self"])
    else:
        ec2.describe_images(Owners=["self"])


def test_an_allow_with_an_unknown_condition_lets_nobody_in(cloud, acting):
    ec2 = acting(allow("*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))("ec2")
    with cloud.refused("UnauthorizedOperation"):
        ec2.describe_images()


def test_resources_of_keys_and_parameters(cloud, acting):
    mine, other = (f"arn:aws:ssm:{cloud.region}:{cloud.consumer}:parameter/{name}/*" for name in ("golden", "other"))
    ssm = acting(allow("ssm:*", Resource=[mine]), deny("ssm:DeleteParameter", Resource=other))("ssm")
    ssm.put_parameter(Name="/golden/x", Value="1", Type="String")
    assert ssm.get_parameter(Name="/golden/x")["Parameter"]["Value"] == "1"
    ssm.delete_parameter(Name="/golden/x")
    with cloud.refused("AccessDeniedException"):
        ssm.get_parameter(Name="/other/x")


def test_tagging_what_is_launched_needs_a_right_of_its_own(cloud, acting):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    ec2 = acting(allow("ec2:RunInstances"))("ec2")
    request = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "DryRun": True}
    with cloud.refused("DryRunOperation"):
        ec2.run_instances(**request)
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]
    with cloud.refused("UnauthorizedOperation"):
        ec2.run_instances(**request, TagSpecifications=tags)


def test_a_role_that_may_not_assume_another(cloud, acting):
    other = cloud.role(cloud.stranger, "other", "*")
    sts = acting(allow("sts:AssumeRole", Resource="arn:aws:iam::*:role/golden"))("sts")
    with cloud.refused("AccessDenied", 403):
        sts.assume_role(RoleArn=other, RoleSessionName="run")
