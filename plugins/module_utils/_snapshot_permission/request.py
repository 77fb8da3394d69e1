# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which snapshots a task means, what is known about them, and who is to have access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.outcome import Failure
from .._image.model import Image, Snapshot
from .._image.selection import ImageSelector
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, Permissions, named_principals
from .._launch_permission.request import PermissionRequest

# The most changes that one ModifySnapshotAttribute takes (EC2 API reference).
MODIFY_ENTRIES = 500


@dataclass(frozen=True)
class SnapshotSelector:
    """One snapshot in one Region. ``image_id`` is empty when it was not named by its AMI, ``snapshot_id`` is empty for an
    AMI whose snapshots are not known."""

    region: str
    snapshot_id: str = ""
    image_id: str = ""

    @property
    def target(self) -> dict[str, str | None]:
        return {"image_id": self.image_id or None, "snapshot_id": self.snapshot_id or None, "region": self.region}

    @property
    def described(self) -> str:
        return " of ".join(part for part in (self.snapshot_id, self.image_id) if part)


@dataclass(frozen=True)
class SnapshotFacts:
    """Everything read about one snapshot: None where there is none, a Failure where it could not be read.

    ``image`` is the AMI that named it, if any; ``key`` is read only where an account is to be added.
    """

    selector: SnapshotSelector
    image: Image | Failure | None = None
    snapshot: Snapshot | Failure | None = None
    permissions: Permissions | Failure | None = None
    key: Key | Failure | None = None

    @property
    def owner_id(self) -> str:
        """Empty when neither the snapshot nor its AMI can be seen."""
        owned = self.snapshot if isinstance(self.snapshot, Snapshot) else self.image
        return owned.owner_id if isinstance(owned, Snapshot | Image) else ""


def check_snapshots(items: Iterable[Mapping[str, Any]], known_regions: Mapping[str, str], option: str) -> list[str]:
    """Every problem of a list of ``{snapshot_id, region}`` whose Regions are filled in."""
    problems = []
    for item in items:
        snapshot_id, region = item["snapshot_id"], item.get("region")
        problems.append(identifiers.check_snapshot_id(snapshot_id))
        if region:
            problems.append(identifiers.check_region(region, known_regions))
        else:
            problems.append(f"'{snapshot_id}' has no region. A snapshot ID exists in one Region; give it with the ID.")
    return [f"{option}: {problem}" for problem in problems if problem]


def expand(
    targets: Sequence[ImageSelector | SnapshotSelector], found: Mapping[ImageSelector, Image | Failure | None]
) -> dict[SnapshotSelector, Image | Failure | None]:
    """The snapshots of all targets in input order, each with the AMI that named it.

    An AMI without any, or that could not be read, keeps a place of its own. A snapshot that several AMIs share is there
    once, under the first of them.
    """
    placed: dict[tuple[str, str], tuple[SnapshotSelector, Image | Failure | None]] = {}
    for target in targets:
        image = found[target] if isinstance(target, ImageSelector) else None
        for selector in [target] if isinstance(target, SnapshotSelector) else _snapshots_of(target, image):
            placed.setdefault((selector.region, selector.snapshot_id or selector.image_id), (selector, image))
    return dict(placed.values())


def _snapshots_of(target: ImageSelector, image: Image | Failure | None) -> list[SnapshotSelector]:
    snapshot_ids = image.snapshot_ids if isinstance(image, Image) else ()
    return [SnapshotSelector(target.region, snapshot_id, target.image_id) for snapshot_id in snapshot_ids or ("",)]


def parse_request(params: Mapping[str, Any]) -> PermissionRequest:
    """Options to request; only accounts can be in it.

    :raises InputError: with all problems: wrong shapes, options that contradict each other, nothing to act on.
    """
    state, purge, given = params["state"], params["purge"], params["account_ids"]
    problems = identifiers.check_each("account_ids", given or (), identifiers.check_account_id)
    if purge and state != "present":
        problems.append("purge: requires state=present.")
    if given is None:
        problems.append("nothing to act on: account_ids is needed; an empty list with purge=true removes all accounts.")
    elif not given and not purge:
        problems.append("nothing to act on: account_ids names nobody. To remove all accounts add purge=true.")
    if problems:
        raise InputError(problems)
    return PermissionRequest(state, named_principals({"account_ids": given}), frozenset({ACCOUNT} if purge else ()))
