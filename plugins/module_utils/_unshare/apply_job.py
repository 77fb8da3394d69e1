# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of image_unshare: read, plan, apply, and at any time a report of how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .._base.outcome import AnyOutcome, Failure, explained, failures_in
from .._base.report import Report
from .._call.session import Aws
from .._organization.model import TargetFacts
from .apply import Tell, apply, predict
from .ask import before_the_first_write
from .done import Done
from .facts import UnshareFacts
from .plan import UnsharePlan, plan_unshare
from .read import ask_organizations, read_unshare
from .refusals import notes, refusals
from .report import refused, report_unshare
from .request import UnshareRequest


@dataclass
class UnshareJob:
    """What is known so far. Whatever ends the run, :meth:`report` says what was written until then."""

    request: UnshareRequest
    tell: Tell
    facts: UnshareFacts | None = None
    plan: UnsharePlan | None = None
    answers: tuple[TargetFacts, ...] = ()
    done: Done | None = None

    def read(self, aws: Aws) -> None:
        """Everything before the first write."""
        self.facts = read_unshare(aws, self.request)
        self.plan = plan_unshare(self.request, self.facts)
        if not self.is_refused:
            self.answers = tuple(ask_organizations(aws, self.request, before_the_first_write(self.request, self.plan)))

    @property
    def is_refused(self) -> bool:
        """Whether anything stands in the way that is known before the first write."""
        return self.facts is None or self.plan is None or bool(refusals(self.request, self.facts, self.plan))

    @property
    def failures(self) -> list[Failure]:
        """Every failure that is worth a diagnosis."""
        return failures_in(self.facts) if self.done is None else self.done.failures

    @property
    def outcomes(self) -> list[AnyOutcome]:
        """What was planned or done so far, for when no report can be made."""
        return self.done.outcomes if self.done else []

    def predict(self, aws: Aws) -> None:
        """Check mode: what would be done."""
        if self.plan is not None:
            self.done = predict(aws, self.request, self.plan, self.answers, self.tell)

    def apply(self, aws: Aws) -> None:
        if self.facts is None or self.plan is None:
            return
        for done in apply(aws, self.request, self.facts, self.plan, self.answers, self.tell):
            self.done = done

    def report(self, explain: Callable[[Failure], Failure] | None) -> Report:
        """:param explain: adds to a failure what a diagnosis has found out; None where nothing failed."""
        if self.facts is None or self.plan is None:
            return refused((), ())
        if self.done is None:
            facts = explained(self.facts, explain) if explain else self.facts
            plan = plan_unshare(self.request, facts) if explain else self.plan
            return refused(refusals(self.request, facts, plan), notes(self.request, facts, plan))
        return report_unshare(self.request, self.facts, explained(self.done, explain) if explain else self.done)
