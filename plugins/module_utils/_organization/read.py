# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Organizations: what is read about an organization, its units and its accounts. boto3's dicts end here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from .._base import answers
from .._base.answers import Members
from .._base.outcome import Failure
from .._call.assumed_roles import assume
from .._call.errors import AwsCallError, calling
from .._call.fanout import fan_out
from .._call.session import Aws
from . import model as core
from .model import Account, Organization, PlacedAccount, Query, TargetFacts, Unit

T = TypeVar("T")

# The most that AWS Organizations returns in one page.
PAGE = 20
# Its rates are for the whole organization and low ("Quotas for AWS Organizations", throttling limits).
WORKERS = 8


def read(aws: Aws, query: Query) -> list[TargetFacts]:
    """Everything that a task asks for, in the order of its ARNs. One target that cannot be read hides no other."""
    if not query.role_arn:
        return _read(aws, query)
    acting = assume(aws, {query.role_arn: query.external_id}, query.region)[query.role_arn]
    if isinstance(acting, Failure):
        return _unread(query, acting)
    return [_called_by(fact, query.role_arn) for fact in _read(acting, query)]


def _unread(query: Query, failure: Failure) -> list[TargetFacts]:
    return [TargetFacts(arn, failure) for arn in query.arns or (None,)]


def _called_by(fact: TargetFacts, role_arn: str) -> TargetFacts:
    """The facts with the role as the caller of what failed."""

    def with_caller(part: Any) -> Any:
        return replace(part, caller=role_arn) if isinstance(part, Failure) and part.action else part

    return replace(
        fact,
        organization=with_caller(fact.organization),
        path=with_caller(fact.path),
        accounts=with_caller(fact.accounts),
    )


def _attempt(job: Callable[[], T]) -> T | Failure:
    (answer,) = fan_out([job])
    return answer


def _read(aws: Aws, query: Query) -> list[TargetFacts]:
    aws.prepare("organizations", [query.region])
    client = aws.client("organizations", query.region)
    organization = _attempt(functools.partial(describe_organization, client, query.region))
    if isinstance(organization, Failure):
        return _unread(query, organization)
    arns = query.arns or (organization.arn,)
    mismatches = {arn: core.check_belongs(arn, organization) for arn in arns}
    fine = [arn for arn in arns if mismatches[arn] is None]
    units = [core.unit_id(arn) for arn in fine if core.kind_of(arn) == core.UNIT]
    parents = read_parents(client, query.region, units)
    paths = {unit: core.path_of(organization, parents, unit) for unit in units}
    placed = [unit for unit in units if isinstance(paths[unit], str)]
    tree = read_units(client, query.region, placed) if query.accounts else {}
    everybody = _read_accounts(client, query.region) if query.accounts and len(units) < len(fine) else None

    def facts(arn: str) -> TargetFacts:
        wrong = mismatches[arn]
        if wrong:
            return TargetFacts(arn, wrong)
        if core.kind_of(arn) == core.ORGANIZATION:
            return TargetFacts(arn, organization, accounts=everybody)
        unit = core.unit_id(arn)
        path = paths[unit]
        if not query.accounts or isinstance(path, Failure):
            return TargetFacts(arn, organization, path)
        return TargetFacts(arn, organization, path, core.accounts_below(tree, unit, path))

    return [facts(arn) for arn in arns]


def _read_accounts(client: Any, region: str) -> tuple[PlacedAccount, ...] | Failure:
    found = _attempt(functools.partial(list_accounts, client, region))
    return found if isinstance(found, Failure) else tuple(PlacedAccount(account, None) for account in found)


def read_parents(client: Any, region: str, units: Iterable[str]) -> dict[str, str | Failure | None]:
    """The parent of each unit and of all units above it, each asked for once, and all of one level at once.

    The root is its own key, with None.
    """

    def above(parent: tuple[str, bool]) -> list[str]:
        return [] if parent[1] else [parent[0]]

    found = _level_by_level(units, functools.partial(list_parent, client, region), above)
    roots = {parent[0]: None for parent in found.values() if not isinstance(parent, Failure) and parent[1]}
    parents = {unit: parent if isinstance(parent, Failure) else parent[0] for unit, parent in found.items()}
    return {**parents, **roots}


def read_units(client: Any, region: str, units: Iterable[str]) -> dict[str, Unit | Failure]:
    """What is in each unit and in all units below it, each read once, and all of one level at once."""
    return _level_by_level(units, functools.partial(read_unit, client, region), lambda unit: unit.units)


def _level_by_level(
    first: Iterable[str], call: Callable[[str], T], following: Callable[[T], Sequence[str]]
) -> dict[str, T | Failure]:
    found: dict[str, T | Failure] = {}
    level = list(dict.fromkeys(first))
    while level:
        said = fan_out([functools.partial(call, one) for one in level], WORKERS)
        found.update(zip(level, said, strict=True))
        named = (one for answer in said if not isinstance(answer, Failure) for one in following(answer))
        level = [one for one in dict.fromkeys(named) if one not in found]
    return found


def describe_organization(client: Any, region: str) -> Organization:
    """The caller's organization; the one call that every member account may make."""
    with calling("organizations:DescribeOrganization", region):
        found = answers.part(client.describe_organization(), "Organization")
        arn = answers.text(found, "Arn")
        return Organization(answers.text(found, "Id"), arn, arn.split(":")[4])


def list_parent(client: Any, region: str, unit_id: str) -> tuple[str, bool]:
    """What directly contains a unit, and whether that is the root; a child has one parent (ListParents)."""
    for parent in _pages(client, region, "list_parents", "Parents", _parent, ChildId=unit_id):
        return parent
    message = f"AWS Organizations lists no parent of {unit_id}"
    raise AwsCallError(Failure("no_parent", message, "Run again.", "organizations:ListParents", region))


def read_unit(client: Any, region: str, unit_id: str) -> Unit:
    """The accounts and the units directly in a unit."""
    accounts = _pages(client, region, "list_accounts_for_parent", "Accounts", _account, ParentId=unit_id)
    operation, key = "list_organizational_units_for_parent", "OrganizationalUnits"
    return Unit(tuple(accounts), tuple(_pages(client, region, operation, key, _unit_id, ParentId=unit_id)))


def list_accounts(client: Any, region: str) -> tuple[Account, ...]:
    """All accounts of the organization, the management account too."""
    return tuple(_pages(client, region, "list_accounts", "Accounts", _account))


def _parent(found: Members) -> tuple[str, bool]:
    return answers.text(found, "Id"), answers.text(found, "Type") == "ROOT"


def _unit_id(found: Members) -> str:
    return answers.text(found, "Id")


def _account(found: Members) -> Account:
    """``Status`` was retired in September 2026 in favour of ``State``, which botocore knows since 2025 only."""
    state = answers.text(found, "State", "") or answers.text(found, "Status", "")
    return Account(answers.text(found, "Id"), answers.text(found, "Name", ""), state or None)


def _pages(
    client: Any, region: str, operation: str, key: str, parse: Callable[[Members], T], **request: str
) -> list[T]:
    """All entries of a listing. A page may be empty although others follow (List… of AWS Organizations, NextToken)."""
    action = "organizations:" + client.meta.method_to_api_mapping[operation]
    with calling(action, region):
        pages = client.get_paginator(operation).paginate(**request, PaginationConfig={"PageSize": PAGE})
        return [parse(entry) for page in pages for entry in answers.entries(page, key, ())]
