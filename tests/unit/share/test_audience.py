# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom AWS Organizations makes consumers, and what happens where it cannot be asked."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import (
    ACCOUNT,
    EVERYBODY,
    ORGANIZATION,
    ORGANIZATIONAL_UNIT,
    Principal,
)
from ansible_collections.golden.ami.plugins.module_utils._organization.model import (
    Account,
    Organization,
    PlacedAccount,
    TargetFacts,
)
from ansible_collections.golden.ami.plugins.module_utils._share.audience import (
    Answers,
    Questions,
    questions,
    resolve,
    some,
)
from tests.unit.builders import ALICE, BOB, CAROL, ORGANIZATION_ARN, ORGANIZATION_ID, UNIT_ARN, UNIT_PATH
from tests.unit.share.builders import asked, resolved

OWN = Organization(ORGANIZATION_ID, ORGANIZATION_ARN, "999988887777")
DIRECT_PATH = UNIT_PATH.removesuffix("*")
DENIED = Failure("AccessDeniedException", "Not for you", "Use assume_role_arn.", "organizations:ListParents")


def member(account_id, state="ACTIVE"):
    return PlacedAccount(Account(account_id, f"name of {account_id}", state), None)


def unit(path=DIRECT_PATH, accounts=None):
    return Answers({UNIT_ARN: TargetFacts(UNIT_ARN, OWN, path, accounts)})


def members(*accounts, organization=OWN):
    return Answers(organization=TargetFacts(ORGANIZATION_ARN, organization, accounts=accounts))


def problems(request, answers=None):
    return resolve(request, answers or Answers())[1]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Questions()),
        ({"organization_arns": ORGANIZATION_ARN}, Questions()),
        ({"organizational_unit_arns": UNIT_ARN}, Questions((UNIT_ARN,))),
        ({"organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": UNIT_PATH}, Questions()),
        ({"organizational_unit_arns": UNIT_ARN, "key_policy_allows_organizations": True}, Questions()),
        ({"accounts_of_organizational_unit_arns": UNIT_ARN}, Questions((UNIT_ARN,), True)),
        ({"allowed_organization_id": ORGANIZATION_ID}, Questions((), False, (ALICE,))),
        ({"allowed_organization_id": ORGANIZATION_ID, "allowed_account_ids": ALICE}, Questions()),
        ({"allowed_account_ids": ALICE}, Questions()),
        (
            {"allowed_organization_id": ORGANIZATION_ID, "grantee_patterns": f"arn:aws:iam::{BOB}:role/x"},
            Questions((), False, (ALICE, BOB)),
        ),
    ],
)
def test_questions__only_what_nobody_else_can_answer(given, expected):
    assert questions(asked(**given)) == expected


def test_resolve__everybody_in_the_order_in_which_they_were_given():
    request = asked(
        account_ids=[BOB, ALICE, BOB],
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        organizational_unit_paths=UNIT_PATH,
        public=True,
    )

    audience = resolved(request)

    assert audience.everybody == (
        Principal(ACCOUNT, BOB),
        Principal(ACCOUNT, ALICE),
        Principal(ORGANIZATION, ORGANIZATION_ARN),
        Principal(ORGANIZATIONAL_UNIT, UNIT_ARN),
        EVERYBODY,
    )
    assert audience.paths == {UNIT_ARN: UNIT_PATH}


def test_resolve__a_path_that_was_read_includes_the_units_below():
    assert resolved(asked(organizational_unit_arns=UNIT_ARN), unit()).paths == {UNIT_ARN: UNIT_PATH}


def test_resolve__a_path_that_cannot_be_read_is_no_problem_yet():
    """An AMI that is not encrypted needs none; with an encrypted one it is a refusal."""
    audience = resolved(asked(organizational_unit_arns=UNIT_ARN, variables_prefix="share_"), unit(DENIED))

    assert list(audience.unresolved) == [UNIT_ARN]
    assert (
        "AccessDeniedException: Not for you. Next: Use share_organizations_role_arn." in audience.unresolved[UNIT_ARN]
    )


def test_resolve__only_active_accounts_of_a_unit_are_consumers():
    request = asked(account_ids=None, accounts_of_organizational_unit_arns=UNIT_ARN)
    audience = resolved(request, unit(accounts=(member(ALICE), member(BOB, "SUSPENDED"), member(CAROL, None))))

    assert audience.everybody == (Principal(ACCOUNT, ALICE),)
    assert [(one.account.account_id, one.account.state) for one in audience.left_out] == [
        (BOB, "SUSPENDED"),
        (CAROL, None),
    ]


@pytest.mark.parametrize(
    ("accounts", "part"),
    [
        (
            (member(BOB, "CLOSED"),),
            "Nobody to share with: no OU of accounts_of_organizational_unit_arns has an active account",
        ),
        (DENIED, "AccessDeniedException: Not for you"),
        (None, "AWS Organizations was not asked"),
    ],
)
def test_resolve__accounts_that_are_not_known_are_a_problem(accounts, part):
    [problem] = problems(
        asked(account_ids=None, accounts_of_organizational_unit_arns=UNIT_ARN), unit(accounts=accounts)
    )

    assert part in problem


GUARDED = {"allowed_organization_id": ORGANIZATION_ID, "account_ids": [ALICE, BOB]}


@pytest.mark.parametrize(
    ("given", "answers", "parts"),
    [
        (GUARDED, members(member(ALICE), member(BOB)), []),
        (GUARDED, members(member(ALICE)), [f"account_ids: {BOB} is no account of {ORGANIZATION_ID}."]),
        (GUARDED | {"allowed_account_ids": BOB}, members(member(ALICE)), []),
        (
            GUARDED,
            members(organization=DENIED),
            ["whether 111122223333, 444455556666 belong to o-exampleorgid cannot be determined"],
        ),
        (GUARDED, Answers(), ["AWS Organizations was not asked"]),
        (
            GUARDED,
            members(member(ALICE), organization=Organization("o-anotherorgid", "arn", "1")),
            ["the caller's organization is o-anotherorgid, so it cannot be determined"],
        ),
        ({"allowed_account_ids": []}, Answers(), [f"account_ids: {ALICE} is not in allowed_account_ids."]),
        (
            {"allowed_account_ids": ALICE, "grantee_patterns": f"arn:aws:iam::{BOB}:role/x"},
            Answers(),
            [f"grantee_patterns: {BOB} is not in allowed_account_ids."],
        ),
    ],
)
def test_resolve__the_guard(given, answers, parts):
    found = problems(asked(**given), answers)

    assert len(found) == len(parts)
    assert all(part in problem for part, problem in zip(parts, found, strict=True)), found


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (60, "a, b, c and 57 more")]
)
def test_some(count, expected):
    assert some(["a", "b", "c", *map(str, range(57))][:count]) == expected
