# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each consumer that was to lose an AMI has of it now, layer by layer: what went, what stays, what was never there."""

from __future__ import annotations

from collections.abc import Iterator

from .._base.layers import NOT_ASKED, NOT_NEEDED, REMOVED, UNCHANGED, Layer, Leaver, State, worst
from .._base.outcome import AnyOutcome, explanation
from .._launch_permission.model import ACCOUNT, EVERYBODY, PUBLIC, Permissions, Principal, named_principals
from .access import NOT_REACHED, TakenKey
from .decide import Decision
from .done import Done
from .facts import Place, UnshareFacts
from .request import UnshareRequest
from .staying import StayingKey
from .targets import Target

_AGAIN = "EC2 lists it again after it was removed: somebody has shared the AMI again, or EC2 shows the removal late"


class Rows:
    """Everything that is known of each layer, looked up by AMI, snapshot and key."""

    def __init__(self, request: UnshareRequest, facts: UnshareFacts, done: Done) -> None:
        self._request, self._facts, self._done = request, facts, done
        self._launched = done.launched
        self._removed = done.plan.removed
        self._losing = frozenset(target.place for target in done.plan.removing)
        self._snapshots = {
            (one.target["region"], one.target["snapshot_id"]): one
            for one in (done.plan.snapshots if done.snapshots is None else done.snapshots)
        }
        self._closed_to = {place: _taken(outcome) for place, outcome in self._snapshots.items()}
        decisions = done.decisions if done.decisions is not None else self._undecided()
        self.staying = {place: StayingKey(request, place, read) for place, read in facts.keys.items()}
        self.taken = {
            place: TakenKey(request, place, one, self.staying[place], done.keys_done or not one.removal.changes)
            for place, one in decisions.items()
        }

    def _undecided(self) -> dict[Place, Decision]:
        return {place: Decision(removal) for place, removal in self._done.plan.keys.items()}

    def all(self) -> Iterator[Leaver]:
        on_amis: set[Place] = set()
        for target in self._done.plan.targets:
            on_amis.update((target.region, arn) for arn in target.key_arns)
            for principal in dict.fromkeys([*target.leaving, *self._readers(target)]):
                yield self._of_ami(target, principal)
        for place, leaving in self._done.plan.leaving.items():
            if place not in on_amis:
                yield from (self._of_key(place, principal) for principal in leaving)

    def _readers(self, target: Target) -> list[Principal]:
        """Accounts that have no launch permission and lose the snapshots of an AMI that becomes private."""
        if not (target.everything and target.closing):
            return []
        places = [(target.region, one) for one in target.image.snapshot_ids]
        return sorted(frozenset[Principal]().union(*(self._closed_to.get(place, ()) for place in places)))

    def _of_ami(self, target: Target, principal: Principal) -> Leaver:
        return Leaver(
            target.region,
            target.image.image_id,
            principal.kind,
            principal.value,
            launch=self._launch(target, principal),
            key=self._at_keys(target, principal, auto_scaling=False),
            snapshot=self._snapshot(target, principal),
            auto_scaling=self._at_keys(target, principal, auto_scaling=True),
        )

    def _of_key(self, place: Place, principal: Principal) -> Leaver:
        """At a key that was named, and that no AMI of the run is encrypted with."""
        view = self.taken[place]
        return Leaver(
            place[0],
            "",
            principal.kind,
            principal.value,
            launch=NOT_NEEDED,
            key=view.key(principal),
            snapshot=NOT_NEEDED,
            auto_scaling=view.auto_scaling(principal),
            key_arn=place[1],
        )

    def _launch(self, target: Target, principal: Principal) -> Layer:
        if principal not in self._removed[target.place]:
            return UNCHANGED
        if self._done.permissions is None:
            return NOT_REACHED
        outcome = self._launched[target.place]
        if outcome.failure:
            return Layer(State.FAILED, explanation(outcome.failure))
        if principal in self._done.again.get(target.place, ()):
            return Layer(State.KEPT, _AGAIN)
        return REMOVED

    def _snapshot(self, target: Target, principal: Principal) -> Layer:
        """Only accounts can have a permission of a snapshot."""
        if principal.kind != ACCOUNT:
            return NOT_NEEDED
        of_each = self._closed if target.closing else self._left_open
        return worst(of_each((target.region, one), principal) for one in target.image.snapshot_ids)

    def _closed(self, place: Place, principal: Principal) -> Layer:
        outcome = self._snapshots.get(place)
        if outcome is None:
            return UNCHANGED
        if outcome.failure:
            return Layer(State.FAILED, explanation(outcome.failure), place[1])
        if outcome.change and self._done.snapshots is None:
            return NOT_REACHED
        if (outcome.before or {}).get(PUBLIC):
            return Layer(State.KEPT, _PUBLIC, place[1])
        return REMOVED if principal in self._closed_to[place] else UNCHANGED

    def _left_open(self, place: Place, principal: Principal) -> Layer:
        read = self._facts.snapshots.get(place)
        if not isinstance(read, frozenset):
            return NOT_ASKED
        if EVERYBODY in read:
            return Layer(State.KEPT, _PUBLIC, place[1])
        return (
            Layer(State.KEPT, f"{self._request.prefix}snapshots is off", place[1]) if principal in read else UNCHANGED
        )

    def _at_keys(self, target: Target, principal: Principal, auto_scaling: bool) -> Layer:
        if principal.kind == PUBLIC or not target.key_arns:
            return NOT_NEEDED
        return worst(self._at_key((target.region, arn), principal, auto_scaling) for arn in target.key_arns)

    def _at_key(self, place: Place, principal: Principal, auto_scaling: bool) -> Layer:
        view = self.taken.get(place) or self.staying.get(place)
        if view is None:
            return NOT_ASKED
        return view.auto_scaling(principal) if auto_scaling else view.key(principal)


_PUBLIC = "the snapshot is public, which is never changed here: everybody can read it"


def _taken(outcome: AnyOutcome) -> Permissions:
    """The accounts that a snapshot loses, or has lost."""
    return named_principals(outcome.extra["removed"])
