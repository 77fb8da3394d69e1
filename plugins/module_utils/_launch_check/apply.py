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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from .._base import answers
from .._base.advice import THROTTLED, UNREACHABLE
from .._base.answers import Members
from .._base.outcome import Failure
from .._call.conclusions import keeping_the_record
from .._call.errors import AwsCallError, calling
from .._call.fanout import Clock, Job, TryLaterError, fan_out
from .._call.session import Aws
from .._consumer.read_session import Session
from .model import Launch, Launched
from .report import Check, after_launch
from .request import TAG, CheckRequest

# Seconds between two looks at an instance.
LOOK_EVERY = 5.0
# An instance that was just made may not be found yet (Amazon EC2 Developer Guide, "Eventual consistency").
_NOT_YET = "InvalidInstanceID.NotFound"
_UNDECIDED = ("", "pending")
# After these EC2 may have started an instance all the same.
_SERVER_ERRORS = ("InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable", "ResponseParserError")
_UNCLEAR = (*UNREACHABLE, *_SERVER_ERRORS)
_PASSING = (*_UNCLEAR, *THROTTLED)
# An answer came, and the instance's ID could not be read from it.
_UNREADABLE = ("incomplete_answer", "internal_error")


@keeping_the_record
def apply(session: Session, plans: Sequence[Check], request: CheckRequest) -> list[Check]:
    """Launch what the plans hold, all at once; what AWS says to each is in its outcome."""
    todo = [plan.change for plan in plans if plan.change]
    if not todo:
        return list(plans)
    launched = iter(_launch_all(session, request.launch_timeout, [plan.launch for plan in todo]))
    return [after_launch(request, plan.change, next(launched)) if plan.change else plan for plan in plans]


def _launch_all(session: Session, timeout: int, launches: Sequence[Launch]) -> list[Launched]:
    callers = session.reach()
    with _told_to_end() as told:
        instances: list[_Attempt] = []
        for launch in launches:
            caller = callers[launch.target.account_id]
            if isinstance(caller, Failure):
                instances.append(_Refused(caller))
            else:
                instances.append(_Instance(caller, launch, timeout, session.clock, told))
        try:
            done = session.stage("launches", [instance.job() for instance in instances])
            for instance, answer in zip(instances, done, strict=True):
                instance.fail(answer)
        finally:
            # Also of those whose turn never came again.
            fan_out([instance.end for instance in instances])
    return [instance.result for instance in instances]


@contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """Set when the process is told to end, which happens once what was started is terminated.

    Signals are handled in the main thread alone.
    """
    told = threading.Event()
    received: list[int] = []

    def remember(number: int, _frame: Any) -> None:
        received.append(number)
        told.set()

    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, remember) for number in (signal.SIGTERM, signal.SIGINT) if main}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        signal.raise_signal(received[0])


class _Attempt(Protocol):
    """``result`` is what is known so far; ``end`` leaves nothing that runs, and may be called at any time."""

    result: Launched

    def job(self) -> Job[None]: ...

    def fail(self, answer: Failure | None) -> None: ...

    def end(self) -> None: ...


class _Refused:
    """A launch in an account whose role could not be assumed again."""

    def __init__(self, failure: Failure) -> None:
        self.result = Launched(refused=failure)

    def job(self) -> Job[None]:
        return Job(lambda: None)

    def fail(self, answer: Failure | None) -> None:
        pass

    def end(self) -> None:
        pass


class _Instance:
    """One instance from its start to its end. Its calls come one after the other, from any thread."""

    def __init__(self, caller: Aws, launch: Launch, timeout: int, clock: Clock, told: threading.Event) -> None:
        self.result = Launched()
        self._told = told
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
        if self._told.is_set():
            return
        if not self._asked:
            self._asked = True
            instance_id = run_instance(self._client, self._region, self._launch, self._token)
            self.result = replace(self.result, instance_id=instance_id)
            self._until = self._clock.now() + self._timeout
        state, reason = self._look()
        self.result = replace(self.result, state=state or self.result.state, reason=reason)
        left = self._until - self._clock.now()
        if self.result.state in _UNDECIDED and left > 0 and not self._told.is_set():
            raise TryLaterError(min(LOOK_EVERY, left))

    def _look(self) -> tuple[str, tuple[str, str]]:
        """Nothing where it could not be seen now, and looking again may help."""
        try:
            return read_state(self._client, self._region, self.result.instance_id)
        except AwsCallError as error:
            if error.failure.code not in _PASSING:
                raise
            return "", ("", "")

    def fail(self, answer: Failure | None) -> None:
        """What ended the job, if anything did that must not happen."""
        if answer:
            self.result = replace(self.result, refused=answer)

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
        if refused and refused.code not in (*_UNCLEAR, *_UNREADABLE):
            return ""
        return find_by_token(self._client, self._region, self._token)


def run_instance(client: Any, region: str, launch: Launch, token: str) -> str:
    """Start one instance whose volumes go with it, and return its ID."""
    tags = [{"Key": key, "Value": value} for key, value in (TAG, *launch.tags)]
    subnet = {"SubnetId": launch.subnet} if launch.subnet else {}
    with calling("ec2:RunInstances", region):
        made = client.run_instances(
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
        return answers.text(answers.entries(made, "Instances")[0], "InstanceId")


def read_state(client: Any, region: str, instance_id: str) -> tuple[str, tuple[str, str]]:
    """The state, and the code and message of its reason; no state while EC2 does not show the instance."""
    try:
        with calling("ec2:DescribeInstances", region):
            for instance in _instances(client.describe_instances(InstanceIds=[instance_id])):
                reason = answers.part(instance, "StateReason", {})
                state = answers.text(answers.part(instance, "State"), "Name")
                return state, (answers.text(reason, "Code", ""), answers.text(reason, "Message", ""))
    except AwsCallError as error:
        if error.failure.code != _NOT_YET:
            raise
    return "", ("", "")


def _instances(answer: Members) -> list[Members]:
    reservations = answers.entries(answer, "Reservations")
    return [instance for reservation in reservations for instance in answers.entries(reservation, "Instances")]


def terminate_instance(client: Any, region: str, instance_id: str) -> None:
    with calling("ec2:TerminateInstances", region):
        client.terminate_instances(InstanceIds=[instance_id])


def find_by_token(client: Any, region: str, token: str) -> str:
    """The ID of the instance that was asked for with a client token; empty when there is none."""
    with calling("ec2:DescribeInstances", region):
        found = _instances(client.describe_instances(Filters=[{"Name": "client-token", "Values": [token]}]))
        return answers.text(found[0], "InstanceId") if found else ""
