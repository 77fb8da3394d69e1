# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of image_share: read, plan, apply, and at any time a report of how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .._base.outcome import AnyOutcome, Failure, explained, failures_in
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
from .wording import in_words_of


@dataclass(frozen=True)
class Prepared:
    """What was decided before the first write, from what was read."""

    audience: Audience
    plan: SharePlan | None
    refusals: tuple[str, ...]


def prepare(request: ShareRequest, answers: Answers, facts: ShareFacts | None) -> Prepared:
    """:param facts: None where the answers alone refuse the run, so that no AMI was read."""
    audience, problems = resolve(request, answers)
    if facts is None:
        return Prepared(audience, None, tuple(problems))
    plan = plan_share(request, audience, facts, plan_copies(request, facts))
    return Prepared(audience, plan, (*problems, *refusals(request, audience, facts, plan)))


@dataclass
class ShareJob:
    """What is known so far. Whatever ends the run, :meth:`report` says what was written until then."""

    request: ShareRequest
    tell: Tell
    answers: Answers = field(default_factory=Answers)
    facts: ShareFacts | None = None
    prepared: Prepared | None = None
    done: Done | None = None

    def read(self, aws: Aws) -> None:
        """Everything before the first write. Who is outside of the guard ends the run before any AMI is read."""
        self.answers = read_answers(aws, self.request, questions(self.request))
        audience, problems = resolve(self.request, self.answers)
        if not problems:
            self.facts = read_share(aws, self.request, audience)
        self.prepared = prepare(self.request, self.answers, self.facts)

    @property
    def is_refused(self) -> bool:
        """Whether anything stands in the way that is known before the first write."""
        return self.prepared is None or bool(self.prepared.refusals)

    @property
    def failures(self) -> list[Failure]:
        """Every failure that is worth a diagnosis."""
        if self.done is None:
            return failures_in((self.answers, self.facts))
        found = [failure for one in self.done.outcomes for failure in (one.failure, *one.parts.values())]
        return [failure for failure in found if failure] + failures_in(self.answers)

    @property
    def outcomes(self) -> list[AnyOutcome]:
        """What was planned or done so far, for when no report can be made."""
        return self.done.outcomes if self.done else []

    def predict(self, _aws: Aws) -> None:
        """Check mode: what would be done."""
        ready = self.prepared
        if ready and ready.plan and self.facts:
            self.done = predicted(self.request, ready.audience, self.facts, ready.plan)

    def apply(self, aws: Aws) -> None:
        ready = self.prepared
        if ready and ready.plan and self.facts:
            for done in apply(aws, self.request, ready.audience, self.facts, ready.plan, self.tell):
                self.done = done

    def report(self, explain: Callable[[Failure], Failure] | None) -> Report:
        """:param explain: adds to a failure what a diagnosis has found out; None where nothing failed."""
        return in_words_of(self.request, self._report(explain))

    def _report(self, explain: Callable[[Failure], Failure] | None) -> Report:
        answers = explained(self.answers, explain) if explain else self.answers
        if self.done is not None:
            audience, _problems = resolve(self.request, answers)
            return report_share(self.request, audience, explained(self.done, explain) if explain else self.done)
        ready = prepare(self.request, answers, explained(self.facts, explain) if explain else self.facts)
        return Report(
            failures=ready.refusals,
            refused=True,
            notes=tuple(notes(self.request, ready.audience)),
            extra={"left_out_accounts": left_out(ready.audience)},
        )
