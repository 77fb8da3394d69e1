# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several statements of one key's policy: one text to write, judged on its sum, and what is reported of each."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._key_policy.change import Attempt, after_apply
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_statements
from ansible_collections.golden.ami.plugins.module_utils._key_policy.refusals import MOST_BYTES
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    ORGANIZATION_ID,
    OWNER,
    UNIQUE_ID,
    accounts,
    key,
    made,
    policy_facts,
    policy_request,
    policy_text,
    single_policy_request,
    statement,
)

ORGANIZATION = single_policy_request(sid="Organization", organization_ids=(ORGANIZATION_ID,))
ACCOUNTS = single_policy_request(ALICE, sid="Accounts")
OLD = policy_request(sid="Old", state="absent")
FOREIGN = statement(BOB, Sid="theirs")
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", "eu-west-1")


def by_sid(outcome):
    return {state.sid: (state.status, state.failure.code if state.failure else None) for state in outcome.statements}


def test_plan_statements__one_text_for_all():
    old = statement(BOB, Sid="Old")

    outcome = plan_statements([ORGANIZATION, OLD, ACCOUNTS], policy_facts(old, FOREIGN))

    assert list(outcome.before.items()) == [("Organization", None), ("Old", old), ("Accounts", None)]
    assert list(outcome.after.items()) == [
        ("Organization", made(ORGANIZATION)),
        ("Old", None),
        ("Accounts", made(ACCOUNTS)),
    ]
    assert json.loads(outcome.change.text)["Statement"] == [
        ADMINISTRATION,
        FOREIGN,
        made(ORGANIZATION),
        made(ACCOUNTS),
    ]
    assert by_sid(outcome) == {sid: ("changed", None) for sid in ("Organization", "Old", "Accounts")}
    again = plan_statements([ORGANIZATION, OLD, ACCOUNTS], policy_facts(policy=outcome.change.text))
    assert (again.status, again.change, again.after) == ("unchanged", None, outcome.after)


def test_plan_statements__what_is_there_is_told_to_be():
    outcome = plan_statements([ORGANIZATION, ACCOUNTS], policy_facts(made(ACCOUNTS)))

    assert by_sid(outcome) == {"Organization": ("changed", None), "Accounts": ("unchanged", None)}
    assert (outcome.status, outcome.before["Accounts"]) == ("changed", made(ACCOUNTS))


@pytest.mark.parametrize("order", [1, -1])
def test_plan_statements__one_refused_statement_refuses_the_key(order):
    requests = [single_policy_request(BOB, sid="Third"), ORGANIZATION, ACCOUNTS][::order]
    denies = statement(Sid="Organization", Effect="Deny")

    outcome = plan_statements(requests, policy_facts(denies, made(ACCOUNTS)))

    assert (outcome.status, outcome.change, outcome.changed) == ("failed", None, False)
    assert outcome.failure.code == "deny_statement" and "'Organization'" in outcome.failure.message
    assert by_sid(outcome) == {
        "Organization": ("failed", "deny_statement"),
        "Accounts": ("unchanged", None),
        "Third": ("failed", "deny_statement"),
    }
    assert outcome.after == outcome.before == {"Organization": denies, "Accounts": made(ACCOUNTS), "Third": None}


def test_plan_statements__each_refused_statement_has_its_own_reason():
    twice = [statement(Sid="Accounts"), statement(Sid="Accounts")]

    outcome = plan_statements(
        [ORGANIZATION, ACCOUNTS], policy_facts(*twice, statement(Sid="Organization", Effect="Deny"))
    )

    assert by_sid(outcome) == {"Organization": ("failed", "deny_statement"), "Accounts": ("failed", "ambiguous_sid")}


def size_of(*statements):
    return len(json.dumps(json.loads(policy_text(ADMINISTRATION, *statements)), separators=(",", ":")))


def test_plan_statements__too_large_together():
    many = single_policy_request(*accounts(900), sid="Many")
    left = MOST_BYTES - size_of(made(many))
    assert left > size_of(made(ACCOUNTS)) - size_of(), "each of them fits"
    more = single_policy_request(*accounts(left // 33, first=300_000_000_000), sid="More")

    for request in (many, more):
        assert plan_statements([request], policy_facts()).status == "changed"
    outcome = plan_statements([many, ORGANIZATION, more], policy_facts(made(ORGANIZATION)))

    assert outcome.failure.code == "policy_too_large"
    assert "with the statements 'Many' and 'More'" in outcome.failure.message
    assert by_sid(outcome) == {
        "Many": ("failed", "policy_too_large"),
        "Organization": ("unchanged", None),
        "More": ("failed", "policy_too_large"),
    }


def test_plan_statements__one_may_make_room_for_another():
    large = statement([f"arn:aws:iam::{account}:root" for account in accounts(950)], Sid="Old")
    more = single_policy_request(*accounts(300), sid="More")

    assert plan_statements([more], policy_facts(large)).failure.code == "policy_too_large"
    assert plan_statements([OLD, more], policy_facts(large)).status == "changed"


def test_plan_statements__who_is_gone_in_a_statement_that_goes():
    """Each statement by itself would be refused, since the other one keeps the policy from being written."""
    stale = [statement([UNIQUE_ID, ALICE], Sid=sid) for sid in ("Accounts", "Old")]

    assert plan_statements([ACCOUNTS], policy_facts(*stale)).failure.code == "stale_principals"
    assert plan_statements([OLD], policy_facts(*stale)).failure.code == "stale_principals"
    outcome = plan_statements([ACCOUNTS, OLD], policy_facts(*stale))

    assert outcome.status == "changed" and UNIQUE_ID not in outcome.change.text


def test_plan_statements__who_is_gone_stands_where_the_policy_has_it():
    stale = statement(UNIQUE_ID, Sid="team")

    outcome = plan_statements([OLD, ACCOUNTS], policy_facts(statement(Sid="Old"), stale))

    assert outcome.failure.code == "stale_principals"
    assert f"{UNIQUE_ID} in statement 3 (team);" in outcome.failure.message


def test_plan_statements__two_that_lock_out_together():
    second = {**ADMINISTRATION, "Sid": "second", "Principal": {"AWS": OWNER}}
    first, other = (policy_request(sid=sid, state="absent") for sid in (ADMINISTRATION["Sid"], "second"))

    for request in (first, other):
        assert plan_statements([request], policy_facts(second)).status == "changed"
    outcome = plan_statements([first, other], policy_facts(second, FOREIGN))

    assert outcome.failure.code == "lock_out"
    assert f"'{ADMINISTRATION['Sid']}' and 'second'" in outcome.failure.message


def test_plan_statements__a_policy_that_cannot_be_read_says_nothing_of_any():
    outcome = plan_statements([ORGANIZATION, ACCOUNTS], policy_facts(policy=DENIED))

    assert (outcome.before, outcome.after) == (None, None)
    assert by_sid(outcome) == dict.fromkeys(("Organization", "Accounts"), ("failed", "AccessDeniedException"))
    managed = plan_statements([ORGANIZATION], policy_facts(key=key(manager="AWS")))
    assert by_sid(managed) == {"Organization": ("failed", "aws_managed_key")}


def test_plan_statements__two_requests_for_one_sid_are_a_mistake():
    with pytest.raises(ValueError, match="Accounts"):
        plan_statements([ACCOUNTS, replace(ACCOUNTS, principals=(BOB,))], policy_facts())


PLAN = plan_statements([ORGANIZATION, ACCOUNTS, OLD], policy_facts(made(ACCOUNTS), statement(BOB, Sid="Old")))


def policy(*statements):
    return policy_text(ADMINISTRATION, *statements)


@pytest.mark.parametrize(
    ("attempt", "code", "states"),
    [
        pytest.param(Attempt(True, PLAN.change.text), None, "changed unchanged changed", id="as planned"),
        pytest.param(DENIED, DENIED.code, "failed unchanged failed", id="not written"),
        pytest.param(Attempt(True, None, DENIED), DENIED.code, "failed unchanged failed", id="not read back"),
        pytest.param(
            Attempt(False, policy(made(ACCOUNTS), made(ORGANIZATION), FOREIGN)),
            "policy_changed",
            "unchanged unchanged unchanged",
            id="somebody else has done it",
        ),
        pytest.param(
            Attempt(False, policy(statement(BOB, Sid="Old"), FOREIGN)),
            "policy_changed",
            "failed failed failed",
            id="somebody else has removed one",
        ),
        pytest.param(
            Attempt(True, policy(made(ACCOUNTS), made(ORGANIZATION), FOREIGN)),
            "lost_update",
            "changed unchanged changed",
            id="ours are there beside another's",
        ),
        pytest.param(
            Attempt(True, policy(made(ORGANIZATION), statement(BOB, Sid="Old"))),
            "lost_update",
            "changed failed failed",
            id="some of ours are there",
        ),
    ],
)
def test_after_apply__each_statement_by_what_is_there(attempt, code, states):
    outcome = after_apply(PLAN, attempt)

    assert (outcome.failure.code if outcome.failure else None) == code
    assert " ".join(state.status for state in outcome.statements) == states
    assert all(bool(state.failure) == (state.status == "failed") for state in outcome.statements)
