# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts belong where: yes, no, or not known."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import (
    NOT_ASKED,
    Membership,
    of_same_organization,
)
from ansible_collections.golden.ami.plugins.module_utils._organization.model import TargetFacts
from tests.unit.answers import members
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
    found = Membership([members(UNIT_ARN, ALICE, path=PATH, **{f"a{CAROL}": "SUSPENDED"})])

    assert found.has(UNIT_ARN, account) is answer
    # What was not asked is not known, whatever is known of another one.
    assert found.has(ORGANIZATION_ARN, account) is None


@pytest.mark.parametrize(
    ("read", "why"),
    [
        ([], NOT_ASKED),
        ([members(ORGANIZATION_ARN, ALICE)], NOT_ASKED),
        ([members(UNIT_ARN, path=PATH, failure=NO)], NO),
        ([TargetFacts(UNIT_ARN, NO)], NO),
        ([TargetFacts(UNIT_ARN, members(UNIT_ARN).organization, NO)], NO),
    ],
)
def test_what_was_not_answered_in_full_is_not_known(read, why):
    found = Membership(read)

    assert (found.has(UNIT_ARN, ALICE), found.why_not(UNIT_ARN)) == (None, why)
    assert found.was_asked(UNIT_ARN) is (why is NO)


def test_of_same_organization():
    others = [ORGANIZATION_ARN, STRANGER, OTHER_UNIT]

    assert of_same_organization(UNIT_ARN, others) == [ORGANIZATION_ARN, OTHER_UNIT]
    assert of_same_organization(STRANGER, [UNIT_ARN]) == []
