# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sole place that starts and ends a module: parse, read, plan, [check mode stops here], apply, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._base.identifiers import InputError
from .._base.outcome import Outcome, failure_message
from .._call.diagnose import Diagnosis, diagnose
from .._call.session import Aws, Connection, UnusableConnectionError

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
