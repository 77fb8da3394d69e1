# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_tags from both sides: what a consumer finds, what stays its own, and what goes again."""

from __future__ import annotations

from typing import Any

from tests.integration.consumer_accounts import EXTERNAL_ID, PATTERN, Ran, allow, consumer_role, run_module
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, OWNER, REGION, World

SHARED = [{"UserId": CONSUMER}, {"UserId": OTHER}]
TAGS = {"Release": "2026-11", "Team": "images"}


def carry(world: World, *image_ids: str, accounts: tuple[str, ...] = (CONSUMER,), **options: Any) -> Ran:
    images = options.pop("images", [{"image_id": one, "region": REGION} for one in image_ids])
    given = {"account_ids": list(accounts), "role_arn": PATTERN, "external_id": EXTERNAL_ID, "images": images}
    return run_module(world, "image_tags", **{**given, **options})


def tags(world: World, image_id: str, account: str = CONSUMER, region: str = REGION) -> dict[str, str]:
    (image,) = world.client("ec2", region, account).describe_images(ImageIds=[image_id])["Images"]
    return {tag["Key"]: tag["Value"] for tag in image.get("Tags", [])}


def set_tags(world: World, image_id: str, account: str = CONSUMER, **pairs: str) -> None:
    listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
    world.client("ec2", account=account).create_tags(Resources=[image_id], Tags=listed)


def test_carry_and_take_away(world: World) -> None:
    home = world.image("golden", shared_with=SHARED, tags=TAGS)
    abroad = world.image("golden", region=OTHER_REGION, shared_with=SHARED, tags=TAGS)
    images = [{"image_id": home, "region": REGION}, {"image_id": abroad, "region": OTHER_REGION}]
    for account in (CONSUMER, OTHER):
        consumer_role(world, account)
    set_tags(world, home, Own="mine", Team="web")
    accounts = (CONSUMER, OTHER)

    preview = carry(world, images=images, accounts=accounts, check=True, diff=True)
    untouched = tags(world, abroad, OTHER, OTHER_REGION)
    ran = carry(world, images=images, accounts=accounts, diff=True)
    again = carry(world, images=images, accounts=accounts)

    assert (preview.writes, untouched) == ([], {})
    assert preview.result["results"] == ran.result["results"] and preview.result["diff"] == ran.result["diff"]
    assert ran.result["changed"] and not ran.failed
    assert tags(world, home) == {"Own": "mine", "Team": "web", "Release": "2026-11"}
    assert tags(world, home, OTHER) == tags(world, abroad, OTHER, OTHER_REGION) == TAGS
    assert ran.writes == ["CreateTags"] * 4
    assert ran.of("kept", "account_id", "image_id")[CONSUMER, home] == {"Team": "web"}
    assert f"Team in {CONSUMER}." in ran.warnings
    assert not again.result["changed"] and again.writes == []
    # The consumer finds the AMI by the owner's tag now.
    found = world.client("ec2", account=OTHER).describe_images(Filters=[{"Name": "tag:Release", "Values": ["2026-11"]}])
    assert [image["ImageId"] for image in found["Images"]] == [home]

    gone = carry(world, images=images, accounts=accounts, state="absent")

    assert tags(world, home) == {"Own": "mine", "Team": "web"}
    assert tags(world, home, OTHER) == tags(world, abroad, OTHER, OTHER_REGION) == {}
    assert tags(world, home, OWNER) == TAGS
    assert set(gone.writes) == {"DeleteTags"}
    assert not carry(world, images=images, accounts=accounts, state="absent").result["changed"]


def test_new_values(world: World) -> None:
    consumer_role(world, CONSUMER)
    image_id = world.image("golden", shared_with=SHARED, tags=TAGS)
    carry(world, image_id)
    set_tags(world, image_id, OWNER, Release="2026-12")

    kept = carry(world, image_id, tag_keys=["Release"])
    replaced = carry(world, image_id, tag_keys=["Release"], overwrite=True)

    assert kept.of("kept", "image_id") == {image_id: {"Release": "2026-11"}} and not kept.result["changed"]
    assert replaced.of("set", "image_id") == {image_id: {"Release": "2026-12"}}
    assert tags(world, image_id) == {"Release": "2026-12", "Team": "images"}


def test_what_fails_hides_nothing(world: World) -> None:
    shared = world.image("shared", shared_with=SHARED, tags=TAGS)
    private = world.image("private", tags=TAGS)
    full = world.image("full", shared_with=SHARED, tags=TAGS)
    consumer_role(world, CONSUMER)
    consumer_role(world, OTHER, allow("ec2:Describe*"))
    set_tags(world, full, **{f"k{number}": "" for number in range(49)})

    ran = carry(world, shared, private, full, accounts=(CONSUMER, OTHER, "999988887777", "888877776666"))

    codes = {key: error["code"] if error else None for key, error in ran.of("error", "account_id", "image_id").items()}
    assert {image_id: codes[CONSUMER, image_id] for image_id in (shared, private, full)} == {
        shared: None,
        private: "not_shared",
        full: "too_many_tags",
    }
    assert codes[OTHER, shared] == "UnauthorizedOperation" and codes["999988887777", shared] == "AccessDenied"
    assert ran.failed and tags(world, shared) == TAGS and len(tags(world, full)) == 49
    refused = next(one for one in ran.result["results"] if one["account_id"] == OTHER)
    assert refused["error"]["action"] == "ec2:CreateTags" and refused["error"]["caller"].startswith(
        f"arn:aws:iam::{OTHER}:role/"
    )
    # Accounts whose role cannot be assumed are one sentence, whatever AWS's text about each.
    assert ran.result["msg"].count("could not be assumed") == 1


def test_the_owner_is_left_alone(world: World) -> None:
    image_id = world.image("golden", tags=TAGS)
    consumer_role(world, OWNER)

    ran = carry(world, image_id, accounts=(OWNER,), state="absent")

    assert tags(world, image_id, OWNER) == TAGS and ran.writes == [] and "owns it" in ran.warnings


def test_as_a_consumer(world: World) -> None:
    image_id = world.image("golden", shared_with=SHARED, tags=TAGS)
    options = {"image_id": image_id, "region": REGION}

    ran = run_module(world, "image_tags", CONSUMER, **options, tags={"Approved": "yes"})
    refused = run_module(world, "image_tags", CONSUMER, **options)

    assert tags(world, image_id) == {"Approved": "yes"} and ran.of("status", "account_id") == {CONSUMER: "changed"}
    assert refused.failed and refused.calls == [] and "tags: is needed" in refused.result["msg"]
