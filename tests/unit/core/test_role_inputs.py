# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles: lists, or the text of a survey; nothing is guessed."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._core.role_inputs import as_list
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
