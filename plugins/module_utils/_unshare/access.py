# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each consumer's access to one key, by what is gone there and by what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._base.layers import NOT_ASKED, NOT_NEEDED, REMOVED, UNCHANGED, Layer, State
from .._base.outcome import Failure, explanation
from .._key_policy import document as policies
from .._key_policy.change import PolicyOutcome
from .._kms_grant.model import Grant, name_stem
from .._kms_grant.plan import GrantOutcome
from .._launch_permission.model import ACCOUNT, PUBLIC, Principal
from .._share.key_plan import ACCOUNTS, AUTO_SCALING
from .decide import Decision
from .facts import Place
from .key_plan import KINDS, auto_scaling_role, grantees, sid_of
from .request import UnshareRequest
from .staying import StayingKey

NOT_REACHED = Layer(State.UNKNOWN, "The run ended before this was done; its state was not read again.")


@dataclass(frozen=True)
class _Named:
    """Whom one kind of statement named, and whom it does not name any more."""

    before: frozenset[str]
    gone: frozenset[str]
    failure: Failure | None


class TakenKey:
    """One key about which something was decided.

    :param there: what was there before.
    :param done: whether all that was decided was tried, or in check mode would be.
    """

    def __init__(
        self, request: UnshareRequest, place: Place, decision: Decision, there: StayingKey, done: bool
    ) -> None:
        self._request, self._place, self._decision, self._done = request, place, decision, done
        self._there = there
        self._going = frozenset(decision.removal.going)
        grants, policy = decision.removal.grants, decision.removal.policy
        self._failure = grants.failure if grants else None
        self._planned = bool(grants and grants.change)
        self._revoked, self._left, self._foreign = self._sort(grants)
        self._statements = self._sort_statements(policy)

    def _sort(self, outcome: GrantOutcome | None) -> tuple[set[str], set[str], dict[str, list[str]]]:
        """Grantee principals whose grants are gone, those whose grants are left, and left grants nobody named by account."""
        revoked: set[str] = set()
        left: set[str] = set()
        foreign: dict[str, list[str]] = {}
        if outcome is None:
            return revoked, left, foreign
        to_revoke = outcome.change.plan.revoke if outcome.change else ()
        # What a key has after the calls is None where it is not known: then none of them is known to be gone.
        shown_after = to_revoke if outcome.after is None else outcome.after
        there = {one.grant_id if isinstance(one, Grant) else one["grant_id"] for one in shown_after}
        whose = self._grantees()
        for grant in to_revoke:
            (left if grant.grant_id in there else revoked).add(_whose(grant, whose))
        named = {grant.grant_id for grant in to_revoke}
        start = f"{self._request.keys.grant_name}/"
        for shown in outcome.after or ():
            account = str(shown["name"]).removeprefix(start).partition("/")[0]
            if shown["grant_id"] not in named:
                grantee = str(shown["grantee_principal"])
                foreign.setdefault(account, []).append(grantee.replace(account, "{account}"))
        return revoked, left, foreign

    def _grantees(self) -> dict[str, str]:
        """The ARN of each grantee principal by itself, and by what our names of its grants begin with."""
        prefix = self._request.keys.grant_name
        accounts = [one.value for one in self._decision.removal.going if one.kind == ACCOUNT]
        arns = [
            arn for one in accounts for arn in (*grantees(self._request, one), auto_scaling_role(self._request, one))
        ]
        return {**{name_stem(prefix, arn): arn for arn in arns}, **{arn: arn for arn in arns}}

    def _sort_statements(self, outcome: PolicyOutcome | None) -> dict[str, _Named]:
        found: dict[str, _Named] = {}
        for state in outcome.statements if outcome else ():
            kind = next(kind for kind in KINDS if sid_of(self._request, kind) == state.sid)
            before, after = (
                frozenset[str]().union(*(self._named_by((shown or {}).get(sid)) for sid in state.sids))
                for shown in (outcome.before if outcome else None, outcome.after if outcome else None)
            )
            failure = (state.failure or (outcome.failure if outcome else None)) if state.status == "failed" else None
            gone = frozenset[str]() if failure else frozenset(name for name in before if name not in after)
            found[kind] = _Named(before, gone, failure)
        return found

    def _named_by(self, statement: policies.Statement | None) -> frozenset[str]:
        return policies.named_by(statement, self._request.partition) if statement else frozenset()

    def key(self, principal: Principal) -> Layer:
        stays = self._stays(principal, self._there.key(principal))
        if stays:
            return stays
        arns = grantees(self._request, principal.value) if principal.kind == ACCOUNT else ()
        scaling = {auto_scaling_role(self._request, principal.value)} if principal.kind == ACCOUNT else set()
        names = {
            kind: [name for name in self._called(kind, principal) if name not in scaling]
            for kind in KINDS
            if kind != AUTO_SCALING
        }
        layer = self._layer(arns, names)
        foreign = self._foreign.get(principal.value, ()) if principal.kind == ACCOUNT else ()
        if layer.state is not State.FAILED and foreign:
            reason = f"{', '.join(foreign)} has a grant of that name; name it in {self._request.prefix}grantee_patterns"
            return Layer(State.KEPT, reason, self._place[1])
        return layer

    def _called(self, kind: str, principal: Principal) -> tuple[str, ...]:
        names = self._decision.removal.names
        return names.of(kind, principal) if names else ()

    def auto_scaling(self, principal: Principal) -> Layer:
        """Of an account; which accounts an organization has does not matter to its statement."""
        if principal.kind != ACCOUNT:
            return NOT_NEEDED
        role = auto_scaling_role(self._request, principal.value)
        stays = self._stays(principal, self._there.auto_scaling(principal))
        return stays or self._layer([role], {AUTO_SCALING: [role], ACCOUNTS: [role]})

    def _stays(self, principal: Principal, before: Layer) -> Layer | None:
        """Who keeps access has it only if it was there; None for those whose access goes."""
        if principal.kind == PUBLIC or principal.value == self._place[1].split(":")[4]:
            return NOT_NEEDED
        kept = self._decision.kept.get(principal)
        if kept:
            return before if before.state is State.UNCHANGED else Layer(State.KEPT, kept.sentence, self._place[1])
        return None if principal in self._going else NOT_ASKED

    def _layer(self, arns: Iterable[str], names: Mapping[str, Iterable[str]]) -> Layer:
        listed = list(arns)
        failure = self._failed(listed, names)
        if failure:
            return Layer(State.FAILED, explanation(failure), self._place[1])
        if self._decision.removal.unread:
            reason = "whether statements of the key policy allow it is not known"
            return Layer(State.UNKNOWN, f"{reason}: {explanation(self._decision.removal.unread)}", self._place[1])
        taken = any(arn in self._revoked for arn in listed) or any(
            name in self._statements[kind].gone
            for kind, called in names.items()
            if kind in self._statements
            for name in called
        )
        if taken and not self._done:
            return NOT_REACHED
        return REMOVED if taken else UNCHANGED

    def _failed(self, arns: list[str], names: Mapping[str, Iterable[str]]) -> Failure | None:
        if self._failure and arns and (not self._planned or any(arn in self._left for arn in arns)):
            return self._failure
        return next(
            (
                statement.failure
                for kind, called in names.items()
                if (statement := self._statements.get(kind)) and statement.failure
                if any(name in statement.before for name in called)
            ),
            None,
        )


def _whose(grant: Grant, whose: Mapping[str, str]) -> str:
    """The ARN of the grantee, also where KMS shows a unique ID in its place."""
    return whose.get(grant.grantee) or whose.get(grant.name.rpartition("-")[0]) or grant.grantee
