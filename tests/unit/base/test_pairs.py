# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NAME=VALUE as dictionaries, JSON and the lines of a survey; what could be read in two ways is refused."""

from __future__ import annotations

import re

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.pairs import as_pairs, as_word_pairs

BOTH = pytest.mark.parametrize("read", [as_pairs, as_word_pairs])


@BOTH
@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ({"a": "b"}, {"a": "b"}),
        ({"a": 1}, {"a": 1}),
        ("a=b", {"a": "b"}),
        ("a=b=c\r\n d = e \n\n", {"a": "b=c", "d": "e"}),
        ("- a=b\n- c=d", {"a": "b", "c": "d"}),
        ("# tags\na=b\n#c=d", {"a": "b"}),
        ("a=b\na=b", {"a": "b"}),
        ("a=", {"a": ""}),
        ('a=""', {"a": ""}),
        ('a="b, c=d"', {"a": "b, c=d"}),
        ("'a=b c'", {"a": "b c"}),
        ('a="b" # c', {"a": "b"}),
        (["a=b", "c=d"], {"a": "b", "c": "d"}),
        (' \n{"a": "b, c=d"}', {"a": "b, c=d"}),
        ('["a=b"]', {"a": "b"}),
        ("", {}),
        (" \n", {}),
        ("# nothing", {}),
        ({}, {}),
        ([], {}),
    ],
)
def test_pairs(read, value, pairs):
    assert read(value) == pairs


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("Role=web server", {"Role": "web server"}),
        ("Cost Center=42", {"Cost Center": "42"}),
        ('"Cost Center"="4 2"', {"Cost Center": "4 2"}),
        ("Note=hardened, tested", {"Note": "hardened, tested"}),
        ("Note=a#b", {"Note": "a#b"}),
        ("Note=it's", {"Note": "it's"}),
        ("Year=2024", {"Year": "2024"}),
        ("Url=https://example.com/?a=b", {"Url": "https://example.com/?a=b"}),
        ('Note="a # b"', {"Note": "a # b"}),
        ('Note="a" or "b"', {"Note": '"a" or "b"'}),
    ],
)
def test_pairs__a_value_goes_to_the_end_of_its_line(value, pairs):
    assert as_pairs(value) == pairs


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("eu-west-1=a us-east-1=b", {"eu-west-1": "a", "us-east-1": "b"}),
        ("eu-west-1=a,us-east-1=b;", {"eu-west-1": "a", "us-east-1": "b"}),
        ("eu-west-1 = a, us-east-1 =b # keys", {"eu-west-1": "a", "us-east-1": "b"}),
        ('eu-west-1="a"', {"eu-west-1": "a"}),
    ],
)
def test_word_pairs(value, pairs):
    assert as_word_pairs(value) == pairs


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (
            "Team=web,Stage=prod",
            "'Team=web,Stage=prod' contains ','; write one NAME=VALUE a line, and a value that contains it",
        ),
        ("Team=web; Stage=prod", "contains ';'; write one NAME=VALUE a line"),
        ("Team=web Stage=prod", "contains ' '; write one NAME=VALUE a line"),
        ("Team=web,", "contains ','"),
        ("Team=web # the team", "'Team=web # the team' contains #; write one NAME=VALUE a line"),
        ("Team=web #1", "contains #"),
    ],
)
def test_pairs__what_can_be_read_in_two_ways(value, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        as_pairs(value)


@BOTH
@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a", "'a' is no NAME=VALUE; write one a line"),
        ("a=b\nc", "'c' is no NAME=VALUE"),
        ("a:", "'a:' is no NAME=VALUE; did you mean a=…?"),
        ("=b", "'=b' has no name in front of the ="),
        ("a=b\na=c", "'a' is named twice, with different values"),
        ('{"a": "b", "a": "c"}', "a is named twice"),
        ("{broken", "begins with { and is not a JSON object"),
        ('a="b', 'line 1: a="b has a quotation mark'),
        ([{"a": "b=c"}], "is a dictionary; give a dictionary, or text"),
        ([["a=b"]], "is a list; give a dictionary, or text"),
        ([None], "is null; give a dictionary"),
        (["a=b", ""], "item 2 is empty"),
        (5, "'5' is a number"),
        (True, "is true or false"),
        (1.5, "is a number"),
    ],
)
def test_pairs__refused(read, value, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        read(value)


def test_pairs__a_line_of_yaml():
    with pytest.raises(ValueError, match="did you mean Team=web server?"):
        as_pairs("Team: web server")


@BOTH
def test_pairs__does_not_hand_out_the_callers_own_dictionary(read):
    given = {"a": "b"}

    read(given)["c"] = "d"

    assert given == {"a": "b"}
