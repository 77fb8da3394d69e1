# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What EC2 would refuse to add is known before the call; what it costs to know, and where nothing is asked for it."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read_for_change
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import plan_image
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from tests.unit.builders import ALICE, BOB, KEY_ID, ORGANIZATION_ARN, OWNER, permission_params
from tests.unit.fake_aws import Error

EU, US = "eu-west-1", "us-east-1"
PLAIN, SECRET, OTHER_SECRET, ABROAD = (f"ami-{number:017x}" for number in (1, 2, 3, 4))
HERE = (ImageSelector(EU, PLAIN), ImageSelector(EU, SECRET), ImageSelector(EU, OTHER_SECRET))
KNOWN = {"OwnerId": OWNER, "State": "completed"}
READS = ["DescribeImageAttribute", "DescribeImages"]
MORE = {"DescribeSnapshots", "DescribeKey", "GetImageBlockPublicAccessState"}


def arn(region):
    return f"arn:aws:kms:{region}:{OWNER}:key/{KEY_ID}"


def snapshot_of(image_id, number=1):
    return image_id.replace("ami", f"snap-{number}")


@pytest.fixture
def account(aws):
    """Everything but one AMI is encrypted, on one key for each Region; each AMI has a plain disk as well."""
    aws.manager, aws.block, aws.shared = "CUSTOMER", "unblocked", {}

    def images(_region, params):
        return {"Images": [described(image_id) for image_id in params["ImageIds"]]}

    def described(image_id):
        disks = [
            {"Ebs": {"SnapshotId": snapshot_of(image_id), "Encrypted": image_id != PLAIN}},
            {"Ebs": {"SnapshotId": snapshot_of(image_id, 2), "Encrypted": False}},
            {"Ebs": {"VolumeSize": 8, "Encrypted": True}},
        ]
        return {"ImageId": image_id, "State": "available", "OwnerId": OWNER, "BlockDeviceMappings": disks}

    def key(region, _params):
        found = {"KeyId": KEY_ID, "Arn": arn(region), "AWSAccountId": OWNER, "KeyManager": aws.manager}
        return {"KeyMetadata": {**found, "KeyState": "Enabled"}}

    aws.answers.update(
        DescribeImages=images,
        DescribeImageAttribute=lambda _region, params: {
            "ImageId": params["ImageId"],
            "LaunchPermissions": aws.shared.get(params["ImageId"], []),
        },
        DescribeSnapshots=lambda region, params: {
            "Snapshots": [
                {**KNOWN, "SnapshotId": one, "Encrypted": True, "KmsKeyId": arn(region)}
                for one in params["SnapshotIds"]
            ]
        },
        DescribeKey=key,
        GetImageBlockPublicAccessState=lambda _region, _params: {"ImageBlockPublicAccessState": aws.block},
    )
    return aws


def plan(aws, *selectors, **given):
    request = parse_request(permission_params(**given), "aws")
    aws.calls.clear()
    return [plan_image(request, facts) for facts in read_for_change.read(aws, (selectors or HERE, request))]


def codes(outcomes):
    return [outcome.failure.code if outcome.failure else outcome.status for outcome in outcomes]


def counted(aws):
    return {name: aws.operations().count(name) for name in aws.operations() if name in MORE}


def test_read__accounts_on_an_ami_without_encrypted_snapshots_cost_nothing(account):
    """A blank encrypted volume needs no key of the owner's."""
    assert codes(plan(account, HERE[0], account_ids=[ALICE], organization_arns=[ORGANIZATION_ARN])) == ["changed"]
    assert sorted(account.operations()) == READS


def test_read__accounts_on_encrypted_amis_cost_one_call_for_a_region_and_a_key(account):
    abroad = ImageSelector(US, ABROAD)

    assert codes(plan(account, *HERE, abroad, account_ids=[ALICE])) == ["changed"] * 4
    assert counted(account) == {"DescribeSnapshots": 2, "DescribeKey": 2}
    asked = {region: params["SnapshotIds"] for region, name, params in account.calls if name == "DescribeSnapshots"}
    assert asked == {EU: [snapshot_of(SECRET), snapshot_of(OTHER_SECRET)], US: [snapshot_of(ABROAD)]}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"account_ids": [BOB]}, id="there already"),
        pytest.param({"account_ids": [OWNER]}, id="the owner"),
        pytest.param({"account_ids": [BOB], "state": "absent"}, id="removed"),
        pytest.param({"state": "private"}, id="private"),
        pytest.param({"account_ids": [], "purge": True}, id="nobody"),
        pytest.param({"public": False, "purge": True}, id="not public"),
    ],
)
def test_read__nothing_is_asked_where_nobody_is_added(account, given):
    account.manager = "AWS"
    account.shared = dict.fromkeys((PLAIN, SECRET, OTHER_SECRET), [{"UserId": BOB}])

    outcomes = plan(account, **given)

    assert not any(outcome.failure for outcome in outcomes)
    assert counted(account) == {}


def test_read__only_the_amis_that_somebody_is_added_to(account):
    account.shared = {SECRET: [{"UserId": ALICE}]}

    assert codes(plan(account, account_ids=[ALICE])) == ["changed", "unchanged", "changed"]
    asked = [params["SnapshotIds"] for _region, name, params in account.calls if name == "DescribeSnapshots"]
    assert asked == [[snapshot_of(OTHER_SECRET)]]


@pytest.mark.parametrize("given", [{"account_ids": [ALICE]}, {"organization_arns": [ORGANIZATION_ARN]}])
def test_plan__an_aws_managed_key_is_refused_and_the_others_are_not(account, given):
    account.manager = "AWS"

    outcomes = plan(account, **given)

    assert codes(outcomes) == ["changed", "aws_managed_key", "aws_managed_key"]
    assert [outcome.change for outcome in outcomes[1:]] == [None, None]
    assert (
        snapshot_of(SECRET) in outcomes[1].failure.message and snapshot_of(SECRET, 2) not in outcomes[1].failure.message
    )
    assert "golden.ami.image_copy" in outcomes[1].failure.next_step


def test_plan__what_is_encrypted_cannot_be_public(account):
    outcomes = plan(account, public=True)

    assert codes(outcomes) == ["changed", "public_encrypted", "public_encrypted"]
    # Encryption alone decides, whatever the key.
    assert counted(account) == {"DescribeSnapshots": 1, "GetImageBlockPublicAccessState": 1}


def test_plan__block_public_access_keeps_accounts_from_nothing(account):
    account.block = "block-new-sharing"

    assert codes(plan(account, HERE[0], public=True)) == ["public_access_blocked"]
    assert codes(plan(account, HERE[0], account_ids=[ALICE])) == ["changed"]
    assert counted(account) == {}


def test_plan__what_is_public_already_stays_public(account):
    account.block, account.shared = "block-new-sharing", {PLAIN: [{"Group": "all"}]}

    assert codes(plan(account, HERE[0], public=True, account_ids=[ALICE])) == ["changed"]
    assert counted(account) == {}


@pytest.mark.parametrize("operation", ["DescribeSnapshots", "DescribeKey"])
def test_plan__what_could_not_be_read_is_not_taken_for_harmless(account, operation):
    account.answers[operation] = lambda _region, _params: Error("UnauthorizedOperation")

    plain, *encrypted = plan(account, account_ids=[ALICE])

    assert plain.status == "changed"
    assert [(outcome.failure.code, outcome.failure.action.split(":")[1]) for outcome in encrypted] == [
        ("UnauthorizedOperation", operation)
    ] * 2
    assert [outcome.change for outcome in encrypted] == [None, None]


def test_plan__a_block_that_could_not_be_read(account):
    account.answers["GetImageBlockPublicAccessState"] = lambda _region, _params: Error("UnauthorizedOperation")

    assert codes(plan(account, HERE[0], public=True)) == ["UnauthorizedOperation"]
