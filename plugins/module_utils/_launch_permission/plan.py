# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan the launch permissions of one AMI: from what was asked and what was read to what has to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._base.delta import ADD, EXACT, REMOVE, Delta, plan_set
from .._base.outcome import Failure, Outcome, Reading
from .._image.blockers import Blocker, blockers_of_change, unread
from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.selection import ImageSelector
from . import model as permissions
from .model import ACCOUNT, LIST_OPTIONS, PUBLIC, PermissionOutcome, Permissions, Principal, counted, of_kind
from .request import PermissionRequest

NOTHING: Delta[Principal] = Delta(frozenset(), frozenset())


def plan_image(request: PermissionRequest, facts: ImageFacts) -> PermissionOutcome:
    """One AMI's plan. It fails, without a change, where the AMI cannot be changed or the quota would be exceeded."""
    selector = facts.selector
    if facts.image is None and request.state != "present":
        # Terraform and AWS agree: permissions of an AMI that is gone are gone, which is what was asked for.
        warning = f"{selector.image_id} is not in {selector.region}: there are no launch permissions to remove."
        return _planned(selector, frozenset(), NOTHING, (warning,))
    failed = unread(facts)
    if failed:
        return _failed(selector, failed[0])
    actual = facts.permissions if isinstance(facts.permissions, frozenset) else frozenset()
    owner_id = facts.image.owner_id if isinstance(facts.image, Image) else ""
    mistake = only_the_owner(request, owner_id, "AMI")
    if mistake and not isinstance(facts.permissions, Failure):
        return replace(_planned(selector, actual, NOTHING, ()), failure=mistake)
    warning = f"account_ids: {owner_id} owns {selector.image_id} and may always launch it; dropped."
    delta, warnings = without_owner(plan_permissions(request, actual), owner_id, warning)
    if delta or facts.image is None or isinstance(facts.permissions, Failure):
        found = blockers_of_change(facts, delta.applied_to(actual), request.quota)
        if found:
            return _failed(selector, as_failure(found, selector.region), warnings)
    return _planned(selector, actual, delta, warnings, request.quota)


def additions(request: PermissionRequest, facts: ImageFacts) -> Permissions:
    """Who would get to launch the AMI, its owner aside; nobody where the AMI or its permissions could not be read."""
    if not isinstance(facts.image, Image) or not isinstance(facts.permissions, frozenset):
        return frozenset()
    added = plan_permissions(request, facts.permissions).add
    return permissions.without_account(added, facts.image.owner_id)


def only_the_owner(request: PermissionRequest, owner_id: str, owned: str) -> Failure | None:
    """An empty list means nobody, a list that only holds the owner is a mistake: nobody may lose access by it."""
    accounts = {principal.value for principal in request.named if principal.kind == ACCOUNT}
    if ACCOUNT not in request.exact or accounts != {owner_id}:
        return None
    return Failure(
        "only_the_owner",
        f"account_ids names only the account that owns the {owned}, so that purge would remove everybody",
        "Name the consumers. If nobody is meant, write an empty list.",
    )


def not_applied(plan: PermissionOutcome, failure: Failure) -> PermissionOutcome:
    """A plan whose call failed. What its target has now is not known: an answer can be lost after the change was made."""
    # Nobody in the form in which the plan shows permissions: an empty list, or false for everybody.
    nobody = {kind: type(shown)() for kind, shown in plan.extra["added"].items()}
    extra = {**plan.extra, "added": nobody, "removed": nobody}
    return replace(plan, after=None, changed=False, failure=failure, extra=extra)


def as_failure(found: Sequence[Blocker], region: str) -> Failure:
    """The blockers of one AMI as the failure of one target."""
    return Failure(
        code=found[0].code,
        message=" ".join(blocker.message for blocker in found),
        next_step=" ".join(blocker.cure for blocker in found),
        region=region,
    )


def without_owner(delta: Delta[Principal], owner_id: str, warning: str) -> tuple[Delta[Principal], tuple[str, ...]]:
    """The owner always has access and is never listed, so that its entry would be a change for ever."""
    if Principal(ACCOUNT, owner_id) not in delta.add:
        return delta, ()
    return Delta(permissions.without_account(delta.add, owner_id), delta.remove), (warning,)


def _planned(
    selector: ImageSelector, actual: Permissions, delta: Delta[Principal], warnings: tuple[str, ...], quota: int = 0
) -> PermissionOutcome:
    return Outcome(
        selector.target,
        before=permissions.as_dict(actual),
        after=permissions.as_dict(delta.applied_to(actual)),
        change=in_requests(actual, delta, quota) or None,
        changed=bool(delta),
        extra=_changes(delta),
        warnings=warnings,
    )


def _failed(selector: ImageSelector, failure: Failure, warnings: tuple[str, ...] = ()) -> PermissionOutcome:
    return Outcome(selector.target, failure=failure, extra=_changes(NOTHING), warnings=warnings)


def _changes(delta: Delta[Principal]) -> Mapping[str, Any]:
    return {"added": permissions.as_dict(delta.add), "removed": permissions.as_dict(delta.remove)}


def show_permissions(_request: None, facts: ImageFacts) -> Reading:
    """One AMI's launch permissions for the info module; not found and not allowed to look are failures."""
    image = facts.image if isinstance(facts.image, Image) else None
    read = facts.permissions if isinstance(facts.permissions, frozenset) else None
    return Outcome(
        facts.selector.target,
        failure=why_unread(facts),
        extra={
            "owner_id": image.owner_id if image else None,
            "state": image.state if image else None,
            "launch_permissions": None if read is None else permissions.as_dict(read),
        },
    )


def why_unread(facts: ImageFacts) -> Failure | None:
    """Why launch permissions, and what else only the owner may know, were not read; None when they were."""
    failed = unread(facts)
    if failed:
        return failed[0]
    found = () if isinstance(facts.permissions, frozenset) else blockers_of_change(facts, frozenset(), quota=0)
    return as_failure(found, facts.selector.region) if found else None


# The most entries that one ModifyImageAttribute takes (EC2 API reference, parameter UserIds).
MODIFY_ENTRIES = 10_000


def plan_permissions(request: PermissionRequest, actual: Permissions) -> Delta[Principal]:
    """What ModifyImageAttribute has to add and remove on one AMI."""
    if request.state == "private":
        return plan_set(actual, frozenset(), EXACT)
    if request.state == "absent":
        return plan_set(actual, request.named, REMOVE)
    deltas = []
    for kind in (*LIST_OPTIONS, PUBLIC):
        mode = EXACT if kind in request.exact else ADD
        deltas.append(plan_set(of_kind(actual, kind), of_kind(request.named, kind), mode))
    return Delta(
        add=frozenset().union(*(delta.add for delta in deltas)),
        remove=frozenset().union(*(delta.remove for delta in deltas)),
    )


def left_by_reset(permissions: Permissions) -> Delta[Principal]:
    """The removal of organizations and OUs, about which the documentation of ResetImageAttribute says nothing.

    Accounts and the public group are not in it: the reset covers them, and a read right after it may still show them.
    """
    covered = of_kind(permissions, ACCOUNT) | of_kind(permissions, PUBLIC)
    return plan_set(permissions, covered, EXACT)


def in_requests(actual: Permissions, delta: Delta[Principal], quota: int) -> list[Delta[Principal]]:
    """The change as the requests that make it: one, as a rule.

    Whether AWS counts what one request removes before it counts what it adds is not documented; so where both together
    would exceed the quota, the removals go first, in a request of their own.
    """
    steps = [delta]
    if delta.remove and counted(actual | delta.add) > quota:
        steps = [Delta(frozenset(), delta.remove), Delta(delta.add, frozenset())]
    return [part for step in steps for part in step.in_parts(MODIFY_ENTRIES)]
