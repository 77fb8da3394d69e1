# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which AMIs a task means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .model import Image


@dataclass(frozen=True)
class ImageSelector:
    """One AMI in one Region: by ID, or the newest own one with this name pattern and these tags."""

    region: str
    image_id: str = ""
    name: str = ""
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> dict[str, str]:
        return {"image_id": self.image_id or self.described, "region": self.region}

    @property
    def described(self) -> str:
        """The filter as one reads it: ``name golden-*, tag Role=web``."""
        parts = [f"name {self.name}"] if self.name else []
        return ", ".join(parts + [f"tag {key}={value}" for key, value in self.tags])


def check_images(items: Iterable[Mapping[str, Any]], known_regions: Mapping[str, str], option: str) -> list[str]:
    """Every problem of a list of ``{image_id | name | tags, region}`` whose Regions are filled in."""
    return [f"{option}: {problem}" for item in items for problem in _check_image(item, known_regions)]


def _check_image(item: Mapping[str, Any], known_regions: Mapping[str, str]) -> list[str]:
    region, image_id, tags = item.get("region"), item.get("image_id"), item.get("tags") or {}
    # An empty key is a variable that holds nothing: without it, more or other AMIs would match than were meant.
    empty = [key for key in ("image_id", "name", "tags") if key in item and item[key] in ("", {})]
    if empty and (image_id or item.get("name") or tags):
        return [f"{', '.join(empty)} is empty beside {_shown(item)}; leave it out, or fill it in."]
    problems = []
    if bool(image_id) == bool(item.get("name") or tags):
        problems.append(f"give either image_id, or name and/or tags, in each entry; got {_shown(item)}.")
    if not region:
        # An empty Region is not "the default Region": it is a variable that holds nothing.
        why = "An AMI ID exists in one Region; give it with the ID." if image_id else "AMIs are regional."
        problems.append(f"'{image_id or _shown(item)}' has no region. {why}")
    else:
        problems += [problem for problem in [identifiers.check_region(region, known_regions)] if problem]
    if image_id:
        problems += [problem for problem in [identifiers.check_image_id(image_id)] if problem]
    return problems + [
        f"tags: the value of '{key}' is {identifiers.kind_of(value)}, tags are text; write it in quotes."
        for key, value in tags.items()
        if not isinstance(value, str)
    ]


def _shown(item: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in item.items() if value) or "an empty entry"


def selectors(items: Iterable[Mapping[str, Any]]) -> tuple[ImageSelector, ...]:
    """Checked items without duplicates, in input order."""
    return tuple(
        dict.fromkeys(
            ImageSelector(
                region=item["region"],
                image_id=item.get("image_id") or "",
                name=item.get("name") or "",
                tags=tuple(sorted((str(key), str(value)) for key, value in (item.get("tags") or {}).items())),
            )
            for item in items
        )
    )


def in_each_region(
    items: Iterable[Mapping[str, Any]], regions: Iterable[str], default: str | None
) -> list[dict[str, Any]]:
    """Give every item a Region: its own, else (for a name or tags) each of ``regions``, else ``default``."""
    listed = list(dict.fromkeys(regions))
    placed = []
    for item in items:
        if item.get("region") is not None:
            where: list[str | None] = [item["region"]]
        elif item.get("image_id"):
            # An AMI ID exists in one Region; to try it in several would report all the others as missing.
            where = [listed[0] if len(listed) == 1 else default]
        else:
            where = [*listed] or [default]
        placed += [{**item, "region": region} for region in where]
    return placed


def newest_original(images: Iterable[Image]) -> Image | None:
    """The newest that is no copy of another one of them: a copy in the Region of its source has its name and tags, as a rule."""
    listed = list(images)
    known = frozenset(image.image_id for image in listed)
    return newest(image for image in listed if image.source_image_id not in known)


def newest(images: Iterable[Image]) -> Image | None:
    """CreationDate is ISO 8601 in UTC, so text order is time order; the ID settles a tie the same way every time."""
    usable = [image for image in images if image.state in ("available", "pending")]
    return max(usable, key=lambda image: (image.creation_date, image.image_id), default=None)
