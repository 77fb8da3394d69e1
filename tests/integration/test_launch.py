# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What sharing is for: a consumer's instance starts, from an encrypted AMI, when both modules have done their part."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.integration.conftest import RunModule
from tests.integration.world import CONSUMER, REGION, World


def launched(world: World, image_id: str) -> str:
    """How the consumer's instance gets on: its state, with the reason when it ended, or the error of the call."""
    ec2: Any = world.client("ec2", REGION, CONSUMER)
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
