# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations and OUs, and the statements of key policies: who is taken out of them, and who stays."""

from __future__ import annotations

import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._key_policy.identifiers import grants_sid
from tests.unit.answers import members
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    KEY_ARN,
    ORGANIZATION_ARN,
    ORGANIZATION_ID,
    OTHER_IMAGE_ID,
    REGION,
    UNIT_ARN,
    UNIT_PATH,
    grant,
    policy_text,
    shared_with,
    statement,
)
from tests.unit.unshare.builders import (
    PATTERNS,
    ROLE,
    ROOT,
    SCALING,
    asked,
    decided,
    going,
    kept,
    on_key,
    read,
    refused,
    second,
)

OTHER_UNIT = UNIT_ARN.replace("exampleouid", "otherunit0")
STRANGER = ORGANIZATION_ARN.replace(ORGANIZATION_ID, "o-strangers00")
ORGANIZATION, UNIT = {"organizations": (ORGANIZATION_ARN,)}, {"units": (UNIT_ARN,)}
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
BY_ORGANIZATION = {"account_ids": None, "organization_arns": ORGANIZATION_ARN}
BY_UNIT = {"account_ids": None, "organizational_unit_arns": UNIT_ARN}
DB = f"{OTHER_IMAGE_ID} (golden-db) on this key"
# What the statement has besides that lets consumers make grants: for services alone, such as EC2 for an instance.
FOR_SERVICES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}


def of_accounts(*accounts, sid="GoldenAmiAccounts", also=()):
    return statement([*(ROOT.format(one) for one in accounts), *also], Sid=sid)


def of_units(*paths):
    condition = {**OF_ORGANIZATION, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": list(paths)}}
    return statement("*", Sid="GoldenAmiOrganizationalUnits", Condition=condition)


ORGANIZATIONS = statement("*", Sid="GoldenAmiOrganizations", Condition=OF_ORGANIZATION)
UNITS = of_units(UNIT_PATH)
AUTO_SCALING = statement([SCALING.format(ALICE), SCALING.format(BOB)], Sid="GoldenAmiAutoScaling")


def web(permissions, *statements, **given):
    return on_key(permissions=permissions, policy=policy_text(ADMINISTRATION, *statements), **given)


def written(found):
    """By Sid, the statements of ours that are left in the policy that is to be written; None when none is."""
    [decision] = found.values()
    change = decision.removal.policy.change if decision.removal.policy else None
    if change is None:
        return None
    return {one["Sid"]: one for one in json.loads(change.text)["Statement"] if one["Sid"].startswith("GoldenAmi")}


@pytest.mark.parametrize(
    ("given", "other", "reason"),
    [
        pytest.param(BY_ORGANIZATION, shared_with(), "", id="organization: nobody"),
        pytest.param(BY_ORGANIZATION, shared_with(organizations=(STRANGER,)), "", id="organization: another one"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), ORGANIZATION_ARN, id="organization: another AMI"),
        pytest.param(BY_ORGANIZATION, shared_with(**UNIT), UNIT_ARN, id="organization: an OU of it"),
        pytest.param(BY_UNIT, shared_with(), "", id="OU: nobody"),
        pytest.param(BY_UNIT, shared_with(**UNIT), UNIT_ARN, id="OU: another AMI"),
        pytest.param(BY_UNIT, shared_with(units=(OTHER_UNIT,)), OTHER_UNIT, id="OU: another one, maybe within"),
        pytest.param(BY_UNIT, shared_with(**ORGANIZATION), ORGANIZATION_ARN, id="OU: the whole organization"),
    ],
)
def test_kept__organizations_and_units(given, other, reason):
    there = shared_with(**ORGANIZATION) if given is BY_ORGANIZATION else shared_with(**UNIT)
    facts = read(web(there, ORGANIZATIONS, UNITS))

    found = decided(asked(**given), facts, on_key(), second(permissions=other))

    assert list(kept(found).values()) == (
        [f"{DB} is still shared with {reason}, of the same organization"] if reason else []
    )
    assert (written(found) is None) is bool(reason)


@pytest.mark.parametrize(
    ("asked_about", "known"),
    [
        pytest.param([members(ORGANIZATION_ARN, ALICE)], "which belongs to it", id="a member"),
        pytest.param([members(ORGANIZATION_ARN, BOB)], "", id="no member"),
        pytest.param([], "and whether that belongs to it is not known (AWS Organizations was not asked)", id="unknown"),
    ],
)
def test_kept__an_account_may_use_the_key_by_the_statement_of_its_organization(asked_about, known):
    """Shared by the console, say, it has no grant of its own."""
    facts = read(web(shared_with(**ORGANIZATION), ORGANIZATIONS))

    found = decided(
        asked(**BY_ORGANIZATION), facts, on_key(), second(permissions=shared_with(ALICE)), members=asked_about
    )

    assert kept(found) == ({ORGANIZATION_ARN: f"{DB} is still shared with {ALICE}, {known}"} if known else {})


def test_kept__an_organization_whose_key_policy_could_not_be_read():
    found = decided(asked(**BY_ORGANIZATION), read(on_key(permissions=shared_with(**ORGANIZATION), policy=DENIED)))

    [reason] = kept(found).values()
    assert reason.startswith(
        "the key policy could not be read, so that its statements are not known (kms:GetKeyPolicy as me"
    )


def test_kept__an_organization_beside_an_account_whose_grants_go():
    request = asked(account_ids=[ALICE], organization_arns=ORGANIZATION_ARN)
    facts = read(on_key(permissions=shared_with(ALICE, **ORGANIZATION), policy=DENIED, grants=(grant(ALICE),)))

    found = decided(request, facts)

    assert (going(found), list(kept(found))) == ({KEY_ARN: [ALICE]}, [ORGANIZATION_ARN])


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        pytest.param([UNIT_PATH], None, id="the only one"),
        pytest.param([UNIT_PATH, "o-exampleorgid/r-abcd/ou-abcd-otherunit0/*"], ["otherunit0"], id="beside another"),
        pytest.param(
            ["o-exampleorgid/r-abcd/ou-abcd-moved0000/ou-abcd-exampleouid/*", UNIT_PATH], None, id="where it was before"
        ),
        pytest.param(
            ["o-exampleorgid/r-abcd/ou-abcd-exampleouid/ou-abcd-otherunit0/*"], "unchanged", id="one that is below it"
        ),
        pytest.param(["o-strangers00/r-abcd/ou-abcd-exampleouid/*"], "unchanged", id="of another organization"),
    ],
)
def test_units__by_the_path_that_the_statement_has(paths, left):
    found = decided(asked(**BY_UNIT), read(web(shared_with(**UNIT), of_units(*paths))))

    there = written(found)
    if left == "unchanged":
        assert there is None
    else:
        named = there.get("GoldenAmiOrganizationalUnits")
        assert (named is None) is (left is None)
        assert all(one in json.dumps(named) for one in left or ()) and UNIT_PATH not in json.dumps(named)


def test_statements__each_kind_loses_those_who_were_named_in_one_writing():
    request = asked(
        account_ids=[ALICE],
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        grantee_patterns=PATTERNS,
    )
    builder = "arn:aws:iam::123456789012:role/builder"
    accounts = of_accounts(ALICE, BOB, also=[ROLE.format(ALICE), SCALING.format(ALICE), builder])
    actual = shared_with(ALICE, **ORGANIZATION, **UNIT)

    found = decided(request, read(web(actual, accounts, ORGANIZATIONS, UNITS, AUTO_SCALING)))

    left = written(found)
    assert sorted(left) == ["GoldenAmiAccounts", "GoldenAmiAutoScaling"]
    # The builder of PATTERNS, which serves all consumers, stays.
    assert left["GoldenAmiAccounts"]["Principal"]["AWS"] == sorted([ROOT.format(BOB), builder])
    assert left["GoldenAmiAutoScaling"]["Principal"]["AWS"] == SCALING.format(BOB)


def test_statements__the_role_of_auto_scaling_that_a_pattern_put_among_the_accounts():
    """Left behind it would keep the account's Auto Scaling on the key."""
    accounts = statement([SCALING.format(ALICE), ROOT.format(BOB)], Sid="GoldenAmiAccounts")

    left = written(decided(asked(), read(web(shared_with(ALICE), accounts))))

    assert left["GoldenAmiAccounts"]["Principal"]["AWS"] == ROOT.format(BOB)


@pytest.mark.parametrize(
    ("statements", "left"),
    [
        ([], None),
        ([of_accounts(ALICE)], []),
        ([of_accounts(BOB)], None),
        ([of_accounts(ALICE, sid="Accounts"), of_accounts(ALICE, sid="OtherAccounts")], None),
    ],
)
def test_statements__only_those_that_are_there_and_ours(statements, left):
    found = decided(asked(), read(web(shared_with(ALICE), *statements)))

    there = written(found)
    assert (list(there) if there is not None else None) == left


def test_statements__of_others_are_left_as_they_are():
    foreign = statement(ROOT.format(ALICE), Sid="Somebody else's")

    [decision] = decided(asked(), read(web(shared_with(ALICE), foreign, of_accounts(ALICE)))).values()

    text = json.loads(decision.removal.policy.change.text)
    assert text["Statement"] == [ADMINISTRATION, foreign]


def test_statements__another_beginning_of_sids():
    accounts = of_accounts(ALICE, sid="WebAccounts")

    assert written(decided(asked(), read(web(shared_with(ALICE), accounts)))) is None
    [decision] = decided(asked(statement_sid="Web"), read(web(shared_with(ALICE), accounts))).values()
    assert decision.removal.policy.change is not None


def test_statements__one_that_is_not_like_ours_is_refused_and_not_guessed_at():
    narrowed = statement(
        ROOT.format(ALICE), Sid="GoldenAmiAccounts", Condition={"Bool": {"aws:SecureTransport": "true"}}
    )

    [refusal] = refused(asked(), read(web(shared_with(ALICE), narrowed)))

    assert "does not have the form that this module writes" in refusal


def test_statements__what_lets_the_same_consumers_make_grants_goes_as_well():
    """Also where only that is left, of a run that stopped in between."""
    sid = grants_sid("GoldenAmiAccounts")
    grants = statement(ROOT.format(ALICE), Sid=sid, Action="kms:CreateGrant", Condition=FOR_SERVICES)

    both = decided(asked(), read(web(shared_with(ALICE), of_accounts(ALICE, BOB), grants)))
    alone = decided(asked(), read(web(shared_with(ALICE), grants)))

    assert (list(written(both)), written(alone)) == (["GoldenAmiAccounts"], {})


def test_units__of_the_statement_that_lets_them_make_grants_as_well():
    sid = grants_sid("GoldenAmiOrganizationalUnits")
    grants = {**of_units(UNIT_PATH), "Sid": sid, "Action": "kms:CreateGrant"}
    grants["Condition"] = {**grants["Condition"], **FOR_SERVICES}

    assert written(decided(asked(**BY_UNIT), read(web(shared_with(**UNIT), UNITS, grants)))) == {}
    assert written(decided(asked(**BY_UNIT), read(web(shared_with(**UNIT), grants)))) == {}
