# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KMS: what is read and written about keys, grants and key policies. One call per function; boto3's dicts end here."""

from __future__ import annotations

import json
from typing import Any

from .._image.model import Key
from .._kms_grant.model import Grant, GrantTerms, WantedGrant, canonical_constraints, principal_arn
from .errors import AwsCallError, calling

# Requests a second for an account and Region, all keys together (KMS quotas: request quotas).
CREATE_GRANT_RATE = 50
REVOKE_GRANT_RATE = 30
PUT_KEY_POLICY_RATE = 15
# The most that ListGrants returns in one page; its default is 50.
LIST_GRANTS_PAGE = 100
# The one policy of a key that can be written; AWS_RAM, the other, is for reading.
POLICY_NAME = "default"


def read_key(client: Any, region: str, key_id: str) -> Key:
    """:param key_id: key ID, key ARN, alias name or alias ARN: DescribeKey is the one call that takes them all."""
    with calling("kms:DescribeKey", region):
        metadata = client.describe_key(KeyId=key_id)["KeyMetadata"]
    return Key(
        arn=metadata["Arn"],
        manager=metadata["KeyManager"],
        state=metadata["KeyState"],
        account_id=metadata["AWSAccountId"],
        multi_region=metadata.get("MultiRegion", False),
        spec=metadata.get("KeySpec", "SYMMETRIC_DEFAULT"),
    )


def read_grants(client: Any, region: str, key_arn: str) -> tuple[Grant, ...]:
    """All grants on a key, others' too. Works in every key state."""
    with calling("kms:ListGrants", region):
        pages = client.get_paginator("list_grants").paginate(
            KeyId=key_arn, PaginationConfig={"PageSize": LIST_GRANTS_PAGE}
        )
        return tuple(_grant(grant, key_arn) for page in pages for grant in page["Grants"])


def _grant(grant: dict[str, Any], key_arn: str) -> Grant:
    return Grant(
        grant_id=grant["GrantId"],
        name=grant.get("Name") or "",
        grantee=_principal(grant, "Grantee", key_arn),
        terms=GrantTerms(
            operations=frozenset(grant.get("Operations", ())),
            constraints=canonical_constraints(grant.get("Constraints")),
            retiring_principal=_principal(grant, "Retiring", key_arn),
        ),
        issuing_account=grant.get("IssuingAccount", ""),
    )


def _principal(grant: dict[str, Any], role: str, key_arn: str) -> str:
    """An ARN, a unique ID, or a service principal, which CreateGrant and ListGrants keep in a member of its own."""
    shown = grant.get(f"{role}Principal") or grant.get(f"{role}ServicePrincipal") or ""
    return principal_arn(shown, key_arn.split(":")[1])


def create_grant(client: Any, region: str, key_arn: str, wanted: WantedGrant) -> str:
    """Make a grant and return its ID. Named after all its terms, so that a retry after a lost answer makes no second one."""
    request: dict[str, Any] = {
        "KeyId": key_arn,
        "GranteePrincipal": wanted.grantee,
        "Operations": sorted(wanted.terms.operations),
        "Name": wanted.name,
    }
    if wanted.terms.retiring_principal:
        request["RetiringPrincipal"] = wanted.terms.retiring_principal
    if wanted.terms.constraints:
        request["Constraints"] = json.loads(wanted.terms.constraints)
    with calling("kms:CreateGrant", region):
        return str(client.create_grant(**request)["GrantId"])


def revoke_grant(client: Any, region: str, key_arn: str, grant_id: str) -> None:
    """RevokeGrant, which the key's administrators may call; RetireGrant is for the grant's own principals.

    A grant that is gone already (NotFoundException) is what was wanted.
    """
    try:
        with calling("kms:RevokeGrant", region):
            client.revoke_grant(KeyId=key_arn, GrantId=grant_id)
    except AwsCallError as error:
        if error.failure.code != "NotFoundException":
            raise


def read_key_policy(client: Any, region: str, key_arn: str) -> str:
    """The text of the key policy. Works in every key state, and only in the key's own account."""
    with calling("kms:GetKeyPolicy", region):
        return str(client.get_key_policy(KeyId=key_arn, PolicyName=POLICY_NAME)["Policy"])


def put_key_policy(client: Any, region: str, key_arn: str, text: str) -> None:
    """Replace the whole policy. KMS's own check against a lock-out stays on."""
    with calling("kms:PutKeyPolicy", region):
        client.put_key_policy(KeyId=key_arn, PolicyName=POLICY_NAME, Policy=text)
