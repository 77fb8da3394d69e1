# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.golden.ami.plugins.module_utils._call.counting import Counting


def test_counting__what_telling_raises_hides_nothing_of_what_is_counted():
    said = []

    def tell(line):
        said.append(line)
        raise ValueError("a bug")

    counting = Counting("{done} of {total}", {"eu-west-1": 2}, tell, clock=lambda: 60.0 * len(said))
    counting.one("eu-west-1")
    counting.end()

    assert said[0] == "0 of 2" and said[-1].startswith("1 of 2")
