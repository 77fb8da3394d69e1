# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which snapshots a task means, and what it asks for."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError, check_snapshot_id
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import ACCOUNT
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import request as snapshots
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import (
    SnapshotSelector,
    parse_request,
)
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    OTHER_IMAGE_ID,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    image,
    shared_with,
    snapshot,
    snapshot_facts,
)

KNOWN = {"eu-west-1": "aws", "us-east-1": "aws"}
DENIED = Failure("UnauthorizedOperation", "no", "Allow it", "ec2:DescribeImages", REGION)


def ami(*snapshot_ids, image_id=IMAGE_ID):
    return image(image_id=image_id, snapshot_ids=snapshot_ids)


def params(**given):
    return {"state": "present", "purge": False, "account_ids": None, **given}


@pytest.mark.parametrize("value", ["snap-0123456789abcdef0", "snap-0123abcd"])
def test_check_snapshot_id__both_lengths(value):
    assert check_snapshot_id(value) is None


@pytest.mark.parametrize(
    "value",
    ["", "snap-123", "snap-0123456789ABCDEF0", "snap-0123456789abcdef0 ", "ami-0123456789abcdef0", "0123456789abcdef0"],
)
def test_check_snapshot_id__refused(value):
    assert f"'{value}' is not a snapshot ID" in check_snapshot_id(value)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        pytest.param({"snapshot_id": SNAPSHOT_ID, "region": REGION}, [], id="right"),
        pytest.param({"snapshot_id": IMAGE_ID, "region": REGION}, ["is not a snapshot ID"], id="an AMI"),
        pytest.param({"snapshot_id": SNAPSHOT_ID, "region": None}, ["has no region"], id="no Region"),
        pytest.param({"snapshot_id": SNAPSHOT_ID, "region": ""}, ["has no region"], id="empty Region"),
        pytest.param({"snapshot_id": SNAPSHOT_ID, "region": "eu-wst-1"}, ["Did you mean 'eu-west-1'?"], id="Region"),
        pytest.param({"snapshot_id": "x", "region": "eu-wst-1"}, ["is not a snapshot ID", "Did you mean"], id="both"),
    ],
)
def test_check_snapshots__every_problem_with_the_option(item, said):
    problems = snapshots.check_snapshots([item], KNOWN, "snapshots")

    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))
    assert all(problem.startswith("snapshots: ") for problem in problems)


@pytest.mark.parametrize(
    ("given", "named", "exact"),
    [
        pytest.param({"account_ids": [ALICE, BOB]}, shared_with(ALICE, BOB), set(), id="add"),
        pytest.param({"account_ids": [ALICE, ALICE]}, shared_with(ALICE), set(), id="duplicates"),
        pytest.param({"account_ids": [CAROL]}, shared_with(CAROL), set(), id="leading zero"),
        pytest.param({"account_ids": [ALICE], "purge": True}, shared_with(ALICE), {ACCOUNT}, id="exact"),
        pytest.param({"account_ids": [], "purge": True}, frozenset(), {ACCOUNT}, id="nobody"),
        pytest.param({"account_ids": [ALICE], "state": "absent"}, shared_with(ALICE), set(), id="absent"),
    ],
)
def test_parse_request__what_is_asked(given, named, exact):
    request = parse_request(params(**given))

    assert (request.state, request.named, request.exact) == (given.get("state", "present"), named, exact)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({}, ["nothing to act on: account_ids is needed"], id="nothing"),
        pytest.param({"purge": True}, ["nothing to act on: account_ids is needed"], id="purge of what is not given"),
        pytest.param({"account_ids": []}, ["names nobody. To remove all accounts add purge=true"], id="empty"),
        pytest.param({"account_ids": [], "state": "absent"}, ["names nobody"], id="absent, empty"),
        pytest.param(
            {"account_ids": [ALICE], "purge": True, "state": "absent"}, ["purge: requires"], id="purge, absent"
        ),
        pytest.param({"account_ids": ["all"]}, ["'all' is not an account ID"], id="the public group"),
        pytest.param(
            {"account_ids": ["arn:aws:organizations::123456789012:organization/o-exampleorgid"]},
            ["is not an account ID"],
            id="an organization",
        ),
        pytest.param(
            {"account_ids": ["1402433619", "1", ALICE], "purge": True, "state": "absent"},
            ["012345670123", "1 digits", "purge: requires"],
            id="all problems at once",
        ),
    ],
)
def test_parse_request__refused(given, said):
    with pytest.raises(InputError) as refused:
        parse_request(params(**given))

    assert len(refused.value.problems) == len(said)
    assert all(part in problem for part, problem in zip(said, refused.value.problems, strict=True))


def test_expand__in_input_order_each_with_its_ami():
    first, second = ImageSelector(REGION, IMAGE_ID), ImageSelector("us-east-1", OTHER_IMAGE_ID)
    found = {first: ami("snap-2", "snap-1"), second: ami("snap-1", image_id=OTHER_IMAGE_ID)}

    assert list(snapshots.expand([second, first], found).items()) == [
        (SnapshotSelector("us-east-1", "snap-1", OTHER_IMAGE_ID), found[second]),
        (SnapshotSelector(REGION, "snap-2", IMAGE_ID), found[first]),
        (SnapshotSelector(REGION, "snap-1", IMAGE_ID), found[first]),
    ]


def test_expand__snapshots_that_are_named_stay_what_they_are():
    named = [SnapshotSelector(REGION, "snap-2"), SnapshotSelector(REGION, "snap-1")]

    assert snapshots.expand(named, {}) == dict.fromkeys(named)


def test_expand__a_snapshot_of_two_amis_is_there_once():
    """Two plans for one snapshot would write at the same time."""
    first, second = ImageSelector(REGION, IMAGE_ID), ImageSelector(REGION, OTHER_IMAGE_ID)
    found = {first: ami("snap-1"), second: ami("snap-1", "snap-2", image_id=OTHER_IMAGE_ID)}

    assert list(snapshots.expand([first, second], found)) == [
        SnapshotSelector(REGION, "snap-1", IMAGE_ID),
        SnapshotSelector(REGION, "snap-2", OTHER_IMAGE_ID),
    ]


@pytest.mark.parametrize("about", [None, DENIED, ami()], ids=["gone", "unread", "without snapshots"])
def test_expand__an_ami_without_snapshots_keeps_its_place(about):
    first, second = ImageSelector(REGION, IMAGE_ID), ImageSelector(REGION, OTHER_IMAGE_ID)

    assert list(snapshots.expand([first, second], {first: about, second: None}).items()) == [
        (SnapshotSelector(REGION, "", IMAGE_ID), about),
        (SnapshotSelector(REGION, "", OTHER_IMAGE_ID), None),
    ]


@pytest.mark.parametrize(
    ("selector", "target", "described"),
    [
        (SnapshotSelector(REGION, SNAPSHOT_ID), (None, SNAPSHOT_ID, REGION), SNAPSHOT_ID),
        (
            SnapshotSelector(REGION, SNAPSHOT_ID, IMAGE_ID),
            (IMAGE_ID, SNAPSHOT_ID, REGION),
            f"{SNAPSHOT_ID} of {IMAGE_ID}",
        ),
        (SnapshotSelector(REGION, "", IMAGE_ID), (IMAGE_ID, None, REGION), IMAGE_ID),
    ],
)
def test_selector__as_target_and_as_text(selector, target, described):
    assert tuple(selector.target.values()) == target
    assert list(selector.target) == ["image_id", "snapshot_id", "region"]
    assert selector.described == described


@pytest.mark.parametrize(
    ("given", "owner"),
    [
        pytest.param({"snapshot": snapshot(owner_id=BOB)}, BOB, id="of the snapshot"),
        pytest.param({"snapshot": None, "image": image()}, OWNER, id="of the AMI"),
        pytest.param({"snapshot": DENIED, "image": DENIED}, "", id="unread"),
        pytest.param({"snapshot": None}, "", id="gone"),
    ],
)
def test_owner_id__as_far_as_can_be_seen(given, owner):
    assert snapshot_facts(**given).owner_id == owner
