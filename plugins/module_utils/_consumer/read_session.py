# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the calls of one run in many accounts share: who calls, who is told how far it is, and the time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from .._base.outcome import Failure
from .._call.errors import AwsCallError
from .._call.fanout import CLOCK, Clock, Job, TryLaterError, fan_out
from .._call.session import Aws
from .progress import Stage, Tell
from .read import reach
from .request import Consumers

T = TypeVar("T")


@dataclass(frozen=True)
class Session:
    """``region``: whose STS endpoint is asked for the roles."""

    aws: Aws
    consumers: Consumers
    region: str
    tell: Tell
    clock: Clock = CLOCK
    _reached: dict[str, Aws | Failure] = field(default_factory=dict)

    def reach(self) -> dict[str, Aws | Failure]:
        """Who calls in each account; roles are assumed once, and their credentials are renewed."""
        if not self._reached:
            self._reached.update(reach(self.aws, self.consumers, self.region))
        return self._reached

    def caller(self, account_id: str) -> Aws:
        """Who calls in an account that was reached.

        :raises AwsCallError: for any other.
        """
        found = self.reach()[account_id]
        if isinstance(found, Failure):
            raise AwsCallError(found)
        return found

    def told(self, account_id: str, answer: T) -> T:
        """The answer; a failure of a call names the role that made it, whose permissions matter."""
        if not isinstance(answer, Failure) or not answer.action or self.reach().get(account_id) is self.aws:
            return answer
        return replace(answer, caller=answer.caller or self.consumers.role_arn(account_id))

    def stage(self, what: str, jobs: Sequence[Job[Any]]) -> list[Any]:
        """Run the jobs of one kind, and count them as they end."""
        stage = Stage(self.tell, what, len(jobs), self.clock.now())

        def counted(call: Callable[[], Any]) -> Any:
            try:
                answer = call()
            except TryLaterError:
                raise
            except BaseException:
                stage.count(self.clock.now())
                raise
            stage.count(self.clock.now())
            return answer

        return fan_out([replace(job, call=functools.partial(counted, job.call)) for job in jobs], clock=self.clock)
