# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of image_tags."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_tags.request import TagsRequest, parse_request
from tests.unit.builders import ALICE, IMAGE_ID, REGION

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"
IMAGES = (ImageSelector(REGION, IMAGE_ID),)
DEFAULTS = {
    "account_ids": [ALICE],
    "role_arn": PATTERN,
    "external_id": None,
    "state": "present",
    "tags": None,
    "tag_keys": None,
    "overwrite": False,
}
OWN = {"account_ids": None, "role_arn": None}


def parse(**given):
    return parse_request({**DEFAULTS, **given}, IMAGES, "aws")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"tags": {"a": "1"}, "overwrite": True}, {"tags": {"a": "1"}, "overwrite": True}),
        ({"tag_keys": ["a", "b", "a"], "state": "absent"}, {"keys": ("a", "b"), "state": "absent"}),
        ({**OWN, "tags": {"a": ""}}, {"consumers": Consumers(), "tags": {"a": ""}}),
    ],
)
def test_parse_request(given, expected):
    assert parse(**given) == TagsRequest(**{"consumers": Consumers((ALICE,), PATTERN), "images": IMAGES, **expected})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (OWN, "tags: is needed without account_ids"),
        ({"tags": {}}, "tags: is empty"),
        ({"tags": {"a": 1}}, "the value of 'a' is a number"),
        ({"tag_keys": []}, "tag_keys: is empty"),
        ({"tag_keys": ["aws:x"]}, "tag_keys: 'aws:x' begins"),
        ({"overwrite": True, "state": "absent"}, "overwrite: goes with state=present"),
        ({"account_ids": ["x"]}, "account_ids: 'x'"),
    ],
)
def test_parse_request__refused(given, said):
    with pytest.raises(InputError) as refused:
        parse(**given)

    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0]
