# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What sharing is for: a consumer's instance starts, from an encrypted AMI, when both modules have done their part."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.integration.conftest import RunModule
from tests.integration.world import CONSUMER, REGION, World


def launched(world: World, image_id: str, account: str = CONSUMER) -> str:
    """How the consumer's instance gets on: its state, with the reason when it ended, or the error of the call."""
    ec2: Any = world.client("ec2", REGION, account)
    try:
        answer = ec2.run_instances(ImageId=image_id, MinCount=1, MaxCount=1, InstanceType="t3.micro")
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    instance_id = answer["Instances"][0]["InstanceId"]
    instance = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    reason = instance.get("StateReason", {}).get("Code", "")
    return " ".join(part for part in (instance["State"]["Name"], reason) if part)


def test_a_consumer_can_launch_with_both_and_not_with_either(world: World, run_module: RunModule) -> None:
    key = world.key("alias/golden")
    image_id = world.image("golden", key=key)
    image = {"image_id": image_id, "region": REGION}
    grant = {"key_id": "alias/golden", "region": REGION, "grantees": [CONSUMER]}

    run_module("kms_grant", grant)
    assert launched(world, image_id) == "AuthFailure"
    run_module("launch_permission", {**image, "account_ids": [CONSUMER]})
    assert launched(world, image_id) == "running"
    run_module("kms_grant", {**grant, "state": "absent"})
    assert launched(world, image_id) == "terminated Client.InternalError"
    run_module("launch_permission", {**image, "state": "private"})
    assert launched(world, image_id) == "AuthFailure"


def test_members_of_an_organization_can_launch_with_a_statement(world: World, run_module: RunModule) -> None:
    """Grants cannot name organizations; the launch permission alone gives instances that do not start."""
    organizations = world.client("organizations", "us-east-1")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    member, elsewhere = (
        organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]["AccountId"]
        for name in ("member", "elsewhere")
    )
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    image_id = world.image("golden", key=world.key("alias/golden"))
    statement = {"key_id": "alias/golden", "region": REGION, "sid": "GoldenAmi"}

    run_module(
        "launch_permission", {"image_id": image_id, "region": REGION, "organization_arns": [organization["Arn"]]}
    )
    assert launched(world, image_id, member) == "terminated Client.InternalError"
    run_module("kms_key_policy_statement", {**statement, "organization_ids": [organization["Id"]]})
    assert [launched(world, image_id, account) for account in (member, elsewhere)] == ["running", "running"]
    assert launched(world, image_id) == "AuthFailure"
    # Without kms:CreateGrant, as AWS's own sample for organizations has it, it is not enough.
    sample = [
        "kms:Describe*",
        "kms:List*",
        "kms:Get*",
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
    ]
    run_module("kms_key_policy_statement", {**statement, "organization_ids": [organization["Id"]], "actions": sample})
    assert launched(world, image_id, member) == "terminated Client.InternalError"
    # Only the unit: the organization may see the AMI, and only the unit's accounts can start it.
    path = f"{organization['Id']}/{root}/{unit}/*"
    run_module("kms_key_policy_statement", {**statement, "organization_paths": [path]})
    assert launched(world, image_id, member) == "running"
    assert launched(world, image_id, elsewhere) == "terminated Client.InternalError"
    run_module("kms_key_policy_statement", {**statement, "state": "absent"})
    assert launched(world, image_id, member) == "terminated Client.InternalError"


def test_an_account_that_no_statement_names_cannot_launch(world: World, run_module: RunModule) -> None:
    image_id = world.image("golden", key=world.key("alias/golden"))
    statement = {"key_id": "alias/golden", "region": REGION, "sid": "GoldenAmi"}

    run_module("launch_permission", {"image_id": image_id, "region": REGION, "account_ids": [CONSUMER]})
    run_module("kms_key_policy_statement", {**statement, "organization_ids": ["o-exampleorgid"]})
    assert launched(world, image_id) == "terminated Client.InternalError"
    run_module("kms_key_policy_statement", {**statement, "account_ids": [CONSUMER]})
    assert launched(world, image_id) == "running"
