# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots that are gone, that belong to somebody else, that cannot be read, and AMIs without any."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.plan import no_snapshots, plan_snapshot
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import SnapshotSelector
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    REGION,
    SNAPSHOT_ID,
    image,
    snapshot,
    snapshot_facts,
    snapshot_request,
)

NOBODY = {"account_ids": [], "public": False}
ATTRIBUTE = "ec2:DescribeSnapshotAttribute"
NOT_OWNER = Failure("AuthFailure", "Not authorized for snapshot", "Only the owner", ATTRIBUTE, REGION)
GONE = Failure("InvalidSnapshot.NotFound", "does not exist", "Check it", ATTRIBUTE, REGION)
DENIED = Failure("UnauthorizedOperation", "no", "Allow it", ATTRIBUTE, REGION)
OF_AMI = SnapshotSelector(REGION, SNAPSHOT_ID, IMAGE_ID)
NO_SNAPSHOT = SnapshotSelector(REGION, "", IMAGE_ID)
ABSENT = {"state": "absent"}
EXACT = {"purge": True}


def plan(facts, *account_ids, **given):
    return plan_snapshot(snapshot_request(*account_ids, **given), facts)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param(snapshot_facts(GONE, snapshot=None), "not_found", id="gone"),
        pytest.param(snapshot_facts(NOT_OWNER, snapshot=None), "not_owner", id="hidden"),
        pytest.param(snapshot_facts(NOT_OWNER), "not_owner", id="shared with us"),
        pytest.param(snapshot_facts(DENIED), DENIED.code, id="denied"),
        pytest.param(snapshot_facts(GONE), GONE.code, id="gone while we look"),
        pytest.param(snapshot_facts(snapshot=DENIED), DENIED.code, id="Region unreadable"),
        pytest.param(snapshot_facts(NOT_OWNER, snapshot=DENIED), DENIED.code, id="nothing readable"),
    ],
)
@pytest.mark.parametrize("given", [{}, EXACT])
def test_plan_snapshot__unreadable_is_not_empty(facts, code, given):
    outcome = plan(facts, ALICE, **given)

    assert (outcome.status, outcome.failure.code, outcome.failure.next_step != "") == ("failed", code, True)
    assert (outcome.before, outcome.after, outcome.change) == (None, None, None)
    assert set(outcome.as_result()) == set(plan(snapshot_facts(), ALICE).as_result())


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param(snapshot_facts(NOT_OWNER, snapshot=None), "not_owner", id="hidden"),
        pytest.param(snapshot_facts(DENIED), DENIED.code, id="denied"),
        pytest.param(snapshot_facts(snapshot=DENIED), DENIED.code, id="Region unreadable"),
    ],
)
def test_plan_snapshot__unreadable_is_not_gone(facts, code):
    assert plan(facts, ALICE, **ABSENT).failure.code == code


@pytest.mark.parametrize(
    ("facts", "owner"),
    [
        pytest.param(snapshot_facts(NOT_OWNER, snapshot=snapshot(owner_id=BOB)), f"account {BOB}", id="shared"),
        pytest.param(
            snapshot_facts(NOT_OWNER, snapshot=None, selector=OF_AMI, image=image(owner_id=BOB)),
            f"account {BOB}",
            id="of a shared AMI",
        ),
        pytest.param(snapshot_facts(NOT_OWNER, snapshot=None), "another account", id="hidden"),
    ],
)
def test_plan_snapshot__the_owner_is_named_as_far_as_known(facts, owner):
    failure = plan(facts, ALICE).failure

    assert f"belongs to {owner}" in failure.message
    assert failure.action == "" and "credentials of" in failure.next_step


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(snapshot_facts(GONE, snapshot=None), id="a snapshot"),
        pytest.param(snapshot_facts(None, selector=NO_SNAPSHOT, snapshot=None, image=None), id="an AMI"),
        pytest.param(snapshot_facts(None, selector=NO_SNAPSHOT, snapshot=None, image=image()), id="none of an AMI"),
    ],
)
def test_plan_snapshot__what_is_gone_has_nobody_to_remove(facts):
    outcome = plan(facts, ALICE, **ABSENT)

    assert (outcome.status, outcome.before, outcome.after, outcome.change) == ("unchanged", NOBODY, NOBODY, None)
    assert len(outcome.warnings) == 1 and "no permissions of snapshots to remove" in outcome.warnings[0]


@pytest.mark.parametrize(
    ("about", "code"),
    [
        pytest.param(image(), "no_snapshots", id="instance store"),
        pytest.param(image(state="disabled"), "no_snapshots", id="a disabled one"),
        pytest.param(image(snapshot_ids=(SNAPSHOT_ID,)), None, id="one snapshot"),
        pytest.param(image(state="pending"), None, id="pending, so that it may get some"),
    ],
)
def test_no_snapshots__is_known_from_the_ami_alone(about, code):
    failure = no_snapshots(about)

    assert (failure.code if failure else None) == code
    assert failure is None or (IMAGE_ID in failure.message and failure.next_step)


@pytest.mark.parametrize(
    ("about", "code"),
    [
        pytest.param(None, "not_found", id="gone"),
        pytest.param(DENIED, DENIED.code, id="unread"),
        pytest.param(image(state="pending"), "pending", id="pending"),
        pytest.param(image(state="failed", state_reason="Broken"), "failed", id="failed"),
        pytest.param(image(), "no_snapshots", id="instance store"),
    ],
)
def test_plan_snapshot__an_ami_without_snapshots(about, code):
    outcome = plan(snapshot_facts(None, selector=NO_SNAPSHOT, snapshot=None, image=about), ALICE)

    assert (outcome.status, outcome.failure.code) == ("failed", code)
    assert outcome.failure.next_step
    assert outcome.target == {"image_id": IMAGE_ID, "snapshot_id": None, "region": REGION}
