# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets of a task: which Region each is in, which partition all are in, and what is wrong with them."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import SnapshotSelector
from tests.unit.builders import IMAGE_ID, KEY_ARN, KEY_ID, OTHER_IMAGE_ID, REGION, SNAPSHOT_ID

OTHER_SNAPSHOT_ID = "snap-0fedcba9876543210"
KNOWN = {"eu-west-1": "aws", "us-east-1": "aws", "cn-north-1": "aws-cn"}


def images(region=REGION, **given):
    return args.parse_images({"images": None, "image_id": None, **given}, region, KNOWN)


def either(region=REGION, **given):
    params = {"images": None, "image_id": None, "snapshots": None, "snapshot_id": None, **given}
    return args.parse_images_or_snapshots(params, region, KNOWN)


def keys(region=REGION, **given):
    return args.parse_keys({"keys": None, "key_id": None, **given}, region, KNOWN)


def test_parse_images__the_short_form_is_a_list_of_one():
    one = (ImageSelector(REGION, IMAGE_ID),)

    assert images(image_id=IMAGE_ID) == images(images=[{"image_id": IMAGE_ID, "region": None}]) == (one, "aws", [])


def test_parse_images__in_input_order_without_duplicates():
    listed = [{"image_id": OTHER_IMAGE_ID}, {"image_id": IMAGE_ID, "region": "us-east-1"}, {"image_id": OTHER_IMAGE_ID}]

    found, partition, problems = images(images=listed)

    assert found == (ImageSelector(REGION, OTHER_IMAGE_ID), ImageSelector("us-east-1", IMAGE_ID))
    assert (partition, problems) == ("aws", [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"images": []}, "images: is empty", id="empty"),
        pytest.param({"images": None}, "images: is null; give the AMIs.", id="null"),
        pytest.param({"images": [{"image_id": IMAGE_ID, "region": ""}]}, "has no region", id="empty Region"),
        pytest.param(
            {"images": [{"name": "n", "region": ""}], "regions": [REGION]}, "no region", id="name, empty Region"
        ),
        pytest.param({"images": [{"name": "n", "tags": {"a": 1}}]}, "'a' is a number, tags are text", id="tag"),
        pytest.param({"image_id": "ami-1"}, "image_id: 'ami-1' is not an AMI ID", id="shape"),
        pytest.param({"image_id": IMAGE_ID, "region": None}, "has no region", id="no Region"),
        pytest.param({"image_id": IMAGE_ID, "region": "eu-west1"}, "Did you mean 'eu-west-1'?", id="Region"),
        pytest.param(
            {"images": [{"image_id": IMAGE_ID, "region": "cn-north-1"}, {"image_id": OTHER_IMAGE_ID}]},
            "2 partitions (aws, aws-cn)",
            id="two partitions",
        ),
    ],
)
def test_parse_images__refused(given, said):
    _found, _partition, problems = images(**given)

    assert len(problems) == 1
    assert said in problems[0]


def test_parse_images__a_wrong_element_leaves_no_target():
    found, _partition, problems = images(images=[{"image_id": IMAGE_ID}, {"image_id": "x"}])

    assert (found, len(problems)) == ((), 1)


def test_parse_images_if_given():
    none = {"images": None, "image_id": None, "regions": ["us-east-1"]}

    assert args.parse_images_if_given(none, REGION, KNOWN) == ((), [])
    found, problems = args.parse_images_if_given({**none, "image_id": IMAGE_ID}, REGION, KNOWN)
    assert (found, problems) == ((ImageSelector(REGION, IMAGE_ID),), [])
    assert args.parse_images_if_given({**none, "images": []}, REGION, KNOWN)[1]


@pytest.mark.parametrize(
    "given",
    [{"snapshot_id": SNAPSHOT_ID}, {"snapshots": [{"snapshot_id": SNAPSHOT_ID, "region": None}] * 2}],
    ids=["the short form", "a list, without duplicates"],
)
def test_parse_images_or_snapshots__snapshots(given):
    assert either(**given) == ((SnapshotSelector(REGION, SNAPSHOT_ID),), [])


def test_parse_images_or_snapshots__images():
    assert either(image_id=IMAGE_ID) == ((ImageSelector(REGION, IMAGE_ID),), [])


def test_parse_images_or_snapshots__in_input_order():
    listed = [{"snapshot_id": OTHER_SNAPSHOT_ID}, {"snapshot_id": SNAPSHOT_ID, "region": "us-east-1"}]

    found, _problems = either(snapshots=listed)

    assert found == (SnapshotSelector(REGION, OTHER_SNAPSHOT_ID), SnapshotSelector("us-east-1", SNAPSHOT_ID))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"snapshots": []}, "snapshots: is empty", id="empty"),
        pytest.param({}, "images: is null", id="null"),
        pytest.param({"snapshot_id": IMAGE_ID}, "snapshot_id: ", id="an AMI as a snapshot"),
        pytest.param({"image_id": SNAPSHOT_ID}, "image_id: ", id="a snapshot as an AMI"),
        pytest.param({"snapshot_id": SNAPSHOT_ID, "region": None}, "has no region", id="no Region"),
        pytest.param({"snapshots": [{"snapshot_id": SNAPSHOT_ID, "region": ""}]}, "has no region", id="empty Region"),
        pytest.param(
            {"snapshots": [{"snapshot_id": SNAPSHOT_ID, "region": "cn-north-1"}, {"snapshot_id": OTHER_SNAPSHOT_ID}]},
            "2 partitions (aws, aws-cn)",
            id="two partitions",
        ),
    ],
)
def test_parse_images_or_snapshots__refused(given, said):
    _found, problems = either(**given)

    assert len(problems) == 1
    assert said in problems[0]


def test_parse_images_or_snapshots__a_wrong_element_leaves_no_target():
    found, problems = either(snapshots=[{"snapshot_id": SNAPSHOT_ID}, {"snapshot_id": "x"}])

    assert (found, len(problems)) == ((), 1)


@pytest.mark.parametrize(
    ("item", "region"),
    [
        pytest.param({"key_id": KEY_ID}, REGION, id="default"),
        pytest.param({"key_id": "alias/golden", "region": "us-east-1"}, "us-east-1", id="its own"),
        pytest.param({"key_id": KEY_ARN.replace(REGION, "us-east-1")}, "us-east-1", id="of the ARN"),
        pytest.param({"key_id": KEY_ARN, "region": REGION}, REGION, id="its own and the ARN's"),
    ],
)
def test_parse_keys__the_region(item, region):
    assert keys(keys=[item]) == (((item["key_id"], region),), "aws", [])


def test_parse_keys__the_short_form_is_a_list_of_one():
    assert keys(key_id="alias/golden") == keys(keys=[{"key_id": "alias/golden", "region": None}])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"keys": []}, "keys: is empty", id="empty"),
        pytest.param({"keys": None}, "keys: is null; give the keys.", id="null"),
        pytest.param({"keys": [{"key_id": KEY_ID, "region": ""}]}, f"'{KEY_ID}' has no region", id="empty Region"),
        pytest.param(
            {"keys": [{"key_id": KEY_ARN, "region": ""}]}, f"'{KEY_ARN}' has no region", id="ARN, empty Region"
        ),
        pytest.param({"key_id": "golden"}, "key_id: 'golden' is not a KMS key", id="shape"),
        pytest.param({"key_id": "alias/golden", "region": None}, "has no region", id="no Region"),
        pytest.param({"key_id": "alias/golden", "region": "eu-west1"}, "Did you mean", id="Region"),
        pytest.param(
            {"keys": [{"key_id": KEY_ARN, "region": "us-east-1"}]}, "region says us-east-1", id="ARN elsewhere"
        ),
        pytest.param(
            {"keys": [{"key_id": "alias/a", "region": "cn-north-1"}, {"key_id": "alias/a"}]},
            "2 partitions",
            id="two partitions",
        ),
    ],
)
def test_parse_keys__refused(given, said):
    _found, _partition, problems = keys(**given)

    assert len(problems) == 1
    assert said in problems[0]


def test_unless__all_problems_in_one_refusal():
    def parse():
        raise InputError(["second"])

    with pytest.raises(InputError) as refused:
        args.unless(["first"], parse)
    assert refused.value.problems == ("first", "second")


def test_unless__problems_before_a_parse_that_finds_none():
    with pytest.raises(InputError) as refused:
        args.unless(["first"], lambda: "parsed")
    assert refused.value.problems == ("first",)
    assert args.unless([], lambda: "parsed") == "parsed"
