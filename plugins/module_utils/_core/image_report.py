# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One AMI's facts and blockers as the result of image_info."""

from __future__ import annotations

from typing import Any

from . import permissions
from .blockers import Sharing, find_blockers, unread
from .images import Image, ImageFacts, Key, Snapshot
from .outcome import Outcome


def show_image(sharing: Sharing, facts: ImageFacts) -> Outcome:
    blockers = find_blockers(facts, sharing)
    failed = unread(facts)
    image = facts.image if isinstance(facts.image, Image) else None
    read = facts.permissions if isinstance(facts.permissions, frozenset) else None
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
            "kms_keys": _keys(facts),
            "launch_permissions": None if read is None else permissions.as_dict(read),
            "public_access_block": facts.public_access_block if isinstance(facts.public_access_block, str) else None,
            "shareable": not blockers and not failed,
            "blockers": [blocker.as_dict() for blocker in blockers],
        },
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


def _keys(facts: ImageFacts) -> list[dict[str, Any]]:
    keys = ((arn, key if isinstance(key, Key) else None) for arn, key in facts.keys.items())
    return [
        {"key_arn": arn, "manager": key.manager if key else None, "state": key.state if key else None}
        for arn, key in keys
    ]
