# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization guard: who is outside is refused before the first write, and so is who cannot be told."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._organization.guard import (
    accounts_to_look_up,
    is_on,
    outside,
    outside_accounts,
)
from tests.unit.answers import members, organized
from tests.unit.builders import ALICE, BOB, CAROL, ORGANIZATION_ARN, ORGANIZATION_ID, REGION, UNIT_ARN
from tests.unit.share.stages import PATTERNS, complete_request, request

OTHER_ID = "o-strangers00"
OTHER_ORGANIZATION = ORGANIZATION_ARN.replace(ORGANIZATION_ID, OTHER_ID)
OTHER_UNIT = UNIT_ARN.replace(ORGANIZATION_ID, OTHER_ID)
BUILDER = "123456789012"
NOT_ASKED = Failure("AccessDeniedException", "no", "Ask", "organizations:ListAccounts", REGION, "me")
GUARDED = {"allowed_organization_id": ORGANIZATION_ID}


def unguarded(read):
    return read["allowed_organization_id"], read["allowed_account_ids"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("", None)),
        ({"allowed_account_ids": ""}, ("", None)),
        ({"allowed_account_ids": []}, ("", [])),
        ({"allowed_account_ids": "[]"}, ("", [])),
        ({"allowed_account_ids": f"{ALICE}\n{BOB}"}, ("", [ALICE, BOB])),
        ({**GUARDED, "allowed_account_ids": [ALICE]}, (ORGANIZATION_ID, [ALICE])),
    ],
)
def test_read_guard(given, expected):
    read = request(account_ids=[ALICE], **given)

    assert unguarded(read) == expected
    assert is_on(read) is (expected != ("", None))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"allowed_organization_id": ORGANIZATION_ARN},
            f"is not the ID of an organization. Write '{ORGANIZATION_ID}'.",
        ),
        ({"allowed_organization_id": "o-1"}, "share_allowed_organization_id: 'o-1' is not the ID"),
        ({"allowed_organization_id": f"{ORGANIZATION_ID}x y"}, "is not the ID of an organization"),
        ({"allowed_organization_id": " "}, "share_allowed_organization_id: is empty"),
        ({"allowed_organization_id": '""'}, "share_allowed_organization_id: is empty"),
        ({"allowed_organization_id": "# none"}, "share_allowed_organization_id: is empty"),
        ({"allowed_account_ids": " \n"}, "share_allowed_account_ids: is empty"),
        ({"allowed_account_ids": "# nobody\r\n,"}, "share_allowed_account_ids: is empty"),
        ({"allowed_organization_id": 5}, "share_allowed_organization_id: '5' is a number"),
        ({"allowed_organization_id": []}, "share_allowed_organization_id: '[]' is a list"),
        ({"allowed_account_ids": ["1"]}, "share_allowed_account_ids: '1' has 1 digits"),
        (
            {"allowed_account_ids": None},
            "share_allowed_account_ids: is empty, and an empty guard guards nothing; leave it out",
        ),
        (
            {"allowed_organization_id": None},
            "share_allowed_organization_id: is empty, and an empty guard guards nothing; leave it out",
        ),
        (
            {"allowed_account_ids": [1402433619]},
            f"put a comma behind it in a survey ({CAROL},), quotes around it in YAML ('{CAROL}')",
        ),
        ({"allowed_account_ids": False}, "share_allowed_account_ids: is true or false"),
        ({"allowed_account_ids": {}}, "share_allowed_account_ids: is a dictionary"),
        ({"allowed_account_ids": [None]}, "share_allowed_account_ids: 'None' is null"),
        ({"allowed_account_ids": "none"}, "share_allowed_account_ids: 'none' is not an account ID"),
    ],
)
def test_read_guard__a_typo_never_switches_it_off(given, problem):
    assert any(problem in one for one in request(**given)["problems"])


@pytest.mark.parametrize(
    ("given", "strangers"),
    [
        pytest.param({}, [], id="no guard"),
        pytest.param(GUARDED, [], id="all inside"),
        pytest.param({**GUARDED, "organization_arns": OTHER_ORGANIZATION}, ["organization_arns"], id="organization"),
        pytest.param({**GUARDED, "organizational_unit_arns": OTHER_UNIT}, ["organizational_unit_arns"], id="unit"),
        pytest.param(
            {**GUARDED, "accounts_of_organizational_unit_arns": OTHER_UNIT},
            ["accounts_of_organizational_unit_arns"],
            id="accounts of a unit",
        ),
        pytest.param({**GUARDED, "public": True}, ["public"], id="everybody"),
        pytest.param(
            {"allowed_account_ids": [ALICE]},
            ["organization_arns", "organizational_unit_arns"],
            id="accounts only: an organization is more than they are",
        ),
        pytest.param(
            {"allowed_account_ids": [], "accounts_of_organizational_unit_arns": UNIT_ARN},
            ["organization_arns", "organizational_unit_arns", "accounts_of_organizational_unit_arns"],
            id="nobody is allowed",
        ),
    ],
)
def test_outside__who_can_be_told_without_a_call(given, strangers):
    usual = {"account_ids": [], "organization_arns": ORGANIZATION_ARN, "organizational_unit_arns": UNIT_ARN}
    read = request(**{**usual, **given})

    assert [problem.split(":")[0] for problem in read["problems"]] == [f"share_{name}" for name in strangers]
    assert read["problems"] == outside(read)
    assert all("Correct it, or widen share_allowed_organization_id" in problem for problem in read["problems"])


@pytest.mark.parametrize(
    ("given", "looked_up"),
    [
        ({}, []),
        ({"allowed_account_ids": [ALICE]}, []),
        (GUARDED, [ALICE, BOB]),
        ({**GUARDED, "allowed_account_ids": [BOB]}, [ALICE]),
        ({**GUARDED, "allowed_account_ids": [ALICE, BOB]}, []),
        ({**GUARDED, "grantee_patterns": PATTERNS}, [ALICE, BOB, BUILDER]),
        ({**GUARDED, "public": True}, []),
    ],
)
def test_accounts_to_look_up(given, looked_up):
    """Nobody is looked up for a request that is refused anyway."""
    assert request(account_ids=[ALICE, BOB], **given)["members_to_look_up"] == looked_up


def test_outside_accounts__patterns_count_with_the_account_that_they_name():
    read = request(**GUARDED, grantee_patterns=PATTERNS)

    assert outside_accounts(read, [ALICE, BUILDER]) == []
    [problem] = outside_accounts(read, [ALICE])
    assert problem.startswith(f"share_grantee_patterns: {BUILDER} is no account of {ORGANIZATION_ID}.")
    assert accounts_to_look_up(read) == [ALICE, BUILDER]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"allowed_account_ids": [BOB]}, f"share_account_ids: {ALICE} is not in share_allowed_account_ids."),
        ({"allowed_account_ids": []}, f"share_account_ids: {ALICE} is not in share_allowed_account_ids."),
        (
            {"allowed_account_ids": [ALICE], "grantee_patterns": PATTERNS},
            f"share_grantee_patterns: {BUILDER} is not in share_allowed_account_ids.",
        ),
    ],
)
def test_members__a_list_alone_needs_no_question(given, problem):
    [found] = complete_request(**given)["problems"]

    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param(members(None, ALICE, BOB), None, id="a member"),
        pytest.param(members(None, BOB, a111122223333="SUSPENDED"), None, id="a suspended member is one"),
        pytest.param(
            members(None, BOB), f"share_account_ids: {ALICE} is no account of {ORGANIZATION_ID}.", id="a stranger"
        ),
        pytest.param(members(None), f"share_account_ids: {ALICE} is no account of", id="an organization of nobody"),
        pytest.param(
            members(None, ALICE, organization_id=OTHER_ID),
            f"share_allowed_organization_id: the caller's organization is {OTHER_ID}, so that nobody can tell",
            id="a member of another organization",
        ),
        pytest.param(
            members(None, failure=NOT_ASKED),
            f"share_allowed_organization_id: whether {ALICE} belong to {ORGANIZATION_ID} cannot be told. the organization: "
            "organizations:ListAccounts: AccessDeniedException: no. Next: Ask",
            id="not allowed to ask",
        ),
    ],
)
def test_members__of_the_organization(answer, problem):
    found = complete_request({}, organized(answer), **GUARDED)["problems"]

    assert len(found) == (problem is not None)
    assert all(one.startswith(problem) for one in found)


@pytest.mark.parametrize("answer", [{}, {"results": []}, {"skipped": True}, {"failed": True, "msg": "no way"}])
def test_members__no_answer_is_a_refusal(answer):
    [problem] = complete_request({}, answer, **GUARDED)["problems"]

    assert "cannot be told" in problem and "share_allowed_account_ids" in problem
    assert (answer.get("msg") or "AWS Organizations was not asked") in problem


def test_members__many_that_cannot_be_told_are_counted():
    wanted = [str(111122223330 + number) for number in range(8)]

    [problem] = complete_request(account_ids=wanted, **GUARDED)["problems"]

    assert f"{', '.join(wanted[:5])} and 3 more" in problem
