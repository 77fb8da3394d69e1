# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS Organizations adds to a request: accounts of units, paths of units, and why something is not known."""

from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._share_stages.members import complete
from tests.unit.answers import members, organized
from tests.unit.builders import ALICE, BOB, CAROL, OWNER, REGION, UNIT_ARN, UNIT_PATH, image_facts
from tests.unit.share.stages import PATTERNS, ROLE, ROOT, complete_request, encrypted, plan, request

OTHER_UNIT = UNIT_ARN.replace("exampleouid", "otherunit0")
NO = Failure("AccessDeniedException", "no.", "Ask.", "organizations:ListParents", REGION)
ACCOUNTS_OF = {"account_ids": [], "accounts_of_organizational_unit_arns": UNIT_ARN}
PATH = UNIT_PATH.rstrip("*")


def test_members__accounts_of_units_are_consumers_one_by_one():
    read = organized(members(UNIT_ARN, BOB, CAROL, path=PATH))

    found = complete_request(read, **{**ACCOUNTS_OF, "account_ids": [ALICE, BOB]}, grantee_patterns=PATTERNS[0])

    assert (found["account_ids"], found["left_out"], found["problems"]) == ([ALICE, BOB, CAROL], [], [])
    assert found["grantees"] == {one: [ROOT.format(one), ROLE.format(one)] for one in (ALICE, BOB, CAROL)}
    assert found["grantees_to_read"] == [arn for listed in found["grantees"].values() for arn in listed]
    # The unit itself is given nothing: who joins it later gets nothing by this run.
    assert found["organizational_unit_arns"] == []


def test_members__others_than_active_ones_are_left_out_and_reported():
    states = {f"a{BOB}": "SUSPENDED", f"a{CAROL}": "PENDING_CLOSURE", f"a{OWNER}": "CLOSED"}

    found = complete_request(organized(members(UNIT_ARN, ALICE, **states)), **ACCOUNTS_OF)

    assert found["account_ids"] == [ALICE]
    assert [(one["account_id"], one["state"]) for one in found["left_out"]] == [
        (BOB, "SUSPENDED"),
        (CAROL, "PENDING_CLOSURE"),
        (OWNER, "CLOSED"),
    ]
    assert {one["organizational_unit_arn"] for one in found["left_out"]} == {UNIT_ARN}
    assert plan(found, image_facts())["notes"] == [
        f"share_accounts_of_organizational_unit_arns: left out, because not active: {BOB} (SUSPENDED), "
        f"{CAROL} (PENDING_CLOSURE), {OWNER} (CLOSED)."
    ]


def test_members__a_state_that_the_sdk_does_not_know_is_not_active():
    found = complete_request(organized(members(UNIT_ARN, ALICE, **{f"a{BOB}": None})), **ACCOUNTS_OF)

    assert (found["account_ids"], len(found["left_out"])) == ([ALICE], 1)


@pytest.mark.parametrize("states", [{}, {f"a{BOB}": "SUSPENDED"}])
def test_members__a_unit_of_nobody_is_not_green(states):
    [problem] = complete_request(organized(members(UNIT_ARN, **states)), **ACCOUNTS_OF)["problems"]

    assert problem.startswith(
        "Nobody to share with: no unit of share_accounts_of_organizational_unit_arns has an active"
    )


def test_members__an_empty_unit_beside_others():
    read = organized(members(UNIT_ARN), members(OTHER_UNIT, ALICE))

    found = complete_request(read, account_ids=[], accounts_of_organizational_unit_arns=[UNIT_ARN, OTHER_UNIT])

    assert (found["account_ids"], found["problems"]) == ([ALICE], [])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            organized(members(UNIT_ARN, failure=NO)),
            f"{UNIT_ARN}: organizations:ListParents: AccessDeniedException: no. Next: Ask.",
        ),
        (organized(members(OTHER_UNIT, ALICE)), f"{UNIT_ARN} could not be read: AWS Organizations was not asked"),
        ({"results": [], "failed": True, "msg": "no credentials"}, f"{UNIT_ARN} could not be read: no credentials"),
        ({"skipped": True}, f"{UNIT_ARN} could not be read: AWS Organizations was not asked"),
        ({}, f"{UNIT_ARN} could not be read: AWS Organizations was not asked"),
    ],
)
def test_members__accounts_that_could_not_be_read_are_a_refusal(answer, why):
    """A part of them would look like all."""
    [problem] = complete_request(answer, **{**ACCOUNTS_OF, "account_ids": [ALICE]})["problems"]

    assert problem == f"share_accounts_of_organizational_unit_arns: {why}"


@pytest.mark.parametrize(
    ("given", "answer", "paths", "unresolved"),
    [
        pytest.param({}, members(UNIT_ARN, path=PATH), {UNIT_ARN: UNIT_PATH}, [], id="read, with the units below"),
        pytest.param({"organizational_unit_paths": UNIT_PATH}, None, {UNIT_ARN: UNIT_PATH}, [], id="given"),
        pytest.param({}, members(UNIT_ARN, path=NO), {}, [UNIT_ARN], id="could not be read"),
        pytest.param({}, None, {}, [UNIT_ARN], id="not asked"),
        pytest.param({"key_policy_allows_organizations": True}, None, {}, [], id="not needed"),
    ],
)
def test_paths(given, answer, paths, unresolved):
    found = complete_request(organized(*([answer] if answer else [])), organizational_unit_arns=UNIT_ARN, **given)

    assert (found["paths"], list(found["unresolved_paths"]), found["problems"]) == (paths, unresolved, [])
    named = [one["organization_paths"] for one in found["statements"] if one["sid"] == "GoldenAmiOrganizationalUnits"]
    assert named == ([[UNIT_PATH]] if paths else [])


@pytest.mark.parametrize("access", ["grants", "key_policy"])
def test_grantees_to_read__only_where_accounts_get_grants(access):
    found = complete_request(key_access=access)

    assert found["grantees_to_read"] == ([ROOT.format(ALICE)] if access == "grants" else [])
    assert found["grantees"] == {ALICE: [ROOT.format(ALICE)]}


def test_complete__changes_nothing_that_it_is_given_and_is_json():
    wanted = request(**{**ACCOUNTS_OF, "organizational_unit_arns": UNIT_ARN, "auto_scaling": "key_policy"})
    read = organized(members(UNIT_ARN, ALICE, path=PATH, **{f"a{BOB}": "SUSPENDED"}))
    before = copy.deepcopy((wanted, read))

    found = complete(wanted, read, {})
    planned = plan(found, encrypted())

    assert (wanted, read) == before
    assert json.loads(json.dumps([found, planned])) == [found, planned]
