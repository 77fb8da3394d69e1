# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization guard: who is outside is refused before the first write, and a typo never switches it off."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._organization.guard import (
    Guard,
    outside,
    outside_accounts,
    to_look_up,
)
from tests.unit.builders import ALICE, BOB, CAROL, ORGANIZATION_ARN, ORGANIZATION_ID, UNIT_ARN
from tests.unit.share.builders import asked, problems_of

OTHER_ID = "o-strangers00"
OTHER_ORGANIZATION = ORGANIZATION_ARN.replace(ORGANIZATION_ID, OTHER_ID)
OTHER_UNIT = UNIT_ARN.replace(ORGANIZATION_ID, OTHER_ID)
BUILDER = "123456789012"
GUARDED = Guard(ORGANIZATION_ID, None, "share_")
LISTED = Guard("", frozenset({ALICE}), "share_")
INSIDE = {"organization_arns": [ORGANIZATION_ARN], "organizational_unit_arns": [UNIT_ARN]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Guard("", None, "share_")),
        ({"allowed_account_ids": []}, Guard("", frozenset(), "share_")),
        ({"allowed_account_ids": f"{ALICE}\n{BOB}"}, Guard("", frozenset({ALICE, BOB}), "share_")),
        (
            {"allowed_organization_id": ORGANIZATION_ID, "allowed_account_ids": [ALICE]},
            Guard(ORGANIZATION_ID, frozenset({ALICE}), "share_"),
        ),
    ],
)
def test_guard__as_it_was_written(given, expected):
    guard = asked(variables_prefix="share_", **given).guard

    assert guard == expected
    assert guard.is_on is (expected != Guard("", None, "share_"))


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
            {"allowed_account_ids": [1402433619]},
            f"put a comma behind it in a survey ({CAROL},), quotes around it in YAML ('{CAROL}')",
        ),
        ({"allowed_account_ids": False}, "share_allowed_account_ids: is true or false"),
        ({"allowed_account_ids": {}}, "share_allowed_account_ids: is a dictionary"),
        ({"allowed_account_ids": [None]}, "share_allowed_account_ids: 'None' is null"),
        ({"allowed_account_ids": "none"}, "share_allowed_account_ids: 'none' is not an account ID"),
    ],
)
def test_guard__a_typo_never_switches_it_off(given, problem):
    found = problems_of(**given)

    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    ("guard", "arns", "public", "strangers"),
    [
        pytest.param(Guard(), INSIDE, True, [], id="no guard"),
        pytest.param(GUARDED, INSIDE, False, [], id="all inside"),
        pytest.param(GUARDED, {"organization_arns": [OTHER_ORGANIZATION]}, False, ["organization_arns"], id="other"),
        pytest.param(GUARDED, {"organizational_unit_arns": [OTHER_UNIT]}, False, ["organizational_unit_arns"], id="ou"),
        pytest.param(GUARDED, INSIDE, True, ["public"], id="everybody"),
        pytest.param(LISTED, INSIDE, False, list(INSIDE), id="accounts only: an organization is more than they are"),
        pytest.param(Guard("", frozenset(), "share_"), INSIDE, True, [*INSIDE, "public"], id="nobody is allowed"),
    ],
)
def test_outside__who_can_be_told_without_a_call(guard, arns, public, strangers):
    found = outside(guard, arns, public)

    assert [problem.split(":")[0] for problem in found] == [f"share_{name}" for name in strangers]
    assert all("Correct it, or widen share_allowed_organization_id" in problem for problem in found)


@pytest.mark.parametrize(
    ("guard", "looked_up"),
    [
        (Guard(), []),
        (LISTED, []),
        (GUARDED, [ALICE, BOB]),
        (Guard(ORGANIZATION_ID, frozenset({BOB})), [ALICE]),
        (Guard(ORGANIZATION_ID, frozenset({ALICE, BOB})), []),
    ],
)
def test_to_look_up__whom_only_aws_organizations_knows(guard, looked_up):
    assert to_look_up(guard, [ALICE, BOB, ALICE]) == looked_up


@pytest.mark.parametrize(
    ("guard", "members", "expected"),
    [
        (GUARDED, [ALICE, BUILDER], []),
        (GUARDED, [ALICE], [f"share_grantee_patterns: {BUILDER} is no account of {ORGANIZATION_ID}."]),
        (LISTED, [], [f"share_grantee_patterns: {BUILDER} is not in share_allowed_account_ids."]),
        (Guard(), [], []),
    ],
)
def test_outside_accounts__under_the_option_that_names_them(guard, members, expected):
    found = outside_accounts(guard, {ALICE: "account_ids", BUILDER: "grantee_patterns"}, members)

    assert len(found) == len(expected)
    assert all(problem.startswith(start) for problem, start in zip(found, expected, strict=True))
