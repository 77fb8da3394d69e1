# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies that several declarations ask for: the same one is made once, and two that cannot both be are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .._image_copy.model import CopyJob, CopyOutcome
from .facts import ShareFacts
from .request import ShareRequest

# Options by the parameters of CopyImage that they become.
_OPTIONS = {
    "Name": ("copy_name",),
    "Description": ("copy_description",),
    "KmsKeyId": ("kms_keys",),
    "TagSpecifications": ("copy_tags", "copy_source_tags"),
    "CopyImageTags": ("copy_tags", "copy_source_tags"),
    "SnapshotCopyCompletionDurationMinutes": ("copy_completion_minutes",),
}


def contradictions(request: ShareRequest, facts: ShareFacts, copies: Sequence[CopyOutcome]) -> Iterator[str]:
    """Declarations that would start two copies of one AMI where there may be one.

    :param copies: the plan of each copy, in the order of declarations and Regions.
    """
    first: dict[tuple[str, str, str], tuple[str, dict[str, Any]]] = {}
    for (name, own_region), copy in zip(_asked(request, facts), copies, strict=True):
        start = copy.change.start if copy.change else None
        if not start:
            continue
        # Beside its source there may be a copy for each key.
        place = (start["SourceImageId"], copy.target["region"], start.get("KmsKeyId", "") if own_region else "")
        known, before = first.setdefault(place, (name, dict(start)))
        odd = [key for key in _OPTIONS if before.get(key) != start.get(key)]
        if odd:
            options = ", ".join(dict.fromkeys(option for key in odd for option in _OPTIONS[key]))
            yield (
                f"{request.prefix}declarations: {known} and {name} ask for different copies of {place[0]} in {place[1]}, and "
                f"there may be one; they differ in what {options} say. Next: ask for the same copy in both."
            )


def _asked(request: ShareRequest, facts: ShareFacts) -> Iterator[tuple[str, bool]]:
    """For each copy the name of its declaration, and whether it is to be in the Region of its source."""
    for declaration, listed in zip(request.declarations, facts.copies, strict=True):
        if declaration.copies:
            yield from ((declaration.name, read.own_region) for read in listed)


def once(
    copies: Sequence[CopyOutcome], make: Callable[[Sequence[CopyOutcome]], Sequence[CopyOutcome]]
) -> tuple[CopyOutcome, ...]:
    """Make each copy once, however many declarations ask for it, and say of all of them what became of it."""
    different = {_work(copy): copy for copy in reversed(copies)}
    asked = list(reversed(different.values()))
    made = dict(zip(map(_work, asked), make(asked), strict=True))
    return tuple(made[_work(copy)] for copy in copies)


def _work(copy: CopyOutcome) -> tuple[str, ...]:
    """What tells one copy from another: the token is made of everything that CopyImage is given."""
    job: CopyJob | None = copy.change
    started = str(job.start.get("ClientToken")) if job and job.start else ""
    image_id = str(copy.extra.get("image_id") or "")
    return (copy.target["source_image_id"], copy.target["region"], image_id, job.key_arn if job else "", started)
