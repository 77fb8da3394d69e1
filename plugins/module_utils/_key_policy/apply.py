# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies of many keys: the calls of the module kms_key_policy_statement."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from typing import Any

from .._base.outcome import Failure, Outcome
from .._call import kms
from .._call.errors import AwsCallError
from .._call.fanout import Pace, fan_out
from .._call.session import Aws
from .._kms_key.read import read_keys
from .change import Attempt, PolicyChange, after_apply
from .plan import PolicyFacts

# Seconds before each look at what was written. KMS is eventually consistent: usually it shows a change at once.
LOOKS = (0, 1, 3)


def read(aws: Aws, keys: Sequence[tuple[str, str]]) -> list[PolicyFacts]:
    """Each key with its policy, in input order; a key that was named twice (by ID and by alias, say) once."""
    facts = [PolicyFacts(key_id, region, key) for key_id, region, key in read_keys(aws, keys)]
    texts = fan_out([functools.partial(_read_policy, aws, fact) for fact in facts])
    return [PolicyFacts(fact.key_id, fact.region, fact.key, text) for fact, text in zip(facts, texts, strict=True)]


def _read_policy(aws: Aws, fact: PolicyFacts) -> str:
    if isinstance(fact.key, Failure):
        return ""
    return kms.read_key_policy(aws.client("kms", fact.region), fact.region, fact.key.arn)


def apply(aws: Aws, plans: Sequence[Outcome]) -> list[Outcome]:
    """Write the policies of all keys at once; each key is one job, so that nothing of ours comes between its calls."""
    changes: list[PolicyChange] = [plan.change for plan in plans if plan.change]
    paces = {change.region: Pace(kms.PUT_KEY_POLICY_RATE) for change in changes}
    answers = iter(fan_out([functools.partial(_write, aws, paces[change.region], change) for change in changes]))
    return [after_apply(plan, next(answers)) if plan.change else plan for plan in plans]


def _write(aws: Aws, pace: Pace, change: PolicyChange) -> Attempt:
    """Write, unless somebody else has written since the plan was made; then see what is there."""
    client = aws.client("kms", change.region)
    pace.wait()
    found = kms.read_key_policy(client, change.region, change.key_arn)
    if not change.rests_on(found):
        return Attempt(False, found)
    try:
        kms.put_key_policy(client, change.region, change.key_arn, change.text)
    except AwsCallError as error:
        # An answer can be lost after the policy was written.
        return Attempt(False, _look(client, change, LOOKS[:1]).text, error.failure)
    return _look(client, change, LOOKS)


def _look(client: Any, change: PolicyChange, delays: Sequence[float]) -> Attempt:
    text = None
    for delay in delays:
        time.sleep(delay)
        try:
            text = kms.read_key_policy(client, change.region, change.key_arn)
        except AwsCallError as error:
            return Attempt(True, failure=error.failure)
        if change.has_arrived(text):
            break
    return Attempt(True, text)
