# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start an instance of each AMI in each account, see whether it runs, and terminate it, whatever happens in between.

Each instance has an idempotent client token, by which it is found again when the answer to RunInstances is lost, and a tag, by
which one is found that a killed process left behind.
"""

from __future__ import annotations

import signal
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from .._base.advice import DENIED, UNREACHABLE, is_about_credentials
from .._base.outcome import Failure, Outcome
from .._call.errors import AwsCallError, calling
from .._call.fanout import Clock, Job, TryLaterError, fan_out
from .._call.session import Aws
from .model import Launch, Launched
from .read_session import Session
from .report import LaunchPlan, after_launch
from .request import TAG

# Seconds between two looks at an instance.
LOOK_EVERY = 5.0
# An instance that was just made may not be found yet (Amazon EC2 Developer Guide, "Eventual consistency").
_NOT_YET = "InvalidInstanceID.NotFound"
_UNDECIDED = ("", "pending")
# After these EC2 may have started an instance all the same.
_UNCLEAR = (
    *UNREACHABLE,
    "InternalError",
    "InternalFailure",
    "ServiceUnavailable",
    "Unavailable",
    "ResponseParserError",
)


def apply(session: Session, plans: Sequence[Outcome]) -> list[Outcome]:
    """Launch what the plans hold, all at once; what AWS says to each is in its outcome."""
    todo: list[LaunchPlan] = [plan.change for plan in plans if plan.change]
    if not todo:
        return list(plans)
    launched = iter(_launch_all(session, session.reach(), [plan.launch for plan in todo]))
    return [after_launch(session.request, plan.change, next(launched)) if plan.change else plan for plan in plans]


def _launch_all(session: Session, callers: Mapping[str, Aws | Failure], launches: Sequence[Launch]) -> list[Launched]:
    instances: list[_Attempt] = []
    for launch in launches:
        caller = callers[launch.target.account_id]
        if isinstance(caller, Failure):
            instances.append(_Refused(caller))
        else:
            instances.append(_Instance(caller, launch, session.request.launch_timeout, session.clock))
    try:
        with _sigterm_as_exception():
            session.stage("launches", [instance.job() for instance in instances])
    finally:
        # Also after an interruption, and for those whose turn never came again.
        fan_out([instance.end for instance in instances])
    return [instance.result for instance in instances]


@contextmanager
def _sigterm_as_exception() -> Iterator[None]:
    """A process that is told to end must still terminate what it has started. Signals are the main thread's alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: Any) -> None:
        raise SystemExit("terminated while instances ran")

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Attempt(Protocol):
    """``result`` is what is known so far; ``end`` leaves nothing that runs, and may be called at any time."""

    result: Launched

    def job(self) -> Job[None]: ...

    def end(self) -> None: ...


class _Refused:
    """A launch in an account whose role could not be assumed again."""

    def __init__(self, failure: Failure) -> None:
        self.result = Launched(refused=failure)

    def job(self) -> Job[None]:
        return Job(lambda: None)

    def end(self) -> None:
        pass


class _Instance:
    """One instance from its start to its end. Its calls come one after the other, from any thread."""

    def __init__(self, caller: Aws, launch: Launch, timeout: int, clock: Clock) -> None:
        self.result = Launched()
        self._client = caller.client("ec2", launch.target.region)
        self._pace = caller.pace("ec2:RunInstances", launch.target.region)
        self._launch, self._region = launch, launch.target.region
        self._timeout, self._clock = timeout, clock
        self._token = f"golden-ami-{uuid.uuid4().hex}"
        self._until = 0.0
        self._asked = self._ended = False

    def job(self) -> Job[None]:
        return Job(self._step, self._pace)

    def _step(self) -> None:
        """Start it, or look at it again."""
        try:
            self._advance()
        except TryLaterError:
            raise
        except AwsCallError as error:
            self.result = replace(self.result, refused=error.failure)
        except BaseException:
            self.end()
            raise
        self.end()

    def _advance(self) -> None:
        if not self._asked:
            self._asked = True
            instance_id = run_instance(self._client, self._region, self._launch, self._token)
            self.result = replace(self.result, instance_id=instance_id)
            self._until = self._clock.now() + self._timeout
        state, reason = self._look()
        self.result = replace(self.result, state=state or self.result.state, reason=reason)
        left = self._until - self._clock.now()
        if self.result.state in _UNDECIDED and left > 0:
            raise TryLaterError(min(LOOK_EVERY, left))

    def _look(self) -> tuple[str, tuple[str, str]]:
        """Nothing where it could not be seen now; looking again may help against everything but a denial."""
        try:
            return read_state(self._client, self._region, self.result.instance_id)
        except AwsCallError as error:
            code = error.failure.code
            if code in DENIED or is_about_credentials(code):
                raise
            return "", ("", "")

    def end(self) -> None:
        """Terminate it, once; harmless where there is none."""
        if self._ended or not self._asked:
            return
        self._ended = True
        try:
            instance_id = self.result.instance_id or self._lost()
            if instance_id:
                self.result = replace(self.result, instance_id=instance_id)
                terminate_instance(self._client, self._region, instance_id)
        except AwsCallError as error:
            self.result = replace(self.result, left=error.failure)

    def _lost(self) -> str:
        """An instance whose start was asked for, and the answer was lost; none where EC2 has refused."""
        refused = self.result.refused
        if refused and refused.code not in _UNCLEAR:
            return ""
        return find_by_token(self._client, self._region, self._token)


def run_instance(client: Any, region: str, launch: Launch, token: str) -> str:
    """Start one instance whose volumes go with it, and return its ID."""
    tags = [{"Key": key, "Value": value} for key, value in (TAG, *launch.tags)]
    subnet = {"SubnetId": launch.subnet} if launch.subnet else {}
    with calling("ec2:RunInstances", region):
        answer = client.run_instances(
            ImageId=launch.target.image_id,
            InstanceType=launch.instance_type,
            MinCount=1,
            MaxCount=1,
            ClientToken=token,
            InstanceInitiatedShutdownBehavior="terminate",
            BlockDeviceMappings=[{"DeviceName": name, "Ebs": {"DeleteOnTermination": True}} for name in launch.devices],
            TagSpecifications=[{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")],
            **subnet,
        )
    return str(answer["Instances"][0]["InstanceId"])


def read_state(client: Any, region: str, instance_id: str) -> tuple[str, tuple[str, str]]:
    """The state, and the code and message of its reason; no state while EC2 does not show the instance."""
    try:
        with calling("ec2:DescribeInstances", region):
            answer = client.describe_instances(InstanceIds=[instance_id])
    except AwsCallError as error:
        if error.failure.code == _NOT_YET:
            return "", ("", "")
        raise
    for reservation in answer["Reservations"]:
        for instance in reservation["Instances"]:
            reason = instance.get("StateReason", {})
            return str(instance["State"]["Name"]), (reason.get("Code", ""), reason.get("Message", ""))
    return "", ("", "")


def terminate_instance(client: Any, region: str, instance_id: str) -> None:
    with calling("ec2:TerminateInstances", region):
        client.terminate_instances(InstanceIds=[instance_id])


def find_by_token(client: Any, region: str, token: str) -> str:
    """The ID of the instance that was asked for with a client token; empty when there is none."""
    with calling("ec2:DescribeInstances", region):
        answer = client.describe_instances(Filters=[{"Name": "client-token", "Values": [token]}])
    found = [instance["InstanceId"] for reservation in answer["Reservations"] for instance in reservation["Instances"]]
    return str(found[0]) if found else ""
