# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two statements of a request: the use of the key, and grants on the condition that an AWS service makes them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._key_policy.identifiers import check_actions
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy, plan_statements
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import LAUNCH_ACTIONS, parse_request
from ansible_collections.golden.ami.plugins.module_utils._key_policy.statement import make_statements
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    CAROL,
    ORGANIZATION_ID,
    ROLE_ARN,
    SID,
    UNIQUE_ID,
    UNIT_PATH,
    accounts,
    made,
    made_pair,
    policy_facts,
    policy_params,
    policy_request,
    single_policy_request,
    statement,
)

GRANTS = f"{SID}Grants"
USE = sorted(action for action in LAUNCH_ACTIONS if action != "kms:CreateGrant")
FOR_SERVICES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
FOREIGN = statement(BOB, Sid="theirs")
ABSENT = policy_request(state="absent")


def written(outcome):
    return json.loads(outcome.change.text)["Statement"][1:]


def planned(request, *there):
    """What the policy has of ours after the plan, which a second one does not change."""
    outcome = plan_policy(request, policy_facts(*there))
    assert outcome.failure is None
    if not outcome.changed:
        return [one for one in outcome.after.values() if one]
    again = plan_policy(request, policy_facts(policy=outcome.change.text))
    assert again.status == "unchanged"
    assert [one for one in again.after.values() if one] == [one for one in outcome.after.values() if one]
    return [one for one in outcome.after.values() if one]


def refused(request, *there):
    outcome = plan_policy(request, policy_facts(*there))
    assert (outcome.status, outcome.change) == ("failed", None)
    assert outcome.after == outcome.before
    return outcome.failure


def pair(*principals, **given):
    return made_pair(policy_request(*principals, **given))


def single(*principals, **given):
    return made(single_policy_request(*principals, **given))


@pytest.mark.parametrize(
    ("named", "principals", "condition"),
    [
        pytest.param({"principals": (ALICE,)}, f"arn:aws:iam::{ALICE}:root", {}, id="accounts"),
        pytest.param(
            {"organization_ids": (ORGANIZATION_ID,)},
            "*",
            {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}},
            id="organizations",
        ),
        pytest.param(
            {"organization_paths": (UNIT_PATH,)},
            "*",
            {
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID},
                "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": UNIT_PATH},
            },
            id="paths",
        ),
    ],
)
def test_make_statements__only_grants_are_under_the_condition(named, principals, condition):
    """In other requests KMS does not know the condition key: they would be denied."""
    assert make_statements(policy_request(**named), "aws") == {
        SID: statement(principals, Action=USE, Condition=condition or None),
        GRANTS: statement(principals, Sid=GRANTS, Action="kms:CreateGrant", Condition={**condition, **FOR_SERVICES}),
    }


@pytest.mark.parametrize(
    ("actions", "use", "limited"),
    [
        pytest.param(["kms:Decrypt"], ["kms:Decrypt"], False, id="no grants"),
        pytest.param(["kms:CreateGrant"], [], True, id="nothing but grants"),
        pytest.param(["kms:createGRANT", "kms:Decrypt"], ["kms:Decrypt"], True, id="any case"),
        pytest.param(
            ["kms:*Grant", "kms:Encrypt"],
            ["kms:Encrypt", "kms:RetireGrant", "kms:RevokeGrant"],
            True,
            id="a pattern that covers others",
        ),
        pytest.param(["kms:Create?rant", "kms:Get*"], ["kms:Get*"], True, id="a pattern that covers no other"),
    ],
)
def test_make_statements__which_actions_are_where(actions, use, limited):
    assert check_actions(actions) == []
    request = policy_request(ALICE, actions=tuple(actions))

    found = [
        ([one["Action"]] if isinstance(one["Action"], str) else one["Action"], one.get("Condition"))
        for one in make_statements(request, "aws").values()
    ]

    assert found == [(use, None)] * bool(use) + [(["kms:CreateGrant"], FOR_SERVICES)] * limited
    assert planned(request) == list(make_statements(request, "aws").values())
    assert planned(replace(request, keep_others=True), *make_statements(request, "aws").values()) == list(
        make_statements(request, "aws").values()
    )


def test_make_statements__one_without_the_condition():
    assert make_statements(single_policy_request(ALICE), "aws") == {
        SID: statement(f"arn:aws:iam::{ALICE}:root", Action=sorted(LAUNCH_ACTIONS))
    }


@pytest.mark.parametrize("state", ["present", "absent"])
def test_parse_request__the_second_sid_needs_room(state):
    for sid, fits in (("x" * 122, True), ("x" * 123, state == "absent")):
        given = policy_params(sid=sid, state=state, account_ids=[ALICE])
        if fits:
            assert parse_request(given, "aws").sid == sid
        else:
            with pytest.raises(InputError, match="has 123 characters, which leaves no room for 'Grants' behind it"):
                parse_request(given, "aws")


def test_plan_policy__both_are_added_in_one_write():
    outcome = plan_policy(policy_request(ALICE), policy_facts(FOREIGN))

    assert (outcome.before, list(outcome.after)) == ({SID: None, GRANTS: None}, [SID, GRANTS])
    assert written(outcome) == [FOREIGN, *pair(ALICE)]
    assert [(state.sid, state.sids) for state in outcome.statements] == [(SID, (SID, GRANTS))]


OLD = single(ALICE, BOB)
OLD_ORGANIZATION = single(organization_ids=(ORGANIZATION_ID,))


@pytest.mark.parametrize("keep_others", [False, True])
@pytest.mark.parametrize(
    ("request_", "there", "after"),
    [
        pytest.param(policy_request(ALICE, BOB), [OLD], pair(ALICE, BOB), id="accounts"),
        pytest.param(
            policy_request(organization_ids=(ORGANIZATION_ID,)),
            [OLD_ORGANIZATION],
            pair(organization_ids=(ORGANIZATION_ID,)),
            id="an organization",
        ),
        pytest.param(
            policy_request(ALICE, BOB, actions=(*LAUNCH_ACTIONS, "kms:Encrypt")),
            [single(ALICE, BOB, actions=(*LAUNCH_ACTIONS, "kms:Encrypt"))],
            pair(ALICE, BOB, actions=(*LAUNCH_ACTIONS, "kms:Encrypt")),
            id="Auto Scaling",
        ),
        pytest.param(single_policy_request(ALICE, BOB), pair(ALICE, BOB), [OLD], id="and back"),
        pytest.param(policy_request(ALICE, BOB), pair(ALICE, BOB)[:1], pair(ALICE, BOB), id="the second is gone"),
        pytest.param(policy_request(ALICE, BOB), pair(ALICE, BOB)[1:], pair(ALICE, BOB), id="the first is gone"),
        pytest.param(
            policy_request(ALICE, BOB), [OLD, pair(CAROL)[1]][:1] + pair(ALICE, BOB)[1:], pair(ALICE, BOB), id="both"
        ),
        pytest.param(
            policy_request(ALICE, actions=("kms:CreateGrant", "kms:Decrypt")),
            list(make_statements(policy_request(ALICE, actions=("kms:CreateGrant",)), "aws").values()),
            pair(ALICE, actions=("kms:CreateGrant", "kms:Decrypt")),
            id="grants alone before",
        ),
    ],
)
def test_plan_policy__one_becomes_two_in_one_write(request_, there, after, keep_others):
    assert planned(replace(request_, keep_others=keep_others), FOREIGN, *there) == after


def test_plan_policy__one_becomes_two_in_its_place():
    outcome = plan_policy(policy_request(ALICE, BOB), policy_facts(OLD, FOREIGN))

    assert written(outcome) == [pair(ALICE, BOB)[0], FOREIGN, pair(ALICE, BOB)[1]]
    assert outcome.before == {SID: OLD, GRANTS: None}


def test_plan_policy__without_keep_others_exactly_what_was_asked():
    decrypt = policy_request(ALICE, actions=("kms:Decrypt",))

    assert planned(policy_request(ALICE), *pair(ALICE, BOB)) == pair(ALICE)
    assert planned(decrypt, *pair(ALICE)) == [made(decrypt)]
    assert GRANTS in plan_policy(decrypt, policy_facts(*pair(ALICE))).after
    assert GRANTS not in plan_policy(decrypt, policy_facts(made(decrypt))).after


@pytest.mark.parametrize(
    ("request_", "there", "after"),
    [
        pytest.param(policy_request(ALICE), pair(BOB), pair(ALICE, BOB), id="one more"),
        pytest.param(policy_request(ALICE), [single(BOB)], pair(ALICE, BOB), id="one more, and an old one"),
        pytest.param(single_policy_request(ALICE), pair(BOB), [single(ALICE, BOB)], id="one more, and a new one"),
        pytest.param(policy_request(ALICE), [pair(BOB)[0], pair(CAROL)[1]], pair(ALICE, BOB, CAROL), id="uneven"),
        pytest.param(policy_request(ALICE, actions=("kms:Decrypt",)), pair(BOB), pair(ALICE, BOB), id="less is asked"),
        pytest.param(
            policy_request(ALICE, actions=("kms:Encrypt",)),
            [single(BOB, actions=("kms:Decrypt",))],
            [single(ALICE, BOB, actions=("kms:Decrypt", "kms:Encrypt"))],
            id="no grants at all",
        ),
        pytest.param(
            policy_request(organization_ids=("o-anotherorgid",)),
            pair(organization_ids=(ORGANIZATION_ID,)),
            pair(organization_ids=("o-anotherorgid", ORGANIZATION_ID)),
            id="an organization",
        ),
        pytest.param(
            policy_request(ROLE_ARN),
            [pair(BOB)[0], {**pair(BOB)[1], "Resource": ["*"]}],
            pair(ROLE_ARN, BOB),
            id="spelling",
        ),
    ],
)
def test_plan_policy__keep_others_takes_both_as_one_list(request_, there, after):
    assert planned(replace(request_, keep_others=True), FOREIGN, *there) == after


@pytest.mark.parametrize(
    ("request_", "there", "after"),
    [
        pytest.param(ABSENT, pair(ALICE, BOB), [], id="for all"),
        pytest.param(ABSENT, [OLD], [], id="an old one"),
        pytest.param(ABSENT, pair(ALICE)[1:], [], id="the second alone"),
        pytest.param(policy_request(ALICE, state="absent"), pair(ALICE), [], id="for exactly those"),
        pytest.param(
            policy_request(ALICE, state="absent", keep_others=True), pair(ALICE, BOB), pair(BOB), id="for one"
        ),
        pytest.param(policy_request(ALICE, state="absent", keep_others=True), pair(ALICE), [], id="for the last one"),
        pytest.param(policy_request(ALICE, state="absent", keep_others=True), [OLD], [single(BOB)], id="of an old one"),
        pytest.param(
            policy_request(ALICE, state="absent", keep_others=True),
            [pair(ALICE, BOB)[0], pair(ALICE)[1]],
            pair(BOB)[:1],
            id="the last one of the second",
        ),
        pytest.param(
            policy_request(ALICE, state="absent", keep_others=True),
            [pair(BOB)[0], pair(ALICE, BOB)[1]],
            pair(BOB),
            id="of the second",
        ),
    ],
)
def test_plan_policy__both_go(request_, there, after):
    outcome = plan_policy(request_, policy_facts(FOREIGN, *there))

    assert outcome.changed and written(outcome) == [FOREIGN, *after]
    assert planned(request_, FOREIGN, *there) == after


def test_plan_policy__somebody_else_in_the_second():
    failure = refused(policy_request(ALICE, state="absent"), pair(ALICE)[0], pair(ALICE, BOB)[1])

    assert failure.code == "names_others"
    assert f"statement 3 ({GRANTS})" in failure.message and BOB in failure.message


THEIRS = [
    pytest.param(statement(BOB, Sid=GRANTS, Action="kms:CreateGrant"), "other_statement", id="not limited"),
    pytest.param(statement(BOB, Sid=GRANTS), "other_statement", id="other actions"),
    pytest.param(
        {**pair(BOB)[1], "Action": ["kms:CreateGrant", "kms:ListGrants"]}, "other_statement", id="more actions"
    ),
    pytest.param({**pair(BOB)[1], "Effect": "Deny"}, "deny_statement", id="denies"),
]


@pytest.mark.parametrize("keep_others", [False, True])
@pytest.mark.parametrize(("theirs", "code"), THEIRS)
def test_plan_policy__another_statement_under_the_second_sid(theirs, code, keep_others):
    request = policy_request(ALICE, keep_others=keep_others)

    failure = refused(request, single(ALICE), theirs)

    assert failure.code == code and "statement 3" in failure.message and GRANTS in failure.message
    # Where none is to be written it is nobody's business.
    assert planned(replace(request, grant_is_for_aws_resource=False), single(ALICE), theirs) == [single(ALICE)]
    assert written(plan_policy(ABSENT, policy_facts(single(ALICE), theirs))) == [theirs]


def test_plan_policy__two_statements_under_the_second_sid():
    assert refused(policy_request(ALICE), *pair(ALICE), pair(BOB)[1]).code == "ambiguous_sid"


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    "second",
    [
        pytest.param(
            {**pair(BOB)[1], "Condition": {**FOR_SERVICES, "StringEquals": {"a": "b"}}}, id="one more condition"
        ),
        pytest.param(pair(organization_ids=(ORGANIZATION_ID,))[1], id="another kind"),
    ],
)
def test_plan_policy__keep_others_and_a_second_statement_that_is_not_like_ours(second, state):
    request = policy_request(ALICE, keep_others=True, state=state)

    failure = refused(request, pair(BOB)[0], second)

    assert failure.code == "other_statement" and f"statement 3 ({GRANTS})" in failure.message


def test_plan_policy__a_condition_on_more_than_grants_is_not_ours():
    """Under it nobody can decrypt, so that it means something else than the pair."""
    there = {**single(BOB), "Condition": FOR_SERVICES}

    assert refused(policy_request(ALICE, keep_others=True), there).code == "other_statement"


def test_plan_policy__a_principal_that_is_gone_in_either_goes_with_them():
    there = [statement([ALICE, UNIQUE_ID], Action=USE), {**pair(ALICE)[1], "Principal": {"AWS": UNIQUE_ID}}]

    assert planned(policy_request(ALICE), *there) == pair(ALICE)
    failure = refused(policy_request(BOB, keep_others=True), *there)
    assert failure.code == "stale_principals"
    assert f"'{SID}' and '{GRANTS}'" in failure.next_step


def test_plan_policy__accounts_count_twice():
    """By as many bytes as both have, which is said."""
    some = accounts(487)

    assert plan_policy(policy_request(*some), policy_facts()).status == "changed"
    failure = refused(policy_request(*some, BOB))
    assert failure.code == "policy_too_large"
    assert f"'{SID}' and '{GRANTS}'" in failure.message
    assert "With grant_is_for_aws_resource=false they are named once" in failure.next_step
    assert plan_policy(single_policy_request(*some, BOB), policy_facts()).status == "changed"


def test_plan_statements__two_requests_that_share_a_sid_are_a_mistake():
    with pytest.raises(ValueError, match=GRANTS):
        plan_statements([policy_request(ALICE), policy_request(BOB, sid=GRANTS)], policy_facts())


def test_plan_policy__administration_is_no_pair():
    request = policy_request(ALICE, sid=ADMINISTRATION["Sid"])

    assert refused(request).code == "lock_out"
