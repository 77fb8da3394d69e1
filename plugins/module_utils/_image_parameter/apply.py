# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write and delete parameters that hold AMIs, and read back what AWS has stored: it validates them after it has said yes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.conclusions import concluded, keeping_the_record
from .._call.errors import AwsCallError, calling
from .._call.fanout import Clock, TryLaterError
from .._call.lanes import Job
from .._consumer.read_session import Session
from .plan import DATA_TYPE, ParameterChange, ParameterPlan, Version, Written, after_write, is_settled
from .read import NO_PARAMETER
from .request import ParameterRequest

# Seconds between two looks; AWS documents no time for its validation.
LOOK_EVERY = 2.0
# Parameter Store takes one change of a parameter at a time.
BUSY = "TooManyUpdates"


@keeping_the_record
def apply(session: Session, plans: Sequence[ParameterPlan], request: ParameterRequest) -> list[ParameterPlan]:
    """Make all changes at once, each followed to its end."""
    changing = [plan.change for plan in plans if plan.change]
    jobs = [_job(session, request, change) for change in changing]
    done = iter(session.stage("changes of parameters", jobs))

    def settled(plan: ParameterPlan) -> ParameterPlan:
        if not plan.change:
            return plan
        change, answer = plan.change, next(done)
        written = Written(failure=answer) if isinstance(answer, Failure) else answer
        written = replace(written, failure=session.told(change.account_id, written.failure))
        return concluded(plan, functools.partial(_settle, plan, change, written, request.timeout))

    return [settled(plan) for plan in plans]


def _settle(plan: ParameterPlan, change: ParameterChange, written: Written, timeout: int) -> ParameterPlan:
    if change.value:
        return after_write(plan, change, written, timeout)
    return replace(plan, changed=False, failure=written.failure) if written.failure else plan


def _job(session: Session, request: ParameterRequest, change: ParameterChange) -> Job[Written]:
    client = session.caller(change.account_id).client("ssm", change.region)
    if not change.value:
        return Job(functools.partial(_delete, client, change.region, request.name))
    return Job(_Write(client, request, change, session.clock).step)


def _delete(client: Any, region: str, name: str) -> Written:
    delete_parameter(client, region, name)
    return Written()


class _Write:
    """One value from PutParameter to what can be read. Its calls come one after the other, from any thread."""

    def __init__(self, client: Any, request: ParameterRequest, change: ParameterChange, clock: Clock) -> None:
        self._client, self._request, self._change, self._clock = client, request, change, clock
        self._written = Written()
        self._until = clock.now() + request.timeout

    def step(self) -> Written:
        """Write, or look again; what fails behind PutParameter is in the result, with what was seen."""
        try:
            self._advance()
        except TryLaterError:
            raise
        except AwsCallError as error:
            if not self._written.version:
                raise
            self._written = replace(self._written, failure=error.failure)
        return self._written

    def _advance(self) -> None:
        region, name = self._change.region, self._request.name
        if not self._written.version:
            self._put()
        self._written = replace(self._written, seen=read_value(self._client, region, name))
        if not is_settled(self._change, self._written):
            self._later()

    def _put(self) -> None:
        try:
            version = put_parameter(self._client, self._change.region, self._request, self._change)
        except AwsCallError as error:
            if error.failure.code == BUSY:
                self._later()
            raise
        self._written = replace(self._written, version=version)
        self._until = self._clock.now() + self._request.timeout

    def _later(self) -> None:
        left = self._until - self._clock.now()
        if left > 0:
            raise TryLaterError(min(LOOK_EVERY, left))


def put_parameter(client: Any, region: str, request: ParameterRequest, change: ParameterChange) -> int:
    """Write a version and return its number, which exists only once AWS has validated the AMI. Tags are for new ones alone."""
    more: dict[str, Any] = {"Overwrite": True} if change.exists else {}
    if request.description is not None:
        more["Description"] = request.description
    if request.tags and not change.exists:
        more["Tags"] = [{"Key": key, "Value": value} for key, value in request.tags]
    with calling("ssm:PutParameter", region):
        answer = client.put_parameter(Name=request.name, Value=change.value, Type="String", DataType=DATA_TYPE, **more)
        return answers.number(answer, "Version")


def read_value(client: Any, region: str, name: str) -> Version | None:
    """What a launch would get now; None where there is no such parameter."""
    try:
        with calling("ssm:GetParameter", region):
            found = answers.part(client.get_parameter(Name=name), "Parameter")
            return Version(answers.number(found, "Version"), answers.text(found, "Value"))
    except AwsCallError as error:
        if error.failure.code == NO_PARAMETER:
            return None
        raise


def delete_parameter(client: Any, region: str, name: str) -> None:
    """One that is gone already is what was wanted."""
    try:
        with calling("ssm:DeleteParameter", region):
            client.delete_parameter(Name=name)
    except AwsCallError as error:
        if error.failure.code != NO_PARAMETER:
            raise
