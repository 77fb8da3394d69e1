# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's small world: an owner account with golden AMIs, and what a consumer account can do with them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from embedded_aws import EmbeddedAWS

OWNER = "123456789012"
CONSUMERS = ("111111111111", "222222222222", "012345670123")
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")


@dataclass(frozen=True)
class World:
    golden: dict[str, str]  # AMI ID by Region, on a customer managed key of that Region
    on_aws_key: str  # an AMI in the first Region, on the AWS managed key


def build(aws: EmbeddedAWS) -> World:
    golden = {}
    for region in REGIONS:
        kms = aws.client("kms", region, OWNER)
        key = kms.create_key(Description="golden AMIs")["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/golden", TargetKeyId=key)
        golden[region] = register(aws.client("ec2", region, OWNER), region, "golden-base-2026-11", KmsKeyId=key)
    return World(golden, register(aws.client("ec2", REGIONS[0], OWNER), REGIONS[0], "default-key-2026-11"))


def register(ec2: Any, region: str, name: str, **encryption: str) -> str:
    """An AMI with one encrypted snapshot; without a key it lands on the AWS managed key, as on AWS."""
    volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, Encrypted=True, **encryption)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    root = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}
    return ec2.register_image(Name=name, RootDeviceName="/dev/xvda", BlockDeviceMappings=[root])["ImageId"]


def sees(aws: EmbeddedAWS, account: str, region: str, image_id: str) -> bool:
    ec2 = aws.client("ec2", region, account)
    return bool(ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image_id]}])["Images"])


def launch(aws: EmbeddedAWS, account: str, region: str, image_id: str) -> str:
    """Launch one instance and say what became of it: RunInstances succeeds even when the key cannot be used."""
    ec2 = aws.client("ec2", region, account)
    try:
        instance = ec2.run_instances(ImageId=image_id, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    except ec2.exceptions.ClientError as error:
        return f"refused: {error.response['Error']['Code']}"
    for _attempt in range(50):
        found = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"][0]["Instances"][0]
        if found["State"]["Name"] != "pending":
            break
        time.sleep(0.1)
    reason = found.get("StateReason", {}).get("Code", "")
    return found["State"]["Name"] + (f" ({reason})" if reason.startswith("Client.") else "")
