# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AMIs on keys: which calls are made, how many, and what one failure hides."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image import read as read_image
from ansible_collections.golden.ami.plugins.module_utils._kms_key import read_images as key_images
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import show_key_images
from tests.unit.builders import ADMINISTRATION, ALICE, KEY_ID, OWNER, REGION, policy_text
from tests.unit.fake_aws import Error

EU, US = "eu-west-1", "us-east-1"
OTHER_ID = "1234abcd-12ab-34cd-56ef-1234567890ff"
SNAPSHOT = {"OwnerId": OWNER, "State": "completed", "Encrypted": False}


def arn(region, key_id=KEY_ID):
    return f"arn:aws:kms:{region}:{OWNER}:key/{key_id}"


def described(image_id, **disks):
    """``disks``: whether each snapshot is encrypted, as the AMI shows it."""
    mappings = [
        {"DeviceName": f"/dev/sd{number}", "Ebs": {"SnapshotId": name.replace("_", "-"), "Encrypted": encrypted}}
        for number, (name, encrypted) in enumerate(disks.items())
    ]
    return {
        "ImageId": image_id,
        "Name": image_id,
        "State": "available",
        "OwnerId": OWNER,
        "BlockDeviceMappings": mappings,
    }


@pytest.fixture
def account(aws):
    """In each Region an AMI on the key, one on another key, and one without encryption."""
    aws.images = [
        described("ami-3", snap_1=True),
        described("ami-1", snap_2=False, snap_1=True),
        described("ami-2", snap_other=True),
        described("ami-4", snap_plain=False),
    ]

    def snapshots(region, params):
        wanted = params["SnapshotIds"]
        keys = {"snap-1": arn(region), "snap-other": arn(region, OTHER_ID), "snap-2": ""}
        return {
            "Snapshots": [
                {**SNAPSHOT, "SnapshotId": one, **({"Encrypted": True, "KmsKeyId": keys[one]} if keys[one] else {})}
                for one in wanted
                if one in keys
            ]
        }

    def key(region, params):
        key_id = OTHER_ID if OTHER_ID in params["KeyId"] else KEY_ID
        found = {"KeyId": key_id, "Arn": arn(region, key_id), "AWSAccountId": OWNER, "KeyManager": "CUSTOMER"}
        return {"KeyMetadata": {**found, "KeyState": "Enabled"}}

    aws.answers.update(
        DescribeImages=lambda _region, _params: {"Images": aws.images},
        DescribeSnapshots=snapshots,
        DescribeImageAttribute=lambda _region, params: {
            "ImageId": params["ImageId"],
            "LaunchPermissions": [{"UserId": ALICE}],
        },
        DescribeKey=key,
        GetKeyPolicy=lambda _region, _params: {"Policy": policy_text(ADMINISTRATION)},
    )
    return aws


def shown(account, *keys):
    return [show_key_images(None, facts).as_info() for facts in key_images.read(account, keys)]


def test_read__finds_the_amis_of_the_account_only(account):
    (result,) = shown(account, ("alias/golden", EU))

    assert [one["image_id"] for one in result["images"]] == ["ami-1", "ami-3"]
    assert {tuple(one["launch_permissions"]["account_ids"]) for one in result["images"]} == {(ALICE,)}
    assert result["statement_sids"] == ["Enable IAM User Permissions"]
    (asked,) = [params for _region, name, params in account.calls if name == "DescribeImages"]
    assert (asked["Owners"], asked["IncludeDisabled"], asked["IncludeDeprecated"]) == (["self"], True, True)
    assert not asked["Filters"]


def test_read__lists_once_for_each_region_however_many_keys(account):
    results = shown(account, (KEY_ID, EU), (OTHER_ID, EU), (KEY_ID, US), (arn(EU), EU))

    assert [(one["region"], [image["image_id"] for image in one["images"]]) for one in results] == [
        (EU, ["ami-1", "ami-3"]),
        (EU, ["ami-2"]),
        (US, ["ami-1", "ami-3"]),
    ]
    counted = {operation: account.operations().count(operation) for operation in account.operations()}
    # DescribeKey alone can tell that two names are one key.
    expected = {"DescribeKey": 4, "DescribeImages": 2, "DescribeSnapshots": 2}
    assert counted == {**expected, "DescribeImageAttribute": 5, "GetKeyPolicy": 3}


def test_read__asks_for_snapshots_of_encrypted_amis_in_batches(account):
    account.images = [described(f"ami-{number}", **{f"snap_{number}": True}) for number in range(401)]
    account.images.append(described("ami-plain", snap_plain=False))
    account.answers["DescribeSnapshots"] = lambda region, params: {
        "Snapshots": [
            {**SNAPSHOT, "SnapshotId": one, "Encrypted": True, "KmsKeyId": arn(region, OTHER_ID)}
            for one in params["SnapshotIds"]
        ]
    }

    (result,) = shown(account, (KEY_ID, EU))

    asked = [params["SnapshotIds"] for _region, name, params in account.calls if name == "DescribeSnapshots"]
    assert [len(batch) for batch in asked] == [200, 200, 1]
    assert "snap-plain" not in sum(asked, [])
    assert (result["images"], result["error"]) == ([], None)
    assert "DescribeImageAttribute" not in account.operations()


def test_read__a_region_without_encrypted_amis_asks_for_no_snapshots(account):
    account.images = account.images[3:]

    (result,) = shown(account, (KEY_ID, EU))

    assert (result["images"], "DescribeSnapshots" in account.operations()) == ([], False)


def test_read__pages_of_images(account):
    account.answers["DescribeImages"] = lambda _region, params: (
        {"Images": account.images[:2], "NextToken": "more"}
        if "NextToken" not in params
        else {"Images": account.images[2:]}
    )

    results = shown(account, (KEY_ID, EU), (OTHER_ID, EU))

    assert [len(one["images"]) for one in results] == [2, 1]


@pytest.mark.parametrize("operation", ["DescribeImages", "DescribeSnapshots", "DescribeImageAttribute", "DescribeKey"])
def test_read__what_one_region_refuses_hides_nothing_else(account, operation):
    answer = account.answers[operation]
    account.answers[operation] = lambda region, params: Error("Denied") if region == US else answer(region, params)

    lost, found = shown(account, (KEY_ID, US), (KEY_ID, EU))

    assert (lost["images"], lost["error"]["code"]) == (None, "Denied")
    assert lost["error"]["action"].endswith(operation)
    assert (len(found["images"]), found["error"]) == (2, None)


def test_read__permissions_of_one_ami_fail_its_key_only(account):
    account.answers["DescribeImageAttribute"] = lambda _region, params: (
        Error("InvalidAMIID.Unavailable") if params["ImageId"] == "ami-3" else {"LaunchPermissions": []}
    )

    lost, found = shown(account, (KEY_ID, EU), (OTHER_ID, EU))

    assert (lost["images"], lost["error"]["code"]) == (None, "InvalidAMIID.Unavailable")
    assert [one["image_id"] for one in found["images"]] == ["ami-2"]


def test_read__a_snapshot_that_is_not_shown_fails_every_key_of_its_region(account):
    account.images.append(described("ami-5", snap_lost=True))

    results = shown(account, (KEY_ID, EU), (OTHER_ID, EU))

    assert [one["error"]["code"] for one in results] == ["snapshot_not_found"] * 2


def test_read__a_policy_that_is_not_shown_fails_nothing(account):
    account.answers["GetKeyPolicy"] = lambda _region, _params: Error("AccessDeniedException")

    (result,) = shown(account, (KEY_ID, EU))

    assert (result["statement_sids"], result["policy_error"]["code"]) == (None, "AccessDeniedException")
    assert (len(result["images"]), result["error"]) == (2, None)


def test_read_snapshots__keys_that_were_associated(ec2):
    keys = {"Encrypted": True, "KmsKeyId": "one", "AssociatedKmsKeys": [{"KmsKeyId": "two"}]}
    answer = {**SNAPSHOT, "SnapshotId": "snap-1", **keys}
    ec2.add_response("describe_snapshots", {"Snapshots": [answer]})

    assert read_image.read_snapshots(ec2.client, REGION, ["snap-1"])["snap-1"].associated_key_arns == ("two",)
