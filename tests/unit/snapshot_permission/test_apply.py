# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many snapshots: what is called, in which order, how the results come, and what one failure does to the others."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import apply as snapshot_permissions
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import read as read_snapshot_permission
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.plan import plan_snapshot
from tests.unit.builders import ALICE, BOB, CAROL, accounts, snapshot_request
from tests.unit.fake_aws import Error
from tests.unit.snapshot_permission.account import (
    ABROAD,
    AMI,
    BARE_AMI,
    DATA,
    EU,
    LOOSE,
    ONE,
    OTHER_AMI,
    ROOT,
    TARGETS,
    US,
    Account,
)

READS = {"DescribeImages", "DescribeSnapshots", "DescribeSnapshotAttribute"}


def run(aws, *account_ids, targets=TARGETS, **given):
    request = snapshot_request(*account_ids, **given)
    plans = [plan_snapshot(request, facts) for facts in read_snapshot_permission.read(aws, (targets, request))]
    return plans, snapshot_permissions.apply(aws, plans)


def written(aws):
    """Each write as snapshot, verb and number of accounts."""
    return [
        (params["SnapshotId"], params["OperationType"], len(params["UserIds"]))
        for _region, operation, params in aws.calls
        if operation == "ModifySnapshotAttribute"
    ]


def failing(answer, snapshot_id, code, verb=""):
    """The answer, but an error for one snapshot, and for one verb if it is given."""

    def answered(region, params):
        hit = params["SnapshotId"] == snapshot_id and verb in ("", params.get("OperationType"))
        return Error(code) if hit else answer(region, params)

    return answered


def test_read__every_snapshot_of_every_ami_in_input_order(aws):
    Account(aws, {ROOT: [ALICE]})

    facts = read_snapshot_permission.read(aws, (TARGETS, snapshot_request(ALICE)))

    assert [tuple(fact.selector.target.values()) for fact in facts] == [
        (OTHER_AMI, ABROAD, US),
        (AMI, ROOT, EU),
        (AMI, DATA, EU),
    ]
    assert [fact.snapshot.snapshot_id for fact in facts] == [ABROAD, ROOT, DATA]


def test_read__few_calls(aws):
    Account(aws)

    read_snapshot_permission.read(aws, (TARGETS, snapshot_request(ALICE)))

    assert sorted(aws.operations()) == (
        ["DescribeImages"] * 2 + ["DescribeSnapshotAttribute"] * 3 + ["DescribeSnapshots"] * 2
    )


def test_read__snapshots_by_themselves_need_no_images(aws):
    Account(aws)

    (fact,) = read_snapshot_permission.read(aws, (ONE, snapshot_request(ALICE)))

    assert (fact.selector, fact.image) == (ONE[0], None)
    assert "DescribeImages" not in aws.operations()


@pytest.mark.parametrize(
    ("named", "given", "asked"),
    [
        pytest.param([ALICE], {}, 1, id="somebody is added"),
        pytest.param([BOB], {}, 0, id="there already"),
        pytest.param([], {"purge": True}, 0, id="nobody is added"),
        pytest.param([ALICE], {"state": "absent"}, 0, id="removal"),
    ],
)
def test_read__a_key_once_and_only_where_somebody_is_added(aws, named, given, asked):
    Account(aws, {ROOT: [BOB], DATA: [BOB], ABROAD: [BOB]}, keys=(ROOT, DATA))

    run(aws, *named, **given)

    assert aws.operations("DescribeKey") == ["DescribeKey"] * asked


def test_apply__an_aws_managed_key_is_refused_before_a_call_and_the_others_are_done(aws):
    account = Account(aws, manager="AWS", keys=(ROOT,))

    _plans, outcomes = run(aws, ALICE)

    assert [outcome.status for outcome in outcomes] == ["changed", "failed", "changed"]
    assert outcomes[1].failure.code == "aws_managed_key"
    assert sorted(written(aws)) == [(DATA, "add", 1), (ABROAD, "add", 1)]
    assert account.permissions[ROOT] == []


def test_apply__a_disabled_key_does_not_matter(aws):
    account = Account(aws, keys=(ROOT,))

    run(aws, ALICE)

    assert account.permissions[ROOT] == [ALICE]


def test_apply__adds_before_it_removes(aws):
    account = Account(aws, {LOOSE: [ALICE, BOB]})
    seen = []

    def modify(region, params):
        answer = account.modify(region, params)
        seen.append(list(account.permissions[LOOSE]))
        return answer

    aws.answers["ModifySnapshotAttribute"] = modify

    run(aws, BOB, CAROL, targets=ONE, purge=True)

    assert written(aws) == [(LOOSE, "add", 1), (LOOSE, "remove", 1)]
    # At no time is BOB, who keeps access, without it.
    assert seen == [[ALICE, BOB, CAROL], [BOB, CAROL]]


def test_apply__at_most_five_hundred_in_a_request(aws):
    account = Account(aws, {LOOSE: accounts(700)})
    wanted = accounts(600, first=300_000_000_000)

    _plans, (outcome,) = run(aws, *wanted, targets=ONE, purge=True)

    assert written(aws) == [(LOOSE, "add", 500), (LOOSE, "add", 100), (LOOSE, "remove", 500), (LOOSE, "remove", 200)]
    assert sorted(account.permissions[LOOSE]) == outcome.after["account_ids"] == wanted


@pytest.mark.parametrize("given", [{}, {"purge": True}, {"state": "absent"}])
def test_apply__a_second_run_only_reads(aws, given):
    Account(aws, {ROOT: [BOB], DATA: [ALICE, "all"]}, keys=(ROOT,))
    run(aws, ALICE, **given)
    aws.calls.clear()

    _plans, outcomes = run(aws, ALICE, **given)

    assert {outcome.status for outcome in outcomes} == {"unchanged"}
    assert set(aws.operations()) == READS


def test_apply__the_public_group_is_never_touched(aws):
    account = Account(aws, {LOOSE: ["all", ALICE]})

    _plans, (outcome,) = run(aws, targets=ONE, purge=True)

    assert account.permissions[LOOSE] == ["all"]
    assert (outcome.after, len(outcome.warnings)) == ({"account_ids": [], "public": True}, 1)
    assert all("GroupNames" not in params for _region, _operation, params in aws.calls)


def test_apply__what_was_planned_is_what_happened(aws):
    account = Account(aws, {ROOT: [BOB], DATA: [ALICE]})

    plans, outcomes = run(aws, ALICE, purge=True)

    assert [plan.as_result() for plan in plans] == [outcome.as_result() for outcome in outcomes]
    assert [account.permissions[one] for one in (ROOT, DATA, ABROAD)] == [[ALICE]] * 3


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "OperationNotPermitted", "InvalidSnapshot.NotFound"])
def test_apply__one_failure_leaves_the_others(aws, code):
    account = Account(aws)
    aws.answers["ModifySnapshotAttribute"] = failing(account.modify, ROOT, code)

    _plans, outcomes = run(aws, ALICE)

    assert [outcome.status for outcome in outcomes] == ["changed", "failed", "changed"]
    failed = outcomes[1]
    # An answer may be lost after the change was made: what the snapshot has now is not known.
    assert (failed.changed, failed.after, failed.extra["added"]["account_ids"]) == (False, None, [])
    assert (failed.failure.code, failed.failure.action) == (code, "ec2:ModifySnapshotAttribute")
    assert account.permissions[DATA] == account.permissions[ABROAD] == [ALICE]


def test_apply__a_first_batch_that_went_through_is_reported(aws):
    account = Account(aws)

    def modify(region, params):
        return account.modify(region, params) if not account.permissions[LOOSE] else Error("RequestLimitExceeded")

    aws.answers["ModifySnapshotAttribute"] = modify

    _plans, (outcome,) = run(aws, *accounts(501), targets=ONE)

    assert len(account.permissions[LOOSE]) == 500
    assert (outcome.status, outcome.changed, outcome.after) == ("failed", True, None)


def test_apply__additions_that_went_through_before_a_failed_removal_are_reported(aws):
    account = Account(aws, {LOOSE: [ALICE]})
    aws.answers["ModifySnapshotAttribute"] = failing(account.modify, LOOSE, "UnauthorizedOperation", "remove")

    _plans, (outcome,) = run(aws, BOB, targets=ONE, purge=True)

    assert account.permissions[LOOSE] == [ALICE, BOB]
    assert (outcome.status, outcome.changed) == ("failed", True)


def test_apply__nothing_is_removed_after_a_failed_addition(aws):
    account = Account(aws, {LOOSE: [ALICE]})
    aws.answers["ModifySnapshotAttribute"] = failing(account.modify, LOOSE, "UnauthorizedOperation", "add")

    _plans, (outcome,) = run(aws, BOB, targets=ONE, purge=True)

    assert account.permissions[LOOSE] == [ALICE]
    assert (outcome.status, outcome.changed) == ("failed", False)


def test_read__each_kind_of_missing_is_told_apart(aws):
    account = Account(aws)
    del account.permissions[DATA]
    aws.answers["DescribeSnapshots"] = lambda region, params: (
        Error("UnauthorizedOperation") if region == US else account.list_snapshots(region, params)
    )
    targets = (*TARGETS, ImageSelector(EU, BARE_AMI), ImageSelector(EU, "ami-0fedcba9876543210"))

    _plans, outcomes = run(aws, ALICE, targets=targets)

    assert [outcome.failure.code if outcome.failure else "" for outcome in outcomes] == [
        "UnauthorizedOperation",
        "",
        "not_found",
        "no_snapshots",
        "not_found",
    ]


def test_read__a_region_whose_amis_cannot_be_listed(aws):
    account = Account(aws)
    aws.answers["DescribeImages"] = lambda region, params: (
        Error("AuthFailure") if region == US else account.list_images(region, params)
    )

    facts = read_snapshot_permission.read(aws, (TARGETS, snapshot_request(ALICE)))

    assert isinstance(facts[0].image, Failure) and facts[0].image.region == US
    assert [fact.selector.snapshot_id for fact in facts] == ["", ROOT, DATA]


def test_read__an_unreadable_key_keeps_nobody_else(aws):
    account = Account(aws, keys=(ROOT,))
    aws.answers["DescribeKey"] = lambda _region, _params: Error("AccessDeniedException")

    _plans, outcomes = run(aws, ALICE)

    assert [outcome.status for outcome in outcomes] == ["changed", "failed", "changed"]
    assert outcomes[1].failure.action == "kms:DescribeKey"
    assert account.permissions[ROOT] == []
