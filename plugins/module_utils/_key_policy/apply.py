# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies of many keys: the calls of the module kms_key_policy_statement."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from typing import Any

from .._call.conclusions import concluded
from .._call.errors import AwsCallError, calling, failure_of
from .._call.fanout import Pace, fan_out
from .._call.session import Aws
from . import read as read_policy
from .change import Attempt, PolicyChange, PolicyOutcome, after_apply
from .read import POLICY_NAME

# Seconds before each look at what was written. KMS is eventually consistent: usually it shows a change at once.
LOOKS = (0, 1, 3)


def apply(aws: Aws, plans: Sequence[PolicyOutcome]) -> list[PolicyOutcome]:
    """Write the policies of all keys at once; each key is one job, so that nothing of ours comes between its calls."""
    changes: list[PolicyChange] = [plan.change for plan in plans if plan.change]
    paces = {change.region: Pace(PUT_KEY_POLICY_RATE) for change in changes}
    answers = iter(fan_out([functools.partial(_write, aws, paces[change.region], change) for change in changes]))
    return [
        concluded(plan, functools.partial(after_apply, plan, next(answers))) if plan.change else plan for plan in plans
    ]


def _write(aws: Aws, pace: Pace, change: PolicyChange) -> Attempt:
    """Write, unless somebody else has written since the plan was made; then see what is there."""
    client = aws.client("kms", change.region)
    pace.wait()
    found = read_policy.read_key_policy(client, change.region, change.key_arn)
    if not change.rests_on(found):
        return Attempt(False, found)
    try:
        put_key_policy(client, change.region, change.key_arn, change.text)
    except AwsCallError as error:
        # An answer can be lost after the policy was written.
        return Attempt(False, _look(client, change, LOOKS[:1]).text, error.failure)
    return _look(client, change, LOOKS)


def _look(client: Any, change: PolicyChange, delays: Sequence[float]) -> Attempt:
    text = None
    for delay in delays:
        time.sleep(delay)
        try:
            text = read_policy.read_key_policy(client, change.region, change.key_arn)
            if change.has_arrived(text):
                break
        except Exception as error:
            # The policy was written, whatever the look at it raises.
            return Attempt(True, failure=failure_of(error))
    return Attempt(True, text)


PUT_KEY_POLICY_RATE = 15


def put_key_policy(client: Any, region: str, key_arn: str, text: str) -> None:
    """Replace the whole policy. KMS's own check against a lock-out stays on."""
    with calling("kms:PutKeyPolicy", region):
        client.put_key_policy(KeyId=key_arn, PolicyName=POLICY_NAME, Policy=text)
