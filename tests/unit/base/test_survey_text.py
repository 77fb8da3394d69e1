# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles: lists, or the text of a survey; nothing is guessed."""

from __future__ import annotations

import re

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.survey_text import (
    Inputs,
    as_bool,
    as_choice,
    as_list,
    as_number,
    as_pairs,
    as_text,
)
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
)


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
    ("value", "expected"),
    [
        ({"a": "b"}, {"a": "b"}),
        ({"a": 1}, {"a": 1}),
        ("a=b", {"a": "b"}),
        ("a=b=c\r\n d = e \n\n", {"a": "b=c", "d": "e"}),
        ("a=b,c=d", {"a": "b", "c": "d"}),
        ("a=b\na=b", {"a": "b"}),
        ("a=", {"a": ""}),
        (["a=b", "c=d"], {"a": "b", "c": "d"}),
        (' \n{"a": "b, c=d"}', {"a": "b, c=d"}),
        ('["a=b"]', {"a": "b"}),
        ("", {}),
        (" \n", {}),
        (None, {}),
        ({}, {}),
        ([], {}),
    ],
)
def test_as_pairs(value, expected):
    assert as_pairs(value) == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a", "'a' is no NAME=VALUE"),
        ("a=b\nc", "'c' is no NAME=VALUE"),
        ("a=b\na=c", "'a' is there twice, with different values"),
        ('{"a": "b", "a": "c"}', "a is there twice"),
        ("{broken", "begins with { and is not a JSON object"),
        ([{"a": "b=c"}], "is a dictionary; give a dictionary, or text"),
        ([["a=b"]], "is a list; give a dictionary, or text"),
        ([None], "is null; give a dictionary"),
        (5, "'5' is a number"),
        (True, "is true or false"),
        (1.5, "is a number"),
    ],
)
def test_as_pairs__refuses_what_it_would_have_to_guess(value, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        as_pairs(value)


def test_as_pairs__does_not_hand_out_the_callers_own_dictionary():
    given = {"a": "b"}

    as_pairs(given)["c"] = "d"

    assert given == {"a": "b"}


@pytest.mark.parametrize("text", ['[{"image_id": "a", "image_id": "b"}]', '[{"tags": {"a": "b", "a": "c"}}]'])
def test_as_list__json_that_says_one_thing_twice_is_refused(text):
    """JSON keeps the last value without a word: the other AMI would be missing from the share."""
    with pytest.raises(ValueError, match="is there twice"):
        as_list(text)


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("value", [None, ""])
def test_as_bool__unanswered_is_the_default(value, default):
    assert as_bool(value, default) is default


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("value", ["ture", " ", "y", "n", "2", 2, -1, 1.0, [], {}, "true false", "None"])
def test_as_bool__a_typo_is_neither(value, default):
    with pytest.raises(ValueError, match="is neither true nor false"):
        as_bool(value, default)


@pytest.mark.parametrize(("value", "number"), [(7, 7), ("7", 7), (" 7\n", 7), ("-7", -7), ("", 300), (None, 300)])
def test_as_number(value, number):
    assert as_number(value, 300) == number


@pytest.mark.parametrize("value", ["7s", 7.0, "7.0", True, False, " ", "1_000", "٧", [7], "0x7", "1e3"])
def test_as_number__refuses(value):
    with pytest.raises(ValueError, match="is not a whole number"):
        as_number(value, 300)


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (" a", " a"), ("", "x"), (None, "x")])
def test_as_text(value, text):
    assert as_text(value, "x") == text


@pytest.mark.parametrize("value", [0, 5, False, True, [], {}, ["a"]])
def test_as_text__refuses(value):
    with pytest.raises(ValueError, match="write it in quotes"):
        as_text(value, "x")


@pytest.mark.parametrize(("value", "word"), [("b", "b"), (" b\n", "b"), ("a", "a"), ("", "a"), (None, "a")])
def test_as_choice(value, word):
    assert as_choice(value, ("a", "b")) == word


@pytest.mark.parametrize("value", ["c", "A", "ab", " ", False, 0, ["a"]])
def test_as_choice__refuses(value):
    with pytest.raises(ValueError, match="is none of a, b"):
        as_choice(value, ("a", "b"))


def test_inputs__problems_are_named_after_the_variable_and_leave_the_default():
    inputs = Inputs({"public": "ture", "quota": "x", "name": 5, "mode": "z", "list": True, "fine": "b"}, "share_")

    read = (
        inputs.flag("public"),
        inputs.number("quota", 7),
        inputs.text("name", "x"),
        inputs.choice("mode", ("a", "b")),
        inputs.texts("list"),
        inputs.choice("fine", ("a", "b")),
    )

    assert read == (False, 7, "x", "a", [], "b")
    assert [problem.split(": ")[0] for problem in inputs.problems] == [
        "share_public",
        "share_quota",
        "share_name",
        "share_mode",
        "share_list",
    ]
    assert inputs.wrong() == {"public", "quota", "name", "mode", "list"}


def test_inputs__texts():
    inputs = Inputs({"ids": [ALICE, 5, ALICE, 5], "odd": ["a", None, True, 1.5, {}, "a"]}, "share_")

    assert inputs.texts("ids") == [ALICE, "5"]
    assert inputs.problems == []
    assert inputs.texts("odd") == ["a"]
    assert [problem.split(" ")[1] for problem in inputs.problems] == ["'None'", "'True'", "'1.5'", "'{}'"]


@pytest.mark.parametrize(
    ("value", "given"), [(None, False), ("", False), ([], True), ("[]", True), (" ", True), (0, True), (False, True)]
)
def test_inputs__is_given(value, given):
    """An empty list is said on purpose: it can mean nobody."""
    assert Inputs({"ids": value}, "share_").is_given("ids") is given
