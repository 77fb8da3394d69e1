# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who the consumers are, once AWS Organizations has said which accounts and paths the OUs have and who is a member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .._base.outcome import Failure, explanation
from .._key_policy.identifiers import unit_of, unit_of_path
from .._kms_grant.patterns import of_other_accounts
from .._launch_permission.model import ACCOUNT, EVERYBODY, ORGANIZATION, ORGANIZATIONAL_UNIT, Principal
from .._organization import guard as organization_guard
from .._organization.model import Account, Organization, TargetFacts
from .request import Consumers, Declaration, ShareRequest

# Suspended accounts, and those about to be closed or not ready yet, can launch nothing (Organizations API, Account.State).
ACTIVE = "ACTIVE"
NOT_ASKED = Failure("not_asked", "AWS Organizations was not asked")


@dataclass(frozen=True)
class Questions:
    """What only AWS Organizations can answer.

    :param units: ARNs of the OUs whose path or accounts are wanted.
    :param accounts: whether the accounts of these OUs are wanted.
    :param members: the accounts of which it has to be known whether they belong to the caller's organization.
    """

    units: tuple[str, ...] = ()
    accounts: bool = False
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What AWS Organizations said: each OU, and the caller's organization with its accounts (None when not asked)."""

    units: Mapping[str, TargetFacts] = field(default_factory=dict)
    organization: TargetFacts | None = None


@dataclass(frozen=True)
class LeftOut:
    """An account of an OU that is not active, and so is no consumer."""

    account: Account
    unit_arn: str


@dataclass(frozen=True)
class Audience:
    """The consumers of all declarations, resolved.

    :param principals: for each declaration its consumers, in the order in which they were given.
    :param paths: path of each OU as key policies name it, the OUs below it included.
    :param unresolved: why the path of an OU is not known.
    """

    principals: tuple[tuple[Principal, ...], ...]
    paths: Mapping[str, str]
    unresolved: Mapping[str, str]
    left_out: tuple[LeftOut, ...]

    @property
    def everybody(self) -> tuple[Principal, ...]:
        """Every consumer of the run once, in the order in which they were given."""
        return tuple(dict.fromkeys(one for listed in self.principals for one in listed))


def questions(request: ShareRequest) -> Questions:
    """What has to be asked of AWS Organizations; nothing, for most requests."""
    asked: list[str] = []
    accounts = False
    for declaration in request.declarations:
        consumers = declaration.consumers
        asked += consumers.accounts_of_units
        accounts = accounts or bool(consumers.accounts_of_units)
        if not request.keys.vouched:
            given = given_paths(consumers)
            asked += [arn for arn in consumers.unit_arns if arn not in given]
    members = organization_guard.to_look_up(request.guard, _named_accounts(request))
    return Questions(tuple(dict.fromkeys(asked)), accounts, tuple(members))


def given_paths(consumers: Consumers) -> dict[str, str]:
    """The path of each OU that came with one."""
    by_unit = {unit_of_path(path): path for path in consumers.unit_paths}
    return {arn: by_unit[unit_of(arn)] for arn in consumers.unit_arns if unit_of(arn) in by_unit}


def _named_accounts(request: ShareRequest) -> dict[str, str]:
    """Accounts that the request names and the option that names each; those in patterns are grantee principals too."""
    found: dict[str, str] = {}
    for declaration in request.declarations:
        found.update(dict.fromkeys(declaration.consumers.account_ids, request.place("account_ids")))
    for account in of_other_accounts(request.keys.patterns).values():
        found.setdefault(account, "grantee_patterns")
    return found


def resolve(request: ShareRequest, answers: Answers) -> tuple[Audience, list[str]]:
    """The consumers, and a problem for everything that could not be determined or is outside of the guard."""
    problems: list[str] = []
    left_out: dict[str, LeftOut] = {}
    principals = tuple(
        _principals(request, declaration, answers, problems, left_out) for declaration in request.declarations
    )
    paths, unresolved = _paths(request, answers)
    problems += _guarded(request, answers)
    for declaration, listed in zip(request.declarations, principals, strict=True):
        if not problems and not listed:
            where = f" of {declaration.name}" if declaration.name else ""
            problems.append(
                f"Nobody to share with: no OU of {request.option('accounts_of_organizational_unit_arns')}{where} has an active "
                "account. Next: name other OUs, or the consumers."
            )
    return Audience(principals, paths, unresolved, tuple(left_out.values())), list(dict.fromkeys(problems))


def _principals(
    request: ShareRequest,
    declaration: Declaration,
    answers: Answers,
    problems: list[str],
    left_out: dict[str, LeftOut],
) -> tuple[Principal, ...]:
    consumers = declaration.consumers
    accounts = list(consumers.account_ids)
    for arn in consumers.accounts_of_units:
        facts = answers.units.get(arn)
        listed = facts.accounts if facts else NOT_ASKED
        if not isinstance(listed, tuple):
            option = request.option("accounts_of_organizational_unit_arns")
            problems.append(f"{option}: {_why(request, arn, facts, listed)}")
            continue
        accounts += [placed.account.account_id for placed in listed if placed.account.state == ACTIVE]
        for placed in listed:
            if placed.account.state != ACTIVE:
                left_out[placed.account.account_id] = LeftOut(placed.account, arn)
    found = [Principal(ACCOUNT, account) for account in accounts]
    found += [Principal(ORGANIZATION, arn) for arn in consumers.organization_arns]
    found += [Principal(ORGANIZATIONAL_UNIT, arn) for arn in consumers.unit_arns]
    return tuple(dict.fromkeys([*found, *([EVERYBODY] if consumers.public else [])]))


def _why(request: ShareRequest, arn: str, facts: TargetFacts | None, part: object) -> str:
    """Why something could not be read, with the next step; the module's option has another name here."""
    parts = [part, facts.path if facts else None, facts.organization if facts else None]
    failure = next((one for one in parts if isinstance(one, Failure)), NOT_ASKED)
    return f"{arn}: {explanation(failure)}".replace("assume_role_arn", f"{request.prefix}organizations_role_arn")


def _paths(request: ShareRequest, answers: Answers) -> tuple[dict[str, str], dict[str, str]]:
    """Path of each OU, given or read, with the OUs below it; and why one is not known."""
    paths: dict[str, str] = {}
    unresolved: dict[str, str] = {}
    for declaration in request.declarations:
        paths |= given_paths(declaration.consumers)
    for declaration in request.declarations:
        for arn in declaration.consumers.unit_arns:
            if arn in paths or request.keys.vouched:
                continue
            facts = answers.units.get(arn)
            if facts and isinstance(facts.path, str):
                paths[arn] = f"{facts.path}*"
            else:
                unresolved[arn] = _why(request, arn, facts, facts.path if facts else None)
    return paths, unresolved


def _guarded(request: ShareRequest, answers: Answers) -> list[str]:
    """The organization guard. Accounts of OUs come from an organization that has been allowed by its ID."""
    guard, named = request.guard, _named_accounts(request)
    unknown = organization_guard.to_look_up(guard, named)
    if not unknown:
        return organization_guard.outside_accounts(guard, named, ())
    facts, option = answers.organization, f"{request.prefix}allowed_organization_id"
    organization = facts.organization if facts else None
    listing = f"Or list the accounts in {request.prefix}allowed_account_ids."
    if isinstance(organization, Organization) and organization.organization_id != guard.organization_id:
        return [
            f"{option}: the caller's organization is {organization.organization_id}, so it cannot be determined whether "
            f"{some(unknown)} belong to {guard.organization_id}. Next: use credentials "
            f"({request.prefix}organizations_role_arn) of {guard.organization_id}. {listing}"
        ]
    members = facts.accounts if facts and isinstance(organization, Organization) else None
    if not isinstance(members, tuple):
        why = _why(request, "the organization", facts, members)
        return [
            f"{option}: whether {some(unknown)} belong to {guard.organization_id} cannot be determined. {why} {listing}"
        ]
    return organization_guard.outside_accounts(guard, named, (placed.account.account_id for placed in members))


def some(names: Iterable[str], most: int = 3) -> str:
    """``A, B, C and 57 more``."""
    listed: Sequence[str] = list(names)
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")
