# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no API call does to a key: grants and policies without any check, and what goes wrong around a policy."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from .grants import EmbeddedGrant


def plant_grant(body: Any, region: str, key_id: str) -> dict[str, Any]:
    """Verbatim, as EBS and other services make them: no name or a UUID, an AROA… grantee, any operations."""
    account = body["account"]
    key = kms_backends[account][region].keys[key_id.rsplit("/", 1)[-1]]
    request = {
        "Name": body.get("name"),
        "GranteePrincipal": body["grantee_principal"],
        "RetiringPrincipal": body.get("retiring_principal"),
        "Operations": body["operations"],
        "Constraints": body.get("constraints"),
    }
    issuer = body.get("issuing_account", account)
    root = issuer if issuer.startswith("arn:") else f"arn:aws:iam::{issuer}:root"
    made = [EmbeddedGrant(key, request, root) for _one in range(int(body.get("count", 1)))]
    key.grants.update({grant.id: grant for grant in made})
    return {"grant_id": made[0].id, "grant_ids": [grant.id for grant in made]}


def disturb_policy(body: Any, region: str, key_id: str) -> dict[str, str]:
    """What goes wrong around a PutKeyPolicy, which has neither a lock nor a version.

    ``policy``: put in place verbatim, now. ``rival``: somebody else's PutKeyPolicy right after the next one.
    ``stale_reads``: so many GetKeyPolicy after the next PutKeyPolicy show the policy before it (KMS developer guide,
    "AWS KMS eventual consistency").
    """
    unknown = set(body) - {"account", "policy", "rival", "stale_reads"}
    if unknown:
        raise ValueError(f"unknown words: {sorted(unknown)}")
    key = kms_backends[body["account"]][region].keys[key_id.rsplit("/", 1)[-1]]
    if "policy" in body:
        key.policy = body["policy"]
    key.disturbance = (body.get("rival"), int(body.get("stale_reads", 0)))
    return {"status": "ok"}
