# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading an organization: how many calls, what one failure hides, pages, and whose credentials are used."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._organization import read as organizations
from ansible_collections.golden.ami.plugins.module_utils._organization.model import Account, Query
from tests.unit.fake_aws import Error, FakeAws, example

HOME = "us-east-1"
MANAGEMENT = "111122223333"
ARN = f"arn:aws:organizations::{MANAGEMENT}:organization/o-exampleorgid"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/read-organization"
ROOT, OUTER, INNER, SIDE = "r-abcd", "ou-abcd-outer001", "ou-abcd-inner001", "ou-abcd-side0001"
PARENTS = {INNER: OUTER, OUTER: ROOT, SIDE: ROOT}
ACCOUNTS = {OUTER: ["1" * 12], INNER: ["2" * 12, "3" * 12], SIDE: []}
PATH = f"o-exampleorgid/{ROOT}/{OUTER}/"


def unit_arn(unit):
    return f"arn:aws:organizations::{MANAGEMENT}:ou/o-exampleorgid/{unit}"


def query(*arns, accounts=False, role_arn="", external_id=""):
    return Query(arns, HOME, accounts, role_arn, external_id)


def listed(account_id, **given):
    return {"Id": account_id, "Name": f"name of {account_id}", **given}


@pytest.fixture
def management(aws: FakeAws) -> FakeAws:
    """The management account: ``OUTER`` with ``INNER`` in it, and ``SIDE``."""

    def parents(_region, params):
        parent = PARENTS.get(params["ChildId"])
        if parent is None:
            return Error("ChildNotFoundException")
        return {"Parents": [{"Id": parent, "Type": "ROOT" if parent == ROOT else "ORGANIZATIONAL_UNIT"}]}

    def units(_region, params):
        return {"OrganizationalUnits": [{"Id": one} for one, above in PARENTS.items() if above == params["ParentId"]]}

    own = {"Id": "o-exampleorgid", "Arn": ARN}
    everybody = [listed(one) for one in [MANAGEMENT, *(one for right_in in ACCOUNTS.values() for one in right_in)]]
    aws.answers.update(
        DescribeOrganization=lambda _region, _params: {"Organization": own},
        ListParents=parents,
        ListAccounts=lambda _region, _params: {"Accounts": everybody},
        ListAccountsForParent=lambda _region, params: {
            "Accounts": [listed(one) for one in ACCOUNTS[params["ParentId"]]]
        },
        ListOrganizationalUnitsForParent=units,
    )
    return aws


def ids(fact):
    return [one.account.account_id for one in fact.accounts]


def test_read__the_callers_own_organization(management):
    (fact,) = organizations.read(management, query())

    assert management.operations() == ["DescribeOrganization"]
    assert (fact.arn, fact.organization.management_account_id) == (ARN, MANAGEMENT)
    assert (fact.path, fact.accounts) == (None, None)


def test_read__the_callers_own_organization_with_its_accounts(management):
    (fact,) = organizations.read(management, query(accounts=True))

    assert management.operations() == ["DescribeOrganization", "ListAccounts"]
    assert ids(fact) == [MANAGEMENT, "1" * 12, "2" * 12, "3" * 12]
    assert {one.path for one in fact.accounts} == {None}


def test_read__paths_with_each_unit_asked_for_once(management):
    facts = organizations.read(management, query(unit_arn(INNER), unit_arn(OUTER), unit_arn(SIDE)))

    assert [fact.path for fact in facts] == [f"{PATH}{INNER}/", PATH, f"o-exampleorgid/{ROOT}/{SIDE}/"]
    assert [fact.accounts for fact in facts] == [None, None, None]
    asked = [params["ChildId"] for _region, name, params in management.calls if name == "ListParents"]
    assert sorted(asked) == sorted([INNER, OUTER, SIDE])


def test_read__a_parent_that_is_no_target_is_asked_for_too(management):
    (fact,) = organizations.read(management, query(unit_arn(INNER)))

    assert fact.path == f"{PATH}{INNER}/"
    assert management.operations("ListParents") == ["ListParents"] * 2


def test_read__accounts_of_a_unit_and_of_the_units_below_it_each_read_once(management):
    facts = organizations.read(management, query(unit_arn(OUTER), unit_arn(INNER), unit_arn(SIDE), accounts=True))

    assert [ids(fact) for fact in facts] == [["1" * 12, "2" * 12, "3" * 12], ["2" * 12, "3" * 12], []]
    assert [one.path for one in facts[0].accounts] == [PATH, f"{PATH}{INNER}/", f"{PATH}{INNER}/"]
    for operation in ("ListAccountsForParent", "ListOrganizationalUnitsForParent"):
        asked = [params["ParentId"] for _region, name, params in management.calls if name == operation]
        assert sorted(asked) == sorted([OUTER, INNER, SIDE])
    assert management.operations("ListAccounts") == []


def test_read__in_the_order_of_the_arns(management):
    arns = [unit_arn(SIDE), ARN, unit_arn(OUTER)]

    assert [fact.arn for fact in organizations.read(management, query(*arns, accounts=True))] == arns


def test_read__strange_arns_are_not_asked_about(management):
    other = unit_arn(OUTER).replace("o-exampleorgid", "o-otherorgid0")
    wrong = unit_arn(INNER).replace(MANAGEMENT, "444455556666")

    facts = organizations.read(management, query(other, wrong, unit_arn(SIDE), accounts=True))

    assert [fact.organization.code for fact in facts[:2]] == ["other_organization", "wrong_management_account"]
    assert ids(facts[2]) == []
    assert {params.get("ChildId", SIDE) for _region, _name, params in management.calls} == {SIDE}


def test_read__a_unit_that_does_not_exist_hides_no_other(management):
    missing, found = organizations.read(management, query(unit_arn("ou-abcd-gone0001"), unit_arn(OUTER), accounts=True))

    assert (missing.path.code, missing.accounts) == ("ChildNotFoundException", None)
    assert (found.path, len(found.accounts)) == (PATH, 3)


@pytest.mark.parametrize("operation", ["ListAccountsForParent", "ListOrganizationalUnitsForParent"])
def test_read__a_nested_unit_that_cannot_be_read(management, operation):
    answer = management.answers[operation]
    management.answers[operation] = lambda region, params: (
        Error("AccessDeniedException") if params["ParentId"] == INNER else answer(region, params)
    )

    outer, side = organizations.read(management, query(unit_arn(OUTER), unit_arn(SIDE), accounts=True))

    assert outer.path == PATH
    assert (outer.accounts.code, outer.accounts.action) == ("AccessDeniedException", f"organizations:{operation}")
    assert side.accounts == ()


def test_read__a_member_account_reads_its_organization_and_no_unit(management):
    for operation in ("ListParents", "ListAccounts"):
        management.answers[operation] = lambda _region, _params: Error("AccessDeniedException")

    whole, unit = organizations.read(management, query(ARN, unit_arn(OUTER), accounts=True))

    assert whole.organization.organization_id == "o-exampleorgid"
    assert (whole.accounts.code, unit.path.code, unit.accounts) == (*["AccessDeniedException"] * 2, None)
    assert "delegated administrators" in unit.path.next_step


@pytest.mark.parametrize("arns", [(), (ARN, unit_arn(OUTER))])
def test_read__without_an_organization_no_target_is_read(management, arns):
    management.answers["DescribeOrganization"] = lambda _region, _params: Error("AWSOrganizationsNotInUseException")

    facts = organizations.read(management, query(*arns, accounts=True))

    assert [fact.arn for fact in facts] == list(arns or (None,))
    assert {fact.organization.code for fact in facts} == {"AWSOrganizationsNotInUseException"}
    assert management.operations() == ["DescribeOrganization"]


def credentials(key):
    return {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2036-01-01T00:00:00Z"}


def test_read__as_a_role(management):
    management.answers["AssumeRole"] = lambda _region, _params: {"Credentials": credentials("ASIAEXAMPLEEXAMPLE01")}

    found, missing = organizations.read(management, query(unit_arn(OUTER), unit_arn("ou-abcd-gone0001"), role_arn=ROLE))

    assert management.operations()[:2] == ["AssumeRole", "DescribeOrganization"]
    assert management.access_keys[0] == "AKIAEXAMPLE"
    assert set(management.access_keys[1:]) == {"ASIAEXAMPLEEXAMPLE01"}
    assert found.path == PATH
    assert missing.path.caller == ROLE


@pytest.mark.parametrize("external_id", ["", "our-own"])
def test_read__the_external_id_that_the_role_asks_for(management, external_id):
    management.answers["AssumeRole"] = lambda _region, _params: {"Credentials": credentials("ASIAEXAMPLEEXAMPLE01")}

    organizations.read(management, query(role_arn=ROLE, external_id=external_id))

    assert management.calls[0][2].get("ExternalId", "") == external_id


def test_read__strange_arns_have_no_caller(management):
    management.answers["AssumeRole"] = lambda _region, _params: {"Credentials": credentials("ASIAEXAMPLEEXAMPLE01")}
    other = ARN.replace("o-exampleorgid", "o-otherorgid0")

    (fact,) = organizations.read(management, query(other, role_arn=ROLE))

    assert (fact.organization.code, fact.organization.caller) == ("other_organization", "")


def test_read__a_role_that_cannot_be_assumed(management):
    management.answers["AssumeRole"] = lambda _region, _params: Error("AccessDenied", "not you", 403)

    facts = organizations.read(management, query(ARN, unit_arn(OUTER), role_arn=ROLE))

    assert management.operations() == ["AssumeRole"]
    assert [(fact.organization.action, fact.organization.caller) for fact in facts] == [("sts:AssumeRole", "")] * 2


def test_pages__an_empty_one_is_not_the_last(management):
    def accounts(_region, params):
        assert params["MaxResults"] == 20
        pages = {None: ([], "1"), "1": ([listed("1" * 12)], "2"), "2": ([], "3"), "3": ([listed("2" * 12)], None)}
        entries, following = pages[params.get("NextToken")]
        return {"Accounts": entries, **({"NextToken": following} if following else {})}

    def parents(_region, params):
        return (
            {"Parents": [{"Id": ROOT, "Type": "ROOT"}]} if "NextToken" in params else {"Parents": [], "NextToken": "1"}
        )

    management.answers.update(ListAccounts=accounts, ListParents=parents)

    whole, unit = organizations.read(management, query(ARN, unit_arn(SIDE), accounts=True))

    assert ids(whole) == ["1" * 12, "2" * 12]
    assert unit.path == f"o-exampleorgid/{ROOT}/{SIDE}/"


def test_list_parent__none_at_all(management):
    management.answers["ListParents"] = lambda _region, _params: {"Parents": []}

    (fact,) = organizations.read(management, query(unit_arn(SIDE)))

    assert isinstance(fact.path, Failure)
    assert (fact.path.code, SIDE in fact.path.message) == ("no_parent", True)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        pytest.param({"State": "CLOSED", "Status": "SUSPENDED"}, "CLOSED", id="State is preferred"),
        pytest.param({"Status": "SUSPENDED"}, "SUSPENDED", id="an SDK without State"),
        pytest.param({}, None, id="neither"),
    ],
)
def test_account__state(management, answer, state):
    management.answers["ListAccounts"] = lambda _region, _params: {"Accounts": [listed("1" * 12, **answer)]}

    (fact,) = organizations.read(management, query(accounts=True))

    assert fact.accounts[0].account == Account("1" * 12, f"name of {'1' * 12}", state)


EXAMPLES = {
    "DescribeOrganization": "to-get-information-about-an-organization-147",
    "ListParents": "to-retrieve-a-list-of-all-of-the-parents",
    "ListAccounts": "to-retrieve-a-list-of-all-of-the-accounts-in-an-organization",
    "ListAccountsForParent": "to-retrieve-a-list-of-all-of-the-accounts-in-a-root-or-ou",
    "ListOrganizationalUnitsForParent": "to-retrieve-a-list-of-all-of-the-OUs",
}


def test_published_examples__of_aws(aws):
    published = {operation: example("organizations", example_id)[1] for operation, example_id in EXAMPLES.items()}
    aws.answers.update({name: lambda _region, _params, answer=answer: answer for name, answer in published.items()})
    aws.prepare("organizations", [HOME])
    client = aws.client("organizations", HOME)

    own = organizations.describe_organization(client, HOME)
    assert (own.organization_id, own.management_account_id) == ("o-exampleorgid", "111111111111")
    assert organizations.list_parent(client, HOME, "ou-examplerootid111-exampleouid222") == (
        "ou-examplerootid111-exampleouid111",
        False,
    )
    assert [account.state for account in organizations.list_accounts(client, HOME)] == ["ACTIVE"] * 4
    unit = organizations.read_unit(client, HOME, "ou-examplerootid111-exampleouid111")
    assert unit.accounts[0] == Account("333333333333", "Development Account", "ACTIVE")
    assert unit.units == ("ou-examplerootid111-exampleouid111", "ou-examplerootid111-exampleouid222")
