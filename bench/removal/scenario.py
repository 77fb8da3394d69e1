# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removal: a tenth of the accounts with which an AMI is shared in every Region lose it, and their grants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import bare, contender, targets, world
from bench.scenario import Scenario, Settings
from bench.world import KEY_ALIAS, World, as_items
from demo.world import OWNER
from embedded_aws import EmbeddedAWS


def leaving(settings: Settings) -> int:
    return max(1, settings.accounts // 10)


def build(aws: EmbeddedAWS, settings: Settings) -> World:
    """The AMI is shared with all of them, and each has its grant; usage reports are available at once."""
    accounts = world.account_ids(settings.accounts)
    number = leaving(settings)
    built = world.with_images(aws, settings.regions, accounts[number:], accounts[:number])

    def share(region: str) -> None:
        bare.grant(aws.client("kms", region, OWNER), built.keys[region], world.grants_for(accounts))
        bare.allow(aws.client("ec2", region, OWNER), built.images[region], accounts)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(share, built.images))
    return built


def for_us(built: World) -> dict[str, Any]:
    return {
        "unshare_images": as_items(built.images),
        "unshare_account_ids": list(built.leaving),
        "unshare_key_access": True,
    }


def for_loop(built: World) -> dict[str, Any]:
    return {
        "images": built.images,
        "key_alias": KEY_ALIAS,
        "account_ids": list(built.accounts),
        "grants": world.grants_for(built.accounts),
    }


def for_bare(built: World) -> dict[str, Any]:
    return {"regions": list(built.images), "images": built.images, "leaving": list(built.leaving)}


SCENARIO = Scenario(
    name="removal",
    title=lambda settings: (
        f"Stop sharing one encrypted AMI in {settings.regions} Regions, and its keys, with {leaving(settings)} of "
        f"{settings.accounts} accounts"
    ),
    work="Removal",
    sizes=(20, 100),
    build=build,
    contenders=(
        contender.ours("golden.ami.unshare", for_us),
        contender.loop(
            "bench/removal/loop.yml",
            "a loop over the Regions with amazon.aws.ec2_ami and amazon.aws.kms_key (purge_grants), which take the list of "
            "those who stay. It does less: it asks for no usage report and does not look for other AMIs with the key; and it "
            "does more than it should where others have grants, as it retires every grant that is not on its list",
            for_loop,
        ),
        contender.bare(
            "bench.removal.bare",
            "a threaded boto3 script with the fewest calls. It asks for usage reports, and does not look for other AMIs with "
            "the key",
            for_bare,
        ),
    ),
    check=lambda aws, built: world.problems(aws, built, built.images),
    checked="exactly the accounts that stay on each AMI, exactly one grant of the launch operations for each of them on each "
    "key and no other, in each Region one of them that launches, and one of the others that cannot",
    targets=targets.of_removal,
)
