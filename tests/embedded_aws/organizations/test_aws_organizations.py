# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations: who may read one, and how its units, accounts and pages are listed."""

from __future__ import annotations

from typing import Any

import pytest

SERVICE = "ssm.amazonaws.com"


class Tree:
    """An organization of the owner: root, ``outer`` and ``inner`` unit, with an account directly in each of them."""

    def __init__(self, cloud: Any) -> None:
        self.client = cloud.client("organizations", region="us-east-1")
        self.organization = self.client.create_organization(FeatureSet="ALL")["Organization"]
        self.root = self.client.list_roots()["Roots"][0]["Id"]
        self.outer = self.unit(self.root, "outer")
        self.inner = self.unit(self.outer, "inner")
        self.at_root, self.in_outer, self.in_inner = (self.account(one) for one in (self.root, self.outer, self.inner))

    def unit(self, parent: str, name: str) -> str:
        return self.client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]

    def account(self, parent: str) -> str:
        made = self.client.create_account(AccountName="one", Email="one@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        if parent != self.root:
            self.client.move_account(AccountId=made, SourceParentId=self.root, DestinationParentId=parent)
        return made


@pytest.fixture
def tree(cloud):
    return Tree(cloud)


READS = [
    ("list_roots", lambda tree: {}),
    ("list_accounts", lambda tree: {}),
    ("list_parents", lambda tree: {"ChildId": tree.inner}),
    ("list_children", lambda tree: {"ParentId": tree.outer, "ChildType": "ACCOUNT"}),
    ("list_accounts_for_parent", lambda tree: {"ParentId": tree.outer}),
    ("list_organizational_units_for_parent", lambda tree: {"ParentId": tree.outer}),
    ("describe_account", lambda tree: {"AccountId": tree.in_outer}),
    ("describe_organizational_unit", lambda tree: {"OrganizationalUnitId": tree.outer}),
]


def without_metadata(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


@pytest.mark.parametrize(("operation", "request_of"), READS)
def test_only_the_management_account_and_delegated_administrators_read(cloud, tree, operation, request_of):
    member = cloud.client("organizations", tree.in_outer, "us-east-1")
    with cloud.refused("AccessDeniedException", 400):
        getattr(member, operation)(**request_of(tree))
    tree.client.register_delegated_administrator(AccountId=tree.in_outer, ServicePrincipal=SERVICE)
    seen = [without_metadata(getattr(client, operation)(**request_of(tree))) for client in (member, tree.client)]
    assert seen[0] == seen[1]
    tree.client.deregister_delegated_administrator(AccountId=tree.in_outer, ServicePrincipal=SERVICE)
    with cloud.refused("AccessDeniedException", 400):
        getattr(member, operation)(**request_of(tree))


def test_every_member_knows_its_organization(cloud, tree):
    member = cloud.client("organizations", tree.in_inner, "us-east-1")
    assert member.describe_organization()["Organization"]["Id"] == tree.organization["Id"]
    assert member.describe_organization()["Organization"]["MasterAccountId"] == cloud.owner


@pytest.mark.parametrize("operation", ["describe_organization", "list_roots", "list_accounts"])
def test_an_account_without_an_organization(cloud, tree, operation):
    with cloud.refused("AWSOrganizationsNotInUseException", 400):
        getattr(cloud.client("organizations", cloud.stranger, "us-east-1"), operation)()


def test_a_reset_forgets_who_was_in_an_organization(cloud, tree):
    member = cloud.client("organizations", tree.in_inner, "us-east-1")
    cloud.aws.reset()
    with cloud.refused("AWSOrganizationsNotInUseException"):
        member.describe_organization()


def test_parents_up_to_the_root(cloud, tree):
    seen = [tree.client.list_parents(ChildId=child)["Parents"] for child in (tree.in_inner, tree.inner, tree.outer)]
    kind = "ORGANIZATIONAL_UNIT"
    assert seen == [
        [{"Id": tree.inner, "Type": kind}],
        [{"Id": tree.outer, "Type": kind}],
        [{"Id": tree.root, "Type": "ROOT"}],
    ]


@pytest.mark.parametrize(
    ("operation", "option", "code"),
    [
        ("list_parents", "ChildId", "ChildNotFoundException"),
        ("list_accounts_for_parent", "ParentId", "ParentNotFoundException"),
        ("list_organizational_units_for_parent", "ParentId", "ParentNotFoundException"),
        ("describe_organizational_unit", "OrganizationalUnitId", "OrganizationalUnitNotFoundException"),
    ],
)
def test_a_unit_that_does_not_exist(cloud, tree, operation, option, code):
    with cloud.refused(code, 400):
        getattr(tree.client, operation)(**{option: "ou-abcd-exampleouid"})


def test_a_parent_lists_what_is_right_in_it(tree):
    def accounts(parent):
        return [one["Id"] for one in tree.client.list_accounts_for_parent(ParentId=parent)["Accounts"]]

    def units(parent):
        listed = tree.client.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]
        return [one["Id"] for one in listed]

    assert (accounts(tree.outer), units(tree.outer)) == ([tree.in_outer], [tree.inner])
    assert (accounts(tree.inner), units(tree.inner)) == ([tree.in_inner], [])


def test_pages_hold_no_more_than_twenty(cloud, tree):
    made = {tree.account(tree.inner) for _one in range(24)} | {tree.in_inner}
    for operation, request in (("list_accounts_for_parent", {"ParentId": tree.inner}), ("list_accounts", {})):
        first = getattr(tree.client, operation)(**request)
        assert len(first["Accounts"]) == 20
        assert first["NextToken"]
        pages = list(tree.client.get_paginator(operation).paginate(**request, PaginationConfig={"PageSize": 10}))
        assert [len(page["Accounts"]) for page in pages][:2] == [10, 10]
        listed = [one["Id"] for page in pages for one in page["Accounts"]]
        assert len(listed) == len(set(listed))
        assert made <= set(listed)
        with cloud.refused("InvalidInputException", 400):
            getattr(tree.client, operation)(**request, MaxResults=21)


def test_a_closed_account_is_suspended(tree):
    tree.client.close_account(AccountId=tree.in_outer)
    listed = tree.client.list_accounts_for_parent(ParentId=tree.outer)["Accounts"]
    states = {one["Id"]: (one["State"], one["Status"]) for one in [*listed, *tree.client.list_accounts()["Accounts"]]}
    assert states[tree.in_outer] == ("SUSPENDED", "SUSPENDED")
    assert states[tree.in_inner] == ("ACTIVE", "ACTIVE")


@pytest.mark.parametrize(("region", "partition"), [("cn-northwest-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_other_partitions_have_organizations_of_their_own(cloud, tree, region, partition):
    client = cloud.client("organizations", region=region)
    with cloud.refused("AWSOrganizationsNotInUseException"):
        client.describe_organization()
    arn = client.create_organization(FeatureSet="ALL")["Organization"]["Arn"]
    assert arn.startswith(f"arn:{partition}:organizations::{cloud.owner}:organization/o-")
