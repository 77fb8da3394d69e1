# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""shared_image_info as a consumer: what owners share through each way, and what its own setting hides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cancellation_world import organization_with_member
from tests.integration.consumer_accounts import Ran, run_module
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

Listed = Callable[..., Ran]


@pytest.fixture
def listed(world: World) -> Listed:
    """Run the module as an account."""

    def run(account: str = CONSUMER, **options: Any) -> Ran:
        return run_module(world, "shared_image_info", account, progress=False, **options)

    return run


def through(ran: Ran, region: str = REGION) -> dict[str, str]:
    found = next(one for one in ran.result["results"] if one["region"] == region)
    return {image["name"]: image["shared_through"] for image in found["images"]}


def test_an_account_in_no_organization(world: World, listed: Listed) -> None:
    to_consumer = [{"UserId": CONSUMER}]
    image_id = world.image("golden-web", shared_with=to_consumer, tags={"Release": "stable"})
    world.image("golden-web", region=OTHER_REGION, shared_with=to_consumer)
    world.image("private")
    world.image("published", shared_with=[{"Group": "all"}])
    world.image("own", account=CONSUMER)
    world.client("ec2", account=CONSUMER).create_tags(Resources=[image_id], Tags=[{"Key": "Team", "Value": "web"}])

    ran = listed(regions=[OTHER_REGION, REGION])

    assert not ran.result["changed"] and not ran.failed
    assert [one["region"] for one in ran.result["results"]] == [OTHER_REGION, REGION]
    assert through(ran) == through(ran, OTHER_REGION) == {"golden-web": "account"}
    (image,) = ran.result["results"][1]["images"]
    assert (image["image_id"], image["owner_id"], image["state"]) == (image_id, OWNER, "available")
    # The owner's tags are its own.
    assert image["tags"] == {"Team": "web"}
    assert {call["operation"] for call in ran.calls} == {
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

    assert [image["allowed"] for image in audited.result["results"][0]["images"]] == [False]
    assert audited.result["results"][0]["allowed_images"] == "audit-mode"
    assert (hidden.result["results"][0]["images"], hidden.result["results"][0]["allowed_images"]) == ([], "enabled")
    assert "Allowed AMIs is enabled in" in hidden.warnings
    assert "Allowed AMIs" not in audited.warnings


def test_a_region_that_cannot_be_read(world: World, listed: Listed) -> None:
    world.image("golden", shared_with=[{"UserId": CONSUMER}])
    world.aws.set_faults([fault("ec2", "DescribeImages", "", "UnauthorizedOperation", status=403, region=OTHER_REGION)])

    ran = listed(regions=[OTHER_REGION, REGION])

    assert ran.failed
    assert [one["images"] is None for one in ran.result["results"]] == [True, False]
    assert ran.result["results"][0]["error"]["code"] == "UnauthorizedOperation"
    assert OTHER_REGION in ran.result["msg"] and f"{REGION}," not in ran.result["msg"]
