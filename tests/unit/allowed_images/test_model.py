# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the criteria of Allowed AMIs match an AMI, as far as that can be told without EC2."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._allowed_images.model import AllowedImages, allows
from tests.unit.builders import ALICE, BOB, OWNER, image

NAMED = {"ImageNames": ["golden-*"]}


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        pytest.param([], False, id="nothing is allowed"),
        pytest.param([{"ImageProviders": [OWNER]}], True, id="its owner"),
        pytest.param([{"ImageProviders": [ALICE, BOB]}], False, id="other owners"),
        pytest.param([{"ImageProviders": ["none"]}], False, id="nobody"),
        pytest.param([{"ImageProviders": ["amazon"]}], None, id="a group of owners"),
        pytest.param([{"ImageProviders": ["amazon", OWNER]}], True, id="its owner beside a group"),
        pytest.param([NAMED], True, id="its name"),
        pytest.param([{"ImageNames": ["golden-we?"]}], True, id="one character"),
        pytest.param([{"ImageNames": ["golden"]}], False, id="a part of its name"),
        pytest.param([{"ImageNames": ["golden-[web]"]}], False, id="brackets are themselves"),
        pytest.param([{"ImageProviders": [BOB], **NAMED}], False, id="a criterion matches in all or not at all"),
        pytest.param([{"ImageProviders": [BOB]}, NAMED], True, id="one of the criteria"),
        pytest.param([{"MarketplaceProductCodes": ["abc"]}], True, id="its product code"),
        pytest.param([{"MarketplaceProductCodes": ["xyz"]}], False, id="another product code"),
        pytest.param([{"CreationDateCondition": {"MaximumDaysSinceCreated": 30}}], None, id="its age"),
        pytest.param([{"ImageWatermarks": [{"WatermarkKey": "x"}]}], None, id="watermarks"),
        pytest.param([{"ScanResultCondition": {}, "ImageProviders": [BOB]}], False, id="one part is enough to fail"),
        pytest.param(
            [{"ImageWatermarks": [{"WatermarkKey": "x"}]}, NAMED], True, id="unknown, and another that matches"
        ),
        pytest.param([{"ImageProviders": ["amazon"]}, {"ImageProviders": [BOB]}], None, id="unknown, and another"),
        pytest.param([{"ImageProviders": [], **NAMED}], True, id="an empty part says nothing"),
    ],
)
def test_allows(criteria, expected):
    about = image(name="golden-web", product_codes=("abc",))

    assert allows(AllowedImages("enabled", criteria=tuple(criteria)), about) is expected
