# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""share_snapshots: the consumers may copy the AMI, which by itself nobody may."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import launch, one_of, sees
from tests.integration.role_share.organization import make_organization
from tests.integration.world import CALLER, CONSUMER, OTHER, OWNER, REGION, World, fault


def copied(world: World, image_id: str, account: str) -> str:
    """What becomes of a copy that a consumer makes under a key of its own: its state, or the error of the call."""
    ec2 = world.client("ec2", REGION, account)
    key = world.key(account=account)
    request = {"SourceImageId": image_id, "SourceRegion": REGION, "Encrypted": True, "KmsKeyId": key}
    try:
        copy = ec2.copy_image(Name="mine", **request)["ImageId"]
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return str(ec2.describe_images(ImageIds=[copy])["Images"][0]["State"])


def restorable(world: World, image_id: str) -> list[Any]:
    """Who may make volumes of the snapshots of an AMI."""
    ec2 = world.client("ec2")
    (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
    listed: list[Any] = []
    for mapping in image["BlockDeviceMappings"]:
        answer = ec2.describe_snapshot_attribute(
            SnapshotId=mapping["Ebs"]["SnapshotId"], Attribute="createVolumePermission"
        )
        listed.append(sorted(answer["CreateVolumePermissions"], key=str))
    return listed


def snapshot_permissions(result: dict[str, Any]) -> list[str]:
    return [one["snapshot_permission"] for one in result["consumers"]]


def test_only_when_asked_and_for_accounts_only(world: World, share: Share) -> None:
    there = make_organization(world, OTHER)
    key = world.key()
    image_id, plain = world.image("golden", key), world.image("plain")
    wanted = {
        "share_images": f"{image_id} {REGION}\n{plain} {REGION}",
        "share_account_ids": [CONSUMER, OWNER],
        "share_organization_arns": there.arn,
    }

    run = share(**wanted | {"share_snapshots": "ture"})

    assert (run.code, run.calls) == (2, [])
    one_of(run.refusals, "share_snapshots: 'ture' is neither true nor false.")

    run = share(**wanted | {"share_images": f"{image_id} {REGION}"})

    assert run.code == 0, run.message
    assert "ModifySnapshotAttribute" not in [operation for operation, _region in run.writes]
    assert snapshot_permissions(run.result) == ["not_asked", "not_asked"]
    assert (launch(world, image_id), copied(world, image_id, CONSUMER)) == ("running", "InvalidRequest")

    preview = share(check=True, share_snapshots=True, **wanted)

    assert (preview.code, preview.writes) == (0, []), preview.message
    assert snapshot_permissions(preview.result) == ["added", "not_asked"] * 2
    assert restorable(world, image_id) == [[]]

    run = share(share_snapshots="yes", **wanted)

    assert run.code == 0, run.message
    # The other AMI is new: nobody sees it before all else is in place.
    assert [operation for operation, _region in run.writes] == ["ModifySnapshotAttribute"] * 2 + [
        "ModifyImageAttribute"
    ]
    assert snapshot_permissions(run.result) == ["added", "not_asked"] * 2
    assert restorable(world, image_id) == restorable(world, plain) == [[{"UserId": CONSUMER}]]
    assert copied(world, image_id, CONSUMER) == copied(world, plain, CONSUMER) == "available"
    # EC2 has no such permission for organizations, and the run says it.
    assert launch(world, image_id, account=there.in_unit) == "running"
    assert copied(world, image_id, there.in_unit) == "InvalidRequest"
    note = one_of(run.result["notes"], "share_snapshots: EC2 has no snapshot permission for organizations")
    assert note in " ".join(run.table.split())

    again = share(share_snapshots=True, **wanted)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert snapshot_permissions(again.result) == ["unchanged", "not_asked"] * 2


def test_keys_then_snapshots_then_launch_permission(world: World, share: Share) -> None:
    """In one run, and one AMI whose snapshot may not be shared: it is launched all the same, and the run fails."""
    fine, denied = world.image("fine", world.key()), world.image("denied")
    ec2 = world.client("ec2")
    (image,) = ec2.describe_images(ImageIds=[denied])["Images"]
    snapshot_id = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    world.aws.set_faults([fault("ec2", "ModifySnapshotAttribute", snapshot_id, "UnauthorizedOperation", status=403)])
    wanted = {
        "share_images": f"{fine} {REGION}\n{denied} {REGION}",
        "share_account_ids": CONSUMER,
        "share_snapshots": True,
    }

    run = share(**wanted)

    assert run.code == 2
    operations = [operation for operation, _region in run.writes]
    assert operations == ["CreateGrant", *["ModifySnapshotAttribute"] * 2, *["ModifyImageAttribute"] * 2]
    assert f"ec2:ModifySnapshotAttribute as {CALLER}: UnauthorizedOperation" in run.message
    assert denied in run.message and fine not in run.message
    assert snapshot_permissions(run.result) == ["added", "failed"]
    # Launching needs no snapshot permission.
    assert launch(world, fine) == launch(world, denied) == "running"
    assert (copied(world, fine, CONSUMER), copied(world, denied, CONSUMER)) == ("available", "InvalidRequest")
    assert sees(world, denied)

    world.aws.set_faults([])
    run = share(**wanted)
    assert (run.code, run.writes) == (0, [("ModifySnapshotAttribute", REGION)])
    assert snapshot_permissions(run.result) == ["unchanged", "added"]
