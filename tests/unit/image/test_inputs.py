# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AMIs in the variables of roles: as dictionaries, as text, and as the copies of one source."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.inputs import partition_of
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from tests.unit.builders import (
    IMAGE_ID,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    REGION,
)
from tests.unit.share.builders import REGIONS, asked, problems_of

GOV = "us-gov-west-1"


def images(**given):
    [declaration] = asked(**given).declarations
    return declaration.images


@pytest.mark.parametrize(
    ("given", "placed"),
    [
        (f"{IMAGE_ID} {REGION}", [ImageSelector(REGION, IMAGE_ID)]),
        (f"{REGION}   {IMAGE_ID}", [ImageSelector(REGION, IMAGE_ID)]),
        (f"arn:aws:ec2:{REGION}::image/{IMAGE_ID}", [ImageSelector(REGION, IMAGE_ID)]),
        (f"arn:aws-us-gov:ec2:{GOV}::image/{IMAGE_ID}", [ImageSelector(GOV, IMAGE_ID)]),
        (
            f"{IMAGE_ID} {REGION}\n{OTHER_IMAGE_ID} {OTHER_REGION}",
            [ImageSelector(REGION, IMAGE_ID), ImageSelector(OTHER_REGION, OTHER_IMAGE_ID)],
        ),
        (
            f"name=golden-* tag:Release=stable tag:Team=a=b {REGION}",
            [ImageSelector(REGION, "", "golden-*", (("Release", "stable"), ("Team", "a=b")))],
        ),
        (f"tag:Release= {REGION}", [ImageSelector(REGION, "", "", (("Release", ""),))]),
        (f'[{{"image_id": "{IMAGE_ID}", "region": "{REGION}"}}]', [ImageSelector(REGION, IMAGE_ID)]),
    ],
)
def test_images__as_text_or_list(given, placed):
    assert list(images(images=given)) == placed


@pytest.mark.parametrize("item", ["name=golden-*", {"name": "golden-*"}, {"tags": {"Release": "stable"}}])
def test_images__a_filter_stands_for_each_region(item):
    read = images(images=[item], regions=f"{REGION},{OTHER_REGION},{REGION}")

    assert [one.region for one in read] == [REGION, OTHER_REGION]


def test_images__an_id_takes_the_only_region_and_no_other():
    assert images(images=IMAGE_ID, regions=REGION) == (ImageSelector(REGION, IMAGE_ID),)
    [problem] = problems_of(images=IMAGE_ID, regions=[REGION, OTHER_REGION])
    assert problem == f"share_images: '{IMAGE_ID}' has no region. An AMI ID exists in one Region; give it with the ID."


def test_images__an_empty_region_is_not_the_default():
    """A variable that holds nothing must not turn into the Region of somewhere else."""
    for item in ({"image_id": IMAGE_ID, "region": ""}, {"name": "golden-*", "region": ""}):
        [problem] = problems_of(images=[item], regions=REGION)
        assert problem.startswith("share_images: ") and "has no region" in problem
    assert problems_of(images=[{"image_id": IMAGE_ID, "region": None}], regions=REGION) == []


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
    assert problems_of(images=line)


def test_problems__an_arn_of_another_partition_behind_a_blank():
    [problem] = problems_of(images=[f" arn:aws-us-gov:ec2:{REGION}::image/{IMAGE_ID}"])
    assert "is in the partition 'aws'" in problem


def test_images__the_input_stays_as_it_is():
    given = [{"name": "golden-*"}]

    images(images=given, regions=[REGION, OTHER_REGION])

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
    [problem] = problems_of(images=[item])

    assert problem.startswith("share_images: ") and "is empty beside" in problem
