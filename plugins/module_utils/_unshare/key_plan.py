# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes at one key when the access of some consumers ends: their grants, and their names in one key policy."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .._auto_scaling import access as auto_scaling
from .._base.outcome import Failure
from .._key_policy import document as policies
from .._key_policy.change import PolicyOutcome
from .._key_policy.identifiers import ORGANIZATION_PATH, grants_sid, organization_of, unit_of, unit_of_path
from .._key_policy.plan import PolicyFacts, plan_statements, unreadable_policy
from .._key_policy.request import PolicyRequest
from .._kms_grant import patterns
from .._kms_grant.model import GrantRequest, GrantTerms
from .._kms_grant.plan import GrantOutcome, KeyFacts, plan_key
from .._launch_permission.model import ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT, Principal
from .._share.key_plan import ACCOUNTS, AUTO_SCALING, ORGANIZATIONS, UNITS
from .facts import KeyRead, Place
from .request import UnshareRequest

KINDS = (ACCOUNTS, AUTO_SCALING, ORGANIZATIONS, UNITS)


class Names:
    """What consumers are called in the statements of one key.

    An OU is called by its path. The statement itself has it, also that from which the OU was moved away meanwhile.
    """

    def __init__(self, request: UnshareRequest, read: KeyRead) -> None:
        self._request = request
        self._paths: dict[tuple[str, str], list[str]] = {}
        for path in dict.fromkeys(_paths(request, read)):
            self._paths.setdefault(unit_of_path(path), []).append(path)

    def of(self, kind: str, principal: Principal) -> tuple[str, ...]:
        """Nothing for a kind of statement that does not name a consumer of this kind."""
        value = principal.value
        if principal.kind == ACCOUNT and kind == ACCOUNTS:
            # A pattern may have named the role of Auto Scaling, too.
            return (*grantees(self._request, value), auto_scaling_role(self._request, value))
        if principal.kind == ACCOUNT and kind == AUTO_SCALING:
            return (auto_scaling_role(self._request, value),)
        if principal.kind == ORGANIZATION and kind == ORGANIZATIONS:
            return (organization_of(value),)
        if principal.kind == ORGANIZATIONAL_UNIT and kind == UNITS:
            return tuple(self._paths.get(unit_of(value), ()))
        return ()


def _paths(request: UnshareRequest, read: KeyRead) -> Iterator[str]:
    """The paths of OUs in the statements of ours."""
    document = policies.read_document(read.policy) if isinstance(read.policy, str) else None
    for statement in policies.statements(document) if document else ():
        if statement.get("Sid") in sids_of(request, UNITS):
            named = policies.named_by(statement, request.partition)
            yield from sorted(name for name in named if ORGANIZATION_PATH.fullmatch(name))


@dataclass(frozen=True)
class Removal:
    """What goes at one key, or what became of it.

    :param going: whose access ends.
    :param grants: None where no account is among them; the same holds for ``policy`` and names in statements.
    :param unread: why it is not known whom the statements name.
    :param names: what consumers are called in the statements; None where nobody goes.
    """

    place: Place
    going: tuple[Principal, ...]
    grants: GrantOutcome | None = None
    policy: PolicyOutcome | None = None
    unread: Failure | None = None
    names: Names | None = None

    @property
    def changes(self) -> bool:
        return any(one is not None and one.change is not None for one in (self.grants, self.policy))


def grantees(request: UnshareRequest, account_id: str) -> tuple[str, ...]:
    """The grantee principals of an account: its root, and what the patterns make of it.

    A pattern that names one account for all consumers serves the others still.
    """
    return _grantees(request.keys.patterns, account_id, request.partition)


@functools.cache
def _grantees(listed: tuple[str, ...], account_id: str, partition: str) -> tuple[str, ...]:
    """Asked for at every key and for every AMI again."""
    own = [pattern for pattern in listed if "{account}" in pattern]
    return tuple(dict.fromkeys(patterns.grantees([account_id], own, partition)[account_id]))


def auto_scaling_role(request: UnshareRequest, account_id: str) -> str:
    return auto_scaling.role_arn(account_id, request.partition)


def sid_of(request: UnshareRequest, kind: str) -> str:
    return f"{request.keys.sid}{kind}"


def sids_of(request: UnshareRequest, kind: str) -> tuple[str, str]:
    """The Sid of a kind of statement, and that of the statement beside it that lets the same consumers make grants."""
    sid = sid_of(request, kind)
    return (sid, grants_sid(sid))


def unread_policy(read: KeyRead) -> Failure | None:
    if isinstance(read.policy, Failure):
        return read.policy
    return unreadable_policy(read.key) if policies.read_document(read.policy) is None else None


def plan_removal(request: UnshareRequest, place: Place, going: Sequence[Principal], read: KeyRead) -> Removal:
    """The grants of all of them go one by one, their names in all statements of the policy in one writing."""
    region, arn = place
    unread = unread_policy(read)
    accounts = [one.value for one in going if one.kind == ACCOUNT]
    names = Names(request, read)
    statements = _statements(request, going, names)
    policy = plan_statements(statements, PolicyFacts(arn, region, read.key, read.policy)) if statements else None
    return Removal(
        place,
        tuple(going),
        _grants(request, KeyFacts(arn, region, read.key, read.grants), accounts),
        None if unread else policy,
        unread,
        names,
    )


def _grants(request: UnshareRequest, facts: KeyFacts, accounts: Iterable[str]) -> GrantOutcome | None:
    """Whatever the share may have granted to an account: for Auto Scaling as well, however it came to that."""
    listed = [arn for one in accounts for arn in (*grantees(request, one), auto_scaling_role(request, one))]
    if not listed:
        return None
    terms = GrantTerms(frozenset(), "", "")
    return plan_key(
        GrantRequest("absent", request.keys.grant_name, tuple(dict.fromkeys(listed)), terms, purge=False), facts
    )


def _statements(request: UnshareRequest, going: Sequence[Principal], names: Names) -> list[PolicyRequest]:
    named = {kind: [name for one in going for name in names.of(kind, one)] for kind in KINDS}
    found = [
        _statement(request, ACCOUNTS, principals=named[ACCOUNTS]),
        _statement(request, AUTO_SCALING, principals=named[AUTO_SCALING]),
        _statement(request, ORGANIZATIONS, organization_ids=named[ORGANIZATIONS]),
        _statement(request, UNITS, organization_paths=named[UNITS]),
    ]
    return [one for one in found if one.names_anybody]


def _statement(
    request: UnshareRequest,
    kind: str,
    principals: Iterable[str] = (),
    organization_ids: Iterable[str] = (),
    organization_paths: Iterable[str] = (),
) -> PolicyRequest:
    return PolicyRequest(
        "absent",
        sid_of(request, kind),
        tuple(dict.fromkeys(principals)),
        tuple(dict.fromkeys(organization_ids)),
        tuple(dict.fromkeys(organization_paths)),
        keep_others=True,
    )
