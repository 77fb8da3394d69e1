# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registering, creating, listing and retiring images."""

from __future__ import annotations

import datetime
import json
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

UNKNOWN = "ami-0123456789abcdef0"


def names(answer):
    return sorted(one["Name"] for one in answer["Images"])


def test_register_keeps_its_devices_and_encryption_follows_the_snapshot(cloud):
    plain, secret = cloud.snapshot(), cloud.snapshot(cloud.key())
    tags = [{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "core"}]}]
    options = {"Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": True, "TagSpecifications": tags}
    image_id = cloud.image(plain, secret, **options)
    image = cloud.ec2().describe_images(ImageIds=[image_id])["Images"][0]
    devices = {one["DeviceName"]: one["Ebs"] for one in image["BlockDeviceMappings"]}
    assert {name: (ebs["SnapshotId"], ebs["Encrypted"], ebs["VolumeSize"]) for name, ebs in devices.items()} == {
        "/dev/xvda": (plain, False, 9),
        "/dev/xvdb": (secret, True, 9),
    }
    assert (image["RootDeviceName"], image["RootDeviceType"]) == ("/dev/xvda", "ebs")
    assert (image["Architecture"], image["VirtualizationType"]) == ("arm64", "hvm")
    assert image["Tags"] == [{"Key": "team", "Value": "core"}]
    assert image["OwnerId"] == cloud.owner
    assert "Description" not in image
    assert len(cloud.ec2().describe_snapshots(OwnerIds=["self"])["Snapshots"]) == 2


def test_register_refuses_used_names_and_missing_snapshots(cloud):
    cloud.image()
    with cloud.refused("InvalidAMIName.Duplicate"):
        cloud.image()
    with cloud.refused("InvalidSnapshot.NotFound"):
        cloud.image("snap-0123456789abcdef0", name="other")
    with cloud.refused("InvalidAMIName.Malformed"):
        cloud.image(name="no;semicolon")
    cloud.image(account=cloud.consumer)


def test_create_image_snapshots_the_instance(cloud):
    source = cloud.image(cloud.snapshot(), cloud.snapshot(cloud.key()))
    ec2 = cloud.ec2()
    instance = ec2.run_instances(ImageId=source, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    specification = [{"ResourceType": kind, "Tags": [{"Key": "made", "Value": kind}]} for kind in ("image", "snapshot")]
    image_id = ec2.create_image(InstanceId=instance, Name="mine", TagSpecifications=specification)["ImageId"]
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    assert [one["Ebs"]["Encrypted"] for one in image["BlockDeviceMappings"]] == [False, True]
    assert image["SourceInstanceId"] == instance
    assert image["Tags"] == [{"Key": "made", "Value": "image"}]
    snapshot = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["Tags"] == [
        {"Key": "made", "Value": "snapshot"}
    ]
    with cloud.refused("InvalidAMIName.Duplicate"):
        ec2.create_image(InstanceId=instance, Name="mine")


def test_unknown_malformed_and_unshared_ids_differ(cloud):
    image = cloud.image()
    consumer = cloud.ec2(cloud.consumer)
    with cloud.refused("InvalidAMIID.Malformed"):
        consumer.describe_images(ImageIds=["ami-xyz"])
    with cloud.refused("InvalidAMIID.NotFound"):
        cloud.ec2().describe_images(ImageIds=[image, UNKNOWN])
    assert consumer.describe_images(ImageIds=[image])["Images"] == []
    assert consumer.describe_images(Filters=[{"Name": "image-id", "Values": [image]}])["Images"] == []
    with cloud.refused("InvalidAMIID.NotFound"):
        cloud.ec2(region="eu-west-1").describe_images(ImageIds=[image])


def test_visibility_by_account_and_public(cloud):
    by_account, public = cloud.image(name="by account"), cloud.image(name="public")
    cloud.image(name="private")
    cloud.share(by_account, {"UserId": cloud.consumer})
    cloud.share(public, {"Group": "all"})
    consumer, stranger = cloud.ec2(cloud.consumer), cloud.ec2(cloud.stranger)
    assert names(consumer.describe_images()) == ["by account", "public"]
    assert names(stranger.describe_images()) == ["public"]
    assert names(consumer.describe_images(ExecutableUsers=["self"])) == ["by account"]
    assert names(consumer.describe_images(ExecutableUsers=["all"])) == ["public"]
    assert names(cloud.ec2().describe_images(ExecutableUsers=[cloud.consumer])) == ["by account"]
    assert names(consumer.describe_images(Owners=["self"])) == []
    assert names(consumer.describe_images(Owners=[cloud.owner])) == ["by account", "public"]
    assert {one["OwnerId"] for one in consumer.describe_images()["Images"]} == {cloud.owner}
    assert consumer.describe_images(ImageIds=[public])["Images"][0]["Public"] is True


def test_visibility_by_organization_and_ou_above_the_account(cloud):
    organizations = cloud.client("organizations", region="us-east-1")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    outer = organizations.create_organizational_unit(ParentId=root, Name="outer")["OrganizationalUnit"]
    inner = organizations.create_organizational_unit(ParentId=outer["Id"], Name="inner")["OrganizationalUnit"]
    status = organizations.create_account(AccountName="member", Email="m@example.com")["CreateAccountStatus"]
    member = status["AccountId"]
    by_org, by_ou = cloud.image(name="by organization"), cloud.image(name="by ou")
    cloud.share(by_org, {"OrganizationArn": organization["Arn"]})
    cloud.share(by_ou, {"OrganizationalUnitArn": outer["Arn"]})
    seen = cloud.ec2(member)
    assert names(seen.describe_images(ExecutableUsers=["self"])) == ["by organization"]
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=inner["Id"])
    assert names(seen.describe_images(ExecutableUsers=[member])) == ["by organization", "by ou"]
    assert names(seen.describe_images(ImageIds=[by_ou])) == ["by ou"]
    assert names(cloud.ec2().describe_images(ExecutableUsers=[member])) == []
    assert names(cloud.ec2(cloud.stranger).describe_images()) == []


def test_filters(cloud):
    key = cloud.key()
    secret = cloud.snapshot(key)
    plain = cloud.image(name="web-1", Architecture="arm64", VirtualizationType="hvm", Description="for the web")
    cloud.image(secret, name="web-2", Architecture="x86_64")
    cloud.ec2().create_tags(Resources=[plain], Tags=[{"Key": "stage", "Value": "prod"}])
    cloud.aws.set_image(cloud.region, plain, product_codes=["abc123"])

    def found(**filters):
        given = [
            {"Name": name.replace("__", ":").replace("_", "-"), "Values": values} for name, values in filters.items()
        ]
        return names(cloud.ec2().describe_images(Filters=given))

    assert found(name=["web-*"]) == ["web-1", "web-2"]
    assert found(name=["web-?"], architecture=["arm64"]) == ["web-1"]
    assert found(name=["web-1", "web-2"], state=["available"]) == ["web-1", "web-2"]
    assert found(owner_id=[cloud.owner], is_public=["false"]) == ["web-1", "web-2"]
    assert found(is_public=["true"]) == []
    assert found(virtualization_type=["hvm"], root_device_type=["ebs"]) == ["web-1"]
    assert found(tag__stage=["pr*"]) == ["web-1"]
    assert found(tag_key=["stage"]) == ["web-1"]
    assert found(tag__stage=["test"]) == []
    assert found(description=["*web*"], image_type=["machine"]) == ["web-1"]
    assert found(product_code=["abc123"]) == ["web-1"]
    year = str(datetime.datetime.now(datetime.UTC).year)
    assert found(creation_date=[f"{year}-*"]) == ["web-1", "web-2"]
    for name, value in (("encrypted", "true"), ("snapshot-id", secret)):
        answer = cloud.ec2().describe_images(Filters=[{"Name": f"block-device-mapping.{name}", "Values": [value]}])
        assert names(answer) == ["web-2"]
    with cloud.refused("InvalidParameterValue", 400):
        found(colour=["red"])


def test_paging(cloud):
    for number in range(5):
        cloud.image(name=f"image {number}")
    ec2 = cloud.ec2()
    page = ec2.describe_images(Owners=["self"], MaxResults=2)
    assert len(page["Images"]) == 2
    assert page["NextToken"]
    pages = list(ec2.get_paginator("describe_images").paginate(Owners=["self"], PaginationConfig={"PageSize": 2}))
    assert [len(one["Images"]) for one in pages] == [2, 2, 1]
    with cloud.refused("InvalidParameterCombination"):
        ec2.describe_images(ImageIds=[page["Images"][0]["ImageId"]], MaxResults=5)


def test_tags_are_private_to_the_account_that_sets_them(cloud):
    image = cloud.image()
    cloud.ec2().create_tags(Resources=[image], Tags=[{"Key": "whose", "Value": "owner"}])
    consumer = cloud.ec2(cloud.consumer)
    with cloud.refused("InvalidAMIID.NotFound"):
        consumer.create_tags(Resources=[image], Tags=[{"Key": "whose", "Value": "consumer"}])
    cloud.share(image, {"UserId": cloud.consumer})
    assert "Tags" not in consumer.describe_images(ImageIds=[image])["Images"][0]
    consumer.create_tags(Resources=[image], Tags=[{"Key": "whose", "Value": "consumer"}])
    assert consumer.describe_images(ImageIds=[image])["Images"][0]["Tags"] == [{"Key": "whose", "Value": "consumer"}]
    assert cloud.ec2().describe_images(ImageIds=[image])["Images"][0]["Tags"] == [{"Key": "whose", "Value": "owner"}]
    by_tag = [{"Name": "tag:whose", "Values": ["consumer"]}]
    assert names(consumer.describe_images(Filters=by_tag)) == ["golden"]
    assert names(cloud.ec2().describe_images(Filters=by_tag)) == []
    tags = consumer.describe_tags(Filters=[{"Name": "resource-id", "Values": [image]}])["Tags"]
    assert [(one["Key"], one["ResourceType"]) for one in tags] == [("whose", "image")]
    consumer.delete_tags(Resources=[image], Tags=[{"Key": "whose"}])
    assert "Tags" not in consumer.describe_images(ImageIds=[image])["Images"][0]


def test_disabling_takes_the_shares_and_hides_the_image(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer}, {"Group": "all"})
    ec2 = cloud.ec2()
    with cloud.refused("AuthFailure"):
        cloud.ec2(cloud.consumer).disable_image(ImageId=image)
    ec2.disable_image(ImageId=image)
    assert cloud.permissions(image) == []
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_images(Owners=["self"], IncludeDisabled=True)["Images"][0]["State"] == "disabled"
    with cloud.refused("InvalidAMIID.Unavailable"):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    ec2.enable_image(ImageId=image)
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "available"
    assert cloud.permissions(image) == []


def test_deregistered_images_are_left_out_not_refused(cloud):
    snapshot = cloud.snapshot()
    image = cloud.image(snapshot)
    ec2 = cloud.ec2()
    with cloud.refused("InvalidSnapshot.InUse"):
        ec2.delete_snapshot(SnapshotId=snapshot)
    with cloud.refused("AuthFailure"):
        cloud.ec2(cloud.consumer).deregister_image(ImageId=image)
    ec2.deregister_image(ImageId=image)
    assert ec2.describe_images(ImageIds=[image])["Images"] == []
    ec2.delete_snapshot(SnapshotId=snapshot)
    cloud.image(name="golden")


def test_deregister_can_take_the_snapshots_along(cloud):
    snapshot = cloud.snapshot()
    image = cloud.image(snapshot)
    answer = cloud.ec2().deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    assert [one["SnapshotId"] for one in answer["DeleteSnapshotResults"]] == [snapshot]
    with cloud.refused("InvalidSnapshot.NotFound"):
        cloud.ec2().describe_snapshots(SnapshotIds=[snapshot])


def test_deprecated_images_vanish_for_consumers_only(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    cloud.ec2().enable_image_deprecation(ImageId=image, DeprecateAt=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    consumer = cloud.ec2(cloud.consumer)
    assert names(cloud.ec2().describe_images()) == ["golden"]
    assert names(consumer.describe_images()) == []
    assert names(consumer.describe_images(IncludeDeprecated=True)) == ["golden"]
    assert names(consumer.describe_images(ImageIds=[image])) == ["golden"]
    cloud.ec2().disable_image_deprecation(ImageId=image)
    assert names(consumer.describe_images()) == ["golden"]


def test_states_and_product_codes_by_the_control_endpoint(cloud):
    image = cloud.image()
    cloud.aws.set_image(
        cloud.region, image, account=cloud.owner, state="failed", state_reason="internal", product_codes=["p1"]
    )
    shown = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]
    assert (shown["State"], shown["StateReason"]["Message"]) == ("failed", "internal")
    assert shown["ProductCodes"] == [{"ProductCodeId": "p1", "ProductCodeType": "marketplace"}]
    cloud.aws.set_image(cloud.region, image, state="available")
    assert "StateReason" not in cloud.ec2().describe_images(ImageIds=[image])["Images"][0]


def test_creation_dates_by_the_control_endpoint(cloud):
    older, newer = cloud.image(name="older"), cloud.image(name="newer")
    cloud.aws.set_image(cloud.region, older, creation_date="2020-02-29T23:59:58.000Z")
    cloud.aws.set_image(cloud.region, newer, creation_date="2020-03-01T01:30:00+01:00")
    found = cloud.ec2().describe_images(ImageIds=[older, newer])["Images"]
    assert [one["CreationDate"] for one in found] == ["2020-02-29T23:59:58.000Z", "2020-03-01T00:30:00.000Z"]
    by_date = [{"Name": "creation-date", "Values": ["2020-02-*"]}]
    assert names(cloud.ec2().describe_images(Filters=by_date)) == ["older"]


@pytest.mark.parametrize(
    "change",
    [
        {"creation_date": "yesterday"},
        {"creation_date": "2020-02-29T23:59:58"},
        {"creation_dat": "2020-02-29T23:59:58.000Z"},
        {"state": "gone"},
        {"account": "111122223333", "state": "failed"},
    ],
    ids=str,
)
def test_the_control_endpoint_refuses_what_it_does_not_know(cloud, change):
    image = cloud.image()
    before = cloud.ec2().describe_images(ImageIds=[image])["Images"]
    with pytest.raises(HTTPError):
        cloud.aws.set_image(cloud.region, image, **change)
    assert cloud.ec2().describe_images(ImageIds=[image])["Images"] == before


def test_images_of_a_snapshotless_registration_still_work_as_in_moto(cloud):
    image = cloud.ec2().register_image(Name="plain")["ImageId"]
    device = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]
    assert device["Ebs"]["Encrypted"] is False


def test_json_of_the_errors_is_never_a_server_error(cloud):
    with pytest.raises(ClientError) as caught:
        cloud.ec2().describe_images(Filters=[{"Name": "nonsense", "Values": ["x"]}])
    assert json.dumps(caught.value.response["Error"])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
