# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.selection import (
    ImageSelector,
    check_images,
    in_each_region,
    newest,
    newest_original,
    selectors,
)
from tests.unit.builders import IMAGE_ID, OTHER_IMAGE_ID, REGION, image

KNOWN = {"eu-west-1": "aws", "us-east-1": "aws"}


@pytest.mark.parametrize(
    ("item", "regions", "default", "placed"),
    [
        pytest.param({"image_id": "a", "region": "r1"}, ["r2"], "r3", ["r1"], id="its own first"),
        pytest.param({"image_id": "a"}, [], "r3", ["r3"], id="ID in the default"),
        pytest.param({"image_id": "a"}, ["r1"], "r3", ["r1"], id="ID in the one Region"),
        pytest.param({"image_id": "a"}, ["r1", "r2"], "r3", ["r3"], id="an ID is in one Region only"),
        pytest.param({"image_id": "a"}, ["r1", "r2"], None, [None], id="an ID without a Region"),
        pytest.param({"image_id": "a", "region": None}, [], "r3", ["r3"], id="null is not given"),
        pytest.param({"image_id": "a", "region": ""}, ["r1"], "r3", [""], id="an empty one is not the default"),
        pytest.param({"name": "n", "region": ""}, ["r1", "r2"], "r3", [""], id="a name with an empty one"),
        pytest.param({"name": "n"}, ["r1", "r2", "r1"], "r3", ["r1", "r2"], id="a name in each Region once"),
        pytest.param({"tags": {"k": "v"}}, [], "r3", ["r3"], id="tags in the default"),
        pytest.param({"name": "n"}, [], None, [None], id="a name without a Region"),
        pytest.param({"name": "n", "region": "r1"}, ["r2", "r3"], "r4", ["r1"], id="a name with its own"),
    ],
)
def test_in_each_region__first_what_the_entry_says(item, regions, default, placed):
    given = dict(item)

    assert [entry["region"] for entry in in_each_region([item], regions, default)] == placed
    assert item == given


def test_in_each_region__keeps_the_order():
    items = [{"name": "b"}, {"image_id": "a", "region": "r9"}]

    placed = in_each_region(items, ["r2", "r1"], None)

    assert [(entry.get("name"), entry["region"]) for entry in placed] == [("b", "r2"), ("b", "r1"), (None, "r9")]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        pytest.param(
            {"image_id": IMAGE_ID},
            f"'{IMAGE_ID}' has no region. An AMI ID exists in one Region; give it with the ID.",
            id="no Region",
        ),
        pytest.param({"image_id": IMAGE_ID, "region": ""}, f"'{IMAGE_ID}' has no region", id="empty Region"),
        pytest.param(
            {"name": "n", "region": ""}, "'name=n' has no region. AMIs are regional.", id="name, empty Region"
        ),
        pytest.param({"image_id": IMAGE_ID, "region": "eu-west1"}, "Did you mean 'eu-west-1'?", id="Region typo"),
        pytest.param({"image_id": "ami-1", "region": REGION}, "'ami-1' is not an AMI ID", id="AMI ID"),
        pytest.param({"image_id": IMAGE_ID, "name": "n", "region": REGION}, "either image_id, or name", id="both"),
        pytest.param({"image_id": IMAGE_ID, "tags": {"a": "b"}, "region": REGION}, "either image_id", id="ID and tags"),
        pytest.param({"region": REGION}, "either image_id", id="neither"),
        pytest.param({"name": "", "tags": {}, "region": REGION}, "either image_id", id="empty filters"),
        pytest.param({"name": "golden-*"}, "'name=golden-*' has no region", id="name without a Region"),
        pytest.param({"tags": {"a": 5}, "region": REGION}, "tags: the value of 'a' is a number, tags are", id="number"),
        pytest.param({"tags": {"a": True}, "region": REGION}, "'a' is true or false, tags are text", id="boolean tag"),
        pytest.param({"tags": {"a": ["x"]}, "region": REGION}, "'a' is a list, tags are text", id="tag with a list"),
        pytest.param({"tags": {"a": {"b": "c"}}, "region": REGION}, "'a' is a dictionary, tags", id="nested tag"),
        pytest.param({"tags": {"a": "x", "b": None}, "region": REGION}, "the value of 'b' is", id="null tag"),
    ],
)
def test_check_images__refused(item, said):
    (problem,) = check_images([item], KNOWN, "images")

    assert problem.startswith("images: ")
    assert said in problem


def test_check_images__accepted():
    items = [
        {"image_id": IMAGE_ID, "region": REGION},
        {"name": "golden-*", "region": REGION},
        {"name": "golden-*", "tags": {"Role": "web"}, "region": REGION},
    ]

    assert check_images(items, KNOWN, "images") == []


def test_selectors__without_duplicates_in_input_order():
    items = [
        {"image_id": OTHER_IMAGE_ID, "region": REGION},
        {"name": "n", "tags": {"b": 2, "a": "1"}, "region": REGION},
        {"image_id": OTHER_IMAGE_ID, "region": "us-east-1"},
        {"image_id": OTHER_IMAGE_ID, "region": REGION},
        {"name": "n", "tags": {"a": "1", "b": "2"}, "region": REGION},
    ]

    assert selectors(items) == (
        ImageSelector(REGION, OTHER_IMAGE_ID),
        ImageSelector(REGION, name="n", tags=(("a", "1"), ("b", "2"))),
        ImageSelector("us-east-1", OTHER_IMAGE_ID),
    )


def test_selector__is_described_as_one_reads_it():
    selector = ImageSelector(REGION, name="golden-*", tags=(("Role", "web"),))

    assert selector.target == {"image_id": "name golden-*, tag Role=web", "region": REGION}


OLD = image(image_id="ami-00000001", creation_date="2026-10-01T00:00:00.000Z")
NEW = image(image_id="ami-00000002", creation_date="2026-11-01T00:00:00.000Z")
TIED = image(image_id="ami-00000003", creation_date="2026-11-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("images", "chosen"),
    [
        pytest.param([], None, id="none"),
        pytest.param([OLD, NEW], NEW, id="by date"),
        pytest.param([OLD, NEW, TIED], TIED, id="a tie goes to the higher ID"),
        pytest.param(
            [OLD, image(image_id="ami-00000009", creation_date="2026-12-01", state="failed")], OLD, id="failed"
        ),
        pytest.param([OLD, image(creation_date="2026-12-01", state="disabled")], OLD, id="disabled"),
        pytest.param([image(state="failed")], None, id="only a failed one"),
    ],
)
def test_newest__whatever_the_order(images, chosen):
    assert all(newest(order) == chosen for order in itertools.permutations(images))


COPY = image(image_id="ami-00000004", creation_date="2026-11-05T00:00:00.000Z", source_image_id=NEW.image_id)
RETIRED = image(image_id="ami-00000005", creation_date="2026-11-06T00:00:00.000Z", state="disabled")


@pytest.mark.parametrize(
    ("images", "chosen"),
    [
        pytest.param([OLD, NEW], NEW, id="no copies"),
        pytest.param([OLD, NEW, COPY], NEW, id="beside its copy"),
        pytest.param([OLD, COPY], COPY, id="the source of the copy is gone, or bears another name"),
        pytest.param([OLD, replace(COPY, source_image_id=RETIRED.image_id), RETIRED], OLD, id="its source is disabled"),
        pytest.param(
            [NEW, COPY, replace(COPY, image_id="ami-00000006", source_image_id=COPY.image_id)], NEW, id="a chain"
        ),
        pytest.param([], None, id="none"),
    ],
)
def test_newest_original__is_no_copy_of_another(images, chosen):
    """A copy in the Region of its source has the source's name and tags, and is newer."""
    assert all(newest_original(order) == chosen for order in itertools.permutations(images))


def test_newest__a_pending_one_counts():
    pending = image(image_id="ami-00000009", creation_date="2026-12-01T00:00:00.000Z", state="pending")

    assert newest([OLD, pending, NEW]) is pending
