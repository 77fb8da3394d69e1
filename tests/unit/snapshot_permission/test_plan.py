# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One snapshot: what would change, and what stands in the way."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import not_applied
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.plan import adds_accounts, plan_snapshot
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import SnapshotSelector
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    accounts,
    key,
    shared_with,
    snapshot,
    snapshot_facts,
    snapshot_request,
)

NOBODY = {"account_ids": [], "public": False}
ATTRIBUTE = "ec2:DescribeSnapshotAttribute"
DENIED = Failure("UnauthorizedOperation", "no", "Allow it", ATTRIBUTE, REGION)
OF_AMI = SnapshotSelector(REGION, SNAPSHOT_ID, IMAGE_ID)
ABSENT = {"state": "absent"}
EXACT = {"purge": True}


def plan(facts, *account_ids, **given):
    return plan_snapshot(snapshot_request(*account_ids, **given), facts)


def only(*account_ids):
    return {**NOBODY, "account_ids": sorted(account_ids)}


def requests(outcome):
    """The accounts that each request adds and removes."""
    return [
        (sorted(account.value for account in part.add), sorted(account.value for account in part.remove))
        for part in outcome.change or ()
    ]


@pytest.mark.parametrize(
    ("actual", "named", "given", "after"),
    [
        pytest.param([], [ALICE], {}, [ALICE], id="add"),
        pytest.param([BOB], [ALICE], {}, [ALICE, BOB], id="add keeps the others"),
        pytest.param([ALICE, BOB], [ALICE], {}, [ALICE, BOB], id="a subset is no change"),
        pytest.param([BOB], [ALICE], EXACT, [ALICE], id="exact"),
        pytest.param([ALICE, BOB], [ALICE], EXACT, [ALICE], id="exact, only remove"),
        pytest.param([ALICE], [ALICE], EXACT, [ALICE], id="exact already"),
        pytest.param([ALICE, BOB], [], EXACT, [], id="nobody"),
        pytest.param([], [], EXACT, [], id="nobody already"),
        pytest.param([ALICE, BOB], [ALICE], ABSENT, [BOB], id="remove"),
        pytest.param([BOB], [ALICE], ABSENT, [BOB], id="removed already"),
        pytest.param([BOB], [ALICE, OWNER], {}, [ALICE, BOB], id="the owner is dropped"),
        pytest.param([OWNER, BOB], [OWNER], ABSENT, [BOB], id="an owner's entry that is there can go"),
    ],
)
@pytest.mark.parametrize("public", [False, True])
def test_plan_snapshot__accounts_and_never_the_group(actual, named, given, after, public):
    outcome = plan(snapshot_facts(shared_with(*actual, public=public)), *named, **given)

    assert outcome.before == {"account_ids": sorted(actual), "public": public}
    assert outcome.after == {"account_ids": sorted(after), "public": public}
    assert outcome.changed is (outcome.before != outcome.after) is bool(outcome.change)
    assert not outcome.extra["added"]["public"] and not outcome.extra["removed"]["public"]
    assert "all" not in str(requests(outcome))


def test_plan_snapshot__the_whole_result():
    outcome = plan(snapshot_facts(shared_with(ALICE), selector=OF_AMI), BOB, **EXACT)

    assert outcome.as_result() == {
        "image_id": IMAGE_ID,
        "snapshot_id": SNAPSHOT_ID,
        "region": REGION,
        "status": "changed",
        "before": only(ALICE),
        "after": only(BOB),
        "added": only(BOB),
        "removed": only(ALICE),
        "error": None,
    }


def test_plan_snapshot__named_by_itself_it_has_no_ami():
    assert plan(snapshot_facts(), ALICE).as_result()["image_id"] is None


def test_plan_snapshot__adds_first_and_never_both_in_one_request():
    outcome = plan(snapshot_facts(shared_with(ALICE)), BOB, **EXACT)

    assert requests(outcome) == [([BOB], []), ([], [ALICE])]


@pytest.mark.parametrize(
    ("added", "removed", "sizes"),
    [
        (500, 0, [(500, 0)]),
        (501, 0, [(500, 0), (1, 0)]),
        (0, 501, [(0, 500), (0, 1)]),
        (300, 300, [(300, 0), (0, 300)]),
        (1001, 500, [(500, 0), (500, 0), (1, 0), (0, 500)]),
    ],
)
def test_plan_snapshot__five_hundred_in_one_request(added, removed, sizes):
    facts = snapshot_facts(shared_with(*accounts(removed)))

    outcome = plan(facts, *accounts(added, first=300_000_000_000), **EXACT)

    assert [(len(add), len(remove)) for add, remove in requests(outcome)] == sizes
    whole = Delta(frozenset().union(*(part.add for part in outcome.change)), frozenset())
    assert len(whole.add) == added


def test_plan_snapshot__the_owner_is_dropped_with_a_warning():
    (warning,) = plan(snapshot_facts(), OWNER, ALICE).warnings

    assert OWNER in warning and SNAPSHOT_ID in warning and "dropped" in warning


def test_plan_snapshot__a_public_one_is_said():
    (warning,) = plan(snapshot_facts(shared_with(ALICE, public=True)), ALICE).warnings

    assert SNAPSHOT_ID in warning and "is public" in warning and "ModifySnapshotAttribute" in warning


@pytest.mark.parametrize("actual", [(), (ALICE,)])
def test_plan_snapshot__purge_with_the_owner_alone_is_a_mistake(actual):
    outcome = plan(snapshot_facts(shared_with(*actual)), OWNER, **EXACT)

    assert (outcome.status, outcome.failure.code, outcome.change) == ("failed", "only_the_owner", None)
    assert "owns the snapshot" in outcome.failure.message and outcome.failure.next_step
    assert outcome.before == outcome.after == only(*actual)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param({"snapshot": snapshot(state="pending")}, "pending", id="pending"),
        pytest.param({"snapshot": snapshot(state="error", state_reason="Broken")}, "failed", id="failed"),
        pytest.param({"snapshot": snapshot(state="recoverable")}, "not_completed", id="in the recycle bin"),
        pytest.param({"snapshot": None}, "not_found", id="not listed"),
        pytest.param(
            {"snapshot": snapshot(key_arn=KEY_ARN), "key": key(manager="AWS")}, "aws_managed_key", id="AWS managed key"
        ),
        pytest.param({"snapshot": snapshot(key_arn=KEY_ARN), "key": DENIED}, DENIED.code, id="unreadable key"),
    ],
)
def test_plan_snapshot__stops_additions_and_nothing_else(given, code):
    facts = snapshot_facts(shared_with(BOB), **given)

    for refused in (plan(facts, ALICE), plan(facts, ALICE, **EXACT)):
        assert (refused.status, refused.failure.code, refused.change) == ("failed", code, None)
        assert (refused.before, refused.after) == (None, None)
        assert refused.failure.next_step
    assert plan(facts, BOB).status == "unchanged"
    assert plan(facts, BOB, **ABSENT).after == NOBODY
    assert plan(facts, **EXACT).after == NOBODY


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion", "Unavailable"])
def test_plan_snapshot__the_state_of_the_key_does_not_matter(state):
    facts = snapshot_facts(snapshot=snapshot(key_arn=KEY_ARN), key=key(state=state))

    assert plan(facts, ALICE).status == "changed"


def test_plan_snapshot__the_key_and_its_cure_are_named():
    facts = snapshot_facts(selector=OF_AMI, snapshot=snapshot(key_arn=KEY_ARN), key=key(manager="AWS"))

    failure = plan(facts, ALICE).failure

    assert f"{SNAPSHOT_ID} of {IMAGE_ID}" in failure.message and KEY_ARN in failure.message
    assert "customer managed key" in failure.next_step


def test_plan_snapshot__every_reason_at_once():
    facts = snapshot_facts(snapshot=snapshot(state="pending", key_arn=KEY_ARN), key=key(manager="AWS"))

    failure = plan(facts, ALICE).failure

    assert "pending" in failure.message and "AWS managed key" in failure.message


def test_plan_snapshot__a_failed_one_says_why():
    failure = plan(
        snapshot_facts(snapshot=snapshot(state="error", state_reason="Key is not accessible")), ALICE
    ).failure

    assert "Key is not accessible" in failure.message


@pytest.mark.parametrize(
    ("facts", "named", "given", "adds"),
    [
        pytest.param(snapshot_facts(), [ALICE], {}, True, id="adds"),
        pytest.param(snapshot_facts(shared_with(ALICE)), [ALICE], {}, False, id="is there already"),
        pytest.param(snapshot_facts(shared_with(BOB)), [ALICE], EXACT, True, id="exchange"),
        pytest.param(snapshot_facts(shared_with(BOB)), [], EXACT, False, id="nobody"),
        pytest.param(snapshot_facts(shared_with(ALICE)), [ALICE], ABSENT, False, id="removes"),
        pytest.param(snapshot_facts(), [OWNER], {}, False, id="the owner is dropped"),
    ],
)
def test_adds_accounts__decides_whether_the_key_is_read(facts, named, given, adds):
    assert adds_accounts(snapshot_request(*named, **given), facts) is adds


def test_not_applied__shows_nobody_in_the_form_of_the_plan():
    failed = not_applied(plan(snapshot_facts(shared_with(ALICE)), BOB, **EXACT), DENIED)

    assert (failed.status, failed.changed, failed.before, failed.after) == ("failed", False, only(ALICE), None)
    assert failed.extra == {"added": NOBODY, "removed": NOBODY}
