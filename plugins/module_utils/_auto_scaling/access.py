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
from .._key_policy.conditions import NO, YES, all_of, any_of
from .._key_policy.evaluation import Rule, allows, concerning, denies, read_rules
from .._key_policy.requesters import ServiceLinkedRole
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

    A grant with constraints does not count, as the volume's encryption context is not known before it exists. Who made a
    grant does not matter. What the key policy denies, no grant allows.

    :return: accounts by ``grant``, ``key_policy`` and ``none``; ``unknown`` are those for which it cannot be determined, because
        something could not be read, or because AWS does not say whether a statement is about a service-linked role.
    """
    granted = _granted(grants)
    document = None if isinstance(policy, Failure) else policies.read_document(policy)
    rules = None if document is None else read_rules(document, partition)
    found: dict[str, list[str]] = {"grant": [], "key_policy": [], "none": [], "unknown": []}
    for account_id in dict.fromkeys(account_ids):
        role = role_arn(account_id, partition)
        found[_way(role, granted, rules)].append(account_id)
    return found


def _way(role: str, granted: Mapping[str, list[frozenset[str]]] | None, rules: Sequence[Rule] | None) -> str:
    operations = (granted or {}).get(role, [])
    by_grant = any(each >= OPERATIONS for each in operations)
    if rules is None:
        return "grant" if by_grant else "unknown"
    requester = ServiceLinkedRole(role)
    rules = concerning(rules, requester)
    denied = {name: denies(rules, requester, f"kms:{name}") for name in OPERATIONS}
    if by_grant:
        return {NO: "grant", YES: "none"}.get(any_of(denied.values()), "unknown")
    allowed = {name: allows(rules, requester, f"kms:{name}") for name in OPERATIONS}
    if all_of(allowed.values()) is YES:
        return "key_policy"
    # Several grants, or a grant and the policy, may do together; what a grant's own grants may have is less than that then.
    granted_in_parts = frozenset().union(*operations)
    together = all_of(denied[name].inverted if name in granted_in_parts else allowed[name] for name in OPERATIONS)
    return "none" if granted is not None and together is NO else "unknown"


def _granted(grants: Sequence[Grant] | Failure) -> dict[str, list[frozenset[str]]] | None:
    """What each of the grants without constraints allows, by grantee; None when they could not be read."""
    if isinstance(grants, Failure):
        return None
    found: dict[str, list[frozenset[str]]] = {}
    for grant in grants:
        if not grant.terms.constraints:
            found.setdefault(grant.grantee, []).append(grant.terms.operations)
    return found
