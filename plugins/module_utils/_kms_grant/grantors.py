# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles in the grantees' own accounts that make the grants there.

For a service-linked role of another account AWS documents that its own account makes the grant, on the ARN of the owner's
key (Amazon EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes"). So the role is
given as a pattern, which stands for one role in each account.
"""

from __future__ import annotations

from dataclasses import replace

from .._base import identifiers
from .._base.advice import DENIED
from .._base.denials import IDENTITY, RESOURCE, read_denial
from .._base.outcome import Failure

ACCOUNT = "{account}"
PARTITION = "{partition}"
_EXAMPLE = "arn:{partition}:iam::{account}:role/golden-ami-grantor"


def check_pattern(pattern: str, partition: str | None) -> str | None:
    """:param partition: the keys' partition, None when they are not of one known partition."""
    fields = pattern.split(":")
    account = fields[4] if len(fields) > 4 else ""
    if account != ACCOUNT:
        return (
            f"grantor_role_arn: '{pattern}' must have {ACCOUNT} where an ARN has the account, because each grant is made by the "
            f"role of its grantee's own account; it looks like '{_EXAMPLE}'."
        )
    filled = grantor_arn(pattern, "arn:aws:iam::111122223333:root", partition or "aws")
    role = identifiers.PRINCIPAL_ARN.fullmatch(filled)
    if not role or not fields[5].startswith("role/"):
        return (
            f"grantor_role_arn: '{pattern}' is not the ARN of a role, also with {ACCOUNT} and {PARTITION} filled in; it looks "
            f"like '{_EXAMPLE}'."
        )
    if partition and role.group("partition") != partition:
        return (
            f"grantor_role_arn: '{pattern}' belongs to the partition '{role.group('partition')}', the keys to '{partition}'; "
            f"{PARTITION} stands for the keys'."
        )
    return None


def grantor_arn(pattern: str, grantee: str, partition: str) -> str:
    """The role in the account of a grantee (an ARN); empty without a pattern."""
    return pattern.replace(ACCOUNT, grantee.split(":")[4]).replace(PARTITION, partition)


def not_assumed(failure: Failure, role_arn: str) -> Failure:
    """Why a role's grants could not be made; AWS's own text does not name the role in every case."""
    return replace(failure, message=f"{role_arn} could not be assumed: {failure.message}")


def refused(failure: Failure, role_arn: str) -> Failure:
    """Why a grant that a role was to make could not be made: with the role as the caller, whose permissions matter."""
    if failure.code not in DENIED or read_denial(failure.message).kind not in ("", IDENTITY, RESOURCE):
        return replace(failure, caller=role_arn)
    step = (
        f"Allow {failure.action} on the key's ARN in the policies of {role_arn}, and let its account make grants: in the key "
        "policy, or by a grant to the account that has CreateGrant and every operation that is to be granted."
    )
    return replace(failure, caller=role_arn, next_step=step)
