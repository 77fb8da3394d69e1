# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of shared_image_info."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._shared_image.request import SharedQuery, parse_query
from tests.unit.builders import OTHER_REGION, OWNER, REGION

KNOWN = {REGION: "aws", OTHER_REGION: "aws", "cn-north-1": "aws-cn"}
DEFAULTS = {"regions": None, "names": None, "owners": None, "public": None, "newest": False}


def parse(region=REGION, **given):
    return parse_query({**DEFAULTS, **given}, region, KNOWN)


def test_parse_query__the_modules_region():
    assert parse() == SharedQuery((REGION,))


def test_parse_query__everything_without_duplicates():
    asked = parse(
        regions=[OTHER_REGION, REGION, REGION], names=["a-*", "a-*"], owners=[OWNER, "amazon"], public=True, newest=True
    )

    assert asked == SharedQuery((OTHER_REGION, REGION), ("a-*",), (OWNER, "amazon"), True, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"region": None}, "regions: is empty"),
        ({"regions": []}, "regions: is empty"),
        ({"regions": ["eu-west1"]}, "Did you mean 'eu-west-1'?"),
        ({"regions": [REGION, "cn-north-1"]}, "2 partitions (aws, aws-cn)"),
        ({"names": []}, "names: is empty"),
        ({"names": ["a", ""]}, "an empty name"),
        ({"names": [f"a-{number}" for number in range(201)]}, "201 patterns"),
        ({"newest": True}, "newest: needs names"),
        ({"owners": []}, "owners: is empty"),
        ({"owners": ["12345670123"]}, "owners: '12345670123'"),
        ({"owners": ["self"]}, "owners: 'self'"),
        ({"public": True}, "public: needs owners"),
    ],
)
def test_parse_query__refused(given, said):
    with pytest.raises(InputError) as refused:
        parse(**given)

    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0]


def test_parse_query__every_problem_at_once():
    with pytest.raises(InputError) as refused:
        parse(regions=[], names=[], owners=["x"], newest=True, public=True)

    assert [text.split(":")[0] for text in refused.value.problems] == ["regions", "names", "newest", "owners"]
