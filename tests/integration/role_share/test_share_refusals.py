# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role refuses: wrong in shape before the first call, wrong in the world before the first write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import one_of, permissions
from tests.integration.world import (
    CALLER,
    CONSUMER,
    ORGANIZATION,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT,
    UNKNOWN_IMAGE,
    World,
    expired_account,
    fault,
)

BEFORE_CALLS = "Refused before the first write, nothing was changed:"
BEFORE_WRITES = "Refused before the first write, nothing was changed:"


def test_wrong_in_shape(world: World, share: Share, tmp_path: Path) -> None:
    """All of it at once, and no call: not for the AMI that is right either."""
    good = world.image("good")
    # As a person writes it: an unquoted account ID with a leading zero is an octal number to YAML.
    inputs = tmp_path / "inputs.yml"
    inputs.write_text(
        f"""\
share_images:
  - {{image_id: {good}, region: {REGION}}}
  - {{image_id: ami-0123456789abcdefg, region: {REGION}}}
  - {{image_id: {UNKNOWN_IMAGE}, region: eu-wset-1}}
  - {{image_id: {UNKNOWN_IMAGE}, regoin: {REGION}}}
share_account_ids:
  - 012345670123
  - "11112222333"
  - "1111222233334444"
  - "11112222333x"
  - "1111 2222 3333"
  - "{CONSUMER}"
share_organization_arns:
  - {UNIT}
  - {ORGANIZATION.replace("arn:aws:", "arn:aws-us-gov:")}
share_grant_operations: [Decrypt, ReEncrypt]
share_grant_name: golden ami
share_grantee_patterns:
  - autoscaling.amazonaws.com
  - arn:aws:iam::{{acount}}:root
share_launch_permission_quota: 0
"""
    )

    run = share(**yaml.safe_load(inputs.read_text()))

    assert run.code == 2
    assert run.calls == []
    assert run.message.startswith(BEFORE_CALLS)
    one_of(run.refusals, "share_images", "'ami-0123456789abcdefg' is not an AMI ID")
    one_of(run.refusals, "share_images", "'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?")
    one_of(run.refusals, "share_images", "regoin: no such key")
    one_of(run.refusals, "share_account_ids", "'1402433619'", "012345670123", "comma behind it")
    one_of(run.refusals, "share_account_ids", "'11112222333' has 11 digits")
    one_of(run.refusals, "share_account_ids", "'1111222233334444' has 16 digits")
    one_of(run.refusals, "share_account_ids", "'11112222333x' is not an account ID")
    one_of(run.refusals, "share_account_ids", "'1111 2222 3333' contains blanks")
    one_of(run.refusals, "share_organization_arns", UNIT, "is not the ARN of an organization")
    one_of(run.refusals, "share_organization_arns", "belongs to the partition 'aws-us-gov', the AMIs to 'aws'")
    one_of(run.refusals, "share_grant_operations", "'ReEncrypt' is not a grant operation")
    one_of(run.refusals, "share_grant_operations: without CreateGrant, DescribeKey, ", "could not launch; add them")
    one_of(run.refusals, "share_grant_name", "'golden ami' contains ' '")
    one_of(run.refusals, "share_grantee_patterns", "'autoscaling.amazonaws.com' is a service principal")
    one_of(run.refusals, "share_grantee_patterns", "{acount}", "{account} and {partition}")
    one_of(run.refusals, "share_launch_permission_quota: 0 would refuse every share")
    assert len(run.refusals) == 16
    assert permissions(world, good) == []


@pytest.mark.parametrize(
    ("variables", "sentences"),
    [
        (
            {"share_images": "", "share_account_ids": " \r\n", "share_grant_operations": "CreateGrant"},
            [
                "share_grant_operations: KMS refuses a grant with CreateGrant alone",
                "share_images: is empty, and so is share_source; there is nothing to act on.",
                "nothing to act on: give share_account_ids",
            ],
        ),
        ({"share_account_ids": CONSUMER}, ["share_images"]),
        (
            {"share_images": f"{UNKNOWN_IMAGE} {REGION}", "share_public": "everybody"},
            ["share_public: 'everybody' is neither true nor false."],
        ),
        (
            {"share_images": f"{UNKNOWN_IMAGE} {REGION}", "share_public": ""},
            ["nothing to act on: give share_account_ids"],
        ),
        (
            {
                "share_images": [{"image_id": UNKNOWN_IMAGE, "region": ""}],
                "share_regions": REGION,
                "share_account_ids": CONSUMER,
                "share_key_policy_allows_organizations": "ture",
                "share_launch_permission_quota": "1k",
            },
            [
                f"share_images: '{UNKNOWN_IMAGE}' has no region.",
                "share_key_policy_allows_organizations: 'ture' is neither true nor false.",
                "share_launch_permission_quota: '1k' is not a whole number.",
            ],
        ),
    ],
    ids=["empty survey text", "no share_images", "share_public is no boolean", "share_public is empty", "typos"],
)
def test_nothing_is_guessed(share: Share, variables: dict[str, Any], sentences: list[str]) -> None:
    run = share(**variables)

    assert run.code == 2
    assert run.calls == []
    for sentence in sentences:
        assert sentence in run.message


def test_wrong_in_the_world(world: World, share: Share) -> None:
    """Each AMI has something else that stands in the way; two are fine, and stay as they are, too."""
    kms = world.client("kms")
    disabled_key, dying_key = world.key(), world.key()
    ebs_key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    fine_key = world.key()
    fine = {"fine": world.image("fine"), "fine-encrypted": world.image("fine-encrypted", fine_key)}
    bad = {
        "elsewhere": world.image("elsewhere", region=OTHER_REGION),
        "shared-with-us": world.image("shared-with-us", account=OTHER, shared_with=[{"UserId": OWNER}]),
        "hidden": world.image("hidden", account=OTHER),
        "pending": world.image("pending", state="pending"),
        "failed": world.image("failed", state="failed", state_reason="The snapshot is broken"),
        "disabled": world.image("disabled", state="disabled"),
        "gone": world.gone_image(),
        "on-ebs-key": world.image("on-ebs-key", ebs_key),
        "key-disabled": world.image("key-disabled", disabled_key),
        "key-dying": world.image("key-dying", dying_key),
        "crowded": world.image("crowded", shared_with=[{"UserId": "222233334444"}, {"OrganizationArn": ORGANIZATION}]),
    }
    kms.disable_key(KeyId=disabled_key)
    kms.schedule_key_deletion(KeyId=dying_key)
    images = [f"{image_id} {REGION}" for image_id in (*fine.values(), *bad.values())]
    images += [f"name=no-such-* {OTHER_REGION}", f"{UNKNOWN_IMAGE} me-central-1"]

    run = share(share_images="\n".join(images), share_account_ids=[CONSUMER], share_launch_permission_quota=2)

    assert run.code == 2
    assert (run.writes) == ([])
    assert run.message.startswith(BEFORE_WRITES)
    said = run.refusals
    one_of(said, bad["elsewhere"], "is not in eu-west-1", "AMIs are regional")
    one_of(said, bad["shared-with-us"], f"belongs to account {OTHER}", f"Run with credentials of account {OTHER}")
    one_of(said, bad["hidden"], "is not in eu-west-1, or it belongs to another account")
    one_of(said, bad["pending"], "is still pending", "Wait")
    one_of(said, bad["failed"], "is in state failed (The snapshot is broken)")
    one_of(said, bad["disabled"], "is disabled", "ec2:EnableImage")
    one_of(said, bad["gone"], "is not in eu-west-1")
    one_of(said, bad["on-ebs-key"], "snap-", f"with the AWS managed key {ebs_key}", "Copy the AMI")
    one_of(said, bad["key-disabled"], f"Key {disabled_key}", "is disabled", "never enabled here")
    one_of(said, bad["key-dying"], f"Key {dying_key}", "PendingDeletion", "Cancel the deletion")
    one_of(said, bad["crowded"], "would be shared with 3", "the quota is 2")
    one_of(said, "No own AMI in us-east-1 matches name no-such-*")
    one_of(said, UNKNOWN_IMAGE, "me-central-1 is not enabled for this account", "account:EnableRegion")
    assert len(said) == 13
    assert not any(image_id in run.message for image_id in fine.values())
    assert [permissions(world, image_id) for image_id in fine.values()] == [[], []]
    assert kms.list_grants(KeyId=fine_key)["Grants"] == []
    assert kms.describe_key(KeyId=disabled_key)["KeyMetadata"]["KeyState"] == "Disabled"


def test_not_for_everybody_and_not_for_organizations(world: World, share: Share) -> None:
    key = world.key()
    encrypted = world.image("encrypted", key)
    product = world.image("product", product_codes=["abcdefghijklmnopqrstuvwxy"])
    blocked = world.image("blocked", region=OTHER_REGION)
    fine = world.image("fine")
    world.client("ec2", OTHER_REGION).enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    images = f"{encrypted} {REGION}, {product} {REGION}, {blocked} {OTHER_REGION}, {fine} {REGION}"

    public = share(share_images=images, share_public=True)

    assert (public.code, public.writes) == (2, [])
    one_of(public.refusals, encrypted, "has encrypted snapshots (snap-", "cannot be public")
    one_of(public.refusals, product, "product codes (abcdefghijklmnopqrstuvwxy)")
    one_of(public.refusals, "Block public access for AMIs is on in us-east-1", "never switched off here")
    assert len(public.refusals) == 3
    assert permissions(world, fine) == []

    organization = share(share_images=images, share_organization_arns=ORGANIZATION, share_organizational_unit_arns=UNIT)

    assert (organization.code, organization.writes) == (2, [])
    [sentence] = organization.refusals
    assert encrypted in sentence and UNIT in sentence and fine not in sentence
    assert "share_key_policy_allows_organizations=true" in sentence
    assert permissions(world, fine) == []


def test_unreadable(world: World, share: Share) -> None:
    """What cannot be read cannot be judged; the message says who may not do what."""
    key = world.key()
    fine, on_key, secret = world.image("fine"), world.image("on-key", key), world.image("secret")
    away, snapshots = world.image("away", region=OTHER_REGION), world.image("snapshots", region="eu-central-1")
    message = "You are not authorized. Encoded authorization failure message: c2VjcmV0c2VjcmV0"
    regional = [
        {**fault("ec2", operation, "", "UnauthorizedOperation", message, status=403), "region": region}
        for operation, region in (("DescribeImages", OTHER_REGION), ("DescribeSnapshots", "eu-central-1"))
    ]
    world.aws.set_faults(
        [
            *regional,
            fault("ec2", "DescribeImageAttribute", secret, "UnauthorizedOperation", message, status=403),
            fault("kms", "DescribeKey", key, "AccessDeniedException", "Not for you"),
        ]
    )
    images = [(fine, REGION), (on_key, REGION), (secret, REGION), (away, OTHER_REGION), (snapshots, "eu-central-1")]

    run = share(
        share_images=[{"image_id": one, "region": region} for one, region in images], share_account_ids=CONSUMER
    )

    assert (run.code, run.writes) == (2, [])
    assert run.message.startswith(BEFORE_WRITES)
    for image_id, action, code in (
        (away, "ec2:DescribeImages", "UnauthorizedOperation"),
        (snapshots, "ec2:DescribeSnapshots", "UnauthorizedOperation"),
        (secret, "ec2:DescribeImageAttribute", "UnauthorizedOperation"),
        (on_key, "kms:DescribeKey", "AccessDeniedException"),
    ):
        one_of(run.message.splitlines(), image_id, f"{action} as {CALLER}: {code}", f"Allow {action}")
    assert fine not in run.message
    assert "Encoded" not in run.message
    assert permissions(world, fine) == []


def test_credentials(world: World, share: Share) -> None:
    """One sentence, whatever the number of AMIs and Regions."""
    images = f"{world.image('here')} {REGION}\n{world.image('there', region=OTHER_REGION)} {OTHER_REGION}"
    wanted = {"share_images": images, "share_account_ids": CONSUMER}
    url = {"AWS_ENDPOINT_URL": world.aws.url, "AWS_EC2_METADATA_DISABLED": "true"}

    none = share(environment=url, **wanted)

    assert (none.code, none.calls) == (2, [])
    assert none.message.count("Next:") == 1
    assert "attach an Amazon Web Services credential" in none.message
    assert none.message.startswith(BEFORE_WRITES)

    keys, faults = expired_account(world)
    world.aws.set_faults(faults)
    tokens = {
        "AWS_ACCESS_KEY_ID": keys["access_key"],
        "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
        "AWS_SESSION_TOKEN": keys["session_token"],
    }
    expired = share(environment={**url, **tokens}, **wanted)

    assert (expired.code, expired.writes) == (2, [])
    assert expired.message.count("Next:") == 1
    assert "RequestExpired" in expired.message
    assert "The credentials have expired: get new ones and run again." in expired.message


def test_only_the_owner(world: World, share: Share) -> None:
    """Nothing would be shared with anybody, which is hardly what was meant."""
    image_id = world.image("golden", world.key())

    run = share(share_images=f"{image_id} {REGION}", share_account_ids=OWNER)

    assert (run.code, run.writes) == (2, [])
    [sentence] = run.refusals
    assert sentence.startswith("Nobody to share with: ")


def test_the_owner_does_not_count_to_the_quota(world: World, share: Share) -> None:
    """The owner is dropped from the accounts, so it must not be what makes them too many."""
    image_id = world.image("golden")

    run = share(
        share_images=f"{image_id} {REGION}", share_account_ids=[CONSUMER, OWNER], share_launch_permission_quota=1
    )

    assert run.code == 0, run.message
    assert permissions(world, image_id) == [{"UserId": CONSUMER}]
