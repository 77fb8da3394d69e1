# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RunInstances: launch permission first, then the keys behind the image."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError


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


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        pytest.param({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, "terminated", id="unknown"),
        pytest.param({"StringEquals": {"kms:CallerAccount": "444455556666"}}, "running", id="of another account"),
        pytest.param({"StringNotEquals": {"kms:CallerAccount": "444455556666"}}, "terminated", id="of all others"),
    ],
)
def test_a_deny_whose_condition_is_not_known_applies(cloud, secret, condition, state):
    image, key = secret
    put_statement(cloud, key, Principal={"AWS": cloud.consumer}, Action=LAUNCH_ACTIONS)
    put_statement(cloud, key, Principal="*", Action="kms:Decrypt", Effect="Deny", Condition=condition)
    assert launch(cloud, image, cloud.consumer)[0] == state


def test_a_deny_to_all_but_some(cloud, secret):
    image, key = secret
    put_statement(cloud, key, Principal={"AWS": cloud.consumer}, Action=LAUNCH_ACTIONS)
    spared = {"AWS": [cloud.consumer, cloud.owner]}
    put_statement(cloud, key, NotPrincipal=spared, Action="kms:Decrypt", Effect="Deny")
    assert launch(cloud, image, cloud.consumer)[0] == "running"
    put_statement(cloud, key, NotPrincipal={"AWS": cloud.owner}, Action="kms:Decrypt", Effect="Deny")
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


def request(image, **options):
    return {"ImageId": image, "MinCount": 1, "MaxCount": 1, **options}


def test_a_dry_run_starts_nothing_and_asks_no_key(cloud, secret):
    image, _key = secret
    ec2 = cloud.ec2(cloud.consumer)
    with cloud.refused("DryRunOperation", 412):
        ec2.run_instances(**request(image, DryRun=True, InstanceType="t2.micro"))
    cloud.share(image, {"UserId": cloud.consumer}, action="Remove")
    with cloud.refused("AuthFailure", 403):
        ec2.run_instances(**request(image, DryRun=True))
    with cloud.refused("InvalidAMIID.NotFound"):
        ec2.run_instances(**request("ami-0123456789abcdef0", DryRun=True))
    assert ec2.describe_instances()["Reservations"] == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_a_launch_needs_besides_the_ami(cloud, dry_run):
    ec2 = cloud.ec2()
    arm = cloud.image(name="arm", Architecture="arm64")
    with cloud.refused("InvalidParameterValue"):
        ec2.run_instances(**request(arm, InstanceType="t3.micro", DryRun=dry_run))
    with cloud.refused("InvalidParameterValue"):
        ec2.run_instances(**request(arm, DryRun=dry_run))
    with cloud.refused("InvalidParameterValue"):
        ec2.run_instances(**request(arm, InstanceType="x9.micro", DryRun=dry_run))
    with cloud.refused("InvalidSubnetID.NotFound"):
        ec2.run_instances(**request(arm, InstanceType="t4g.micro", SubnetId="subnet-0123456789abcdef0", DryRun=dry_run))
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)
    with cloud.refused("VPCIdNotSpecified"):
        ec2.run_instances(**request(arm, InstanceType="t4g.micro", DryRun=dry_run))


def test_a_client_token_launches_once(cloud):
    ec2, image = cloud.ec2(), cloud.image()
    first = ec2.run_instances(**request(image, ClientToken="one"))["Instances"][0]["InstanceId"]
    assert ec2.run_instances(**request(image, ClientToken="one"))["Instances"][0]["InstanceId"] == first
    assert ec2.run_instances(**request(image, ClientToken="two"))["Instances"][0]["InstanceId"] != first
    filters = [{"Name": "client-token", "Values": ["one"]}]
    found = ec2.describe_instances(Filters=filters)["Reservations"]
    assert [instance["InstanceId"] for one in found for instance in one["Instances"]] == [first]
    with cloud.refused("IdempotentParameterMismatch"):
        ec2.run_instances(**request(image, ClientToken="one", InstanceType="t2.micro"))
    ec2.terminate_instances(InstanceIds=[first])
    with cloud.refused("IdempotentInstanceTerminated"):
        ec2.run_instances(**request(image, ClientToken="one"))
    assert len(ec2.describe_instances()["Reservations"]) == 2


def test_how_launches_go(cloud):
    ec2, fine, failing = cloud.ec2(), cloud.image(name="fine"), cloud.image(name="failing")
    reason = {"code": "Client.VolumeLimitExceeded", "message": "Client.VolumeLimitExceeded: Volume limit exceeded"}
    cloud.aws.set_launches(looks=2, unseen=1, ends={failing: reason})
    ids = {image: ec2.run_instances(**request(image))["Instances"][0]["InstanceId"] for image in (fine, failing)}
    for instance in ids.values():
        with cloud.refused("InvalidInstanceID.NotFound"):
            ec2.describe_instances(InstanceIds=[instance])

    def look(image):
        found = ec2.describe_instances(InstanceIds=[ids[image]])["Reservations"][0]["Instances"][0]
        return found["State"]["Name"], found.get("StateReason", {}).get("Code")

    assert [look(fine)[0] for _look in range(3)] == ["pending", "pending", "running"]
    assert [look(failing)[0] for _look in range(2)] == ["pending", "pending"]
    assert look(failing) == ("terminated", "Client.VolumeLimitExceeded")


def test_a_parameter_instead_of_an_ami(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    cloud.aws.set_parameters(looks=0)
    ssm, ec2 = cloud.client("ssm", cloud.consumer), cloud.ec2(cloud.consumer)
    ssm.put_parameter(Name="/golden/web", Value=image, Type="String", DataType="aws:ec2:image")
    ssm.get_parameter(Name="/golden/web")
    for name in ("/golden/web", "/golden/web:1"):
        made = ec2.run_instances(**request(f"resolve:ssm:{name}"))["Instances"][0]
        assert made["ImageId"] == image
    with cloud.refused("DryRunOperation"):
        ec2.run_instances(**request("resolve:ssm:/golden/web", DryRun=True))
    for name in ("/golden/web:2", "/golden/other"):
        with pytest.raises(ClientError):
            ec2.run_instances(**request(f"resolve:ssm:{name}"))
    ssm.put_parameter(Name="text", Value=image, Type="String")
    with cloud.refused("SsmInvalidParameter"):
        ec2.run_instances(**request("resolve:ssm:text"))
    cloud.share(image, {"UserId": cloud.consumer}, action="Remove")
    with cloud.refused("AuthFailure"):
        ec2.run_instances(**request("resolve:ssm:/golden/web"))


def test_a_request_may_change_a_part_of_a_device(cloud):
    ec2, image = cloud.ec2(), cloud.image()
    devices = [{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True}}]
    made = ec2.run_instances(**request(image, BlockDeviceMappings=devices))["Instances"][0]["InstanceId"]
    filters = [{"Name": "attachment.instance-id", "Values": [made]}]
    assert [volume["Size"] for volume in ec2.describe_volumes(Filters=filters)["Volumes"]] == [9]
    volumes = len(ec2.describe_volumes()["Volumes"])
    ec2.terminate_instances(InstanceIds=[made])
    assert len(ec2.describe_volumes()["Volumes"]) == volumes - 1
    with pytest.raises(ClientError):
        ec2.run_instances(**request(image, BlockDeviceMappings=[{"DeviceName": "/dev/xvdz", "Ebs": {}}]))
