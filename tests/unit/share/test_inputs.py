# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of image_share, and how a mistake is named."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._share.inputs import OF_A_DECLARATION, OF_A_RUN, known_options
from ansible_collections.golden.ami.plugins.module_utils._share.request import AutoScalingMode, KeyAccess
from tests.unit.builders import ALICE, BOB, IMAGE_ID, ORGANIZATION_ARN, OTHER_IMAGE_ID, OTHER_REGION, REGION, UNIT_ARN
from tests.unit.share.builders import asked


def problems(**given):
    with pytest.raises(InputError) as raised:
        asked(**given)
    return list(raised.value.problems)


def test_parse_request__the_least():
    request = asked()
    [declaration] = request.declarations

    assert declaration.images == (ImageSelector(REGION, IMAGE_ID),)
    assert (declaration.consumers.account_ids, declaration.consumers.public, declaration.snapshots) == (
        (ALICE,),
        False,
        False,
    )
    assert (declaration.copies, request.guard.is_on, request.partition, request.quota) == (None, False, "aws", 1000)
    assert (request.keys.access, request.auto_scaling.mode) == (KeyAccess.GRANTS, AutoScalingMode.REPORT)


def test_parse_request__nothing_said_means_the_default_whatever_form_nothing_has():
    silent = {name: value for name, value in zip(OF_A_RUN, [None, "", " "] * 6, strict=False) if "allowed" not in name}

    assert asked(**{name: value for name, value in silent.items() if value is not None}) == asked()


@pytest.mark.parametrize("guard", ["allowed_organization_id", "allowed_account_ids"])
@pytest.mark.parametrize("emptied", ["", "  ", "\n"])
def test_parse_request__an_emptied_guard_is_refused(guard, emptied):
    [problem] = problems(**{guard: emptied})

    assert problem.startswith(f"{guard}: is empty")
    assert "leave it out" in problem and "never into a survey" in problem


def test_parse_request__an_empty_list_of_allowed_accounts_allows_nobody():
    assert asked(allowed_account_ids=[]).guard.account_ids == frozenset()


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"organization_arns": ORGANIZATION_ARN}, "organization_arns: "),
        ({"organizational_unit_arns": UNIT_ARN}, "organizational_unit_arns: "),
        ({"accounts_of_organizational_unit_arns": UNIT_ARN}, "accounts_of_organizational_unit_arns: "),
        ({"public": True}, "public: everybody is more than is allowed"),
    ],
)
def test_parse_request__outside_of_the_guard(given, part):
    [problem] = problems(allowed_organization_id="o-anotherorgid", **given)

    assert problem.startswith(part)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"images": None}, "images: is empty, and so is source"),
        ({"account_ids": None}, "nothing to act on: give account_ids"),
        ({"account_ids": []}, "nothing to act on: give account_ids"),
        ({"account_ids": "11112222333"}, "account_ids"),
        ({"images": f"{IMAGE_ID} eu-wset-1"}, "images"),
        ({"source": f"{IMAGE_ID} {REGION}"}, "regions: is empty; name the Regions in which source is to be shared"),
        ({"kms_keys": "alias/golden"}, "kms_keys: is about copies and requires source"),
        ({"copy_tags": "Team=web"}, "copy_tags: is about copies"),
        ({"launch_permission_quota": 0}, "launch_permission_quota: 0 would refuse every share"),
        ({"auto_scaling": "maybe"}, "auto_scaling"),
        ({"auto_scaling": "grant"}, "auto_scaling_role_arn: is for auto_scaling=grant, which requires it"),
        ({"auto_scaling_role_arn": "arn:aws:iam::{account}:role/x"}, "auto_scaling_role_arn: is for"),
        ({"auto_scaling_external_id": "x"}, "auto_scaling_external_id: requires auto_scaling_role_arn"),
        ({"organizations_external_id": "x"}, "organizations_external_id: requires organizations_role_arn"),
        ({"organizations_role_arn": "golden"}, "organizations_role_arn: "),
        ({"auto_scaling_timeout": -1}, "auto_scaling_timeout: -1"),
        ({"copy_wait_timeout": 0}, "copy_wait_timeout: 0"),
        ({"grant_name": "golden ami"}, "grant_name"),
        ({"statement_sid": "Ä"}, "statement_sid"),
        ({"grantee_patterns": "arn:aws:iam::{acount}:root"}, "grantee_patterns"),
        ({"grant_operations": "Decrypt"}, "grant_operations: without CreateGrant"),
        ({"allowed_organization_id": "o-1"}, "allowed_organization_id"),
        ({"public": "maybe"}, "public"),
        ({"images": f"{IMAGE_ID} cn-north-1\n{OTHER_IMAGE_ID} {REGION}"}, "images: Regions of 2 partitions"),
    ],
)
def test_parse_request__refuses(given, part):
    found = problems(**given)

    assert [problem for problem in found if problem.startswith(part)], found


def test_parse_request__all_problems_at_once_under_the_names_that_the_caller_used():
    found = problems(
        variables_prefix="share_", problems_found=["share_snapshot: no"], account_ids="1", launch_permission_quota=0
    )

    assert found[0] == "share_snapshot: no"
    assert {problem.split(":")[0].split(",")[0] for problem in found[1:]} == {
        "share_account_ids",
        "share_launch_permission_quota",
    }


def test_parse_request__grants_for_auto_scaling_need_encrypt():
    operations = (
        "CreateGrant Decrypt DescribeKey GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo"
    )
    [problem] = problems(
        auto_scaling="grant", auto_scaling_role_arn="arn:aws:iam::{account}:role/x", grant_operations=operations
    )

    assert problem.startswith("grant_operations: without Encrypt")


def test_parse_request__copies_go_to_every_region_but_the_sources_own():
    request = asked(images=None, source=f"{IMAGE_ID} {REGION}", regions=[REGION, OTHER_REGION], kms_keys="alias/golden")
    [declaration] = request.declarations

    assert (declaration.images, declaration.copies.with_source) == ((), True)
    assert [one.region for one in declaration.copies.destinations] == [OTHER_REGION]


@pytest.mark.parametrize(
    ("keys", "expected", "itself"),
    [
        ("alias/golden", [OTHER_REGION], True),
        ({REGION: "alias/own"}, [REGION, OTHER_REGION], False),
        ({OTHER_REGION: "alias/golden"}, [OTHER_REGION], True),
    ],
)
def test_parse_request__a_key_for_the_sources_own_region_means_a_copy_there(keys, expected, itself):
    request = asked(images=None, source=f"{IMAGE_ID} {REGION}", regions=[REGION, OTHER_REGION], kms_keys=keys)
    [declaration] = request.declarations

    assert [one.region for one in declaration.copies.destinations] == expected
    assert declaration.copies.with_source is itself


def test_parse_request__a_source_by_name_and_tags():
    source = {"name": "golden-*", "tags": {"Release": "stable"}, "region": REGION}
    request = asked(images=None, source=source, regions=[REGION, OTHER_REGION], kms_keys="alias/golden")
    [declaration] = request.declarations

    assert declaration.copies.request.source == ImageSelector(REGION, "", "golden-*", (("Release", "stable"),))
    assert (declaration.images, declaration.copies.with_source) == ((), True)


def test_parse_request__a_source_in_its_own_region_alone_is_an_ami_like_others():
    for source in (f"{IMAGE_ID} {REGION}", f"name=golden-* {REGION}"):
        [declaration] = asked(images=None, source=source, regions=REGION).declarations

        assert (len(declaration.images), declaration.copies) == (1, None)


def several(*entries, **run):
    return {"images": None, "account_ids": None, "declarations": list(entries), **run}


BASE = {"name": "base", "images": [{"image_id": IMAGE_ID, "region": REGION}], "account_ids": [ALICE]}
WEB = {"name": "web", "images": [{"image_id": OTHER_IMAGE_ID, "region": REGION}], "account_ids": [BOB]}


def test_parse_request__several_declarations():
    request = asked(**several(BASE, WEB, key_access="key_policy"))

    assert [one.name for one in request.declarations] == ["base", "web"]
    assert [one.consumers.account_ids for one in request.declarations] == [(ALICE,), (BOB,)]
    assert request.keys.access is KeyAccess.KEY_POLICY


@pytest.mark.parametrize(
    ("entries", "part"),
    [
        ([], "declarations: is empty"),
        ([{**BASE, "account_ids": "1"}], "declarations: base: account_ids"),
        ([{**BASE, "acount_ids": [BOB]}], "declarations: base: acount_ids: no such key; did you mean account_ids?"),
        ([{**BASE, "key_access": "grants"}], "declarations: base: key_access is for the whole run"),
        ([{**BASE, "name": ""}, {"name": "", "images": "x"}], "declarations: entry 2: "),
        ([BASE, {**WEB, "name": "base"}], "declarations: base: several have this name"),
        (["base"], "declarations: is no list of dictionaries"),
        ([None], "declarations: is no list of dictionaries"),
    ],
)
def test_parse_request__a_wrong_declaration_is_named(entries, part):
    found = problems(**several(*entries))

    assert [problem for problem in found if problem.startswith(part)], found


@pytest.mark.parametrize("unanswered", [None, "", " \n"])
def test_parse_request__declarations_that_nobody_wrote(unanswered):
    assert asked(declarations=unanswered).declarations == asked().declarations


@pytest.mark.parametrize("text", ["base", "- name: base", 5, {"name": "base"}])
def test_parse_request__declarations_are_a_list(text):
    assert "declarations: is no list of dictionaries." in problems(declarations=text)


def test_parse_request__what_would_be_ignored_beside_declarations_is_refused():
    """The role gives every option a value; only those that ask for something are."""
    idle = {"images": [], "source": {}, "copy_source_tags": True, "copy_completion_minutes": 0, "public": False}
    assert len(asked(**several(BASE) | idle).declarations) == 1

    found = problems(**several(BASE) | {"images": f"{IMAGE_ID} {REGION}", "snapshots": True})

    assert [problem.split(":")[0] for problem in found] == ["images", "snapshots"]


def test_parse_request__the_guard_is_for_all_declarations():
    public = {"name": "open", "images": BASE["images"], "public": True}

    [problem] = problems(**several(BASE, public, allowed_account_ids=[ALICE]))

    assert problem.startswith("declarations: open: public: everybody is more than is allowed")


def test_known_options__each_once():
    assert len(known_options()) == len(frozenset(known_options())) == len(OF_A_DECLARATION) + len(OF_A_RUN)
