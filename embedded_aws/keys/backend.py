# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS keys as AWS has them: AWS managed ones, multi-Region ones, states.

KMS developer guide, "AWS managed keys": aws/ebs has KeyManager AWS and a policy that nobody can edit. moto calls it a
customer key.

KMS API reference, CreateKey: the ID of a multi-Region key is mrk- and 32 hexadecimal digits; moto's have hyphens in them.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from moto.kms.models import Alias, Key, KmsBackend
from moto.utilities.utils import get_partition

from .finding import EBS_ALIAS

_defaults = threading.RLock()


class EmbeddedKmsBackend(KmsBackend):
    """moto's keys, with aws/ebs as AWS managed key and state changes by ARN (HTTP 500 in moto)."""

    __module__ = "moto.kms.models"  # moto's instance tracker takes the service from the module's name

    def _generate_default_keys(self, alias_name: str) -> str | None:
        with _defaults:
            for key in list(self.keys.values()):
                if alias_name in key.aliases:
                    return str(key.id)
            key_id = super()._generate_default_keys(alias_name)
            if key_id:
                key = self.keys[key_id]
                key.key_manager = "AWS"
                key.policy = _managed_policy(self.account_id, self.region_name, alias_name)
            return key_id

    def get_key_id_from_alias(self, alias_name: str) -> str | None:
        for key in list(self.keys.values()):
            if alias_name in key.aliases:
                return str(key.id)
        return self._generate_default_keys(alias_name)

    # moto iterates over the dictionaries themselves, which fails when another request adds a key meanwhile.
    def list_keys(self) -> list[Key]:
        return list(self.keys.values())

    def alias_exists(self, alias_name: str) -> bool:
        return any(alias_name in key.aliases for key in self.list_keys())

    def list_aliases(self, key_id: str | None = None) -> list[Alias]:
        return [alias for key in self.list_keys() if key_id in (None, key.id) for alias in list(key.aliases.values())]

    def delete_alias(self, alias_name: str) -> None:
        for key in self.list_keys():
            key.aliases.pop(alias_name, None)

    def disable_key(self, key_id: str) -> None:
        super().disable_key(self.get_key_id(key_id))

    def enable_key(self, key_id: str) -> None:
        super().enable_key(self.get_key_id(key_id))

    def cancel_key_deletion(self, key_id: str) -> None:
        super().cancel_key_deletion(self.get_key_id(key_id))

    def schedule_key_deletion(self, key_id: str, pending_window_in_days: int) -> float:
        return super().schedule_key_deletion(self.get_key_id(key_id), pending_window_in_days)

    def create_key(self, *arguments: Any, **options: Any) -> Key:
        key = super().create_key(*arguments, **options)
        if key.multi_region:
            moto_id = key.id
            key.id = f"mrk-{moto_id.removeprefix('mrk-').replace('-', '')}"
            key.arn = f"{key.arn.rpartition('/')[0]}/{key.id}"
            key.multi_region_configuration["PrimaryKey"]["Arn"] = key.arn
            self.keys[key.id] = self.keys.pop(moto_id)
            self.tagger.copy_tags(moto_id, key.id)
        return key

    def replicate_key(self, key_id: str, replica_region: str) -> Key:
        """KMS developer guide, "Multi-Region keys": grants, policy, aliases and state are independent per Region."""
        primary = self.keys[self.get_key_id(key_id)]
        configuration = primary.multi_region_configuration
        replica = super().replicate_key(primary.id, replica_region)
        replica.grants = {}
        replica.aliases = {}
        replica.policy = replica.generate_default_policy()
        replica.key_state = "Enabled"
        replica.enabled = True
        # moto shares one dictionary, which turns the primary into a replica; the list of replicas stays common.
        replica.multi_region_configuration = {**configuration, "MultiRegionKeyType": "REPLICA"}
        configuration["MultiRegionKeyType"] = "PRIMARY"
        return replica


def _managed_policy(account: str, region: str, alias_name: str) -> str:
    service = "ec2" if alias_name == EBS_ALIAS else alias_name.rsplit("/", 1)[-1]
    root = f"arn:{get_partition(region)}:iam::{account}:root"
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"]
    read = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"]
    condition = {
        "StringEquals": {"kms:CallerAccount": account, "kms:ViaService": f"{service}.{region}.amazonaws.com"},
    }
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": use, "Resource": "*", "Condition": condition},
        {"Effect": "Allow", "Principal": {"AWS": root}, "Action": read, "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Id": "auto-ebs-2", "Statement": statements})
