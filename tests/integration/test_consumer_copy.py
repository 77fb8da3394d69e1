# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What sharing snapshots is for: a consumer copies a shared AMI, and makes volumes of it, and could not before."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.integration.conftest import RunModule
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, REGION, World


def code_of(call: Any, **request: Any) -> str:
    """The error of a call, empty when it was answered."""
    try:
        call(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def copied(world: World, image_id: str, account: str = CONSUMER) -> str:
    ec2: Any = world.client("ec2", OTHER_REGION, account)
    return code_of(ec2.copy_image, SourceImageId=image_id, SourceRegion=REGION, Name="mine")


def copy_of(world: World, image_id: str) -> str:
    """How the consumer's copy of an encrypted AMI gets on, under a key of its own."""
    ec2: Any = world.client("ec2", REGION, CONSUMER)
    key = world.key(account=CONSUMER)
    copy = ec2.copy_image(SourceImageId=image_id, SourceRegion=REGION, Name="mine", Encrypted=True, KmsKeyId=key)
    (image,) = ec2.describe_images(ImageIds=[copy["ImageId"]])["Images"]
    return str(image["State"])


def volume_made(world: World, snapshot_id: str, account: str = CONSUMER) -> str:
    ec2: Any = world.client("ec2", REGION, account)
    return code_of(ec2.create_volume, SnapshotId=snapshot_id, AvailabilityZone=f"{REGION}a")


def test_a_consumer_can_copy_with_both_permissions_and_not_with_either(world: World, run_module: RunModule) -> None:
    image_id = world.image("golden")
    image = {"image_id": image_id, "region": REGION, "account_ids": [CONSUMER]}
    (listed,) = world.client("ec2").describe_images(ImageIds=[image_id])["Images"]
    snapshot_id = listed["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]

    run_module("launch_permission", image)
    # The call fails, with the text of an AMI whose storage is not readable; the code is not documented.
    assert copied(world, image_id) == "InvalidRequest"
    assert volume_made(world, snapshot_id) == "InvalidSnapshot.NotFound"

    run_module("snapshot_permission", image)
    assert copied(world, image_id) == ""
    assert volume_made(world, snapshot_id) == ""
    assert volume_made(world, snapshot_id, OTHER) == "InvalidSnapshot.NotFound"

    run_module("launch_permission", {**image, "state": "absent"})
    assert copied(world, image_id) == "InvalidAMIID.NotFound"
    run_module("snapshot_permission", {**image, "state": "absent"})
    assert volume_made(world, snapshot_id) == "InvalidSnapshot.NotFound"


def test_a_consumer_of_an_encrypted_ami_needs_its_key_as_well(world: World, run_module: RunModule) -> None:
    image_id = world.image("golden", key=world.key("alias/golden"))
    image = {"image_id": image_id, "region": REGION, "account_ids": [CONSUMER]}
    run_module("launch_permission", image)
    run_module("snapshot_permission", image)

    assert copy_of(world, image_id) == "failed"
    run_module("kms_grant", {"key_id": "alias/golden", "region": REGION, "grantees": [CONSUMER]})
    assert copy_of(world, image_id) == "available"
