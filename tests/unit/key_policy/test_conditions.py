# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conditions by what is known of a request: met, not met, or unknown."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._key_policy.conditions import (
    ABSENT,
    NO,
    UNKNOWN,
    YES,
    Value,
    all_of,
    any_of,
    are_met,
    read_conditions,
)
from tests.unit.builders import ORGANIZATION_ID, UNIT_PATH, statement

CONTEXT = {
    "here": Value(("yes",)),
    "gone": ABSENT,
    "perhaps": Value(("yes",), documented=False),
    "one of": Value(("yes", "also yes")),
    "path": Value((UNIT_PATH,), listed=True),
}


def met(condition, by_all=True):
    return are_met(read_conditions(statement(Condition=condition)), CONTEXT, by_all)


@pytest.mark.parametrize(
    ("operator", "here", "other", "gone"),
    [
        ("StringEquals", YES, NO, NO),
        ("stringequals", YES, NO, NO),
        ("StringEqualsIfExists", YES, NO, YES),
        ("StringNotEquals", NO, YES, YES),
        ("StringLike", YES, NO, NO),
        ("StringNotLike", NO, YES, YES),
        ("StringNotLikeIfExists", NO, YES, YES),
        ("ArnLike", YES, NO, NO),
        ("ArnEquals", YES, NO, NO),
        ("ArnNotEquals", NO, YES, YES),
        ("Bool", YES, NO, NO),
        ("BoolIfExists", YES, NO, YES),
        ("ForAnyValue:StringEquals", YES, NO, NO),
        ("ForAllValues:StringEquals", YES, NO, YES),
        ("NumericEquals", UNKNOWN, UNKNOWN, UNKNOWN),
        ("IpAddress", UNKNOWN, UNKNOWN, UNKNOWN),
        ("ForSomeValues:StringEquals", UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_are_met__operators(operator, here, other, gone):
    assert met({operator: {"Here": "yes"}}) is here
    assert met({operator: {"HERE": ["other", "yes"]}}) is here
    assert met({operator: {"here": "other"}}) is other
    assert met({operator: {"gone": "yes"}}) is gone
    assert met({operator: {"never heard of": "yes"}}) is UNKNOWN


@pytest.mark.parametrize(
    ("operator", "matching", "other"),
    [
        ("StringEquals", UNKNOWN, NO),
        # The key may not be there at all.
        ("StringEqualsIfExists", UNKNOWN, UNKNOWN),
        ("ForAllValues:StringEquals", UNKNOWN, UNKNOWN),
        ("StringNotEquals", UNKNOWN, UNKNOWN),
    ],
)
def test_are_met__what_is_not_documented_is_never_taken_as_met(operator, matching, other):
    assert met({operator: {"perhaps": "yes"}}) is matching
    assert met({operator: {"perhaps": "other"}}) is other


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        pytest.param({}, YES, id="none"),
        pytest.param(None, YES, id="null"),
        pytest.param({"Bool": {"here": "YES"}}, YES, id="case of a boolean"),
        pytest.param({"StringEquals": {"here": "YES"}}, NO, id="case of text"),
        pytest.param({"StringEqualsIgnoreCase": {"here": "YES"}}, YES, id="ignored case of text"),
        pytest.param({"StringLike": {"here": "y*"}}, YES, id="star"),
        pytest.param({"StringLike": {"here": "y??"}}, YES, id="question marks"),
        pytest.param({"StringLike": {"here": "[y]es"}}, NO, id="IAM has no brackets"),
        pytest.param({"StringEquals": {"here": "y*"}}, NO, id="no pattern"),
        pytest.param({"StringEquals": {"here": "${aws:username}"}}, UNKNOWN, id="a variable"),
        pytest.param({"StringEquals": {"here": "yes", "gone": "yes"}}, NO, id="two keys are joined by and"),
        pytest.param({"StringEquals": {"here": "yes", "what": "yes"}}, UNKNOWN, id="one of two is unknown"),
        pytest.param({"StringEquals": {"here": "no", "what": "yes"}}, NO, id="no matter what is unknown"),
        pytest.param({"StringEquals": {"here": "yes"}, "Bool": {"here": "yes"}}, YES, id="two operators"),
        pytest.param({"Null": {"gone": "true"}}, YES, id="null and gone"),
        pytest.param({"Null": {"here": True}}, NO, id="null and here"),
        pytest.param({"Null": {"here": "false"}}, YES, id="not null"),
        pytest.param({"Null": {"perhaps": "false"}}, UNKNOWN, id="perhaps null"),
        pytest.param({"StringLike": {"one of": "*yes"}}, YES, id="all of several"),
        pytest.param({"StringLike": {"one of": "yes"}}, UNKNOWN, id="one of several"),
        pytest.param({"StringLike": {"one of": "no"}}, NO, id="none of several"),
        pytest.param(["StringEquals"], UNKNOWN, id="not a condition"),
        pytest.param({"StringEquals": "here"}, UNKNOWN, id="not conditions"),
    ],
)
def test_are_met__conditions(condition, verdict):
    assert met(condition) is verdict


UNIT = UNIT_PATH.removesuffix("*")


@pytest.mark.parametrize(
    ("wanted", "by_all", "by_any"),
    [
        pytest.param(UNIT_PATH, YES, YES, id="the same"),
        pytest.param(f"{ORGANIZATION_ID}/*", YES, YES, id="the whole organization"),
        pytest.param("*", YES, YES, id="everybody"),
        pytest.param("*/ou-abcd-exampleouid/*", YES, YES, id="the unit wherever it is"),
        pytest.param(f"{UNIT}ou-abcd-childchild/*", NO, UNKNOWN, id="a unit below it"),
        pytest.param([f"{UNIT}ou-abcd-childchild/*", f"{UNIT}ou-abcd-otherother/*"], NO, UNKNOWN, id="two below it"),
        pytest.param(UNIT, UNKNOWN, UNKNOWN, id="only the accounts directly in it"),
        pytest.param(f"{UNIT}*child*", UNKNOWN, UNKNOWN, id="some below it"),
        pytest.param(f"{ORGANIZATION_ID}/r-abcd/ou-abcd-otherother/*", NO, NO, id="another unit"),
        pytest.param("o-anotherorgid/*", NO, NO, id="another organization"),
        pytest.param(["o-anotherorgid/*", UNIT_PATH], YES, YES, id="and another organization"),
        pytest.param("*${aws:PrincipalTag/Unit}*", UNKNOWN, UNKNOWN, id="a variable"),
    ],
)
def test_are_met__paths_of_many_principals(wanted, by_all, by_any):
    condition = {"ForAnyValue:StringLike": {"path": wanted}}

    assert met(condition) is by_all
    assert met(condition, by_all=False) is by_any


def test_are_met__paths_need_a_quantifier():
    assert met({"StringLike": {"path": "*"}}) is UNKNOWN
    assert met({"ForAnyValue:StringEquals": {"path": UNIT_PATH}}) is UNKNOWN
    assert met({"ForAllValues:StringNotLike": {"path": f"{UNIT}ou-abcd-childchild/*"}}) is UNKNOWN


def test_verdicts():
    assert [all_of(one) for one in ([], [YES], [YES, UNKNOWN], [NO, UNKNOWN])] == [
        YES,
        YES,
        UNKNOWN,
        NO,
    ]
    assert [any_of(one) for one in ([], [NO], [NO, UNKNOWN], [YES, UNKNOWN])] == [
        NO,
        NO,
        UNKNOWN,
        YES,
    ]
