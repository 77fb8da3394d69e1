# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of image_parameter."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.request import (
    ParameterRequest,
    check_name,
    parse_request,
)
from tests.unit.builders import ALICE, IMAGE_ID, OTHER_IMAGE_ID, OTHER_REGION, REGION

KNOWN = {REGION: "aws", OTHER_REGION: "aws", "cn-north-1": "aws-cn"}
PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"
NAME = "/golden/web/latest"
HOME, ABROAD = ImageSelector(REGION, IMAGE_ID), ImageSelector(OTHER_REGION, OTHER_IMAGE_ID)
DEFAULTS = {
    "name": NAME,
    "images": [{}],
    "image_id": None,
    "account_ids": None,
    "role_arn": None,
    "external_id": None,
    "state": "present",
    "regions": None,
    "version": None,
    "own_account": True,
    "description": None,
    "tags": None,
    "validation_timeout": 60,
    "history": 10,
}


def parse(*images, region=REGION, **given):
    named = {} if images else {"images": None}
    return parse_request({**DEFAULTS, **named, **given}, images, region, KNOWN)


def test_parse_request__present():
    asked = parse(HOME, ABROAD)

    assert asked == ParameterRequest(
        Consumers(own=True), NAME, (REGION, OTHER_REGION), {REGION: IMAGE_ID, OTHER_REGION: OTHER_IMAGE_ID}
    )


def test_parse_request__everything():
    asked = parse(
        HOME,
        account_ids=[ALICE],
        role_arn=PATTERN,
        external_id="golden-ami",
        own_account=False,
        description="Release",
        tags={"b": "2", "a": "1"},
        validation_timeout=5,
        history=0,
    )

    assert asked.consumers == Consumers((ALICE,), PATTERN, "golden-ami", own=False)
    assert (asked.description, asked.tags, asked.timeout, asked.history) == ("Release", (("a", "1"), ("b", "2")), 5, 0)


@pytest.mark.parametrize("state", ["absent", "rollback"])
@pytest.mark.parametrize(
    ("given", "regions"), [({}, (REGION,)), ({"regions": [OTHER_REGION, REGION, REGION]}, (OTHER_REGION, REGION))]
)
def test_parse_request__other_states_take_regions(state, given, regions):
    assert parse(state=state, **given) == ParameterRequest(Consumers(own=True), NAME, regions, {}, state)


def test_parse_request__the_partition_of_the_regions():
    given = {"account_ids": [ALICE], "role_arn": PATTERN}

    asked = parse(state="rollback", regions=["cn-north-1"], version=3, **given)

    assert (asked.consumers.role_arn(ALICE).split(":")[1], asked.version) == ("aws-cn", 3)


@pytest.mark.parametrize(
    ("images", "given", "said"),
    [
        ((), {}, "images: is needed with state=present"),
        ((HOME, ImageSelector(REGION, OTHER_IMAGE_ID)), {}, "more than one AMI in eu-west-1"),
        ((HOME,), {"regions": [REGION]}, "regions: goes with state=absent and state=rollback"),
        ((HOME,), {"version": 1}, "version: goes with state=rollback only"),
        ((HOME,), {"state": "absent"}, "images: goes with state=present only"),
        ((), {"state": "rollback", "regions": []}, "regions: is empty"),
        ((), {"state": "rollback", "region": None}, "regions: is empty"),
        ((), {"state": "absent", "regions": ["eu-west1"]}, "Did you mean"),
        ((), {"state": "absent", "regions": [REGION, "cn-north-1"]}, "several partitions"),
        ((HOME,), {"tags": {"aws:x": "1"}}, "begins with aws:"),
        ((HOME,), {"validation_timeout": 0}, "validation_timeout: 0"),
        ((HOME,), {"history": -1}, "history: -1"),
        ((HOME,), {"account_ids": [ALICE]}, "role_arn: is needed"),
        ((HOME,), {"name": "a b"}, "name: 'a b'"),
    ],
)
def test_parse_request__refused(images, given, said):
    with pytest.raises(InputError) as refused:
        parse(*images, **given)

    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0]


@pytest.mark.parametrize("name", ["golden", "/golden", "/Golden/web.v1/x_y-z", "/" + "/".join("a" * 15), "golden-aws"])
def test_check_name__accepts(name):
    assert check_name(name) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "golden web",
        "golden/web",
        "/golden/",
        "/golden//web",
        "aws",
        "/aws/golden",
        "/SSM-x",
        "/" + "/".join("a" * 16),
    ],
)
def test_check_name__refuses(name):
    assert check_name(name)


def test_check_name__length():
    assert (check_name("n" * 1011), len(check_name("n" * 1012))) == ([], 1)
