# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a CreateGrant or ListGrants request valid, and the pages of the answer.

KMS API reference, CreateGrant and ListGrants; error codes from public reports are named where they are raised.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from moto.kms.models import Key

from ..api.errors import KMSError
from ..identities.principals import exists, partition_of, well_formed

OPERATIONS = frozenset(
    [
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
        "Sign",
        "Verify",
        "GetPublicKey",
        "CreateGrant",
        "RetireGrant",
        "DescribeKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateMac",
        "VerifyMac",
        "DeriveSharedSecret",
        "Encapsulate",
        "Decapsulate",
    ]
)
SYMMETRIC = frozenset(
    [
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
        "CreateGrant",
        "RetireGrant",
        "DescribeKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
    ]
)
NAME = re.compile(r"[a-zA-Z0-9:/_-]{1,256}")


def invalid(message: str) -> KMSError:
    """What the API says to a request that its model forbids."""
    return KMSError("ValidationException", message)


def check_request(request: dict[str, Any], key: Key) -> None:
    """The checks that need no other account."""
    operations = request.get("Operations") or []
    if not request.get("GranteePrincipal"):
        # Grants to a service principal (GranteeServicePrincipal) are not imitated.
        raise invalid("GranteePrincipal is missing")
    if not operations:
        raise invalid("1 validation error detected: Value null at 'operations' failed to satisfy constraint: not null")
    unknown = [one for one in operations if one not in OPERATIONS]
    if unknown:
        raise invalid(f"1 validation error detected: Value '{unknown}' at 'operations' failed to satisfy constraint")
    if set(operations) == {"CreateGrant"}:
        # https://github.com/ansible/ansible/issues/31960
        raise invalid("Grants must not contain only the CreateGrant operation")
    if key.key_spec == "SYMMETRIC_DEFAULT" and not set(operations) <= SYMMETRIC:
        raise invalid("The operations are not valid for the key usage of the KMS key")
    if "Name" in request and not NAME.fullmatch(request["Name"]):
        raise invalid(f"1 validation error detected: Value '{request['Name']}' at 'name' failed to satisfy constraint")
    if len(request.get("Constraints") or {}) > 1:
        raise invalid("Only one of EncryptionContextEquals and EncryptionContextSubset may be specified")


def check_principal(arn: str | None, partition: str) -> None:
    """Unknown principals look like malformed ones (hashicorp/terraform-provider-aws#3038)."""
    if arn and not (well_formed(arn) and partition_of(arn) == partition and exists(arn)):
        raise KMSError("InvalidArnException", f"ARN does not refer to a valid principal: {arn}")


def check_state(key: Key) -> None:
    """KMS developer guide, "Key states of AWS KMS keys"."""
    if key.key_state == "PendingDeletion":
        raise KMSError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key.key_state == "Disabled":
        raise KMSError("DisabledException", f"{key.arn} is disabled.")


def page_of(grants: list[Any], size: int | None, marker: str | None) -> dict[str, Any]:
    """One page, with the marker of the next."""
    size = 50 if size is None else size
    if not 1 <= size <= 100:
        raise invalid(f"1 validation error detected: Value '{size}' at 'limit' failed to satisfy constraint: 1 to 100")
    start = 0
    if marker:
        try:
            start = int(base64.urlsafe_b64decode(marker.encode()))
        except ValueError:
            raise KMSError("InvalidMarkerException", "Marker is invalid") from None
    page = grants[start : start + size]
    answer: dict[str, Any] = {"Grants": [one.to_json() for one in page], "Truncated": start + size < len(grants)}
    if answer["Truncated"]:
        answer["NextMarker"] = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    return answer
