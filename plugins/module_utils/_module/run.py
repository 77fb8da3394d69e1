# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sole place that starts and ends a module: parse, read, plan, [check mode stops here], apply, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, Protocol

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._base.identifiers import InputError
from .._base.outcome import Failure, Outcome, explanation, failure_message
from .._base.report import Report
from .._base.table import draw
from .._call.diagnose import Diagnosis, diagnose
from .._call.errors import internal_error
from .._call.session import Aws, Connection, UnusableConnectionError
from .progress import ProgressFile

USER_AGENT = "golden.ami"

Parse = Callable[[Mapping[str, Any], "str | None"], tuple[Any, Any]]
Read = Callable[[Aws, Any], Sequence[Any]]
Plan = Callable[[Any, Any], Outcome]
# Of a kind of outcome that its own plan has made.
Apply = Callable[[Aws, Sequence[Any]], Sequence[Outcome]]
Settle = Callable[[Sequence[Outcome]], Sequence[Outcome]]


def run_setter(
    module: AnsibleAWSModule, parse: Parse, read: Read, plan: Plan, apply: Apply, settle: Settle = list
) -> NoReturn:
    """Run a module that changes something.

    :param parse: options and default Region to targets and request; raises InputError.
    :param read: targets to one actual state each, in input order.
    :param plan: request and actual state to an Outcome that has not happened yet; pure.
    :param apply: makes the changes of the plans and returns what happened; not called in check mode.
    :param settle: looks at all plans together before any of them is applied; pure.
    """
    aws, targets, request = _start(module, parse)
    plans = settle([plan(request, actual) for actual in _read(module, read, aws, targets)])
    outcomes = list(plans) if module.check_mode else list(apply(aws, plans))
    _finish(module, aws, outcomes)


def run_info(
    module: AnsibleAWSModule, parse: Parse, read: Read, report: Plan, read_in_check_mode: Read | None = None
) -> NoReturn:
    """Run a module that changes nothing.

    :param report: one actual state to an Outcome to show; pure.
    :param read_in_check_mode: takes the place of ``read``, where that makes calls that write in order to read.
    """
    aws, targets, request = _start(module, parse)
    reader = read_in_check_mode if read_in_check_mode and module.check_mode else read
    outcomes = [report(request, actual) for actual in _read(module, reader, aws, targets)]
    _finish(module, aws, outcomes, show=Outcome.as_info)


def _start(module: AnsibleAWSModule, parse: Parse) -> tuple[Aws, Any, Any]:
    region, endpoint_url, options = get_aws_connection_info(module)
    try:
        targets, request = parse(module.params, region)
    except InputError as error:
        module.fail_json(msg=str(error), problems=list(error.problems), changed=False, results=[])
    try:
        return Aws(Connection(endpoint_url, options), USER_AGENT), targets, request
    except UnusableConnectionError as error:
        _refuse_connection(module, error)


def _read(module: AnsibleAWSModule, read: Read, aws: Aws, targets: Any) -> Sequence[Any]:
    """Reading makes the clients, in which an unusable profile or endpoint first shows."""
    try:
        return read(aws, targets)
    except UnusableConnectionError as error:
        _refuse_connection(module, error)


def _refuse_connection(module: AnsibleAWSModule, error: UnusableConnectionError) -> NoReturn:
    module.fail_json(msg=f"Could not connect to AWS: {error}", changed=False, results=[])


def _finish(
    module: AnsibleAWSModule,
    aws: Aws,
    outcomes: Sequence[Outcome],
    show: Callable[[Outcome], dict[str, Any]] = Outcome.as_result,
) -> NoReturn:
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    diagnosis = diagnose(aws, failures) if failures else Diagnosis()
    outcomes = [
        replace(outcome, failure=diagnosis.explain(outcome.failure)) if outcome.failure else outcome
        for outcome in outcomes
    ]
    for warning in dict.fromkeys(warning for outcome in outcomes for warning in outcome.warnings):
        module.warn(warning)
    result: dict[str, Any] = {
        "changed": any(outcome.changed for outcome in outcomes),
        "results": [show(outcome) for outcome in outcomes],
    }
    if module._diff and result["changed"]:
        result["diff"] = [outcome.as_diff() for outcome in outcomes if outcome.changed]
    failed = [(outcome.target, outcome.failure) for outcome in outcomes if outcome.failure]
    if failed:
        module.fail_json(msg=failure_message(failed, len(outcomes)), **result)
    module.exit_json(**result)


class Job(Protocol):
    """A whole job in one process, such as image_share."""

    @property
    def is_refused(self) -> bool: ...

    @property
    def failures(self) -> list[Failure]: ...

    def read(self, aws: Aws) -> None: ...

    def predict(self, aws: Aws) -> None: ...

    def apply(self, aws: Aws) -> None: ...

    def report(self, explain: Callable[[Failure], Failure] | None) -> Report: ...


def run_job(module: AnsibleAWSModule, make_job: Callable[[Mapping[str, Any], Callable[[str], None]], Job]) -> NoReturn:
    """Run a module that does a whole job. Whatever is raised while it runs, what was written until then is reported.

    :param make_job: from the options that were given to the job; raises InputError.
    """
    _region, endpoint_url, options = get_aws_connection_info(module)
    progress = ProgressFile(module.params.get("progress_file"))
    given = {name: value for name, value in module.params.items() if value is not None}
    try:
        job = make_job(given, progress.tell)
    except InputError as error:
        _finish_job(module, Report(failures=error.problems, refused=True), None)
    try:
        aws = Aws(Connection(endpoint_url, options), USER_AGENT)
        crash = _work(module, job, aws)
    except UnusableConnectionError as error:
        _finish_job(module, Report(failures=(f"Could not connect to AWS: {error}",), refused=True), None)
    failures = job.failures
    _finish_job(module, job.report(diagnose(aws, failures).explain if failures else None), crash)


def _work(module: AnsibleAWSModule, job: Job, aws: Aws) -> Failure | None:
    """:return: what ended the job before its end, if anything did: a bug of ours, whose writes are reported all the same."""
    try:
        job.read(aws)
        if job.is_refused:
            return None
        if module.check_mode:
            job.predict(aws)
        else:
            job.apply(aws)
    except UnusableConnectionError:
        raise
    except Exception as error:
        return internal_error(error)
    return None


def _finish_job(module: AnsibleAWSModule, report: Report, crash: Failure | None) -> NoReturn:
    if crash:
        report = replace(report, failures=(explanation(crash), *report.failures))
    result = {**report.as_dict(), "table": draw(report, module.check_mode)}
    if module._diff and report.changed:
        result["diff"] = report.diff()
    if report.failures:
        module.fail_json(msg=report.message, **result)
    module.exit_json(**result)
