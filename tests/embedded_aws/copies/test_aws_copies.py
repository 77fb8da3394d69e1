# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CopyImage: keys, tags, tokens, time."""

from __future__ import annotations

import json
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import WaiterError

THERE = "us-east-1"


def slow(cloud, **transition):
    """Let copies stay pending, by moto's own state manager."""
    body = json.dumps({"model_name": "ec2::image", "transition": transition}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{cloud.aws.url}/moto-api/state-manager/set-transition", body, headers)) as answer:
        assert answer.status in (200, 201)


def copy(cloud, image, account="123456789012", **options):
    request = {"Name": "copy", "SourceImageId": image, "SourceRegion": cloud.region, **options}
    return cloud.ec2(account, THERE).copy_image(**request)["ImageId"]


def shown(cloud, image, account="123456789012"):
    return cloud.ec2(account, THERE).describe_images(ImageIds=[image])["Images"][0]


def keys_of(cloud, image, account="123456789012"):
    devices = shown(cloud, image, account)["BlockDeviceMappings"]
    snapshots = [one["Ebs"]["SnapshotId"] for one in devices]
    found = cloud.ec2(account, THERE).describe_snapshots(SnapshotIds=snapshots)["Snapshots"]
    return [one.get("KmsKeyId") for one in found]


def test_a_plain_copy_knows_its_source_and_has_no_shares_or_tags(cloud):
    image = cloud.image(Description="original", Architecture="arm64")
    cloud.share(image, {"UserId": cloud.consumer})
    cloud.ec2().create_tags(Resources=[image], Tags=[{"Key": "a", "Value": "b"}])
    made = copy(cloud, image)
    found = shown(cloud, made)
    assert (found["SourceImageId"], found["SourceImageRegion"]) == (image, cloud.region)
    assert (found["State"], found["Architecture"]) == ("available", "arm64")
    assert "Tags" not in found
    assert cloud.ec2(cloud.consumer, THERE).describe_images(ImageIds=[made])["Images"] == []
    filters = [
        {"Name": "source-image-id", "Values": [image]},
        {"Name": "source-image-region", "Values": [cloud.region]},
    ]
    answer = cloud.ec2(region=THERE).describe_images(Owners=["self"], Filters=filters)
    assert [one["ImageId"] for one in answer["Images"]] == [made]


def test_keys(cloud):
    image = cloud.image(cloud.snapshot(cloud.key()), cloud.snapshot())
    default = copy(cloud, image)
    managed = cloud.ec2(region=THERE).get_ebs_default_kms_key_id()["KmsKeyId"]
    assert keys_of(cloud, default) == [managed, None]
    key = cloud.key(region=THERE)
    assert keys_of(cloud, copy(cloud, image, Encrypted=True, KmsKeyId=key)) == [key, key]
    cloud.kms(region=THERE).create_alias(AliasName="alias/golden", TargetKeyId=key)
    assert keys_of(cloud, copy(cloud, image, Encrypted=True, KmsKeyId="alias/golden")) == [key, key]


def test_tags(cloud):
    image = cloud.image()
    cloud.ec2().create_tags(Resources=[image], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    specification = [{"ResourceType": kind, "Tags": [{"Key": "b", "Value": kind}]} for kind in ("image", "snapshot")]
    made = copy(cloud, image, CopyImageTags=True, TagSpecifications=specification)
    found = {one["Key"]: one["Value"] for one in shown(cloud, made)["Tags"]}
    assert found == {"a": "1", "b": "image"}
    snapshot = shown(cloud, made)["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    answer = cloud.ec2(region=THERE).describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert answer["Tags"] == [{"Key": "b", "Value": "snapshot"}]


def test_a_token_makes_the_copy_idempotent(cloud):
    image = cloud.image()
    first = copy(cloud, image, ClientToken="golden")
    assert copy(cloud, image, ClientToken="golden") == first
    assert copy(cloud, image) != first
    with cloud.refused("IdempotentParameterMismatch"):
        copy(cloud, image, ClientToken="golden", Name="other")


def test_a_copy_takes_time(cloud):
    slow(cloud, progression="time", seconds=1)
    image = cloud.image(cloud.snapshot(cloud.key()))
    made = copy(cloud, image)
    assert shown(cloud, made)["State"] == "pending"
    snapshot = shown(cloud, made)["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2 = cloud.ec2(region=THERE)
    running = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert running["State"] == "pending"
    assert int(running["Progress"].rstrip("%")) < 100
    with cloud.refused("InvalidAMIID.Unavailable"):
        ec2.modify_image_attribute(ImageId=made, LaunchPermission={"Add": [{"UserId": cloud.consumer}]})
    ec2.get_waiter("image_available").wait(ImageIds=[made], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    done = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert (done["State"], done["Progress"]) == ("completed", "100%")


def test_a_copy_with_an_unknown_key_fails_later(cloud):
    slow(cloud, progression="manual", times=2)
    image = cloud.image()
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    made = copy(cloud, image, Encrypted=True, KmsKeyId=key)
    assert shown(cloud, made)["State"] == "pending"
    waiter = cloud.ec2(region=THERE).get_waiter("image_available")
    with pytest.raises(WaiterError):
        waiter.wait(ImageIds=[made], WaiterConfig={"Delay": 0, "MaxAttempts": 9})
    found = shown(cloud, made)
    assert found["State"] == "failed"
    assert "key" in found["StateReason"]["Message"]


def test_shared_sources_need_their_snapshots_too(cloud):
    key = cloud.key()
    snapshot = cloud.snapshot(key)
    image = cloud.image(snapshot)
    with cloud.refused("InvalidAMIID.NotFound"):
        copy(cloud, image, cloud.consumer)
    cloud.share(image, {"UserId": cloud.consumer})
    with pytest.raises(cloud.ec2().exceptions.ClientError):
        copy(cloud, image, cloud.consumer)
    permission = {"Add": [{"UserId": cloud.consumer}]}
    cloud.ec2().modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=permission)
    assert shown(cloud, copy(cloud, image, cloud.consumer), cloud.consumer)["State"] == "failed"
    grantee = f"arn:aws:iam::{cloud.consumer}:root"
    cloud.kms().create_grant(KeyId=key, GranteePrincipal=grantee, Operations=cloud.launch_operations)
    made = copy(cloud, image, cloud.consumer)
    found = shown(cloud, made, cloud.consumer)
    assert (found["State"], found["OwnerId"]) == ("available", cloud.consumer)
    default = cloud.ec2(cloud.consumer, THERE).get_ebs_default_kms_key_id()["KmsKeyId"]
    assert keys_of(cloud, made, cloud.consumer) == [default]


def test_source_errors(cloud):
    image = cloud.image()
    with cloud.refused("InvalidAMIID.NotFound"):
        copy(cloud, "ami-0123456789abcdef0")
    with cloud.refused("InvalidAMIID.NotFound"):
        copy(cloud, image, SourceRegion="eu-west-1")
    cloud.aws.set_image(cloud.region, image, state="pending")
    with cloud.refused("InvalidAMIID.Unavailable"):
        copy(cloud, image)


def test_too_many_copies_at_once(cloud):
    slow(cloud, progression="time", seconds=60)
    cloud.aws.set_limits(snapshot_copies=2)
    image = cloud.image()
    for _number in range(2):
        copy(cloud, image)
    with cloud.refused("ResourceLimitExceeded"):
        copy(cloud, image)


def test_a_pending_copy_can_be_cancelled(cloud):
    slow(cloud, progression="time", seconds=60)
    made = copy(cloud, cloud.image())
    started = time.monotonic()
    cloud.ec2(region=THERE).deregister_image(ImageId=made)
    assert cloud.ec2(region=THERE).describe_images(ImageIds=[made])["Images"] == []
    assert time.monotonic() - started < 5


def test_copies_that_fail_say_why(cloud):
    text = "The key of the source is not accessible"
    rule = {"region": THERE, "state_reason": "Copy image failed with an internal error", "state_message": text}
    cloud.aws.set_copies(seconds=0.3, failing=[rule])
    image = cloud.image()
    made = copy(cloud, image)
    snapshot = shown(cloud, made)["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2 = cloud.ec2(region=THERE)
    running = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert (shown(cloud, made)["State"], running["State"]) == ("pending", "pending")
    assert "StateMessage" not in running
    time.sleep(0.4)
    found = shown(cloud, made)
    assert (found["State"], found["StateReason"]["Message"]) == ("failed", rule["state_reason"])
    broken = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert (broken["State"], broken["StateMessage"]) == ("error", text)
    # Only as often as it was said, and only there.
    again = copy(cloud, image)
    time.sleep(0.4)
    assert shown(cloud, again)["State"] == "available"


def test_how_copies_go_is_forgotten(cloud):
    cloud.aws.set_copies(seconds=60, failing=[{"region": THERE, "state_reason": "broken"}])
    cloud.aws.reset()
    assert shown(cloud, copy(cloud, cloud.image()))["State"] == "available"
    with pytest.raises(HTTPError):
        cloud.aws.set_copies(failing=[{"regoin": THERE, "state_reason": "broken"}])


def test_a_copy_beside_its_source_under_another_key(cloud):
    """EC2 user guide, "Copy an AMI": within a Region, too, and to another key."""
    image = cloud.image(cloud.snapshot("alias/aws/ebs"))
    key, ec2 = cloud.key(), cloud.ec2()
    request = {"Name": "golden", "SourceImageId": image, "SourceRegion": cloud.region}
    made = ec2.copy_image(**request, Encrypted=True, KmsKeyId=key)["ImageId"]
    source, found = (ec2.describe_images(ImageIds=[one])["Images"][0] for one in (image, made))
    assert (found["SourceImageId"], found["SourceImageRegion"]) == (image, cloud.region)
    assert "SourceImageId" not in source
    snapshots = [one["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"] for one in (source, found)]
    keys = [ec2.describe_snapshots(SnapshotIds=[one])["Snapshots"][0]["KmsKeyId"] for one in snapshots]
    assert keys[0] != key and keys[1] == key
    filters = [{"Name": "source-image-id", "Values": [image]}]
    assert [one["ImageId"] for one in ec2.describe_images(Owners=["self"], Filters=filters)["Images"]] == [made]
    cloud.ec2().modify_image_attribute(ImageId=made, LaunchPermission={"Add": [{"UserId": cloud.consumer}]})


def test_a_blank_encrypted_volume_has_no_snapshot_to_copy(cloud):
    devices = [
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": cloud.snapshot()}},
        {"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 8, "Encrypted": True}},
    ]
    image = cloud.ec2().register_image(Name="blank", RootDeviceName="/dev/xvda", BlockDeviceMappings=devices)["ImageId"]
    root, blank = shown(cloud, copy(cloud, image))["BlockDeviceMappings"]
    assert (root["Ebs"]["Encrypted"], blank["Ebs"]["Encrypted"]) == (False, True)
    assert "SnapshotId" not in blank["Ebs"]
