# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a consumer has of an AMI at each layer, in one vocabulary for sharing and for its reverse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What became of one layer of one consumer's access in a run; in check mode, what would become of it."""

    NOT_NEEDED = "not_needed"
    NOT_ASKED = "not_asked"
    UNCHANGED = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    KEPT = "kept"
    HELD_BACK = "held_back"
    UNKNOWN = "unknown"
    FAILED = "failed"

    @property
    def word(self) -> str:
        """As a person reads it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Layer:
    """A state and, where it needs one, its reason as a sentence; ``of`` is the key or snapshot that the reason is about."""

    state: State
    reason: str = ""
    of: str = ""


NOT_NEEDED, NOT_ASKED, UNCHANGED, ADDED, REMOVED, UNKNOWN = (
    Layer(state)
    for state in (State.NOT_NEEDED, State.NOT_ASKED, State.UNCHANGED, State.ADDED, State.REMOVED, State.UNKNOWN)
)

# Of several keys or snapshots, the one that matters most to the consumer comes first.
_WORST_FIRST = (
    State.FAILED,
    State.HELD_BACK,
    State.UNKNOWN,
    State.KEPT,
    State.ADDED,
    State.REMOVED,
    State.UNCHANGED,
    State.NOT_ASKED,
    State.NOT_NEEDED,
)


def worst(layers: Iterable[Layer], otherwise: Layer = NOT_NEEDED) -> Layer:
    """The layer that decides about an AMI with several keys or snapshots; ``otherwise`` for none."""
    return min(layers, key=lambda layer: _WORST_FIRST.index(layer.state), default=otherwise)


@dataclass(frozen=True)
class Consumer:
    """One consumer of one AMI.

    :param image_id: empty for a copy that is not there yet.
    :param kind: ``account``, ``organization``, ``organizational_unit`` or ``public``.
    :param auto_scaling_by: what lets the account's Auto Scaling use the keys: ``grant``, ``key_policy``, ``none``,
        ``unknown``, ``not_checked``, or ``not_needed``.
    :param planned: what to call a copy that is not there yet.
    """

    region: str
    image_id: str
    kind: str
    principal: str
    launch: Layer
    key: Layer
    snapshot: Layer
    auto_scaling: Layer
    auto_scaling_by: str = "not_checked"
    planned: str = "the new copy"

    @property
    def label(self) -> str:
        """``everybody``, an account ID, or the ID of an organization or OU."""
        return "everybody" if self.kind == "public" else self.principal.rsplit("/", 1)[-1]

    @property
    def subject(self) -> str:
        """What it is a consumer of."""
        return self.image_id or self.planned

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do; those of whom that cannot be said come first in a table."""
        return self.ready

    @property
    def ready(self) -> bool:
        """Whether it can launch the AMI, as far as the owner's side can tell."""
        usable = (State.NOT_NEEDED, State.UNCHANGED, State.ADDED, State.KEPT)
        return self.launch.state in usable and self.key.state in usable

    @property
    def states(self) -> tuple[State, ...]:
        return (self.launch.state, self.key.state, self.snapshot.state, self.auto_scaling.state)

    @property
    def reason(self) -> str:
        """The first reason of its layers."""
        layers = (self.launch, self.key, self.snapshot, self.auto_scaling)
        return next((layer.reason for layer in layers if layer.reason), "")

    def as_dict(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "image_id": self.image_id or None,
            "consumer": self.label,
            "kind": self.kind,
            "principal": self.principal,
            "launch_permission": self.launch.state.value,
            "key_access": self.key.state.value,
            "snapshot_permission": self.snapshot.state.value,
            "auto_scaling": self.auto_scaling.state.value,
            "auto_scaling_by": self.auto_scaling_by,
            "ready": self.ready,
            "reason": self.reason or None,
        }


@dataclass(frozen=True)
class Leaver(Consumer):
    """One consumer that loses one AMI; what it did not have there is ``unchanged``.

    :param key_arn: the key that was named, where no AMI is meant; ``image_id`` is empty then.
    """

    key_arn: str = ""

    @property
    def subject(self) -> str:
        return self.image_id or self.key_arn

    @property
    def settled(self) -> bool:
        return self.gone

    @property
    def gone(self) -> bool:
        """Whether it has nothing of the AMI any more, as far as the run looked."""
        return all(state in (State.REMOVED, State.UNCHANGED, State.NOT_NEEDED) for state in self.states)

    def as_dict(self) -> dict[str, Any]:
        shown = super().as_dict()
        return {
            **{name: value for name, value in shown.items() if name not in ("ready", "auto_scaling_by", "reason")},
            "key_arn": self.key_arn or None,
            "gone": self.gone,
            "reason": shown["reason"],
        }
