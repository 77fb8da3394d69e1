# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launch permissions: who may launch an AMI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.delta import REMOVE, Delta, plan_set
from .._base.outcome import Outcome

ACCOUNT = "account"

ORGANIZATION = "organization"

ORGANIZATIONAL_UNIT = "organizational_unit"

PUBLIC = "public"

# Option of the modules and key of the results, by kind of principal.
LIST_OPTIONS = {
    ACCOUNT: "account_ids",
    ORGANIZATION: "organization_arns",
    ORGANIZATIONAL_UNIT: "organizational_unit_arns",
}


@dataclass(frozen=True, order=True)
class Principal:
    """One entry of an AMI's launch permissions; the value of the public one is ``all``, the only group EC2 knows."""

    kind: str
    value: str


EVERYBODY = Principal(PUBLIC, "all")

Permissions = frozenset[Principal]
# As results show permissions, of AMIs and snapshots alike, and the requests that make a change.
PermissionOutcome = Outcome[dict[str, Any], list[Delta[Principal]]]


def as_dict(permissions: Iterable[Principal]) -> dict[str, Any]:
    """Permissions as the results show them, sorted, because EC2 returns them in any order."""
    listed = sorted(permissions)
    shown: dict[str, Any] = {
        option: [principal.value for principal in listed if principal.kind == kind]
        for kind, option in LIST_OPTIONS.items()
    }
    shown[PUBLIC] = EVERYBODY in listed
    return shown


def named_principals(params: Mapping[str, Any]) -> Permissions:
    """The principals in the options of a module or role; no check of their shape."""
    named = {Principal(kind, str(value)) for kind, option in LIST_OPTIONS.items() for value in params.get(option) or ()}
    return frozenset(named | ({EVERYBODY} if params.get(PUBLIC) else set()))


def check_principals(params: Mapping[str, Any], partition: str | None, prefix: str = "") -> list[str]:
    """Every principal of the wrong shape or partition, with the option's name, which roles prefix with their own."""
    return [
        *identifiers.check_each(f"{prefix}account_ids", params.get("account_ids") or (), identifiers.check_account_id),
        *identifiers.check_each(
            f"{prefix}organization_arns",
            params.get("organization_arns") or (),
            lambda value: identifiers.check_organization_arn(value, partition),
        ),
        *identifiers.check_each(
            f"{prefix}organizational_unit_arns",
            params.get("organizational_unit_arns") or (),
            lambda value: identifiers.check_organizational_unit_arn(value, partition),
        ),
    ]


def of_kind(permissions: Permissions, kind: str) -> Permissions:
    return frozenset(principal for principal in permissions if principal.kind == kind)


def without_account(permissions: Permissions, account_id: str) -> Permissions:
    return plan_set(permissions, {Principal(ACCOUNT, account_id)}, REMOVE).applied_to(permissions)


def counted(permissions: Permissions) -> int:
    """Entries that count to the quota of shared entities: accounts, organizations and OUs, not the public group."""
    return sum(principal.kind != PUBLIC for principal in permissions)
