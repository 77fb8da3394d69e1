# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""shared_image_info as a consumer: what owners share through each way, and what its own setting hides."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.cancellation_world import organization_with_member
from tests.integration.in_process import run_main
from tests.integration.world import (
    CONSUMER,
    LONG_AGO,
    NOT_SO_LONG_AGO,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    World,
    fault,
)

Listed = Callable[..., dict[str, Any]]


@pytest.fixture
def listed(aws: EmbeddedAWS) -> Listed:
    """Run the module as an account."""

    def run(account: str = CONSUMER, **options: Any) -> dict[str, Any]:
        nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        aws.clear_calls()
        return run_main("shared_image_info", options, {**nowhere, **aws.environment(account)})

    return run


def through(result: dict[str, Any], region: str = REGION) -> dict[str, str]:
    found = next(one for one in result["results"] if one["region"] == region)
    return {image["name"]: image["shared_through"] for image in found["images"]}


def test_an_account_in_no_organization(world: World, listed: Listed) -> None:
    to_consumer = [{"UserId": CONSUMER}]
    image_id = world.image("golden-web", shared_with=to_consumer, tags={"Release": "stable"})
    world.image("golden-web", region=OTHER_REGION, shared_with=to_consumer)
    world.image("private")
    world.image("published", shared_with=[{"Group": "all"}])
    world.image("own", account=CONSUMER)
    world.client("ec2", account=CONSUMER).create_tags(Resources=[image_id], Tags=[{"Key": "Team", "Value": "web"}])

    result = listed(regions=[OTHER_REGION, REGION])

    assert not result["changed"] and "failed" not in result
    assert [one["region"] for one in result["results"]] == [OTHER_REGION, REGION]
    assert through(result) == through(result, OTHER_REGION) == {"golden-web": "account"}
    (image,) = result["results"][1]["images"]
    assert (image["image_id"], image["owner_id"], image["state"]) == (image_id, OWNER, "available")
    # The owner's tags are its own.
    assert image["tags"] == {"Team": "web"}
    assert {call["operation"] for call in world.aws.calls()} == {
        "DescribeImages",
        "GetAllowedImagesSettings",
        "DescribeOrganization",
    }
    assert through(listed(region=REGION, public=True, owners=[OWNER])) == {
        "golden-web": "account",
        "published": "public",
    }
    assert through(listed(region=REGION, owners=[OTHER])) == {}


def test_a_member_of_an_organization(world: World, listed: Listed) -> None:
    organization, member = organization_with_member(world)
    world.image("by-account", shared_with=[{"UserId": member}])
    world.image("by-organization", shared_with=[{"OrganizationArn": organization["Arn"]}])

    found = through(listed(member, region=REGION))

    assert found == dict.fromkeys(("by-account", "by-organization"), "account_or_organization")


def test_the_newest_of_a_name(world: World, listed: Listed) -> None:
    to_consumer = [{"UserId": CONSUMER}]
    world.image("golden-web-1", shared_with=to_consumer, creation_date=LONG_AGO)
    world.image("golden-web-2", shared_with=to_consumer, creation_date=NOT_SO_LONG_AGO)
    world.image("other", shared_with=to_consumer)

    assert list(through(listed(region=REGION, names=["golden-*"], newest=True))) == ["golden-web-2"]
    assert list(through(listed(region=REGION, names=["golden-*"]))) == ["golden-web-2", "golden-web-1"]


def test_allowed_amis(world: World, listed: Listed) -> None:
    world.image("golden", shared_with=[{"UserId": CONSUMER}])
    ec2 = world.client("ec2", account=CONSUMER)
    ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=[{"ImageProviders": [OTHER]}])

    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    audited = listed(region=REGION)
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="enabled")
    hidden = listed(region=REGION)

    assert [image["allowed"] for image in audited["results"][0]["images"]] == [False]
    assert audited["results"][0]["allowed_images"] == "audit-mode"
    assert (hidden["results"][0]["images"], hidden["results"][0]["allowed_images"]) == ([], "enabled")
    assert any("Allowed AMIs is enabled in" in text for text in hidden["warnings"])
    assert not any("Allowed AMIs" in text for text in audited.get("warnings", []))


def test_a_region_that_cannot_be_read(world: World, listed: Listed) -> None:
    world.image("golden", shared_with=[{"UserId": CONSUMER}])
    world.aws.set_faults([fault("ec2", "DescribeImages", "", "UnauthorizedOperation", status=403, region=OTHER_REGION)])

    result = listed(regions=[OTHER_REGION, REGION])

    assert result["failed"]
    assert [one["images"] is None for one in result["results"]] == [True, False]
    assert result["results"][0]["error"]["code"] == "UnauthorizedOperation"
    assert OTHER_REGION in result["msg"] and REGION not in result["msg"]
