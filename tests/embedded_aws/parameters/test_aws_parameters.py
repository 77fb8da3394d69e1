# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters of AMIs are validated after the call has said that all is well."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config

NAME = "/golden/web/latest"
UNKNOWN = "ami-0123456789abcdef0"


@pytest.fixture
def ssm(cloud):
    return cloud.client("ssm")


def put(ssm, value, **options):
    return ssm.put_parameter(**{"Name": NAME, "Value": value, "Type": "String", "DataType": "aws:ec2:image", **options})


def versions(ssm, name=NAME):
    return [(one["Version"], one["Value"]) for one in ssm.get_parameter_history(Name=name)["Parameters"]]


def test_a_value_appears_after_a_while(cloud, ssm):
    first, second = cloud.image(name="one"), cloud.image(name="two")
    assert put(ssm, first)["Version"] == 1
    with cloud.refused("ParameterNotFound", 400):
        ssm.get_parameter(Name=NAME)
    found = ssm.get_parameter(Name=NAME)["Parameter"]
    assert (found["Value"], found["Version"], found["DataType"]) == (first, 1, "aws:ec2:image")
    assert put(ssm, second, Overwrite=True)["Version"] == 2
    assert ssm.get_parameter(Name=NAME)["Parameter"]["Value"] == first
    assert ssm.get_parameters(Names=[NAME])["Parameters"][0]["Value"] == second
    assert versions(ssm) == [(1, first), (2, second)]
    ssm.delete_parameter(Name=NAME)
    with cloud.refused("ParameterNotFound"):
        ssm.get_parameter_history(Name=NAME)


def test_how_long_it_takes(cloud, ssm):
    cloud.aws.set_parameters(looks=3)
    put(ssm, cloud.image())
    for _look in range(3):
        assert ssm.get_parameters(Names=[NAME])["InvalidParameters"] == [NAME]
    assert ssm.get_parameters(Names=[NAME])["InvalidParameters"] == []


@pytest.mark.parametrize("what", ["unknown", "no AMI", "of somebody else", "in another Region", "disabled", "gone"])
def test_an_ami_that_is_not_available_there_never_appears(cloud, ssm, what):
    good = cloud.image(name="good")
    put(ssm, good)
    for _look in range(2):
        ssm.get_parameters(Names=[NAME])
    gone = cloud.image(name="gone")
    cloud.ec2().deregister_image(ImageId=gone)
    disabled = cloud.image(name="disabled")
    cloud.ec2().disable_image(ImageId=disabled)
    values = {
        "unknown": UNKNOWN,
        "no AMI": "golden",
        "of somebody else": cloud.image(account=cloud.stranger),
        "in another Region": cloud.image(region="us-east-1"),
        "disabled": disabled,
        "gone": gone,
    }
    assert put(ssm, values[what], Overwrite=True)["Version"] == 2
    for _look in range(3):
        assert versions(ssm) == [(1, good)]


def test_a_shared_ami_counts_where_it_is_not_hidden(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    ssm, ec2 = cloud.client("ssm", cloud.consumer), cloud.ec2(cloud.consumer)
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="enabled")
    put(ssm, image)
    assert [ssm.get_parameters(Names=[NAME])["InvalidParameters"] for _look in range(3)] == [[NAME]] * 3
    ec2.disable_allowed_images_settings()
    put(ssm, image)
    assert [ssm.get_parameters(Names=[NAME])["InvalidParameters"] for _look in range(2)] == [[NAME], []]


def test_what_is_refused_at_once(cloud, ssm):
    image = cloud.image()
    put(ssm, image)
    ssm.get_parameters(Names=[NAME])
    assert versions(ssm) == [(1, image)]
    with cloud.refused("ParameterAlreadyExists", 400):
        put(ssm, image)
    with cloud.refused("ValidationException", 400):
        put(ssm, image, Overwrite=True, DataType="text")
    ssm.put_parameter(Name="text", Value="1", Type="String")
    with cloud.refused("ValidationException", 400):
        put(ssm, image, Overwrite=True, Name="text")
    with cloud.refused("ValidationException", 400):
        put(ssm, image, Name="secret", Type="SecureString")
    assert ssm.get_parameter(Name="text")["Parameter"]["Value"] == "1"
    assert versions(ssm) == [(1, image)]


def test_text_is_stored_at_once(ssm):
    ssm.put_parameter(Name="text", Value=UNKNOWN, Type="String")
    assert ssm.get_parameter(Name="text")["Parameter"]["Value"] == UNKNOWN


def test_who_may_not_describe_images_is_told_nothing(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    role = cloud.role(cloud.consumer, "deploy", cloud.owner)
    iam = cloud.client("iam", cloud.consumer, "us-east-1")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="deploy", PolicyName="deploy", PolicyDocument=json.dumps(policy))
    ssm = acting_as(cloud, role)
    assert put(ssm, image)["Version"] == 1
    assert [ssm.get_parameters(Names=[NAME])["InvalidParameters"] for _look in range(3)] == [[NAME]] * 3
    policy["Statement"][0]["Action"] = ["ssm:*", "ec2:DescribeImages"]
    iam.put_role_policy(RoleName="deploy", PolicyName="deploy", PolicyDocument=json.dumps(policy))
    put(ssm, image)
    assert [ssm.get_parameters(Names=[NAME])["InvalidParameters"] for _look in range(2)] == [[NAME], []]


def acting_as(cloud, role):
    keys = cloud.aws.client("sts", "us-east-1", cloud.owner).assume_role(RoleArn=role, RoleSessionName="run")[
        "Credentials"
    ]
    session = boto3.session.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], cloud.region)
    return session.client("ssm", endpoint_url=cloud.aws.url, config=Config(retries={"max_attempts": 0}))
