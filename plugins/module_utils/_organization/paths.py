# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of organizational units, as key policies name them: which are given, and which have to be read."""

from __future__ import annotations

from collections.abc import Iterable

from .._base import identifiers
from .._base.survey_text import Inputs
from .._key_policy.identifiers import check_organization_path, unit_of, unit_of_path


def check_paths(inputs: Inputs, paths: Iterable[str], unit_arns: Iterable[str] | None) -> None:
    """A problem for each path that names no unit as the role share names it in key policies, or names another unit.

    :param unit_arns: the units that are meant; None when that is not known yet.
    """
    name = f"{inputs.prefix}organizational_unit_paths"
    units = None if unit_arns is None else {unit_of(arn) for arn in unit_arns}
    seen: dict[tuple[str, str], str] = {}
    for path in dict.fromkeys(paths):
        wrong = identifiers.check_each(name, [path], check_organization_path)
        unit = unit_of_path(path)
        if wrong:
            inputs.add(wrong)
        elif not path.endswith("/*"):
            inputs.add(
                [f"{name}: '{path}' leaves out the units below it, which share the AMI as well; end it with '/*'."]
            )
        elif units is not None and unit not in units:
            inputs.add([f"{name}: '{path}' is the path of no unit in {inputs.prefix}organizational_unit_arns."])
        elif seen.setdefault(unit, path) != path:
            inputs.add([f"{name}: '{seen[unit]}' and '{path}' are paths of one unit, which has only one."])
