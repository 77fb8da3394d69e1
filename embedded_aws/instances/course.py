# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How launches go, as no API call can decide it: how long instances are pending, and in what they end.

EC2 user guide, "Instance lifecycle": pending, then running; or terminated at once, with a state reason ("Troubleshoot
Amazon EC2 instance termination issues"). EC2 API developer guide, "Eventual consistency": an instance that was just made may
not be found yet. In moto every instance is running and found at once.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.instances import InstanceState, StateReason

from ..api.errors import EC2Error

WORDS = {"looks", "unseen", "ends"}
PENDING = InstanceState("pending", 0)
_course: dict[str, Any] = {"looks": 0, "unseen": 0, "ends": {}}


def change(body: dict[str, Any]) -> None:
    """``looks`` and ``unseen``: how often DescribeInstances shows a new instance pending, or does not find it.

    ``ends``: by AMI, the {code, message} of the state reason with which its instances are terminated instead of running.
    """
    ends = body.get("ends", {})
    if set(body) - WORDS or any(set(end) != {"code", "message"} for end in ends.values()):
        raise ValueError(f"a launch may have {sorted(WORDS)}, and end with a code and a message")
    reset()
    _course.update(body)


def reset() -> None:
    """Every instance runs at once."""
    _course.update(looks=0, unseen=0, ends={})


def begin(instance: Any, failure: tuple[str, str] | None) -> None:
    """Put a new instance on its way. ``failure``: code and message with which it ends, if it cannot run."""
    end = _course["ends"].get(instance.image_id)
    instance.end = failure or ((end["code"], end["message"]) if end else None)
    instance.looks, instance.unseen = int(_course["looks"]), int(_course["unseen"])
    if instance.looks:
        instance._state = InstanceState(PENDING.name, PENDING.code)
    else:
        _arrive(instance)


def look(instance: Any, by_id: bool) -> None:
    """Count one look; raises InvalidInstanceID.NotFound while the instance is not to be found."""
    if by_id and getattr(instance, "unseen", 0) > 0:
        instance.unseen -= 1
        raise EC2Error("InvalidInstanceID.NotFound", f"The instance ID '{instance.id}' does not exist")
    if instance._state.name != PENDING.name:
        return
    instance.looks -= 1
    if instance.looks < 0:
        _arrive(instance)


def _arrive(instance: Any) -> None:
    if instance.end is None:
        instance._state = InstanceState("running", 16)
        return
    code, message = instance.end
    instance.terminate()
    instance.state_reason = StateReason(message, code)
    instance._reason = f"Server.InternalError: {message}" if code == "Client.InternalError" else message
