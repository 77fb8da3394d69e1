# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta, plan_set


@pytest.mark.parametrize(
    ("actual", "named", "mode", "add", "remove"),
    [
        pytest.param("ab", "bc", "add", "c", "", id="add keeps the rest"),
        pytest.param("ab", "bc", "remove", "", "b", id="remove takes only what is there"),
        pytest.param("ab", "bc", "exact", "c", "a", id="exact"),
        pytest.param("ab", "", "add", "", "", id="add nothing"),
        pytest.param("ab", "", "remove", "", "", id="remove nothing"),
        pytest.param("ab", "", "exact", "", "ab", id="exactly nobody"),
        pytest.param("", "ab", "remove", "", "", id="remove from nothing"),
        pytest.param("ab", "ba", "exact", "", "", id="order does not matter"),
        pytest.param("", "aab", "add", "ab", "", id="duplicates"),
    ],
)
def test_plan_set__modes(actual, named, mode, add, remove):
    delta = plan_set(actual, named, mode)

    assert (delta.add, delta.remove) == (frozenset(add), frozenset(remove))
    assert bool(delta) is bool(add or remove)
    assert delta.applied_to(actual) == (set(actual) | set(add)) - set(remove)


@pytest.mark.parametrize("mode", ["", "Exact", "purge", None, True])
def test_plan_set__an_unknown_mode_is_never_exact(mode):
    with pytest.raises(ValueError, match="unknown mode"):
        plan_set("ab", "b", mode)


def test_applied_to__can_be_repeated():
    delta = plan_set("ab", "bc", "exact")

    once = delta.applied_to("ab")

    assert once == delta.applied_to(once) == {"b", "c"}
    assert not plan_set(once, "bc", "exact")


def test_plan_set__gives_back_values_that_cannot_be_changed():
    actual, named = {"a"}, ["b"]

    delta = plan_set(actual, named, "exact")

    assert isinstance(delta, Delta)
    assert isinstance(delta.add, frozenset) and isinstance(delta.remove, frozenset)
    assert (actual, named) == ({"a"}, ["b"])


def test_in_parts__no_more_than_a_request_takes():
    delta = plan_set(range(3), range(2, 6), "exact")

    parts = delta.in_parts(2)

    assert [len(part.add) + len(part.remove) for part in parts] == [2, 2, 1]
    assert frozenset().union(*(part.add for part in parts)) == delta.add
    assert frozenset().union(*(part.remove for part in parts)) == delta.remove


def test_in_parts__of_nothing_is_nothing():
    """EC2 answers an empty modification with InvalidParameterCombination."""
    assert plan_set("a", "a", "add").in_parts(2) == []
