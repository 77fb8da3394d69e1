# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AMIs in the variables of roles: as dictionaries, as text, and as the copies of one source."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.inputs import partition_of
from tests.unit.builders import (
    IMAGE_ID,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    REGION,
)
from tests.unit.share.stages import REGIONS, request

GOV = "us-gov-west-1"


@pytest.mark.parametrize(
    ("given", "placed"),
    [
        (f"{IMAGE_ID} {REGION}", [{"image_id": IMAGE_ID, "region": REGION}]),
        (f"{REGION}   {IMAGE_ID}", [{"image_id": IMAGE_ID, "region": REGION}]),
        (f"arn:aws:ec2:{REGION}::image/{IMAGE_ID}", [{"image_id": IMAGE_ID, "region": REGION}]),
        (f"arn:aws-us-gov:ec2:{GOV}::image/{IMAGE_ID}", [{"image_id": IMAGE_ID, "region": GOV}]),
        (
            f"{IMAGE_ID} {REGION}\n{OTHER_IMAGE_ID} {OTHER_REGION}",
            [{"image_id": IMAGE_ID, "region": REGION}, {"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}],
        ),
        (
            f"name=golden-* tag:Release=stable tag:Team=a=b {REGION}",
            [{"name": "golden-*", "tags": {"Release": "stable", "Team": "a=b"}, "region": REGION}],
        ),
        (f"tag:Release= {REGION}", [{"tags": {"Release": ""}, "region": REGION}]),
        (f'[{{"image_id": "{IMAGE_ID}", "region": "{REGION}"}}]', [{"image_id": IMAGE_ID, "region": REGION}]),
    ],
)
def test_images__as_text_or_list(given, placed):
    read = request(images=given)

    assert (read["images"], read["problems"]) == (placed, [])


@pytest.mark.parametrize("item", ["name=golden-*", {"name": "golden-*"}, {"tags": {"Release": "stable"}}])
def test_images__a_filter_stands_for_each_region(item):
    read = request(images=[item], regions=f"{REGION},{OTHER_REGION},{REGION}")

    assert [one["region"] for one in read["images"]] == [REGION, OTHER_REGION]
    assert read["problems"] == []


def test_images__an_id_takes_the_only_region_and_no_other():
    assert request(images=IMAGE_ID, regions=REGION)["images"] == [{"image_id": IMAGE_ID, "region": REGION}]
    [problem] = request(images=IMAGE_ID, regions=[REGION, OTHER_REGION])["problems"]
    assert problem == f"share_images: '{IMAGE_ID}' has no region. An AMI ID exists in one Region; give it with the ID."


def test_images__an_empty_region_is_not_the_default():
    """A variable that holds nothing must not turn into the Region of somewhere else."""
    for item in ({"image_id": IMAGE_ID, "region": ""}, {"name": "golden-*", "region": ""}):
        [problem] = request(images=[item], regions=REGION)["problems"]
        assert problem.startswith("share_images: ") and "has no region" in problem
    assert request(images=[{"image_id": IMAGE_ID, "region": None}], regions=REGION)["problems"] == []


@pytest.mark.parametrize(
    "line",
    [
        f"{IMAGE_ID} {OTHER_IMAGE_ID} {REGION}",
        f"{IMAGE_ID} {REGION} {OTHER_REGION}",
        f"name=golden-a name=golden-b {REGION}",
        f"tag:Release=a tag:Release=b {REGION}",
        f"arn:aws:ec2:{REGION}::image/{IMAGE_ID} {OTHER_REGION}",
    ],
)
def test_images__text_that_says_one_thing_twice_is_refused(line):
    """Whatever was dropped would be missing from the share without a word."""
    assert request(images=line)["problems"]


def test_problems__an_arn_of_another_partition_behind_a_blank():
    [problem] = request(images=[f" arn:aws-us-gov:ec2:{REGION}::image/{IMAGE_ID}"])["problems"]
    assert "is in the partition 'aws'" in problem


def test_images__the_input_stays_as_it_is():
    given = [{"name": "golden-*"}]

    request(images=given, regions=[REGION, OTHER_REGION])

    assert given == [{"name": "golden-*"}]


@pytest.mark.parametrize("known", [{}, REGIONS], ids=["by name", "botocore"])
@pytest.mark.parametrize(("region", "partition"), [(REGION, "aws"), (GOV, "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_partition_of(known, region, partition):
    assert partition_of(region, known) == partition


@pytest.mark.parametrize(
    "item",
    [
        {"name": "", "tags": {"Stage": "prod"}, "region": REGION},
        {"name": "golden-*", "tags": {}, "region": REGION},
        {"image_id": "", "name": "golden-*", "region": REGION},
        f"name= tag:Stage=prod {REGION}",
    ],
)
def test_images__an_empty_key_does_not_widen_the_selection(item):
    """A variable that holds nothing would let any AMI with the tag match, or any tags."""
    [problem] = request(images=[item])["problems"]

    assert problem.startswith("share_images: ") and "is empty beside" in problem
