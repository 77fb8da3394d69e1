# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies of many keys: the calls of the module kms_key_policy_statement."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._base.outcome import Failure
from .._call.conclusions import concluded, keeping_the_record
from .._call.errors import AwsCallError, calling, failure_of
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from . import read as read_policy
from .change import Attempt, PolicyChange, PolicyOutcome, after_apply
from .read import POLICY_NAME

# Seconds before each further look at what was written. KMS is eventually consistent: usually it shows a change at once.
LOOKS = (1, 3)


@keeping_the_record
def apply(aws: Aws, plans: Sequence[PolicyOutcome]) -> list[PolicyOutcome]:
    """Write the policies of all keys at once; each key is one job, so that nothing of ours comes between its calls."""
    changes: list[PolicyChange] = [plan.change for plan in plans if plan.change]
    attempts = fan_out([paced(aws.pace("kms:PutKeyPolicy", change.region), _write, aws, change) for change in changes])
    answers = iter(_seen(aws, changes, attempts))
    return [
        concluded(plan, functools.partial(after_apply, plan, next(answers))) if plan.change else plan for plan in plans
    ]


@dataclass(frozen=True)
class _Written:
    """What came of a change, and whether another look may show it."""

    attempt: Attempt
    late: bool = False


def _write(aws: Aws, change: PolicyChange) -> _Written:
    """Write, unless somebody else has written since the plan was made; then see what is there."""
    client = aws.client("kms", change.region)
    found = read_policy.read_key_policy(client, change.region, change.key_arn)
    if not change.rests_on(found):
        return _Written(Attempt(False, found))
    try:
        put_key_policy(client, change.region, change.key_arn, change.text)
    except AwsCallError as error:
        # An answer can be lost after the policy was written.
        return _Written(Attempt(False, _look(aws, change).attempt.text, error.failure))
    return _look(aws, change)


def _seen(aws: Aws, changes: Sequence[PolicyChange], written: Sequence[_Written | Failure]) -> list[Attempt | Failure]:
    """The attempts after every look; what was written is in them, whatever looking again raises."""
    try:
        return _look_again(aws, changes, written)
    except Exception as error:
        failure = failure_of(error)
        return [replace(one.attempt, failure=failure) if isinstance(one, _Written) else one for one in written]


def _look_again(
    aws: Aws, changes: Sequence[PolicyChange], written: Sequence[_Written | Failure]
) -> list[Attempt | Failure]:
    """The attempts; where a change does not show yet, after another look. All together, so that no worker waits for one."""
    found = dict(enumerate(written))
    for delay in LOOKS:
        late = [number for number, one in found.items() if isinstance(one, _Written) and one.late]
        if not late:
            break
        time.sleep(delay)
        looks = fan_out([functools.partial(_look, aws, changes[number]) for number in late])
        found.update(zip(late, looks, strict=True))
    return [one.attempt if isinstance(one, _Written) else one for one in found.values()]


def _look(aws: Aws, change: PolicyChange) -> _Written:
    try:
        text = read_policy.read_key_policy(aws.client("kms", change.region), change.region, change.key_arn)
        return _Written(Attempt(True, text), late=not change.has_arrived(text))
    except Exception as error:
        # The policy was written, whatever the look at it raises.
        return _Written(Attempt(True, failure=failure_of(error)))


def put_key_policy(client: Any, region: str, key_arn: str, text: str) -> None:
    """Replace the whole policy. KMS's own check against a lock-out stays on."""
    with calling("kms:PutKeyPolicy", region, key_arn):
        client.put_key_policy(KeyId=key_arn, PolicyName=POLICY_NAME, Policy=text)
