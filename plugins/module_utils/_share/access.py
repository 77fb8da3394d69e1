# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each consumer has at each key, by the plans of the keys or by what became of them, and who is held back for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._base.layers import ADDED, NOT_ASKED, NOT_NEEDED, UNCHANGED, UNKNOWN, Layer, State, worst
from .._base.outcome import Failure, explanation
from .._key_policy import document as policies
from .._key_policy.identifiers import organization_of
from .._kms_grant.model import belongs_to
from .._kms_grant.plan import GrantOutcome, KeyChange
from .._launch_permission.model import ACCOUNT, ORGANIZATION, PUBLIC, Principal
from .audience import Audience
from .facts import Place
from .key_plan import AUTO_SCALING, KIND_OF_STATEMENT, KeyPlan, auto_scaling_role, grantees, sid_of
from .request import AutoScalingMode, KeyAccess, ShareRequest
from .targets import Target

# A consumer in one of these states at a key cannot start an AMI on it.
_UNUSABLE = (State.FAILED, State.HELD_BACK, State.UNKNOWN)


@dataclass(frozen=True)
class Access:
    """By key and consumer: key access, and what Auto Scaling has there.

    :param ways: what lets an account's Auto Scaling use the key: ``grant``, ``key_policy``, ``none`` or ``unknown``.
    """

    keys: Mapping[Place, Mapping[Principal, Layer]]
    auto_scaling: Mapping[Place, Mapping[Principal, Layer]]
    ways: Mapping[Place, Mapping[Principal, str]]

    def of(self, target: Target, principal: Principal) -> Layer:
        """A consumer's access to all the keys of an AMI."""
        if principal.kind == PUBLIC:
            return NOT_NEEDED
        return worst(self.keys.get((target.region, arn), {}).get(principal, _NOBODY_KNOWS) for arn in target.key_arns)

    def holds_back(self, target: Target, principal: Principal) -> Layer | None:
        """Why a consumer must not see an AMI, that is, what is wrong with its key access; None where it can start it."""
        if target.copy and target.copy.failure:
            return Layer(State.HELD_BACK, explanation(target.copy.failure))
        layer = self.of(target, principal)
        return Layer(State.HELD_BACK, layer.reason, layer.of) if layer.state in _UNUSABLE else None


_NOBODY_KNOWS = Layer(State.UNKNOWN, "What the consumer may do with the key is not known.")


def read_access(request: ShareRequest, audience: Audience, plans: Sequence[KeyPlan]) -> Access:
    """:param plans: what is planned for the keys, or what became of it: an outcome is read alike before and after."""
    return Access(
        {plan.place: _key_layers(request, audience, plan) for plan in plans},
        {plan.place: _auto_scaling_layers(request, plan) for plan in plans},
        {plan.place: _ways(request, plan) for plan in plans},
    )


def _key_layers(request: ShareRequest, audience: Audience, plan: KeyPlan) -> dict[Principal, Layer]:
    return {principal: _key_layer(request, audience, plan, principal) for principal in plan.principals}


def _key_layer(request: ShareRequest, audience: Audience, plan: KeyPlan, principal: Principal) -> Layer:
    if principal.kind == PUBLIC:
        return NOT_NEEDED
    if principal.kind == ACCOUNT and request.keys.access is KeyAccess.GRANTS:
        return _granted(plan.grants, grantees(request, principal.value, plan.place[1]), plan.place[1])
    if principal.kind != ACCOUNT and request.keys.vouched:
        return plan.vouched.get(principal, UNCHANGED)
    if principal.value in audience.unresolved:
        return Layer(State.FAILED, audience.unresolved[principal.value])
    names = _names(request, audience, plan, principal)
    if not names:
        return NOT_NEEDED
    return _stated(plan, sid_of(request, KIND_OF_STATEMENT[principal.kind]), names, request.partition)


def _names(request: ShareRequest, audience: Audience, plan: KeyPlan, principal: Principal) -> frozenset[str]:
    """A consumer as statements name it."""
    if principal.kind == ACCOUNT:
        return frozenset(grantees(request, principal.value, plan.place[1]))
    if principal.kind == ORGANIZATION:
        return frozenset([organization_of(principal.value)])
    return frozenset([audience.paths[principal.value]])


def _granted(outcome: GrantOutcome | None, wanted: Iterable[str], key_arn: str) -> Layer:
    """All grantee principals of an account count: its root, and those of the patterns."""
    if outcome is None:
        return NOT_NEEDED
    change = outcome.change
    created = (
        {creation.wanted.grantee for creation in change.plan.create} if isinstance(change, KeyChange) else frozenset()
    )

    def layer(grantee: str) -> Layer:
        failure = outcome.parts.get(grantee) or (None if outcome.parts else _of_all(outcome))
        if failure and (grantee in created or not isinstance(change, KeyChange)):
            return Layer(State.FAILED, explanation(failure), key_arn)
        return ADDED if grantee in created else UNCHANGED

    return worst(layer(grantee) for grantee in wanted)


def _of_all(outcome: GrantOutcome) -> Failure | None:
    """Why nothing was made; a grant that could not be revoked takes nothing from those who have what they need."""
    failure = outcome.failure
    return None if failure and failure.action == "kms:RevokeGrant" else failure


def _stated(plan: KeyPlan, sid: str, names: frozenset[str], partition: str) -> Layer:
    """What a statement gives to those names; the other statements of the same policy do not matter."""
    outcome = plan.policy
    state = next((one for one in outcome.statements if one.sid == sid), None) if outcome else None
    if outcome is None or state is None or state.status == "unchanged":
        return UNCHANGED
    failure = state.failure or outcome.failure
    if failure:
        return Layer(State.FAILED, explanation(failure), plan.place[1])
    before = (outcome.before or {}).get(sid)
    return UNCHANGED if before and names <= policies.named_by(before, partition) else ADDED


def _ways(request: ShareRequest, plan: KeyPlan) -> dict[Principal, str]:
    done = _auto_scaling_layers(request, plan)
    by = {AutoScalingMode.GRANT: "grant", AutoScalingMode.KEY_POLICY: "key_policy"}.get(request.auto_scaling.mode, "")
    return {
        Principal(ACCOUNT, account): by if done[Principal(ACCOUNT, account)].state is State.ADDED else way
        for account, way in plan.auto_scaling.items()
    }


def _auto_scaling_layers(request: ShareRequest, plan: KeyPlan) -> dict[Principal, Layer]:
    return {
        Principal(ACCOUNT, account): _auto_scaling_layer(request, plan, account, way)
        for account, way in plan.auto_scaling.items()
    }


def _auto_scaling_layer(request: ShareRequest, plan: KeyPlan, account: str, way: str) -> Layer:
    if way in ("grant", "key_policy"):
        return UNCHANGED
    role = auto_scaling_role(request, account)
    if request.auto_scaling.mode is AutoScalingMode.GRANT:
        return _dead(plan.auto_scaling_grants, role, request) or _granted(
            plan.auto_scaling_grants, [role], plan.place[1]
        )
    if request.auto_scaling.mode is AutoScalingMode.KEY_POLICY:
        return _stated(plan, sid_of(request, AUTO_SCALING), frozenset([role]), request.partition)
    return UNKNOWN if way == "unknown" else NOT_ASKED


def _dead(outcome: GrantOutcome | None, role: str, request: ShareRequest) -> Layer | None:
    """A role that was made again does not get the grant of the one before it, which KMS shows by its unique ID."""
    change = outcome.change if outcome else None
    unresolved = change.plan.unresolved if isinstance(change, KeyChange) else ()
    if any(belongs_to(grant, role, request.keys.grant_name) for grant in unresolved):
        return Layer(
            State.FAILED,
            f"KMS does not know {role}, to which a grant was made, by its ARN: the role was deleted or made again. Next: "
            "revoke that grant, then run again.",
        )
    return None
