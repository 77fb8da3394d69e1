# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Allowed AMIs hide what other accounts share."""

from __future__ import annotations

import pytest


def listed(cloud, account, **query):
    return {one["ImageId"]: one.get("ImageAllowed") for one in cloud.ec2(account).describe_images(**query)["Images"]}


def allow(cloud, state, *criteria):
    ec2 = cloud.ec2(cloud.consumer)
    ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=list(criteria))
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState=state)


@pytest.fixture
def shared(cloud):
    image = cloud.image(name="golden-web")
    cloud.share(image, {"UserId": cloud.consumer})
    return image


def test_the_setting(cloud):
    ec2 = cloud.ec2(cloud.consumer)
    assert ec2.get_allowed_images_settings()["State"] == "disabled"
    allow(cloud, "audit-mode", {"ImageProviders": [cloud.owner]})
    answer = ec2.get_allowed_images_settings()
    assert (answer["State"], answer["ManagedBy"]) == ("audit-mode", "account")
    assert answer["ImageCriteria"] == [{"ImageProviders": [cloud.owner]}]
    assert cloud.ec2(cloud.consumer, "us-east-1").get_allowed_images_settings()["State"] == "disabled"
    assert ec2.disable_allowed_images_settings()["AllowedImagesSettingsState"] == "disabled"


@pytest.mark.parametrize(
    ("criterion", "allowed"),
    [
        ({"ImageProviders": ["123456789012"]}, True),
        ({"ImageProviders": ["444455556666", "amazon"]}, False),
        ({"ImageProviders": ["none"]}, False),
        ({"ImageNames": ["golden-*"]}, True),
        ({"ImageNames": ["golden"]}, False),
        ({"ImageProviders": ["123456789012"], "ImageNames": ["other-*"]}, False),
        ({"CreationDateCondition": {"MaximumDaysSinceCreated": 1}}, True),
    ],
)
def test_criteria(cloud, shared, criterion, allowed):
    allow(cloud, "audit-mode", criterion)
    assert listed(cloud, cloud.consumer, ExecutableUsers=["self"]) == {shared: allowed}
    filters = [{"Name": "image-allowed", "Values": ["true"]}]
    assert list(listed(cloud, cloud.consumer, Filters=filters)) == [shared] * allowed
    allow(cloud, "enabled", criterion)
    assert listed(cloud, cloud.consumer, ExecutableUsers=["self"]) == ({shared: True} if allowed else {})
    allow(cloud, "enabled", criterion, {"ImageNames": ["golden-web"]})
    assert listed(cloud, cloud.consumer) == {shared: True}


def test_an_old_ami(cloud, shared):
    cloud.aws.set_image(cloud.region, shared, creation_date="2020-01-01T00:00:00.000Z")
    allow(cloud, "enabled", {"CreationDateCondition": {"MaximumDaysSinceCreated": 300}})
    assert listed(cloud, cloud.consumer) == {}


def test_own_amis_are_always_allowed(cloud, shared):
    own = cloud.image(account=cloud.consumer)
    allow(cloud, "enabled")
    assert listed(cloud, cloud.consumer) == {own: True}
    assert cloud.ec2(cloud.consumer).run_instances(ImageId=own, MinCount=1, MaxCount=1)["Instances"]


def test_a_hidden_ami_cannot_be_used(cloud, shared):
    ec2 = cloud.ec2(cloud.consumer)
    allow(cloud, "enabled", {"ImageProviders": [cloud.stranger]})
    assert ec2.describe_images(ImageIds=[shared])["Images"] == []
    with pytest.raises(Exception, match="RunInstances"):
        ec2.run_instances(ImageId=shared, MinCount=1, MaxCount=1)
    with cloud.refused("InvalidAMIID.NotFound"):
        ec2.create_tags(Resources=[shared], Tags=[{"Key": "a", "Value": "b"}])
    allow(cloud, "audit-mode", {"ImageProviders": [cloud.stranger]})
    assert ec2.run_instances(ImageId=shared, MinCount=1, MaxCount=1)["Instances"]
    assert listed(cloud, cloud.owner) == {shared: None}


def test_too_much(cloud):
    ec2 = cloud.ec2(cloud.consumer)
    for criteria in (
        [{"ImageNames": ["a-1"]}] * 11,
        [{"ImageProviders": ["111122223333"] * 201}],
        [{"ImageProviders": ["none", "amazon"]}],
    ):
        with cloud.refused("InvalidParameterValue"):
            ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=criteria)
    with cloud.refused("InvalidParameterValue"):
        ec2.enable_allowed_images_settings(AllowedImagesSettingsState="disabled")
    with cloud.refused("DryRunOperation", 412):
        ec2.get_allowed_images_settings(DryRun=True)
