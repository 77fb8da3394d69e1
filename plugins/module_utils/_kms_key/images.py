# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the account's own AMIs are encrypted with which KMS key, and what is not known about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.outcome import Failure, Outcome, Reading
from .._image.model import Image, Snapshot
from .._key_policy import document as policy_statements
from .._key_policy.plan import unreadable_policy
from .._launch_permission import model as permissions
from .._launch_permission.model import Permissions
from .model import Key, shown_key


@dataclass(frozen=True)
class RegionImages:
    """The account's own AMIs in a Region, and the encrypted snapshots behind them, by their IDs."""

    images: Mapping[str, Image]
    snapshots: Mapping[str, Snapshot]


@dataclass(frozen=True)
class KeyImages:
    """A key as it was named, and what was read about it and about the AMIs of its Region.

    ``permissions``, by AMI ID, are those of the AMIs on this key; ``policy`` is None where it was not asked for.
    """

    key_id: str
    region: str
    key: Key | Failure
    listed: RegionImages | Failure
    permissions: Mapping[str, Permissions | Failure] = field(default_factory=dict)
    policy: str | Failure | None = None

    @property
    def target(self) -> dict[str, str]:
        return {"key_id": self.key_id, "region": self.region}


def snapshots_to_read(images: Iterable[Image]) -> list[str]:
    """The encrypted snapshots of the AMIs; a blank encrypted volume has none, and no key of the AMI's owner."""
    return [snapshot_id for image in images for snapshot_id in image.encrypted_snapshot_ids]


def images_on(key: Key | Failure, listed: RegionImages | Failure) -> list[Image]:
    """The AMIs that are known to be encrypted with a key, by ID."""
    if isinstance(key, Failure) or isinstance(listed, Failure):
        return []
    found = [image for image in listed.images.values() if _is_on(image, key.arn, listed.snapshots)]
    return sorted(found, key=lambda image: image.image_id)


def _is_on(image: Image, key_arn: str, snapshots: Mapping[str, Snapshot]) -> bool:
    read = [snapshots[snapshot_id] for snapshot_id in image.snapshot_ids if snapshot_id in snapshots]
    return any(key_arn == snapshot.key_arn or key_arn in snapshot.associated_key_arns for snapshot in read)


def undecided(key: Key, listed: RegionImages) -> dict[str, list[str]]:
    """Snapshots whose key is not known, by AMI: any of these AMIs may be encrypted with the key.

    AMIs that are known to be encrypted with it are left out, whatever else is not known about them.
    """
    known = {image.image_id for image in images_on(key, listed)}
    unknown = {
        image.image_id: [one for one in image.encrypted_snapshot_ids if _is_unknown(listed.snapshots.get(one))]
        for image in listed.images.values()
        if image.image_id not in known
    }
    return {image_id: snapshot_ids for image_id, snapshot_ids in sorted(unknown.items()) if snapshot_ids}


def _is_unknown(snapshot: Snapshot | None) -> bool:
    return snapshot is None or snapshot.hides_its_key


def show_key_images(_request: None, facts: KeyImages) -> Reading:
    """One key with its AMIs. It fails where an AMI or its permissions might be missing, not for the key policy."""
    failure = why_incomplete(facts)
    sids = _statement_sids(facts)
    return Outcome(
        facts.target,
        failure=failure,
        extra={
            **shown_key(facts.key),
            "images": None if failure else [_shown(image, facts) for image in images_on(facts.key, facts.listed)],
            "statement_sids": sids if isinstance(sids, list) else None,
            "policy_error": sids.as_dict() if isinstance(sids, Failure) else None,
        },
    )


def why_incomplete(facts: KeyImages) -> Failure | None:
    if isinstance(facts.key, Failure):
        return facts.key
    if isinstance(facts.listed, Failure):
        return facts.listed
    unknown = undecided(facts.key, facts.listed)
    if unknown:
        listed = "; ".join(f"{', '.join(snapshots)} of {image_id}" for image_id, snapshots in unknown.items())
        return Failure(
            "snapshot_not_found",
            f"cannot see {listed}, so that it is not known whether these encrypted AMIs are on this key",
            "Deregister AMIs whose snapshots are gone. Snapshots of other accounts must be shared with this one.",
        )
    return next((read for read in facts.permissions.values() if isinstance(read, Failure)), None)


def _shown(image: Image, facts: KeyImages) -> dict[str, Any]:
    read = facts.permissions[image.image_id]
    return {
        "image_id": image.image_id,
        "name": image.name,
        "state": image.state,
        "launch_permissions": None if isinstance(read, Failure) else permissions.as_dict(read),
    }


def _statement_sids(facts: KeyImages) -> list[str] | Failure | None:
    if isinstance(facts.key, Failure) or facts.policy is None:
        return None
    if isinstance(facts.policy, Failure):
        return facts.policy
    document = policy_statements.read_document(facts.policy)
    if document is None:
        return unreadable_policy(facts.key)
    return [statement["Sid"] for statement in policy_statements.statements(document) if statement.get("Sid")]
