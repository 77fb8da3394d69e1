# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First share: an AMI that exists in every Region, encrypted with a key of each, shared with many accounts."""

from __future__ import annotations

from typing import Any

from bench import contender, targets, world
from bench.scenario import Scenario, Settings
from bench.world import KEY_ALIAS, World, as_items
from embedded_aws import EmbeddedAWS


def build(aws: EmbeddedAWS, settings: Settings) -> World:
    """The AMI is shared with nobody."""
    return world.with_images(aws, settings.regions, world.account_ids(settings.accounts))


def for_us(built: World) -> dict[str, Any]:
    return {"share_images": as_items(built.images), "share_account_ids": list(built.accounts)}


def for_others(built: World) -> dict[str, Any]:
    """The grants come ready made: what a playbook would spend on building the list is not counted against it."""
    return {
        "regions": list(built.images),
        "images": built.images,
        "key_alias": KEY_ALIAS,
        "account_ids": list(built.accounts),
        "grants": world.grants_for(built.accounts),
    }


SCENARIO = Scenario(
    name="share",
    title=lambda settings: f"Share one encrypted AMI in {settings.regions} Regions with {settings.accounts} accounts",
    work="First share",
    sizes=(20, 100),
    build=build,
    contenders=(
        contender.ours("golden.ami.share", for_us),
        contender.loop(
            "bench/share/loop.yml",
            "a loop over the Regions with amazon.aws.kms_key and amazon.aws.ec2_ami",
            for_others,
        ),
        contender.bare("bench.share.bare", "a threaded boto3 script with the fewest calls", for_others),
    ),
    check=lambda aws, built: world.problems(aws, built, built.images),
    checked="exactly these accounts on each AMI, exactly one grant of the launch operations for each account on each key, "
    "and a consumer in each Region that launches",
    targets=targets.of_share,
)
