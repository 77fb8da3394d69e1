# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_parameter from both sides: what a launch resolves, what AWS's validation drops, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.consumer_accounts import EXTERNAL_ID, PATTERN, Ran, allow, consumer_role, run_module
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, OWNER, REGION, World, fault

NAME = "/golden/web/latest"
SHARED = [{"UserId": CONSUMER}, {"UserId": OTHER}]
CONSUMERS = {"account_ids": [CONSUMER], "role_arn": PATTERN, "external_id": EXTERNAL_ID}


def publish(world: World, *image_ids: str, **options: Any) -> Ran:
    if image_ids:
        options["images"] = [{"image_id": one, "region": REGION} for one in image_ids]
    return run_module(world, "image_parameter", **{"name": NAME, **options})


def back(world: World, **options: Any) -> Ran:
    return publish(world, state="rollback", regions=[REGION], **options)


def value(world: World, account: str = OWNER, region: str = REGION) -> str | None:
    """What a launch of the account would resolve."""
    ssm = world.client("ssm", region, account)
    try:
        return str(ssm.get_parameter(Name=NAME)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return None


def test_publish_in_many_accounts_and_regions(world: World) -> None:
    home, abroad = (
        world.image("golden", shared_with=SHARED),
        world.image("golden", region=OTHER_REGION, shared_with=SHARED),
    )
    images = [{"image_id": home, "region": REGION}, {"image_id": abroad, "region": OTHER_REGION}]
    consumer_role(world, CONSUMER)

    preview = publish(world, images=images, **CONSUMERS, check=True, diff=True)
    before = value(world)
    ran = publish(world, images=images, **CONSUMERS, diff=True, description="Release 1", tags={"Team": "images"})
    again = publish(world, images=images, **CONSUMERS)

    assert (preview.writes, before) == ([], None)
    assert preview.result["results"] == ran.result["results"] and preview.result["diff"] == ran.result["diff"]
    assert [(one["account_id"], one["region"]) for one in ran.result["results"]] == [
        (OWNER, REGION),
        (OWNER, OTHER_REGION),
        (CONSUMER, REGION),
        (CONSUMER, OTHER_REGION),
    ]
    assert ran.of("after", "account_id", "region")[CONSUMER, OTHER_REGION] == {"image_id": abroad, "version": 1}
    for account in (OWNER, CONSUMER):
        assert (value(world, account), value(world, account, OTHER_REGION)) == (home, abroad)
    assert ran.writes == ["PutParameter"] * 4
    assert not again.result["changed"] and again.writes == []
    assert again.of("before", "account_id", "region") == ran.of("after", "account_id", "region")
    found = world.client("ssm").get_parameter_history(Name=NAME)["Parameters"]
    assert [(one["Description"], one["DataType"]) for one in found] == [("Release 1", "aws:ec2:image")]
    assert world.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"] == [
        {"Key": "Team", "Value": "images"}
    ]
    launched = world.client("ec2", account=CONSUMER).run_instances(
        ImageId=f"resolve:ssm:{NAME}", MinCount=1, MaxCount=1
    )
    assert launched["Instances"][0]["ImageId"] == home


def test_a_new_release_and_the_way_back(world: World) -> None:
    first, second, third = (world.image(f"golden-{number}") for number in (1, 2, 3))
    for image_id in (first, second, third):
        publish(world, image_id)

    ran = back(world)

    (entry,) = ran.result["results"]
    assert (entry["before"], entry["after"]) == (
        {"image_id": third, "version": 3},
        {"image_id": second, "version": 4},
    )
    assert [one["image_id"] for one in entry["history"]] == [third, second, first]
    assert value(world) == second

    to_first = back(world, version=1)

    assert (value(world), back(world, version=1).result["changed"]) == (first, False)
    assert to_first.of("after", "region") == {REGION: {"image_id": first, "version": 5}}
    assert len(back(world, version=1, history=2).result["results"][0]["history"]) == 2


def test_back_to_what_is_gone(world: World) -> None:
    first, second = world.image("golden-1"), world.image("golden-2")
    publish(world, first)

    nothing = back(world)
    publish(world, second)
    world.client("ec2").deregister_image(ImageId=first)
    gone, unknown = back(world), back(world, version=9)
    nowhere = back(world, name="/golden/other")

    codes = [one.result["results"][0]["error"]["code"] for one in (nothing, gone, unknown, nowhere)]
    assert codes == ["no_earlier_version", "not_shared", "no_such_version", "not_found"]
    assert value(world) == second and not any(one.writes for one in (nothing, gone, unknown, nowhere))


def test_what_is_not_available_is_not_written(world: World) -> None:
    shared = world.image("shared", shared_with=SHARED)
    consumer_role(world, CONSUMER)
    consumer_role(world, OTHER)
    publish(world, shared, **CONSUMERS)
    private, disabled = world.image("private"), world.image("disabled", state="disabled")

    refused = publish(world, private, **CONSUMERS)
    unusable = publish(world, disabled)

    assert refused.of("status", "account_id") == {OWNER: "changed", CONSUMER: "failed"}
    assert refused.result["results"][1]["error"]["code"] == "not_shared"
    assert refused.writes == ["PutParameter"]
    assert (value(world), value(world, CONSUMER)) == (private, shared)
    assert unusable.result["results"][0]["error"]["code"] == "disabled" and unusable.writes == []


def test_what_awss_validation_drops(world: World) -> None:
    """It says yes, and the value never comes: here because it is gone between our look and AWS's."""
    first = world.image("first")
    publish(world, first)
    second = world.image("second")
    world.aws.set_parameters(looks=99)

    ran = publish(world, second, validation_timeout=1)

    (entry,) = ran.result["results"]
    assert (entry["status"], entry["error"]["code"], entry["after"]) == (
        "failed",
        "not_validated",
        {"image_id": first, "version": 1},
    )
    assert not ran.result["changed"] and value(world) == first


def test_without_the_right_to_look_nothing_is_written(world: World) -> None:
    """AWS would say yes, and drop the value without a word."""
    image_id = world.image("golden", shared_with=SHARED)
    consumer_role(world, CONSUMER, allow("ssm:*"))

    ran = publish(world, image_id, **CONSUMERS, own_account=False)

    assert ran.writes == [] and ran.of("status", "account_id") == {CONSUMER: "failed"}
    error = ran.result["results"][0]["error"]
    assert (error["action"], error["caller"]) == (
        "ec2:DescribeImages",
        f"arn:aws:iam::{CONSUMER}:role/golden-ami-consumer",
    )


def test_a_parameter_of_another_kind(world: World) -> None:
    ssm = world.client("ssm")
    ssm.put_parameter(Name=NAME, Value="text", Type="String")
    image_id = world.image("golden")

    written, deleted = publish(world, image_id), publish(world, state="absent", regions=[REGION])

    for ran in (written, deleted):
        assert ran.result["results"][0]["error"]["code"] == "wrong_data_type" and ran.writes == []
    assert value(world) == "text"


def test_delete(world: World) -> None:
    image_id = world.image("golden", shared_with=SHARED)
    consumer_role(world, CONSUMER)
    publish(world, image_id, **CONSUMERS)

    only_there = publish(world, state="absent", regions=[REGION], own_account=False, **CONSUMERS)
    preview = publish(world, state="absent", regions=[REGION], check=True)
    there = value(world)
    everywhere = publish(world, state="absent", regions=[REGION], **CONSUMERS)

    assert only_there.of("status", "account_id") == {CONSUMER: "changed"} and value(world, CONSUMER) is None
    assert preview.result["changed"] and preview.writes == [] and there == image_id
    assert everywhere.of("status", "account_id") == {OWNER: "changed", CONSUMER: "unchanged"}
    assert everywhere.of("after", "account_id") == {OWNER: None, CONSUMER: None}
    assert value(world) is None


def test_one_account_that_fails_leaves_the_others(world: World) -> None:
    image_id = world.image("golden", shared_with=SHARED)
    consumer_role(world, CONSUMER)
    consumer_role(world, OTHER)
    refused = fault("ssm", "PutParameter", "", "AccessDeniedException", account=OTHER)
    world.aws.set_faults([refused, fault("ssm", "PutParameter", "", "TooManyUpdates", account=CONSUMER, times=1)])

    ran = publish(world, image_id, **{**CONSUMERS, "account_ids": [CONSUMER, OTHER, "999988887777"]})

    assert ran.of("status", "account_id") == {
        OWNER: "changed",
        CONSUMER: "changed",
        OTHER: "failed",
        "999988887777": "failed",
    }
    assert ran.result["results"][2]["error"]["action"] == "ssm:PutParameter"
    assert value(world, OTHER) is None and value(world, CONSUMER) == image_id


def test_a_parameter_that_holds_what_is_gone_is_said(world: World) -> None:
    image_id = world.image("golden")
    publish(world, image_id)
    world.client("ec2").deregister_image(ImageId=image_id)

    ran = publish(world, image_id)

    assert not ran.result["changed"] and not ran.failed and "is not visible" in ran.warnings


def test_wrong_input(world: World) -> None:
    twice = [{"image_id": f"ami-0123456789abcdef{number}", "region": REGION} for number in (0, 1)]
    ran = publish(world, name="aws/golden", images=twice, version=1, regions=[REGION], validation_timeout=0, tags={})

    starts = ["name", "name", "regions", "version", "images", "tags", "validation_timeout"]
    assert ran.failed and ran.calls == []
    assert [text.startswith(start) for text, start in zip(ran.result["problems"], starts, strict=True)] == [True] * 7


def test_the_embedded_aws_refuses_text_for_launches(world: World) -> None:
    """What the data type is for."""
    world.client("ssm").put_parameter(Name=NAME, Value=world.image("golden"), Type="String")

    with pytest.raises(ClientError, match="SsmInvalidParameter"):
        world.client("ec2").run_instances(ImageId=f"resolve:ssm:{NAME}", MinCount=1, MaxCount=1)
