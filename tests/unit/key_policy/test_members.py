# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""keep_others: who is added to a statement, who is removed from it, and which statements are left alone."""

from __future__ import annotations

import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import LAUNCH_ACTIONS, parse_request
from ansible_collections.golden.ami.plugins.module_utils._key_policy.statement import make_statements
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    CAROL,
    KEY_ARN,
    ORGANIZATION_ID,
    OWNER,
    ROLE_ARN,
    SID,
    UNIQUE_ID,
    UNIT_PATH,
    accounts,
    key,
    policy_facts,
    policy_params,
    policy_request,
    policy_text,
    statement,
)

OTHER_ORGANIZATION = "o-anotherorgid"
OTHER_PATH = "o-anotherorgid/r-wxyz/"
DECRYPT = ("kms:Decrypt",)
FOREIGN = statement(BOB, Sid="theirs")


def root(account, partition="aws"):
    return f"arn:{partition}:iam::{account}:root"


def adding(*principals, **given):
    usual = {"actions": DECRYPT, "grant_is_for_aws_resource": False}
    return policy_request(*principals, keep_others=True, **{**usual, **given})


def removing(*principals, **given):
    return adding(*principals, state="absent", **given)


def made(*principals, **given):
    (wanted,) = make_statements(policy_request(*principals, **{"actions": DECRYPT, **given}), "aws").values()
    return wanted


def planned(request, *statements):
    """The statement after the plan, which does not fail, and whether that is a change."""
    outcome = plan_policy(request, policy_facts(*statements))
    assert outcome.failure is None
    assert outcome.changed == bool(outcome.change)
    return outcome.after[SID], outcome.changed


def test_parse_request__keep_others_to_remove_needs_somebody():
    with pytest.raises(InputError) as refused:
        parse_request(policy_params(state="absent", keep_others=True, account_ids=[]), "aws")

    assert [problem.split(":")[0] for problem in refused.value.problems] == ["keep_others"]
    assert parse_request(policy_params(state="absent", keep_others=True, account_ids=[ALICE]), "aws").keep_others


@pytest.mark.parametrize(
    ("request_", "found", "after"),
    [
        pytest.param(adding(ALICE), None, made(ALICE), id="nobody there"),
        pytest.param(adding(ALICE), made(BOB), made(ALICE, BOB), id="one more"),
        pytest.param(adding(ALICE, ROLE_ARN), made(CAROL, ALICE), made(ALICE, CAROL, ROLE_ARN), id="some are there"),
        pytest.param(adding(ROLE_ARN), statement([ALICE, BOB]), made(ALICE, BOB, ROLE_ARN), id="accounts by ID"),
        pytest.param(
            adding(organization_ids=(ORGANIZATION_ID,)),
            made(organization_ids=(OTHER_ORGANIZATION,)),
            made(organization_ids=(OTHER_ORGANIZATION, ORGANIZATION_ID)),
            id="organization",
        ),
        pytest.param(
            adding(organization_paths=(UNIT_PATH,)),
            made(organization_paths=(OTHER_PATH,)),
            made(organization_paths=(UNIT_PATH, OTHER_PATH)),
            id="path of another organization",
        ),
        pytest.param(removing(ALICE), made(ALICE, BOB), made(BOB), id="one of two goes"),
        pytest.param(removing(ALICE, CAROL), made(BOB, CAROL), made(BOB), id="one of two is there and goes"),
        pytest.param(removing(ALICE), statement([ALICE]), None, id="the last one"),
        pytest.param(removing(ALICE), statement([ALICE, UNIQUE_ID]), None, id="the last one who exists"),
        pytest.param(
            removing(organization_paths=(OTHER_PATH,)),
            made(organization_paths=(UNIT_PATH, OTHER_PATH)),
            made(organization_paths=(UNIT_PATH,)),
            id="a path, and its organization with it",
        ),
        pytest.param(
            removing(organization_ids=(ORGANIZATION_ID,)),
            made(organization_ids=(ORGANIZATION_ID,)),
            None,
            id="the last organization",
        ),
    ],
)
def test_plan_policy__keep_others(request_, found, after):
    there = [found] if found else []

    assert planned(request_, FOREIGN, *there) == (after, True)
    outcome = plan_policy(request_, policy_facts(FOREIGN, *there))
    assert json.loads(outcome.change.text)["Statement"] == [ADMINISTRATION, FOREIGN, *([after] if after else [])]
    again = plan_policy(request_, policy_facts(policy=outcome.change.text))
    assert (again.status, again.after) == ("unchanged", {SID: after})


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        pytest.param(adding(ALICE), made(ALICE, BOB), id="named already"),
        pytest.param(adding(ALICE), statement([BOB, ALICE], Action=["KMS:DECRYPT"], Resource=["*"]), id="spelling"),
        pytest.param(adding(ALICE), statement([BOB, ALICE, UNIQUE_ID]), id="one who is gone"),
        pytest.param(removing(ALICE), made(BOB), id="not named"),
        pytest.param(removing(ALICE), statement(UNIQUE_ID), id="nobody there who exists"),
        pytest.param(removing(ALICE), None, id="no statement"),
        pytest.param(
            adding(organization_ids=(ORGANIZATION_ID,)),
            made(organization_ids=(ORGANIZATION_ID, OTHER_ORGANIZATION)),
            id="organization",
        ),
    ],
)
def test_plan_policy__keep_others_without_a_change(request_, found):
    assert planned(request_, *([found] if found else [])) == (found, False)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_plan_policy__keep_others_in_other_partitions(partition):
    arn = KEY_ARN.replace("arn:aws:", f"arn:{partition}:")
    text = policy_text(ADMINISTRATION, statement(BOB)).replace("arn:aws:", f"arn:{partition}:")

    outcome = plan_policy(adding(ALICE), policy_facts(policy=text, key=key(arn=arn)))

    assert outcome.after[SID]["Principal"] == {"AWS": [root(ALICE, partition), root(BOB, partition)]}


@pytest.mark.parametrize(
    ("there", "asked", "after"),
    [
        pytest.param(["kms:Encrypt"], ["kms:Encrypt"], ["kms:Encrypt"], id="the same"),
        pytest.param(["kms:Decrypt"], LAUNCH_ACTIONS, LAUNCH_ACTIONS, id="more is asked"),
        pytest.param(
            ["kms:Encrypt", "kms:Decrypt"], ["kms:decrypt"], ["kms:Encrypt", "kms:Decrypt"], id="more is there"
        ),
        pytest.param(["kms:Encrypt"], ["kms:Decrypt"], ["kms:Decrypt", "kms:Encrypt"], id="other ones"),
        pytest.param(["kms:ReEncryptFrom"], ["kms:ReEncrypt*"], ["kms:ReEncrypt*"], id="a pattern is asked"),
        pytest.param(["kms:ReEncrypt*"], ["kms:ReEncryptFrom"], ["kms:ReEncrypt*"], id="a pattern is there"),
        pytest.param(
            ["kms:ReEncrypt*"],
            ["kms:ReEncryptTo", "kms:Decrypt"],
            ["kms:Decrypt", "kms:ReEncrypt*"],
            id="pattern and more",
        ),
        pytest.param(
            ["kms:ReEncryptTo", "kms:Re*pt*"],
            ["kms:ReEncryptTo"],
            ["kms:Re*pt*", "kms:ReEncryptTo"],
            id="twice there stays",
        ),
        pytest.param(["kms:ReEncryptT*"], ["kms:ReEncryptT?"], ["kms:ReEncryptT*"], id="a star is more"),
    ],
)
def test_plan_policy__keep_others_takes_no_action_from_anybody(there, asked, after):
    found = statement([ALICE, BOB], Action=list(there))

    for request in (adding(ALICE, actions=tuple(asked)), adding(CAROL, actions=tuple(asked))):
        shown, _changed = planned(request, found)
        actions = shown["Action"] if isinstance(shown["Action"], list) else [shown["Action"]]
        assert sorted(actions) == sorted(after)


def test_plan_policy__keep_others_removes_with_whatever_actions():
    found = statement([ALICE, BOB], Action=["kms:Encrypt", "kms:Decrypt"])

    after, _changed = planned(removing(ALICE, actions=LAUNCH_ACTIONS), found)

    assert after == statement(root(BOB), Action=["kms:Decrypt", "kms:Encrypt"])


ORGANIZED = made(organization_ids=(ORGANIZATION_ID,))
IN_PATH = made(organization_paths=(UNIT_PATH,))
NARROWER = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@pytest.mark.parametrize("make", [adding, removing])
@pytest.mark.parametrize(
    ("named", "found", "said"),
    [
        pytest.param(
            {"principals": (ALICE,)}, ORGANIZED, "is for organization_ids, not for account_ids", id="organizations"
        ),
        pytest.param({"principals": (ALICE,)}, IN_PATH, "is for organization_paths", id="paths"),
        pytest.param({"organization_ids": (ORGANIZATION_ID,)}, statement(), "is for account_ids and", id="accounts"),
        pytest.param({"organization_ids": (ORGANIZATION_ID,)}, IN_PATH, "is for organization_paths", id="narrower"),
        pytest.param({"organization_paths": (UNIT_PATH,)}, ORGANIZED, "is for organization_ids", id="wider"),
        pytest.param({"principals": (ALICE,)}, statement("*"), "", id="everybody"),
        pytest.param({"principals": (ALICE,)}, statement([ALICE, "*"]), "", id="everybody beside an account"),
        pytest.param({"principals": (ALICE,)}, statement(Condition=NARROWER), "", id="a condition"),
        pytest.param(
            {"principals": (ALICE,)},
            statement(Principal={"AWS": ALICE, "Service": "x.amazonaws.com"}),
            "",
            id="service",
        ),
        pytest.param(
            {"principals": (ALICE,)}, statement(Principal=None, NotPrincipal={"AWS": BOB}), "", id="all but one"
        ),
        pytest.param(
            {"principals": (ALICE,)}, statement(Action=None, NotAction="kms:PutKeyPolicy"), "", id="all actions but one"
        ),
        pytest.param({"principals": (ALICE,)}, statement(Action="kms:*"), "", id="lets them administrate"),
        pytest.param(
            {"principals": (ALICE,)}, statement(Action=["kms:Decrypt", "ec2:RunInstances"]), "", id="no action of KMS"
        ),
        pytest.param({"principals": (ALICE,)}, statement(Resource=KEY_ARN), "", id="a resource"),
        pytest.param({"principals": (ALICE,)}, statement("arn:aws:iam::111122223333:role/web-*"), "", id="a wildcard"),
        pytest.param(
            {"organization_ids": (ORGANIZATION_ID,)}, {**ORGANIZED, "Principal": {"AWS": ALICE}}, "", id="who is both"
        ),
        pytest.param(
            {"organization_ids": (ORGANIZATION_ID,)},
            {**ORGANIZED, "Condition": {**ORGANIZED["Condition"], **NARROWER}},
            "",
            id="one more condition",
        ),
        pytest.param(
            {"organization_ids": (ORGANIZATION_ID,)},
            {**ORGANIZED, "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}},
            "",
            id="another operator",
        ),
        pytest.param(
            {"organization_paths": (UNIT_PATH,)},
            {**IN_PATH, "Condition": {"ForAnyValue:StringLike": IN_PATH["Condition"]["ForAnyValue:StringLike"]}},
            "",
            id="a path without its organization",
        ),
    ],
)
def test_plan_policy__keep_others_leaves_what_is_not_like_ours(make, named, found, said):
    outcome = plan_policy(make(**named), policy_facts(FOREIGN, found))

    assert (outcome.status, outcome.change, outcome.changed) == ("failed", None, False)
    assert outcome.before == outcome.after == {SID: found}
    assert outcome.failure.code == "other_statement"
    assert f"statement 3 ({SID})" in outcome.failure.message
    assert (said or "does not have the form that this module writes") in outcome.failure.message
    assert outcome.failure.next_step.startswith("Use another sid.")


def test_plan_policy__keep_others_does_not_touch_what_denies():
    outcome = plan_policy(adding(ALICE), policy_facts(statement(Effect="Deny")))

    assert outcome.failure.code == "deny_statement"


@pytest.mark.parametrize(
    "request_", [pytest.param(adding(ALICE), id="add"), pytest.param(removing(CAROL), id="remove another")]
)
def test_plan_policy__keep_others_names_who_is_gone_in_ours(request_):
    outcome = plan_policy(request_, policy_facts(FOREIGN, statement([BOB, CAROL, UNIQUE_ID])))

    assert outcome.failure.code == "stale_principals"
    assert f"{UNIQUE_ID} in statement 3 ({SID})" in outcome.failure.message
    assert "without keep_others" in outcome.failure.next_step


def test_plan_policy__keep_others_warns_of_who_is_gone_where_nothing_has_to_change():
    outcome = plan_policy(adding(ALICE), policy_facts(statement([ALICE, UNIQUE_ID])))

    assert outcome.status == "unchanged"
    assert UNIQUE_ID in outcome.warnings[0]


def test_plan_policy__keep_others_can_become_too_large():
    there, more = accounts(700), accounts(400, first=300_000_000_000)

    outcome = plan_policy(adding(*more), policy_facts(statement(there)))

    assert outcome.failure.code == "policy_too_large"


def test_plan_policy__keep_others_with_the_owner_is_no_lock_out():
    """Nobody is added to the statement that lets the account manage the key."""
    outcome = plan_policy(adding(OWNER, sid=ADMINISTRATION["Sid"]), policy_facts())

    assert outcome.failure.code == "other_statement"
