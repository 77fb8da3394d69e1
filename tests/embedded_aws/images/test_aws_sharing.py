# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launch permissions of images."""

from __future__ import annotations

import pytest

ORGANIZATION = "arn:aws:organizations::123456789012:organization/o-abcdefghij"
UNIT = "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-ab12-abcdefgh"


def test_both_forms_take_all_kinds_together(cloud):
    image = cloud.image()
    everyone = [{"UserId": cloud.consumer}, {"UserId": cloud.stranger}, {"OrganizationArn": ORGANIZATION}]
    everyone += [{"OrganizationalUnitArn": UNIT}, {"Group": "all"}]
    cloud.share(image, *everyone)
    assert sorted(map(str, cloud.permissions(image))) == sorted(map(str, everyone))
    flat = {
        "Attribute": "launchPermission",
        "UserIds": [cloud.consumer, cloud.stranger],
        "UserGroups": ["all"],
        "OrganizationArns": [ORGANIZATION, ORGANIZATION.replace("abcdefghij", "bbcdefghij")],
        "OrganizationalUnitArns": [UNIT],
    }
    cloud.ec2().modify_image_attribute(ImageId=image, OperationType="remove", **flat)
    assert cloud.permissions(image) == []
    cloud.ec2().modify_image_attribute(ImageId=image, OperationType="add", **flat)
    assert len(cloud.permissions(image)) == 6


def test_add_and_remove_in_one_call(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    change = {"Add": [{"UserId": cloud.stranger}], "Remove": [{"UserId": cloud.consumer}]}
    cloud.ec2().modify_image_attribute(ImageId=image, LaunchPermission=change)
    assert cloud.permissions(image) == [{"UserId": cloud.stranger}]


def test_only_the_owner_reads_and_writes_permissions(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    consumer = cloud.ec2(cloud.consumer)
    with cloud.refused("AuthFailure"):
        consumer.describe_image_attribute(ImageId=image, Attribute="launchPermission")
    with cloud.refused("AuthFailure"):
        consumer.reset_image_attribute(ImageId=image, Attribute="launchPermission")
    unknown = "ami-0123456789abcdef0"
    with cloud.refused("InvalidAMIID.NotFound"):
        consumer.describe_image_attribute(ImageId=unknown, Attribute="launchPermission")
    with cloud.refused("InvalidAMIID.NotFound"):
        cloud.share(unknown, {"UserId": cloud.consumer})
    with cloud.refused("InvalidAMIID.Malformed"):
        cloud.share("ami-123", {"UserId": cloud.consumer})
    with cloud.refused("AuthFailure"):
        cloud.ec2().describe_image_attribute(ImageId=image, Attribute="blockDeviceMapping")


@pytest.mark.parametrize(
    "item",
    [
        {"UserId": "12345678901"},
        {"UserId": "123456789012 "},
        {"UserId": ""},
        {"Group": "everyone"},
        {"OrganizationArn": "o-abcdefghij"},
        {"OrganizationalUnitArn": "ou-ab12-abcdefgh"},
    ],
    ids=str,
)
def test_one_malformed_item_changes_nothing(cloud, item):
    image = cloud.image()
    with cloud.refused("InvalidAMIAttributeItemValue"):
        cloud.share(image, {"UserId": cloud.consumer}, item)
    assert cloud.permissions(image) == []


def test_nothing_to_change_is_refused(cloud):
    image = cloud.image()
    with cloud.refused("InvalidParameterCombination"):
        cloud.ec2().modify_image_attribute(ImageId=image)
    with cloud.refused("InvalidParameterCombination"):
        cloud.ec2().modify_image_attribute(ImageId=image, LaunchPermission={"Add": []})


def test_dry_run_changes_nothing(cloud):
    image = cloud.image()
    with cloud.refused("DryRunOperation"):
        cloud.ec2().modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]}, DryRun=True)
    assert cloud.permissions(image) == []


def test_description(cloud):
    image = cloud.image()
    cloud.ec2().modify_image_attribute(ImageId=image, Description={"Value": "new"})
    assert cloud.ec2().describe_images(ImageIds=[image])["Images"][0]["Description"] == "new"
    cloud.ec2().modify_image_attribute(ImageId=image, Attribute="description", Value="newer")
    answer = cloud.ec2().describe_image_attribute(ImageId=image, Attribute="description")
    assert answer["Description"]["Value"] == "newer"


def test_pending_images_are_unavailable(cloud):
    image = cloud.image()
    cloud.aws.set_image(cloud.region, image, state="pending")
    with cloud.refused("InvalidAMIID.Unavailable"):
        cloud.share(image, {"UserId": cloud.consumer})
    with cloud.refused("InvalidAMIID.Unavailable"):
        cloud.ec2().run_instances(ImageId=image, MinCount=1, MaxCount=1)


def test_the_default_key_of_ebs_cannot_be_shared(cloud):
    snapshot = cloud.snapshot(Encrypted=True)
    image = cloud.image(snapshot)
    key = cloud.ec2().describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["KmsKeyId"]
    assert cloud.kms().describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "AWS"
    with cloud.refused("InvalidParameter"):
        cloud.share(image, {"UserId": cloud.consumer})
    with cloud.refused("OperationNotPermitted"):
        permission = {"Add": [{"UserId": cloud.consumer}]}
        cloud.ec2().modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=permission)
    cloud.share(image, {"UserId": cloud.consumer}, action="Remove")


def test_encrypted_images_cannot_be_public(cloud):
    image = cloud.image(cloud.snapshot(cloud.key()))
    cloud.share(image, {"UserId": cloud.consumer})
    with cloud.refused("UnsupportedOperation"):
        cloud.share(image, {"Group": "all"})


def test_images_with_a_product_code_cannot_be_public(cloud):
    image = cloud.image()
    cloud.aws.set_image(cloud.region, image, product_codes=["p1"])
    with pytest.raises(cloud.ec2().exceptions.ClientError):
        cloud.share(image, {"Group": "all"})
    cloud.share(image, {"UserId": cloud.consumer})


def test_block_public_access(cloud):
    ec2 = cloud.ec2()
    before, image = cloud.image(name="before"), cloud.image()
    assert ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"] == "unblocked"
    cloud.share(before, {"Group": "all"})
    answer = ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    assert answer["ImageBlockPublicAccessState"] == "block-new-sharing"
    state = ec2.get_image_block_public_access_state()
    assert (state["ImageBlockPublicAccessState"], state["ManagedBy"]) == ("block-new-sharing", "account")
    with cloud.refused("OperationNotPermitted"):
        cloud.share(image, {"Group": "all"}, {"UserId": cloud.consumer})
    assert cloud.permissions(image) == []
    cloud.share(image, {"UserId": cloud.consumer})
    assert ec2.describe_images(ImageIds=[before])["Images"][0]["Public"] is True
    ec2.disable_image_block_public_access()
    cloud.share(image, {"Group": "all"})


def test_a_thousand_entities_and_no_more(cloud):
    image = cloud.image()
    cloud.share(image, *[{"UserId": f"{number:012d}"} for number in range(1000)])
    with pytest.raises(cloud.ec2().exceptions.ClientError):
        cloud.share(image, {"UserId": cloud.consumer})
    assert len(cloud.permissions(image)) == 1000


def test_reset_makes_private(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer}, {"Group": "all"})
    cloud.ec2().reset_image_attribute(ImageId=image, Attribute="launchPermission")
    assert cloud.permissions(image) == []


def test_a_consumer_can_give_its_own_share_back(cloud):
    image = cloud.image()
    consumer = cloud.ec2(cloud.consumer)
    with cloud.refused("InvalidAMIID.NotFound"):
        consumer.cancel_image_launch_permission(ImageId=image)
    cloud.share(image, {"UserId": cloud.consumer}, {"UserId": cloud.stranger})
    consumer.cancel_image_launch_permission(ImageId=image)
    assert cloud.permissions(image) == [{"UserId": cloud.stranger}]
    cloud.share(image, {"Group": "all"})
    with cloud.refused("InvalidAMIID.NotFound"):
        consumer.cancel_image_launch_permission(ImageId=image)


def test_a_member_gives_its_own_share_back_and_keeps_that_of_its_organization(cloud):
    organizations = cloud.client("organizations", region="us-east-1")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    created = organizations.create_account(AccountName="member", Email="m@example.com")["CreateAccountStatus"]
    member = cloud.ec2(created["AccountId"])
    image, published = cloud.image(), cloud.image(name="published")
    cloud.share(published, {"Group": "all"})
    cloud.share(image, {"OrganizationArn": organization["Arn"]})

    def shared():
        return [one["ImageId"] for one in member.describe_images(ExecutableUsers=["self"])["Images"]]

    assert shared() == [image]
    for none in (image, published, "ami-0123456789abcdef0"):
        with cloud.refused("InvalidAMIID.NotFound"):
            member.cancel_image_launch_permission(ImageId=none)
    cloud.share(image, {"UserId": created["AccountId"]})
    with cloud.refused("DryRunOperation"):
        member.cancel_image_launch_permission(ImageId=image, DryRun=True)
    member.cancel_image_launch_permission(ImageId=image)
    assert cloud.permissions(image) == [{"OrganizationArn": organization["Arn"]}]
    assert shared() == [image]
    with cloud.refused("InvalidAMIID.NotFound"):
        member.cancel_image_launch_permission(ImageId=image)
