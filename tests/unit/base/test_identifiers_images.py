# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account IDs, AMI IDs, Regions, and the ARNs of organizations and organizational units."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base import identifiers
from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError

PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"]
KNOWN = {"eu-west-1": "aws", "eu-central-1": "aws", "us-east-1": "aws", "cn-north-1": "aws-cn"}


@pytest.mark.parametrize("value", ["111122223333", "012345670123", "000000000001", "099720109477"])
def test_check_account_id__twelve_digits(value):
    assert identifiers.check_account_id(value) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("1402433619", ["'1402433619'", "012345670123", "octal", "quote"], id="octal of 012345670123"),
        pytest.param("11111222333", ["11 digits", "never padded"], id="11 digits"),
        pytest.param("1", ["1 digits", "never padded"], id="octal of 000000000001"),
        pytest.param("1111222233334444", ["16 digits", "has 12."], id="16 digits"),
        pytest.param("1111222233334", ["13 digits"], id="13 digits"),
        pytest.param("1111-2222-3333", ["12 digits", "without hyphens"], id="hyphens"),
        pytest.param("11112222333a", ["12 digits"], id="a letter"),
        pytest.param("1111 2222 3333", ["blanks"], id="blanks inside"),
        pytest.param("111122223333 ", ["blanks"], id="blank at the end"),
        pytest.param(" 111122223333", ["blanks"], id="blank in front"),
        pytest.param("111122223333\n", ["blanks"], id="newline at the end"),
        pytest.param("١١١١٢٢٢٢٣٣٣٣", ["12 digits"], id="digits of another script"),
        pytest.param("1.11122223333e11", ["12 digits"], id="a float"),
        pytest.param("", ["''", "12 digits"], id="empty"),
        pytest.param("None", ["'None'"], id="null"),
        pytest.param("all", ["'all'"], id="the public group"),
        pytest.param("arn:aws:iam::111122223333:root", ["12 digits"], id="an ARN"),
    ],
)
def test_check_account_id__refused(value, said):
    problem = identifiers.check_account_id(value)

    assert problem
    assert [word for word in said if word not in problem] == []


def test_check_account_id__an_int_with_twelve_digits_has_lost_nothing():
    assert identifiers.check_each("account_ids", [111122223333], identifiers.check_account_id) == []


def test_check_account_id__no_refusal_proposes_a_padded_id():
    for value in ("11111222333", "1111122233", "1"):
        assert value.zfill(12) not in identifiers.check_account_id(value)


@pytest.mark.parametrize("value", ["o-example orgid", "111122223333 x", "my account"])
def test_check_account_id__blanks_are_not_what_is_wrong_with_a_name(value):
    assert "is not an account ID" in identifiers.check_account_id(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({}, "a dictionary"),
        (MappingProxyType({}), "a dictionary"),
        ([], "a list"),
        ((), "a list"),
        (True, "true or false"),
        (5, "a number"),
        (1.5, "a number"),
    ],
)
def test_kind_of__as_people_say_it(value, kind):
    assert identifiers.kind_of(value) == kind


def test_check_each__names_the_option_and_every_wrong_value():
    values = ["111122223333", 1402433619, "x"]

    problems = identifiers.check_each("account_ids", values, identifiers.check_account_id)

    assert len(problems) == 2
    assert problems[0].startswith("account_ids: '1402433619'")
    assert problems[1].startswith("account_ids: 'x'")


@pytest.mark.parametrize("value", ["ami-0123abcd", "ami-0123456789abcdef0"])
def test_check_image_id__eight_or_seventeen(value):
    assert identifiers.check_image_id(value) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("ami-0123456789abcdef", id="16"),
        pytest.param("ami-0123456789abcdef01", id="18"),
        pytest.param("ami-0123abc", id="7"),
        pytest.param("ami-0123ABCD", id="capitals"),
        pytest.param("ami-0123abcg", id="no hex digit"),
        pytest.param("ami-0123abcd ", id="blank"),
        pytest.param("snap-0123456789abcdef0", id="a snapshot"),
        pytest.param("0123456789abcdef0", id="no prefix"),
        pytest.param("aki-0123abcd", id="a kernel"),
    ],
)
def test_check_image_id__refused(value):
    assert repr(value) in identifiers.check_image_id(value)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        pytest.param("eu-west1", "Did you mean 'eu-west-1'?", id="hyphen lost"),
        pytest.param("us-esat-1", "Did you mean 'us-east-1'?", id="letters swapped"),
        pytest.param("eu-west-1a", "Did you mean 'eu-west-1'?", id="availability zone"),
        pytest.param("EU-WEST-1", "Did you mean 'eu-west-1'?", id="capitals"),
        pytest.param("Us-East-1", "Did you mean 'us-east-1'?", id="some capitals"),
        pytest.param("mars-north-9000", "newer botocore", id="nothing close"),
        pytest.param("", "not an AWS Region", id="empty"),
    ],
)
def test_check_region__refused_with_a_suggestion(value, hint):
    assert hint in identifiers.check_region(value, KNOWN)


def test_check_region__capitals_without_botocore():
    assert "Did you mean 'eu-west-1'?" in identifiers.check_region("EU-West-1", {})


@pytest.mark.parametrize("value", list(KNOWN))
def test_check_region__known(value):
    assert identifiers.check_region(value, KNOWN) is None


@pytest.mark.parametrize(
    ("value", "accepted"), [("eu-west-1", True), ("us-gov-west-1", True), ("eu-west", False), ("", False), ("*", False)]
)
def test_check_region__by_shape_without_botocore(value, accepted):
    assert (identifiers.check_region(value, {}) is None) is accepted


@pytest.mark.parametrize("partition", PARTITIONS)
def test_check_organization_arn__every_partition(partition):
    organization = f"arn:{partition}:organizations::111122223333:organization/o-exampleorgid"
    unit = f"arn:{partition}:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid"

    assert identifiers.check_organization_arn(organization, partition) is None
    assert identifiers.check_organization_arn(organization) is None
    assert identifiers.check_organizational_unit_arn(unit, partition) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("o-exampleorgid", id="bare ID"),
        pytest.param("arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid", id="an OU"),
        pytest.param("arn:aws:organizations::111122223333:root/o-exampleorgid/r-abcd", id="a root"),
        pytest.param("arn:aws:organizations::111122223333:account/o-exampleorgid/444455556666", id="an account"),
        pytest.param("arn:aws:organizations::1111222233334:organization/o-exampleorgid", id="13 digits"),
        pytest.param("arn:aws:organizations::111122223333:organization/o-short", id="ID too short"),
        pytest.param("arn:aws:organizations::111122223333:organization/o-EXAMPLEORGID", id="capitals"),
        pytest.param("arn:aws:organizations::111122223333:organization/o-exampleorgid ", id="blank"),
        pytest.param("arn:aws:organizations:eu-west-1:111122223333:organization/o-exampleorgid", id="with a Region"),
        pytest.param("arn:gcp:organizations::111122223333:organization/o-exampleorgid", id="unknown partition"),
        pytest.param("arn:aws:iam::111122223333:root", id="an account root"),
        pytest.param("111122223333", id="an account"),
        pytest.param("", id="empty"),
    ],
)
def test_check_organization_arn__refused(value):
    assert "is not the ARN of an organization; it looks like 'arn:aws:" in identifiers.check_organization_arn(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("ou-abcd-exampleouid", id="bare ID"),
        pytest.param("arn:aws:organizations::111122223333:organization/o-exampleorgid", id="an organization"),
        pytest.param("arn:aws:organizations::111122223333:ou/ou-abcd-exampleouid", id="no organization ID"),
        pytest.param("arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-short", id="too short"),
        pytest.param("arn:aws:organizations::111122223333:ou/o-exampleorgid/r-abcd", id="a root"),
        pytest.param("arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid/", id="a slash more"),
    ],
)
def test_check_organizational_unit_arn__refused(value):
    assert "is not the ARN of an organizational unit" in identifiers.check_organizational_unit_arn(value)


@pytest.mark.parametrize(("partition", "other"), [("aws", "aws-cn"), ("aws-us-gov", "aws"), ("aws-iso", "aws-iso-b")])
def test_check_organization_arn__the_wrong_partition(partition, other):
    organization = f"arn:{other}:organizations::111122223333:organization/o-exampleorgid"
    unit = f"arn:{other}:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid"

    for problem in (
        identifiers.check_organization_arn(organization, partition),
        identifiers.check_organizational_unit_arn(unit, partition),
    ):
        assert f"belongs to the partition '{other}', the AMIs to '{partition}'" in problem


def test_check_organization_arn__shows_an_example_of_the_right_partition():
    assert "'arn:aws-cn:organizations::" in identifiers.check_organization_arn("o-exampleorgid", "aws-cn")


def test_input_error__says_every_problem_once_and_that_nothing_was_changed():
    error = InputError(["a: wrong.", "b: wrong.", "a: wrong."])

    assert error.problems == ("a: wrong.", "b: wrong.")
    assert str(error) == "Refused before the first call to AWS, nothing was changed:\n- a: wrong.\n- b: wrong."
    assert str(InputError(["a: wrong."])).endswith("nothing was changed: a: wrong.")
