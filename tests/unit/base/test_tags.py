# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags that people type."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.tags import check_key, check_tags, is_reserved


@pytest.mark.parametrize("tags", [{"a": ""}, {"k" * 127: "v" * 256}, {"awsome": "x"}, {f"k{n}": "" for n in range(50)}])
def test_check_tags__accepts(tags):
    assert check_tags("tags", tags) == []


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({}, "tags: is empty"),
        ({"a": 1}, "the value of 'a' is a number"),
        ({"a": None}, "the value of 'a' is null"),
        ({"a": "v" * 257}, "has 257 characters"),
        ({"": "x"}, "a key is empty"),
        ({"aws:x": "y"}, "begins with aws:"),
        ({"AWS:x": "y"}, "begins with aws:"),
        ({"k" * 128: ""}, "has 128 characters"),
        ({1: "x"}, "the key '1' is a number"),
        ({f"k{n}": "" for n in range(51)}, "51 tags"),
    ],
)
def test_check_tags__refuses(tags, said):
    (problem,) = check_tags("tags", tags)

    assert problem.startswith("tags: ") and said in problem


def test_check_key():
    assert check_key("tag_keys", "Name") == []
    assert check_key("tag_keys", "aws:x") == ["tag_keys: 'aws:x' begins with aws:, which is AWS's own."]
    assert [is_reserved(key) for key in ("aws:x", "Aws:x", "awsx")] == [True, True, False]
