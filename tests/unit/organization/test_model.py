# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations: what a task may name, paths, the accounts below a unit, and what is shown of what could not be read."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._organization.model import (
    Account,
    Organization,
    PlacedAccount,
    Query,
    TargetFacts,
    Unit,
    accounts_below,
    check_belongs,
    kind_of,
    parse_query,
    path_of,
    show_target,
)

KNOWN = {
    "eu-west-1": "aws",
    "us-east-1": "aws",
    "cn-north-1": "aws-cn",
    "us-gov-east-1": "aws-us-gov",
    "us-iso-east-1": "aws-iso",
}
ORGANIZATION = Organization(
    "o-exampleorgid", "arn:aws:organizations::111122223333:organization/o-exampleorgid", "111122223333"
)
UNIT_ARN = "arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid"
OUTER, INNER, SIDE, ROOT = "ou-abcd-outer001", "ou-abcd-inner001", "ou-abcd-side0001", "r-abcd"
ROLE = "arn:aws:iam::111122223333:role/read-organization"
DENIED = Failure("AccessDeniedException", "no", "", "organizations:ListParents", "us-east-1")


def params(**given):
    options = ("organization_arns", "organizational_unit_arns", "assume_role_arn", "assume_role_external_id")
    return {**dict.fromkeys(options), "accounts": False, **given}


def in_partition(arn, partition):
    return arn.replace("arn:aws:", f"arn:{partition}:")


def refused(region=None, **given):
    with pytest.raises(InputError) as raised:
        parse_query(params(**given), region, KNOWN)
    return raised.value.problems


@pytest.mark.parametrize(
    ("given", "region", "query"),
    [
        pytest.param({}, None, Query((), "us-east-1", False, ""), id="nothing is the caller's own"),
        pytest.param({}, "eu-west-1", Query((), "eu-west-1", False, ""), id="in the module's Region"),
        pytest.param({}, "cn-north-1", Query((), "cn-north-1", False, ""), id="in another partition"),
        pytest.param(
            {"organizational_unit_arns": [UNIT_ARN], "organization_arns": [ORGANIZATION.arn], "accounts": True},
            None,
            Query((ORGANIZATION.arn, UNIT_ARN), "us-east-1", True, ""),
            id="organizations first",
        ),
        pytest.param(
            {"organizational_unit_arns": [UNIT_ARN, UNIT_ARN], "organization_arns": []},
            None,
            Query((UNIT_ARN,), "us-east-1", False, ""),
            id="duplicates are dropped, one of the lists may be empty",
        ),
        pytest.param(
            {"organization_arns": [in_partition(ORGANIZATION.arn, "aws-cn")]},
            None,
            Query((in_partition(ORGANIZATION.arn, "aws-cn"),), "cn-northwest-1", False, ""),
            id="the home of China",
        ),
        pytest.param(
            {"assume_role_arn": in_partition(ROLE, "aws-us-gov")},
            None,
            Query((), "us-gov-west-1", False, in_partition(ROLE, "aws-us-gov")),
            id="the home of GovCloud, from the role",
        ),
        pytest.param(
            {"assume_role_arn": in_partition(ROLE, "aws-iso")},
            None,
            Query((), "us-iso-east-1", False, in_partition(ROLE, "aws-iso")),
            id="a partition whose Regions only botocore knows",
        ),
        pytest.param({"assume_role_arn": ""}, None, Query((), "us-east-1", False, ""), id="an empty role is none"),
    ],
)
def test_parse_query(given, region, query):
    assert parse_query(params(**given), region, KNOWN) == query


def test_parse_query__every_problem_at_once():
    problems = refused(
        "eu-wst-1",
        organization_arns=["o-exampleorgid", UNIT_ARN],
        organizational_unit_arns=["ou-abcd-exampleouid"],
        assume_role_arn="read-organization",
        assume_role_external_id="x",
    )

    starts = [
        "organization_arns: 'o-exampleorgid'",
        f"organization_arns: '{UNIT_ARN}'",
        "organizational_unit_arns: 'ou-abcd-exampleouid'",
        "assume_role_arn: 'read-organization'",
        "assume_role_external_id: 'x'",
        "region: 'eu-wst-1'",
    ]
    assert [problem.startswith(start) for problem, start in zip(problems, starts, strict=True)] == [True] * 6


def test_parse_query__an_external_id_goes_with_a_role():
    assert list(refused(assume_role_external_id="our-own")) == ["assume_role_external_id: requires assume_role_arn."]
    assert parse_query(params(assume_role_arn=ROLE, assume_role_external_id="our-own"), None, KNOWN) == Query(
        (), "us-east-1", False, ROLE, "our-own"
    )
    assert parse_query(params(assume_role_arn=ROLE, assume_role_external_id=""), None, KNOWN).external_id == ""


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({"organization_arns": []}, "organization_arns: "),
        ({"organizational_unit_arns": []}, "organizational_unit_arns: "),
        ({"organization_arns": [], "organizational_unit_arns": []}, "organization_arns, organizational_unit_arns: "),
    ],
)
def test_parse_query__an_empty_list_is_not_the_callers_own(given, options):
    (problem,) = refused(**given)

    assert problem.startswith(f"{options}is empty")


@pytest.mark.parametrize(
    ("region", "given", "said"),
    [
        pytest.param(
            None,
            {"organization_arns": [ORGANIZATION.arn, in_partition(ORGANIZATION.arn, "aws-cn")]},
            "2 partitions (aws, aws-cn)",
            id="ARNs",
        ),
        pytest.param(
            None,
            {"organization_arns": [ORGANIZATION.arn], "assume_role_arn": in_partition(ROLE, "aws-us-gov")},
            "2 partitions (aws, aws-us-gov)",
            id="the role",
        ),
        pytest.param(
            "eu-west-1",
            {"organizational_unit_arns": [in_partition(UNIT_ARN, "aws-cn")]},
            "eu-west-1 is in the partition 'aws', the ARNs are in 'aws-cn'; give cn-northwest-1",
            id="the Region",
        ),
        pytest.param(None, {"organization_arns": [in_partition(ORGANIZATION.arn, "aws-x")]}, "'aws-x'", id="unknown"),
    ],
)
def test_parse_query__one_partition(region, given, said):
    (problem,) = refused(region, **given)

    assert said in problem


@pytest.mark.parametrize(
    ("arn", "kind"),
    [(None, "organization"), (ORGANIZATION.arn, "organization"), (UNIT_ARN, "organizational_unit")],
)
def test_kind_of(arn, kind):
    assert kind_of(arn) == kind


@pytest.mark.parametrize("arn", [ORGANIZATION.arn, UNIT_ARN])
def test_check_belongs__to_the_callers_organization(arn):
    assert check_belongs(arn, ORGANIZATION) is None


@pytest.mark.parametrize("arn", [ORGANIZATION.arn, UNIT_ARN])
def test_check_belongs__to_another_organization(arn):
    failure = check_belongs(arn.replace("o-exampleorgid", "o-otherorgid0"), ORGANIZATION)

    assert (failure.code, failure.action) == ("other_organization", "")
    assert "o-otherorgid0 cannot be read with these credentials: the caller is in o-exampleorgid" in failure.message
    assert "o-otherorgid0" in failure.next_step and "assume_role_arn" in failure.next_step


@pytest.mark.parametrize("arn", [ORGANIZATION.arn, UNIT_ARN])
def test_check_belongs__a_wrong_management_account(arn):
    """EC2 may take such an ARN for somebody else's, while AWS Organizations looks at the ID alone."""
    failure = check_belongs(arn.replace("111122223333", "444455556666"), ORGANIZATION)

    assert failure.code == "wrong_management_account"
    assert "111122223333" in failure.message
    assert failure.next_step == f"Write {arn}."


@pytest.mark.parametrize(
    ("unit", "path"),
    [
        (OUTER, f"o-exampleorgid/r-abcd/{OUTER}/"),
        (INNER, f"o-exampleorgid/r-abcd/{OUTER}/{INNER}/"),
        (SIDE, DENIED),
    ],
)
def test_path_of__from_the_organization_through_the_root(unit, path):
    parents = {INNER: OUTER, OUTER: ROOT, ROOT: None, SIDE: "ou-abcd-denied01", "ou-abcd-denied01": DENIED}

    assert path_of(ORGANIZATION, parents, unit) == path


ALICE, BOB, CAROL = (Account(12 * digit, digit, "ACTIVE") for digit in "123")


def test_accounts_below__with_the_path_of_the_unit_that_each_is_right_in():
    tree = {OUTER: Unit((ALICE,), (SIDE, INNER)), SIDE: Unit((), ()), INNER: Unit((BOB, CAROL), ())}

    assert accounts_below(tree, OUTER, "o/r/outer/") == (
        PlacedAccount(ALICE, "o/r/outer/"),
        PlacedAccount(BOB, f"o/r/outer/{INNER}/"),
        PlacedAccount(CAROL, f"o/r/outer/{INNER}/"),
    )
    assert accounts_below(tree, SIDE, "o/r/outer/side/") == ()


def test_accounts_below__a_part_of_them_is_not_all():
    tree = {OUTER: Unit((ALICE,), (SIDE, INNER)), SIDE: Unit((BOB,), ()), INNER: DENIED}

    assert accounts_below(tree, OUTER, "o/r/outer/") == DENIED
    assert accounts_below(tree, SIDE, "o/r/outer/side/") == (PlacedAccount(BOB, "o/r/outer/side/"),)


PATH = "o-exampleorgid/r-abcd/ou-abcd-exampleouid/"
KNOWN_ORGANIZATION = {"organization_id": "o-exampleorgid", "management_account_id": "111122223333"}
UNKNOWN_ORGANIZATION = {"organization_id": None, "management_account_id": None}


@pytest.mark.parametrize(
    ("facts", "shown", "error"),
    [
        pytest.param(
            TargetFacts(ORGANIZATION.arn, ORGANIZATION),
            {**KNOWN_ORGANIZATION, "kind": "organization", "path": None, "accounts": None},
            None,
            id="an organization",
        ),
        pytest.param(
            TargetFacts(ORGANIZATION.arn, ORGANIZATION, None, (PlacedAccount(ALICE, None),)),
            {
                **KNOWN_ORGANIZATION,
                "kind": "organization",
                "path": None,
                "accounts": [{"account_id": "1" * 12, "name": "1", "state": "ACTIVE", "path": None}],
            },
            None,
            id="its accounts",
        ),
        pytest.param(
            TargetFacts(None, DENIED),
            {**UNKNOWN_ORGANIZATION, "kind": "organization", "path": None, "accounts": None},
            "AccessDeniedException",
            id="nothing is known",
        ),
        pytest.param(
            TargetFacts(UNIT_ARN, ORGANIZATION, PATH, ()),
            {**KNOWN_ORGANIZATION, "kind": "organizational_unit", "path": PATH, "accounts": []},
            None,
            id="a unit without accounts",
        ),
        pytest.param(
            TargetFacts(UNIT_ARN, ORGANIZATION, DENIED),
            {**KNOWN_ORGANIZATION, "kind": "organizational_unit", "path": None, "accounts": None},
            "AccessDeniedException",
            id="no path",
        ),
        pytest.param(
            TargetFacts(UNIT_ARN, ORGANIZATION, PATH, DENIED),
            {**KNOWN_ORGANIZATION, "kind": "organizational_unit", "path": PATH, "accounts": None},
            "AccessDeniedException",
            id="a path and no accounts",
        ),
    ],
)
def test_show_target__what_could_not_be_read_is_never_nothing(facts, shown, error):
    result = show_target(None, facts).as_info()

    assert list(result) == [
        "arn",
        "kind",
        "organization_id",
        "management_account_id",
        "path",
        "accounts",
        "error",
    ]
    assert {key: result[key] for key in shown} == shown
    assert result["arn"] == facts.arn
    assert (result["error"] or {}).get("code") == error
