# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of an AMI: what is read about them, and what is to be done about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._base.outcome import Failure, Outcome
from .._image.model import Image, Snapshot
from .._kms_key.model import Key
from .request import Destination

# An AMI in one of these states is no copy, and never becomes one.
DEAD = ("failed", "error", "invalid", "deregistered")


@dataclass(frozen=True)
class Encryption:
    """Encryption by default in one Region, and the key that it uses; None where it is off."""

    by_default: bool
    key: Key | None = None


@dataclass(frozen=True)
class Storage:
    """What a copy is made from: the source's snapshots that the caller can see, and their keys by ARN.

    ``owned``: whether the source is the caller's own, asked only where that decides.
    """

    snapshots: Mapping[str, Snapshot]
    keys: Mapping[str, Key | Failure] = field(default_factory=dict)
    owned: bool = True


@dataclass(frozen=True)
class CopyFacts:
    """What was read about one destination.

    ``copies``: own AMIs there that were copied from the source; ``key``: the one that was asked for, None when none was;
    ``own_region``: whether the source is there itself; ``encryption``, ``storage``: read only where a copy is to be started;
    ``failure``: what could not be read of all this but the storage.
    """

    destination: Destination
    source: Image | Failure | None
    copies: Sequence[Image] = ()
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    key: Key | Failure | None = None
    own_region: bool = False
    encryption: Encryption | None = None
    storage: Storage | Failure | None = None
    failure: Failure | None = None

    @property
    def living(self) -> list[Image]:
        return [image for image in self.copies if image.state not in DEAD]

    @property
    def dead(self) -> list[Image]:
        return [image for image in self.copies if image.state in DEAD]


def counted(facts: CopyFacts) -> list[Image]:
    """The AMIs that are the copy which was asked for; more than one is one too many.

    In a Region of its own a copy under another key is a mistake. Beside the source it is another copy: there may be one for
    each key. One whose snapshots cannot be seen yet counts until they can.
    """
    if not facts.own_region or not isinstance(facts.key, Key):
        return facts.living
    return [image for image in facts.living if state_of(image, facts.snapshots).keys in ((), (facts.key.arn,))]


@dataclass(frozen=True)
class CopyJob:
    """What is to be done in a Region: start a copy (``start``: CopyImage's parameters), or wait for ``image_id``."""

    region: str
    name: str
    key_arn: str = ""
    start: Mapping[str, Any] | None = None
    image_id: str = ""


@dataclass(frozen=True)
class CopyState:
    """A copy as it is now. ``progress`` is the mean of its snapshots, in per cent; ``keys`` are theirs, "" for none."""

    image_id: str
    name: str
    state: str
    reason: str = ""
    progress: int = 0
    keys: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id or None,
            "name": self.name,
            "state": self.state,
            "kms_key_arn": self.keys[0] or None if len(self.keys) == 1 else None,
        }


CopyOutcome = Outcome[dict[str, Any], CopyJob]


def state_of(image: Image, snapshots: Mapping[str, Snapshot]) -> CopyState:
    own = [snapshots[snapshot_id] for snapshot_id in image.snapshot_ids if snapshot_id in snapshots]
    done = sum(snapshot.progress for snapshot in own) // len(own) if own else 0
    reasons = dict.fromkeys(text for text in [image.state_reason, *(one.state_reason for one in own)] if text)
    return CopyState(
        image.image_id,
        image.name,
        image.state,
        "; ".join(reasons) if image.state in DEAD else image.state_reason,
        100 if image.state in ("available", "disabled") else done,
        tuple(sorted({snapshot.key_arn for snapshot in own})),
    )


def wrong_key(job: CopyJob, state: CopyState) -> Failure | None:
    """A copy under another key than the asked one; None as long as its snapshots cannot be seen."""
    if not job.key_arn or not state.keys or state.keys == (job.key_arn,):
        return None
    actual = ", ".join(f"encrypted with {key}" if key else "not encrypted" for key in state.keys)
    return Failure(
        "wrong_key",
        f"{state.image_id}, the copy in {job.region}, is {actual}; the requested key is {job.key_arn}",
        f"Request the key that it has, or deregister {state.image_id} and run again; the key of a copy cannot be changed.",
        region=job.region,
    )


def shown(state: CopyState | None) -> dict[str, Any]:
    """The copy's part of a result."""
    if state is None:
        return {"image_id": None, "name": None, "state": None, "progress": None, "kms_key_arn": None}
    return {**state.as_dict(), "progress": state.progress if state.image_id else None}
