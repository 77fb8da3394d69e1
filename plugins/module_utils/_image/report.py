# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_info: what is asked about the AMIs, and one AMI's facts, blockers and keys as its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._base.identifiers import InputError
from .._base.outcome import Outcome, Reading
from .._launch_permission import model as permissions
from .._launch_permission.request import check_quota
from . import key_report
from .blockers import Sharing, find_blockers, unread
from .facts import ImageFacts
from .key_report import KeyQuery
from .model import Image, Snapshot


@dataclass(frozen=True)
class ImageQuery:
    """What the AMIs are to be shared with, and what their keys should let others do for it, if that is asked for."""

    sharing: Sharing
    keys: KeyQuery = KeyQuery()


def parse_query(params: Mapping[str, Any], partition: str | None) -> ImageQuery:
    """Options to query.

    :raises InputError: with all problems.
    """
    problems = permissions.check_principals(params, partition) + check_quota(params)
    keys = KeyQuery()
    try:
        keys = key_report.parse_query(params, partition)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return ImageQuery(Sharing(permissions.named_principals(params), params["launch_permission_quota"]), keys)


def show_image(query: ImageQuery, facts: ImageFacts) -> Reading:
    blockers = find_blockers(facts, query.sharing)
    failed = unread(facts, policies=query.keys.needs_policies)
    image = facts.image if isinstance(facts.image, Image) else None
    read = facts.permissions if isinstance(facts.permissions, frozenset) else None
    keys, warnings = key_report.show_keys(query.keys, facts)
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
            "kms_keys": keys,
            "launch_permissions": None if read is None else permissions.as_dict(read),
            "public_access_block": facts.public_access_block if isinstance(facts.public_access_block, str) else None,
            "shareable": not blockers and not failed,
            "blockers": [blocker.as_dict() for blocker in blockers],
        },
        warnings=warnings,
    )


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
