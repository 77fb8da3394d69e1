# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the policies of many keys."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import calling
from .._call.fanout import fan_out
from .._call.session import Aws
from .._kms_key.read import read_keys
from .plan import PolicyFacts

# The one policy of a key that can be written; AWS_RAM, the other, is for reading.
POLICY_NAME = "default"


def read_key_policy(client: Any, region: str, key_arn: str) -> str:
    """The text of the key policy. Works in every key state, and only in the key's own account."""
    with calling("kms:GetKeyPolicy", region, key_arn):
        return answers.text(client.get_key_policy(KeyId=key_arn, PolicyName=POLICY_NAME), "Policy")


def read(aws: Aws, keys: Sequence[tuple[str, str]]) -> list[PolicyFacts]:
    """Each key with its policy, in input order; a key that was named twice (by ID and by alias, say) once."""
    facts = [PolicyFacts(key_id, region, key) for key_id, region, key in read_keys(aws, keys)]
    texts = fan_out([functools.partial(_read_policy, aws, fact) for fact in facts])
    return [PolicyFacts(fact.key_id, fact.region, fact.key, text) for fact, text in zip(facts, texts, strict=True)]


def _read_policy(aws: Aws, fact: PolicyFacts) -> str:
    if isinstance(fact.key, Failure):
        return ""
    return read_key_policy(aws.client("kms", fact.region), fact.region, fact.key.arn)
