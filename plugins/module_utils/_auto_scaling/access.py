# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether Amazon EC2 Auto Scaling of other accounts may use a key, and by what.

It launches as a service-linked role, which has no KMS permissions in IAM. So a right of its account is none of its own:
a grant or the key policy must name the role itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._base.outcome import Failure
from .._key_policy import document as policies
from .._kms_grant.model import Grant

# What AWS's own recipe grants to the role in another account (Amazon EC2 Auto Scaling User Guide, "Required AWS KMS key
# policy for use with encrypted volumes", customer managed keys of another account). No smaller set is documented.
OPERATIONS = frozenset(
    (
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    )
)
_ROLE = "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def role_arn(account_id: str, partition: str) -> str:
    return _ROLE.format(partition=partition, account=account_id)


def access(
    account_ids: Iterable[str], partition: str, grants: Sequence[Grant] | Failure, policy: str | Failure
) -> dict[str, list[str]]:
    """The accounts by what lets their Auto Scaling use the key.

    A statement with a condition does not count, because whether it holds for the role cannot be told; neither does a
    grant with constraints, as the volume's encryption context is not known before it exists.

    :return: accounts by ``grant``, ``key_policy`` and ``none``; ``unknown`` are those for which what was read has
        nothing, and not everything could be read.
    """
    granted = _granted(grants)
    in_policy = _in_policy(policy, partition)
    found: dict[str, list[str]] = {"grant": [], "key_policy": [], "none": [], "unknown": []}
    unread = isinstance(grants, Failure) or in_policy is None
    for account_id in dict.fromkeys(account_ids):
        role = role_arn(account_id, partition)
        if role in granted:
            how = "grant"
        elif (in_policy or {}).get(role, frozenset()) >= OPERATIONS:
            how = "key_policy"
        else:
            how = "unknown" if unread else "none"
        found[how].append(account_id)
    return found


def _granted(grants: Sequence[Grant] | Failure) -> frozenset[str]:
    if isinstance(grants, Failure):
        return frozenset()
    return frozenset(
        grant.grantee for grant in grants if not grant.terms.constraints and grant.terms.operations >= OPERATIONS
    )


def _in_policy(policy: str | Failure, partition: str) -> Mapping[str, frozenset[str]] | None:
    """Which of the operations the key policy allows to whom it names; several statements add up. None when it is unread."""
    document = None if isinstance(policy, Failure) else policies.read_document(policy)
    if document is None:
        return None
    allowed: dict[str, frozenset[str]] = {}
    for statement in policies.statements(document):
        if statement.get("Effect") != "Allow" or statement.get("Condition"):
            continue
        covered = frozenset(name for name in OPERATIONS if policies.covers(statement, f"kms:{name}"))
        for name in policies.aws_principals(statement, partition):
            allowed[name] = allowed.get(name, frozenset()) | covered
    return allowed
