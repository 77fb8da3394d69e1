# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in the way of a run before its first write, and what a reader should know of what it acts on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from .._base.outcome import AnyOutcome, Failure, describe, explanation
from .._image.blockers import Sharing, find_blockers, unread
from .._image.facts import ImageFacts
from .._launch_permission.model import ACCOUNT
from .._share.audience import some
from .facts import Place, UnshareFacts
from .plan import UnsharePlan
from .request import UnshareRequest
from .targets import all_copies

# To take an AMI away, little has to be right with it.
_BLOCKING = ("not_owner",)
_BLOCKING_KEYS = ("not_owner", "snapshot_not_found")


def refusals(request: UnshareRequest, facts: UnshareFacts, plan: UnsharePlan) -> list[str]:
    """A sentence for each reason, equal ones once. What could not be read is not taken for what nobody has."""
    found = [
        *_copies(request, facts),
        *_images(request, facts),
        *_outcomes(plan.permissions),
        *_outcomes(plan.snapshots),
    ]
    found += _named_keys(facts)
    found += _keys(facts, plan)
    return list(dict.fromkeys(found))


def _copies(request: UnshareRequest, facts: UnshareFacts) -> Iterator[str]:
    for copies in chain.from_iterable(all_copies(request, facts)):
        if copies.failure:
            yield f"{copies.region}: {explanation(copies.failure)}"


def _images(request: UnshareRequest, facts: UnshareFacts) -> Iterator[str]:
    codes = _BLOCKING_KEYS if request.key_access else _BLOCKING
    blocked: dict[str, list[str]] = {}
    unreadable: dict[str, list[str]] = {}
    for read in facts.images.values():
        for blocker in find_blockers(read, Sharing(frozenset(), 0)):
            if blocker.code in codes:
                blocked.setdefault(f"{blocker.message} Next: {blocker.cure}", []).append(read.selector.region)
        for failure in _unread(request, read):
            place = f"{read.selector.target['image_id']} in {read.selector.region}"
            unreadable.setdefault(explanation(failure), []).append(place)
    for sentence, regions in blocked.items():
        yield f"{some(dict.fromkeys(regions), 17)}: {sentence}"
    for sentence, places in unreadable.items():
        yield f"{some(dict.fromkeys(places), 5)}: {sentence}"


def _unread(request: UnshareRequest, read: ImageFacts) -> list[Failure]:
    """Without its keys an AMI can be made private all the same, but nothing can be said about key access."""
    found = list(unread(read))
    if request.key_access:
        return found
    needed = (read.image, read.permissions)
    return [failure for failure in found if failure in needed]


def _outcomes(plans: Iterable[AnyOutcome]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for plan in plans:
        if plan.failure:
            groups.setdefault(explanation(plan.failure), []).append(describe(plan.target))
    for sentence, targets in groups.items():
        yield f"{some(targets, 5)}: {sentence}"


def _named_keys(facts: UnshareFacts) -> Iterator[str]:
    for (region, key_id), read in facts.named.items():
        if isinstance(read, Failure):
            yield f"{key_id} in {region}: {explanation(read)}"


def _keys(facts: UnshareFacts, plan: UnsharePlan) -> Iterator[str]:
    """A policy that could not be read stops nobody: the grants go, and what its statements say is not known."""
    of_images = {(target.region, arn) for target in plan.targets for arn in target.key_arns}
    groups: dict[str, list[Place]] = {}
    for place, removal in plan.keys.items():
        # One sentence for one reason, such as a key of AWS, of which neither grants nor policy can be changed.
        found = {
            outcome.failure.code: outcome.failure
            for outcome in (removal.policy, removal.grants)
            if outcome and outcome.failure
        }
        for failure in found.values():
            # Grants that could not be read have been said with the AMI.
            if place not in of_images or failure != facts.keys[place].grants:
                groups.setdefault(explanation(failure), []).append(place)
    for sentence, places in groups.items():
        yield f"{some((arn for _region, arn in dict.fromkeys(places)), 5)}: {sentence}"


def notes(request: UnshareRequest, facts: UnshareFacts, plan: UnsharePlan) -> list[str]:
    """What a reader should know of the request itself."""
    owners = dict.fromkeys(target.image.owner_id for target in plan.targets)
    named = {
        one.value for declaration in request.declarations for one in declaration.leaving.named if one.kind == ACCOUNT
    }
    found = [
        f"{request.prefix}account_ids: {owner} owns the AMI and may always launch it; left out."
        for owner in owners
        if owner in named
    ]
    return list(dict.fromkeys([*found, *_gone(request, facts), *_missing(request, facts)]))


def _gone(request: UnshareRequest, facts: UnshareFacts) -> Iterator[str]:
    for read in facts.images.values():
        if read.image is None:
            message = find_blockers(read, Sharing(frozenset(), 0))[0].message
            yield (
                f"{read.selector.region}: {message} Nothing to remove there, and its keys are not known; to revoke "
                f"what was granted, name them in {request.prefix}keys."
            )


def _missing(request: UnshareRequest, facts: UnshareFacts) -> Iterator[str]:
    """A source beside which there is no copy is meant by itself."""
    for copies in chain.from_iterable(all_copies(request, facts)):
        if not copies.image_ids and not copies.failure and not copies.own_region:
            yield f"{copies.region}: there is no copy of {copies.source}."
    for declaration, listed in zip(request.declarations, facts.copies, strict=True):
        source = declaration.source
        if source and not source.selector.image_id and listed and listed[0].source is None:
            yield f"{source.region}: no own AMI matches {source.described}, so that there are no copies of it."
