# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says: words for every layer of every consumer, equal reasons once, nothing that was not achieved."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.layers import State
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._share.done import Done
from ansible_collections.golden.ami.plugins.module_utils._share.facts import KeyRead
from ansible_collections.golden.ami.plugins.module_utils._share.plan import plan_permissions, plan_snapshots
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    accounts,
    grant,
    key,
    policy_text,
    shared_with,
    statement,
)
from tests.unit.share.builders import asked, copied, failed, foretold, on_key, plain, planned, read, reported
from tests.unit.share.test_plan import DENIED, LETS_IN, ROOT
from tests.unit.share.test_refusals import COPY


def words(report):
    return {(one.label, one.region): tuple(state.value for state in one.states) for one in report.consumers}


def test_report__check_mode_says_what_would_be():
    report = foretold(
        asked(account_ids=[ALICE, BOB]), read(on_key(permissions=shared_with(ALICE), grants=(grant(ALICE),)))
    )

    assert words(report) == {
        (ALICE, REGION): ("unchanged", "unchanged", "not_asked", "not_asked"),
        (BOB, REGION): ("added", "added", "not_asked", "not_asked"),
    }
    assert (report.changed, report.failures, report.amis[0].status) == (True, (), "changed")
    assert report.amis[0].after["account_ids"] == [ALICE, BOB]


def test_report__nothing_to_do():
    report = foretold(asked(), read(on_key(permissions=shared_with(ALICE), grants=(grant(ALICE),))))

    assert (report.changed, report.amis[0].status) == (False, "unchanged")
    assert report.amis[0].before == report.amis[0].after


def test_report__snapshots_and_organizations():
    request = asked(snapshots=True, organization_arns=ORGANIZATION_ARN, key_policy_allows_organizations=True)
    policy = policy_text(ADMINISTRATION, statement(Action="kms:*", **LETS_IN))
    report = foretold(request, read(on_key(policy=policy), snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE)}))

    assert words(report)[ALICE, REGION][2] == "unchanged"
    assert words(report)["o-exampleorgid", REGION] == ("added", "unchanged", "not_asked", "not_asked")
    assert any("EC2 has no snapshot permission for organizations" in note for note in report.notes)


def test_report__a_planned_copy():
    there = KeyRead(key(arn=OTHER_KEY_ARN), (), "")
    facts = read(copies=((copied(key=key(arn=OTHER_KEY_ARN)),),), keys={(OTHER_REGION, OTHER_KEY_ARN): there})
    report = foretold(asked(**COPY, snapshots=True), facts)

    # The policy of that key is no JSON, so what it says about Auto Scaling is not known.
    assert words(report) == {(ALICE, OTHER_REGION): ("added", "added", "added", "unknown")}
    [ami] = report.amis
    assert (ami.image_id, ami.status, ami.extra["planned"], ami.after["account_ids"]) == ("", "changed", True, [ALICE])


def a_failed_grant(number=2, permissions=frozenset()):
    """All accounts but the first get a grant."""
    request = asked(account_ids=accounts(number), images=f"{IMAGE_ID} {REGION}\n{OTHER_IMAGE_ID} {REGION}")
    plan = planned(request, read(on_key(permissions=permissions), on_key(OTHER_IMAGE_ID)))
    [key_plan] = plan.keys
    parts = {ROOT.format(account=one): DENIED for one in accounts(number)[:-1]}
    return request, replace(plan, keys=(replace(key_plan, grants=failed(key_plan.grants, DENIED, parts=parts)),))


def test_report__who_is_held_back_and_why_once():
    request, plan = a_failed_grant()
    first, second = accounts(2)
    report = reported(request, Done(plan, keys_done=True, snapshots=(), permissions=()))

    assert words(report)[first, REGION][:2] == ("held_back", "failed")
    assert [ami.status for ami in report.amis] == ["failed", "failed"]
    assert report.amis[0].extra["held_back"] == [first]
    assert report.failures == (
        f"kms:CreateGrant: AccessDeniedException: Not for you. This concerns {first} on {IMAGE_ID} in {REGION}, "
        f"{OTHER_IMAGE_ID} in {REGION} ({KEY_ARN}).",
        # The permissions stage was left out here, and what was not reached is not called done.
        f"The run ended before this was done; its state was not read again. This concerns {second} on {IMAGE_ID} in "
        f"{REGION}, {OTHER_IMAGE_ID} in {REGION}.",
    )


def test_report__many_consumers_are_counted():
    request, plan = a_failed_grant(61)
    report = reported(request, Done(plan, keys_done=True, snapshots=(), permissions=()))

    assert "This concerns 60: 200000000000, 200000000001, 200000000002 and 57 more on" in report.failures[0]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ({}, ("unknown", "unknown", "unknown", "not_asked")),
        ({"keys_done": True}, ("unknown", "added", "unknown", "not_asked")),
        ({"keys_done": True, "snapshots": ()}, ("unknown", "added", "unknown", "not_asked")),
    ],
)
def test_report__what_was_not_reached_is_unknown(done, expected):
    """Whatever ends a run: nothing is called added that was not done."""
    request = asked(snapshots=True)
    plan = planned(request, read(on_key(), snapshots={(REGION, SNAPSHOT_ID): frozenset()}))

    assert words(reported(request, Done(plan, **done)))[ALICE, REGION] == expected


def test_report__a_launch_permission_that_failed():
    request = asked()
    plan = planned(request, read(plain()))
    [outcome] = plan_permissions(request, plan.targets, {})
    why = Failure("UnauthorizedOperation", "No", "Allow it.", "ec2:ModifyImageAttribute", REGION)
    report = reported(request, Done(plan, True, (), (failed(outcome, why, after=None),)))

    assert words(report)[ALICE, REGION][0] == "failed"
    assert (report.amis[0].status, report.amis[0].after, report.changed) == ("failed", None, False)


def test_report__who_may_launch_already_is_not_held_back():
    """Nothing is taken away here: the launch permission is there, and the key access is not."""
    request, plan = a_failed_grant(permissions=shared_with(*accounts(1)))
    [permission, _other] = plan_permissions(request, plan.targets, {})
    report = reported(request, Done(plan, keys_done=True, snapshots=(), permissions=(permission,)))

    assert report.consumers[0].states[:2] == (State.UNCHANGED, State.FAILED)
    assert not report.consumers[0].ready
    assert report.amis[0].extra["held_back"] == []
    assert (report.amis[0].status, report.amis[0].failure.code) == ("failed", "no_key_access")
    assert any(text.startswith("kms:CreateGrant: AccessDeniedException") for text in report.failures)


def test_report__who_has_a_snapshot_permission_keeps_it_when_those_of_others_fail():
    request = asked(account_ids=[ALICE, BOB], snapshots=True)
    facts = read(on_key(), snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE)})
    plan = planned(request, facts)
    [outcome] = plan_snapshots(plan.targets, facts, {})
    why = Failure("UnauthorizedOperation", "No", "Allow it.", "ec2:ModifySnapshotAttribute", REGION)
    report = reported(request, Done(plan, True, (failed(outcome, why, after=None),), ()))

    assert [words(report)[one, REGION][2] for one in (ALICE, BOB)] == ["unchanged", "failed"]


def test_report__the_owner_is_said():
    report = foretold(asked(account_ids=[OWNER, ALICE]), read(plain()))

    assert report.notes[0] == f"account_ids: {OWNER} owns the AMI and may always launch it; dropped."


@pytest.mark.parametrize(("count", "lines"), [(4, 8), (60, 120)])
def test_diff__a_line_for_each_consumer_and_layer(count, lines):
    report = foretold(asked(account_ids=accounts(count)), read(on_key()))
    diff = report.diff()

    assert diff["before"] == ""
    assert len(diff["after"].splitlines()) == lines
    assert diff["after"].splitlines()[0] == f"200000000000: launch permission to {IMAGE_ID} ({REGION})"


@pytest.mark.parametrize("count", [1, 3000])
def test_artifact__is_text_of_bounded_size(count):
    request, plan = a_failed_grant(count + 1)
    text = reported(request, Done(plan, True, (), ())).artifact()
    read_back = json.loads(text)

    assert text.startswith(" {") and len(text.encode()) <= 32_769
    assert read_back["not_ready"][0] == "200000000000"
    assert read_back["counts"]["launch_permission"][State.HELD_BACK.value] == 2 * count
    assert read_back["complete"] is (count == 1)
