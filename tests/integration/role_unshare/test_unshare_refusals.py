# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role unshare refuses, what it does not know, and what it does when a part fails."""

from __future__ import annotations

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions
from tests.integration.world import (
    CONSUMER,
    ORGANIZATION,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    UNKNOWN_IMAGE,
    World,
    fault,
)


def test_wrong_in_shape(world: World, unshare: Share) -> None:
    run = unshare(
        unshare_images=f"ami-1 {REGION}\n{UNKNOWN_IMAGE}",
        unshare_regions="eu-wset-1",
        unshare_account_ids=[1402433619],
        unshare_everything=True,
        unshare_organizational_unit_paths="o-exampleorgid/r-abcd",
        unshare_grant_name="golden ami",
        unshare_force="perhaps",
        unshare_usage_timeout=0,
    )

    assert (run.code, run.calls, run.modules) == (2, [], [])
    one_of(run.refusals, "unshare_images", "'ami-1' is not an AMI ID")
    one_of(run.refusals, "unshare_account_ids", "write it in quotes, '012345670123'")
    one_of(run.refusals, "unshare_everything", "cannot be combined with unshare_account_ids")
    one_of(run.refusals, "unshare_regions", "Did you mean 'eu-west-1'?")
    one_of(run.refusals, "unshare_organizational_unit_paths", "'o-exampleorgid/r-abcd'")
    one_of(run.refusals, "unshare_grant_name", "contains ' '")
    one_of(run.refusals, "unshare_force", "neither true nor false")
    one_of(run.refusals, "unshare_usage_timeout")

    nobody = unshare(unshare_images=f"{UNKNOWN_IMAGE} {REGION}", unshare_account_ids="", unshare_everything="")

    assert (nobody.code, nobody.calls) == (2, [])
    assert "nothing to act on: give unshare_account_ids" in nobody.message


def test_usage_that_cannot_be_told(world: World, unshare: Share) -> None:
    """Not known is not unused: the run refuses, until somebody says that it does not matter."""
    image_id = world.image("golden", shared_with=[{"UserId": CONSUMER}, {"OrganizationArn": ORGANIZATION}])
    wanted = {"unshare_images": f"{image_id} {REGION}", "unshare_account_ids": CONSUMER}
    denied = fault("ec2", "CreateImageUsageReport", image_id, "UnauthorizedOperation", "Not for you", status=403)
    world.aws.set_faults([denied])

    refused = unshare(**wanted)

    assert refused.code == 2
    assert "CreateImageUsageReport" in refused.message and "UnauthorizedOperation" in refused.message
    assert "unshare_check_usage=false" in refused.message
    assert {"UserId": CONSUMER} in permissions(world, image_id)
    world.aws.set_faults([])
    world.aws.set_usage_reports(ends={image_id: {"state": "error", "state_reason": "The report is broken"}})

    broken = unshare(**wanted)

    assert broken.code == 2
    assert "The report is broken" in broken.message
    assert {"UserId": CONSUMER} in permissions(world, image_id)

    unasked = unshare(**wanted, unshare_check_usage="no")

    assert (unasked.code, unasked.writes) == (0, [("ModifyImageAttribute", REGION)])
    assert "was not asked" in unasked.output
    # Nobody else loses anything.
    assert permissions(world, image_id) == [{"OrganizationArn": ORGANIZATION}]


def test_a_part_that_fails(world: World, share: Share, unshare: Share) -> None:
    """An AMI that kept its launch permission keeps its key access; the others go on; the run fails and says what is left."""
    keys = {region: world.key(region=region) for region in (REGION, OTHER_REGION)}
    images = {region: world.image("golden", key, region) for region, key in keys.items()}
    foreign = world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}])
    listed = [f"{image_id} {region}" for region, image_id in images.items()]
    assert share(share_images=listed, share_account_ids=[CONSUMER]).code == 0
    wanted = {"unshare_account_ids": [CONSUMER], "unshare_key_access": True}

    not_ours = unshare(unshare_images=[*listed, f"{foreign} {REGION}"], **wanted)

    assert (not_ours.code, not_ours.writes) == (2, [])
    one_of(not_ours.refusals, foreign, f"belongs to account {OTHER}")
    denied = fault("ec2", "ModifyImageAttribute", images[OTHER_REGION], "UnauthorizedOperation", "No", status=403)
    world.aws.set_faults([denied])

    run = unshare(unshare_images=listed, **wanted)

    assert run.code == 2
    result = run.artifacts["unshare_result"]
    assert {one["region"]: (one["launch_permission"], one["key_access"]) for one in result["consumers"]} == {
        REGION: ("removed", "removed"),
        OTHER_REGION: ("failed", "kept"),
    }
    assert images[OTHER_REGION] in result["failures"][0] and "UnauthorizedOperation" in result["failures"][0]
    assert (launch(world, images[REGION]), launch(world, images[OTHER_REGION], OTHER_REGION)) == (
        "AuthFailure",
        "running",
    )
    world.aws.set_faults([])

    again = unshare(unshare_images=[*listed, f"{UNKNOWN_IMAGE} {REGION}"], **wanted, unshare_force=True)

    assert again.code == 0, again.message
    assert f"{UNKNOWN_IMAGE} is not in {REGION}" in again.output
    assert [grantees(world, key, region) for region, key in keys.items()] == [[], []]


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
    copy = next(one["image_id"] for one in made.result["images"] if one["region"] == OTHER_REGION)
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
    assert f"eu-central-1: there is no copy of {source}." in run.output
