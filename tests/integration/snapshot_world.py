# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What exists before the target snapshot_permission runs: AMIs with their snapshots, and snapshots by themselves."""

from __future__ import annotations

from typing import Any

from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, OWNER, REGION, World, fault


def image_of(world: World, name: str, *snapshots: str) -> str:
    """An AMI with one disk for each of these snapshots."""
    disks = [
        {"DeviceName": f"/dev/xvd{letter}", "Ebs": {"SnapshotId": snapshot_id}}
        for letter, snapshot_id in zip("abcdef", snapshots, strict=False)
    ]
    answer = world.client("ec2").register_image(Name=name, RootDeviceName="/dev/xvda", BlockDeviceMappings=disks)
    image_id: str = answer["ImageId"]
    return image_id


def copied_image(world: World, name: str, **state: Any) -> str:
    """A copy of an AMI; its snapshots are in the state in which it is."""
    source = world.image(f"source of {name}")
    copy = world.client("ec2").copy_image(SourceImageId=source, SourceRegion=REGION, Name=name)
    image_id: str = copy["ImageId"]
    world.aws.set_image(REGION, image_id, **state)
    return image_id


def shared_snapshot(world: World, *accounts: str, public: bool = False, account: str = OWNER) -> str:
    snapshot_id = world.snapshot(account=account)
    entries = [{"UserId": one} for one in accounts] + ([{"Group": "all"}] if public else [])
    ec2 = world.client("ec2", REGION, account)
    ec2.modify_snapshot_attribute(SnapshotId=snapshot_id, CreateVolumePermission={"Add": entries})
    return snapshot_id


def gone_snapshot(world: World) -> str:
    snapshot_id = world.snapshot()
    world.client("ec2").delete_snapshot(SnapshotId=snapshot_id)
    return snapshot_id


def snapshot_permission(world: World) -> dict[str, Any]:
    kms = world.client("kms")
    golden_key, disabled_key = world.key(), world.key()
    ebs_key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    root, data = world.snapshot(golden_key), world.snapshot(golden_key)
    found = {
        "images": [
            {"image_id": image_of(world, "golden", root, data), "region": REGION},
            {"image_id": world.image("golden", region=OTHER_REGION), "region": OTHER_REGION},
        ],
        "root": root,
        "data": data,
        "shared": shared_snapshot(world, CONSUMER, OTHER),
        "published": shared_snapshot(world, CONSUMER, public=True),
        "crowded": world.snapshot(),
        "fine": world.snapshot(),
        "on_ebs_key": world.snapshot(ebs_key),
        "on_disabled_key": world.snapshot(disabled_key),
        "pending": copied_image(world, "pending", state="pending"),
        "failed": copied_image(world, "failed", state="failed", state_reason="The source is broken"),
        "foreign": world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}]),
        "foreign_snapshot": shared_snapshot(world, OWNER, account=OTHER),
        "hidden": world.snapshot(account=OTHER),
        "gone_image": world.gone_image(),
        "gone": gone_snapshot(world),
        "unreadable": world.snapshot(),
        "throttled": world.snapshot(),
        "denied": world.snapshot(),
        "half": shared_snapshot(world, OTHER),
    }
    kms.disable_key(KeyId=disabled_key)
    modify, denial = "ModifySnapshotAttribute", "UnauthorizedOperation"
    message = "You are not authorized to perform this operation. Encoded authorization failure message: c2VjcmV0"
    removal = f"SnapshotId={found['half']}&Attribute=createVolumePermission&OperationType=remove"
    world.aws.set_faults(
        [
            fault("ec2", modify, str(found["throttled"]), "RequestLimitExceeded", status=503, times=3),
            fault("ec2", modify, str(found["denied"]), denial, message, status=403),
            fault("ec2", modify, removal, denial, status=403),
            fault("ec2", "DescribeSnapshotAttribute", str(found["unreadable"]), denial, status=403),
        ]
    )
    return found
