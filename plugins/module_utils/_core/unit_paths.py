# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of organizational units, as key policies name them: which are given, and which have to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .policy_identifiers import unit_of, unit_of_path


def given_paths(request: Mapping[str, Any]) -> dict[str, str]:
    """The path of each unit that came with one."""
    by_unit = {unit_of_path(path): path for path in request["organizational_unit_paths"]}
    return {arn: by_unit[unit_of(arn)] for arn in request["organizational_unit_arns"] if unit_of(arn) in by_unit}


def units_to_read(request: Mapping[str, Any]) -> list[str]:
    """Units whose accounts are wanted, and those whose path has to be found for the key policies."""
    units = list(request["accounts_of_organizational_unit_arns"])
    if not request["key_policy_allows_organizations"]:
        given = given_paths(request)
        units += [arn for arn in request["organizational_unit_arns"] if arn not in given]
    return list(dict.fromkeys(units))
