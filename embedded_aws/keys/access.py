# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use a key: its account, the key policy, the grants; and KMS calls on keys of other accounts.

KMS API reference: DescribeKey, CreateGrant, ListGrants, RevokeGrant, RetireGrant and the cryptographic operations
take the ARN of another account's key; key policies, aliases and state changes do not. moto knows only keys of the
caller's account.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from moto.kms.models import Key, KmsBackend, kms_backends
from moto.kms.responses import KmsResponse
from moto.sts.models import sts_backends

from ..api.errors import KMSError
from ..identities.policy_decisions import Caller, allows, principal_covers
from .finding import KeyArn, find_key, parse_key_arn

CROSS_ACCOUNT = frozenset(
    [
        "DescribeKey",
        "CreateGrant",
        "ListGrants",
        "RevokeGrant",
        "RetireGrant",
        "GetKeyRotationStatus",
        "GetPublicKey",
        "Encrypt",
        "Decrypt",
        "ReEncrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateDataKeyPair",
        "GenerateMac",
        "VerifyMac",
        "Sign",
        "Verify",
    ]
)
# EC2 user guide, "Permissions to use encrypted EBS volumes", reduced to what a launch cannot do without.
LAUNCH_ACTIONS = (
    ("Decrypt",),
    ("CreateGrant",),
    ("DescribeKey",),
    ("ReEncryptFrom", "GenerateDataKeyWithoutPlaintext"),
)


def may(key: Key, caller: Caller, operation: str) -> bool:
    """Whether policy or a grant lets the caller do this with the key."""
    if key.account_id == caller.account:
        return True
    if allows(key.policy, caller, f"kms:{operation}"):
        return True
    return any(
        operation in grant.operations and not grant.constraints and principal_covers(grant.grantee_principal, caller)
        for grant in list(key.grants.values())
    )


def may_grant(key: Key, caller: Caller, operations: Iterable[str]) -> bool:
    """Whether the caller may make a grant with these operations.

    KMS API reference, CreateGrant: who may because of a grant can grant only what that grant allows, by a subset of its
    operations; who may because of a policy can grant more than it may do itself. (Grants with constraints, which could
    be handed on with the same ones, do not count here.)
    """
    if key.account_id == caller.account or allows(key.policy, caller, "kms:CreateGrant"):
        return True
    return any(
        set(operations) <= set(grant.operations)
        for grant in list(key.grants.values())
        if "CreateGrant" in grant.operations
        and not grant.constraints
        and principal_covers(grant.grantee_principal, caller)
    )


def may_launch_with(key: Key, account_id: str) -> bool:
    """Whether an instance of the account could start from snapshots on this key."""
    caller = Caller(account_id, any_member=True, via_service=f"ec2.{key.region}.amazonaws.com")
    return all(any(may(key, caller, one) for one in alternatives) for alternatives in LAUNCH_ACTIONS)


class KeyAccessResponse(KmsResponse):
    """Sends a request for another account's key to that account's backend, if that account lets it."""

    _chosen: KmsBackend | None = None

    @property
    def kms_backend(self) -> KmsBackend:
        if self._chosen is None:
            self._chosen = self._choose()
        return self._chosen

    def _validate_cmk_id(self, key_id: str) -> None:
        """moto knows the IDs of multi-Region keys with hyphens in them only (see backend.py)."""
        if key_id not in self.kms_backend.keys:
            super()._validate_cmk_id(key_id)

    def caller(self) -> Caller:
        """The identity behind the request."""
        backend = sts_backends[self.current_account][self.partition]
        role = backend.get_assumed_role_from_access_key(self.get_access_key())
        arns = {role.arn, role.role_arn} if role else {f"arn:{self.partition}:sts::{self.current_account}:user/moto"}
        return Caller(self.current_account, frozenset(arns))

    def denied(self, operation: str, resource: str) -> KMSError:
        """The text has all of AWS's reasons, as KMS does not tell which one it was."""
        text = (
            f"User of account {self.current_account} is not authorized to perform: kms:{operation} on resource: "
            f"{resource}"
            " because the resource does not exist in this Region, no resource-based policies allow access, or a"
            " resource-based policy explicitly denies access"
        )
        return KMSError("AccessDeniedException", text)

    def _choose(self) -> KmsBackend:
        parts = parse_key_arn(self._key_reference())
        if parts is None:
            return kms_backends[self.current_account][self.region]
        if parts.partition != self.partition:
            raise KMSError("InvalidArnException", f"Invalid arn {parts.partition}")
        if parts.region != self.region:
            raise KMSError("NotFoundException", f"Invalid arn {parts.region}")
        if parts.account != self.current_account:
            self._check_foreign(parts)
        return kms_backends[parts.account][self.region]

    def _key_reference(self) -> str | None:
        try:
            reference = json.loads(self.body).get("KeyId")
        except (ValueError, AttributeError):
            return None
        return reference if isinstance(reference, str) else None

    def _check_foreign(self, parts: KeyArn) -> None:
        operation = self._get_action()
        reference = str(self._key_reference())
        key_id = parts.name
        if parts.kind == "alias":
            key_id = kms_backends[parts.account][self.region].get_key_id_from_alias(f"alias/{parts.name}") or ""
        key = find_key(f"arn:{parts.partition}:kms:{parts.region}:{parts.account}:key/{key_id}")
        # RetireGrant rests on the grant itself, never on the key policy.
        allowed = operation == "RetireGrant" or (key is not None and may(key, self.caller(), operation))
        if operation not in CROSS_ACCOUNT or not allowed:
            raise self.denied(operation, reference)
