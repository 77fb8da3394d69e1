# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""launch_check from both sides: what owners and consumers can do wrong, and what the verdict then is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.consumer_accounts import EXTERNAL_ID, PATTERN, Ran, allow, consumer_role, run_module
from tests.integration.keys_world import AUTO_SCALING_OPERATIONS, service_linked_role
from tests.integration.world import (
    CONSUMER,
    LAUNCH_OPERATIONS,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    World,
    fault,
    statement,
)

ROOT = f"arn:aws:iam::{CONSUMER}:root"
TO_CONSUMER = [{"UserId": CONSUMER}]


def check(world: World, image_id: str, *accounts: str, **options: Any) -> Ran:
    given = {"account_ids": list(accounts) or [CONSUMER], "role_arn": PATTERN, "external_id": EXTERNAL_ID}
    images = options.pop("images", [{"image_id": image_id, "region": REGION}])
    return run_module(world, "launch_check", images=images, **{**given, **options})


def verdict(ran: Ran) -> tuple[str, str | None]:
    """The only verdict, and whose job it is."""
    (entry,) = ran.result["results"]
    assert (entry["error"] is None) == (entry["verdict"] == "ready")
    assert ran.failed == (entry["verdict"] != "ready")
    return entry["verdict"], entry["job_of"]


@pytest.fixture
def encrypted(world: World) -> tuple[str, str]:
    """An AMI and its key; the consumer may launch the one, and use the other by a grant of ours."""
    key = world.key()
    world.grant(key, f"golden-ami/{CONSUMER}/all", ROOT)
    return world.image("golden-web", key, shared_with=TO_CONSUMER), key


def test_all_is_well(world: World, encrypted: tuple[str, str]) -> None:
    image_id, key = encrypted
    abroad = world.image("golden-web", region=OTHER_REGION, shared_with=[*TO_CONSUMER, {"UserId": OTHER}])
    for account in (CONSUMER, OTHER):
        consumer_role(world, account)
    images = [{"image_id": image_id, "region": REGION}, {"image_id": abroad, "region": OTHER_REGION}]

    ran = check(world, "", CONSUMER, OTHER, images=images)

    assert ran.of("verdict", "account_id", "image_id") == {
        (CONSUMER, image_id): "ready",
        (CONSUMER, abroad): "ready",
        (OTHER, image_id): "not_shared",
        (OTHER, abroad): "ready",
    }
    assert (ran.result["ready"], ran.result["counts"]["ready"], ran.result["counts"]["not_shared"]) == (False, 3, 1)
    assert "1 of 4 failed" in ran.result["msg"] and OTHER in ran.result["msg"] and CONSUMER not in ran.result["msg"]
    first = ran.result["results"][0]
    assert (first["visible"], first["dry_run"], first["instance_type"]) == ("shared", "passed", "t3.micro")
    assert first["kms_keys"] == [{"key_arn": key, "state": "Enabled", "denied": [], "untested": []}]
    # Nothing is there that was not there before, and no key was used.
    refused = {"DryRunOperation", "DryRunOperationException"}
    assert {call["error"] for call in ran.calls if call["write"]} == refused
    operations = [call["operation"] for call in ran.calls]
    assert operations.count("AssumeRole") == 2
    # One for each account and Region, one of the owner for each Region, and one for what is not shared.
    assert operations.count("DescribeImages") == 4 + 2 + 1
    assert any(line.endswith("1 of 2 accounts ready") for line in ran.progress)


def test_thirty_amis_cost_one_listing(world: World) -> None:
    consumer_role(world, CONSUMER)
    ids = [world.image(f"golden-{number}", shared_with=TO_CONSUMER) for number in range(30)]

    ran = check(world, "", images=[{"image_id": one, "region": REGION} for one in ids])

    assert not ran.failed and ran.result["counts"]["ready"] == 30
    as_consumer = [call["operation"] for call in ran.calls if call["account"] == CONSUMER]
    assert sorted(set(as_consumer)) == ["DescribeImages", "RunInstances"]
    assert (as_consumer.count("DescribeImages"), as_consumer.count("RunInstances")) == (1, 30)


def test_not_shared(world: World) -> None:
    consumer_role(world, CONSUMER)

    assert verdict(check(world, world.image("private"))) == ("not_shared", "owner")


@pytest.mark.parametrize(("how", "visible"), [([{"Group": "all"}], "public"), (TO_CONSUMER, "shared")])
def test_visible(world: World, how: list[dict[str, str]], visible: str) -> None:
    consumer_role(world, CONSUMER)

    ran = check(world, world.image("golden", shared_with=how))

    assert verdict(ran) == ("ready", None)
    assert ran.result["results"][0]["visible"] == visible


@pytest.mark.parametrize(
    ("state", "criteria", "expected"),
    [
        ("enabled", [{"ImageProviders": [OTHER]}], "hidden_by_allowed_images"),
        ("enabled", [{"ImageProviders": [OWNER]}], "ready"),
        ("audit-mode", [{"ImageProviders": [OTHER]}], "ready"),
    ],
)
def test_allowed_amis(world: World, state: str, criteria: list[dict[str, Any]], expected: str) -> None:
    consumer_role(world, CONSUMER)
    image_id = world.image("golden", shared_with=TO_CONSUMER)
    ec2 = world.client("ec2", account=CONSUMER)
    ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=criteria)
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState=state)

    ran = check(world, image_id)

    assert verdict(ran) == (expected, None if expected == "ready" else "consumer")
    assert any("audit mode" in note for note in ran.result["results"][0]["notes"]) == (state == "audit-mode")


def test_the_key(world: World) -> None:
    key = world.key()
    image_id = world.image("golden", key, shared_with=TO_CONSUMER)
    consumer_role(world, CONSUMER)

    refused = check(world, image_id)
    grant = world.grant(key, "narrow", ROOT, Operations=["Decrypt", "DescribeKey", "CreateGrant"])
    narrow = check(world, image_id)
    world.client("kms").revoke_grant(KeyId=key, GrantId=grant)
    world.grant(key, "all", ROOT, Operations=LAUNCH_OPERATIONS)
    fine = check(world, image_id)
    world.client("kms").disable_key(KeyId=key)
    disabled = check(world, image_id)

    assert verdict(refused) == ("key_denied", "owner")
    assert refused.result["results"][0]["kms_keys"][0]["denied"] == ["DescribeKey"]
    assert verdict(narrow) == ("key_denied", "owner")
    assert narrow.result["results"][0]["kms_keys"][0]["denied"] == ["GenerateDataKeyWithoutPlaintext", "ReEncrypt"]
    assert verdict(fine) == ("ready", None)
    assert verdict(disabled) == ("key_denied", "owner")
    assert "state Disabled" in disabled.result["results"][0]["reason"]


def test_a_key_that_direct_calls_may_not_use(world: World) -> None:
    """AWS's own recipes let EC2 alone make grants; a dry run of KMS cannot tell, and a launch can."""
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    key = world.key_with_policy(
        statement(CONSUMER, "Use", Action=use),
        statement(CONSUMER, "Grants", Action="kms:CreateGrant", Condition=for_services),
    )
    image_id = world.image("golden", key, shared_with=TO_CONSUMER)
    consumer_role(world, CONSUMER)

    unknown, launched = check(world, image_id), check(world, image_id, launch=True)

    assert verdict(unknown) == ("not_tested", "owner")
    assert "launch=true" in unknown.result["results"][0]["cure"].lower()
    assert verdict(launched) == ("ready", None)
    assert any("KMS's dry runs say no" in note for note in launched.result["results"][0]["notes"])


def test_what_the_role_may_not_do_is_no_verdict_about_the_key(world: World, encrypted: tuple[str, str]) -> None:
    consumer_role(world, CONSUMER, allow("ec2:*"))

    ran = check(world, encrypted[0])

    assert verdict(ran) == ("not_tested", "consumer")
    assert ran.result["results"][0]["cure"].startswith("Allow kms:DescribeKey on the key's ARN")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("ec2:Describe*")], ("launch_denied", "consumer")),
        ([allow("ec2:RunInstances")], ("not_tested", "consumer")),
        ([allow("ec2:Describe*", "ec2:RunInstances")], ("ready", None)),
    ],
)
def test_what_the_role_may_do(world: World, statements: list[dict[str, Any]], expected: tuple[str, str | None]) -> None:
    consumer_role(world, CONSUMER, *statements)

    assert verdict(check(world, world.image("golden", shared_with=TO_CONSUMER))) == expected


def test_who_cannot_be_reached(world: World) -> None:
    image_id = world.image("golden", shared_with=[*TO_CONSUMER, {"UserId": OTHER}])
    consumer_role(world, CONSUMER)
    consumer_role(world, OTHER, external_id="another")

    ran = check(world, image_id, CONSUMER, OTHER, "999988887777")

    assert ran.of("verdict", "account_id") == {
        CONSUMER: "ready",
        OTHER: "not_reachable",
        "999988887777": "not_reachable",
    }
    assert ran.failed and ran.result["results"][1]["answer"]["action"] == "sts:AssumeRole"
    assert ran.result["msg"].count("could not be assumed") == 1


def test_a_region_that_is_off_and_one_that_throttles(world: World) -> None:
    consumer_role(world, CONSUMER)
    unread = world.image("unread", region=OTHER_REGION, shared_with=TO_CONSUMER)
    fine = world.image("fine", shared_with=TO_CONSUMER)
    throttled = fault(
        "ec2", "DescribeImages", "", "RequestLimitExceeded", status=503, region=OTHER_REGION, account=CONSUMER
    )
    world.aws.set_faults([throttled])
    images = [
        {"image_id": fine, "region": REGION},
        {"image_id": "ami-0123456789abcdef0", "region": "me-central-1"},
        {"image_id": unread, "region": OTHER_REGION},
    ]

    ran = check(world, "", images=images)

    assert ran.of("verdict", "region") == {
        REGION: "ready",
        "me-central-1": "not_reachable",
        OTHER_REGION: "not_reachable",
    }
    assert "not enabled" in ran.result["results"][1]["reason"]


def test_what_the_account_lacks_is_no_verdict_about_the_ami(world: World) -> None:
    consumer_role(world, CONSUMER)
    image_id = world.image("golden", shared_with=TO_CONSUMER)
    ec2 = world.client("ec2", account=CONSUMER)
    network = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=network)

    without = check(world, image_id)
    untagged = check(world, image_id, subnet_tags={"Purpose": "tests"})
    own = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=own, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Purpose", "Value": "tests"}])
    within = check(world, image_id, subnet_tags={"Purpose": "tests"}, launch=True)
    wrong_type = check(world, image_id, subnet_tags={"Purpose": "tests"}, instance_type="t4g.micro")

    assert verdict(without) == verdict(untagged) == verdict(wrong_type) == ("not_tested", "consumer")
    assert "subnet_tags" in without.result["results"][0]["cure"]
    assert without.result["results"][0]["dry_run"] == "VPCIdNotSpecified"
    assert "no available subnet with the tags Purpose=tests" in untagged.result["results"][0]["reason"]
    assert "instance_type" in wrong_type.result["results"][0]["cure"]
    assert verdict(within) == ("ready", None)
    assert {instance["SubnetId"] for instance in instances(world)} == {subnet}


def test_auto_scaling(world: World, encrypted: tuple[str, str]) -> None:
    image_id, key = encrypted
    consumer_role(world, CONSUMER)

    without_role = check(world, image_id, auto_scaling=True)
    role = service_linked_role(world, CONSUMER)
    without_key = check(world, image_id, auto_scaling=True)
    world.grant(key, "for-auto-scaling", role, Operations=AUTO_SCALING_OPERATIONS)
    fine = check(world, image_id, auto_scaling=True)
    world.aws.set_faults([fault("kms", "ListGrants", "", "AccessDeniedException")])
    unknown = check(world, image_id, auto_scaling=True)

    assert verdict(without_role) == ("launch_denied", "consumer")
    assert verdict(without_key) == ("key_denied", "owner")
    assert verdict(fine) == ("ready", None)
    assert fine.result["results"][0]["auto_scaling"] == {"role": True, "key_access": {key: "grant"}}
    assert verdict(unknown) == ("not_tested", "owner")


def test_a_key_that_nobody_can_read(world: World, encrypted: tuple[str, str]) -> None:
    image_id, key = encrypted
    world.aws.set_faults([fault("ec2", "DescribeSnapshots", "", "UnauthorizedOperation", status=403)])
    consumer_role(world, CONSUMER)

    unknown, named = check(world, image_id), check(world, image_id, kms_key_arns=[key])

    assert verdict(unknown) == ("not_tested", "owner")
    assert "kms_key_arns" in unknown.result["results"][0]["cure"]
    assert verdict(named) == ("ready", None)


def test_as_a_consumer_with_its_own_credentials(world: World, encrypted: tuple[str, str]) -> None:
    image_id, key = encrypted
    options = {"image_id": image_id, "region": REGION}

    ran = run_module(world, "launch_check", CONSUMER, **options, kms_key_arns=[key])
    blind = run_module(world, "launch_check", CONSUMER, **options)

    assert ran.of("verdict", "account_id") == {CONSUMER: "ready"}
    assert not any(call["operation"] == "AssumeRole" for call in ran.calls)
    assert blind.of("verdict", "account_id") == {CONSUMER: "not_tested"}


def test_only_a_report(world: World) -> None:
    consumer_role(world, CONSUMER)

    ran = check(world, world.image("private"), report_only=True)

    assert not ran.failed and not ran.result["ready"] and ran.result["results"][0]["verdict"] == "not_shared"
    assert ran.result["results"][0]["error"] is None


def instances(world: World, region: str = REGION) -> list[dict[str, Any]]:
    answer = world.client("ec2", region, CONSUMER).describe_instances()
    return [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]


def all_terminated(world: World) -> bool:
    return {instance["State"]["Name"] for instance in instances(world)} == {"terminated"}


def test_a_real_launch(world: World, encrypted: tuple[str, str]) -> None:
    consumer_role(world, CONSUMER)
    world.aws.set_launches(unseen=1)

    preview = check(world, encrypted[0], launch=True, check=True)
    before = instances(world)
    ran = check(world, encrypted[0], launch=True, instance_tags={"CostCenter": "0815"})

    assert before == [] and verdict(preview) == ("ready", None) and preview.result["changed"]
    assert "Check mode starts no instance" in preview.warnings
    assert verdict(ran) == ("ready", None) and ran.result["changed"]
    (instance,) = instances(world)
    launch = ran.result["results"][0]["launch"]
    assert (launch["instance_id"], launch["state"], launch["terminated"]) == (instance["InstanceId"], "running", True)
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert tags == {"golden.ami": "launch_check", "CostCenter": "0815"}
    assert all_terminated(world)
    assert world.client("ec2", account=CONSUMER).describe_volumes()["Volumes"] == []


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Client.InternalError", ("key_denied", "owner")),
        ("Client.InvalidKMSKey.InvalidState", ("key_denied", "owner")),
        ("Client.VolumeLimitExceeded", ("launch_denied", "consumer")),
    ],
)
def test_an_instance_that_ends(
    world: World, encrypted: tuple[str, str], reason: str, expected: tuple[str, str]
) -> None:
    """What KMS's dry runs have said does not count then."""
    consumer_role(world, CONSUMER)
    world.aws.set_launches(ends={encrypted[0]: {"code": reason, "message": f"{reason}: ended"}})

    ran = check(world, encrypted[0], launch=True)

    assert verdict(ran) == expected
    launch = ran.result["results"][0]["launch"]
    assert (launch["state"], launch["state_reason_code"]) == ("terminated", reason)
    assert all_terminated(world)


def test_an_instance_that_does_not_start_in_time(world: World) -> None:
    consumer_role(world, CONSUMER)
    image_id = world.image("golden", shared_with=TO_CONSUMER)
    world.aws.set_launches(looks=99)

    ran = check(world, image_id, launch=True, launch_timeout=1)

    assert verdict(ran) == ("not_tested", "consumer")
    assert "still pending after 1 s" in ran.result["results"][0]["reason"]
    assert all_terminated(world)


def test_a_lost_answer_leaves_no_instance(world: World) -> None:
    """The SDK asks again with the same token; where nothing answers, the instance is found by the token."""
    consumer_role(world, CONSUMER)
    image_id = world.image("golden", shared_with=TO_CONSUMER)
    lost = {"service": "ec2", "operation": "RunInstances", "match": "ClientToken=golden-ami-", "drop_response": True}

    world.aws.set_faults([{**lost, "times": 1}])
    again = check(world, image_id, launch=True)
    world.aws.set_faults([lost])
    never = check(world, image_id, launch=True)

    assert verdict(again) == ("ready", None)
    assert verdict(never)[0] == "not_reachable"
    assert len(instances(world)) == 2 and all_terminated(world)


def test_an_instance_that_cannot_be_terminated_fails_the_task(world: World) -> None:
    consumer_role(world, CONSUMER)
    image_id = world.image("golden", shared_with=TO_CONSUMER)
    world.aws.set_faults([fault("ec2", "TerminateInstances", "", "UnauthorizedOperation", status=403)])

    ran = check(world, image_id, launch=True, report_only=True)

    (entry,) = ran.result["results"]
    assert ran.failed and entry["verdict"] == "ready" and entry["error"]["code"] == "not_terminated"
    assert entry["launch"]["terminated"] is False and entry["launch"]["instance_id"] in ran.result["msg"]


def test_a_role_that_may_not_tag(world: World) -> None:
    consumer_role(world, CONSUMER, allow("ec2:Describe*", "ec2:RunInstances", "ec2:TerminateInstances"))
    image_id = world.image("golden", shared_with=TO_CONSUMER)

    ran = check(world, image_id, launch=True)

    assert verdict(ran) == ("not_tested", "consumer")
    assert "ec2:CreateTags" in ran.result["results"][0]["cure"]
    assert instances(world) == []


def test_wrong_input(world: World) -> None:
    ran = check(
        world,
        "ami-1",
        "12345670123",
        role_arn="arn:aws:iam::123456789012:role/one-for-all",
        kms_key_arns=["alias/golden"],
        instance_type="huge",
        launch_timeout=0,
        subnet_tags={},
        instance_tags={"golden.ami": "x", "aws:own": "y"},
    )

    assert ran.failed and ran.calls == []
    starts = ["image", "account_ids", "role_arn", "instance_type", "subnet_tags", "instance_tags", "instance_tags"]
    starts += ["kms_key_arns", "launch_timeout"]
    problems = ran.result["problems"]
    assert [text.startswith(start) for text, start in zip(problems, starts, strict=True)] == [True] * len(starts)


def test_the_result_is_json(world: World) -> None:
    consumer_role(world, CONSUMER)

    assert json.loads(json.dumps(check(world, world.image("private")).result))["counts"]["not_shared"] == 1
