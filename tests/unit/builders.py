# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that many tests need, so that a test shows only what it is about."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._image.facts import ImageFacts
from ansible_collections.golden.ami.plugins.module_utils._image.model import Image, Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import RESOURCE_TYPES, UsageQuery
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import PolicyFacts
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import PolicyRequest
from ansible_collections.golden.ami.plugins.module_utils._key_policy.statement import make_statements
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import (
    LAUNCH_OPERATIONS,
    Grant,
    GrantRequest,
    GrantTerms,
    grant_name,
    principal_arn,
)
from ansible_collections.golden.ami.plugins.module_utils._kms_key.model import Key
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import (
    ACCOUNT,
    EVERYBODY,
    ORGANIZATION,
    ORGANIZATIONAL_UNIT,
    Permissions,
    Principal,
)
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import PermissionRequest
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import (
    SnapshotFacts,
    SnapshotSelector,
)
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import (
    parse_request as parse_snapshot_request,
)

OWNER = "123456789012"
ALICE = "111122223333"
BOB = "444455556666"
CAROL = "012345670123"
REGION = "eu-west-1"
IMAGE_ID = "ami-0123456789abcdef0"
OTHER_IMAGE_ID = "ami-0fedcba9876543210"
SNAPSHOT_ID = "snap-0123456789abcdef0"
ORGANIZATION_ARN = "arn:aws:organizations::999988887777:organization/o-exampleorgid"
UNIT_ARN = "arn:aws:organizations::999988887777:ou/o-exampleorgid/ou-abcd-exampleouid"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:{REGION}:{OWNER}:key/{KEY_ID}"
PREFIX = "golden-ami"
ROLE_ARN = f"arn:aws:iam::{ALICE}:role/consumer"
UNIQUE_ID = "AROAEXAMPLE0123456789"
SID = "GoldenAmiLaunch"
ORGANIZATION_ID = "o-exampleorgid"
UNIT_PATH = "o-exampleorgid/r-abcd/ou-abcd-exampleouid/*"

OTHER_REGION = "us-east-1"
OTHER_KEY_ARN = f"arn:aws:kms:{OTHER_REGION}:{OWNER}:key/{KEY_ID}"

COPY_DEFAULTS: dict[str, Any] = {
    "image_id": IMAGE_ID,
    "source_name": None,
    "source_tags": None,
    "source_region": REGION,
    "destinations": [{"region": OTHER_REGION, "kms_key_id": None, "name": None}],
    "name": None,
    "description": None,
    "tags": None,
    "copy_tags": True,
    "completion_duration_minutes": None,
    "wait": True,
    "wait_timeout": 3600,
}
PERMISSION_DEFAULTS: dict[str, Any] = {
    "state": "present",
    "purge": False,
    "account_ids": None,
    "organization_arns": None,
    "organizational_unit_arns": None,
    "public": None,
    "launch_permission_quota": 1000,
}
GRANT_DEFAULTS: dict[str, Any] = {
    "state": "present",
    "purge": False,
    "grantees": None,
    "operations": None,
    "name": PREFIX,
    "constraints": None,
    "retiring_principal": None,
    "grantor_role_arn": None,
    "grantor_external_id": None,
}
POLICY_DEFAULTS: dict[str, Any] = {
    "state": "present",
    "sid": SID,
    "account_ids": None,
    "principal_arns": None,
    "organization_ids": None,
    "organization_paths": None,
    "actions": None,
    "keep_others": False,
    "grant_is_for_aws_resource": True,
}
# The policy that every new key has (KMS Developer Guide, "Default key policy").
ADMINISTRATION: dict[str, Any] = {
    "Sid": "Enable IAM User Permissions",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def permission_params(**given: Any) -> dict[str, Any]:
    """Options of launch_permission as Ansible hands them over: each one is there, None when it was not given."""
    return {**PERMISSION_DEFAULTS, **given}


def snapshot_request(*account_ids: str, **given: Any) -> PermissionRequest:
    """The request of snapshot_permission with these accounts."""
    return parse_snapshot_request({"state": "present", "purge": False, "account_ids": list(account_ids), **given})


def snapshot(**given: Any) -> Snapshot:
    """A snapshot without encryption; ``key_arn=`` for one on that key."""
    usual: dict[str, Any] = {
        "snapshot_id": SNAPSHOT_ID,
        "encrypted": bool(given.get("key_arn")),
        "owner_id": OWNER,
        "state": "completed",
    }
    return Snapshot(**{**usual, **given})


def snapshot_facts(permissions: Any = frozenset(), **given: Any) -> SnapshotFacts:
    """Facts about :func:`snapshot`, named by itself; ``selector=`` and ``image=`` for one of an AMI."""
    usual = {"selector": SnapshotSelector(REGION, SNAPSHOT_ID), "snapshot": snapshot(), "permissions": permissions}
    return SnapshotFacts(**{**usual, **given})


def grant_params(**given: Any) -> dict[str, Any]:
    """Options of kms_grant as Ansible hands them over."""
    return {**GRANT_DEFAULTS, **given}


def copy_params(**given: Any) -> dict[str, Any]:
    """Options of image_copy as Ansible hands them over."""
    return {**COPY_DEFAULTS, **given}


def shared_with(
    *accounts: str, organizations: tuple[str, ...] = (), units: tuple[str, ...] = (), public: bool = False
) -> Permissions:
    named = {Principal(ACCOUNT, account) for account in accounts}
    named |= {Principal(ORGANIZATION, arn) for arn in organizations}
    named |= {Principal(ORGANIZATIONAL_UNIT, arn) for arn in units}
    return frozenset(named | ({EVERYBODY} if public else set()))


def accounts(count: int, first: int = 200_000_000_000) -> list[str]:
    return [str(first + number) for number in range(count)]


def image(encrypted: bool = False, **given: Any) -> Image:
    """:param encrypted: whether all its snapshots are."""
    if encrypted:
        given = {"snapshot_ids": (SNAPSHOT_ID,), **given}
        given["encrypted_snapshot_ids"] = given["snapshot_ids"]
    usual: dict[str, Any] = {
        "image_id": IMAGE_ID,
        "region": REGION,
        "name": "golden-web",
        "state": "available",
        "state_reason": "",
        "owner_id": OWNER,
        "creation_date": "2026-11-02T09:30:00.000Z",
    }
    return Image(**{**usual, **given})


def image_facts(permissions: Any = frozenset(), **given: Any) -> ImageFacts:
    """Facts about :func:`image`; ``image=`` replaces it, None for one that is gone."""
    about = given.pop("image", image())
    selector = given.pop("selector", ImageSelector(REGION, about.image_id if isinstance(about, Image) else IMAGE_ID))
    return ImageFacts(selector, about, permissions if isinstance(about, Image) else None, **given)


def key(**given: Any) -> Key:
    usual: dict[str, Any] = {"arn": KEY_ARN, "manager": "CUSTOMER", "state": "Enabled", "account_id": OWNER}
    return Key(**{**usual, **given})


def terms(*operations: str, constraints: str = "", retiring: str = "") -> GrantTerms:
    return GrantTerms(frozenset(operations or LAUNCH_OPERATIONS), constraints, retiring)


def grant(to: str, /, grant_id: str = "g-1", allowed: GrantTerms | None = None, **given: Any) -> Grant:
    """A grant of ours, named as the module names it; ``name=``, ``grantee=`` and ``terms=`` for what KMS shows instead."""
    arn = principal_arn(to, given.pop("partition", "aws"))
    allowed = allowed or terms()
    return replace(Grant(grant_id, grant_name(PREFIX, arn, allowed), arn, allowed), **given)


def grant_request(*grantees: str, **given: Any) -> GrantRequest:
    usual: dict[str, Any] = {"state": "present", "prefix": PREFIX, "terms": terms(), "purge": False}
    return GrantRequest(grantees=grantees, **{**usual, **given})


def policy_params(**given: Any) -> dict[str, Any]:
    """Options of kms_key_policy_statement as Ansible hands them over."""
    return {**POLICY_DEFAULTS, **given}


def policy_request(*principals: str, **given: Any) -> PolicyRequest:
    usual: dict[str, Any] = {"state": "present", "sid": SID, "principals": principals}
    return PolicyRequest(**{**usual, **given})


def single_policy_request(*principals: str, **given: Any) -> PolicyRequest:
    """One that asks for a single statement, with CreateGrant in it."""
    return policy_request(*principals, **{"grant_is_for_aws_resource": False, **given})


def made(request: PolicyRequest, partition: str = "aws") -> dict[str, Any]:
    """The single statement that a request asks for."""
    (wanted,) = make_statements(request, partition).values()
    return dict(wanted)


def made_pair(request: PolicyRequest, partition: str = "aws") -> list[dict[str, Any]]:
    """The statement for the use of the key, and the one for grants."""
    use, grants = make_statements(request, partition).values()
    return [dict(use), dict(grants)]


def statement(principals: Any = f"arn:aws:iam::{ALICE}:root", **given: Any) -> dict[str, Any]:
    """One of ours, which lets somebody decrypt; an element that is None is left out."""
    usual = {
        "Sid": SID,
        "Effect": "Allow",
        "Principal": {"AWS": principals},
        "Action": "kms:Decrypt",
        "Resource": "*",
    }
    return {name: value for name, value in {**usual, **given}.items() if value is not None}


def policy_text(*statements: Any, **given: Any) -> str:
    """A policy as AWS writes them."""
    return json.dumps(
        {"Version": "2012-10-17", "Id": "key-default-1", "Statement": list(statements), **given}, indent=2
    )


def policy_facts(*statements: Any, **given: Any) -> PolicyFacts:
    """:func:`key` with the administrative statement and these; ``policy=`` for another text, ``key=`` for another key."""
    text = policy_text(ADMINISTRATION, *statements)
    return PolicyFacts(**{"key_id": "alias/golden", "region": REGION, "key": key(), "policy": text, **given})


def usage_query(*account_ids: str, kinds: tuple[str, ...] = RESOURCE_TYPES) -> UsageQuery:
    return UsageQuery(account_ids, kinds)
