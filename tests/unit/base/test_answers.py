# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base import answers
from ansible_collections.golden.ami.plugins.module_utils._base.answers import IncompleteAnswerError

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FULL = {"Text": "a", "Number": 0, "Flag": False, "Texts": ["a", 1], "Entries": [], "Part": {}, "Moment": NOW}


@pytest.mark.parametrize(
    ("read", "name", "expected"),
    [
        (answers.text, "Text", "a"),
        (answers.number, "Number", 0),
        (answers.flag, "Flag", False),
        (answers.texts, "Texts", ("a", "1")),
        (answers.entries, "Entries", []),
        (answers.part, "Part", {}),
        (answers.moment, "Moment", NOW),
    ],
)
def test_a_member__that_is_there_is_read_and_one_that_is_not_is_named(read, name, expected):
    assert read(FULL, name) == expected
    for lacking in ({}, {name: None}):
        with pytest.raises(IncompleteAnswerError, match=f"the answer has no {name}"):
            read(lacking, name)


@pytest.mark.parametrize(
    ("read", "default", "expected"),
    [
        (answers.text, "", ""),
        (answers.text, "else", "else"),
        (answers.flag, True, True),
        (answers.flag, False, False),
        (answers.texts, (), ()),
        (answers.entries, (), ()),
        (answers.part, {}, {}),
    ],
)
def test_a_member__with_a_default(read, default, expected):
    assert read({}, "Name", default) == expected
    assert read({"Name": None}, "Name", default) == expected


def test_text__that_is_empty_is_none_where_it_is_needed():
    with pytest.raises(IncompleteAnswerError):
        answers.text({"Name": ""}, "Name")
    assert answers.text({"Name": ""}, "Name", "else") == ""


def test_text__a_number_is_text():
    assert answers.text({"Name": 123456789012}, "Name") == "123456789012"
