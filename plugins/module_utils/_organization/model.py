# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Organizations: which organization, units and accounts a task names, and what was read about them.

A unit lies on a path from its organization through the root and the units above it, which is what the condition key
aws:PrincipalOrgPaths compares. Only the management account and delegated administrators may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.outcome import Failure, Outcome, Reading

ORGANIZATION = "organization"
UNIT = "organizational_unit"
# Our code for the ARN of an organization, or of a unit in one, that is not the caller's.
OTHER_ORGANIZATION = "other_organization"
# Our code for the ARN of the caller's organization, or of a unit in it, with another management account.
WRONG_MANAGEMENT_ACCOUNT = "wrong_management_account"
# Where AWS Organizations itself runs; AWS has one endpoint for each partition (its API reference, "Endpoints").
HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True)
class Organization:
    organization_id: str
    arn: str
    management_account_id: str


@dataclass(frozen=True)
class Account:
    """``state`` as AWS names it, None when the installed SDK does not have this member."""

    account_id: str
    name: str
    state: str | None


@dataclass(frozen=True)
class Unit:
    """What is directly in one unit, not what is in the units below it."""

    accounts: tuple[Account, ...]
    units: tuple[str, ...]


@dataclass(frozen=True)
class PlacedAccount:
    """An account with the path of the unit that directly contains it; None when that was not read."""

    account: Account
    path: str | None


@dataclass(frozen=True)
class Query:
    """What a task reads: ``arns`` empty for the caller's own organization, ``role_arn`` empty for its own credentials.

    ``external_id`` is what the role's trust policy asks for, if anything.
    """

    arns: tuple[str, ...]
    region: str
    accounts: bool
    role_arn: str
    external_id: str = ""


@dataclass(frozen=True)
class TargetFacts:
    """``arn`` is None for the caller's own organization when that could not be read.

    ``path`` is None for an organization, ``accounts`` is None when nobody asked for them.
    """

    arn: str | None
    organization: Organization | Failure
    path: str | Failure | None = None
    accounts: tuple[PlacedAccount, ...] | Failure | None = None


def parse_query(params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]) -> Query:
    """:raises InputError: with all problems."""
    organizations, units = params["organization_arns"], params["organizational_unit_arns"]
    role_arn, external_id = params["assume_role_arn"] or "", params["assume_role_external_id"] or ""
    problems = identifiers.check_each("organization_arns", organizations or (), identifiers.check_organization_arn)
    problems += identifiers.check_each(
        "organizational_unit_arns", units or (), identifiers.check_organizational_unit_arn
    )
    if role_arn:
        problems += identifiers.check_each("assume_role_arn", [role_arn], identifiers.check_role_arn)
    if external_id:
        problems += identifiers.check_each("assume_role_external_id", [external_id], identifiers.check_external_id)
        problems += [] if role_arn else ["assume_role_external_id: requires assume_role_arn."]
    arns = tuple(dict.fromkeys([*(organizations or ()), *(units or ())]))
    given = [name for name in ("organization_arns", "organizational_unit_arns") if params[name] is not None]
    if given and not arns:
        problems.append(f"{', '.join(given)}: is empty; leave it out to read the caller's own organization.")
    if region is not None:
        problems += [f"region: {wrong}" for wrong in [identifiers.check_region(region, known_regions)] if wrong]
    if problems:
        raise InputError(problems)
    partition = _partition([*arns, *([role_arn] if role_arn else [])], region, known_regions)
    return Query(arns, region or _home(partition, known_regions), params["accounts"], role_arn, external_id)


def _partition(arns: Sequence[str], region: str | None, known_regions: Mapping[str, str]) -> str:
    """The one partition of a task; "aws" when nothing says anything else."""
    partitions = {arn.split(":")[1] for arn in arns}
    if len(partitions) > 1:
        raise InputError([f"ARNs of {len(partitions)} partitions ({', '.join(sorted(partitions))}) need a task each."])
    partition = partitions.pop() if partitions else ""
    expected = known_regions.get(region or "", "")
    if partition and expected and partition != expected:
        home = HOME_REGIONS.get(partition, "one of that partition")
        raise InputError(
            [f"region: {region} is in the partition '{expected}', the ARNs are in '{partition}'; give {home}."]
        )
    return partition or expected or "aws"


def _home(partition: str, known_regions: Mapping[str, str]) -> str:
    """A Region for the client of a partition; botocore finds the partition's one endpoint from any of them."""
    found = HOME_REGIONS.get(partition) or next((name for name, one in known_regions.items() if one == partition), "")
    if not found:
        raise InputError([f"region: give a Region of the partition '{partition}', which botocore does not know."])
    return found


def kind_of(arn: str | None) -> str:
    """Which kind of target an ARN is; the caller's own organization needs none."""
    return UNIT if arn and ":ou/" in arn else ORGANIZATION


def unit_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def check_belongs(arn: str, organization: Organization) -> Failure | None:
    """Why a target is not in the organization that was read; AWS itself would look at a unit's ID alone."""
    _head, _colon, resource = arn.rpartition(":")
    named = resource.split("/")[1]
    own = organization.organization_id
    if named != own:
        return Failure(
            OTHER_ORGANIZATION,
            f"{named} cannot be read with these credentials: the caller is in {own}",
            f"Use credentials of {named}, or assume_role_arn with a role in its management account.",
        )
    right = f"{organization.arn.rpartition(':')[0]}:{resource}"
    if arn != right:
        return Failure(
            WRONG_MANAGEMENT_ACCOUNT,
            f"{named} has the management account {organization.management_account_id}",
            f"Write {right}.",
        )
    return None


def path_of(organization: Organization, parents: Mapping[str, str | Failure | None], unit: str) -> str | Failure:
    """The path of a unit, with a slash at the end.

    :param parents: the parent of the unit and of everything above it; None for that of the root.
    """
    steps: list[str] = []
    above: str | None = unit
    while above is not None:
        steps.insert(0, above)
        parent = parents[above]
        if isinstance(parent, Failure):
            return parent
        above = parent
    return "/".join([organization.organization_id, *steps, ""])


def accounts_below(tree: Mapping[str, Unit | Failure], unit: str, path: str) -> tuple[PlacedAccount, ...] | Failure:
    """The accounts in a unit and in all units below it; a part of them would look like all, so one failure is enough."""
    placed: list[PlacedAccount] = []
    for found in _walk(tree, unit, path):
        if isinstance(found, Failure):
            return found
        placed.append(found)
    return tuple(placed)


def _walk(tree: Mapping[str, Unit | Failure], unit: str, path: str) -> Iterator[PlacedAccount | Failure]:
    content = tree[unit]
    if isinstance(content, Failure):
        yield content
        return
    yield from (PlacedAccount(account, path) for account in content.accounts)
    for nested in content.units:
        yield from _walk(tree, nested, f"{path}{nested}/")


def show_target(_request: object, facts: TargetFacts) -> Reading:
    """What was read about one target; the first part that could not be read is its failure."""
    parts = (facts.organization, facts.path, facts.accounts)
    failure = next((part for part in parts if isinstance(part, Failure)), None)
    known = facts.organization if isinstance(facts.organization, Organization) else None
    extra = {
        "kind": kind_of(facts.arn),
        "organization_id": known.organization_id if known else None,
        "management_account_id": known.management_account_id if known else None,
        "path": facts.path if isinstance(facts.path, str) else None,
        "accounts": [_shown(one) for one in facts.accounts] if isinstance(facts.accounts, tuple) else None,
    }
    return Outcome({"arn": facts.arn}, failure=failure, extra=extra)


def _shown(placed: PlacedAccount) -> dict[str, Any]:
    account = placed.account
    return {"account_id": account.account_id, "name": account.name, "state": account.state, "path": placed.path}
