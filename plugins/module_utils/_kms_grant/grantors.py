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

from .._base import role_pattern
from .._base.advice import DENIED
from .._base.denials import IDENTITY, RESOURCE, read_denial
from .._base.outcome import Failure


def check_pattern(pattern: str, partition: str | None) -> str | None:
    """:param partition: the keys' partition, None when they are not of one known partition."""
    why = "each grant is made by the role of its grantee's own account"
    return role_pattern.check("grantor_role_arn", pattern, partition, "golden-ami-grantor", why, "keys")


def grantor_arn(pattern: str, grantee: str, partition: str) -> str:
    """The role in the account of a grantee (an ARN); empty without a pattern."""
    return role_pattern.fill(pattern, grantee.split(":")[4], partition)


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
