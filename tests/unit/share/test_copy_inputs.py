# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables about copies: the source, the Regions, a key for each of them, and how the copies are to look."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import CopyRequest, Destination
from ansible_collections.golden.ami.plugins.module_utils._share.inputs import parse_request
from ansible_collections.golden.ami.plugins.module_utils._share.request import CopyWish, ShareRequest
from tests.unit.builders import ALICE, IMAGE_ID, KEY_ID, OTHER_IMAGE_ID, OTHER_KEY_ARN, OTHER_REGION, REGION
from tests.unit.share.builders import REGIONS, asked

SOURCE = {"image_id": IMAGE_ID, "region": REGION}
SELECTOR = ImageSelector(REGION, IMAGE_ID)
GOV = "cn-north-1"
ALIAS = "alias/golden"
MULTI = f"arn:aws:kms:{REGION}:123456789012:key/mrk-{'0' * 32}"


def request(**given) -> ShareRequest:
    usual = {"images": None, "source": SOURCE, "regions": [REGION, OTHER_REGION], "variables_prefix": "share_"}
    return asked(**{**usual, **given})


def wish(**given) -> CopyWish:
    [declaration] = request(**given).declarations
    assert declaration.copies
    return declaration.copies


def problems(**given) -> list[str]:
    with pytest.raises(InputError) as raised:
        request(**given)
    return list(raised.value.problems)


@pytest.mark.parametrize(
    "source",
    [
        SOURCE,
        f"{IMAGE_ID} {REGION}",
        f" {REGION} {IMAGE_ID}\n",
        f"arn:aws:ec2:{REGION}::image/{IMAGE_ID}",
        {**SOURCE, "name": None, "tags": {}},
    ],
)
def test_source__as_text_or_dictionary(source):
    read = wish(source=source)

    assert (read.request.source, read.with_source) == (SELECTOR, True)
    assert read.destinations == (Destination(OTHER_REGION),)


@pytest.mark.parametrize("nothing", [{}, "", None, []])
def test_source__nothing_is_no_source(nothing):
    [declaration] = request(source=nothing, regions=None, images=f"{IMAGE_ID} {REGION}").declarations

    assert (declaration.copies, declaration.images) == (None, (SELECTOR,))


def test_source__is_shared_itself_only_where_its_region_is_listed():
    assert not wish(regions=OTHER_REGION).with_source
    [declaration] = request(regions=REGION).declarations
    assert (declaration.images, declaration.copies) == ((SELECTOR,), None)


def test_source__beside_images():
    [declaration] = request(images=f"{OTHER_IMAGE_ID} {OTHER_REGION}").declarations

    assert declaration.images == (ImageSelector(OTHER_REGION, OTHER_IMAGE_ID),)
    assert declaration.copies.with_source


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (IMAGE_ID, "share_source: needs the region of that AMI."),
        ({"image_id": IMAGE_ID}, "share_source: needs the region"),
        ({"image_id": IMAGE_ID, "region": ""}, "share_source: needs the region"),
        ({"image_id": "ami-1", "region": REGION}, "share_source: 'ami-1' is not an AMI ID"),
        ({"image_id": IMAGE_ID, "region": "eu-wset-1"}, "share_source: 'eu-wset-1' is not an AWS Region"),
        ({**SOURCE, "ami": "x"}, "share_source: ami: no such key"),
        ({"image_id": 5, "region": REGION}, "share_source: image_id is a number"),
        (f"{IMAGE_ID} {OTHER_IMAGE_ID} {REGION}", "gives image_id twice"),
        (f"{IMAGE_ID} {REGION}\n{OTHER_IMAGE_ID} {REGION}", "share_source: is more than one AMI"),
        ([SOURCE], "share_source: is a list; give a dictionary of image_id and region"),
        (5, "share_source: is a number; give a dictionary"),
        (False, "share_source: is true or false; give a dictionary"),
    ],
)
def test_source__problems(source, problem):
    found = problems(source=source)

    assert any(problem in one for one in found), found
    assert all(one.startswith("share_source: ") for one in found)


def test_source__of_another_partition_than_the_images():
    found = problems(images=f"{OTHER_IMAGE_ID} {GOV}")

    assert any("Regions of 2 partitions" in problem for problem in found)


def test_source__no_copy_crosses_partitions():
    [problem] = problems(regions=[GOV])

    assert problem.startswith(f"share_regions: {GOV} is in the partition 'aws-cn'")


def test_source__without_regions():
    assert problems(regions=[]) == ["share_regions: is empty; name the Regions in which share_source is to be shared."]


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({OTHER_REGION: ALIAS}, ALIAS),
        ({OTHER_REGION: OTHER_KEY_ARN}, OTHER_KEY_ARN),
        (f"{OTHER_REGION}={KEY_ID}", KEY_ID),
        (f"{OTHER_REGION}={ALIAS}\r\n{REGION}=alias/other\n", ALIAS),
        (f'{{"{OTHER_REGION}": "{ALIAS}"}}', ALIAS),
        (ALIAS, ALIAS),
        (f"{ALIAS}\n", ALIAS),
        (MULTI, MULTI.rpartition("/")[2]),
        ({"*": ALIAS}, ALIAS),
        ({"*": "alias/other", OTHER_REGION: ALIAS}, ALIAS),
        ({}, None),
        ("", None),
        (" \n", None),
    ],
)
def test_keys__one_for_each_region_or_one_for_all(keys, key):
    assert wish(kms_keys=keys).destinations[-1] == Destination(OTHER_REGION, key or "")


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({OTHER_REGION: ""}, f"share_kms_keys: the key of {OTHER_REGION} is empty; leave out a Region"),
        ({OTHER_REGION: " "}, f"share_kms_keys: the key of {OTHER_REGION} is empty"),
        (f"{OTHER_REGION}=", f"share_kms_keys: the key of {OTHER_REGION} is empty"),
        ({"*": ""}, "share_kms_keys: the key of * is empty"),
        ({OTHER_REGION: None}, "share_kms_keys: 'None' is null; Regions and keys are text"),
        ({OTHER_REGION: 5}, "share_kms_keys: '5' is a number; Regions and keys are text"),
        ({"eu-north-1": ALIAS}, "share_kms_keys: eu-north-1 is not among share_regions."),
        ({"": ALIAS}, "share_kms_keys:  is not among share_regions."),
        ({OTHER_REGION: "golden"}, "share_kms_keys: 'golden' is not a KMS key"),
        ("golden", "share_kms_keys: 'golden' is not a KMS key"),
        ({OTHER_REGION: OTHER_KEY_ARN.replace(OTHER_REGION, REGION)}, "share_kms_keys: "),
        (f"{OTHER_REGION}={ALIAS}\n{OTHER_REGION}=alias/b", "is named twice, with different values"),
        (f'{{"{OTHER_REGION}": "{ALIAS}", "{OTHER_REGION}": "alias/b"}}', f"{OTHER_REGION} is named twice"),
        ([ALIAS], f"share_kms_keys: '{ALIAS}' is no NAME=VALUE"),
        (True, "share_kms_keys: is true or false"),
    ],
)
def test_keys__problems(keys, problem):
    """An empty value must not turn into a copy without a key."""
    found = problems(kms_keys=keys)

    assert any(problem in one for one in found), found
    assert all(one.startswith("share_kms_keys: ") for one in found)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"copy_name": "a"}, "share_copy_name: 'a' is not a name for an AMI"),
        (
            {"copy_name": 5},
            "share_copy_name: '5' is a number, so that what was typed is lost; write it in quotes, in a survey as well",
        ),
        ({"copy_description": "a" * 256}, "share_copy_description: has 256 characters"),
        ({"copy_tags": "Team"}, "share_copy_tags: 'Team' is no NAME=VALUE"),
        ({"copy_tags": {"Team": 5}}, "share_copy_tags: 'Team: 5' holds a number"),
        ({"copy_tags": [{"Team": "a=b"}]}, "share_copy_tags: '{'Team': 'a=b'}' is a dictionary"),
        ({"copy_tags": {"aws:x": "y"}}, "share_copy_tags: 'aws:x' starts with 'aws:'"),
        ({"copy_source_tags": "ture"}, "share_copy_source_tags: 'ture' is neither true nor false."),
        ({"copy_completion_minutes": "20"}, "share_copy_completion_minutes: 20 is not possible"),
        ({"copy_completion_minutes": -15}, "share_copy_completion_minutes: -15 is not possible"),
        ({"copy_completion_minutes": "soon"}, "share_copy_completion_minutes: 'soon' is not a whole number."),
        ({"copy_wait_timeout": 0}, "share_copy_wait_timeout: 0 is not a number of seconds; give 1 or more"),
        ({"copy_wait_timeout": "1h"}, "share_copy_wait_timeout: '1h' is not a whole number."),
        ({"regions": [OTHER_REGION, "eu-wset-1"]}, "share_regions, item 2: 'eu-wset-1' is not an AWS Region."),
    ],
)
def test_looks__problems(given, problem):
    [found] = problems(**given)

    assert problem in found


def test_looks():
    read = request(
        copy_name="golden",
        copy_description="d",
        copy_tags="Team=web",
        copy_source_tags="no",
        copy_completion_minutes="30",
        copy_wait_timeout="60",
    )
    [declaration] = read.declarations

    assert declaration.copies.request == CopyRequest(SELECTOR, "golden", "d", (("Team", "web"),), False, 30)
    assert read.copy_timeout == 60
    assert (wish().request, request().copy_timeout) == (CopyRequest(SELECTOR), 3600)


@pytest.mark.parametrize(
    "given",
    [
        {"kms_keys": ALIAS},
        {"kms_keys": {OTHER_REGION: ALIAS}},
        {"copy_name": "golden"},
        {"copy_description": "d"},
        {"copy_tags": "a=b"},
    ],
)
def test_without_a_source_nothing_is_copied_and_said(given):
    [problem] = problems(**given, source=None, regions=None, images=f"{IMAGE_ID} {REGION}")

    assert problem == f"share_{next(iter(given))}: is about copies and requires share_source."


def test_a_source_that_is_wrong_is_said_once():
    assert len(problems(source=IMAGE_ID, kms_keys=ALIAS, copy_name="golden")) == 1


def test_the_inputs_stay_as_they_are():
    given = {
        "images": f"{OTHER_IMAGE_ID} {OTHER_REGION}",
        "account_ids": [ALICE],
        "source": dict(SOURCE),
        "regions": [OTHER_REGION],
        "kms_keys": {"*": ALIAS},
        "copy_tags": {"a": "b"},
    }
    before = copy.deepcopy(given)

    parse_request(given, REGIONS)

    assert given == before
