# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines about many calls."""

from __future__ import annotations

from ansible_collections.golden.ami.plugins.module_utils._consumer.progress import EVERY, Stage


def test_stage__says_its_start_and_its_end():
    said = []
    stage = Stage(said.append, "listings", 3, 0.0)

    for _call in range(3):
        stage.count(1.0)

    assert said == ["listings: 3", "listings: 3 of 3 done"]


def test_stage__says_now_and_then_how_far_it_is():
    said = []
    stage = Stage(said.append, "listings", 100, 0.0)

    for number in range(1, 100):
        stage.count(number * EVERY / 10)

    assert said[1:3] == ["listings: 10 of 100 done", "listings: 20 of 100 done"]
    assert len(said) == 10


def test_stage__of_nothing_says_nothing():
    said = []
    Stage(said.append, "listings", 0, 0.0)

    assert said == []
