# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AMIs of a run, each once, with everybody who loses it by any declaration, and the keys that this concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .._base.outcome import Failure
from .._image.blockers import is_aws_managed
from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.selection import ImageSelector
from .._image_copy.model import CopyFacts
from .._image_copy.plan import plan_copy
from .._image_copy.request import CopyRequest
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, PUBLIC, Permissions, Principal
from .facts import Place, UnshareFacts
from .request import Declaration, Source, UnshareRequest


@dataclass(frozen=True)
class Target:
    """One AMI from which somebody is to go.

    :param key_arns: the customer managed keys of its snapshots. Nobody else can have access to an AWS managed key.
    :param before: its launch permissions as they were read.
    :param leaving: who loses it, without its owner, in the order in which they were given.
    :param everything: whether it becomes private.
    :param closing: whether create volume permissions go, too.
    """

    facts: ImageFacts
    image: Image
    key_arns: tuple[str, ...]
    before: Permissions
    leaving: tuple[Principal, ...]
    everything: bool = False
    closing: bool = False

    @property
    def place(self) -> Place:
        return (self.image.region, self.image.image_id)

    @property
    def region(self) -> str:
        return self.image.region

    @property
    def label(self) -> str:
        """For reasons: ``ami-… (golden-web-42)``."""
        return f"{self.image.image_id} ({self.image.name})"


@dataclass(frozen=True)
class Copies:
    """The copies of a source in one Region, by their IDs, or the Failure because of which nobody can tell."""

    region: str
    source: str
    image_ids: tuple[str, ...] = ()
    failure: Failure | None = None
    own_region: bool = False


def find_copies(source: Source, read: CopyFacts) -> Copies:
    """In another Region there is one copy. Beside the source there may be one for each key, and all of them are meant."""
    found = Copies(read.destination.region, source.described, own_region=read.own_region)
    failure = read.failure or (read.source if isinstance(read.source, Failure) else None)
    if failure:
        return replace(found, failure=failure)
    if len(read.living) > 1 and not read.own_region:
        # Nothing is ever copied here: the plan of a copy tells what to do about too many.
        return replace(found, failure=plan_copy(CopyRequest(source.selector, wait=False), read).failure)
    return replace(found, image_ids=tuple(image.image_id for image in read.living))


def all_copies(request: UnshareRequest, facts: UnshareFacts) -> list[list[Copies]]:
    """By declaration."""
    return [
        [find_copies(declaration.source, read) for read in listed] if declaration.source else []
        for declaration, listed in zip(request.declarations, facts.copies, strict=True)
    ]


def _source_itself(source: Source | None, read: Sequence[CopyFacts]) -> list[ImageSelector]:
    """The source, where it is meant as well; by its ID, also where it was named by name and tags."""
    if source is None or source.region not in source.regions:
        return []
    if source.selector.image_id:
        return [source.selector]
    images = [one.source for one in read if isinstance(one.source, Image)]
    return [ImageSelector(image.region, image.image_id) for image in images[:1]]


def find_targets(request: UnshareRequest, facts: UnshareFacts) -> tuple[Target, ...]:
    """The AMIs that are there and whose launch permissions are known; the others are refused or said in a note."""
    found: dict[Place, Target] = {}
    for declaration, selectors in asked_for(request, facts):
        for selector in selectors:
            target = _target(declaration, facts.images[selector])
            if target is not None:
                before = found.get(target.place)
                found[target.place] = _merged(before, target) if before else target
    return tuple(found.values())


def asked_for(request: UnshareRequest, facts: UnshareFacts) -> Iterator[tuple[Declaration, list[ImageSelector]]]:
    """The AMIs that each declaration means."""
    parts = zip(request.declarations, facts.copies, all_copies(request, facts), strict=True)
    for declaration, read, copies in parts:
        found = [ImageSelector(copy.region, image_id) for copy in copies for image_id in copy.image_ids]
        yield declaration, list(dict.fromkeys([*declaration.images, *_source_itself(declaration.source, read), *found]))


def _target(declaration: Declaration, read: ImageFacts) -> Target | None:
    image, actual = read.image, read.permissions
    if not isinstance(image, Image) or not isinstance(actual, frozenset):
        return None
    leaving = declaration.leaving
    listed = sorted(actual) if leaving.everything else leaving.named
    return Target(
        # Whatever plans and applies a change needs the ID of the AMI, not the filter that found it.
        replace(read, selector=ImageSelector(read.selector.region, image.image_id)),
        image,
        tuple(arn for arn, key in read.keys.items() if not is_aws_managed(key)),
        actual,
        # The owner always has access, and needs its keys.
        tuple(one for one in listed if one != Principal(ACCOUNT, image.owner_id)),
        leaving.everything,
        declaration.snapshots,
    )


def _merged(one: Target, other: Target) -> Target:
    """One AMI that two declarations name."""
    return replace(
        one,
        leaving=tuple(dict.fromkeys([*one.leaving, *other.leaving])),
        everything=one.everything or other.everything,
        closing=one.closing or other.closing,
    )


def leaving_by_key(
    request: UnshareRequest, targets: Sequence[Target], named: Mapping[Place, Key | object]
) -> dict[Place, tuple[Principal, ...]]:
    """By Region and ARN, whose access to each key is to end: of all AMIs on it, and where the key itself is named.

    Never who owns the key or the AMIs, and needs it for them.
    """
    if not request.key_access:
        return {}
    found: dict[Place, dict[Principal, None]] = {}
    owners: dict[Place, set[str]] = {}
    for target in targets:
        for arn in target.key_arns:
            found.setdefault((target.region, arn), {}).update(dict.fromkeys(target.leaving))
            owners.setdefault((target.region, arn), set()).add(target.image.owner_id)
    for declaration in request.declarations:
        for region, key_id in declaration.keys:
            key = named.get((region, key_id))
            if isinstance(key, Key):
                found.setdefault((region, key.arn), {}).update(dict.fromkeys(declaration.leaving.named))
    return {
        place: tuple(
            one
            for one in listed
            if one.kind != PUBLIC and one.value not in {place[1].split(":")[4], *owners.get(place, ())}
        )
        for place, listed in found.items()
    }
