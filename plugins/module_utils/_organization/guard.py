# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization guard: the organization and the accounts outside of which an AMI is never shared.

EC2 shares with any organization, account or OU that is named, and so with unknown ones after a typing error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._base import identifiers
from .._key_policy import identifiers as policy_identifiers


@dataclass(frozen=True)
class Guard:
    """:param organization_id: empty for none.
    :param account_ids: None where no such list was given; an empty one allows nobody.
    :param prefix: what the names of the options have in front, for messages.
    """

    organization_id: str = ""
    account_ids: frozenset[str] | None = None
    prefix: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.organization_id) or self.account_ids is not None

    @property
    def cure(self) -> str:
        return f"Correct it, or widen {self.prefix}allowed_organization_id or {self.prefix}allowed_account_ids."


def check_guard(guard: Guard) -> list[str]:
    """What is wrong with the guard itself."""
    problems = []
    if guard.organization_id:
        problem = policy_identifiers.check_organization_id(guard.organization_id)
        problems += [f"{guard.prefix}allowed_organization_id: {problem}"] if problem else []
    listed = sorted(guard.account_ids or ())
    return problems + identifiers.check_each(f"{guard.prefix}allowed_account_ids", listed, identifiers.check_account_id)


def outside(guard: Guard, arns: Mapping[str, Iterable[str]], public: bool) -> list[str]:
    """Everybody outside who is known without a call: ARNs carry their organization's ID.

    :param arns: ARNs of organizations and OUs by the option that they stand in.
    """
    if not guard.is_on:
        return []
    where = (
        f"the organization {guard.organization_id}" if guard.organization_id else f"{guard.prefix}allowed_account_ids"
    )
    found = [
        f"{guard.prefix}{option}: '{arn}' is outside of {where}. {guard.cure}"
        for option, listed in arns.items()
        for arn in listed
        if policy_identifiers.organization_of(arn) != guard.organization_id
    ]
    if public:
        found.append(f"{guard.prefix}public: everybody is more than is allowed. {guard.cure}")
    return found


def to_look_up(guard: Guard, account_ids: Iterable[str]) -> list[str]:
    """The accounts of which only AWS Organizations can tell whether they belong to the allowed organization."""
    return _not_listed(guard, account_ids) if guard.organization_id else []


def outside_accounts(guard: Guard, account_ids: Mapping[str, str], members: Iterable[str]) -> list[str]:
    """:param account_ids: each account and the option that names it.
    :param members: the accounts of the allowed organization; nobody, when there is none.
    """
    if not guard.is_on:
        return []
    inside = frozenset(members)
    where = (
        f"no account of {guard.organization_id}"
        if guard.organization_id
        else f"not in {guard.prefix}allowed_account_ids"
    )
    return [
        f"{guard.prefix}{account_ids[account]}: {account} is {where}. {guard.cure}"
        for account in _not_listed(guard, account_ids)
        if account not in inside
    ]


def _not_listed(guard: Guard, account_ids: Iterable[str]) -> list[str]:
    listed = guard.account_ids or frozenset()
    return [account for account in dict.fromkeys(account_ids) if account not in listed]
