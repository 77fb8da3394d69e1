# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What launch_check is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.tags import MOST, check_tags
from .._consumer.request import Consumers, check_consumers, consumers
from .._image.selection import ImageSelector

# Small types that every Region has; macOS needs a Dedicated Host, which a check does not allocate.
USUAL_TYPES = {"x86_64": "t3.micro", "arm64": "t4g.micro", "i386": "t2.micro"}
# What marks every instance of a check, so that one that was left behind is found.
TAG = ("golden.ami", "launch_check")


@dataclass(frozen=True)
class CheckRequest:
    """``key_arns``: keys of encrypted AMIs whose snapshots the task's own credentials cannot read, by Region."""

    consumers: Consumers
    images: tuple[ImageSelector, ...]
    instance_type: str = ""
    subnet_tags: tuple[tuple[str, str], ...] = ()
    key_arns: Mapping[str, tuple[str, ...]] | None = None
    auto_scaling: bool = False
    launch: bool = False
    launch_timeout: int = 300
    instance_tags: tuple[tuple[str, str], ...] = ()
    report_only: bool = False

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(image.region for image in self.images))


def parse_request(params: Mapping[str, Any], images: Sequence[ImageSelector], partition: str | None) -> CheckRequest:
    """:raises InputError: with all problems."""
    problems = check_consumers(params, partition)
    instance_type, keys = params["instance_type"] or "", params["kms_key_arns"] or ()
    if instance_type and not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", instance_type):
        problems.append(f"instance_type: '{instance_type}' is not an instance type, such as t3.micro.")
    problems += _check_tags("subnet_tags", params["subnet_tags"]) + _check_tags(
        "instance_tags", params["instance_tags"]
    )
    problems += [f"kms_key_arns: {wrong}" for wrong in map(_check_key_arn, keys) if wrong]
    if params["launch_timeout"] < 1:
        problems.append(f"launch_timeout: {params['launch_timeout']} leaves an instance no time to start.")
    if problems:
        raise InputError(problems)
    return CheckRequest(
        consumers(params, partition),
        tuple(images),
        instance_type,
        _pairs(params["subnet_tags"]),
        _by_region(keys),
        params["auto_scaling"],
        params["launch"],
        params["launch_timeout"],
        _pairs(params["instance_tags"]),
        params["report_only"],
    )


def _check_key_arn(value: str) -> str | None:
    """An alias ARN does not do: KMS takes another account's key by the ARN of the key for most operations."""
    match = identifiers.KMS_ARN.fullmatch(value)
    if match and match.group("resource").startswith("key/"):
        return identifiers.check_key(value)
    return f"'{value}' is not the ARN of a key; a consumer needs it in full, such as arn:aws:kms:REGION:ACCOUNT:key/ID."


def _check_tags(option: str, tags: Mapping[str, Any] | None) -> list[str]:
    if tags is None:
        return []
    problems = check_tags(option, tags)
    if option == "instance_tags" and TAG[0] in tags:
        problems.append(f"{option}: '{TAG[0]}' marks the instances of checks and cannot be set.")
    if option == "instance_tags" and len(tags) == MOST:
        problems.append(f"{option}: {len(tags)} tags; {MOST - 1} fit beside the one that marks checks.")
    return problems


def _pairs(tags: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((tags or {}).items()))


def _by_region(arns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for arn in dict.fromkeys(arns):
        region = arn.split(":")[3]
        found[region] = (*found.get(region, ()), arn)
    return found
