# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a consumer can do with an AMI, and what is on a key: seen with their own credentials, not in a result."""

from __future__ import annotations

from typing import Any

from tests.integration.world import CONSUMER, OWNER, REGION, World


def sees(world: World, image_id: str, region: str = REGION, account: str = CONSUMER) -> bool:
    ec2 = world.client("ec2", region, account)
    return bool(ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image_id]}])["Images"])


def launch(world: World, image_id: str, region: str = REGION, account: str = CONSUMER) -> str:
    """``running``, the reason of an instance that ended, or the error code of a launch that was refused."""
    ec2 = world.client("ec2", region, account)
    try:
        launched = ec2.run_instances(ImageId=image_id, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    except ec2.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    ids = [launched["Instances"][0]["InstanceId"]]
    [instance] = ec2.describe_instances(InstanceIds=ids)["Reservations"][0]["Instances"]
    state = instance["State"]["Name"]
    return "running" if state in ("pending", "running") else instance["StateReason"]["Code"]


def permissions(world: World, image_id: str, region: str = REGION) -> list[dict[str, str]]:
    ec2 = world.client("ec2", region, OWNER)
    listed = ec2.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")["LaunchPermissions"]
    return sorted(listed, key=str)


def grants(world: World, key: str, region: str = REGION) -> list[dict[str, Any]]:
    return world.client("kms", region, OWNER).list_grants(KeyId=key, Limit=100)["Grants"]


def grantees(world: World, key: str, region: str = REGION) -> list[str]:
    return sorted(grant["GranteePrincipal"] for grant in grants(world, key, region))


def copies_of(world: World, source: str, region: str) -> list[dict[str, Any]]:
    """The owner's AMIs in a Region that were copied from this one, whatever became of them."""
    listed = world.client("ec2", region).describe_images(
        Owners=["self"], Filters=[{"Name": "source-image-id", "Values": [source]}]
    )
    return list(listed["Images"])


def one_of(sentences: list[str], *parts: str) -> str:
    """The one sentence that has all of these parts."""
    found = [sentence for sentence in sentences if all(part in sentence for part in parts)]
    assert len(found) == 1, (parts, sentences)
    return found[0]
