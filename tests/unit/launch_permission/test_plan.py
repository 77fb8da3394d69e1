# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import plan_image, show_permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    ORGANIZATION_ARN,
    OWNER,
    REGION,
    accounts,
    image,
    image_facts,
    permission_params,
    shared_with,
)

NOT_OWNER = Failure("AuthFailure", "Not authorized for image", "Only the owner", "ec2:DescribeImageAttribute", REGION)
DENIED = Failure("UnauthorizedOperation", "no", "Allow it", "ec2:DescribeImageAttribute", REGION)
NOBODY = {"account_ids": [], "organization_arns": [], "organizational_unit_arns": [], "public": False}


def plan(facts, **given):
    return plan_image(parse_request(permission_params(**given), "aws"), facts)


def test_plan_image__shows_before_after_and_what_changes():
    outcome = plan(image_facts(shared_with(ALICE)), account_ids=[BOB], purge=True)

    assert outcome.as_result() == {
        "image_id": IMAGE_ID,
        "region": REGION,
        "status": "changed",
        "before": {**NOBODY, "account_ids": [ALICE]},
        "after": {**NOBODY, "account_ids": [BOB]},
        "added": {**NOBODY, "account_ids": [BOB]},
        "removed": {**NOBODY, "account_ids": [ALICE]},
        "error": None,
    }


def test_plan_image__unchanged_has_nothing_to_apply():
    outcome = plan(image_facts(shared_with(ALICE)), account_ids=[ALICE])

    assert (outcome.status, outcome.change, outcome.changed) == ("unchanged", None, False)
    assert outcome.before == outcome.after


def test_plan_image__the_owner_is_dropped_with_a_warning():
    outcome = plan(image_facts(), account_ids=[OWNER, ALICE])

    assert outcome.after["account_ids"] == [ALICE]
    assert len(outcome.warnings) == 1
    assert OWNER in outcome.warnings[0] and IMAGE_ID in outcome.warnings[0]


def test_plan_image__the_owner_alone_is_no_change():
    outcome = plan(image_facts(), account_ids=[OWNER])

    assert (outcome.status, outcome.change) == ("unchanged", None)
    assert outcome.warnings


@pytest.mark.parametrize("others", [{}, {"organization_arns": [ORGANIZATION_ARN]}, {"public": True}])
@pytest.mark.parametrize("actual", [shared_with(ALICE), shared_with(OWNER), shared_with()])
def test_plan_image__purge_with_the_owner_alone_is_refused(actual, others):
    """The owner is dropped, and what is left of the list would mean nobody."""
    outcome = plan(image_facts(actual), account_ids=[OWNER, OWNER], purge=True, **others)

    assert (outcome.status, outcome.failure.code) == ("failed", "only_the_owner")
    assert (outcome.change, outcome.changed) == (None, False)
    assert "empty list" in outcome.failure.next_step


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param({"account_ids": []}, [], id="an empty list is nobody"),
        pytest.param({"account_ids": [OWNER, BOB]}, [BOB], id="the owner and somebody"),
        pytest.param({"organization_arns": [ORGANIZATION_ARN]}, [ALICE], id="accounts are not named at all"),
    ],
)
def test_plan_image__purge_with_somebody_or_nobody_is_meant(given, left):
    outcome = plan(image_facts(shared_with(ALICE)), purge=True, **given)

    assert (outcome.status, outcome.after["account_ids"]) == ("changed", left)


def test_plan_image__an_owners_entry_that_is_there_can_be_removed():
    outcome = plan(image_facts(shared_with(OWNER)), state="absent", account_ids=[OWNER])

    assert outcome.after["account_ids"] == []


@pytest.mark.parametrize("given", [{"state": "absent", "account_ids": [ALICE]}, {"state": "private"}])
def test_plan_image__an_ami_that_is_gone_has_nobody_to_remove(given):
    outcome = plan(image_facts(image=None), **given)

    assert (outcome.status, outcome.before, outcome.after) == ("unchanged", NOBODY, NOBODY)
    assert outcome.warnings == (f"{IMAGE_ID} is not in {REGION}: there are no launch permissions to remove.",)


def test_plan_image__an_ami_that_is_gone_cannot_be_shared():
    outcome = plan(image_facts(image=None), account_ids=[ALICE])

    assert (outcome.status, outcome.failure.code) == ("failed", "not_found")
    assert (outcome.change, outcome.changed) == (None, False)


@pytest.mark.parametrize("state", ["pending", "failed", "disabled"])
def test_plan_image__an_ami_that_cannot_be_changed(state):
    facts = image_facts(shared_with(BOB), image=image(state=state, state_reason="Server.InternalError"))

    for given in ({"account_ids": [ALICE]}, {"state": "absent", "account_ids": [BOB]}, {"state": "private"}):
        outcome = plan(facts, **given)
        assert (outcome.status, outcome.failure.code, outcome.change) == ("failed", state, None)
        assert outcome.failure.next_step
        assert outcome.failure.action == ""


@pytest.mark.parametrize("state", ["pending", "failed", "disabled"])
def test_plan_image__needs_no_change_in_any_state(state):
    facts = image_facts(shared_with(BOB), image=image(state=state))

    assert plan(facts, account_ids=[BOB]).status == "unchanged"
    assert plan(facts, state="absent", account_ids=[ALICE]).status == "unchanged"


def test_plan_image__a_failed_ami_says_why_it_failed():
    facts = image_facts(image=image(state="failed", state_reason="Key is not accessible"))

    assert "Key is not accessible" in plan(facts, account_ids=[ALICE]).failure.message


@pytest.mark.parametrize("given", [{"account_ids": [ALICE]}, {"state": "absent", "account_ids": [ALICE]}])
def test_plan_image__an_ami_of_somebody_else(given):
    outcome = plan(image_facts(NOT_OWNER), **given)

    assert (outcome.status, outcome.failure.code) == ("failed", "not_owner")
    assert OWNER in outcome.failure.message and OWNER in outcome.failure.next_step


@pytest.mark.parametrize("given", [{"account_ids": [ALICE]}, {"state": "private"}])
def test_plan_image__unreadable_is_not_empty(given):
    outcome = plan(image_facts(DENIED), **given)

    assert (outcome.status, outcome.failure) == ("failed", DENIED)
    assert (outcome.before, outcome.after, outcome.change) == (None, None, None)


def test_plan_image__a_region_that_could_not_be_read():
    assert plan(image_facts(image=DENIED), account_ids=[ALICE]).failure == DENIED
    assert plan(image_facts(image=DENIED), state="absent", account_ids=[ALICE]).failure == DENIED


def test_plan_image__failed_has_the_same_keys_as_changed():
    facts = image_facts(DENIED)

    assert set(plan(facts, account_ids=[ALICE]).as_result()) == set(
        plan(image_facts(), account_ids=[ALICE]).as_result()
    )


@pytest.mark.parametrize(
    ("actual", "given", "code"),
    [
        pytest.param(0, {"account_ids": accounts(1000)}, None, id="exactly the quota"),
        pytest.param(0, {"account_ids": accounts(1001)}, "quota", id="one more"),
        pytest.param(999, {"organization_arns": [ORGANIZATION_ARN]}, None, id="the last free place"),
        pytest.param(1000, {"organization_arns": [ORGANIZATION_ARN]}, "quota", id="an organization counts"),
        pytest.param(1000, {"public": True}, None, id="everybody does not count"),
        pytest.param(1200, {"account_ids": accounts(10)}, None, id="above it, nothing added"),
        pytest.param(1200, {"state": "absent", "account_ids": accounts(10)}, None, id="above it, some removed"),
        pytest.param(1200, {"state": "private"}, None, id="above it, all removed"),
        pytest.param(1200, {"account_ids": [ALICE]}, "quota", id="above it, one added"),
        pytest.param(1000, {"account_ids": [ALICE], "launch_permission_quota": 1001}, None, id="raised quota"),
        pytest.param(5, {"account_ids": accounts(6), "launch_permission_quota": 5}, "quota", id="smaller quota"),
        pytest.param(1000, {"account_ids": accounts(10), "purge": True}, None, id="exact, some removed"),
    ],
)
def test_plan_image__quota(actual, given, code):
    outcome = plan(image_facts(shared_with(*accounts(actual))), **given)

    assert (outcome.failure.code if outcome.failure else None) == code
    assert bool(outcome.change) is (code is None and outcome.before != outcome.after)


def test_plan_image__quota_counts_what_is_there_after_the_exchange():
    """A full AMI may change its accounts; the one that goes makes room before the one that comes."""
    outcome = plan(image_facts(shared_with(*accounts(1000))), account_ids=[*accounts(999), ALICE], purge=True)

    assert outcome.status == "changed"
    assert len(outcome.after["account_ids"]) == 1000
    nobody = frozenset()
    assert outcome.change == [Delta(nobody, shared_with(accounts(1000)[-1])), Delta(shared_with(ALICE), nobody)]


def test_plan_image__the_change_is_one_request_where_both_fit_into_the_quota():
    outcome = plan(image_facts(shared_with(BOB)), account_ids=[ALICE], purge=True, launch_permission_quota=2)

    assert outcome.change == [Delta(shared_with(ALICE), shared_with(BOB))]


def test_plan_image__quota_message_names_the_cure():
    failure = plan(image_facts(), account_ids=accounts(1001)).failure

    assert "1001" in failure.message and "1000" in failure.message
    assert "organization" in failure.next_step


def test_plan_image__the_owner_does_not_use_up_the_quota():
    assert plan(image_facts(), account_ids=[*accounts(1000), OWNER]).failure is None


def test_show_permissions__what_was_read():
    assert show_permissions(None, image_facts(shared_with(ALICE))).as_info() == {
        "image_id": IMAGE_ID,
        "region": REGION,
        "owner_id": OWNER,
        "state": "available",
        "launch_permissions": {**NOBODY, "account_ids": [ALICE]},
        "error": None,
    }


@pytest.mark.parametrize(
    ("facts", "code", "owner"),
    [
        pytest.param(image_facts(image=None), "not_found", None, id="gone"),
        pytest.param(image_facts(NOT_OWNER), "not_owner", OWNER, id="not owner"),
        pytest.param(image_facts(DENIED), "UnauthorizedOperation", OWNER, id="denied"),
        pytest.param(image_facts(image=DENIED), "UnauthorizedOperation", None, id="Region unreadable"),
    ],
)
def test_show_permissions__not_allowed_to_look_is_not_empty(facts, code, owner):
    shown = show_permissions(None, facts).as_info()

    assert (shown["error"]["code"], shown["launch_permissions"], shown["owner_id"]) == (code, None, owner)


@pytest.mark.parametrize("state", ["pending", "failed", "disabled"])
def test_show_permissions__any_state_can_be_read(state):
    shown = show_permissions(None, image_facts(shared_with(*accounts(2)), image=image(state=state)))

    assert (shown.failure, shown.extra["state"]) == (None, state)
