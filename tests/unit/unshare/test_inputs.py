# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of image_unshare: no empty value, typo or contradiction takes anything away."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._unshare.inputs import known_options, parse_request
from ansible_collections.golden.ami.plugins.module_utils._unshare.request import Leaving, Source
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    REGION,
    UNIT_ARN,
    UNIT_PATH,
)
from tests.unit.unshare.builders import PATTERNS, PREFIX, REGIONS, asked

GOV = "us-gov-west-1"
SOURCE = {"images": None, "source": f"{IMAGE_ID} {REGION}"}
NOBODY = {"account_ids": None}
KEYS = {"images": None, "keys": KEY_ARN}
FLAGS = {
    "public": False,
    "everything": False,
    "snapshots": False,
    "key_access": False,
    "check_usage": True,
    "force": False,
}


def problems(**given):
    with pytest.raises(InputError) as error:
        asked(**given)
    return list(error.value.problems)


def flag(request, name):
    [declaration] = request.declarations
    values = {
        "public": declaration.leaving.public,
        "everything": declaration.leaving.everything,
        "snapshots": declaration.snapshots,
        "key_access": request.key_access,
        "check_usage": request.usage.check,
        "force": request.usage.force,
    }
    return values[name]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {**NOBODY, "everything": True},
        {**NOBODY, "everything": "yes", "snapshots": True},
        {**NOBODY, "public": "true"},
        {**NOBODY, "organization_arns": ORGANIZATION_ARN},
        {**NOBODY, "organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": UNIT_PATH},
        {**NOBODY, "everything": True, "organizational_unit_paths": UNIT_PATH},
        {"grantee_patterns": PATTERNS},
        {
            "organizations_role_arn": f"arn:aws:iam::{ALICE}:role/read-organization",
            "organizations_external_id": "golden",
        },
        {"images": f"{IMAGE_ID} {GOV}"},
        {**SOURCE, "regions": [REGION, OTHER_REGION]},
        {**KEYS},
        {"keys": KEY_ARN},
    ],
)
def test_no_problems(given):
    assert asked(**given).prefix == "unshare_"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"images": ""},
            "unshare_images: is empty, and so are unshare_source and unshare_keys; there is nothing to act on.",
        ),
        ({"images": IMAGE_ID}, f"unshare_images: '{IMAGE_ID}' has no region"),
        ({"images": True}, "unshare_images: is true or false; give a list"),
        ({"images": f"{IMAGE_ID} {REGION}\n{IMAGE_ID} {GOV}"}, "unshare_images: Regions of 2 partitions"),
        ({"images": "name=golden-*", "regions": "eu-wset-1"}, "unshare_regions: 'eu-wset-1' is not an AWS Region"),
        ({"account_ids": [1402433619]}, f"If {CAROL} was meant"),
        ({"account_ids": [None]}, "unshare_account_ids: 'None' is null; each item is text."),
        ({"account_ids": {"prod": ALICE}}, "unshare_account_ids: is a dictionary; give a list"),
        ({"organization_arns": UNIT_ARN}, f"unshare_organization_arns: '{UNIT_ARN}' is not the ARN of an organization"),
        ({"organizational_unit_arns": "ou-1"}, "unshare_organizational_unit_arns: 'ou-1' is not the ARN"),
        (
            {**NOBODY, "organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": "o-exampleorgid/r-abcd"},
            "unshare_organizational_unit_paths: 'o-exampleorgid/r-abcd'",
        ),
        ({"grantee_patterns": "arn:aws:iam::{acount}:root"}, "unshare_grantee_patterns: "),
        ({"grantee_patterns": BOB}, f"unshare_grantee_patterns: '{BOB}' is not the ARN of a principal"),
        ({"grant_name": "golden ami"}, "unshare_grant_name: 'golden ami' contains ' '"),
        ({"grant_name": 5}, "unshare_grant_name: "),
        ({"statement_sid": "é"}, "unshare_statement_sid: "),
        ({"organizations_role_arn": "reader"}, "unshare_organizations_role_arn: 'reader' is not the ARN of a role"),
        (
            {"organizations_external_id": "golden"},
            "unshare_organizations_external_id: requires unshare_organizations_role_arn.",
        ),
        ({"usage_timeout": 0}, "unshare_usage_timeout: 0 is not a number of seconds; give 1 or more."),
        ({"usage_timeout": "5m"}, "unshare_usage_timeout: '5m' is not a whole number."),
        ({**SOURCE}, "unshare_regions: is empty; name the Regions of the copies of unshare_source."),
        ({**SOURCE, "source": IMAGE_ID, "regions": REGION}, "unshare_source: needs the region of that AMI."),
        (
            {"everything": True},
            "unshare_everything: removes everybody, so it cannot be combined with unshare_account_ids.",
        ),
        (
            {**NOBODY, "everything": True, "organization_arns": ORGANIZATION_ARN, "public": True},
            "it cannot be combined with unshare_organization_arns, unshare_public.",
        ),
        ({**KEYS, "key_access": None}, "unshare_keys: requires unshare_key_access=true"),
        ({**KEYS, **NOBODY, "everything": True}, "unshare_keys: cannot be combined with unshare_everything"),
        ({**KEYS, **NOBODY, "public": True}, "unshare_keys: everybody has no access to a key"),
        ({"keys": f"alias/golden {GOV}"}, "unshare_keys: Regions of 2 partitions (aws, aws-us-gov)"),
    ],
)
def test_problems(given, problem):
    found = problems(**given)

    assert any(problem in one for one in found), found
    assert all(one.startswith("unshare_") for one in found)


@pytest.mark.parametrize("nothing", [[], "", None, " \n", "[]"])
def test_nobody_is_never_everybody(nothing):
    [problem] = problems(account_ids=nothing)

    assert problem.startswith("nothing to act on: give unshare_account_ids")


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("typo", ["ture", "y", 2, [], "everything"])
def test_flags__a_typo_is_refused(name, typo):
    assert [one for one in problems(**{name: typo}) if one.startswith(f"unshare_{name}: ")]


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("unanswered", ["", None, " "])
def test_flags__unanswered_is_the_careful_default(name, unanswered):
    assert flag(asked(**{name: unanswered}), name) is FLAGS[name]


@pytest.mark.parametrize("given", [{"account_ids": "x"}, {**NOBODY, "everything": "ture"}, {"images": [5]}])
def test_problems__a_wrong_value_is_not_called_empty_as_well(given):
    assert len(problems(**given)) == 1


def test_problems_of_the_variables_are_refused_with_the_others():
    found = problems(problems_found=["unshare_key_acces: there is no such variable"], usage_timeout=0)

    assert found == [
        "unshare_key_acces: there is no such variable",
        "unshare_usage_timeout: 0 is not a number of seconds; give 1 or more.",
    ]


def test_source__its_copies_and_itself():
    [found] = asked(**SOURCE, regions=[REGION, OTHER_REGION]).declarations

    assert (found.images, found.source) == ((), Source(ImageSelector(REGION, IMAGE_ID), (REGION, OTHER_REGION)))


def test_source__by_name_and_tags():
    [found] = asked(images=None, source=f"name=golden-* tag:Release=stable {REGION}", regions=OTHER_REGION).declarations

    selector = ImageSelector(REGION, name="golden-*", tags=(("Release", "stable"),))
    assert (found.source, found.source.described) == (
        Source(selector, (OTHER_REGION,)),
        "name golden-*, tag Release=stable",
    )


def test_source__beside_images():
    [found] = asked(
        images=f"{OTHER_IMAGE_ID} {REGION}", source=f"{IMAGE_ID} {REGION}", regions=OTHER_REGION
    ).declarations

    assert found.images == (ImageSelector(REGION, OTHER_IMAGE_ID),)
    assert found.source == Source(ImageSelector(REGION, IMAGE_ID), (OTHER_REGION,))


def test_text_and_lists_make_the_same_request():
    lists = {
        "images": [{"image_id": IMAGE_ID, "region": REGION}, {"name": "golden-*"}],
        "regions": [REGION, OTHER_REGION],
        "keys": [{"key_id": KEY_ARN}, {"key_id": "alias/golden"}],
        "account_ids": [ALICE, CAROL],
        "organization_arns": [ORGANIZATION_ARN],
        "organizational_unit_arns": [UNIT_ARN],
        "grantee_patterns": PATTERNS,
    }
    lines = {
        "images": f"{IMAGE_ID} {REGION}\nname=golden-*",
        "regions": f"{REGION}\r\n{OTHER_REGION}",
        "keys": f"{KEY_ARN}\nalias/golden",
        "account_ids": f"{ALICE}\n{CAROL}\n",
        "organization_arns": ORGANIZATION_ARN,
        "organizational_unit_arns": f"{UNIT_ARN}\n",
        "grantee_patterns": ",".join(PATTERNS),
    }
    before = copy.deepcopy(lists)

    read = asked(**lists)

    assert lists == before
    assert asked(**lines) == read
    assert read.declarations[0].leaving == Leaving(
        (ALICE, CAROL), (ORGANIZATION_ARN,), (UNIT_ARN,), public=False, everything=False
    )


@pytest.mark.parametrize(
    ("given", "partition"),
    [
        ({"images": f"{IMAGE_ID} {REGION}"}, "aws"),
        ({"images": f"{IMAGE_ID} {GOV}"}, "aws-us-gov"),
        ({"images": None, "keys": f"alias/golden {GOV}"}, "aws-us-gov"),
    ],
)
def test_partition(given, partition):
    assert asked(**given).partition == partition


def several(*declarations, **given):
    return {"images": None, "account_ids": None, "declarations": list(declarations), **given}


def test_declarations__each_with_its_own():
    read = asked(
        **several(
            {"name": "web", "images": f"{IMAGE_ID} {REGION}", "account_ids": [ALICE]},
            {"images": f"{OTHER_IMAGE_ID} {REGION}", "everything": "yes", "snapshots": True},
        )
    )

    assert [
        (one.name, one.leaving.account_ids, one.leaving.everything, one.snapshots) for one in read.declarations
    ] == [
        ("web", (ALICE,), False, False),
        ("entry 2", (), True, True),
    ]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (several(), "unshare_declarations: is empty; there is nothing to act on."),
        (
            several({"images": f"{IMAGE_ID} {REGION}", "acount_ids": ALICE}),
            "unshare_declarations: entry 1: acount_ids: no such key; did you mean account_ids?",
        ),
        (
            several({"name": "web", "images": f"{IMAGE_ID} {REGION}"}),
            "unshare_declarations: web: nothing to act on: give account_ids",
        ),
        (
            several({"name": "web", "images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE, "force": True}),
            "unshare_declarations: web: force is for the whole run; write it beside unshare_declarations.",
        ),
        (
            several({"images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE}, account_ids=BOB),
            "unshare_account_ids: goes into each of unshare_declarations, not beside it.",
        ),
        (
            several(
                {"images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE},
                {"images": f"{IMAGE_ID} {GOV}", "account_ids": ALICE},
            ),
            "Regions of 2 partitions (aws, aws-us-gov) need a run each.",
        ),
    ],
)
def test_declarations__what_is_wrong_is_said_with_its_name(given, problem):
    assert any(one.startswith(problem) for one in problems(**given)), problems(**given)


def test_known_options__are_all_that_is_read():
    given = dict.fromkeys(known_options(), "")

    with pytest.raises(InputError) as error:
        parse_request({**given, **PREFIX}, REGIONS)

    assert [one.split(":")[0] for one in error.value.problems] == ["nothing to act on", "unshare_images"]
