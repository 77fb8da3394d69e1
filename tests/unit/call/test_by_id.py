# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One ID that EC2 does not know fails a call about many: what is asked then, and how often."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.by_id import ask_by_id
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError

UNKNOWN = ("InvalidThing.NotFound",)


def ids(count):
    return [f"ami-{number:017x}" for number in range(count)]


class Ec2:
    """Knows some IDs, hides others from the caller, and refuses a call about any other, which it names as ``words`` say."""

    def __init__(self, known, hidden=(), words=", ".join):
        self.known, self.hidden, self.words, self.asked = set(known), set(hidden), words, []

    def __call__(self, asked):
        self.asked.append(len(asked))
        unknown = [one for one in asked if one not in self.known | self.hidden]
        if unknown:
            raise AwsCallError(Failure(UNKNOWN[0], f"The ids '[{self.words(unknown)}]' do not exist"))
        return {one: f"about {one}" for one in asked if one in self.known}


def all_of_them(unknown):
    return ", ".join(unknown)


def the_first(unknown):
    return unknown[0]


def none(_unknown):
    return ""


def others(_unknown):
    return "ami-0abcdef0, snap-1"


@pytest.mark.parametrize("words", [all_of_them, the_first, none, others])
@pytest.mark.parametrize(
    "missing",
    [
        pytest.param([], id="all known"),
        pytest.param([0], id="the first"),
        pytest.param([6], id="the last"),
        pytest.param([1, 2, 5], id="some"),
        pytest.param(range(7), id="all"),
    ],
)
def test_ask__finds_what_is_known_whatever_the_refusal_says(words, missing):
    asked = ids(7)
    known = [one for number, one in enumerate(asked) if number not in missing]
    ec2 = Ec2(known, words=words)

    found = ask_by_id(asked, ec2, UNKNOWN)

    assert found == {one: f"about {one}" for one in known}


@pytest.mark.parametrize(
    ("words", "missing", "calls"),
    [
        pytest.param(all_of_them, 0, 1, id="all known"),
        pytest.param(all_of_them, 1, 2, id="one unknown"),
        pytest.param(all_of_them, 5, 2, id="five unknown, all named"),
        pytest.param(all_of_them, 100, 1, id="all unknown, all named"),
        pytest.param(the_first, 5, 6, id="five unknown, named one by one"),
        # Of 100, 50, 25, 12, 6, 3 and 1 each call about one half fails and the one about the other half does not.
        pytest.param(none, 1, 13, id="one unknown, not named"),
    ],
)
def test_ask__calls(words, missing, calls):
    ec2 = Ec2(ids(100)[missing:], words=words)

    ask_by_id(ids(100), ec2, UNKNOWN)

    assert len(ec2.asked) == calls


def test_ask__what_the_caller_may_not_see_is_left_out():
    ec2 = Ec2(ids(1), hidden=ids(3)[1:])

    assert list(ask_by_id(ids(3), ec2, UNKNOWN)) == ids(1)
    assert ec2.asked == [3]


def test_ask__in_parts_each_id_once():
    ec2 = Ec2(ids(450))

    assert len(ask_by_id([*ids(450), *ids(450)], ec2, UNKNOWN)) == 450
    assert ec2.asked == [200, 200, 50]


def test_ask__none_is_no_call():
    ec2 = Ec2([])

    assert ask_by_id([], ec2, UNKNOWN) == {}
    assert ec2.asked == []


def test_ask__every_other_error_is_raised():
    def ask(_asked):
        raise AwsCallError(Failure("UnauthorizedOperation", f"not for {ids(1)[0]}"))

    with pytest.raises(AwsCallError, match="UnauthorizedOperation"):
        ask_by_id(ids(2), ask, UNKNOWN)
