# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots: createVolumePermission, who sees one, keys, failed copies."""

from __future__ import annotations

import pytest


def test_snapshot_permissions_in_both_forms(cloud):
    snapshot, ec2 = cloud.snapshot(), cloud.ec2()

    def shared():
        answer = ec2.describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
        return answer["CreateVolumePermissions"]

    permission = {"Add": [{"UserId": cloud.consumer}, {"Group": "all"}]}
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=permission)
    assert shared() == [{"Group": "all"}, {"UserId": cloud.consumer}]
    flat = {"Attribute": "createVolumePermission", "OperationType": "remove", "GroupNames": ["all"]}
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, **flat)
    assert shared() == [{"UserId": cloud.consumer}]
    with pytest.raises(ec2.exceptions.ClientError):
        mixed = {"Add": [{"UserId": cloud.stranger}], "Remove": [{"UserId": cloud.consumer}]}
        ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=mixed)
    ec2.reset_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
    assert shared() == []
    with cloud.refused("InvalidSnapshot.NotFound"):
        ec2.describe_snapshot_attribute(SnapshotId="snap-0123456789abcdef0", Attribute="createVolumePermission")


def test_only_the_owner_reads_and_writes_permissions_of_snapshots(cloud):
    snapshot = cloud.snapshot()
    permission = {"Add": [{"UserId": cloud.consumer}]}
    cloud.ec2().modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=permission)
    for account in (cloud.consumer, cloud.stranger):
        with cloud.refused("AuthFailure"):
            cloud.ec2(account).describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
        with cloud.refused("AuthFailure"):
            cloud.ec2(account).modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=permission)


def test_five_hundred_changes_of_a_snapshot_and_no_more(cloud):
    snapshot, ec2 = cloud.snapshot(), cloud.ec2()
    many = {"Attribute": "createVolumePermission", "OperationType": "add"}
    accounts = [f"{number:012d}" for number in range(501)]
    with pytest.raises(ec2.exceptions.ClientError):
        ec2.modify_snapshot_attribute(SnapshotId=snapshot, UserIds=accounts, **many)
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, UserIds=accounts[:500], **many)
    answer = ec2.describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
    assert len(answer["CreateVolumePermissions"]) == 500


def test_snapshots_of_a_failed_copy_say_why(cloud):
    copy = cloud.ec2().copy_image(SourceImageId=cloud.image(), SourceRegion=cloud.region, Name="copy")["ImageId"]

    def shown():
        (found,) = cloud.ec2().describe_snapshots(Filters=[{"Name": "description", "Values": ["Copied for*"]}])[
            "Snapshots"
        ]
        return found["State"], found.get("StateMessage")

    cloud.aws.set_image(cloud.region, copy, state="pending")
    assert shown() == ("pending", None)
    cloud.aws.set_image(cloud.region, copy, state="failed", state_reason="Given key ID is not accessible")
    assert shown() == ("error", "Given key ID is not accessible")
    cloud.aws.set_image(cloud.region, copy, state="available")
    assert shown() == ("completed", None)


def test_snapshots_of_others_are_seen_when_shared(cloud):
    snapshot, ec2, consumer = cloud.snapshot(), cloud.ec2(), cloud.ec2(cloud.consumer)
    assert consumer.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"] == []
    with cloud.refused("InvalidSnapshot.NotFound"):
        consumer.describe_snapshots(SnapshotIds=["snap-0123456789abcdef0"])
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": cloud.consumer}]})
    assert consumer.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["OwnerId"] == cloud.owner
    assert len(consumer.describe_snapshots(RestorableByUserIds=["self"])["Snapshots"]) == 1
    assert consumer.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    volume = consumer.create_volume(SnapshotId=snapshot, AvailabilityZone=f"{cloud.region}a")
    assert volume["Size"] == 9


def test_keys_of_volumes_and_snapshots_are_arns(cloud):
    key, ec2 = cloud.key(), cloud.ec2()
    cloud.kms().create_alias(AliasName="alias/golden", TargetKeyId=key)
    snapshot = cloud.snapshot("alias/golden")
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["KmsKeyId"] == key
    volume = ec2.create_volume(SnapshotId=snapshot, AvailabilityZone=f"{cloud.region}a")
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, key)
    default = ec2.get_ebs_default_kms_key_id()["KmsKeyId"]
    copy = ec2.copy_snapshot(SourceSnapshotId=snapshot, SourceRegion=cloud.region)["SnapshotId"]
    assert ec2.describe_snapshots(SnapshotIds=[copy])["Snapshots"][0]["KmsKeyId"] == default
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    ec2.enable_ebs_encryption_by_default()
    plain = cloud.snapshot()
    shown = ec2.describe_snapshots(SnapshotIds=[plain])["Snapshots"][0]
    assert (shown["Encrypted"], shown["KmsKeyId"]) == (True, key)
    assert default.startswith(f"arn:aws:kms:{cloud.region}:{cloud.owner}:key/")
