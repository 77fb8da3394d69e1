# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CreateKey, PutKeyPolicy, GetKeyPolicy, ReplicateKey with the checks of key policies that moto leaves out.

KMS API reference, PutKeyPolicy: the caller must not lock itself out, principals must exist, the document has a size
limit.
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.kms.models import Key, kms_backends

from ..api.errors import KMSError
from ..api.limits import limit
from ..identities.policy_decisions import Caller, allows, as_list, aws_principals
from ..identities.principals import exists, partition_of, shown, unique_id, well_formed
from .access import KeyAccessResponse

ACCOUNT_ID = re.compile(r"\d{12}")


def malformed(message: str) -> KMSError:
    """One code for bad syntax, bad principals and lock-out."""
    return KMSError("MalformedPolicyDocumentException", message)


def check_policy(policy: str, caller: Caller, partition: str, bypass_lockout: bool) -> None:
    """Raises what PutKeyPolicy and CreateKey say to this document."""
    if len(policy.encode()) > limit("key_policy_bytes"):
        raise KMSError("LimitExceededException", "The key policy is larger than the quota allows")
    try:
        document = json.loads(policy)
    except ValueError:
        raise malformed("The policy is not valid JSON") from None
    if not isinstance(document, dict) or not document.get("Statement"):
        raise malformed("The policy has no statement")
    for statement in as_list(document["Statement"]):
        _check_statement(statement, partition)
    if not bypass_lockout and not allows(policy, caller, "kms:PutKeyPolicy"):
        # https://github.com/data-dot-all/dataall/issues/956
        raise malformed("The new key policy will not allow you to update the key policy in the future.")


def _check_statement(statement: Any, partition: str) -> None:
    # Action and Resource: https://github.com/ministryofjustice/analytical-platform/issues/7691
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise malformed("A statement needs an effect")
    for element in ("Action", "Resource", "Principal"):
        if not statement.get(element) and not statement.get(f"Not{element}"):
            raise malformed(f"A statement without {element} is not valid")
    principal = statement.get("Principal")
    if principal is not None and principal != "*" and not isinstance(principal, dict):
        raise malformed("A principal must be * or an object")
    for one in aws_principals(statement):
        if one == "*" or ACCOUNT_ID.fullmatch(one):
            continue
        if not well_formed(one) or partition_of(one) != partition or not exists(one):
            # https://github.com/lightspin-tech/eks-creation-engine/issues/4; unique IDs: Nike-Inc/cerberus#25
            raise malformed("Policy contains a statement with one or more invalid principals.")


def remember_principals(key: Any) -> None:
    """KMS stores unique IDs; the ARNs are looked up again at each GetKeyPolicy."""
    found = re.findall(r'"(arn:aws[\w-]*:(?:iam|sts)::\d{12}:(?:user|role|assumed-role)/[^"]+)"', key.policy or "")
    key.policy_principals = {arn: unique_id(arn) for arn in found}


def shown_policy(key: Key) -> str:
    """The policy with AROA… or AIDA… in place of principals that are gone."""
    policy = key.policy or "{}"
    for arn, remembered in getattr(key, "policy_principals", {}).items():
        policy = policy.replace(f'"{arn}"', f'"{shown(arn, remembered)}"')
    return str(policy)


def _disturb(key: Key, before: str) -> None:
    """What a control request has laid ready for the next PutKeyPolicy, once (see controls.py)."""
    rival, stale_reads = getattr(key, "disturbance", (None, 0))
    key.disturbance = (None, 0)
    key.stale_reads = [before] * stale_reads
    if rival is not None:
        key.policy = rival
        remember_principals(key)


class KeyPolicyResponse(KeyAccessResponse):
    """The actions that read or write a key policy."""

    def _check_policy(self, policy: str) -> None:
        bypass = bool(self._get_param("BypassPolicyLockoutSafetyCheck", False))
        check_policy(policy, self.caller(), self.partition, bypass)

    def _key_by_id(self) -> Key:
        key_id = self._get_param("KeyId")
        self._validate_cmk_id(key_id)
        return self.kms_backend.keys[self.kms_backend.get_key_id(key_id)]

    def _check_name(self, writing: bool) -> None:
        name = self._get_param("PolicyName") or "default"
        if name == "default":
            return
        if writing or name != "AWS_RAM":
            raise KMSError("ValidationException" if writing else "NotFoundException", f"No such policy exists: {name}")
        raise KMSError("NotFoundException", "No such policy exists")

    def create_key(self) -> str:
        policy = self._get_param("Policy")
        if policy:
            self._check_policy(policy)
        answer = super().create_key()
        remember_principals(self.kms_backend.keys[json.loads(answer)["KeyMetadata"]["KeyId"]])
        return answer

    def put_key_policy(self) -> str:
        self._check_name(writing=True)
        key = self._key_by_id()
        if key.key_manager == "AWS":
            # That it fails is documented ("AWS managed keys"); the code is unconfirmed.
            raise self.denied("PutKeyPolicy", key.arn)
        policy = self._get_param("Policy")
        self._check_policy(policy)
        before = shown_policy(key)
        key.policy = policy
        remember_principals(key)
        _disturb(key, before)
        return "{}"

    def get_key_policy(self) -> str:
        self._check_name(writing=False)
        key = self._key_by_id()
        stale = getattr(key, "stale_reads", [])
        text = stale.pop() if stale else shown_policy(key)
        return json.dumps({"Policy": text, "PolicyName": "default"})

    def replicate_key(self) -> str:
        """Called in the primary's Region; one replica per Region (KMS API reference, ReplicateKey)."""
        key = self._key_by_id()
        region = self._get_param("ReplicaRegion")
        if not key.multi_region or key.multi_region_configuration["MultiRegionKeyType"] != "PRIMARY":
            raise KMSError("UnsupportedOperationException", f"{key.arn} is not a multi-Region primary key.")
        if key.id in kms_backends[self.current_account][region].keys:
            raise KMSError("AlreadyExistsException", f"A replica of {key.arn} exists in {region}.")
        policy = self._get_param("Policy")
        if policy:
            self._check_policy(policy)
        replica = self.kms_backend.replicate_key(key.id, region)
        if policy:
            replica.policy = policy
        replica.description = self._get_param("Description") or ""
        remember_principals(replica)
        metadata = replica.to_dict()["KeyMetadata"]
        return json.dumps({"ReplicaKeyMetadata": metadata, "ReplicaPolicy": replica.policy, "ReplicaTags": []})
