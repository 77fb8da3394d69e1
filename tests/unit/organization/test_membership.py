# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts belong where: yes, no, or not known."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Members, of_same_organization
from tests.unit.answers import members, organized
from tests.unit.builders import ALICE, BOB, CAROL, ORGANIZATION_ARN, ORGANIZATION_ID, REGION, UNIT_ARN, UNIT_PATH

NO = Failure("AccessDeniedException", "no", "Ask.", "organizations:ListAccounts", REGION)
PATH = UNIT_PATH.rstrip("*")
OTHER_UNIT = UNIT_ARN.replace("exampleouid", "otherunit0")
STRANGER = ORGANIZATION_ARN.replace(ORGANIZATION_ID, "o-strangers00")


@pytest.mark.parametrize(
    ("account", "answer"),
    [
        pytest.param(ALICE, True, id="a member"),
        pytest.param(CAROL, True, id="a suspended member is one, too"),
        pytest.param(BOB, False, id="no member"),
    ],
)
def test_has(account, answer):
    found = Members(organized(members(UNIT_ARN, ALICE, path=PATH, **{f"a{CAROL}": "SUSPENDED"})))

    assert found.has(UNIT_ARN, account) is answer
    # What was not asked is not known, whatever is known of another one.
    assert found.has(ORGANIZATION_ARN, account) is None


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"skipped": True},
        {"failed": True, "msg": "no"},
        {"results": []},
        organized(members(UNIT_ARN, path=PATH, failure=NO)),
        organized(members(UNIT_ARN, ALICE, path=NO)),
    ],
)
def test_what_was_not_answered_in_full_is_not_known(result):
    found = Members(result)

    assert (found.has(UNIT_ARN, ALICE), found.path(UNIT_ARN)) == (None, "")
    assert found.why == str(result.get("msg") or "AWS Organizations was not asked")


def test_accounts_that_nobody_asked_for_are_not_known():
    [entry] = organized(members(UNIT_ARN, ALICE, path=PATH))["results"]

    found = Members({"results": [{**entry, "accounts": None}]})

    assert (found.has(UNIT_ARN, ALICE), found.path(UNIT_ARN)) == (None, UNIT_PATH)


def test_path__with_the_units_below_as_key_policies_name_it():
    found = Members(organized(members(UNIT_ARN, path=PATH), members(ORGANIZATION_ARN, ALICE)))

    assert (found.path(UNIT_ARN), found.path(ORGANIZATION_ARN)) == (UNIT_PATH, "")


def test_of_same_organization():
    others = [ORGANIZATION_ARN, STRANGER, OTHER_UNIT]

    assert of_same_organization(UNIT_ARN, others) == [ORGANIZATION_ARN, OTHER_UNIT]
    assert of_same_organization(STRANGER, [UNIT_ARN]) == []
