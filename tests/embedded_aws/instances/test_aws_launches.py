# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RunInstances: launch permission first, then the keys behind the image."""

from __future__ import annotations

import json

import pytest


def launch(cloud, image, account):
    """State and reason code of a new instance of that account."""
    ec2 = cloud.ec2(account)
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]
    assert instance["State"]["Name"] == "pending"
    answer = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])
    shown = answer["Reservations"][0]["Instances"][0]
    return shown["State"]["Name"], shown.get("StateReason", {}).get("Code")


@pytest.fixture
def secret(cloud):
    """An encrypted image shared with the consumer, and its key."""
    key = cloud.key()
    image = cloud.image(cloud.snapshot(key))
    cloud.share(image, {"UserId": cloud.consumer})
    return image, key


def test_images_that_are_not_shared_cannot_be_launched(cloud):
    image = cloud.image()
    with cloud.refused("AuthFailure"):
        launch(cloud, image, cloud.consumer)
    with cloud.refused("InvalidAMIID.NotFound"):
        launch(cloud, "ami-0123456789abcdef0", cloud.consumer)
    with cloud.refused("InvalidAMIID.Malformed"):
        launch(cloud, "ami-1", cloud.consumer)
    cloud.share(image, {"UserId": cloud.consumer})
    assert launch(cloud, image, cloud.consumer)[0] == "running"
    assert cloud.ec2(cloud.consumer).describe_volumes()["Volumes"][0]["Size"] == 9
    cloud.share(image, {"UserId": cloud.consumer}, action="Remove")
    with cloud.refused("AuthFailure"):
        launch(cloud, image, cloud.consumer)


def test_without_the_key_the_instance_terminates(cloud, secret):
    image, _key = secret
    assert launch(cloud, image, cloud.owner)[0] == "running"
    assert launch(cloud, image, cloud.consumer) == ("terminated", "Client.InternalError")


@pytest.mark.parametrize(
    ("operations", "state"),
    [
        (["Decrypt", "CreateGrant", "DescribeKey", "ReEncryptFrom"], "running"),
        (["Decrypt", "CreateGrant", "DescribeKey", "GenerateDataKeyWithoutPlaintext"], "running"),
        (["Decrypt", "CreateGrant", "DescribeKey"], "terminated"),
        (["Decrypt", "DescribeKey", "ReEncryptFrom"], "terminated"),
    ],
)
def test_a_grant_to_the_account(cloud, secret, operations, state):
    image, key = secret
    grantee = f"arn:aws:iam::{cloud.consumer}:root"
    grant = cloud.kms().create_grant(KeyId=key, GranteePrincipal=grantee, Operations=operations)["GrantId"]
    assert launch(cloud, image, cloud.consumer)[0] == state
    cloud.kms().revoke_grant(KeyId=key, GrantId=grant)
    assert launch(cloud, image, cloud.consumer)[0] == "terminated"


def test_a_grant_to_a_role_of_the_account_or_to_another_account(cloud, secret):
    image, key = secret
    other = f"arn:aws:iam::{cloud.stranger}:root"
    cloud.kms().create_grant(KeyId=key, GranteePrincipal=other, Operations=cloud.launch_operations)
    assert launch(cloud, image, cloud.consumer)[0] == "terminated"
    role = cloud.role(cloud.consumer, "deployer")
    cloud.kms().create_grant(KeyId=key, GranteePrincipal=role, Operations=cloud.launch_operations)
    assert launch(cloud, image, cloud.consumer)[0] == "running"


def test_a_grant_with_constraints_does_not_help(cloud, secret):
    image, key = secret
    grantee = f"arn:aws:iam::{cloud.consumer}:root"
    constraint = {"EncryptionContextEquals": {"aws:ebs:id": "vol-1"}}
    cloud.kms().create_grant(
        KeyId=key, GranteePrincipal=grantee, Operations=cloud.launch_operations, Constraints=constraint
    )
    assert launch(cloud, image, cloud.consumer)[0] == "terminated"


def put_statement(cloud, key, **statement):
    """Add a statement to the key policy."""
    policy = json.loads(cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"].append({"Effect": "Allow", "Resource": "*", **statement})
    cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


LAUNCH_ACTIONS = ["kms:Decrypt", "kms:CreateGrant", "kms:DescribeKey", "kms:ReEncrypt*"]


def test_the_key_policy_may_name_the_account(cloud, secret):
    image, key = secret
    put_statement(cloud, key, Principal={"AWS": f"arn:aws:iam::{cloud.consumer}:root"}, Action=LAUNCH_ACTIONS)
    assert launch(cloud, image, cloud.consumer)[0] == "running"
    put_statement(cloud, key, Principal={"AWS": cloud.consumer}, Action="kms:Decrypt", Effect="Deny")
    assert launch(cloud, image, cloud.consumer)[0] == "terminated"


def test_the_key_policy_may_name_the_organization(cloud, secret):
    image, key = secret
    organizations = cloud.client("organizations", region="us-east-1")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    status = organizations.create_account(AccountName="member", Email="m@example.com")["CreateAccountStatus"]
    member = status["AccountId"]
    cloud.share(image, {"UserId": member})
    assert launch(cloud, image, member)[0] == "terminated"
    condition = {"StringEquals": {"aws:PrincipalOrgID": organization["Id"]}}
    put_statement(cloud, key, Principal="*", Action=LAUNCH_ACTIONS, Condition=condition)
    assert launch(cloud, image, member)[0] == "running"
    assert launch(cloud, image, cloud.consumer)[0] == "terminated"


def test_the_key_policy_may_name_an_organizational_unit_by_path(cloud, secret):
    image, key = secret
    organizations = cloud.client("organizations", region="us-east-1")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    status = organizations.create_account(AccountName="member", Email="m@example.com")["CreateAccountStatus"]
    member = status["AccountId"]
    cloud.share(image, {"UserId": member})
    condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [f"{organization}/{root}/{unit}/*"]}}
    put_statement(cloud, key, Principal="*", Action=LAUNCH_ACTIONS, Condition=condition)
    assert launch(cloud, image, member)[0] == "terminated"
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    assert launch(cloud, image, member)[0] == "running"


def test_an_unknown_condition_is_never_met(cloud, secret):
    image, key = secret
    condition = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    put_statement(cloud, key, Principal={"AWS": cloud.consumer}, Action=LAUNCH_ACTIONS, Condition=condition)
    assert launch(cloud, image, cloud.consumer)[0] == "terminated"


def test_disabled_and_dying_keys(cloud, secret):
    image, key = secret
    cloud.kms().disable_key(KeyId=key)
    assert launch(cloud, image, cloud.owner) == ("terminated", "Client.InvalidKMSKey.InvalidState")
    cloud.kms().enable_key(KeyId=key)
    assert launch(cloud, image, cloud.owner)[0] == "running"
    cloud.kms().schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert launch(cloud, image, cloud.owner) == ("terminated", "Client.InvalidKMSKey.InvalidState")


def test_every_key_of_the_image_counts(cloud):
    keys = [cloud.key(), cloud.key()]
    image = cloud.image(*[cloud.snapshot(key) for key in keys])
    cloud.share(image, {"UserId": cloud.consumer})
    grantee = f"arn:aws:iam::{cloud.consumer}:root"
    for key, state in zip(keys, ("terminated", "running"), strict=True):
        cloud.kms().create_grant(KeyId=key, GranteePrincipal=grantee, Operations=cloud.launch_operations)
        assert launch(cloud, image, cloud.consumer)[0] == state


def test_volumes_of_the_consumer_are_on_its_own_key(cloud, secret):
    image, key = secret
    grantee = f"arn:aws:iam::{cloud.consumer}:root"
    cloud.kms().create_grant(KeyId=key, GranteePrincipal=grantee, Operations=cloud.launch_operations)
    launch(cloud, image, cloud.consumer)
    volume = cloud.ec2(cloud.consumer).describe_volumes()["Volumes"][0]
    assert volume["KmsKeyId"] == cloud.ec2(cloud.consumer).get_ebs_default_kms_key_id()["KmsKeyId"]
