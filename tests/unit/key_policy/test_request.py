# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of kms_key_policy_statement to a request, and the statement that comes of it."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import LAUNCH_ACTIONS, parse_request
from ansible_collections.golden.ami.plugins.module_utils._key_policy.statement import make_statements
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    ORGANIZATION_ID,
    ROLE_ARN,
    SID,
    UNIT_PATH,
    policy_params,
    policy_request,
)

KINDS = {
    "account_ids": [ALICE],
    "principal_arns": [ROLE_ARN],
    "organization_ids": [ORGANIZATION_ID],
    "organization_paths": [UNIT_PATH],
}
OTHER_PATH = "o-anotherorgid/r-wxyz/"


def problems(**given):
    with pytest.raises(InputError) as refused:
        parse_request(policy_params(**given), "aws")
    return refused.value.problems


def made(partition="aws", **given):
    """The single statement, with CreateGrant in it."""
    request = parse_request(policy_params(grant_is_for_aws_resource=False, **given), partition)
    (statement,) = make_statements(request, partition).values()
    return statement


def test_parse_request__defaults():
    request = parse_request(policy_params(account_ids=[ALICE, CAROL, ALICE], principal_arns=[ROLE_ARN]), "aws")

    assert request == policy_request(ALICE, CAROL, ROLE_ARN, actions=LAUNCH_ACTIONS)
    assert "kms:CreateGrant" in request.actions and len(request.actions) == 7


def test_parse_request__all_problems_at_once():
    found = problems(
        sid=" x",
        account_ids=["1402433619"],
        principal_arns=["*"],
        organization_ids=["o-x"],
        organization_paths=["ou-x"],
        actions=["kms:*", "Decrypt"],
    )

    starts = ("sid: ", "account_ids: ", "principal_arns: ", "organization_ids: ", "organization_paths: ", "actions: ")
    assert len(found) == 8
    assert all(any(problem.startswith(start) for problem in found) for start in starts)
    assert "012345670123" in found[1]


@pytest.mark.parametrize("kinds", list(itertools.combinations(KINDS, 2)), ids="+".join)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_parse_request__kinds_that_cannot_share_a_statement(kinds, state):
    given = {kind: KINDS[kind] for kind in kinds}
    if kinds == ("account_ids", "principal_arns"):
        assert parse_request(policy_params(state=state, **given), "aws").principals == (ALICE, ROLE_ARN)
    else:
        (problem,) = problems(state=state, **given)
        assert "two tasks with a sid each" in problem


@pytest.mark.parametrize(
    "given",
    [pytest.param({}, id="nothing")]
    + [pytest.param({kind: []}, id=kind) for kind in KINDS]
    + [pytest.param(dict.fromkeys(KINDS, []), id="all empty")],
)
def test_parse_request__nobody_is_refused_and_never_everybody(given):
    assert "nobody is named" in problems(**given)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_parse_request__an_empty_list_beside_another_kind_says_nothing(kind):
    given = {**dict.fromkeys(KINDS, []), kind: KINDS[kind]}

    assert parse_request(policy_params(**given), "aws") == parse_request(policy_params(**{kind: KINDS[kind]}), "aws")


def test_parse_request__absent_needs_only_the_sid():
    assert not parse_request(policy_params(state="absent"), "aws").names_anybody


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso"])
def test_make_statements__accounts_and_principals(partition):
    arns = [f"arn:{partition}:iam::{BOB}:role/deploy", f"arn:{partition}:iam::{ALICE}:root"]

    statement = made(partition, account_ids=[CAROL, ALICE], principal_arns=arns)

    roots = [f"arn:{partition}:iam::{account}:root" for account in (CAROL, ALICE)]
    assert statement == {
        "Sid": SID,
        "Effect": "Allow",
        "Principal": {"AWS": [*roots, arns[0]]},
        "Action": sorted(LAUNCH_ACTIONS),
        "Resource": "*",
    }


def test_make_statements__organizations():
    statement = made(organization_ids=[ORGANIZATION_ID])

    assert statement["Principal"] == {"AWS": "*"}
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}
    several = made(organization_ids=[ORGANIZATION_ID, "o-anotherorgid"])["Condition"]
    assert several == {"StringEquals": {"aws:PrincipalOrgID": ["o-anotherorgid", ORGANIZATION_ID]}}


def test_make_statements__paths_never_without_their_organizations():
    statement = made(organization_paths=[UNIT_PATH])

    assert statement["Principal"] == {"AWS": "*"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": UNIT_PATH},
    }
    several = made(organization_paths=[UNIT_PATH, OTHER_PATH])["Condition"]
    assert several == {
        "StringEquals": {"aws:PrincipalOrgID": ["o-anotherorgid", ORGANIZATION_ID]},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [OTHER_PATH, UNIT_PATH]},
    }


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_make_statements__everybody_only_with_a_condition_on_organizations(size):
    """Of all that is accepted."""
    for kinds in itertools.combinations(KINDS, size):
        try:
            statement = made(**{kind: KINDS[kind] for kind in kinds})
        except InputError:
            continue
        everybody = "*" in statement["Principal"]["AWS"]
        assert everybody == bool(statement.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalOrgID"))


def test_make_statements__the_order_of_lists_and_the_case_of_actions_make_no_other():
    one = made(account_ids=[ALICE, BOB], actions=["kms:Decrypt", "kms:Encrypt"])

    assert one == made(account_ids=[BOB, ALICE, BOB], actions=["kms:encrypt", "kms:DECRYPT", "kms:Encrypt"])
    assert made(account_ids=[ALICE], actions=["kms:Decrypt"])["Action"] == "kms:Decrypt"
