# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan the create-volume permissions of one snapshot: from what was asked and what was read to what has to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .._base.delta import Delta
from .._base.outcome import NOT_FOUND, Failure, Outcome
from .._image.blockers import Blocker, aws_managed_key, blockers_of_change, is_aws_managed
from .._image.facts import ImageFacts
from .._image.model import Image, Snapshot
from .._image.selection import ImageSelector
from .._kms_key.model import Key
from .._launch_permission import model as permissions
from .._launch_permission import plan as permission_plan
from .._launch_permission.model import (
    ACCOUNT,
    EVERYBODY,
    LIST_OPTIONS,
    PUBLIC,
    PermissionOutcome,
    Permissions,
    Principal,
)
from .._launch_permission.plan import NOTHING, as_failure, only_the_owner, without_owner
from .._launch_permission.request import PermissionRequest
from .request import MODIFY_ENTRIES, SnapshotFacts, SnapshotSelector


def plan_snapshot(request: PermissionRequest, facts: SnapshotFacts) -> PermissionOutcome:
    """One snapshot's plan. It fails, without a change, where the snapshot cannot be shared with those who are to come."""
    selector = facts.selector
    if not selector.snapshot_id:
        return _plan_without_snapshot(request, facts)
    if _is_gone(facts) and request.state != "present":
        return _nothing_left(selector, f"{selector.described} is not in {selector.region}")
    failed, actual = _unread(facts), _permissions(facts)
    if failed:
        return _failed(selector, failed)
    mistake = only_the_owner(request, facts.owner_id, "snapshot")
    if mistake:
        return replace(_planned(selector, actual, NOTHING, ()), failure=mistake)
    delta, warnings = _change(request, facts)
    if EVERYBODY in actual:
        warnings += (f"{selector.described} in {selector.region} is public, which is not changed here: {_PUBLIC_CURE}",)
    if delta.add and isinstance(facts.key, Failure):
        return _failed(selector, facts.key, warnings)
    found = tuple(_blockers(facts)) if delta.add else ()
    if found:
        return _failed(selector, as_failure(found, selector.region), warnings)
    return _planned(selector, actual, delta, warnings)


def adds_accounts(request: PermissionRequest, facts: SnapshotFacts) -> bool:
    """Whether somebody is to get access. Only then does the key matter, so only then is it asked for."""
    return bool(_change(request, facts)[0].add)


_PUBLIC_CURE = (
    "everybody may create volumes from it. If that is not intended, remove the group all (ModifySnapshotAttribute with "
    "GroupNames=all and OperationType=remove)."
)


def _permissions(facts: SnapshotFacts) -> Permissions:
    return facts.permissions if isinstance(facts.permissions, frozenset) else frozenset()


def _change(request: PermissionRequest, facts: SnapshotFacts) -> tuple[Delta[Principal], tuple[str, ...]]:
    warning = f"account_ids: {facts.owner_id} owns {facts.selector.snapshot_id} and may always use it; dropped."
    return without_owner(permission_plan.plan_permissions(request, _permissions(facts)), facts.owner_id, warning)


def _in_requests(delta: Delta[Principal]) -> list[Delta[Principal]]:
    """Additions first, so that an exchange leaves nobody without access who keeps it or gets it. No request does both."""
    steps = (Delta(delta.add, frozenset()), Delta(frozenset(), delta.remove))
    return [part for step in steps for part in step.in_parts(MODIFY_ENTRIES)]


def _plan_without_snapshot(request: PermissionRequest, facts: SnapshotFacts) -> PermissionOutcome:
    """An AMI that is gone, that could not be read, or that has no snapshot (yet)."""
    selector, image = facts.selector, facts.image
    if isinstance(image, Failure):
        return _failed(selector, image)
    if image is None and request.state != "present":
        return _nothing_left(selector, f"{selector.image_id} is not in {selector.region}")
    about = ImageFacts(ImageSelector(selector.region, selector.image_id), image, frozenset())
    found = blockers_of_change(about, frozenset(), quota=0)
    if found:
        return _failed(selector, as_failure(found, selector.region))
    missing = no_snapshots(image) if isinstance(image, Image) else None
    if missing and request.state == "present":
        return _failed(selector, missing)
    return _nothing_left(selector, f"{selector.image_id} has no EBS snapshots")


def no_snapshots(image: Image) -> Failure | None:
    """Why nobody can be given the snapshots of an AMI: it has none, as one that is backed by instance store.

    A pending AMI may get its snapshots yet; that it is pending is a blocker of its own.
    """
    if image.snapshot_ids or image.state == "pending":
        return None
    return Failure(
        "no_snapshots",
        f"{image.image_id} has no EBS snapshots, so that there are none to share",
        "Leave it out of the AMIs whose snapshots are shared; consumers launch it without them.",
        region=image.region,
    )


def _is_gone(facts: SnapshotFacts) -> bool:
    """Not listed and not known by its ID: one of another account is not listed either, but EC2 does not call it gone."""
    return facts.snapshot is None and _code(facts) == "InvalidSnapshot.NotFound"


def _code(facts: SnapshotFacts) -> str:
    return facts.permissions.code if isinstance(facts.permissions, Failure) else ""


def _unread(facts: SnapshotFacts) -> Failure | None:
    if isinstance(facts.snapshot, Failure):
        return facts.snapshot
    if _is_gone(facts):
        return as_failure([_not_found(facts)], facts.selector.region)
    if _code(facts) == "AuthFailure":
        return as_failure([_not_owner(facts)], facts.selector.region)
    return facts.permissions if isinstance(facts.permissions, Failure) else None


def _not_found(facts: SnapshotFacts) -> Blocker:
    return Blocker(
        NOT_FOUND,
        f"{facts.selector.described} is not in {facts.selector.region}, or it belongs to another account that has not "
        "shared it.",
        "Check the ID, the Region (snapshots are regional) and the account whose credentials are used.",
    )


def _not_owner(facts: SnapshotFacts) -> Blocker:
    owner = f"account {facts.owner_id}" if facts.owner_id else "another account"
    return Blocker(
        "not_owner",
        f"{facts.selector.described} belongs to {owner}, and the caller may not read its permissions (AuthFailure), which "
        "only the owner may.",
        f"Run with credentials of {facts.owner_id and owner or 'the owner'}, or copy the AMI into the caller's account.",
    )


def _blockers(facts: SnapshotFacts) -> Iterator[Blocker]:
    """What stops accounts from being added. To take access away, nothing has to be right with the snapshot."""
    snapshot = facts.snapshot
    if not isinstance(snapshot, Snapshot):
        yield _not_found(facts)
        return
    yield from _state(facts, snapshot)
    if isinstance(facts.key, Key) and is_aws_managed(facts.key):
        yield aws_managed_key(facts.key, facts.selector.described)


def _state(facts: SnapshotFacts, snapshot: Snapshot) -> Iterator[Blocker]:
    name, reason = facts.selector.described, f" ({snapshot.state_reason})" if snapshot.state_reason else ""
    if snapshot.state == "pending":
        yield Blocker("pending", f"{name} is still pending{reason}.", "Wait until it is completed, then run again.")
    elif snapshot.state == "error":
        yield Blocker("failed", f"{name} is in state error{reason}.", "Delete it and make or copy it again.")
    elif snapshot.state != "completed":
        yield Blocker(
            "not_completed",
            f"{name} is in state {snapshot.state}{reason}.",
            "Only a completed snapshot can be shared; recover it, or make or copy it again.",
        )


def _planned(
    selector: SnapshotSelector, actual: Permissions, delta: Delta[Principal], warnings: tuple[str, ...]
) -> PermissionOutcome:
    return Outcome(
        selector.target,
        before=_shown(actual),
        after=_shown(delta.applied_to(actual)),
        change=_in_requests(delta) or None,
        changed=bool(delta),
        extra=_changes(delta),
        warnings=warnings,
    )


def _failed(selector: SnapshotSelector, failure: Failure, warnings: tuple[str, ...] = ()) -> PermissionOutcome:
    return Outcome(selector.target, failure=failure, extra=_changes(NOTHING), warnings=warnings)


def _nothing_left(selector: SnapshotSelector, gone: str) -> PermissionOutcome:
    """Permissions of a snapshot that is gone are gone, which is what was asked for."""
    return _planned(selector, frozenset(), NOTHING, (f"{gone}: there are no permissions of snapshots to remove.",))


def _changes(delta: Delta[Principal]) -> Mapping[str, Any]:
    return {"added": _shown(delta.add), "removed": _shown(delta.remove)}


def _shown(listed: Permissions) -> dict[str, Any]:
    """As for AMIs, without the kinds that a snapshot cannot have."""
    shown = permissions.as_dict(listed)
    return {kind: shown[kind] for kind in (LIST_OPTIONS[ACCOUNT], PUBLIC)}
