# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launch permissions: who may launch an AMI, and what has to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.delta import ADD, EXACT, REMOVE, Delta, plan_set
from .._base.identifiers import InputError

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
# The most entries that one ModifyImageAttribute takes (EC2 API reference, parameter UserIds).
MODIFY_ENTRIES = 10_000


@dataclass(frozen=True)
class PermissionRequest:
    """What a task asks for, the same for all its AMIs.

    ``exact`` holds the kinds that purge makes exact. A kind that was not given is not in it and stays untouched.
    ``quota`` is AWS's for AMIs; for snapshots none is documented.
    """

    state: str
    named: Permissions
    exact: frozenset[str]
    quota: int = 0


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


def check_quota(params: Mapping[str, Any]) -> list[str]:
    quota = params["launch_permission_quota"]
    return (
        []
        if quota > 0
        else [f"launch_permission_quota: {quota} would refuse every share; the default quota of AWS is 1000."]
    )


def parse_request(params: Mapping[str, Any], partition: str | None) -> PermissionRequest:
    """Options to request.

    :raises InputError: with all problems: wrong shapes, options that contradict each other, nothing to act on.
    """
    state, purge, named = params["state"], params["purge"], named_principals(params)
    given = {kind for kind, option in LIST_OPTIONS.items() if params.get(option) is not None}
    if params.get(PUBLIC) is not None:
        given.add(PUBLIC)
    problems = check_principals(params, partition) + check_quota(params)
    if purge and state != "present":
        problems.append("purge: goes with state=present only; state=private removes everybody.")
    if state == "private":
        if given:
            problems.append(f"state=private removes everybody, so it cannot be combined with {_options(given)}.")
    elif not named and not (purge and given):
        problems.append(_nothing_to_act_on(state, given))
    if problems:
        raise InputError(problems)
    return PermissionRequest(state, named, frozenset(given if purge else ()), params["launch_permission_quota"])


def _options(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(LIST_OPTIONS.get(kind, PUBLIC) for kind in kinds))


def _nothing_to_act_on(state: str, given: Iterable[str]) -> str:
    if any(given):
        return (
            f"nothing to act on: {_options(given)} names nobody. To remove all of a kind that you give empty (or "
            "public=false) add purge=true; to remove everybody use state=private."
        )
    return f"nothing to act on: state={state} needs account_ids, organization_arns, organizational_unit_arns or public."


def plan_permissions(request: PermissionRequest, actual: Permissions) -> Delta[Principal]:
    """What ModifyImageAttribute has to add and remove on one AMI."""
    if request.state == "private":
        return plan_set(actual, frozenset(), EXACT)
    if request.state == "absent":
        return plan_set(actual, request.named, REMOVE)
    deltas = []
    for kind in (*LIST_OPTIONS, PUBLIC):
        mode = EXACT if kind in request.exact else ADD
        deltas.append(plan_set(_of_kind(actual, kind), _of_kind(request.named, kind), mode))
    return Delta(
        add=frozenset().union(*(delta.add for delta in deltas)),
        remove=frozenset().union(*(delta.remove for delta in deltas)),
    )


def _of_kind(permissions: Permissions, kind: str) -> Permissions:
    return frozenset(principal for principal in permissions if principal.kind == kind)


def left_by_reset(permissions: Permissions) -> Delta[Principal]:
    """The removal of organizations and OUs, about which the documentation of ResetImageAttribute says nothing.

    Accounts and the public group are not in it: the reset covers them, and a read right after it may still show them.
    """
    covered = _of_kind(permissions, ACCOUNT) | _of_kind(permissions, PUBLIC)
    return plan_set(permissions, covered, EXACT)


def without_account(permissions: Permissions, account_id: str) -> Permissions:
    return plan_set(permissions, {Principal(ACCOUNT, account_id)}, REMOVE).applied_to(permissions)


def in_requests(actual: Permissions, delta: Delta[Principal], quota: int) -> list[Delta[Principal]]:
    """The change as the requests that make it: one, as a rule.

    Whether AWS counts what one request removes before it counts what it adds is not documented; so where both together
    would exceed the quota, the removals go first, in a request of their own.
    """
    steps = [delta]
    if delta.remove and counted(actual | delta.add) > quota:
        steps = [Delta(frozenset(), delta.remove), Delta(delta.add, frozenset())]
    return [part for step in steps for part in step.in_parts(MODIFY_ENTRIES)]


def counted(permissions: Permissions) -> int:
    """Entries that count to the quota of shared entities: accounts, organizations and OUs, not the public group."""
    return sum(principal.kind != PUBLIC for principal in permissions)
