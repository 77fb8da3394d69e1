# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom an account's key access is for: its root, and what patterns make of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .._base import identifiers
from .._base.survey_text import Inputs
from . import grantors
from .model import principal_arn

PLACEHOLDERS = ("account", "partition")
EXAMPLE_ACCOUNT = "111122223333"


def check_patterns(inputs: Inputs, name: str, patterns: Iterable[str], partition: str | None) -> None:
    """A problem for each pattern that makes no principal's ARN, or has a placeholder that nobody fills in."""
    for pattern in patterns:
        unknown = [one for one in re.findall(r"{([^}]*)}", pattern) if one not in PLACEHOLDERS]
        if unknown:
            problem: str | None = f"'{pattern}' contains {{{unknown[0]}}}; there are {{account}} and {{partition}}."
        else:
            problem = _no_principal(expand(pattern, EXAMPLE_ACCOUNT, partition or "aws"), pattern, partition)
        inputs.add([f"{inputs.prefix}{name}: {problem}"] if problem else [])


def _no_principal(arn: str, pattern: str, partition: str | None) -> str | None:
    """A grantee can be an account's bare ID as well; here it would be a consumer that no check of consumers sees."""
    problem = identifiers.check_grantee(arn, partition)
    if problem or arn.startswith("arn:"):
        return problem
    return (
        f"'{pattern}' is not the ARN of a principal. Accounts are consumers, and the root of each is a grantee anyway."
    )


def check_role_pattern(inputs: Inputs, name: str, pattern: str, partition: str | None) -> None:
    """A problem for a pattern that is not a role in each account, by which kms_grant is to make grants there."""
    problem = grantors.check_pattern(pattern, partition)
    inputs.add([f"{inputs.prefix}{name}: {problem.partition(': ')[2]}"] if problem else [])


def grantees(account_ids: Iterable[str], patterns: Iterable[str], partition: str) -> dict[str, list[str]]:
    """Each account's grantees on the keys, as ARNs: its root, and what the patterns make of it."""
    listed = list(patterns)
    return {
        account: [principal_arn(account, partition), *(expand(pattern, account, partition) for pattern in listed)]
        for account in account_ids
    }


def expand(pattern: str, account_id: str, partition: str) -> str:
    return pattern.replace("{account}", account_id).replace("{partition}", partition)


def account_of(arn: str) -> str:
    """The account in the ARN of a principal; empty where a pattern leaves it open."""
    found = re.match(r"arn:[^:]*:[^:]*::(\d{12}):", arn, re.ASCII)
    return found.group(1) if found else ""


def of_other_accounts(patterns: Iterable[str]) -> Mapping[str, str]:
    """Patterns that name one account for all consumers, by pattern: such a grantee is in nobody's list of accounts."""
    return {pattern: account_of(pattern) for pattern in patterns if account_of(pattern)}
