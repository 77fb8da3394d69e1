# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations and units, and the statements of key policies: who is taken out of them, and who stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import auto_scaling_roles
from tests.unit.answers import members, organized
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    KEY_ARN,
    ORGANIZATION_ARN,
    ORGANIZATION_ID,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    REGION,
    UNIT_ARN,
    UNIT_PATH,
    shared_with,
    statement,
)
from tests.unit.share.stages import PATTERNS, ROLE, encrypted
from tests.unit.unshare_stages.stages import decided, key_images, plan, removed, request

SCALING = auto_scaling_roles([ALICE, BOB, CAROL], "aws")
OTHER_UNIT = UNIT_ARN.replace("exampleouid", "otherunit0")
STRANGER = ORGANIZATION_ARN.replace(ORGANIZATION_ID, "o-strangers00")
ORGANIZATION, UNIT = {"organizations": (ORGANIZATION_ARN,)}, {"units": (UNIT_ARN,)}
HERE, THERE = {"key_id": KEY_ARN, "region": REGION}, {"key_id": OTHER_KEY_ARN, "region": OTHER_REGION}
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
BY_ORGANIZATION = {"account_ids": [], "organization_arns": ORGANIZATION_ARN}
BY_UNIT = {"account_ids": [], "organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": UNIT_PATH}
PATHS = organized(members(UNIT_ARN, path=UNIT_PATH.rstrip("*")))


def sids(*kinds):
    return [statement(Sid=f"GoldenAmi{kind}") for kind in kinds]


ALL = sids("Accounts", "Organizations", "OrganizationalUnits", "AutoScaling")


def second(actual):
    """Another AMI on the same key."""
    facts = encrypted(actual)
    about = replace(facts.image, image_id=OTHER_IMAGE_ID, name="golden-db")
    return replace(facts, image=about, selector=ImageSelector(REGION, OTHER_IMAGE_ID))


def decide(given, *facts, others=(), read=None, failing=None, **about):
    wanted = request(**given)
    planned = plan(wanted, *facts)
    launch = removed(planned, wanted, *facts, failing=failing)
    return decided(planned, wanted, key_images(planned, *facts, *others, **about), launch, read)


def reasons(decision):
    return {one["principal"]: one["reason"] for one in decision["kept"]}


@pytest.mark.parametrize(
    ("given", "other", "reason"),
    [
        pytest.param(BY_ORGANIZATION, shared_with(), "", id="organization: nobody"),
        pytest.param(BY_ORGANIZATION, shared_with(organizations=(STRANGER,)), "", id="organization: another one"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), ORGANIZATION_ARN, id="organization: another AMI"),
        pytest.param(BY_ORGANIZATION, shared_with(**UNIT), UNIT_ARN, id="organization: a unit of it"),
        pytest.param(BY_UNIT, shared_with(), "", id="unit: nobody"),
        pytest.param(BY_UNIT, shared_with(**UNIT), UNIT_ARN, id="unit: another AMI"),
        pytest.param(BY_UNIT, shared_with(units=(OTHER_UNIT,)), OTHER_UNIT, id="unit: another one, maybe within"),
        pytest.param(BY_UNIT, shared_with(**ORGANIZATION), ORGANIZATION_ARN, id="unit: the whole organization"),
    ],
)
def test_kept__organizations_and_units(given, other, reason):
    facts = encrypted(shared_with(**ORGANIZATION)) if given is BY_ORGANIZATION else encrypted(shared_with(**UNIT))

    found = decide(given, facts, others=[second(other)], statements=ALL)

    assert (found["statements"] == []) is bool(reason)
    assert list(reasons(found).values()) == (
        [f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with {reason}, of the same organization"]
        if reason
        else []
    )
    assert found["grants"] == []


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        pytest.param(organized(members(ORGANIZATION_ARN, ALICE)), "which belongs to it", id="a member"),
        pytest.param(organized(members(ORGANIZATION_ARN, BOB)), "", id="no member"),
        pytest.param(None, "and whether that belongs to it is not known", id="nobody could ask"),
    ],
)
def test_kept__an_account_may_use_the_key_by_the_statement_of_its_organization(read, kept):
    """Shared by the console, say, it has no grant of its own."""
    facts = encrypted(shared_with(**ORGANIZATION))

    found = decide(BY_ORGANIZATION, facts, others=[second(shared_with(ALICE))], statements=ALL, read=read)

    assert (found["statements"] == []) is bool(kept)
    assert all(f"still shared with {ALICE}, {kept}" in reason for reason in reasons(found).values())
    assert len(reasons(found)) == bool(kept)


def test_kept__an_organization_whose_key_policy_could_not_be_read():
    found = decide(BY_ORGANIZATION, encrypted(shared_with(**ORGANIZATION)), policy=DENIED)

    assert reasons(found) == {
        ORGANIZATION_ARN: "the key policy could not be read, so that its statements are not known"
    }


@pytest.mark.parametrize(
    ("read", "statements", "kept", "path"),
    [
        pytest.param(PATHS, ALL, False, UNIT_PATH, id="the path was read"),
        pytest.param(None, ALL, True, None, id="the path is not known"),
        pytest.param(None, sids("Organizations"), False, None, id="no statement names units, so no path is needed"),
    ],
)
def test_units__by_their_path(read, statements, kept, path):
    given = {"account_ids": [], "organizational_unit_arns": UNIT_ARN}

    found = decide(given, encrypted(shared_with(**UNIT)), read=read, statements=statements)

    assert [one["organization_paths"] for one in found["statements"]] == ([[path]] if path else [])
    assert list(reasons(found).values()) == (
        [
            "the unit's path, which a key policy names, is not known (AWS Organizations was not asked); give "
            "unshare_organizational_unit_paths"
        ]
        if kept
        else []
    )


def test_statements__each_kind_with_those_whom_it_may_name():
    given = {
        "account_ids": [ALICE],
        "organization_arns": ORGANIZATION_ARN,
        "organizational_unit_arns": UNIT_ARN,
        "organizational_unit_paths": UNIT_PATH,
        "grantee_patterns": PATTERNS,
    }
    facts = encrypted(shared_with(ALICE, **ORGANIZATION, **UNIT))

    found = decide(given, facts, statements=ALL)

    assert [(one["sid"], one["keys"]) for one in found["statements"]] == [
        ("GoldenAmiAccounts", [HERE]),
        ("GoldenAmiAutoScaling", [HERE]),
        ("GoldenAmiOrganizations", [HERE]),
        ("GoldenAmiOrganizationalUnits", [HERE]),
    ]
    of_accounts, scaling, organizations, units = found["statements"]
    assert of_accounts["account_ids"] == [ALICE]
    # The builder of PATTERNS, which serves all consumers, stays.
    assert of_accounts["principal_arns"] == [ROLE.format(ALICE), SCALING[ALICE]]
    assert (scaling["account_ids"], scaling["principal_arns"]) == (None, [SCALING[ALICE]])
    assert (organizations["organization_ids"], units["organization_paths"]) == ([ORGANIZATION_ID], [UNIT_PATH])


def test_statements__the_role_of_auto_scaling_that_a_pattern_put_among_the_accounts():
    """Left behind it would keep the account's Auto Scaling on the key."""
    pattern = auto_scaling_roles(["{account}"], "aws")["{account}"]

    found = decide({"grantee_patterns": pattern}, encrypted(shared_with(ALICE)), statements=sids("Accounts"))

    assert [one["principal_arns"] for one in found["statements"]] == [[SCALING[ALICE]]]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], []),
        (sids("Accounts"), ["GoldenAmiAccounts"]),
        (sids("AutoScaling"), ["GoldenAmiAutoScaling"]),
        ([statement(Sid="Accounts"), statement(Sid="OtherAccounts")], []),
    ],
)
def test_statements__only_those_that_are_there_and_ours(statements, expected):
    found = decide({}, encrypted(shared_with(ALICE)), statements=statements)

    assert [one["sid"] for one in found["statements"]] == expected


def test_statements__keys_that_lose_the_same_names_go_together():
    facts = (encrypted(shared_with(ALICE, BOB)), encrypted(shared_with(ALICE, BOB), OTHER_REGION))
    given = {"account_ids": [ALICE, BOB]}

    together = decide(given, *facts, statements=sids("Accounts"))["statements"]
    apart = decide(given, *facts, others=[second(shared_with(BOB))], statements=sids("Accounts"))["statements"]

    assert [(one["keys"], one["account_ids"]) for one in together] == [([HERE, THERE], [ALICE, BOB])]
    assert [(one["keys"], one["account_ids"]) for one in apart] == [([HERE], [ALICE]), ([THERE], [ALICE, BOB])]
