# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AMI and its copies, there and back: only what was done counts as a change, looking for copies does not."""

from __future__ import annotations

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, permissions
from tests.integration.world import CONSUMER, OTHER_REGION, REGION, World


def test_unshare_makes_no_copy(world: World, unshare: Share) -> None:
    image_id = world.image("golden", shared_with=[{"UserId": CONSUMER}])
    wanted = {
        "unshare_source": f"{image_id} {REGION}",
        "unshare_regions": [REGION, OTHER_REGION],
        "unshare_account_ids": CONSUMER,
    }

    first = unshare(**wanted)
    again = unshare(**wanted)

    assert (first.code, first.changed) == (0, True), first.message
    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert f"{OTHER_REGION}: there is no copy of {image_id}." in again.result["notes"]
    assert world.client("ec2", OTHER_REGION).describe_images(Owners=["self"])["Images"] == []


def test_copies_by_their_source(world: World, share: Share, unshare: Share) -> None:
    """The AMIs are named by what they were copied from, also after the source is gone."""
    keys = {region: world.key("alias/golden", region=region) for region in (REGION, OTHER_REGION)}
    source = world.image("golden", keys[REGION])
    made = share(
        share_source=f"{source} {REGION}",
        share_regions=[REGION, OTHER_REGION],
        share_kms_keys="alias/golden",
        share_account_ids=[CONSUMER],
    )
    assert made.code == 0, made.message
    copy = next(one["image_id"] for one in made.result["results"] if one["region"] == OTHER_REGION)
    world.client("ec2").deregister_image(ImageId=source)

    run = unshare(
        unshare_source={"image_id": source, "region": REGION},
        unshare_regions=[OTHER_REGION, "eu-central-1"],
        unshare_account_ids=[CONSUMER],
        unshare_key_access=True,
    )

    assert run.code == 0, run.message
    assert permissions(world, copy, OTHER_REGION) == []
    assert grantees(world, keys[OTHER_REGION], OTHER_REGION) == []
    assert "CopyImage" not in [call["operation"] for call in run.calls]
    assert f"eu-central-1: there is no copy of {source}." in run.result["notes"]


def test_two_copies_in_a_region_are_a_refusal_that_lists_both(world: World, unshare: Share) -> None:
    source = world.image("golden")
    ec2 = world.client("ec2", OTHER_REGION)
    copies = [
        ec2.copy_image(Name=name, SourceImageId=source, SourceRegion=REGION)["ImageId"] for name in ("one", "other")
    ]

    run = unshare(unshare_source=f"{source} {REGION}", unshare_regions=OTHER_REGION, unshare_account_ids=CONSUMER)

    assert (run.code, run.writes) == (2, [])
    [refusal] = run.refusals
    assert refusal.startswith(f"{OTHER_REGION}: 2 AMIs in {OTHER_REGION} are copies of this one: ")
    assert all(image_id in refusal for image_id in copies)
