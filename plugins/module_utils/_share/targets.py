# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AMIs of a run, each once, with everybody who is to have it by any declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.selection import ImageSelector
from .._image_copy.model import DEAD, CopyFacts, CopyOutcome, shown, state_of
from .._image_copy.plan import ALREADY_ENCRYPTED, plan_copy
from .._launch_permission.model import ACCOUNT, Principal
from .audience import Audience
from .facts import Place, ShareFacts
from .request import ShareRequest


@dataclass(frozen=True)
class Target:
    """One AMI that is to be shared.

    :param image_id: empty for a copy that is not there yet, and where nothing matches what was asked for.
    :param facts: None for a copy that is not there yet.
    :param copy: what is planned, or was done, about the copy; None for an AMI that is none.
    :param wanted: its consumers, without its owner, in the order in which they were given.
    :param readers: the accounts among them that may copy it, too.
    """

    region: str
    image_id: str
    name: str
    facts: ImageFacts | None
    copy: CopyOutcome | None
    key_arns: tuple[str, ...]
    owner_id: str
    wanted: tuple[Principal, ...]
    readers: frozenset[str]

    @property
    def place(self) -> Place:
        return (self.region, self.image_id or self.described)

    @property
    def described(self) -> str:
        """For messages: the ID, the filter, or that it is a copy to come."""
        if self.image_id:
            return self.image_id
        if self.facts:
            return self.facts.selector.target["image_id"]
        source = self.copy.target["source_image_id"] if self.copy else ""
        # Beside its source there may be a copy for each key.
        return f"new copy of {source}" + (f" on {self.key_arns[0].rsplit('/', 1)[-1]}" if self.key_arns else "")

    @property
    def is_planned(self) -> bool:
        """Whether it is a copy that is not there yet, or is still pending."""
        return self.facts is None


def plan_copies(request: ShareRequest, facts: ShareFacts) -> tuple[CopyOutcome, ...]:
    """The plan of every copy, in the order of declarations and Regions."""
    return tuple(
        _or_source(plan_copy(declaration.copies.request, read), read)
        for declaration, listed in zip(request.declarations, facts.copies, strict=True)
        if declaration.copies
        for read in listed
    )


def _or_source(plan: CopyOutcome, read: CopyFacts) -> CopyOutcome:
    """Where the source itself is encrypted with the key that a copy beside it was to have, it serves as that copy."""
    source = read.source
    if not plan.failure or plan.failure.code != ALREADY_ENCRYPTED or not isinstance(source, Image):
        return plan
    return replace(plan, failure=None, extra=shown(state_of(source, {})))


def named_images(request: ShareRequest, facts: ShareFacts, number: int) -> list[ImageSelector]:
    """The AMIs of a declaration that are shared themselves: those that it names, and the source of its copies."""
    declaration = request.declarations[number]
    found = list(declaration.images)
    if declaration.copies and declaration.copies.with_source:
        sources = (read.source for read in facts.copies[number])
        found += [ImageSelector(source.region, source.image_id) for source in sources if isinstance(source, Image)]
    return list(dict.fromkeys(found))


def copies_to_read(copies: Sequence[CopyOutcome]) -> list[ImageSelector]:
    """The copies that are there and done. A pending one is waited for first; until then it would be called blocked."""
    return [
        ImageSelector(one.target["region"], one.extra["image_id"])
        for one in copies
        if one.extra.get("image_id") and one.extra.get("state") not in ("pending", *DEAD) and not one.failure
    ]


def find_targets(
    request: ShareRequest, audience: Audience, facts: ShareFacts, copies: Sequence[CopyOutcome]
) -> tuple[Target, ...]:
    """:param copies: what is planned, or was done, about each copy, as :func:`plan_copies` orders them."""
    found: dict[Place, Target] = {}
    rest = iter(copies)
    parts = zip(request.declarations, audience.principals, facts.copies, strict=True)
    for number, (declaration, principals, read) in enumerate(parts):
        # The copies of a declaration come first in the iterator, whatever else it names.
        own = [next(rest) for _fact in (read if declaration.copies else ())]
        for target in [*_named(request, facts, number), *_copied(facts, own)]:
            mine = _with_consumers(target, principals, declaration.snapshots)
            before = found.get(target.place)
            found[target.place] = _merged(before, mine) if before else mine
    return tuple(found.values())


def _named(request: ShareRequest, facts: ShareFacts, number: int) -> Iterator[Target]:
    for selector in named_images(request, facts, number):
        yield _known(facts.images[selector], None)


def _copied(facts: ShareFacts, copies: Sequence[CopyOutcome]) -> Iterator[Target]:
    for copy in copies:
        selector = ImageSelector(copy.target["region"], copy.extra.get("image_id") or "")
        read = facts.images.get(selector)
        if read is not None:
            yield _known(read, copy)
            continue
        # The snapshots of a copy that is pending may not show their key yet.
        key_arn = copy.extra.get("kms_key_arn") or (copy.change.key_arn if copy.change else "")
        source = _source(facts.copies, copy)
        yield Target(
            copy.target["region"],
            copy.extra.get("image_id") or "",
            copy.extra.get("name") or "",
            None,
            copy,
            (key_arn,) if key_arn else (),
            # A copy belongs to whoever makes it. That is the source's owner, or another account to which it was shared.
            source.owner_id if source else "",
            (),
            frozenset(),
        )


def _source(reads: Sequence[Sequence[CopyFacts]], copy: CopyOutcome) -> Image | None:
    sources = (read.source for listed in reads for read in listed)
    found = (one for one in sources if isinstance(one, Image) and one.image_id == copy.target["source_image_id"])
    return next(found, None)


def _known(read: ImageFacts, copy: CopyOutcome | None) -> Target:
    image = read.image if isinstance(read.image, Image) else None
    image_id = image.image_id if image else read.selector.image_id
    # Whatever plans and applies a change needs the ID of the AMI, not the filter that found it.
    facts = replace(read, selector=ImageSelector(read.selector.region, image_id)) if image else read
    return Target(
        read.selector.region,
        image_id,
        image.name if image else "",
        facts,
        copy,
        tuple(read.keys),
        image.owner_id if image else "",
        (),
        frozenset(),
    )


def _with_consumers(target: Target, principals: Sequence[Principal], snapshots: bool) -> Target:
    """The owner always has access and is never listed, so that its entry would be a change for ever."""
    wanted = tuple(one for one in principals if one != Principal(ACCOUNT, target.owner_id))
    readers = frozenset(one.value for one in wanted if one.kind == ACCOUNT) if snapshots else frozenset[str]()
    return replace(target, wanted=wanted, readers=readers)


def _merged(one: Target, other: Target) -> Target:
    """One AMI that two declarations name."""
    return replace(
        one,
        copy=one.copy or other.copy,
        wanted=tuple(dict.fromkeys([*one.wanted, *other.wanted])),
        readers=one.readers | other.readers,
    )


def on_keys(targets: Sequence[Target]) -> Mapping[Place, tuple[Principal, ...]]:
    """By Region and ARN, everybody who is to launch any of the AMIs on a key, in the order in which they were given.

    Nobody needs the key of a copy that failed or is still pending.
    """
    found: dict[Place, dict[Principal, None]] = {}
    for target in targets:
        for arn in () if target.copy and target.copy.failure else target.key_arns:
            found.setdefault((target.region, arn), {}).update(dict.fromkeys(target.wanted))
    return {place: tuple(listed) for place, listed in found.items()}
