# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_info: what is asked about the AMIs, and one AMI's facts, blockers and missing grants as its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import grant_request, permissions
from .blockers import Sharing, find_blockers, unread
from .grant_plan import KeyChange, KeyFacts, plan_key
from .grants import GrantRequest
from .identifiers import InputError
from .images import Image, ImageFacts, Key, Snapshot
from .outcome import Failure, Outcome


@dataclass(frozen=True)
class ImageQuery:
    """What the AMIs are to be shared with, and the grants that their keys should have for it, if those are asked for."""

    sharing: Sharing
    grants: GrantRequest | None


def parse_query(params: Mapping[str, Any], partition: str | None) -> ImageQuery:
    """Options to query.

    :raises InputError: with all problems.
    """
    problems = permissions.check_principals(params, partition) + permissions.check_quota(params)
    grants = None
    if params["grantees"]:
        asked = {
            "state": "present",
            "purge": False,
            "grantees": params["grantees"],
            "operations": params["grant_operations"],
            "name": params["grant_name"],
            "constraints": None,
            "retiring_principal": None,
            "grantor_role_arn": None,
        }
        try:
            grants = grant_request.parse_request(asked, partition)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return ImageQuery(Sharing(permissions.named_principals(params), params["launch_permission_quota"]), grants)


def show_image(query: ImageQuery, facts: ImageFacts) -> Outcome:
    blockers = find_blockers(facts, query.sharing)
    failed = unread(facts)
    image = facts.image if isinstance(facts.image, Image) else None
    read = facts.permissions if isinstance(facts.permissions, frozenset) else None
    planned = _planned_grants(query.grants, facts)
    return Outcome(
        {**facts.selector.target, **({"image_id": image.image_id} if image else {})},
        failure=failed[0] if failed else None,
        extra={
            "found": image is not None,
            "name": image.name if image else None,
            "state": image.state if image else None,
            "state_reason": image.state_reason if image else None,
            "owner_id": image.owner_id if image else None,
            "creation_date": image.creation_date if image else None,
            "product_codes": list(image.product_codes) if image else [],
            "tags": dict(image.tags) if image else {},
            "snapshots": _snapshots(facts, image),
            "kms_keys": [_key(arn, key, planned.get(arn)) for arn, key in facts.keys.items()],
            "launch_permissions": None if read is None else permissions.as_dict(read),
            "public_access_block": facts.public_access_block if isinstance(facts.public_access_block, str) else None,
            "shareable": not blockers and not failed,
            "blockers": [blocker.as_dict() for blocker in blockers],
        },
        warnings=tuple(warning for outcome in planned.values() for warning in outcome.warnings),
    )


def _planned_grants(request: GrantRequest | None, facts: ImageFacts) -> dict[str, Outcome]:
    """What kms_grant would do to each key, by its own plan, so that both always agree."""
    if request is None:
        return {}
    region = facts.selector.region
    return {
        arn: plan_key(request, KeyFacts(arn, region, key, facts.grants[arn]))
        for arn, key in facts.keys.items()
        if isinstance(key, Key)
    }


def _key(arn: str, read: Key | Failure, planned: Outcome | None) -> dict[str, Any]:
    key = read if isinstance(read, Key) else None
    change = planned.change if planned else None
    missing = [creation.wanted.grantee for creation in change.plan.create] if isinstance(change, KeyChange) else []
    return {
        "key_arn": arn,
        "manager": key.manager if key else None,
        "state": key.state if key else None,
        "missing_grantees": missing if planned and not planned.failure else None,
        "grants_complete": not planned.changed if planned and not planned.failure else None,
    }


def _snapshots(facts: ImageFacts, image: Image | None) -> list[dict[str, Any]]:
    shown = []
    for snapshot_id in image.snapshot_ids if image else ():
        read = facts.snapshots.get(snapshot_id)
        snapshot = read if isinstance(read, Snapshot) else None
        shown.append(
            {
                "snapshot_id": snapshot_id,
                "encrypted": snapshot.encrypted if snapshot else None,
                "kms_key_arn": (snapshot.key_arn or None) if snapshot else None,
            }
        )
    return shown
