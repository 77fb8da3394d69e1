# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One role in each of many accounts, written as an ARN with ``{account}`` and ``{partition}`` in it."""

from __future__ import annotations

from . import identifiers

ACCOUNT = "{account}"
PARTITION = "{partition}"


def fill(pattern: str, account_id: str, partition: str) -> str:
    return pattern.replace(ACCOUNT, account_id).replace(PARTITION, partition)


def check(option: str, pattern: str, partition: str | None, name: str, why: str, things: str) -> str | None:
    """What is wrong with a pattern.

    :param partition: the one partition of everything that the task is about, None when it is not known.
    :param name: of a role, for the example.
    :param why: why a role of one account for all of them will not do.
    :param things: what is in that partition, such as ``keys``.
    """
    example = f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}"
    fields = pattern.split(":")
    if len(fields) < 5 or fields[4] != ACCOUNT:
        where = f"'{pattern}' must have {ACCOUNT} where an ARN has the account"
        return f"{option}: {where}, because {why}; it looks like '{example}'."
    role = identifiers.PRINCIPAL_ARN.fullmatch(fill(pattern, "111122223333", partition or "aws"))
    if not role or not fields[5].startswith("role/"):
        return (
            f"{option}: '{pattern}' is not the ARN of a role, also with {ACCOUNT} and {PARTITION} filled in; it looks like "
            f"'{example}'."
        )
    if partition and role.group("partition") != partition:
        return (
            f"{option}: '{pattern}' belongs to the partition '{role.group('partition')}', the {things} to '{partition}'; "
            f"{PARTITION} stands for the {things}'."
        )
    return None
