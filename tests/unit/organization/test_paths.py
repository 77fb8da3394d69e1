# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of organizational units: which are given, which are read, and which name something else than what is meant."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from tests.unit.builders import ORGANIZATION_ID, UNIT_ARN, UNIT_PATH
from tests.unit.share import builders as share
from tests.unit.unshare import builders as unshare

OTHER_UNIT = UNIT_ARN.replace("exampleouid", "otherunit0")
NESTED = UNIT_PATH.replace("ou-abcd-exampleouid", "ou-abcd-parent00/ou-abcd-exampleouid")


ROLES = {"share": share.asked, "unshare": unshare.asked}


def problems(role, **given):
    try:
        ROLES[role](**{"account_ids": None, "variables_prefix": f"{role}_", **given})
    except InputError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        pytest.param([UNIT_PATH], None, id="right"),
        pytest.param([UNIT_PATH, UNIT_PATH], None, id="right, and twice"),
        pytest.param([UNIT_PATH.rstrip("*")], "leaves out the units below it", id="without the units below"),
        pytest.param([UNIT_PATH.rstrip("/*")], "would match nothing: end it with '/*'", id="without its end"),
        pytest.param([UNIT_PATH.replace("exampleouid", "otherunit0")], "is the path of no unit in", id="another unit"),
        pytest.param(
            [UNIT_PATH.replace(ORGANIZATION_ID, "o-strangers00")],
            "is the path of no unit in",
            id="of another organization",
        ),
        pytest.param([f"{ORGANIZATION_ID}/r-abcd/*"], "is the path of no unit in", id="the root, which is everybody"),
        pytest.param([f"{ORGANIZATION_ID}/*"], "is a whole organization", id="the organization"),
        pytest.param([UNIT_ARN], "is not a path of AWS Organizations", id="an ARN"),
        pytest.param([UNIT_PATH, NESTED], "are paths of one unit, which has only one.", id="two for one unit"),
    ],
)
def test_paths__of_the_units_that_are_named_with_all_below_them(role, paths, problem):
    """Both roles: what was written as a path must be found under the same path again."""
    found = problems(role, organizational_unit_arns=UNIT_ARN, organizational_unit_paths=paths)

    assert len(found) == (problem is not None)
    assert all(problem in one and one.startswith(f"{role}_organizational_unit_paths") for one in found)


def test_paths__of_units_that_are_found_only_when_everything_goes():
    assert problems("unshare", everything=True, organizational_unit_paths=UNIT_PATH) == []
