# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What exists before the targets kms_key_image_info and image_usage_info run: AMIs on keys, and consumers of AMIs."""

from __future__ import annotations

from typing import Any

from tests.integration.snapshot_world import image_of
from tests.integration.world import (
    CONSUMER,
    EVERY_KIND,
    LEADING_ZERO,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    World,
    fault,
    statement,
)

# An opt-in Region and two others in which nothing else is.
LOST_REGION = "eu-west-2"
SILENT_REGION = "eu-west-3"


def kms_key_image_info(world: World) -> dict[str, Any]:
    golden = world.key_with_policy(statement(CONSUMER, "GoldenAmiLaunch"), statement(OTHER, "Team"))
    world.client("kms").create_alias(AliasName="alias/golden", TargetKeyId=golden)
    keys = {
        "golden": golden,
        "plain": world.key(),
        "golden_abroad": world.key("alias/golden", region=OTHER_REGION),
        "unreadable": world.key(),
        "denied": world.key(),
        "foreign_key": world.key_with_policy(statement(OWNER, "Owner", Action="kms:*"), account=OTHER),
        "lost": world.key(region=LOST_REGION),
        "silent": world.key(region=SILENT_REGION),
    }
    deprecated = world.image("deprecated", key=golden)
    world.client("ec2").enable_image_deprecation(ImageId=deprecated, DeprecateAt="2027-01-01T00:00:00Z")
    images = {
        "shared": world.image("shared", key=golden, shared_with=EVERY_KIND[:4]),
        "mixed": image_of(world, "mixed", world.snapshot(), world.snapshot(keys["plain"]), world.snapshot(golden)),
        "disabled": world.image("disabled", key=golden, state="disabled"),
        "deprecated": deprecated,
        "abroad_image": world.image("shared", key=keys["golden_abroad"], region=OTHER_REGION),
        "on_unreadable": world.image("on-unreadable", key=keys["unreadable"]),
    }
    world.image("plain")
    world.image("lost", key=keys["lost"], region=LOST_REGION)
    denial, status = "UnauthorizedOperation", {"status": 403}
    world.aws.set_faults(
        [
            fault("ec2", "DescribeImageAttribute", images["on_unreadable"], denial, **status),
            fault("ec2", "DescribeSnapshots", "", denial, region=LOST_REGION, **status),
            fault("ec2", "DescribeImages", "", denial, region=SILENT_REGION, **status),
            fault("kms", "GetKeyPolicy", keys["denied"], "AccessDeniedException", "Not for you"),
        ]
    )
    return {**keys, **images}


def launch(world: World, image_id: str, account: str, count: int = 1, region: str = REGION) -> None:
    world.client("ec2", region, account).run_instances(ImageId=image_id, MinCount=count, MaxCount=count)


def image_usage_info(world: World) -> dict[str, Any]:
    everybody = [{"UserId": account} for account in (CONSUMER, OTHER, LEADING_ZERO)]
    found = {
        "used": world.image("used", shared_with=everybody),
        "used_abroad": world.image("used", shared_with=everybody, region=OTHER_REGION),
        "unused": world.image("unused", shared_with=everybody),
        "foreign": world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}]),
        "gone": world.gone_image(),
        "denied": world.image("denied"),
        "deaf": world.image("deaf"),
        "kept": world.image("kept"),
        "erroneous": world.image("erroneous"),
        "slow": world.image("slow"),
    }
    launch(world, found["used"], CONSUMER, 2)
    launch(world, found["used"], OWNER)
    launch(world, found["used_abroad"], OTHER, region=OTHER_REGION)
    template = {"LaunchTemplateName": "web", "LaunchTemplateData": {"ImageId": found["used"]}}
    world.client("ec2", account=LEADING_ZERO).create_launch_template(**template)
    kinds = [{"ResourceType": kind} for kind in ("ec2:Instance", "ec2:LaunchTemplate")]
    for image, options in (("used", {}), ("unused", {"AccountIds": [CONSUMER]})):
        world.client("ec2").create_image_usage_report(ImageId=found[image], ResourceTypes=kinds, **options)
    world.client("ec2").describe_image_usage_reports()  # so that they are available
    error = {"state": "error", "state_reason": "Too many resources"}
    world.aws.set_usage_reports(looks=1, ends={found["erroneous"]: error, found["slow"]: {"state": "pending"}})
    create, denial = "CreateImageUsageReport", "UnauthorizedOperation"
    dropped = {"service": "ec2", "operation": create, "match": found["deaf"], "times": 1, "drop_response": True}
    world.aws.set_faults([fault("ec2", create, found["denied"], denial, status=403), dropped])
    return found
