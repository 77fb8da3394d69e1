# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which shared AMIs are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError

# The most values that EC2 takes in one filter.
MOST_NAMES = 200


@dataclass(frozen=True)
class SharedQuery:
    """AMIs that others share with the caller's account, in these Regions.

    ``names``: patterns, all names when empty. ``owners``: account IDs and EC2's words for groups of them, everybody when
    empty. ``newest``: only the newest of each pattern.
    """

    regions: tuple[str, ...]
    names: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    public: bool = False
    newest: bool = False


def parse_query(params: Mapping[str, Any], region: str | None, known_regions: Mapping[str, str]) -> SharedQuery:
    """:raises InputError: with all problems."""
    given = params["regions"]
    regions = [region] if given is None and region else list(given or ())
    problems = identifiers.check_each("regions", regions, lambda value: identifiers.check_region(value, known_regions))
    if not regions:
        problems.append("regions: is empty; name at least one Region, or give the module a region.")
    partitions = sorted({known_regions[one] for one in regions if one in known_regions})
    if len(partitions) > 1:
        problems.append(f"Regions of {len(partitions)} partitions ({', '.join(partitions)}) need a task each.")
    problems += _check_names(params) + _check_owners(params)
    if problems:
        raise InputError(problems)
    return SharedQuery(
        tuple(dict.fromkeys(regions)),
        tuple(dict.fromkeys(params["names"] or ())),
        tuple(dict.fromkeys(params["owners"] or ())),
        bool(params["public"]),
        params["newest"],
    )


def _check_names(params: Mapping[str, Any]) -> list[str]:
    names = params["names"]
    problems = []
    if names is not None and not names:
        problems.append("names: is empty; leave it out for AMIs of all names.")
    if names and "" in names:
        problems.append("names: an empty name matches nothing; it may be a variable that holds nothing.")
    if len(names or ()) > MOST_NAMES:
        problems.append(f"names: {len(names)} patterns; EC2 takes {MOST_NAMES} in one filter.")
    if params["newest"] and not names:
        problems.append("newest: needs names; it keeps the newest AMI of each.")
    return problems


def _check_owners(params: Mapping[str, Any]) -> list[str]:
    owners = params["owners"]
    groups = ("amazon", "aws-marketplace", "aws-backup-vault")
    problems = identifiers.check_each(
        "owners", owners or (), lambda value: None if value in groups else identifiers.check_account_id(value)
    )
    if owners is not None and not owners:
        problems.append("owners: is empty; leave it out for AMIs of all owners.")
    if params["public"] and not owners:
        problems.append("public: needs owners; AWS lists tens of thousands of public AMIs in a Region.")
    return problems
