# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A usage report: what it counts, and how it goes.

How reports go that do not become available at once, :func:`change` says, as no API call can decide it.
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.managed_state_model import ManagedState

from ..images.image import EmbeddedImage

MODEL = "ec2::image-usage-report"
state_manager.register_default_transition(MODEL, {"progression": "immediate"})
_ends: dict[str, dict[str, str]] = {}
WORDS = {"looks", "ends"}


def change(body: dict[str, Any]) -> None:
    """``looks``: how often a report is seen pending; ``ends``: by AMI, {state: error, state_reason} or {state: pending}."""
    ends = body.get("ends", {})
    if set(body) - WORDS or any(end["state"] not in ("error", "pending") for end in ends.values()):
        raise ValueError(f"a report may have {sorted(WORDS)}, and end in error or stay pending")
    if "looks" in body:
        state_manager.set_transition(MODEL, {"progression": "manual", "times": int(body["looks"]) + 1})
    _ends.clear()
    _ends.update(ends)


def reset() -> None:
    """Every report is available at once."""
    state_manager.unset_transition(MODEL)
    _ends.clear()


class UsageReport(ManagedState):
    """One report, counted when it is asked for."""

    def __init__(self, image: EmbeddedImage, request: dict[str, Any]) -> None:
        super().__init__(MODEL, [("pending", "available")])
        self.id = f"amiur-{mock_random.get_random_hex(17)}"
        self.image = image
        self.resource_types = request["ResourceTypes"]
        self.account_ids = request["AccountIds"]
        self.token = request["ClientToken"]
        self.created = utcnow()
        self.end = dict(_ends.get(image.id, {"state": "available"}))
        self.entries = [entry for kind in self.resource_types for entry in self._count(kind["ResourceType"])]

    @property
    def state(self) -> str:
        """pending, and then the state in which it ends."""
        return self.end["state"] if self.status == "available" else "pending"

    def _count(self, kind: str) -> list[dict[str, Any]]:
        found = []
        for account, regions in list(ec2_backends.items()):
            backend = regions.get(self.image.region)
            if backend is None or (self.account_ids and account not in self.account_ids):
                continue
            number = (_instances if kind == "ec2:Instance" else _templates)(backend, self.image.id)
            if number:
                found.append({"ResourceType": kind, "AccountId": account, "UsageCount": number})
        return found


def _instances(backend: Any, image_id: str) -> int:
    instances = [one for reservation in list(backend.reservations.values()) for one in list(reservation.instances)]
    return sum(one.image_id == image_id and one.state != "terminated" for one in instances)


def _templates(backend: Any, image_id: str) -> int:
    templates = list(backend.launch_templates.values())
    return sum(any(version.image_id == image_id for version in list(one.versions)) for one in templates)
