# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Characters that nobody sees are named with their place."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.characters import check_ascii, check_unseen, unseen


@pytest.mark.parametrize(
    ("character", "named"),
    [
        ("\ufeff", "U+FEFF (byte order mark)"),
        ("\u200b", "U+200B (zero width space)"),
        ("\u200d", "U+200D (zero width joiner)"),
        ("\u2060", "U+2060 (word joiner)"),
        ("\u00ad", "U+00AD (soft hyphen)"),
        ("\u00a0", "U+00A0 (no-break space)"),
        ("\u3000", "U+3000 (ideographic space)"),
        ("\u2028", "U+2028 (line separator)"),
        ("\u202e", "U+202E (right-to-left override)"),
        ("\u3164", "U+3164 (hangul filler)"),
        ("\u2800", "U+2800 (braille pattern blank)"),
        ("\x00", "U+0000 (null)"),
        ("\x07", "U+0007 (control character)"),
        ("\x0b", "U+000B (vertical tab)"),
        ("\x85", "U+0085 (control character)"),
        ("\U000e0041", "U+E0041 (tag latin capital letter a)"),
    ],
)
def test_unseen(character, named):
    assert unseen(f"a\r\nbc{character}d\n") == [f"{named} in line 2, column 3"]


@pytest.mark.parametrize("text", ["", "a b\tc\r\nd\re\n", "Grüße, 日本語 \u2013 \u201cx\u201d é e\u0301"])
def test_unseen__what_can_be_seen_is_fine(text):
    assert unseen(text) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a\u200b", "contains U+200B (zero width space) in line 1, column 2, which cannot be seen; type it again"),
        (["a", "\u200b"], "item 2 contains U+200B"),
        (["\u200b"], "contains U+200B"),
        ({"a": {"b": ["\u200b"]}}, "contains U+200B"),
        ({"\u200b": 1}, "contains U+200B"),
        (
            "\u200b" * 5,
            "column 1, U+200B (zero width space) in line 1, column 2, U+200B (zero width space) in line 1, column 3 and 2 more",
        ),
    ],
)
def test_check_unseen(value, said):
    assert said in check_unseen(value)


@pytest.mark.parametrize("value", [None, 5, True, "a", ["a", 5, None], {"a": "b"}, (), {}])
def test_check_unseen__nothing(value):
    assert check_unseen(value) is None


def test_check_ascii():
    assert check_ascii("ami-0123") is None
    assert check_ascii("ami\u20110") == (
        "contains U+2011 (non-breaking hyphen) as character 4, which no such value has; type it again instead of pasting it"
    )
