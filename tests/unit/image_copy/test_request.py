# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may ask of image_copy, and what is refused before any call."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import (
    CopyRequest,
    Destination,
    Targets,
    parse_copies,
)
from tests.unit.builders import IMAGE_ID, KEY_ARN, OTHER_KEY_ARN, OTHER_REGION, OWNER, REGION, copy_params

KNOWN = {
    REGION: "aws",
    OTHER_REGION: "aws",
    "eu-central-1": "aws",
    "cn-north-1": "aws-cn",
    "us-gov-west-1": "aws-us-gov",
}
SOURCE = ImageSelector(REGION, IMAGE_ID)
MULTI_REGION = "mrk-1234abcd12ab34cd56ef1234567890ab"


def parse(region=None, **given):
    return parse_copies(copy_params(**given), region, KNOWN)


def to(*regions, **given):
    return [{"region": region, "kms_key_id": None, "name": None, **given} for region in regions]


def problems(**given):
    with pytest.raises(InputError) as refused:
        parse(**given)
    return refused.value.problems


def test_parse__least():
    assert parse() == (Targets(SOURCE, (Destination(OTHER_REGION),)), CopyRequest(SOURCE))


def test_parse__everything():
    targets, request = parse(
        destinations=[{"region": "eu-central-1", "kms_key_id": "alias/golden", "name": "web (b)"}, *to(OTHER_REGION)],
        name="golden/web.2026-11",
        description="For all",
        tags={"b": "2", "a": ""},
        copy_tags=False,
        completion_duration_minutes=45,
        wait=False,
    )

    assert targets.destinations == (Destination("eu-central-1", "alias/golden", "web (b)"), Destination(OTHER_REGION))
    assert request == CopyRequest(SOURCE, "golden/web.2026-11", "For all", (("a", ""), ("b", "2")), False, 45, False)


def test_parse__the_source_is_in_the_modules_region_unless_said_otherwise():
    elsewhere = {"source_region": None, "destinations": to(OTHER_REGION)}
    assert parse(region="eu-central-1", **elsewhere)[0].source.region == "eu-central-1"
    assert parse(region="eu-central-1")[0].source.region == REGION


def test_parse__a_region_twice_is_worked_on_once():
    assert len(parse(destinations=to(OTHER_REGION, "eu-central-1", OTHER_REGION))[0].destinations) == 2


@pytest.mark.parametrize(
    ("key_id", "meant"),
    [
        (OTHER_KEY_ARN, OTHER_KEY_ARN),
        ("alias/golden", "alias/golden"),
        (MULTI_REGION, MULTI_REGION),
        # The ARN of a multi-Region key in another Region: its replica here has the same ID.
        (f"arn:aws:kms:{REGION}:{OWNER}:key/{MULTI_REGION}", MULTI_REGION),
        (
            f"arn:aws:kms:{OTHER_REGION}:{OWNER}:key/{MULTI_REGION}",
            f"arn:aws:kms:{OTHER_REGION}:{OWNER}:key/{MULTI_REGION}",
        ),
    ],
)
def test_parse__keys(key_id, meant):
    assert parse(destinations=to(OTHER_REGION, kms_key_id=key_id))[0].destinations[0].key_id == meant


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"image_id": "ami-1"}, "image_id: 'ami-1' is not an AMI ID", id="image"),
        pytest.param({"source_region": None}, "source_region: ", id="no source Region"),
        pytest.param({"source_region": ""}, "source_region: ", id="empty source Region"),
        pytest.param({"source_region": "eu-wst-1"}, "Did you mean 'eu-west-1'?", id="source Region"),
        pytest.param({"destinations": []}, "destinations: is empty", id="no destinations"),
        pytest.param({"destinations": to("us-est-1")}, "Did you mean 'us-east-1'?", id="Region"),
        pytest.param({"destinations": to("")}, "destinations: '' is not an AWS Region", id="empty Region"),
        pytest.param({"destinations": to(REGION)}, "where the AMI is already. Give a kms_key_id", id="its Region"),
        pytest.param({"image_id": None}, "image_id: is missing; give it, or source_name", id="no source"),
        pytest.param({"image_id": ""}, "image_id: '' is not an AMI ID", id="empty image"),
        pytest.param({"image_id": None, "source_name": ""}, "source_name: is empty", id="empty name of the source"),
        pytest.param({"image_id": None, "source_tags": {}}, "source_tags: is empty", id="no tags of the source"),
        pytest.param({"source_name": "a"}, "cannot be combined with source_name", id="ID and name"),
        pytest.param({"source_tags": {"a": "b"}}, "cannot be combined with source_name", id="ID and tags"),
        pytest.param(
            {"image_id": None, "source_tags": {"a": 1}}, "source_tags: 'a: 1' holds a number", id="source, number"
        ),
        pytest.param(
            {"image_id": None, "source_name": "golden", "source_region": None},
            "'golden' has no source_region",
            id="where",
        ),
        pytest.param({"destinations": to("cn-north-1")}, "No copy crosses partitions", id="China"),
        pytest.param({"destinations": to("us-gov-west-1")}, "No copy crosses partitions", id="GovCloud"),
        pytest.param(
            {"destinations": [*to(OTHER_REGION), *to(OTHER_REGION, kms_key_id="alias/a")]}, "is named twice", id="twice"
        ),
        pytest.param({"destinations": to(OTHER_REGION, kms_key_id="golden")}, "is not a KMS key", id="key"),
        pytest.param({"destinations": to(OTHER_REGION, kms_key_id="")}, "is not a KMS key", id="empty key"),
        pytest.param({"destinations": to(OTHER_REGION, kms_key_id=KEY_ARN)}, f"a key in {REGION}", id="key elsewhere"),
        pytest.param({"destinations": to(OTHER_REGION, name="x")}, "destinations: 'x' is not a name", id="name there"),
        pytest.param({"name": "a"}, "name: 'a' is not a name", id="short name"),
        pytest.param({"name": "n" * 129}, "is not a name", id="long name"),
        pytest.param({"name": "golden:web"}, "is not a name", id="name"),
        pytest.param({"name": ""}, "name: the name is empty", id="empty name"),
        pytest.param({"description": "d" * 256}, "256 characters; EC2 allows 255", id="description"),
        pytest.param({"tags": {"a": 1}}, "tags: 'a: 1' holds a number", id="tag, number"),
        pytest.param({"tags": {1: "a"}}, "holds a number", id="tag, key"),
        pytest.param({"tags": {"aws:x": "1"}}, "AWS's own", id="tag, aws:"),
        pytest.param({"tags": {"k" * 129: "1"}}, "too long", id="tag, long key"),
        pytest.param({"tags": {"k": "v" * 257}}, "too long", id="tag, long value"),
        pytest.param({"tags": {str(number): "" for number in range(51)}}, "there are 51", id="tags"),
        pytest.param({"wait_timeout": 0}, "wait_timeout: 0", id="timeout"),
        pytest.param({"completion_duration_minutes": 0}, "15 to 2880", id="no minutes"),
        pytest.param({"completion_duration_minutes": 20}, "steps of 15", id="step"),
        pytest.param({"completion_duration_minutes": 2895}, "15 to 2880", id="too long"),
    ],
)
def test_parse__refused(given, said):
    (found,) = problems(**given)

    assert said in found


def test_parse__a_source_by_name_and_tags():
    targets, request = parse(image_id=None, source_name="golden-*", source_tags={"b": "2", "aws:a": "1"})

    assert targets.source == request.source == ImageSelector(REGION, name="golden-*", tags=(("aws:a", "1"), ("b", "2")))


def test_parse__a_copy_in_the_sources_own_region_needs_a_key():
    targets, _request = parse(destinations=to(REGION, kms_key_id="alias/golden"))

    assert targets.destinations == (Destination(REGION, "alias/golden"),)


@pytest.mark.parametrize("minutes", [15, 2880])
def test_parse__limits_of_time_based_copies(minutes):
    assert parse(completion_duration_minutes=minutes)[1].completion_minutes == minutes


def test_parse__all_problems_at_once():
    found = problems(image_id="x", destinations=to(REGION, "nowhere"), name="a", wait_timeout=0)

    assert len(found) == 5
