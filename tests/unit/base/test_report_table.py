# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table for 4, 60 and 1,000 consumers: at most 80 columns, a row for each outcome, nobody lost."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.layers import (
    ADDED,
    NOT_ASKED,
    NOT_NEEDED,
    UNCHANGED,
    Consumer,
    Layer,
    State,
    worst,
)
from ansible_collections.golden.ami.plugins.module_utils._base.report import AmiResult, Report, bounded
from ansible_collections.golden.ami.plugins.module_utils._base.table import draw
from tests.unit.builders import ALICE, BOB, IMAGE_ID, ORGANIZATION_ARN, OTHER_REGION, REGION, accounts

HELD = Layer(State.HELD_BACK, "It has no key access.")


def row(account=ALICE, region=REGION, kind="account", **layers):
    usual = {"launch": ADDED, "key": ADDED, "snapshot": NOT_ASKED, "auto_scaling": NOT_ASKED, **layers}
    return Consumer(region, IMAGE_ID, kind, account, **usual)


def ami(region=REGION, name="golden-web-42"):
    return AmiResult(region, IMAGE_ID, name, (), "changed", {}, {})


def lines(*rows, regions=(REGION,), check=False, **given):
    shown = draw(Report(amis=tuple(ami(one) for one in regions), consumers=rows, **given), check)
    assert all(len(line) <= 80 for line in shown), shown
    return shown


def test_draw__two_consumers_with_different_outcomes():
    assert lines(row(ALICE), row(BOB, launch=HELD, key=HELD)) == [
        "",
        "Region     AMI                    Name",
        f"eu-west-1  {IMAGE_ID}  golden-web-42",
        "",
        "Consumers     AMIs       Launch     Key        Snapshots  Auto Scaling",
        f"{BOB}  eu-west-1  held back  held back  not asked  not asked",
        f"{ALICE}  eu-west-1  added      added      not asked  not asked",
    ]


def test_draw__consumers_with_the_same_outcome_share_a_row():
    rows = [row(one, region) for one in (ALICE, BOB) for region in (REGION, OTHER_REGION)]

    shown = lines(*rows, regions=(REGION, OTHER_REGION))

    assert shown[-2:] == [
        "group 1    all 2  added   added  not asked  not asked",
        f"group 1, 2 consumers: {ALICE}, {BOB}",
    ]


def test_draw__a_consumer_with_different_outcomes_has_a_row_for_each():
    rows = [row(region=REGION), row(region=OTHER_REGION, launch=UNCHANGED)]

    assert [line.split()[:3] for line in lines(*rows, regions=(REGION, OTHER_REGION))[-2:]] == [
        [ALICE, REGION, "added"],
        [ALICE, OTHER_REGION, "unchanged"],
    ]


def test_draw__long_names_do_not_push_columns_out():
    assert lines(row(ORGANIZATION_ARN.replace("exampleorgid", "x" * 32), kind="organization"))[-1].startswith(
        "group 1: o-xxx"
    )


@pytest.mark.parametrize(("count", "most"), [(4, 10), (60, 15), (1000, 15)])
def test_draw__any_number_of_consumers(count, most):
    rows = [row(one, region) for one in accounts(count) for region in (REGION, OTHER_REGION)]
    shown = lines(*rows, regions=(REGION, OTHER_REGION))

    assert len(shown) <= most
    assert any(line.startswith(f"group 1, {count} consumers: ") for line in shown)
    assert any("more; all of them are in the result" in line for line in shown) is (count > 30)


def test_draw__what_is_left_out_is_counted_right():
    shown = lines(*[row(one) for one in accounts(100)])
    listed = sum(line.count("2000000") for line in shown)

    assert f"and {100 - listed} more; all of them are in the result" in shown[-1]


def test_draw__many_amis():
    regions = [f"r-{number}" for number in range(50)]
    shown = lines(*[row(region=one) for one in regions], regions=regions)

    assert "and 30 more AMIs" in shown


def test_draw__failures_and_notes_are_wrapped():
    shown = lines(row(), failures=("word " * 40,), notes=("a note",), check=True)

    assert shown[0] == "Check mode: nothing was written. These are the predicted changes."
    assert [line for line in shown if line.startswith("Failed: word word")]
    assert shown[-1] == "Note: a note"


def test_draw__refused():
    assert draw(Report(failures=("No.",), refused=True), True) == ["Refused, nothing was changed.", "", "Failed: No."]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], NOT_NEEDED),
        ([UNCHANGED, ADDED], ADDED),
        ([ADDED, HELD, UNCHANGED], HELD),
        ([NOT_NEEDED, NOT_ASKED], NOT_ASKED),
    ],
)
def test_worst(layers, expected):
    assert worst(layers) == expected


@pytest.mark.parametrize(
    ("launch", "key", "ready"),
    [
        (ADDED, ADDED, True),
        (UNCHANGED, NOT_NEEDED, True),
        (ADDED, HELD, False),
        (HELD, ADDED, False),
        (Layer(State.UNKNOWN), ADDED, False),
        (ADDED, Layer(State.UNKNOWN), False),
        (Layer(State.REMOVED), ADDED, False),
    ],
)
def test_ready__only_who_surely_has_both(launch, key, ready):
    assert row(launch=launch, key=key).ready is ready


def test_bounded__cuts_the_first_list_first_and_says_so():
    whole = {"complete": True, "a": ["x" * 10] * 100, "b": ["y" * 10] * 5}

    text = bounded(whole, ("a", "b"), 300)

    assert len(text) <= 300
    assert '"complete": false' in text and text.count("y" * 10) == 5
    assert bounded({"complete": True, "a": []}, ("a",), 300) == '{"complete": true, "a": []}'
