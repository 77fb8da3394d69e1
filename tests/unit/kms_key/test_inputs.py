# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that are named by themselves: as dictionaries, and as lines of text."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.survey_text import Inputs
from ansible_collections.golden.ami.plugins.module_utils._kms_key.inputs import read_named_keys
from tests.unit.builders import KEY_ARN, KEY_ID, OTHER_REGION, REGION

KNOWN = {REGION: "aws", OTHER_REGION: "aws"}
MULTI = "mrk-1234abcd12ab34cd56ef1234567890ab"


def keys(value, *regions):
    inputs = Inputs({"keys": value}, "unshare_")
    return read_named_keys(inputs, regions, KNOWN), inputs.problems


@pytest.mark.parametrize(
    ("value", "regions", "found"),
    [
        (None, (), ()),
        ("", (), ()),
        ([], (), ()),
        (KEY_ARN, (), ((REGION, KEY_ARN),)),
        ([KEY_ARN], (OTHER_REGION,), ((REGION, KEY_ARN),)),
        (f"{KEY_ID} {REGION}", (), ((REGION, KEY_ID),)),
        (f"alias/golden {OTHER_REGION}\n{KEY_ARN}", (), ((OTHER_REGION, "alias/golden"), (REGION, KEY_ARN))),
        ([{"key_id": KEY_ID, "region": REGION}], (), ((REGION, KEY_ID),)),
        ([{"key_id": KEY_ARN, "region": None}], (), ((REGION, KEY_ARN),)),
        ("alias/golden", (REGION, OTHER_REGION), ((REGION, "alias/golden"), (OTHER_REGION, "alias/golden"))),
        (MULTI, (REGION, OTHER_REGION), ((REGION, MULTI), (OTHER_REGION, MULTI))),
        (KEY_ID, (REGION,), ((REGION, KEY_ID),)),
        (f"{KEY_ARN}\n{KEY_ARN}", (), ((REGION, KEY_ARN),)),
    ],
)
def test_read_named_keys(value, regions, found):
    assert keys(value, *regions) == (found, [])


@pytest.mark.parametrize(
    ("value", "regions", "problem"),
    [
        (KEY_ID, (), f"unshare_keys: '{KEY_ID}' has no region. KMS keys are regional."),
        (KEY_ID, (REGION, OTHER_REGION), f"unshare_keys: '{KEY_ID}' has no region. KMS keys are regional."),
        ("alias/golden", (), "unshare_keys: 'alias/golden' has no region. KMS keys are regional."),
        ("golden", (REGION,), "unshare_keys: 'golden' is not a KMS key"),
        ([{"key_id": ""}], (REGION,), "unshare_keys: needs the key_id of a key"),
        ([{"region": REGION}], (), "unshare_keys: needs the key_id of a key"),
        ([{"key": KEY_ARN}], (), "unshare_keys: key: no such key; did you mean key_id?"),
        ([{"key_id": 5, "region": REGION}], (), "unshare_keys: key_id is a number; it is text."),
        (
            [{"key_id": KEY_ARN, "region": OTHER_REGION}],
            (),
            f"unshare_keys: '{KEY_ARN}' is a key in {REGION}, but region",
        ),
        (f"alias/golden eu-wset-1\n{KEY_ARN}", (), "unshare_keys, line 1: 'eu-wset-1' is not an AWS Region"),
        (f"{KEY_ARN} {REGION} alias/golden", (), "unshare_keys: '"),
        ([True, KEY_ARN], (), "unshare_keys, item 1: 'True' is true or false"),
        (f"'{KEY_ARN}", (), "unshare_keys: line 1: "),
    ],
)
def test_read_named_keys__what_is_wrong_is_said_with_its_place(value, regions, problem):
    found, problems = keys(value, *regions)

    assert len(problems) == 1
    assert problems[0].startswith(problem), problems
    assert all(region for region, _key_id in found)
