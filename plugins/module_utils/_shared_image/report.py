# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shared with an account in one Region: by whom, and how as far as AWS tells a consumer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .._allowed_images.model import ENABLED, AllowedImages
from .._base.outcome import Failure, Outcome, Reading
from .._image.model import Image
from .request import SharedQuery

ACCOUNT = "account"
ACCOUNT_OR_ORGANIZATION = "account_or_organization"
PUBLIC = "public"


@dataclass(frozen=True)
class RegionFacts:
    """The listings of DescribeImages by AMI ID: what is shared with the account, and what is public if that was asked for.

    ``in_organization``: whether the account is in one, None where that could not be read.
    """

    region: str
    shared: Mapping[str, Image] | Failure
    public: Mapping[str, Image] | Failure = field(default_factory=dict)
    allowed: AllowedImages | Failure | None = None
    in_organization: bool | None = None


def show_region(query: SharedQuery, facts: RegionFacts) -> Reading:
    """One Region's AMIs, the newest first; one listing that could not be read fails the Region, as AMIs would be missing."""
    failure = next((one for one in (facts.shared, facts.public) if isinstance(one, Failure)), None)
    allowed = facts.allowed if isinstance(facts.allowed, AllowedImages) else None
    extra = {
        "allowed_images": allowed.state if allowed else None,
        "images": None if failure else [_shown(image, facts) for image in _chosen(query, facts)],
    }
    return Outcome({"region": facts.region}, failure=failure, extra=extra, warnings=_hidden(facts, allowed))


def _hidden(facts: RegionFacts, allowed: AllowedImages | None) -> tuple[str, ...]:
    if not allowed or allowed.state != ENABLED:
        return ()
    return (
        f"Allowed AMIs is enabled in {facts.region}: what its criteria do not allow is not listed, even if it is shared.",
    )


def _chosen(query: SharedQuery, facts: RegionFacts) -> list[Image]:
    listed: dict[str, Image] = {**_images(facts.public), **_images(facts.shared)}
    by_age = sorted(listed.values(), key=lambda image: (image.creation_date, image.image_id), reverse=True)
    if not query.newest:
        return by_age
    newest = {_newest(by_age, pattern) for pattern in query.names}
    return [image for image in by_age if image.image_id in newest]


def _newest(by_age: Iterable[Image], pattern: str) -> str | None:
    """Of those that can be launched."""
    # fnmatch knows [ ] as a set of characters, EC2 as themselves.
    wanted = pattern.replace("[", "[[]")
    names = (image for image in by_age if image.state == "available" and fnmatchcase(image.name, wanted))
    return next((image.image_id for image in names), None)


def _images(listed: Mapping[str, Image] | Failure) -> Mapping[str, Image]:
    return {} if isinstance(listed, Failure) else listed


def _shown(image: Image, facts: RegionFacts) -> dict[str, Any]:
    shared = image.image_id in _images(facts.shared)
    return {
        "image_id": image.image_id,
        "name": image.name,
        "owner_id": image.owner_id,
        "shared_through": _how(facts) if shared else PUBLIC,
        "public": image.public,
        "state": image.state,
        "creation_date": image.creation_date,
        "deprecation_time": image.deprecation_time or None,
        "architecture": image.architecture or None,
        "encrypted": image.encrypted,
        "allowed": image.allowed,
        "tags": dict(image.tags),
    }


def _how(facts: RegionFacts) -> str:
    return ACCOUNT if facts.in_organization is False else ACCOUNT_OR_ORGANIZATION
