# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which organization and OUs an account is in, read from moto's organizations backend."""

from __future__ import annotations

from dataclasses import dataclass, field

from moto.organizations.models import organizations_backends


@dataclass(frozen=True)
class Membership:
    """``arns``: the organization and every OU above the account. ``path``: as in aws:PrincipalOrgPaths."""

    organization_id: str | None = None
    path: str = ""
    arns: frozenset[str] = field(default_factory=frozenset)


NONE = Membership()


def membership(account_id: str) -> Membership:
    """The account's place; moving an account takes effect at once, as AWS documents for shares with OUs."""
    for partitions in list(organizations_backends.values()):
        for backend in list(partitions.values()):
            account = next((one for one in list(backend.accounts) if one.id == account_id), None)
            if backend.org and account:
                return _climb(backend, account.parent_id)
    return NONE


def _climb(backend, parent_id: str | None) -> Membership:  # type: ignore[no-untyped-def]
    units = {unit.id: unit for unit in list(backend.ou)}
    arns = {backend.org.arn}
    path: list[str] = []
    while parent_id in units:
        unit = units[parent_id]
        path.insert(0, unit.id)
        if unit.type == "ORGANIZATIONAL_UNIT":
            arns.add(unit.arn)
        parent_id = unit.parent_id
    return Membership(backend.org.id, "/".join([backend.org.id, *path]) + "/", frozenset(arns))
