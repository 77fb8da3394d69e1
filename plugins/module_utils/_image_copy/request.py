# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of image_copy: one source AMI, its destinations, and what the copies are to look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._image.selection import ImageSelector

# The constraints that the EC2 user guide states for the name of an AMI.
IMAGE_NAME = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}")
DESCRIPTION_LENGTH = 255
TAGS = 50
TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 128, 256
# SnapshotCopyCompletionDurationMinutes: 15 minutes to 48 hours, in steps of 15.
COMPLETION_STEP, COMPLETION_MOST = 15, 2880


@dataclass(frozen=True)
class Destination:
    """``key_id``: as it was given, empty for none; ``name``: empty for the task's, or the source's."""

    region: str
    key_id: str = ""
    name: str = ""


@dataclass(frozen=True)
class CopyRequest:
    source: ImageSelector
    name: str = ""
    description: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    copy_tags: bool = True
    completion_minutes: int = 0
    wait: bool = True


@dataclass(frozen=True)
class Targets:
    """Where to look: the source, and each destination once."""

    source: ImageSelector
    destinations: tuple[Destination, ...]


def parse_copies(
    params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]
) -> tuple[Targets, CopyRequest]:
    """Options to targets and request.

    :param region: the module's own Region, in which the source is when nothing else is said.
    :raises InputError: with all problems.
    """
    source_region = params["source_region"] if params["source_region"] is not None else region
    destinations = params["destinations"] or []
    problems = _source(params, source_region, known_regions)
    problems += _destinations(destinations, source_region or "", known_regions)
    problems += _looks(params)
    if problems or not source_region:
        raise InputError(problems)
    listed = (
        Destination(item["region"], _key_of(item["region"], item.get("kms_key_id")), item.get("name") or "")
        for item in destinations
    )
    source = ImageSelector(
        source_region,
        params.get("image_id") or "",
        params.get("source_name") or "",
        tuple(sorted((params.get("source_tags") or {}).items())),
    )
    request = CopyRequest(
        source,
        name=params["name"] or "",
        description=params["description"] or "",
        tags=tuple(sorted((params["tags"] or {}).items())),
        copy_tags=params["copy_tags"],
        completion_minutes=params["completion_duration_minutes"] or 0,
        wait=params["wait"],
    )
    return Targets(source, tuple(dict.fromkeys(listed))), request


def _source(params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]) -> list[str]:
    image_id, name, tags = (params.get(option) for option in ("image_id", "source_name", "source_tags"))
    checked = [] if image_id is None else [("image_id", identifiers.check_image_id(image_id))]
    checked += _name_and_tags(name, tags)
    if image_id is not None and (name or tags):
        checked.append(("image_id", "cannot be combined with source_name and source_tags; give the one or the others."))
    if image_id is None and name is None and tags is None:
        checked.append(("image_id", "is missing; give it, or source_name and/or source_tags, of the AMI to copy."))
    if region:
        checked.append(("source_region", identifiers.check_region(region, known_regions)))
    else:
        checked.append(("source_region", f"'{image_id or name or tags}' has no source_region; AMIs are regional."))
    return [f"{option}: {problem}" for option, problem in checked if problem]


def _name_and_tags(name: str | None, tags: Mapping[Any, Any] | None) -> list[tuple[str, str | None]]:
    # An empty one is a variable that holds nothing: without it, more or other AMIs would match than were meant.
    empty = [option for option, value in (("source_name", name), ("source_tags", tags)) if value in ("", {})]
    problems: list[tuple[str, str | None]] = [(option, "is empty; leave it out, or fill it in.") for option in empty]
    return problems + [("source_tags", problem) for problem in map(_check_text, (tags or {}).items()) if problem]


def _destinations(items: list[Mapping[str, Any]], source: str, known_regions: Mapping[str, str]) -> list[str]:
    problems = [] if items else ["is empty; there is nothing to copy to."]
    seen: dict[str, Destination] = {}
    for item in items:
        region, key_id, name = item["region"], item.get("kms_key_id"), item.get("name")
        problems += _region(region, source, known_regions, key_id is not None)
        if key_id is not None:
            problems += _given(identifiers.check_key(_key_of(region, key_id), region))
        if name is not None:
            problems += _given(_check_name(name))
        destination = Destination(region, _key_of(region, key_id), name or "")
        if seen.setdefault(region, destination) != destination:
            problems.append(f"{region} is named twice, with different keys or names; a Region gets one copy.")
    return [f"destinations: {problem}" for problem in problems]


def _region(region: str, source: str, known_regions: Mapping[str, str], keyed: bool) -> list[str]:
    wrong = _given(identifiers.check_region(region, known_regions))
    if wrong:
        return wrong
    if region == source and not keyed:
        return [
            f"{region} is the source_region, where the AMI is already. Give a kms_key_id to have a copy with that key there, "
            "or leave it out."
        ]
    partition, home = known_regions.get(region), known_regions.get(source)
    if home and partition != home:
        return [
            f"{region} is in the partition '{partition}', the AMI in '{home}'. No copy crosses partitions; store and "
            "restore the AMI through S3 there instead."
        ]
    return []


def _key_of(region: str, key_id: str | None) -> str:
    """The ARN of a multi-Region key stands for its replica in the destination, which has the same ID there."""
    arn = identifiers.KMS_ARN.fullmatch(key_id or "")
    if arn and arn.group("region") != region and arn.group("resource").startswith("key/mrk-"):
        return f"{arn.group('resource').removeprefix('key/')}"
    return key_id or ""


def _looks(params: Mapping[str, Any]) -> list[str]:
    problems = []
    if params["name"] is not None:
        problems += [f"name: {problem}" for problem in _given(_check_name(params["name"]))]
    if len(params["description"] or "") > DESCRIPTION_LENGTH:
        length = len(params["description"])
        problems.append(f"description: has {length} characters; EC2 allows {DESCRIPTION_LENGTH}.")
    problems += [f"tags: {problem}" for problem in _check_tags(params["tags"] or {})]
    if params["wait_timeout"] < 1:
        problems.append(f"wait_timeout: {params['wait_timeout']} is not a number of seconds to wait; give 1 or more.")
    minutes = params["completion_duration_minutes"]
    if minutes is not None and (minutes % COMPLETION_STEP or not COMPLETION_STEP <= minutes <= COMPLETION_MOST):
        problems.append(
            f"completion_duration_minutes: {minutes} is not possible; EC2 takes {COMPLETION_STEP} to {COMPLETION_MOST} "
            f"minutes in steps of {COMPLETION_STEP}."
        )
    return problems


def _check_name(name: str) -> str | None:
    if IMAGE_NAME.fullmatch(name):
        return None
    return (
        f"'{name}' is not a name for an AMI: it is 3 to 128 letters, digits, blanks and ( ) [ ] . / - ' @ _ ."
        if name
        else "the name is empty; leave it out for the source's name."
    )


def _check_tags(tags: Mapping[Any, Any]) -> Iterable[str]:
    if len(tags) > TAGS:
        yield f"there are {len(tags)}; EC2 allows {TAGS}."
    for key, value in tags.items():
        odd = _check_text((key, value))
        if odd:
            yield odd
        elif key.lower().startswith("aws:"):
            yield f"'{key}' starts with 'aws:', which is AWS's own."
        elif not 1 <= len(key) <= TAG_KEY_LENGTH or len(value) > TAG_VALUE_LENGTH:
            yield f"'{key}' is too long; keys have 1 to {TAG_KEY_LENGTH} characters, values up to {TAG_VALUE_LENGTH}."


def _check_text(tag: tuple[Any, Any]) -> str | None:
    odd = [item for item in tag if not isinstance(item, str)]
    if not odd:
        return None
    return f"'{tag[0]}: {tag[1]}' holds {identifiers.kind_of(odd[0])}, tags are text; write it in quotes."


def _given(problem: str | None) -> list[str]:
    return [problem] if problem else []
