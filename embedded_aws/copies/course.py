# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the next copies go: how long they are pending, and in which Regions they fail, as no API call can decide.

EC2 API reference: a failed copy has Image.State ``failed`` with a StateReason; its snapshots are in state ``error`` with
Snapshot.StateMessage ("helps you diagnose why the operation failed").
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from moto.moto_api import state_manager

from ..images.image import MODEL

_failing: list[dict[str, Any]] = []
_lock = threading.Lock()
WORDS = {"region", "state_reason", "state_message", "times"}


@dataclass(frozen=True)
class Failing:
    """What a copy that fails says in the end."""

    state_reason: str
    state_message: str


def change(body: dict[str, Any]) -> None:
    """``seconds`` that each copy is pending, and ``failing``: rules {region, state_reason, state_message, times}."""
    rules = [dict(rule) for rule in body.get("failing", [])]
    unknown = set(body) - {"seconds", "failing"} | {word for rule in rules for word in set(rule) - WORDS}
    if unknown:
        raise ValueError(f"unknown words: {sorted(unknown)}")
    if "seconds" in body:
        state_manager.set_transition(MODEL, {"progression": "time", "seconds": float(body["seconds"])})
    with _lock:
        _failing[:] = [{"times": 1, **rule} for rule in rules]


def take(region: str) -> Failing | None:
    """How a copy that starts now fails; None when it does not."""
    with _lock:
        for rule in _failing:
            if rule["region"] == region and rule["times"] > 0:
                rule["times"] -= 1
                return Failing(rule["state_reason"], rule.get("state_message", ""))
    return None


def reset() -> None:
    """Copies are done at once, and none fails."""
    state_manager.unset_transition(MODEL)
    with _lock:
        _failing.clear()
