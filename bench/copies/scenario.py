# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies: an AMI in one Region, copied to the others, each with the key there, and shared with a few accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import contender, targets, world
from bench.scenario import Scenario, Settings
from bench.world import KEY_ALIAS, REGIONS, World
from demo.world import OWNER
from embedded_aws import EmbeddedAWS

# Of each copy; on AWS it is minutes to hours.
COPY_SECONDS = 8


def build(aws: EmbeddedAWS, settings: Settings) -> World:
    """A key in each Region, the AMI in the first, shared with nobody."""
    aws.set_copies(seconds=COPY_SECONDS)
    regions = REGIONS[: settings.regions]
    keys = {region: world.make_key(aws, region) for region in regions}
    images = {regions[0]: world.make_image(aws, regions[0], keys)}
    return World(images, keys, world.account_ids(settings.accounts))


def for_us(built: World) -> dict[str, Any]:
    home, image_id = next(iter(built.images.items()))
    return {
        "share_source": {"image_id": image_id, "region": home},
        "share_regions": list(built.keys),
        "share_kms_keys": KEY_ALIAS,
        "share_account_ids": list(built.accounts),
    }


def for_others(built: World) -> dict[str, Any]:
    home, image_id = next(iter(built.images.items()))
    return {
        "source": image_id,
        "source_region": home,
        "name": world.NAME,
        "regions": list(built.keys),
        "key_alias": KEY_ALIAS,
        "account_ids": list(built.accounts),
        "grants": world.grants_for(built.accounts),
    }


def check(aws: EmbeddedAWS, built: World) -> list[str]:
    """Exactly one copy in each Region, available and encrypted with the key there, and shared as the source is."""
    home, source = next(iter(built.images.items()))
    others = [region for region in built.keys if region != home]
    with ThreadPoolExecutor(8) as pool:
        copies = dict(zip(others, pool.map(lambda region: _copies(aws, region, source), others), strict=True))
    wrong = [
        f"{region}: the copies and their keys are {found}, and should be one on {built.keys[region]}"
        for region, found in copies.items()
        if [key for _image_id, key in found] != [built.keys[region]]
    ]
    images = {region: found[0][0] for region, found in copies.items() if found}
    return [*wrong, *world.problems(aws, built, {home: source, **images})]


def _copies(aws: EmbeddedAWS, region: str, source: str) -> list[tuple[str, str]]:
    """AMI and key; a copy that is not available counts with its state in the key's place."""
    ec2 = aws.client("ec2", region, OWNER)
    by_source = [{"Name": "source-image-id", "Values": [source]}]
    found = []
    for image in ec2.describe_images(Owners=["self"], Filters=by_source)["Images"]:
        snapshot_ids = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"]]
        [snapshot] = ec2.describe_snapshots(SnapshotIds=snapshot_ids)["Snapshots"]
        available = image["State"] == "available"
        found.append((image["ImageId"], snapshot.get("KmsKeyId", "none") if available else image["State"]))
    return found


SCENARIO = Scenario(
    name="copies",
    title=lambda settings: (
        f"Copy one encrypted AMI to {settings.regions - 1} Regions, each with the key there, and share it in "
        f"{settings.regions} with {settings.accounts} accounts; a copy takes {COPY_SECONDS} s"
    ),
    work="Copy and first share",
    sizes=(5,),
    build=build,
    contenders=(
        contender.ours("golden.ami.share", for_us),
        contender.loop(
            "bench/copies/loop.yml",
            "a boto3 script that copies to one Region after the other and waits each time, in place of a loop over "
            "community.aws.ec2_ami_copy with wait, which is not installed here; then amazon.aws.kms_key and "
            "amazon.aws.ec2_ami for each Region. A copy with a wrong key would pass unseen",
            for_others,
        ),
        contender.bare(
            "bench.copies.bare",
            "a threaded boto3 script with the fewest calls, which makes the grants while the copies run",
            for_others,
        ),
    ),
    check=check,
    checked="exactly one copy in each Region, available and encrypted with the key there; on each AMI exactly these accounts, "
    "on each key exactly one grant of the launch operations for each account, and a consumer in each Region that launches",
    targets=targets.of_copies,
)
