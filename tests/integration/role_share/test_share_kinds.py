# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations, everybody, further grantees; runs of which a part fails; the role in other people's plays."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, grants, launch, permissions, sees
from tests.integration.world import CALLER, CONSUMER, OTHER, OTHER_REGION, REGION, World, fault

THIRD_REGION = "eu-central-1"
AUTO_SCALING = (
    "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)


def make_organization(world: World) -> tuple[dict[str, Any], str]:
    """An organization that another account manages, and a member of it."""
    organizations = world.client("organizations", "us-east-1", OTHER)
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    created = organizations.create_account(AccountName="member", Email="member@example.com")
    return organization, created["CreateAccountStatus"]["AccountId"]


def trust(world: World, key: str, organization_id: str) -> None:
    """Let the members launch with the key, as only its policy can."""
    kms = world.client("kms")
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    actions = ["kms:Decrypt", "kms:CreateGrant", "kms:DescribeKey", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    condition = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": actions, "Resource": "*", "Condition": condition}
    policy["Statement"].append(allow)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def test_organizations(world: World, share: Share) -> None:
    organization, member = make_organization(world)
    key = world.key()
    plain, encrypted = world.image("plain"), world.image("encrypted", key)
    wanted = {"share_organization_arns": f"{organization['Arn']}\n"}
    assert launch(world, plain, account=member) == "AuthFailure"

    run = share(share_images=f"{plain} {REGION}", **wanted)

    assert (run.code) == (0)
    assert {call["service"] for call in run.calls} == {"ec2"}
    assert launch(world, plain, account=member) == "running"
    assert launch(world, plain, account=CONSUMER) == "AuthFailure"
    [entry] = run.result["consumers"]
    assert (entry["consumer"], entry["key_access"], entry["ready"]) == (organization["Id"], "not_needed", True)

    trust(world, key, organization["Id"])
    run = share(
        share_images=f"{plain} {REGION}\n{encrypted} {REGION}",
        share_key_policy_allows_organizations=True,
        **wanted,
    )

    # No grant: nobody but the key policy can name an organization. The AMI of before is left alone.
    assert (run.code, run.writes) == (0, [("ModifyImageAttribute", REGION)])
    assert [entry["key_access"] for entry in run.result["consumers"]] == ["not_needed", "unchanged"]
    assert [entry["launch_permission"] for entry in run.result["consumers"]] == ["unchanged", "added"]
    assert grantees(world, key) == []
    assert launch(world, encrypted, account=member) == "running"


def test_everybody(world: World, share: Share) -> None:
    image_id = world.image("plain", shared_with=[{"UserId": OTHER}])

    run = share(share_images=f"{image_id} {REGION}", share_public="yes")

    assert (run.code, run.writes) == (0, [("ModifyImageAttribute", REGION)])
    assert {call["service"] for call in run.calls} == {"ec2"}
    assert permissions(world, image_id) == [{"Group": "all"}, {"UserId": OTHER}]
    assert any(line.startswith("everybody") for line in run.result["table"])
    assert launch(world, image_id) == "running"
    # Block public access stops what is new, not what is public already.
    world.client("ec2").enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    again = share(share_images=f"{image_id} {REGION}", share_public=True)
    assert (again.code, again.writes) == (0, [])


def test_a_grantee_that_does_not_exist(world: World, share: Share) -> None:
    """Its key fails, and so no launch permission for the AMI on it; the AMI in another Region does not need the key."""
    iam = world.client("iam", "us-east-1", CONSUMER)
    key = world.key()
    encrypted, plain = world.image("encrypted", key), world.image("plain", region=OTHER_REGION)
    wanted = {
        "share_images": f"{encrypted} {REGION}\n{plain} {OTHER_REGION}",
        "share_account_ids": CONSUMER,
        "share_grantee_patterns": AUTO_SCALING,
        # All that launching needs, in any order, and one more.
        "share_grant_operations": "Decrypt\nEncrypt\nDescribeKey\nCreateGrant\nReEncryptFrom\nReEncryptTo\n"
        "GenerateDataKeyWithoutPlaintext\nGenerateDataKey",
    }

    run = share(**wanted)

    assert run.code == 2
    assert ("ModifyImageAttribute", REGION) not in run.writes
    assert ("ModifyImageAttribute", OTHER_REGION) in run.writes
    for part in (
        key,
        f"kms:CreateGrant as {CALLER}: InvalidArnException",
        AUTO_SCALING.format(partition="aws", account=CONSUMER),
        "iam:CreateServiceLinkedRole",
    ):
        assert part in run.message
    assert not sees(world, encrypted)
    assert launch(world, plain, OTHER_REGION) == "running"
    result = run.result
    assert (result["failed"], result["changed"], len(result["failures"])) == (True, True, 1)
    assert [image["status"] for image in result["results"]] == ["failed", "changed"]
    assert result["results"][0]["error"]["code"] == "held_back"
    assert "InvalidArnException" in result["results"][0]["error"]["message"]
    assert [entry["ready"] for entry in result["consumers"]] == [False, True]
    assert [entry["launch_permission"] for entry in result["consumers"]] == ["held_back", "added"]
    assert "held back" in run.table

    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    run = share(**wanted)

    assert run.code == 0, run.message
    assert run.writes == [("CreateGrant", REGION), ("ModifyImageAttribute", REGION)]
    expected = [f"arn:aws:iam::{CONSUMER}:root", AUTO_SCALING.format(partition="aws", account=CONSUMER)]
    assert grantees(world, key) == sorted(expected)
    assert all("Encrypt" in grant["Operations"] and len(grant["Operations"]) == 8 for grant in grants(world, key))
    assert launch(world, encrypted) == "running"
    assert share(**wanted).writes == []


def test_one_region_fails_another_is_throttled(world: World, share: Share) -> None:
    images = {region: world.image("golden", region=region) for region in (REGION, OTHER_REGION, THIRD_REGION)}
    message = "You are not authorized. Encoded authorization failure message: c2VjcmV0"
    world.aws.set_faults(
        [
            fault("ec2", "ModifyImageAttribute", images[OTHER_REGION], "UnauthorizedOperation", message, status=403),
            fault("ec2", "ModifyImageAttribute", images[THIRD_REGION], "RequestLimitExceeded", status=503, times=2),
        ]
    )

    run = share(
        share_images=[{"image_id": one, "region": region} for region, one in images.items()],
        share_account_ids=[CONSUMER],
    )

    assert run.code == 2
    assert sorted(region for _operation, region in run.writes) == sorted([REGION, OTHER_REGION, *[THIRD_REGION] * 3])
    assert launch(world, images[REGION]) == launch(world, images[THIRD_REGION], THIRD_REGION) == "running"
    assert not sees(world, images[OTHER_REGION], OTHER_REGION)
    assert f"{images[OTHER_REGION]} in {OTHER_REGION}" in run.message
    assert f"ec2:ModifyImageAttribute as {CALLER}: UnauthorizedOperation" in run.message
    assert images[REGION] not in run.message
    # The result is there although the run failed.
    assert (run.result["failed"], run.result["changed"]) == (True, True)
    assert run.result["failures"] == [run.message]
    by_region = {image["region"]: image for image in run.result["results"]}
    assert [by_region[region]["status"] for region in images] == ["changed", "failed", "changed"]
    # An answer can be lost after the change was made.
    assert by_region[OTHER_REGION]["after"] is None
    assert [entry["launch_permission"] for entry in run.result["consumers"]] == ["added", "failed", "added"]


def test_a_key_that_cannot_be_granted_at_all(world: World, share: Share) -> None:
    """No launch permission, also when it is the only key of the run."""
    key = world.key()
    image_id = world.image("golden", key)
    world.aws.set_faults([fault("kms", "ListGrants", "", "AccessDeniedException", "Not for you")])

    run = share(share_images=f"{image_id} {REGION}", share_account_ids=CONSUMER)

    # Whether grants are missing is not known: that is a refusal like any other part that cannot be read.
    assert (run.code, run.writes) == (2, [])
    assert run.message.startswith("Refused before the first write, nothing was changed:")
    assert f"kms:ListGrants as {CALLER}: AccessDeniedException" in run.message
    assert not sees(world, image_id)

    world.aws.set_faults([fault("kms", "CreateGrant", "", "AccessDeniedException", "Not for you")])

    run = share(share_images=f"{image_id} {REGION}", share_account_ids=CONSUMER)

    assert (run.code, run.writes) == (2, [("CreateGrant", REGION)])
    assert f"kms:CreateGrant as {CALLER}: AccessDeniedException" in run.message
    assert run.result["results"][0]["status"] == "failed"
    assert not run.result["consumers"][0]["ready"]
    assert not sees(world, image_id)


def test_a_grant_that_cannot_be_revoked(world: World, share: Share) -> None:
    """The new grant is there, so the consumer can launch; the run fails for what was left behind."""
    key = world.key()
    image_id = world.image("golden", key)
    root = f"arn:aws:iam::{CONSUMER}:root"
    narrow = world.client("kms").create_grant(
        KeyId=key,
        GranteePrincipal=root,
        Operations=["Decrypt"],
        Name=f"golden-ami/{CONSUMER}/0123456789-0123456789",
    )
    world.aws.set_faults([fault("kms", "RevokeGrant", "", "AccessDeniedException", "Not for you")])

    run = share(share_images=f"{image_id} {REGION}", share_account_ids=CONSUMER)

    assert run.code == 2
    assert [operation for operation, _region in run.writes] == ["CreateGrant", "RevokeGrant", "ModifyImageAttribute"]
    assert f"kms:RevokeGrant as {CALLER}: AccessDeniedException" in run.message
    assert narrow["GrantId"] in [grant["GrantId"] for grant in grants(world, key)]
    assert run.result["consumers"][0]["ready"]
    assert launch(world, image_id) == "running"


def test_named_twice(world: World, share: Share) -> None:
    """By ID and by name it is one AMI: one change, one row."""
    image_id = world.image("golden-web-1", world.key())

    run = share(share_images=f"{image_id} {REGION}\nname=golden-web-* {REGION}", share_account_ids=CONSUMER)

    assert run.code == 0, run.message
    assert run.writes == [("CreateGrant", REGION), ("ModifyImageAttribute", REGION)]
    assert [image["image_id"] for image in run.result["results"]] == [image_id]
    assert len(run.result["consumers"]) == 1
