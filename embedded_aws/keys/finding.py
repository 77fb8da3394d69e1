# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding KMS keys across accounts and Regions, and the key that EBS uses by default.

Snapshots on the AWS managed key aws/ebs cannot be shared (https://github.com/hashicorp/packer/issues/7410).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from moto.kms.models import Key, kms_backends

EBS_ALIAS = "alias/aws/ebs"
KEY_ARN = re.compile(
    r"arn:(?P<partition>aws[\w-]*):kms:(?P<region>[\w-]+):(?P<account>\d{12}):(?P<kind>key|alias)/(?P<name>.+)"
)


@dataclass(frozen=True)
class KeyArn:
    """The parts of a key's or alias's ARN."""

    partition: str
    region: str
    account: str
    kind: str
    name: str


def parse_key_arn(text: str | None) -> KeyArn | None:
    """None for anything that is not the ARN of a key or an alias."""
    found = KEY_ARN.fullmatch(text or "")
    return KeyArn(**found.groupdict()) if found else None


def find_key(arn: str | None) -> Key | None:
    """The key of a key ARN, in whatever account it is."""
    parts = parse_key_arn(arn)
    if parts is None or parts.kind != "key":
        return None
    backend = kms_backends[parts.account].get(parts.region)
    return backend.keys.get(parts.name) if backend else None


def on_aws_managed_key(arn: str | None) -> bool:
    """Whether this is a key that AWS manages, like aws/ebs."""
    key = find_key(arn)
    return key is not None and key.key_manager == "AWS"


def resolve_key_arn(account: str, region: str, reference: str) -> str | None:
    """The ARN for a key ID, key ARN, alias or alias ARN; None when there is no such key."""
    parts = parse_key_arn(reference)
    if parts is not None and parts.kind == "key":
        return reference if find_key(reference) else None
    backend = kms_backends[parts.account if parts else account][region]
    name = f"alias/{parts.name}" if parts else reference
    if name.startswith("alias/"):
        name = backend.get_key_id_from_alias(name) or ""
    key = backend.keys.get(name)
    return key.arn if key else None


def default_ebs_key(account: str, region: str) -> str:
    """The ARN of the account's aws/ebs key, which AWS makes at its first use."""
    return str(resolve_key_arn(account, region, EBS_ALIAS))
