# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which parameter is to hold which AMI in which Regions and accounts, or is to go back, or away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.tags import check_tags
from .._consumer.request import Consumers, check_consumers, consumers
from .._image.selection import ImageSelector

PRESENT, ABSENT, ROLLBACK = "present", "absent", "rollback"
# AWS Systems Manager API Reference, PutParameter: 1,011 characters with the ARN in front of the name; 15 levels.
LONGEST_NAME = 1011
LEVELS = 15


@dataclass(frozen=True)
class ParameterRequest:
    """``images``: by Region, for PRESENT alone. ``version``: to go back to, None for the one before.

    ``tags`` and ``description`` are for versions that are written. ``timeout``: for AWS's validation, in seconds.
    ``history``: how many versions are shown.
    """

    consumers: Consumers
    name: str
    regions: tuple[str, ...]
    images: Mapping[str, str]
    state: str = PRESENT
    version: int | None = None
    description: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    timeout: int = 60
    history: int = 10


def parse_request(
    params: Mapping[str, Any],
    images: Sequence[ImageSelector],
    region: str | None,
    known_regions: Mapping[str, str],
) -> ParameterRequest:
    """:param images: those of the task, none for a state that needs Regions only.

    :raises InputError: with all problems.
    """
    state = params["state"]
    regions = [image.region for image in images]
    if state != PRESENT:
        regions = [region] if params["regions"] is None and region else list(params["regions"] or ())
    partitions = sorted({known_regions[one] for one in regions if one in known_regions})
    partition = partitions[0] if len(partitions) == 1 else None
    problems = [*check_name(params["name"]), *check_consumers(params, partition), *_check_state(params)]
    if state != PRESENT:
        problems += identifiers.check_each("regions", regions, lambda one: identifiers.check_region(one, known_regions))
        problems += [] if regions else ["regions: is empty; name the Regions of the parameter."]
        problems += [f"Regions of several partitions ({', '.join(partitions)}) need a task each."] * (
            len(partitions) > 1
        )
    twice = sorted({one for one in regions if regions.count(one) > 1})
    if state == PRESENT and twice:
        problems.append(f"images: more than one AMI in {', '.join(twice)}; a parameter holds one in a Region.")
    if params["tags"] is not None:
        problems += check_tags("tags", params["tags"])
    if params["validation_timeout"] < 1:
        problems.append(f"validation_timeout: {params['validation_timeout']} leaves AWS no time.")
    if params["history"] < 0:
        problems.append(f"history: {params['history']} is less than none.")
    if problems:
        raise InputError(problems)
    return ParameterRequest(
        consumers(params, partition, params["own_account"]),
        params["name"],
        tuple(dict.fromkeys(regions)),
        {image.region: image.image_id for image in images},
        state,
        params["version"],
        params["description"],
        tuple(sorted((params["tags"] or {}).items())),
        params["validation_timeout"],
        params["history"],
    )


def check_name(name: str) -> list[str]:
    """Everything that Parameter Store does not take as a name (AWS Systems Manager API Reference, PutParameter)."""
    problems = []
    if not re.fullmatch(r"[a-zA-Z0-9_.\-/]+", name):
        problems.append(f"name: '{name}' is no name of a parameter: it has letters, digits and _ . - /.")
    if "/" in name and not name.startswith("/"):
        problems.append(f"name: '{name}' is a path; a path begins with /.")
    if name.endswith("/") or "//" in name:
        problems.append(f"name: '{name}' has an empty part between or behind slashes.")
    if re.match(r"/?(aws|ssm)", name, re.IGNORECASE):
        problems.append(f"name: '{name}' begins with aws or ssm, which are AWS's own.")
    if len(name) > LONGEST_NAME or name.count("/") > LEVELS:
        problems.append(
            f"name: has {len(name)} characters in {name.count('/')} levels; AWS takes {LONGEST_NAME} in {LEVELS}."
        )
    return problems


def _check_state(params: Mapping[str, Any]) -> list[str]:
    state = params["state"]
    given = [name for name in ("images", "image_id") if params[name] is not None]
    problems = []
    if state == PRESENT and not given:
        problems.append("images: is needed with state=present.")
    if state != PRESENT and given:
        problems.append(f"{given[0]}: goes with state=present only; state={state} takes regions.")
    if state == PRESENT and params["regions"] is not None:
        problems.append("regions: goes with state=absent and state=rollback; the AMIs have Regions of their own.")
    if state != ROLLBACK and params["version"] is not None:
        problems.append("version: goes with state=rollback only.")
    return problems
