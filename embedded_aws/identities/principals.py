# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which IAM principals exist, and the unique IDs that stand for those that are gone.

KMS remembers the unique ID of a role or user, not its name: after a deletion the ID (AROA…, AIDA…) shows instead of
the ARN, also when a role of the same name is made again
(https://github.com/hashicorp/terraform-provider-aws/issues/29340).
"""

from __future__ import annotations

import re

from moto.iam.models import iam_backends

PRINCIPAL = re.compile(
    r"arn:(?P<partition>aws[\w-]*):(?P<service>iam|sts)::(?P<account>\d{12}):"
    r"(?P<kind>root|user|role|assumed-role|federated-user)(?:/(?P<name>[\w+=,.@:/-]+))?"
)


def well_formed(arn: str) -> bool:
    """KMS API reference, CreateGrant: account, user, role, federated user or assumed-role session; no group, no ID."""
    found = PRINCIPAL.fullmatch(arn)
    return found is not None and (found["kind"] == "root") == (found["name"] is None)


def partition_of(arn: str) -> str:
    """The partition of a well-formed principal."""
    return arn.split(":", 2)[1]


def unique_id(arn: str) -> str | None:
    """The ID behind a role or user; None when there is none (any more)."""
    found = PRINCIPAL.fullmatch(arn)
    if found is None or found["kind"] not in ("role", "user", "assumed-role"):
        return None
    backend = iam_backends[found["account"]][found["partition"]]
    if found["kind"] == "user":
        return next((str(user.id) for user in list(backend.users.values()) if user.arn == arn), None)
    if found["kind"] == "assumed-role":
        name = found["name"].split("/", 1)[0]
        return next((str(role.id) for role in list(backend.roles.values()) if role.name == name), None)
    return next((str(role.id) for role in list(backend.roles.values()) if role.arn == arn), None)


def exists(arn: str) -> bool:
    """Accounts and federated users always do; roles and users only when moto's IAM of their account has them."""
    found = PRINCIPAL.fullmatch(arn)
    if found is None:
        return False
    if found["kind"] in ("root", "federated-user") or found["name"].startswith("aws:ec2-infrastructure/"):
        return True
    return unique_id(arn) is not None


def shown(arn: str, remembered: str | None) -> str:
    """How a principal shows up later: as its ARN while it is still the same one, else as its unique ID."""
    return arn if remembered is None or unique_id(arn) == remembered else remembered
