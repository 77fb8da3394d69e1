# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dry runs of KMS: DryRunOperationException where the call would succeed, and the usual error where it would not.

KMS developer guide, "Testing your permissions"; KMS API reference, Decrypt and ReEncrypt: with DryRun and the modifier
IGNORE_CIPHERTEXT no ciphertext is needed. moto runs everything for real, and checks no key state. (CreateGrant's and
RevokeGrant's own are in grants.py.)
"""

from __future__ import annotations

from typing import Any

from moto.kms.models import Key

from ..api.errors import KMSError
from .access import KeyAccessResponse, may
from .finding import find_key, resolve_key_arn
from .grant_requests import check_state


def would_succeed() -> KMSError:
    """What a dry run says when all is well."""
    return KMSError("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")


class DryRunResponse(KeyAccessResponse):
    """The cryptographic operations with DryRun."""

    def _try(self, key: Key) -> None:
        """Raises for a key that cannot be used, and in a dry run."""
        check_state(key)
        if self._get_param("DryRun"):
            raise would_succeed()

    def _used_key(self) -> Key:
        key_id = self._get_param("KeyId")
        self._validate_key_id(key_id)
        return self.kms_backend.keys[self.kms_backend.any_id_to_key_id(key_id)]

    def encrypt(self) -> str:
        self._try(self._used_key())
        return str(super().encrypt())

    def generate_data_key(self) -> str:
        self._try(self._used_key())
        return str(super().generate_data_key())

    def decrypt(self) -> str:
        if self._get_param("KeyId") and self._needs_no_ciphertext():
            self._try(self._used_key())
        return str(super().decrypt())

    def re_encrypt(self) -> str:
        """The key behind the ciphertext needs ReEncryptFrom, the other one ReEncryptTo."""
        self._check("DestinationKeyId", "ReEncryptTo")
        if self._get_param("SourceKeyId"):
            self._check("SourceKeyId", "ReEncryptFrom")
        if self._needs_no_ciphertext():
            raise would_succeed()
        return str(super().re_encrypt())

    def _needs_no_ciphertext(self) -> bool:
        modifiers: list[Any] = self._get_param("DryRunModifiers") or []
        return bool(self._get_param("DryRun")) and "IGNORE_CIPHERTEXT" in modifiers

    def _check(self, parameter: str, operation: str) -> None:
        reference = self._get_param(parameter)
        key = find_key(resolve_key_arn(self.current_account, self.region, reference))
        if key is None or not may(key, self.caller(), operation):
            raise self.denied(operation, str(reference))
        check_state(key)
