# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role unshare: no empty value, typo or contradiction takes anything away."""

from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import auto_scaling_roles
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.request import grantees_of
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    REGION,
    UNIT_ARN,
    UNIT_PATH,
)
from tests.unit.share.stages import PATTERNS, ROLE, ROOT
from tests.unit.unshare_stages.stages import INPUTS, request

GOV = "us-gov-west-1"
SOURCE = {"images": [], "source": f"{IMAGE_ID} {REGION}"}
FLAGS = {
    "public": False,
    "everything": False,
    "snapshots": False,
    "key_access": False,
    "check_usage": True,
    "force": False,
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"account_ids": [], "everything": True},
        {"account_ids": [], "everything": "yes", "key_access": True, "snapshots": True},
        {"account_ids": [], "public": "true"},
        {"account_ids": [], "organization_arns": ORGANIZATION_ARN},
        {"account_ids": [], "organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": UNIT_PATH},
        {"grantee_patterns": PATTERNS},
        {"organizations_role_arn": f"arn:aws:iam::{ALICE}:role/read-organization"},
        {"images": f"{IMAGE_ID} {GOV}"},
        {**SOURCE, "regions": [REGION, OTHER_REGION]},
    ],
)
def test_no_problems(given):
    assert request(**given)["problems"] == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"images": ""}, "unshare_images: is empty, and so is unshare_source; there is nothing to act on."),
        ({"images": IMAGE_ID}, f"unshare_images: '{IMAGE_ID}' has no region"),
        ({"images": True}, "unshare_images: is true or false; give a list"),
        ({"images": f"{IMAGE_ID} {REGION}\n{IMAGE_ID} {GOV}"}, "unshare_images: Regions of 2 partitions"),
        ({"images": "name=golden-*", "regions": "eu-wset-1"}, "unshare_regions: 'eu-wset-1' is not an AWS Region"),
        (
            {"account_ids": [1402433619]},
            f"put a comma behind it in a survey ({CAROL},), quotes around it in YAML ('{CAROL}')",
        ),
        ({"account_ids": [f"{ALICE} {BOB}"]}, "contains blanks"),
        ({"account_ids": [None]}, "unshare_account_ids: 'None' is null; each item is text."),
        ({"account_ids": {"prod": ALICE}}, "unshare_account_ids: is a dictionary; give a list"),
        ({"organization_arns": UNIT_ARN}, f"unshare_organization_arns: '{UNIT_ARN}' is not the ARN of an organization"),
        ({"organizational_unit_arns": "ou-1"}, "unshare_organizational_unit_arns: 'ou-1' is not the ARN"),
        ({"grantee_patterns": "arn:aws:iam::{acount}:root"}, "unshare_grantee_patterns: "),
        ({"grantee_patterns": BOB}, f"unshare_grantee_patterns: '{BOB}' is not the ARN of a principal"),
        ({"grant_name": "golden ami"}, "unshare_grant_name: 'golden ami' contains ' '"),
        ({"grant_name": 5}, "unshare_grant_name: '5' is a number"),
        ({"statement_sid": "ü"}, "unshare_statement_sid: "),
        ({"organizations_role_arn": "reader"}, "unshare_organizations_role_arn: 'reader' is not the ARN of a role"),
        ({"usage_timeout": 0}, "unshare_usage_timeout: 0 is not a number of seconds; give 1 or more."),
        ({"usage_timeout": "5m"}, "unshare_usage_timeout: '5m' is not a whole number."),
        ({**SOURCE}, "unshare_regions: is empty; name the Regions of the copies of unshare_source."),
        ({**SOURCE, "source": IMAGE_ID, "regions": REGION}, "unshare_source: needs the region of that AMI."),
        (
            {"everything": True},
            "unshare_everything: removes everybody, so it cannot be combined with unshare_account_ids.",
        ),
        (
            {"account_ids": [], "everything": True, "organization_arns": ORGANIZATION_ARN, "public": True},
            "it cannot be combined with unshare_organization_arns, unshare_public.",
        ),
    ],
)
def test_problems(given, problem):
    problems = request(**given)["problems"]

    assert any(problem in one for one in problems), problems
    assert all(one.startswith("unshare_") for one in problems)


@pytest.mark.parametrize("nothing", [[], "", None, " \n", "[]"])
def test_nobody_is_never_everybody(nothing):
    [problem] = request(account_ids=nothing)["problems"]

    assert problem.startswith("nothing to act on: give unshare_account_ids")


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("typo", ["ture", "y", 2, [], "everything"])
def test_flags__a_typo_is_refused(flag, typo):
    problems = request(**{flag: typo})["problems"]

    assert [one for one in problems if one.startswith(f"unshare_{flag}: ")]


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("unanswered", ["", None])
def test_flags__unanswered_is_the_careful_default(flag, unanswered):
    read = request(**{flag: unanswered})

    assert (read[flag], read["problems"]) == (FLAGS[flag], [])


@pytest.mark.parametrize("given", [{"account_ids": "x"}, {"account_ids": [], "everything": "ture"}, {"images": [5]}])
def test_problems__a_wrong_value_is_not_called_empty_as_well(given):
    assert len(request(**given)["problems"]) == 1


def test_source__its_copies_and_itself():
    read = request(**SOURCE, regions=[REGION, OTHER_REGION])

    assert read["images"] == [{"image_id": IMAGE_ID, "region": REGION}]
    assert read["destinations"] == [{"region": OTHER_REGION}]
    assert request(**SOURCE, regions=OTHER_REGION)["images"] == []


def test_source__beside_images():
    read = request(images=f"{OTHER_IMAGE_ID} {REGION}", source=f"{IMAGE_ID} {REGION}", regions=OTHER_REGION)

    assert read["images"] == [{"image_id": OTHER_IMAGE_ID, "region": REGION}]
    assert read["destinations"] == [{"region": OTHER_REGION}]


def test_text_and_lists_make_the_same_request():
    lists = {
        "images": [{"image_id": IMAGE_ID, "region": REGION}, {"name": "golden-*"}],
        "regions": [REGION, OTHER_REGION],
        "account_ids": [ALICE, CAROL],
        "organization_arns": [ORGANIZATION_ARN],
        "organizational_unit_arns": [UNIT_ARN],
        "grantee_patterns": PATTERNS,
    }
    lines = {
        "images": f"{IMAGE_ID} {REGION}\nname=golden-*",
        "regions": f"{REGION}\r\n{OTHER_REGION}",
        "account_ids": f"{ALICE}\n{CAROL}\n",
        "organization_arns": ORGANIZATION_ARN,
        "organizational_unit_arns": f"{UNIT_ARN}\n",
        "grantee_patterns": ",".join(PATTERNS),
    }
    given = {**INPUTS, **lists}
    before = copy.deepcopy(given)

    read = request(**given)

    assert (read["problems"], given) == ([], before)
    assert request(**lines) == read == json.loads(json.dumps(read))


@pytest.mark.parametrize(("region", "partition"), [(REGION, "aws"), (GOV, "aws-us-gov")])
def test_partition(region, partition):
    assert request(images=f"{IMAGE_ID} {region}")["partition"] == partition


def test_without_botocore():
    assert request({}, images=f"{IMAGE_ID} xx-newer-7")["problems"] == []
    assert request({}, images=[{"image_id": IMAGE_ID, "region": "Ireland"}])["problems"]


def test_grantees_of__all_that_the_share_may_have_made_for_the_account_and_nobody_elses():
    """The pattern that names one account for all consumers serves the others still."""
    scaling = auto_scaling_roles([ALICE, BOB], "aws")

    assert grantees_of(request(grantee_patterns=PATTERNS), [ALICE, BOB]) == {
        account: [ROOT.format(account), ROLE.format(account), scaling[account]] for account in (ALICE, BOB)
    }
    assert grantees_of(request(images=f"{IMAGE_ID} {GOV}"), [ALICE])[ALICE][0] == f"arn:aws-us-gov:iam::{ALICE}:root"


def test_grantees_of__the_pattern_of_auto_scaling_counts_once():
    pattern = auto_scaling_roles(["{account}"], "{partition}")["{account}"]

    listed = grantees_of(request(grantee_patterns=pattern), [ALICE])[ALICE]

    assert listed == [ROOT.format(ALICE), auto_scaling_roles([ALICE], "aws")[ALICE]]
