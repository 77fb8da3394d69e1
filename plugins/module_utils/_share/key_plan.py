# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change at each key so that all consumers of all AMIs on it can use it: grants, and one key policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .._auto_scaling import access as auto_scaling
from .._base.layers import Layer, State
from .._image.blockers import is_aws_managed
from .._key_policy.change import PolicyOutcome
from .._key_policy.identifiers import organization_of
from .._key_policy.launching import missing_actions
from .._key_policy.plan import PolicyFacts, plan_statements
from .._key_policy.request import PolicyRequest
from .._key_policy.requesters import OfOrganization
from .._kms_grant.model import LAUNCH_OPERATIONS, GrantRequest, GrantTerms, principal_arn
from .._kms_grant.patterns import expand
from .._kms_grant.plan import GrantOutcome, KeyFacts, plan_key
from .._kms_key import states
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT, Principal
from .audience import Audience
from .facts import KeyRead, Place
from .request import AutoScalingMode, KeyAccess, ShareRequest

# What the Sids of the statements end with.
ACCOUNTS, ORGANIZATIONS, UNITS, AUTO_SCALING = "Accounts", "Organizations", "OrganizationalUnits", "AutoScaling"
KIND_OF_STATEMENT = {ACCOUNT: ACCOUNTS, ORGANIZATION: ORGANIZATIONS, ORGANIZATIONAL_UNIT: UNITS}


@dataclass(frozen=True)
class KeyPlan:
    """The plans for one key. Each is None where nothing of its kind is wanted there.

    :param auto_scaling: what lets each account's Auto Scaling use the key now, by account.
    :param vouched: organizations and OUs that the key policy clearly does not allow, though somebody else
        was to see to that.
    """

    place: Place
    principals: tuple[Principal, ...]
    grants: GrantOutcome | None
    policy: PolicyOutcome | None
    auto_scaling_grants: GrantOutcome | None
    auto_scaling: Mapping[str, str]
    vouched: Mapping[Principal, Layer] = field(default_factory=dict)


def plan_keys(
    request: ShareRequest,
    audience: Audience,
    wanted: Mapping[Place, Sequence[Principal]],
    keys: Mapping[Place, KeyRead],
) -> tuple[KeyPlan, ...]:
    """A plan for every key that could be read and can be shared; the others are blockers of their AMIs."""
    return tuple(
        _plan(request, audience, place, tuple(principals), keys[place], read.key)
        for place, principals in wanted.items()
        if (read := keys.get(place)) and isinstance(read.key, Key) and _is_usable(read.key)
    )


def _is_usable(key: Key) -> bool:
    return not is_aws_managed(key) and key.state in states.USABLE


def _plan(
    request: ShareRequest, audience: Audience, place: Place, principals: tuple[Principal, ...], read: KeyRead, key: Key
) -> KeyPlan:
    region, arn = place
    accounts = [one.value for one in principals if one.kind == ACCOUNT]
    ways = _ways(request, arn, accounts, read)
    statements = wanted_statements(request, audience, arn, principals, ways)
    return KeyPlan(
        place,
        principals,
        _grants(request, KeyFacts(arn, region, key, read.grants), accounts),
        plan_statements(statements, PolicyFacts(arn, region, key, read.policy)) if statements else None,
        _auto_scaling_grants(request, KeyFacts(arn, region, key, read.grants), ways),
        ways,
        _not_let_in(request, audience, arn, principals, read) if request.keys.vouched else {},
    )


def _not_let_in(
    request: ShareRequest, audience: Audience, arn: str, principals: Iterable[Principal], read: KeyRead
) -> dict[Principal, Layer]:
    """Of the organizations and OUs for which somebody else vouches, those that the key policy surely does not let launch.

    AWS's own sample policy for organizations, for one, lacks CreateGrant. What the policy does not tell is believed.
    """
    found: dict[Principal, Layer] = {}
    for one in principals:
        # Without its path nothing is known about an OU.
        path = audience.paths.get(one.value, "")
        if one.kind != ORGANIZATION and not (one.kind == ORGANIZATIONAL_UNIT and path):
            continue
        missing = missing_actions(read.policy, OfOrganization(organization_of(one.value), path), request.partition)
        if missing.actions:
            lacks = ", ".join(sorted(missing.actions))
            found[one] = Layer(
                State.HELD_BACK,
                f"The key policy does not allow {lacks}, though {request.prefix}key_policy_allows_organizations says "
                f"that it allows the organizations. Next: Allow {lacks} in the key policy, or leave that option out.",
                arn,
            )
    return found


def grantees(request: ShareRequest, account_id: str, key_arn: str) -> tuple[str, ...]:
    """An account's grantee principals on a key, as ARNs: its root, and what the patterns make of it.

    The key policy, not a grant, gives the account that owns the key its access; roles of it may have grants.
    """
    root = principal_arn(account_id, request.partition)
    made = [expand(pattern, account_id, request.partition) for pattern in request.keys.patterns]
    owner = key_arn.split(":")[4]
    return tuple(dict.fromkeys([*([root] if account_id != owner else []), *made]))


def operations(request: ShareRequest) -> tuple[str, ...]:
    """What the accounts may do with the keys.

    An account whose right comes from a grant can hand on only what that grant allows (KMS API reference, CreateGrant), and
    Auto Scaling's recipe has Encrypt.
    """
    if request.keys.operations:
        return request.keys.operations
    by_grant = request.auto_scaling.mode is AutoScalingMode.GRANT and request.keys.access is KeyAccess.GRANTS
    return tuple(sorted({*LAUNCH_OPERATIONS, *(["Encrypt"] if by_grant else [])}))


def _grants(request: ShareRequest, facts: KeyFacts, accounts: Iterable[str]) -> GrantOutcome | None:
    if request.keys.access is not KeyAccess.GRANTS:
        return None
    listed = [arn for account in accounts for arn in grantees(request, account, facts.key_id)]
    return plan_key(_grant_request(request, listed, operations(request)), facts) if listed else None


def _grant_request(
    request: ShareRequest, listed: Iterable[str], allowed: Iterable[str], grantor: str = "", external_id: str = ""
) -> GrantRequest:
    terms = GrantTerms(frozenset(allowed), "", "")
    whom = tuple(dict.fromkeys(listed))
    return GrantRequest("present", request.keys.grant_name, whom, terms, False, grantor, external_id)


def auto_scaling_role(request: ShareRequest, account_id: str) -> str:
    return auto_scaling.role_arn(account_id, request.partition)


def _ways(request: ShareRequest, arn: str, accounts: Iterable[str], read: KeyRead) -> dict[str, str]:
    """What lets each account's Auto Scaling use a key now: ``grant``, ``key_policy``, ``none`` or ``unknown``."""
    if request.auto_scaling.mode is AutoScalingMode.IGNORE:
        return {}
    others = [account for account in accounts if account != arn.split(":")[4]]
    found = auto_scaling.access(others, request.partition, read.grants, read.policy)
    return {account: way for way, listed in found.items() for account in listed}


def _auto_scaling_grants(request: ShareRequest, facts: KeyFacts, ways: Mapping[str, str]) -> GrantOutcome | None:
    """What the consumers' accounts are to grant their service-linked roles, each by its own role."""
    if request.auto_scaling.mode is not AutoScalingMode.GRANT:
        return None
    lacking = [auto_scaling_role(request, account) for account, way in ways.items() if way in ("none", "unknown")]
    if not lacking:
        return None
    allowed = {*operations(request), *auto_scaling.OPERATIONS}
    role = request.auto_scaling
    return plan_key(_grant_request(request, lacking, allowed, role.role_arn, role.external_id), facts)


def sid_of(request: ShareRequest, kind: str) -> str:
    return f"{request.keys.sid}{kind}"


def wanted_statements(
    request: ShareRequest,
    audience: Audience,
    key_arn: str,
    principals: Sequence[Principal],
    ways: Mapping[str, str],
) -> list[PolicyRequest]:
    """The statements of a key's policy for these consumers. A statement keeps whom other runs have named in it."""
    accounts = [one.value for one in principals if one.kind == ACCOUNT]
    found = []
    if request.keys.access is KeyAccess.KEY_POLICY:
        listed = tuple(arn for account in accounts for arn in grantees(request, account, key_arn))
        found.append(_statement(request, ACCOUNTS, principals=listed))
    if not request.keys.vouched:
        organizations = tuple(organization_of(one.value) for one in principals if one.kind == ORGANIZATION)
        paths = tuple(
            audience.paths[one.value]
            for one in principals
            if one.kind == ORGANIZATIONAL_UNIT and one.value in audience.paths
        )
        found.append(_statement(request, ORGANIZATIONS, organization_ids=organizations))
        found.append(_statement(request, UNITS, organization_paths=paths))
    if request.auto_scaling.mode is AutoScalingMode.KEY_POLICY:
        # An account whose role may use the key already needs no second, broader statement.
        lacking = tuple(auto_scaling_role(request, one) for one, way in ways.items() if way in ("none", "unknown"))
        found.append(_statement(request, AUTO_SCALING, principals=lacking, more=("Encrypt",)))
    return [one for one in found if one.names_anybody]


def _statement(
    request: ShareRequest,
    kind: str,
    principals: tuple[str, ...] = (),
    organization_ids: tuple[str, ...] = (),
    organization_paths: tuple[str, ...] = (),
    more: Iterable[str] = (),
) -> PolicyRequest:
    actions = tuple(sorted({f"kms:{operation}" for operation in (*operations(request), *more)}))
    return PolicyRequest(
        "present",
        sid_of(request, kind),
        principals,
        organization_ids,
        organization_paths,
        actions,
        keep_others=True,
        # A role of the account that makes the grant for Auto Scaling is no AWS service.
        grant_is_for_aws_resource=not (kind == ACCOUNTS and request.auto_scaling.mode is AutoScalingMode.GRANT),
    )
