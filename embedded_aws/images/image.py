# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AMIs with their real block devices.

EC2 API reference, RegisterImage and CreateImage: the block device mapping is kept, ``Encrypted`` follows the
snapshot. moto drops the mapping and invents a 15 GiB snapshot instead (getmoto/moto, moto/ec2/models/amis.py).
"""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.models.amis import Ami
from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

MODEL = "ec2::image"
IMAGE_ID = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")
state_manager.register_default_transition(MODEL, {"progression": "immediate"})


class EmbeddedImage(ManagedState, Ami):
    """An AMI that keeps what it was registered with; copies and new images can be ``pending`` for a while.

    ``POST /moto-api/state-manager/set-transition`` with model ``ec2::image`` says how long.
    """

    __module__ = "moto.ec2.models"  # moto's instance tracker takes the service from the module's name

    def __init__(self, backend: Any, ami_id: str, mappings: list[dict[str, Any]] | None, **attributes: Any) -> None:
        details = attributes.pop("details", {})
        pending = attributes.pop("pending", False)
        self.forced_state: str | None = None
        self._later_reason: dict[str, str] | None = None
        ManagedState.__init__(self, MODEL, [("pending", "available")])
        Ami.__init__(self, backend, ami_id, **attributes)
        self.forced_state = None if pending else "available"
        self.state_reason = None
        self.details: dict[str, Any] = {"EnaSupport": True, **details}
        self.source_image_id: str | None = None
        self.source_image_region: str | None = None
        self.deprecation_time: Any = None
        self.mappings = mappings
        if mappings is not None:
            # moto's constructor made a snapshot of its own, which this AMI does not have.
            backend.snapshots.pop(self.ebs_snapshot.id, None)

    @property
    def state(self) -> str:
        return self.forced_state or str(self.status)

    @state.setter
    def state(self, value: str) -> None:
        self.forced_state = value

    def fail_later(self, reason: str) -> None:
        """End as ``failed`` instead of ``available``, after the same time."""
        self._transitions = [("pending", "failed")]
        self._later_reason = {"Code": "Client.InternalError", "Message": reason}

    @property
    def state_reason(self) -> dict[str, str] | None:
        """Shown once the image has failed."""
        return self._later_reason if self.state == "failed" and self._later_reason else self._reason

    @state_reason.setter
    def state_reason(self, value: dict[str, str] | None) -> None:
        self._reason = value

    @property
    def progress(self) -> int:
        """How much of a pending copy is done, in per cent."""
        if self.state != "pending":
            return 100
        transition = state_manager.get_transition(MODEL)
        if transition.get("progression") == "manual":
            return min(99, 100 * self._tick // max(1, int(transition["times"])))
        elapsed = (type(self._time_progressed).now() - self._time_progressed).total_seconds()
        return min(99, int(100 * elapsed / max(0.001, float(transition.get("seconds", 1)))))

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        if self.mappings is not None:
            return self.mappings
        mappings = super().block_device_mappings
        mappings[0]["Ebs"]["Encrypted"] = self.ebs_snapshot.encrypted
        return mappings

    @property
    def snapshot_ids(self) -> list[str]:
        """The snapshots behind the image, in the order of its mapping."""
        ids = [mapping.get("Ebs", {}).get("SnapshotId") for mapping in self.block_device_mappings]
        return [one for one in ids if one]

    @property
    def snapshots(self) -> list[Any]:
        """The same as moto's objects, without those that are gone."""
        found = [self.ec2_backend.snapshots.get(one) for one in self.snapshot_ids]
        return [one for one in found if one]

    @property
    def region(self) -> str:
        return str(self.ec2_backend.region_name)
