# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sole place that starts and ends a module: parse, read, plan, [check mode stops here], apply, report."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, Protocol, TypeVar

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._base.identifiers import InputError
from .._base.outcome import AnyOutcome, Failure, Outcome, Reading, explanation, failure_message
from .._base.report import Report
from .._base.table import draw
from .._call.conclusions import keeping_the_record
from .._call.diagnose import Diagnosis, diagnose
from .._call.errors import UnusableConnectionError, failure_of
from .._call.session import Aws
from .connection import read_connection
from .progress import ProgressFile

USER_AGENT = "golden.ami"

Targets = TypeVar("Targets")
Request = TypeVar("Request")
Facts = TypeVar("Facts")
Planned = TypeVar("Planned", bound=AnyOutcome)
Parse = Callable[[Mapping[str, Any], "str | None"], tuple[Targets, Request]]
Read = Callable[[Aws, Targets], Sequence[Facts]]
Show = Callable[[AnyOutcome], dict[str, Any]]
Summary = Callable[[Sequence[AnyOutcome]], Mapping[str, Any]]


def run_setter(
    module: AnsibleAWSModule,
    parse: Parse[Targets, Request],
    read: Read[Targets, Facts],
    plan: Callable[[Request, Facts], Planned],
    apply: Callable[[Aws, Sequence[Planned]], list[Planned]],
    settle: Callable[[Sequence[Planned]], Sequence[Planned]] = list,
    show: Show = Outcome.as_result,
    summary: Summary = lambda _outcomes: {},
) -> NoReturn:
    """Run a module that changes something.

    :param parse: options and default Region to targets and request; raises InputError.
    :param read: targets to one actual state each, in input order.
    :param plan: request and actual state to an Outcome that has not happened yet; pure.
    :param apply: makes the changes of the plans and returns what happened; not called in check mode.
    :param settle: looks at all plans together before any of them is applied; pure.
    :param show: one outcome as its entry of the results.
    :param summary: further keys of the result, from all outcomes.
    """
    aws, targets, request = _start(module, parse)
    try:
        plans = list(settle([plan(request, actual) for actual in read(aws, targets)]))
    except Exception as error:
        _end_unread(module, error)
    done = plans if module.check_mode else keeping_the_record(apply)(aws, plans)
    _finish(module, aws, done, show, summary)


def run_info(
    module: AnsibleAWSModule,
    parse: Parse[Targets, Request],
    read: Read[Targets, Facts],
    report: Callable[[Request, Facts], Reading],
    read_in_check_mode: Read[Targets, Facts] | None = None,
) -> NoReturn:
    """Run a module that changes nothing.

    :param report: one actual state to an Outcome to show; pure.
    :param read_in_check_mode: takes the place of ``read``, where that makes calls that write in order to read.
    """
    aws, targets, request = _start(module, parse)
    reader = read_in_check_mode if read_in_check_mode and module.check_mode else read
    try:
        outcomes = [report(request, actual) for actual in reader(aws, targets)]
    except Exception as error:
        _end_unread(module, error)
    _finish(module, aws, outcomes, Outcome.as_info)


def _start(module: AnsibleAWSModule, parse: Parse[Targets, Request]) -> tuple[Aws, Targets, Request]:
    try:
        region, connection = read_connection(module)
        targets, request = parse(module.params, region)
        return Aws(connection, USER_AGENT), targets, request
    except InputError as error:
        module.fail_json(msg=str(error), problems=list(error.problems), changed=False, results=[])
    except Exception as error:
        _end_unread(module, error)


def _end_unread(module: AnsibleAWSModule, error: Exception) -> NoReturn:
    """Something was raised before the first write. Reading makes the clients, in which an unusable profile first shows."""
    module.fail_json(msg=_why_unread(error), changed=False, results=[])


def _why_unread(error: Exception) -> str:
    head = "Could not connect to AWS: " if isinstance(error, UnusableConnectionError) else ""
    return head + explanation(failure_of(error))


def _finish(
    module: AnsibleAWSModule,
    aws: Aws,
    outcomes: Sequence[AnyOutcome],
    show: Show,
    summary: Summary = lambda _outcomes: {},
) -> NoReturn:
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    diagnosis = diagnose(aws, failures) if failures else Diagnosis()
    try:
        outcomes = [
            replace(outcome, failure=diagnosis.explain(outcome.failure)) if outcome.failure else outcome
            for outcome in outcomes
        ]
        message, result = _result(outcomes, show, summary, module._diff)
        warnings = [warning for outcome in outcomes for warning in outcome.warnings]
    except Exception as error:
        message, result, warnings = explanation(failure_of(error)), _bare(outcomes), []
    _end(module, message, result, warnings)


def _result(outcomes: Sequence[AnyOutcome], show: Show, summary: Summary, diff: bool) -> tuple[str, dict[str, Any]]:
    """The message, empty when nothing failed, and the result."""
    result: dict[str, Any] = {
        "changed": any(outcome.changed for outcome in outcomes),
        "results": [show(outcome) for outcome in outcomes],
        **summary(outcomes),
    }
    if diff and result["changed"]:
        result["diff"] = [outcome.as_diff() for outcome in outcomes if outcome.changed]
    failed = [(outcome.target, outcome.failure) for outcome in outcomes if outcome.failure]
    json.dumps(result)  # What Ansible cannot write would end the module without a result.
    return failure_message(failed, len(outcomes)) if failed else "", result


def _bare(outcomes: Sequence[AnyOutcome]) -> dict[str, Any]:
    """What became of each target, when it cannot be shown as it should be."""
    listed = [Outcome.as_result(replace(outcome, extra={})) for outcome in outcomes]
    shown: list[dict[str, Any]] = json.loads(json.dumps(listed, default=str))
    return {"changed": any(outcome.changed for outcome in outcomes), "results": shown}


def _end(module: AnsibleAWSModule, message: str, result: Mapping[str, Any], warnings: Sequence[str]) -> NoReturn:
    for warning in dict.fromkeys(warnings):
        module.warn(warning)
    if message:
        module.fail_json(msg=message, **result)
    module.exit_json(**result)


class Job(Protocol):
    """A whole job in one process, such as image_share."""

    @property
    def is_refused(self) -> bool: ...

    @property
    def failures(self) -> list[Failure]: ...

    @property
    def outcomes(self) -> Sequence[AnyOutcome]: ...

    def read(self, aws: Aws) -> None: ...

    def predict(self, aws: Aws) -> None: ...

    def apply(self, aws: Aws) -> None: ...

    def report(self, explain: Callable[[Failure], Failure] | None) -> Report: ...


def run_job(module: AnsibleAWSModule, make_job: Callable[[Mapping[str, Any], Callable[[str], None]], Job]) -> NoReturn:
    """Run a module that does a whole job. Whatever is raised while it runs, what was written until then is reported.

    :param make_job: from the options that were given to the job; raises InputError.
    """
    progress = ProgressFile(module.params.get("progress_file"))
    given = {name: value for name, value in module.params.items() if value is not None}
    try:
        _region, connection = read_connection(module)
        job = make_job(given, progress.tell)
        aws = Aws(connection, USER_AGENT)
    except InputError as error:
        _finish_job(module, Report(failures=error.problems, refused=True))
    except Exception as error:
        _finish_job(module, Report(failures=(_why_unread(error),), refused=True))
    try:
        job.read(aws)
        refused = job.is_refused
    except Exception as error:
        _finish_job(module, Report(failures=(_why_unread(error),), refused=True))
    crash = None if refused else _worked(functools.partial(job.predict if module.check_mode else job.apply, aws))
    _finish_job(module, _report(job, aws, crash))


def _worked(work: Callable[[], None]) -> Failure | None:
    """:return: what ended the work before its end, if anything did: what was written until then is reported all the same."""
    try:
        work()
    except Exception as error:
        return failure_of(error)
    return None


def _report(job: Job, aws: Aws, crash: Failure | None) -> Report:
    try:
        failures = job.failures
        report = job.report(diagnose(aws, failures).explain if failures else None)
    except Exception as error:
        # Of a report that cannot be made, the record of what was written is left.
        bare = _bare(job.outcomes)
        report = Report(changed=bare["changed"], failures=(explanation(failure_of(error)),), extra=bare)
    return replace(report, failures=(explanation(crash), *report.failures), refused=False) if crash else report


def _finish_job(module: AnsibleAWSModule, report: Report) -> NoReturn:
    result = report.as_dict()
    try:
        result["table"] = draw(report, module.check_mode)
        if module._diff and report.changed:
            result["diff"] = report.diff()
    except Exception as error:
        report = replace(report, failures=(*report.failures, explanation(failure_of(error))))
        result = {**report.as_dict(), "table": []}
    _end(module, report.message, result, ())
