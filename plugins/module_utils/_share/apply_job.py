# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of image_share: read, plan, apply, and at any time a report of how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._base.outcome import Failure, explained
from .._base.report import Report
from .._call.session import Aws
from .apply import Tell, apply
from .audience import Answers, Audience, questions, resolve
from .done import Done, predicted
from .facts import ShareFacts
from .plan import SharePlan, plan_share
from .read import read_answers, read_share
from .refusals import notes, refusals
from .report import left_out, report_share
from .request import ShareRequest
from .targets import plan_copies


@dataclass
class ShareJob:
    """What is known so far. Whatever ends the run, :meth:`report` says what was written until then."""

    request: ShareRequest
    tell: Tell
    answers: Answers = field(default_factory=Answers)
    facts: ShareFacts | None = None
    done: Done | None = None

    def read(self, aws: Aws) -> None:
        """Everything before the first write. Who is outside of the guard ends the run before any AMI is read."""
        self.answers = read_answers(aws, self.request, questions(self.request))
        audience, problems = resolve(self.request, self.answers)
        if not problems:
            self.facts = read_share(aws, self.request, audience)

    @property
    def is_refused(self) -> bool:
        """Whether anything stands in the way that is known before the first write."""
        return bool(self._refusals(self.answers, self.facts))

    @property
    def state(self) -> tuple[Any, ...]:
        """Everything in which a failure may be that is worth a diagnosis."""
        return (self.answers, self.facts if self.done is None else None, self.done)

    def predict(self, _aws: Aws) -> None:
        """Check mode: what would be done."""
        audience, _problems = resolve(self.request, self.answers)
        if self.facts is not None:
            self.done = predicted(self.request, audience, self.facts, _plan(self.request, audience, self.facts))

    def apply(self, aws: Aws) -> None:
        audience, _problems = resolve(self.request, self.answers)
        if self.facts is None:
            return
        plan = _plan(self.request, audience, self.facts)
        for done in apply(aws, self.request, audience, self.facts, plan, self.tell):
            self.done = done

    def report(self, explain: Callable[[Failure], Failure]) -> Report:
        """:param explain: adds to a failure what a diagnosis has found out."""
        answers = explained(self.answers, explain)
        audience, _problems = resolve(self.request, answers)
        if self.done is None:
            found = self._refusals(answers, explained(self.facts, explain))
            extra = {"left_out_accounts": left_out(audience)}
            return Report(failures=tuple(found), refused=True, notes=tuple(notes(self.request, audience)), extra=extra)
        return report_share(self.request, audience, explained(self.done, explain))

    def _refusals(self, answers: Answers, facts: ShareFacts | None) -> list[str]:
        audience, problems = resolve(self.request, answers)
        if facts is None:
            return problems
        return [*problems, *refusals(self.request, audience, facts, _plan(self.request, audience, facts))]


def _plan(request: ShareRequest, audience: Audience, facts: ShareFacts) -> SharePlan:
    return plan_share(request, audience, facts, plan_copies(request, facts))
