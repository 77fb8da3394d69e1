# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of a task, however they were named."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import calling
from .._call.fanout import fan_out
from .._call.session import Aws
from .model import Key


def read_keys(aws: Aws, keys: Sequence[tuple[str, str]]) -> list[tuple[str, str, Key | Failure]]:
    """Each key as it was named, its Region and what KMS says of it, in input order.

    A key that was named twice (by ID and by alias, say) comes once.

    :param keys: pairs of key (ID, ARN, alias name or alias ARN) and Region.
    """
    aws.prepare("kms", dict.fromkeys(region for _key_id, region in keys))
    found = fan_out([functools.partial(read_key, aws.client("kms", region), region, key) for key, region in keys])
    named: dict[tuple[str, str], tuple[str, str, Key | Failure]] = {}
    for (key_id, region), key in zip(keys, found, strict=True):
        named.setdefault((region, key.arn if isinstance(key, Key) else key_id), (key_id, region, key))
    return list(named.values())


def read_key(client: Any, region: str, key_id: str) -> Key:
    """:param key_id: key ID, key ARN, alias name or alias ARN: DescribeKey is the one call that takes them all."""
    with calling("kms:DescribeKey", region, key_id):
        metadata = answers.part(client.describe_key(KeyId=key_id), "KeyMetadata")
        arn = answers.text(metadata, "Arn")
        return Key(
            arn=arn,
            manager=answers.text(metadata, "KeyManager"),
            state=answers.text(metadata, "KeyState"),
            account_id=answers.text(metadata, "AWSAccountId", "") or arn.split(":")[4],
            multi_region=answers.flag(metadata, "MultiRegion", False),
            spec=answers.text(metadata, "KeySpec", "SYMMETRIC_DEFAULT"),
        )
