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
# Where the owner has a key, and no AMI yet.
NEW_REGION = "ap-southeast-2"
KEY_ALIAS = "alias/golden"


@dataclass(frozen=True)
class World:
    golden: dict[str, str]  # AMI ID by Region: one AMI and its copies, each encrypted with the key of its Region
    web: str  # another AMI in the first Region, on the same key
    on_aws_key: str  # an AMI there that is encrypted with the AWS managed key
    keys: dict[str, str]  # ARN of the customer managed key by Region


def build(aws: EmbeddedAWS) -> World:
    keys = {region: make_key(aws, region) for region in (*REGIONS, NEW_REGION)}
    home, *others = REGIONS
    ec2 = aws.client("ec2", home, OWNER)
    golden = {home: register(ec2, home, "golden-base-2026-11", KmsKeyId=keys[home])}
    for region in others:
        copied = aws.client("ec2", region, OWNER).copy_image(
            SourceImageId=golden[home],
            SourceRegion=home,
            Name="golden-base-2026-11",
            Encrypted=True,
            KmsKeyId=keys[region],
        )
        golden[region] = copied["ImageId"]
    web = register(ec2, home, "golden-web-2026-11", KmsKeyId=keys[home])
    return World(golden, web, register(ec2, home, "default-key-2026-11"), keys)


def make_key(aws: EmbeddedAWS, region: str) -> str:
    kms = aws.client("kms", region, OWNER)
    key = str(kms.create_key(Description="golden AMIs")["KeyMetadata"]["Arn"])
    kms.create_alias(AliasName=KEY_ALIAS, TargetKeyId=key)
    return key


def register(ec2: Any, region: str, name: str, **encryption: str) -> str:
    """An AMI with one encrypted snapshot; without a key it is encrypted with the AWS managed key, as on AWS."""
    volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, Encrypted=True, **encryption)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    root = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}
    return ec2.register_image(Name=name, Architecture="x86_64", RootDeviceName="/dev/xvda", BlockDeviceMappings=[root])[
        "ImageId"
    ]


def sees(aws: EmbeddedAWS, account: str, region: str, image_id: str) -> bool:
    ec2 = aws.client("ec2", region, account)
    return bool(ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image_id]}])["Images"])


def copies(aws: EmbeddedAWS, region: str, image_id: str) -> list[str]:
    """The owner's copies of an AMI in a Region."""
    by_source = [{"Name": "source-image-id", "Values": [image_id]}]
    answer = aws.client("ec2", region, OWNER).describe_images(Owners=["self"], Filters=by_source)
    return [image["ImageId"] for image in answer["Images"]]


def may_use(aws: EmbeddedAWS, account: str, region: str, key_arn: str) -> bool:
    """Whether KMS answers the account about the key of another one, as it does only to those who may use it."""
    kms = aws.client("kms", region, account)
    try:
        kms.describe_key(KeyId=key_arn)
    except kms.exceptions.ClientError:
        return False
    return True


def launch(aws: EmbeddedAWS, account: str, region: str, image_id: str) -> str:
    """Launch one instance, say what became of it, and end it: RunInstances succeeds even when the key cannot be used.

    :return: ``running``, the reason for which the instance ended, or the error code of a launch that was refused.
    """
    ec2 = aws.client("ec2", region, account)
    try:
        instance = ec2.run_instances(ImageId=image_id, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    except ec2.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    for _attempt in range(50):
        found = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"][0]["Instances"][0]
        if found["State"]["Name"] != "pending":
            break
        time.sleep(0.1)
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    reason = str(found.get("StateReason", {}).get("Code", ""))
    return reason if reason.startswith("Client.") else str(found["State"]["Name"])
