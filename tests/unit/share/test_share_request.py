# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import LAUNCH_OPERATIONS
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import expand
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    ORGANIZATION_ARN,
    OTHER_REGION,
    REGION,
    UNIT_ARN,
)
from tests.unit.share.stages import complete_request, request

PATTERN = "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
GOV = "us-gov-west-1"


@pytest.mark.parametrize("name", [5, True, {"prefix": "golden"}])
def test_problems__a_grant_name_that_is_no_text(name):
    [problem] = request(grant_name=name)["problems"]
    assert problem.startswith("share_grant_name: ") and "in quotes" in problem


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"images": ""}, "share_images: is empty"),
        ({"images": " \n,"}, "share_images: is empty"),
        (
            {"images": {"image_id": IMAGE_ID}},
            "share_images: is a dictionary; give a list, or text with one item a line",
        ),
        ({"images": True}, "share_images: is true or false; give a list"),
        ({"images": [5]}, "share_images: '5' is a number, neither text nor a dictionary"),
        ({"images": 5}, "share_images: '5' is a number, neither text nor a dictionary"),
        ({"images": [[IMAGE_ID]]}, f"share_images: '['{IMAGE_ID}']' is a list, neither text nor a dictionary"),
        ({"images": [None]}, "neither text nor a dictionary of image_id or name or tags, and region."),
        ({"images": [{"ami": IMAGE_ID, "region": REGION}]}, "share_images: ami: no such key"),
        ({"images": [{"image_id": IMAGE_ID}]}, "has no region"),
        ({"images": [{"image_id": IMAGE_ID, "region": [REGION]}]}, "share_images: "),
        (
            {"images": [{"image_id": {"id": IMAGE_ID}, "region": REGION}]},
            "share_images: image_id is a dictionary; tags",
        ),
        ({"images": [{"image_id": 5, "region": REGION}]}, "share_images: image_id is a number; tags is a dictionary"),
        ({"images": [{"tags": ["a"], "region": REGION}]}, "share_images: tags is a list; tags is a dictionary"),
        (
            {"images": [{"tags": {"a": 5}, "region": REGION}]},
            "share_images: tags: 'a: 5' holds a number, and tags are text; write it in quotes, or the AMI as a line of text",
        ),
        ({"images": [{"tags": {"a": True}, "region": REGION}]}, "'a: True' holds true or false, and tags are text"),
        (
            {"images": f"arn:aws-us-gov:ec2:{REGION}::image/{IMAGE_ID}"},
            f"share_images: 'arn:aws-us-gov:ec2:{REGION}::image/{IMAGE_ID}': the Region {REGION} is in the partition 'aws'.",
        ),
        ({"images": [f"arn:aws:ec2:{GOV}::image/{IMAGE_ID}"]}, f"the Region {GOV} is in the partition 'aws-us-gov'."),
        ({"images": [{"name": "golden-*", "region": {"home": REGION}}]}, "share_images: "),
        ({"images": [{"region": REGION}]}, "give either image_id, or name and/or tags"),
        ({"images": [{"image_id": IMAGE_ID, "name": "a", "region": REGION}]}, "give either image_id, or name"),
        ({"images": f"ami-0123456789ABCDEF0 {REGION}"}, "'ami-0123456789ABCDEF0' is not an AMI ID"),
        ({"images": f"ami-012345678 {REGION}"}, "'ami-012345678' is not an AMI ID"),
        (
            {"images": f"golden-web {REGION}"},
            "'golden-web' is neither an AMI ID nor a Region; did you mean name=golden-web?",
        ),
        ({"images": "[broken"}, "share_images: begins with [ and is not a JSON list ("),
        ({"account_ids": f"[{ALICE}, {BOB}"}, "share_account_ids: begins with [ and does not end with ]"),
        ({"images": f"{IMAGE_ID} eu-wset-1"}, "'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?"),
        ({"regions": "mars-north-1"}, "share_regions: 'mars-north-1' is not an AWS Region"),
        ({"regions": {"eu-west-1": True}}, "share_regions: is a dictionary; give a list"),
        ({"images": "name=a", "regions": [{"region": REGION}]}, f"share_regions: '{{'region': '{REGION}'}}' is a dict"),
        ({"regions": [5]}, "share_regions: '5' is a number, so that what was typed may be lost"),
        ({"regions": 5}, "share_regions: '5' is a number, so that what was typed may be lost"),
        ({"regions": [True]}, "share_regions: 'True' is true or false; each item is text."),
        ({"regions": [REGION, 1.5]}, "share_regions, item 2: '1.5' is a number; each item is text."),
        ({"regions": False}, "share_regions: is true or false; give a list"),
        ({"images": f"{IMAGE_ID} {REGION}\n{IMAGE_ID} {GOV}"}, "Regions of 2 partitions (aws, aws-us-gov)"),
        (
            {"account_ids": [1402433619]},
            f"put a comma behind it in a survey ({CAROL},), quotes around it in YAML ('{CAROL}')",
        ),
        (
            {"account_ids": 1402433619},
            f"put a comma behind it in a survey ({CAROL},), quotes around it in YAML ('{CAROL}')",
        ),
        ({"account_ids": "11112222333"}, "'11112222333' has 11 digits; an account ID has 12."),
        ({"account_ids": "1111222233334444"}, "'1111222233334444' has 16 digits"),
        ({"account_ids": "11112222333x"}, "'11112222333x' is not an account ID"),
        ({"account_ids": "1111 2222 3333"}, "'1111' has 4 digits"),
        ({"account_ids": ["1111 2222 3333"]}, "'1111 2222 3333' contains blanks"),
        ({"account_ids": "1111-2222-3333"}, "write its 12 digits without hyphens"),
        ({"account_ids": ["١١١١٢٢٢٢٣٣٣٣"]}, "contains U+0661 (arabic-indic digit one) as character 1"),
        ({"account_ids": [None]}, "; each item is text."),
        ({"account_ids": [ALICE, [BOB]]}, f"share_account_ids, item 2: '['{BOB}']' is a list; each item is text."),
        (
            {"account_ids": [ALICE, {"prod": BOB}]},
            f"share_account_ids, item 2: '{{'prod': '{BOB}'}}' is a dictionary; each",
        ),
        ({"account_ids": True}, "share_account_ids: is true or false; give a list"),
        ({"account_ids": 1.5}, "share_account_ids: is a number; give a list"),
        ({"account_ids": {"prod": ALICE}}, "share_account_ids: is a dictionary; give a list"),
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
        (
            {"grant_operations": "Decrypt\nReEncrypt"},
            "share_grant_operations, line 2: 'ReEncrypt' is not a grant operation.",
        ),
        ({"grant_operations": "kms:Decrypt"}, "Did you mean 'Decrypt'?"),
        ({"grant_operations": ["CreateGrant"]}, "CreateGrant alone"),
        (
            {"grant_operations": "Decrypt"},
            "share_grant_operations: without CreateGrant, DescribeKey, GenerateDataKey, ",
        ),
        (
            {"grant_operations": [one for one in LAUNCH_OPERATIONS if one != "ReEncryptTo"]},
            "share_grant_operations: without ReEncryptTo the consumers could not launch; add them.",
        ),
        ({"grant_operations": ["RevokeGrant"]}, "'RevokeGrant' is not a grant operation"),
        ({"grant_name": "golden ami"}, "share_grant_name: 'golden ami' contains ' '"),
        ({"grant_name": "a" * 201}, "share_grant_name: has 201 characters"),
        ({"launch_permission_quota": 0}, "share_launch_permission_quota: 0 would refuse every share"),
        ({"launch_permission_quota": "0"}, "share_launch_permission_quota: 0 would refuse every share"),
        ({"launch_permission_quota": "-5"}, "share_launch_permission_quota: -5 would refuse every share"),
        ({"launch_permission_quota": "1k"}, "share_launch_permission_quota: '1k' is not a whole number."),
        ({"launch_permission_quota": 10.5}, "share_launch_permission_quota: '10.5' is not a whole number."),
        ({"launch_permission_quota": True}, "share_launch_permission_quota: 'True' is not a whole number."),
        ({"launch_permission_quota": [10]}, "share_launch_permission_quota: '[10]' is not a whole number."),
        ({"public": "ture"}, "share_public: 'ture' is neither true nor false."),
        ({"public": 2}, "share_public: '2' is neither true nor false."),
        ({"public": [True]}, "share_public: '[True]' is neither true nor false."),
        (
            {"key_policy_allows_organizations": "ja"},
            "share_key_policy_allows_organizations: 'ja' is neither true nor false.",
        ),
        ({"account_ids": ""}, "nothing to act on: give share_account_ids"),
    ],
)
def test_problems(given, problem):
    problems = request(**given)["problems"]

    assert any(problem in one for one in problems), problems
    assert all(one.startswith(("share_", "nothing to act on")) for one in problems)


@pytest.mark.parametrize(
    "given",
    [
        {"images": "[broken"},
        {"images": {"image_id": IMAGE_ID}},
        {"images": [5]},
        {"images": [{"ami": IMAGE_ID}]},
        {"images": f"arn:aws-us-gov:ec2:{REGION}::image/{IMAGE_ID}"},
        {"account_ids": True},
        {"account_ids": {"prod": ALICE}},
        {"account_ids": [[ALICE]]},
        {"account_ids": "[1"},
        {"account_ids": [], "organization_arns": {"a": ORGANIZATION_ARN}},
        {"account_ids": [], "organizational_unit_arns": 1.5},
        {"account_ids": [], "public": "ture"},
        {"regions": True},
        {"regions": [True]},
        {"launch_permission_quota": "many"},
        {"images": ""},
        {"account_ids": ""},
    ],
)
def test_problems__a_wrong_value_is_not_called_empty_as_well(given):
    [problem] = request(**given)["problems"]

    empty = "" in given.values()
    assert ("is empty" in problem or "nothing to act on" in problem) is empty


def test_problems__what_is_empty_beside_what_is_wrong_is_said():
    problems = request(images="", account_ids="", public="", launch_permission_quota="x")["problems"]

    assert [problem.split(":")[0] for problem in problems] == [
        "share_launch_permission_quota",
        "share_images",
        "nothing to act on",
    ]


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("public", False),
        ("key_policy_allows_organizations", False),
        ("launch_permission_quota", 1000),
        ("grant_name", "golden-ami"),
        ("grant_operations", []),
        ("grantee_patterns", []),
    ],
)
@pytest.mark.parametrize("unanswered", ["", None])
def test_an_unanswered_question_is_the_default(name, default, unanswered):
    read = request(**{name: unanswered})

    assert (read[name], read["problems"]) == (default, [])


@pytest.mark.parametrize("name", ["public", "key_policy_allows_organizations"])
@pytest.mark.parametrize(
    ("given", "meant"),
    [(True, True), ("true", True), ("Yes", True), (" on\n", True), ("1", True), (1, True)]
    + [(False, False), ("False", False), ("no", False), ("off", False), ("0", False), (0, False)],
)
def test_booleans_as_yaml_and_surveys_write_them(name, given, meant):
    read = request(**{name: given})

    assert (read[name], read["problems"]) == (meant, [])


@pytest.mark.parametrize(("given", "meant"), [(1200, 1200), ("1200", 1200), (" 1200\n", 1200)])
def test_the_quota_as_number_or_text(given, meant):
    read = request(launch_permission_quota=given)

    assert (read["launch_permission_quota"], read["problems"]) == (meant, [])


def test_problems__all_at_once_each_once_with_the_roles_names():
    problems = request(
        images=[f"ami-1 {REGION}", f"ami-1 {REGION}", "name=golden-*"],
        regions="eu-wset-1",
        account_ids=["1", ALICE, "1"],
        organization_arns="o-1",
        organizational_unit_arns="ou-1",
        grantee_patterns="ec2.amazonaws.com",
        grant_operations=[*LAUNCH_OPERATIONS, "Encrpyt"],
        grant_name="a b",
        launch_permission_quota=-1,
    )["problems"]

    assert sorted(problem.split(":")[0].split(",")[0] for problem in problems) == [
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
        {"grantee_patterns": PATTERN, "grant_operations": ",".join(["Encrypt", *LAUNCH_OPERATIONS])},
        {"grant_operations": list(reversed(LAUNCH_OPERATIONS))},
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
        "grant_operations": [*LAUNCH_OPERATIONS, "Encrypt"],
    }
    lines = {
        "images": f"{IMAGE_ID} {REGION}\nname=golden-*",
        "regions": f"{REGION}\r\n{OTHER_REGION}",
        "account_ids": f"{ALICE}\n{CAROL}\n",
        "organization_arns": ORGANIZATION_ARN,
        "organizational_unit_arns": f"{UNIT_ARN}\n",
        "grantee_patterns": PATTERN,
        "grant_operations": ", ".join([*LAUNCH_OPERATIONS, "Encrypt"]),
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


def test_grantees__of_each_account_in_the_partition_of_the_amis():
    read = complete_request(images=f"{IMAGE_ID} {GOV}", account_ids=[BOB, ALICE], grantee_patterns=[PATTERN])

    assert read["grantees"] == {
        account: [f"arn:aws-us-gov:iam::{account}:root", expand(PATTERN, account, "aws-us-gov")]
        for account in (BOB, ALICE)
    }


def test_expand():
    assert expand(PATTERN, ALICE, "aws-cn").startswith(f"arn:aws-cn:iam::{ALICE}:role/aws-service-role/")
