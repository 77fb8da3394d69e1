# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose access to a key ends, and why that of the others stays; decided on what was read right before it is taken.

One grant on a key, and one statement of its policy, serves all the AMIs on that key. So the key access of a consumer goes
only when no AMI on the key is left that it may launch, by itself or through an organization or OU as far as that can be
known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .._base.outcome import AnyOutcome, Failure, explanation
from .._kms_key.images import KeyImages, images_on, why_incomplete
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, Permissions, Principal
from .._organization.membership import Membership, of_same_organization
from .._share.audience import some
from .ask import OF_ORGANIZATIONS
from .facts import KeyRead, Place
from .key_plan import Removal, plan_removal, unread_policy
from .plan import UnsharePlan, gone
from .request import UnshareRequest
from .targets import Target


@dataclass(frozen=True)
class Kept:
    """Why access stays. ``failure`` is what could not be read, where that is why."""

    reason: str
    failure: Failure | None = None

    @property
    def sentence(self) -> str:
        cause = f" ({explanation(self.failure).rstrip('.')})" if self.failure else ""
        return f"{self.reason}{cause}"


@dataclass(frozen=True)
class Decision:
    """One key: who keeps access and why, and what goes of the others, or what became of that."""

    removal: Removal
    kept: Mapping[Principal, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Shared:
    """One AMI on a key and who may launch it, its accounts and organizations in a fixed order.

    :param again: who got the permission back after this run had taken it.
    """

    label: str
    allowed: Permissions
    again: Permissions = frozenset()
    organizations: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def _shared(label: str, allowed: Permissions, again: Permissions = frozenset()) -> Shared:
    return Shared(
        label,
        allowed,
        again,
        tuple(sorted(one.value for one in allowed if one.kind in OF_ORGANIZATIONS)),
        tuple(sorted(one.value for one in allowed if one.kind == ACCOUNT)),
    )


def shared_on(
    targets: Iterable[Target], launched: Mapping[Place, AnyOutcome], on_key: KeyImages, predicted: bool
) -> list[Shared]:
    """Who may launch each AMI on a key now.

    What was read right before counts. An AMI of the run that is not among those of the key counts by what became of its
    removal; where that failed, everybody that was ever read counts as still there.

    :param launched: the outcome of each AMI of the run; in check mode its plan.
    """
    listed = {
        image.image_id: (f"{image.image_id} ({image.name})", on_key.permissions.get(image.image_id))
        for image in images_on(on_key.key, on_key.listed)
    }
    arn = on_key.key.arn if isinstance(on_key.key, Key) else on_key.key_id
    found = []
    for target in targets:
        if target.region != on_key.region or arn not in target.key_arns:
            continue
        _label, read = listed.pop(target.image.image_id, ("", None))
        found.append(_of_target(target, launched.get(target.place), read, predicted))
    return found + [_shared(label, read) for label, read in listed.values() if isinstance(read, frozenset)]


def _of_target(
    target: Target, outcome: AnyOutcome | None, read: Permissions | Failure | None, predicted: bool
) -> Shared:
    failed = outcome is None or outcome.failure is not None
    taken = frozenset[Principal]() if failed or outcome is None else gone(outcome)
    if not isinstance(read, frozenset):
        return _shared(target.label, _without(target.before, taken))
    if predicted:
        return _shared(target.label, _without(read, taken))
    return _shared(target.label, read | target.before if failed else read, read & taken)


def _without(permissions: Permissions, taken: Permissions) -> Permissions:
    return frozenset(one for one in permissions if one not in taken)


def given_back(
    plan: UnsharePlan, launched: Mapping[Place, AnyOutcome], on_keys: Iterable[KeyImages]
) -> dict[Place, Permissions]:
    """By AMI of the run, the permissions that were taken and that EC2 still, or again, shows."""
    taken = {
        target.place: gone(launched[target.place])
        for target in plan.targets
        if target.place in launched and launched[target.place].failure is None
    }
    shown = {
        (on_key.region, image_id): read
        for on_key in on_keys
        for image_id, read in on_key.permissions.items()
        if isinstance(read, frozenset)
    }
    found = {place: listed & shown.get(place, frozenset()) for place, listed in taken.items()}
    return {place: listed for place, listed in found.items() if listed}


def decide(
    request: UnshareRequest,
    plan: UnsharePlan,
    launched: Mapping[Place, AnyOutcome],
    on_keys: Mapping[Place, tuple[KeyImages, KeyRead | Failure]],
    members: Membership,
    predicted: bool = False,
) -> dict[Place, Decision]:
    """A decision for every key. At a key of which the plan says that nothing is there to take, nobody needs to look."""
    found = {}
    for place, planned in plan.keys.items():
        if place not in on_keys:
            found[place] = _untouched(plan, place, planned)
            continue
        on_key, read = on_keys[place]
        failure = why_incomplete(on_key) or (read if isinstance(read, Failure) else None)
        if failure or isinstance(read, Failure):
            kept = Kept("which AMIs are encrypted with the key could not be read", failure)
            found[place] = Decision(Removal(place, ()), dict.fromkeys(plan.leaving[place], kept))
            continue
        shared = shared_on(plan.targets, launched, on_key, predicted)
        reasons = {
            one: reason
            for one in plan.leaving[place]
            if (reason := _reason_to_keep(members, one, shared, read)) is not None
        }
        going = [one for one in plan.leaving[place] if one not in reasons]
        found[place] = Decision(plan_removal(request, place, going, read), reasons)
    return found


def _untouched(plan: UnsharePlan, place: Place, planned: Removal) -> Decision:
    """Nothing of those who leave is at the key, as far as it could be read."""
    if planned.unread is None:
        return Decision(planned)
    kept = Kept(_NO_POLICY, planned.unread)
    return Decision(planned, {one: kept for one in plan.leaving[place] if one.kind != ACCOUNT})


_NO_POLICY = "the key policy could not be read, so that its statements are not known"


def _reason_to_keep(members: Membership, principal: Principal, shared: Sequence[Shared], read: KeyRead) -> Kept | None:
    """None when the principal's access to the key may go."""
    if principal.kind == ACCOUNT:
        return _account_still_needs(members, principal, shared)
    unread = unread_policy(read)
    if unread:
        return Kept(_NO_POLICY, unread)
    return _organization_still_needs(members, principal, shared)


def _account_still_needs(members: Membership, account: Principal, shared: Sequence[Shared]) -> Kept | None:
    again = [one.label for one in shared if account in one.again]
    if again:
        return Kept(f"{some(again)} on this key is shared with it again, or EC2 shows the removal late")
    direct = [one.label for one in shared if account in one.allowed]
    if direct:
        return Kept(f"{some(direct)} on this key is still shared with it")
    for one in shared:
        for through in one.organizations:
            has = members.has(through, account.value)
            if has:
                return Kept(f"{one.label} on this key is still shared with {through}, to which it belongs")
            if has is None:
                return Kept(
                    f"{one.label} on this key is still shared with {through}, and whether it belongs there is not known",
                    members.why_not(through),
                )
    return None


def _organization_still_needs(members: Membership, principal: Principal, shared: Sequence[Shared]) -> Kept | None:
    """OUs of one organization may lie within each other, so any of it that stays keeps the access of all of it.

    An account that belongs to it may use the key by its statement alone, without a grant of its own.
    """
    for one in shared:
        same = of_same_organization(principal.value, one.organizations)
        if same:
            return Kept(f"{one.label} on this key is still shared with {some(same)}, of the same organization")
    for one in shared:
        for account in one.accounts:
            has = members.has(principal.value, account)
            if has or has is None:
                known = "which belongs to it" if has else "and whether that belongs to it is not known"
                why = None if has else members.why_not(principal.value)
                return Kept(f"{one.label} on this key is still shared with {account}, {known}", why)
    return None
