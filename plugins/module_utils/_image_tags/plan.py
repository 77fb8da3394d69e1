# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan the tags of one AMI in one account. Nothing remembers which tags are ours, so only pairs that match are taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._base.outcome import Failure, Outcome
from .._base.tags import MOST, is_reserved
from .._image.model import Image
from .._image.selection import ImageSelector
from .request import TagsRequest

Tags = Mapping[str, str]


@dataclass(frozen=True)
class TagFacts:
    """One AMI as its owner sees it (``source``) and as the account sees it (``image``), each with its own tags.

    None where it is not visible, a Failure where it could not be read. ``source`` is None, too, where nobody needs it.
    """

    account_id: str
    selector: ImageSelector
    image: Image | Failure | None
    source: Image | Failure | None = None


@dataclass(frozen=True)
class TagChange:
    """What has to be set, or removed: never both."""

    account_id: str
    selector: ImageSelector
    set: tuple[tuple[str, str], ...] = ()
    remove: tuple[tuple[str, str], ...] = ()


TagPlan = Outcome[Tags, TagChange]


def plan_tags(request: TagsRequest, facts: TagFacts) -> TagPlan:
    """One AMI's plan. A tag that the account has with another value stays, unless it is to be overwritten."""
    if isinstance(facts.image, Failure):
        return _failed(facts, facts.image)
    if facts.image is None:
        return _failed(facts, _NOT_SHARED)
    if facts.image.owner_id == facts.account_id:
        text = f"{facts.selector.image_id}: {facts.account_id} owns it; the owner's own tags are left alone."
        return _planned(facts, facts.image.tags, facts.image.tags, warnings=(text,))
    wanted = wanted_tags(request, facts.source)
    if isinstance(wanted, Failure):
        return _failed(facts, wanted)
    have = facts.image.tags
    kept = {key: have[key] for key, value in wanted.items() if have.get(key, value) != value}
    if request.state == "absent":
        gone = {key: value for key, value in wanted.items() if have.get(key) == value}
        after = {key: value for key, value in have.items() if key not in gone}
        return _planned(facts, have, after, gone=gone, kept=kept)
    if request.overwrite:
        kept = {}
    new = {key: value for key, value in wanted.items() if have.get(key) != value and key not in kept}
    after = {**have, **new}
    counted = sum(not is_reserved(key) for key in after)
    if new and counted > MOST:
        return _failed(facts, _too_many(counted))
    return _planned(facts, have, after, new=new, kept=kept)


def wanted_tags(request: TagsRequest, source: Image | Failure | None) -> Tags | Failure:
    """The tags that are to be carried; AWS's own cannot be."""
    if request.tags is not None:
        return request.tags
    if isinstance(source, Failure):
        return source
    if source is None:
        return _NO_SOURCE
    own = {key: value for key, value in source.tags.items() if not is_reserved(key)}
    if request.keys is None:
        return own
    missing = [key for key in request.keys if key not in own]
    if missing:
        message = f"the owner's AMI has no tag {', '.join(missing)}"
        return Failure("no_such_tag", message, "Correct tag_keys, or tag the AMI in its owner's account.")
    return {key: own[key] for key in request.keys}


_NOT_SHARED = Failure(
    "not_shared",
    "the AMI is not shared with the account, or the account's Allowed AMIs setting hides it",
    "golden.ami.launch_check tells which. Share it first: only an AMI that the account sees can be tagged there.",
)
_NO_SOURCE = Failure(
    "not_found",
    "the task's own credentials do not see the AMI",
    "Use the AMI owner's credentials, or give the tags themselves (tags). Check the AMI ID and the Region.",
)


def _too_many(count: int) -> Failure:
    return Failure(
        "too_many_tags",
        f"the AMI would have {count} tags in the account; AWS allows {MOST}",
        "Carry fewer (tag_keys), or have the consumer remove some of its own.",
    )


def _planned(
    facts: TagFacts,
    before: Tags,
    after: Tags,
    new: Tags | None = None,
    gone: Tags | None = None,
    kept: Tags | None = None,
    warnings: tuple[str, ...] = (),
) -> TagPlan:
    change = TagChange(facts.account_id, facts.selector, _pairs(new), _pairs(gone))
    changing = bool(new or gone)
    return Outcome(
        _target(facts),
        before=dict(before),
        after=dict(after),
        change=change if changing else None,
        changed=changing,
        extra={"set": dict(new or {}), "removed": dict(gone or {}), "kept": dict(kept or {})},
        warnings=warnings,
    )


def _failed(facts: TagFacts, failure: Failure) -> TagPlan:
    return Outcome(_target(facts), failure=failure, extra={"set": {}, "removed": {}, "kept": {}})


def _target(facts: TagFacts) -> dict[str, Any]:
    return {
        "account_id": facts.account_id or None,
        "image_id": facts.selector.image_id,
        "region": facts.selector.region,
    }


def _pairs(tags: Tags | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((tags or {}).items()))


def not_applied(plan: TagPlan, failure: Failure) -> TagPlan:
    """A plan whose call failed. What the AMI has now is not known: an answer can be lost after the change was made."""
    extra = {**plan.extra, "set": {}, "removed": {}}
    return replace(plan, after=None, changed=False, failure=failure, extra=extra)


def warn_of_kept(plans: Sequence[TagPlan]) -> list[TagPlan]:
    """One warning for all tags that stay because the accounts have other values, with the accounts of each."""
    kept: dict[str, dict[str, None]] = {}
    for plan in plans:
        for key in plan.extra["kept"]:
            kept.setdefault(key, {})[str(plan.target["account_id"])] = None
    if not kept:
        return list(plans)
    told = "; ".join(f"{key} in {_some(list(accounts))}" for key, accounts in kept.items())
    warning = f"Tags that the accounts have with another value stay: {told}. overwrite=true replaces them."
    return [replace(plans[0], warnings=(*plans[0].warnings, warning)), *plans[1:]]


def _some(accounts: Sequence[str], most: int = 3) -> str:
    more = f" and {len(accounts) - most} more accounts" if len(accounts) > most else ""
    return ", ".join(accounts[:most]) + more
