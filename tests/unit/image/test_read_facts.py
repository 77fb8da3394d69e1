# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything about many AMIs: which calls are made, how many, and what one failure hides."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.blockers import unread
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.read_facts import read_facts
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from tests.unit.builders import IMAGE_ID, KEY_ID, OTHER_IMAGE_ID, OWNER
from tests.unit.fake_aws import Error

EU, US = "eu-west-1", "us-east-1"
SNAPSHOT = {"OwnerId": OWNER, "State": "completed", "Encrypted": False}


def arn(region):
    return f"arn:aws:kms:{region}:{OWNER}:key/{KEY_ID}"


def described(image_id, *snapshots, **given):
    mappings = [{"DeviceName": f"/dev/sd{number}", "Ebs": {"SnapshotId": one}} for number, one in enumerate(snapshots)]
    return {"ImageId": image_id, "State": "available", "OwnerId": OWNER, "BlockDeviceMappings": mappings, **given}


@pytest.fixture
def account(aws):
    """In each Region two AMIs that share one encrypted snapshot."""

    def images(_region, params):
        return {"Images": [described(image_id, "snap-1", "snap-2") for image_id in params["ImageIds"]]}

    def key(region, _params):
        found = {"KeyId": KEY_ID, "Arn": arn(region), "AWSAccountId": OWNER, "KeyManager": "CUSTOMER"}
        return {"KeyMetadata": {**found, "KeyState": "Enabled"}}

    aws.answers.update(
        DescribeImages=images,
        DescribeImageAttribute=lambda _region, params: {"ImageId": params["ImageId"], "LaunchPermissions": []},
        DescribeSnapshots=lambda region, _params: {
            "Snapshots": [
                {**SNAPSHOT, "SnapshotId": "snap-1", "Encrypted": True, "KmsKeyId": arn(region)},
                {**SNAPSHOT, "SnapshotId": "snap-2"},
            ]
        },
        DescribeKey=key,
        ListGrants=lambda _region, _params: {"Grants": [], "Truncated": False},
        GetKeyPolicy=lambda region, _params: {"Policy": f"policy in {region}"},
        GetImageBlockPublicAccessState=lambda _region, _params: {"ImageBlockPublicAccessState": "unblocked"},
    )
    return aws


FOUR = [ImageSelector(region, image_id) for region in (US, EU) for image_id in (OTHER_IMAGE_ID, IMAGE_ID)]


def test_read_facts__few_calls_and_input_order(account):
    facts = read_facts(account, FOUR, public=False, grants=False)

    assert [(fact.image.region, fact.image.image_id) for fact in facts] == [(one.region, one.image_id) for one in FOUR]
    assert all(fact.keys[arn(fact.image.region)].state == "Enabled" for fact in facts)
    assert all(set(fact.snapshots) == {"snap-1", "snap-2"} for fact in facts)
    counted = {operation: account.operations().count(operation) for operation in account.operations()}
    assert counted == {"DescribeImages": 2, "DescribeImageAttribute": 4, "DescribeSnapshots": 2, "DescribeKey": 2}


@pytest.mark.parametrize(("public", "asked", "state"), [(True, 2, "unblocked"), (False, 0, None)])
def test_read_facts__block_public_access_only_when_it_matters(account, public, asked, state):
    facts = read_facts(account, FOUR, public=public, grants=False)

    assert len(account.operations("GetImageBlockPublicAccessState")) == asked
    assert {fact.public_access_block for fact in facts} == {state}


@pytest.mark.parametrize(("grants", "asked", "read"), [(True, 2, {US: (), EU: ()}), (False, 0, {})])
def test_read_facts__grants_only_when_they_matter(account, grants, asked, read):
    facts = read_facts(account, FOUR, public=False, grants=grants)

    assert len(account.operations("ListGrants")) == asked
    assert {region: listed for fact in facts for region, listed in fact.grants.items()} == {
        arn(region): listed for region, listed in read.items()
    }


@pytest.mark.parametrize("grants", [True, False])
@pytest.mark.parametrize("policies", [True, False])
def test_read_facts__policies_only_when_they_matter_and_once_for_each_key(account, grants, policies):
    facts = read_facts(account, FOUR, public=False, grants=grants, policies=policies)

    assert len(account.operations("GetKeyPolicy")) == (2 if policies else 0)
    for fact in facts:
        region = fact.image.region
        assert fact.keys[arn(region)].state == "Enabled"
        assert fact.grants == ({arn(region): ()} if grants else {})
        assert fact.policies == ({arn(region): f"policy in {region}"} if policies else {})


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("DescribeImages", lambda fact: fact.image),
        ("DescribeImageAttribute", lambda fact: fact.permissions),
        ("DescribeSnapshots", lambda fact: fact.snapshots["snap-1"]),
        ("DescribeKey", lambda fact: fact.keys[arn(US)]),
        ("ListGrants", lambda fact: fact.grants[arn(US)]),
        ("GetKeyPolicy", lambda fact: fact.policies[arn(US)]),
        ("GetImageBlockPublicAccessState", lambda fact: fact.public_access_block),
    ],
)
def test_read_facts__what_one_region_refuses_hides_nothing_else(account, operation, part):
    answer = account.answers[operation]
    account.answers[operation] = lambda region, params: Error("Denied") if region == US else answer(region, params)

    facts = read_facts(account, FOUR, public=True, grants=True, policies=True)

    assert [isinstance(part(fact), Failure) for fact in facts[:2]] == [True, True]
    for fact in facts[2:]:
        parts = [fact.image, fact.permissions, fact.public_access_block]
        parts += [*fact.snapshots.values(), *fact.keys.values(), *fact.grants.values(), *fact.policies.values()]
        assert not any(isinstance(one, Failure) for one in parts)


def test_read_facts__snapshots_that_are_not_there_are_left_out(account):
    account.answers["DescribeSnapshots"] = lambda _region, _params: {"Snapshots": []}

    (fact,) = read_facts(account, FOUR[:1], public=False, grants=False)

    assert (fact.image.snapshot_ids, fact.snapshots, fact.keys) == (("snap-1", "snap-2"), {}, {})


def test_read_facts__the_newest_of_a_name_in_each_region(account):
    account.answers["DescribeImages"] = lambda region, params: {
        "Images": [
            described("ami-00000001", CreationDate="2026-10-01T00:00:00.000Z"),
            described("ami-00000002", CreationDate="2026-11-01T00:00:00.000Z"),
        ]
        if region == EU
        else []
    }
    selectors = [ImageSelector(US, name="golden-*"), ImageSelector(EU, name="golden-*")]

    missing, found = read_facts(account, selectors, public=False, grants=False)

    assert (missing.image, found.image.image_id) == (None, "ami-00000002")
    assert {params["Owners"][0] for _region, name, params in account.calls if name == "DescribeImages"} == {"self"}


def test_read_facts__by_id_and_by_name_at_once(account):
    by_id = account.answers["DescribeImages"]
    account.answers["DescribeImages"] = lambda region, params: (
        {"Images": [described(IMAGE_ID)]} if "Owners" in params else by_id(region, params)
    )
    selectors = [ImageSelector(EU, name="golden-*"), ImageSelector(EU, OTHER_IMAGE_ID), ImageSelector(EU, IMAGE_ID)]

    facts = read_facts(account, selectors, public=False, grants=False)

    assert [fact.image.image_id for fact in facts] == [IMAGE_ID, OTHER_IMAGE_ID, IMAGE_ID]
    assert len(account.operations("DescribeImageAttribute")) == 2


def test_read_facts__an_encrypted_snapshot_that_hides_its_key_is_unread(account):
    """Taken for one without a key, nothing would stand in the way of sharing what nobody could launch."""
    hidden = {**SNAPSHOT, "SnapshotId": "snap-1", "Encrypted": True}
    account.answers["DescribeSnapshots"] = lambda _region, _params: {
        "Snapshots": [hidden, {**SNAPSHOT, "SnapshotId": "snap-2"}]
    }

    (fact,) = read_facts(account, FOUR[:1], public=False, grants=True)

    assert (fact.snapshots["snap-1"].code, fact.snapshots["snap-1"].action) == (
        "incomplete_answer",
        "ec2:DescribeSnapshots",
    )
    assert [failure.code for failure in unread(fact)] == ["incomplete_answer"]
    assert isinstance(fact.snapshots["snap-2"], Snapshot)


def test_read_facts__an_encryption_that_is_not_said_is_no_absence_of_a_key(account):
    silent = {"SnapshotId": "snap-1", "OwnerId": OWNER, "State": "completed"}
    account.answers["DescribeSnapshots"] = lambda region, _params: {
        "Snapshots": [silent, {**silent, "SnapshotId": "snap-2", "KmsKeyId": arn(region)}]
    }

    (fact,) = read_facts(account, FOUR[:1], public=False, grants=False)

    assert fact.snapshots["snap-1"].code == "incomplete_answer"
    assert list(fact.keys) == [arn(US)]
