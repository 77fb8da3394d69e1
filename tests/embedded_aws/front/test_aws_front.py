# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording, latency, faults, accounts."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ConnectionClosedError


def test_calls_are_recorded_in_order_with_their_account(cloud):
    cloud.ec2(cloud.consumer).describe_images(Owners=["self"])
    cloud.kms().create_key()
    with cloud.refused("InvalidAMIID.NotFound"):
        cloud.ec2().describe_images(ImageIds=["ami-0123456789abcdef0"])
    found = [
        (one["service"], one["operation"], one["account"], one["error"], one["write"]) for one in cloud.aws.calls()
    ]
    assert found == [
        ("ec2", "DescribeImages", cloud.consumer, None, False),
        ("kms", "CreateKey", cloud.owner, None, True),
        ("ec2", "DescribeImages", cloud.owner, "InvalidAMIID.NotFound", False),
    ]
    assert [one["operation"] for one in cloud.aws.calls(write=True)] == ["CreateKey"]
    assert cloud.aws.calls()[0]["region"] == cloud.region
    assert cloud.aws.calls()[2]["status"] == 400
    cloud.aws.clear_calls()
    assert cloud.aws.calls() == []


def test_assuming_a_role_is_not_a_write(cloud):
    sts = cloud.client("sts", region="us-east-1")
    role = cloud.role(cloud.consumer, "deploy", trusted=cloud.owner)
    cloud.aws.clear_calls()
    answer = sts.assume_role(RoleArn=role, RoleSessionName="run")
    assert answer["AssumedRoleUser"]["Arn"].startswith(f"arn:aws:sts::{cloud.consumer}:assumed-role/deploy/")
    sts.get_caller_identity()
    assert cloud.aws.calls(write=True) == []


@pytest.mark.parametrize("account", ["123456789012", "111122223333", "000000000001", "999999999999"])
def test_credentials_belong_to_their_account_also_after_a_reset(cloud, account):
    sts = cloud.aws.client("sts", "us-east-1", account)
    assert sts.get_caller_identity()["Account"] == account
    assert sts.get_caller_identity()["Arn"].startswith(f"arn:aws:sts::{account}:assumed-role/")
    cloud.aws.reset()
    assert sts.get_caller_identity()["Account"] == account


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_other_partitions_have_their_own_arns(cloud, region, partition):
    assert cloud.key(region=region).startswith(f"arn:{partition}:kms:{region}:")
    image = cloud.image(region=region)
    answer = cloud.ec2(region=region).describe_images(ImageIds=[image])
    assert answer["Images"][0]["OwnerId"] == cloud.owner
    identity = cloud.client("sts", region=region).get_caller_identity()
    assert identity["Arn"].startswith(f"arn:{partition}:")


def test_latency_does_not_serialise(cloud):
    ec2 = cloud.ec2()
    ec2.describe_regions()
    cloud.aws.set_latency(0.4)
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _one: ec2.describe_regions(), range(8)))
    taken = time.monotonic() - started
    assert 0.4 <= taken < 8 * 0.4


def test_faults_come_in_the_envelope_of_the_service(cloud):
    def rule(service, operation, code, status):
        error = {"code": code, "message": "a < b", "status": status}
        return {"service": service, "operation": operation, "error": error, "times": 1}

    cloud.aws.set_faults(
        [
            rule("ec2", "DescribeImages", "UnauthorizedOperation", 403),
            rule("kms", "*", "AccessDeniedException", 400),
            rule("sts", "*", "AccessDenied", 403),
            rule("ssm", "*", "ParameterNotFound", 400),
        ]
    )
    with cloud.refused("UnauthorizedOperation", 403):
        cloud.ec2().describe_images()
    with pytest.raises(cloud.kms().exceptions.ClientError, match="a < b"):
        cloud.kms().list_keys()
    with cloud.refused("AccessDenied", 403):
        cloud.client("sts").get_caller_identity()
    with cloud.refused("ParameterNotFound"):
        cloud.client("ssm").get_parameter(Name="x")
    cloud.ec2().describe_images()
    errors = [one["error"] for one in cloud.aws.calls()]
    assert errors == ["UnauthorizedOperation", "AccessDeniedException", "AccessDenied", "ParameterNotFound", None]


def test_fault_limited_to_region_account_and_body(cloud):
    fault = {"service": "ec2", "operation": "*", "error": {"code": "InternalError", "message": "x", "status": 400}}
    cloud.aws.set_faults(
        [
            {**fault, "region": "eu-west-1"},
            {**fault, "account": cloud.consumer},
            {**fault, "match": "ami-0123"},
        ]
    )
    cloud.ec2().describe_images()
    with cloud.refused("InternalError"):
        cloud.ec2(region="eu-west-1").describe_images()
    with cloud.refused("InternalError"):
        cloud.ec2(cloud.consumer).describe_images()
    with cloud.refused("InternalError"):
        cloud.ec2().describe_images(ImageIds=["ami-0123456789abcdef0"])


def test_a_dropped_response_is_applied_and_throttling_is_retried_by_botocore(cloud):
    cloud.aws.set_faults([{"service": "kms", "operation": "CreateKey", "drop_response": True, "times": 1}])
    with pytest.raises(ConnectionClosedError):
        cloud.kms().create_key()
    assert len(cloud.kms().list_keys()["Keys"]) == 1
    error = {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}
    cloud.aws.set_faults([{"service": "kms", "operation": "ListKeys", "error": error, "times": 1}])
    patient = cloud.aws.client("kms", cloud.region)
    assert len(patient.list_keys()["Keys"]) == 1
    assert [one["error"] for one in cloud.aws.calls()][-2:] == ["ThrottlingException", None]


def test_unknown_words_in_a_fault_rule_are_refused(cloud):
    with pytest.raises(HTTPError):
        cloud.aws.set_faults([{"service": "ec2", "operatoin": "*"}])


def test_parameter_validation_of_botocore_stays_on(cloud):
    from botocore.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        cloud.ec2().describe_images(ImageIds="ami-0123456789abcdef0")
