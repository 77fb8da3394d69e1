# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies of many keys: the calls of the module kms_key_policy_statement."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from typing import Any

from .._base.outcome import Failure
from .._call.errors import AwsCallError, calling
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from . import read as read_policy
from .change import Attempt, PolicyChange, PolicyOutcome, after_apply
from .read import POLICY_NAME

# Seconds before each further look at what was written. KMS is eventually consistent: usually it shows a change at once.
LOOKS = (1, 3)


def apply(aws: Aws, plans: Sequence[PolicyOutcome]) -> list[PolicyOutcome]:
    """Write the policies of all keys at once; each key is one job, so that nothing of ours comes between its calls."""
    changes: list[PolicyChange] = [plan.change for plan in plans if plan.change]
    jobs = [paced(aws.pace("kms:PutKeyPolicy", change.region), _write, aws, change) for change in changes]
    attempts = fan_out(jobs)
    answers = iter(_look_again(aws, changes, attempts))
    return [after_apply(plan, next(answers)) if plan.change else plan for plan in plans]


def _write(aws: Aws, change: PolicyChange) -> Attempt:
    """Write, unless somebody else has written since the plan was made; then see what is there."""
    client = aws.client("kms", change.region)
    found = read_policy.read_key_policy(client, change.region, change.key_arn)
    if not change.rests_on(found):
        return Attempt(False, found)
    try:
        put_key_policy(client, change.region, change.key_arn, change.text)
    except AwsCallError as error:
        # An answer can be lost after the policy was written.
        return Attempt(False, _look(aws, change).text, error.failure)
    return _look(aws, change)


def _look_again(
    aws: Aws, changes: Sequence[PolicyChange], attempts: list[Attempt | Failure]
) -> list[Attempt | Failure]:
    """The attempts; where a change does not show yet, after another look. All together, so that no worker waits for one."""
    for delay in LOOKS:
        late = [number for number, change in enumerate(changes) if _is_late(change, attempts[number])]
        if not late:
            break
        time.sleep(delay)
        looks = fan_out([functools.partial(_look, aws, changes[number]) for number in late])
        for number, look in zip(late, looks, strict=True):
            attempts[number] = look
    return attempts


def _is_late(change: PolicyChange, attempt: Attempt | Failure) -> bool:
    if isinstance(attempt, Failure) or attempt.failure or not attempt.written:
        return False
    return attempt.text is not None and not change.has_arrived(attempt.text)


def _look(aws: Aws, change: PolicyChange) -> Attempt:
    try:
        text = read_policy.read_key_policy(aws.client("kms", change.region), change.region, change.key_arn)
    except AwsCallError as error:
        return Attempt(True, failure=error.failure)
    return Attempt(True, text)


def put_key_policy(client: Any, region: str, key_arn: str, text: str) -> None:
    """Replace the whole policy. KMS's own check against a lock-out stays on."""
    with calling("kms:PutKeyPolicy", region):
        client.put_key_policy(KeyId=key_arn, PolicyName=POLICY_NAME, Policy=text)
