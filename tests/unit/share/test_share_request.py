# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._core.share_request import as_list, expand
from tests.unit.builders import ALICE, BOB, CAROL, IMAGE_ID, ORGANIZATION_ARN, OTHER_IMAGE_ID, REGION, UNIT_ARN
from tests.unit.share.stages import OTHER_REGION, request

PATTERN = "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
GOV = "us-gov-west-1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([ALICE, BOB], [ALICE, BOB]),
        ((ALICE, BOB), [ALICE, BOB]),
        (ALICE, [ALICE]),
        (f"{ALICE}\n{BOB}", [ALICE, BOB]),
        (f"{ALICE}\r\n{BOB}\r\n", [ALICE, BOB]),
        (f"\n\n{ALICE}\n \n{BOB}\n\n", [ALICE, BOB]),
        (f"{ALICE},{BOB}", [ALICE, BOB]),
        (f" {ALICE} , {BOB},\n", [ALICE, BOB]),
        (f'["{ALICE}", "{BOB}"]', [ALICE, BOB]),
        (f' \n[\n"{ALICE}"\n]', [ALICE]),
        ('[{"name": "golden, web", "region": "eu-west-1"}]', [{"name": "golden, web", "region": "eu-west-1"}]),
        (f"{CAROL}", [CAROL]),
        ("1111 22223333", ["1111 22223333"]),
        (1402433619, [1402433619]),
        ("", []),
        (" \n , \n", []),
        ([], []),
        (None, []),
        ("[]", []),
    ],
)
def test_as_list(value, expected):
    assert as_list(value) == expected


@pytest.mark.parametrize("value", [{"a": 1}, True, 1.5, '["1111', "[1,,2]"])
def test_as_list__refuses_what_it_would_have_to_guess(value):
    with pytest.raises(ValueError):
        as_list(value)


def test_as_list__does_not_hand_out_the_callers_own_list():
    given = [ALICE]

    as_list(given).append(BOB)

    assert given == [ALICE]


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
    assert problem == f"share_images: '{IMAGE_ID}' has no region; AMIs are regional."


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


def test_images__the_input_stays_as_it_is():
    given = [{"name": "golden-*"}]

    request(images=given, regions=[REGION, OTHER_REGION])

    assert given == [{"name": "golden-*"}]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"images": ""}, "share_images: is empty"),
        ({"images": " \n,"}, "share_images: is empty"),
        ({"images": {"image_id": IMAGE_ID}}, "share_images: is dict; give a list"),
        ({"images": [5]}, "share_images: 5 is neither text nor a dictionary"),
        ({"images": [None]}, "share_images: None is neither text nor a dictionary"),
        ({"images": [{"ami": IMAGE_ID, "region": REGION}]}, "share_images: ami: no such key"),
        ({"images": [{"image_id": IMAGE_ID}]}, "has no region"),
        ({"images": [{"image_id": IMAGE_ID, "region": [REGION]}]}, "share_images: "),
        ({"images": [{"image_id": {"id": IMAGE_ID}, "region": REGION}]}, "share_images: image_id is dict"),
        ({"images": [{"name": "golden-*", "region": {"home": REGION}}]}, "share_images: "),
        ({"images": [{"region": REGION}]}, "give either image_id, or name and/or tags"),
        ({"images": [{"image_id": IMAGE_ID, "name": "a", "region": REGION}]}, "give either image_id, or name"),
        ({"images": f"ami-0123456789ABCDEF0 {REGION}"}, "'ami-0123456789ABCDEF0' is not an AMI ID"),
        ({"images": f"ami-012345678 {REGION}"}, "'ami-012345678' is not an AMI ID"),
        ({"images": f"golden-web {REGION}"}, "'golden-web' is not an AMI ID"),
        ({"images": "[broken"}, "share_images: "),
        ({"images": f"{IMAGE_ID} eu-wset-1"}, "'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?"),
        ({"regions": "mars-north-1"}, "share_regions: 'mars-north-1' is not an AWS Region"),
        ({"regions": {"eu-west-1": True}}, "share_regions: is dict"),
        ({"images": "name=a", "regions": [{"region": REGION}]}, "share_regions: "),
        ({"images": f"{IMAGE_ID} {REGION}\n{IMAGE_ID} {GOV}"}, "Regions of 2 partitions (aws, aws-us-gov)"),
        ({"account_ids": [1402433619]}, f"write it in quotes, '{CAROL}'"),
        ({"account_ids": 1402433619}, f"write it in quotes, '{CAROL}'"),
        ({"account_ids": "11112222333"}, "'11112222333' has 11 digits; an account ID has 12."),
        ({"account_ids": "1111222233334444"}, "'1111222233334444' has 16 digits"),
        ({"account_ids": "11112222333x"}, "'11112222333x' is not an account ID"),
        ({"account_ids": "1111 2222 3333"}, "'1111 2222 3333' contains blanks"),
        ({"account_ids": f"{ALICE} {BOB}"}, "contains blanks"),
        ({"account_ids": f"{ALICE};{BOB}"}, "is not an account ID"),
        ({"account_ids": [f" {ALICE}"]}, "contains blanks"),
        ({"account_ids": [f"{ALICE}\n"]}, "contains blanks"),
        ({"account_ids": ["١١١١٢٢٢٢٣٣٣٣"]}, "is not an account ID"),
        ({"account_ids": [None]}, "share_account_ids: None is NoneType; each item is text."),
        ({"account_ids": [ALICE, [BOB]]}, f"share_account_ids: ['{BOB}'] is list; each item is text."),
        ({"account_ids": True}, "share_account_ids: is bool"),
        ({"account_ids": {"prod": ALICE}}, "share_account_ids: is dict"),
        ({"organization_arns": "o-exampleorgid"}, "share_organization_arns: 'o-exampleorgid' is not the ARN"),
        ({"organization_arns": UNIT_ARN}, f"share_organization_arns: '{UNIT_ARN}' is not the ARN of an organization"),
        ({"organizational_unit_arns": ORGANIZATION_ARN}, "share_organizational_unit_arns: "),
        (
            {"organization_arns": ORGANIZATION_ARN.replace("arn:aws:", "arn:aws-cn:")},
            "belongs to the partition 'aws-cn', the AMIs to 'aws'",
        ),
        ({"grantee_patterns": "autoscaling.amazonaws.com"}, "is a service principal"),
        ({"grantee_patterns": "arn:aws:iam::{acount}:root"}, "contains {acount}; there are {account} and {partition}"),
        ({"grantee_patterns": "arn:aws-us-gov:iam::{account}:root"}, "belongs to the partition 'aws-us-gov'"),
        ({"grantee_patterns": "*"}, "share_grantee_patterns: '*' cannot be a grantee"),
        ({"grantee_patterns": "arn:aws:iam::{account}:group/all"}, "groups cannot have grants"),
        ({"grantee_patterns": ORGANIZATION_ARN}, "organizations need the key policy"),
        ({"grant_operations": "Decrypt\nReEncrypt"}, "share_grant_operations: 'ReEncrypt' is not a grant operation."),
        ({"grant_operations": "kms:Decrypt"}, "Did you mean 'Decrypt'?"),
        ({"grant_operations": ["CreateGrant"]}, "CreateGrant alone"),
        ({"grant_operations": ["RevokeGrant"]}, "'RevokeGrant' is not a grant operation"),
        ({"grant_name": "golden ami"}, "share_grant_name: 'golden ami' contains ' '"),
        ({"grant_name": ""}, "share_grant_name: has 0 characters"),
        ({"grant_name": "a" * 201}, "share_grant_name: has 201 characters"),
        ({"launch_permission_quota": 0}, "share_launch_permission_quota: 0 would refuse every share"),
        ({"account_ids": ""}, "nothing to act on: give share_account_ids"),
    ],
)
def test_problems(given, problem):
    problems = request(**given)["problems"]

    assert any(problem in one for one in problems), problems
    assert all(one.startswith(("share_", "nothing to act on")) for one in problems)


def test_problems__all_at_once_each_once_with_the_roles_names():
    problems = request(
        images=[f"ami-1 {REGION}", f"ami-1 {REGION}", "name=golden-*"],
        regions="eu-wset-1",
        account_ids=["1", ALICE, "1"],
        organization_arns="o-1",
        organizational_unit_arns="ou-1",
        grantee_patterns="ec2.amazonaws.com",
        grant_operations="Encrpyt",
        grant_name="a b",
        launch_permission_quota=-1,
    )["problems"]

    assert sorted(problem.split(":")[0] for problem in problems) == [
        "share_account_ids",
        "share_grant_name",
        "share_grant_operations",
        "share_grantee_patterns",
        "share_images",
        "share_launch_permission_quota",
        "share_organization_arns",
        "share_organizational_unit_arns",
        "share_regions",
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"account_ids": [], "public": True},
        {"account_ids": [], "organization_arns": ORGANIZATION_ARN},
        {"account_ids": [], "organizational_unit_arns": [UNIT_ARN]},
        {"grantee_patterns": PATTERN, "grant_operations": "Decrypt,Encrypt"},
        {"images": f"{IMAGE_ID} {GOV}", "grantee_patterns": PATTERN},
        {
            "images": f"{IMAGE_ID} {GOV}",
            "organization_arns": ORGANIZATION_ARN.replace("arn:aws:", "arn:aws-us-gov:"),
        },
        {"grant_operations": ""},
        {"grantee_patterns": "arn:aws:iam::123456789012:role/builder"},
    ],
)
def test_no_problems(given):
    assert request(**given)["problems"] == []


def test_text_and_lists_make_the_same_request():
    lists = {
        "images": [{"image_id": IMAGE_ID, "region": REGION}, {"name": "golden-*"}],
        "regions": [REGION, OTHER_REGION],
        "account_ids": [ALICE, CAROL],
        "organization_arns": [ORGANIZATION_ARN],
        "organizational_unit_arns": [UNIT_ARN],
        "grantee_patterns": [PATTERN],
        "grant_operations": ["Decrypt", "Encrypt"],
    }
    lines = {
        "images": f"{IMAGE_ID} {REGION}\nname=golden-*",
        "regions": f"{REGION}\r\n{OTHER_REGION}",
        "account_ids": f"{ALICE}\n{CAROL}\n",
        "organization_arns": ORGANIZATION_ARN,
        "organizational_unit_arns": f"{UNIT_ARN}\n",
        "grantee_patterns": PATTERN,
        "grant_operations": "Decrypt, Encrypt",
    }

    read = request(**lists)

    assert read["problems"] == []
    assert request(**lines) == read
    assert request(**{name: json.dumps(value) for name, value in lists.items()}) == read


def test_duplicates_are_dropped_in_order():
    read = request(account_ids=[BOB, ALICE, BOB], organization_arns=[ORGANIZATION_ARN] * 2)

    assert (read["account_ids"], read["organization_arns"]) == ([BOB, ALICE], [ORGANIZATION_ARN])


def test_without_botocore_the_shape_of_regions_is_still_checked():
    assert request({}, images=f"{IMAGE_ID} xx-newer-7")["problems"] == []
    assert request({}, images=[{"image_id": IMAGE_ID, "region": "Ireland"}])["problems"]
    assert request({}, images="name=a", regions="Ireland")["problems"]


def test_expand():
    assert expand(PATTERN, ALICE, "aws-cn").startswith(f"arn:aws-cn:iam::{ALICE}:role/aws-service-role/")
