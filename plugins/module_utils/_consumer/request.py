# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of consumers in which a task works, and the role that it assumes in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers, role_pattern


@dataclass(frozen=True)
class Consumers:
    """``account_ids``: none for the account of the task's own credentials, in which no role is assumed.

    ``own``: whether that account is meant besides the named ones.
    """

    account_ids: tuple[str, ...] = ()
    pattern: str = ""
    external_id: str = ""
    partition: str = "aws"
    own: bool = False

    def role_arn(self, account_id: str) -> str:
        return role_pattern.fill(self.pattern, account_id, self.partition)


def check_consumers(params: Mapping[str, Any], partition: str | None) -> list[str]:
    """Every problem of account_ids, role_arn and external_id."""
    accounts, pattern, external_id = params["account_ids"], params["role_arn"], params["external_id"]
    problems = identifiers.check_each("account_ids", accounts or (), identifiers.check_account_id)
    if accounts is not None and not accounts:
        problems.append("account_ids: is empty; name the accounts, or leave it out for the account of the credentials.")
    if accounts and not pattern:
        problems.append("role_arn: is needed with account_ids; it is the role that is assumed in each of them.")
    if pattern and accounts is None:
        problems.append("role_arn: goes with account_ids; without them the task's own credentials are used.")
    if pattern:
        why = "a role is assumed in each of the accounts"
        wrong = role_pattern.check("role_arn", pattern, partition, "golden-ami-consumer", why, "AMIs")
        problems += [wrong] if wrong else []
    if external_id:
        problems += identifiers.check_each("external_id", [external_id], identifiers.check_external_id)
        problems += [] if pattern else ["external_id: goes with role_arn."]
    return problems


def consumers(params: Mapping[str, Any], partition: str | None, own: bool = False) -> Consumers:
    """Checked options without duplicates, in input order."""
    return Consumers(
        tuple(dict.fromkeys(params["account_ids"] or ())),
        params["role_arn"] or "",
        params["external_id"] or "",
        partition or "aws",
        own,
    )
