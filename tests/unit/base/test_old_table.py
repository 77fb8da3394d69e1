# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.old_table import (
    COLUMNS,
    WIDTH,
    draw_removals,
    draw_table,
)
from tests.unit.builders import ALICE, BOB, IMAGE_ID, OTHER_IMAGE_ID, REGION, accounts

OTHER_REGION = "us-east-1"
ROWS = ((REGION, IMAGE_ID), (OTHER_REGION, OTHER_IMAGE_ID))


def entry(consumer, region=REGION, launch="added", key="added", ready=True, **others):
    image_id = dict(ROWS)[region]
    return {
        "region": region,
        "image_id": image_id,
        "consumer": consumer,
        "launch_permission": launch,
        "key_access": key,
        "snapshot_permission": "not_asked",
        "auto_scaling": "not_checked",
        "ready": ready,
        **others,
    }


def table(*entries, check_mode=False):
    return draw_table({"consumers": list(entries)}, check_mode)


@pytest.mark.parametrize(
    ("launch", "key", "ready", "word", "predicted"),
    [
        ("added", "added", True, "added", "would be added"),
        ("added", "not_needed", True, "added", "would be added"),
        ("unchanged", "added", True, "added", "would be added"),
        ("added", "key_policy", True, "added", "would be added"),
        ("unchanged", "unchanged", True, "unchanged", "unchanged"),
        ("unchanged", "not_needed", True, "unchanged", "unchanged"),
        ("failed", "added", False, "FAILED", "FAILED"),
        ("unchanged", "failed", False, "FAILED", "FAILED"),
    ],
)
def test_words(launch, key, ready, word, predicted):
    one = entry(ALICE, launch=launch, key=key, ready=ready)

    assert table(one)[1].endswith(f"  {word}")
    assert table(one, check_mode=True)[1].endswith(f"  {predicted}")


@pytest.mark.parametrize(
    ("layers", "word"),
    [
        ({"snapshot_permission": "added"}, "added"),
        ({"auto_scaling": "added"}, "added"),
        ({"snapshot_permission": "unchanged", "auto_scaling": "grant"}, "unchanged"),
    ],
)
def test_words__whatever_was_added_is_no_unchanged(layers, word):
    one = entry(ALICE, launch="unchanged", key="unchanged", **layers)

    assert table(one)[1].split()[2:] == [word]


def test_a_copy_that_is_not_there_yet_has_no_id():
    there, here = entry(ALICE, OTHER_REGION), entry(ALICE)

    assert [line.split()[1] for line in table({**there, "image_id": None}, here)[1:]] == ["(new", IMAGE_ID]


def test_a_row_for_each_image_a_column_for_each_consumer():
    lines = table(
        entry(ALICE),
        entry(BOB, launch="unchanged", key="unchanged"),
        entry(ALICE, OTHER_REGION, ready=False),
        entry(BOB, OTHER_REGION),
    )

    assert lines == [
        "Region     AMI                    111122223333  444455556666",
        "eu-west-1  ami-0123456789abcdef0  added         unchanged",
        "us-east-1  ami-0fedcba9876543210  FAILED        added",
    ]


def test_nobody():
    assert [line.split() for line in table()] == [["Region", "AMI"]]


def test_up_to_the_limit_every_consumer_has_a_column():
    names = accounts(COLUMNS)

    assert table(*map(entry, names))[0].split() == ["Region", "AMI", *names]


def test_many_with_the_same_outcome_share_a_column_and_are_named_below():
    names = accounts(40)
    failed = names[7]

    lines = table(*(entry(name, ready=name != failed) for name in names))

    assert lines[0].split("  ")[-2:] == ["39 consumers (1)", failed]
    assert lines[1].split()[-2:] == ["added", "FAILED"]
    legend = lines[lines.index("") + 1 :]
    assert legend[0].startswith("39 consumers (1): ")
    assert " ".join(legend).split(": ")[1].split() == [name for name in names if name != failed]


def test_a_thousand_consumers_stay_readable():
    lines = table(*map(entry, accounts(1000)), *(entry(name, OTHER_REGION) for name in accounts(1000)))

    assert lines[0].endswith("1000 consumers (1)")
    assert max(map(len, lines)) <= WIDTH + 1
    assert len(lines) < 150


def test_groups_of_different_outcomes_are_numbered():
    names = accounts(8)

    lines = table(*(entry(name, ready=number % 2 == 0) for number, name in enumerate(names)))

    assert "4 consumers (1)" in lines[0] and "4 consumers (2)" in lines[0]
    assert [line.split(":")[0] for line in lines if ": " in line] == ["4 consumers (1)", "4 consumers (2)"]


def test_wide_columns_continue_in_a_second_block_with_the_same_rows():
    names = [f"ou-abcd-{letter * 32}" for letter in "abcd"]

    lines = table(*map(entry, names))

    assert max(map(len, lines)) <= WIDTH
    assert lines[2] == ""
    assert [line.split()[:2] for line in lines if line] == [["Region", "AMI"], [REGION, IMAGE_ID]] * (
        len(lines) // 3 + 1
    )
    assert [word for line in lines for word in line.split() if word.startswith("ou-")] == names


def test_no_line_ends_in_blanks():
    lines = table(entry(ALICE), entry(BOB, launch="unchanged", key="unchanged"), entry(ALICE, OTHER_REGION))

    assert lines == [line.rstrip() for line in lines]
    # A consumer without an entry for an AMI is no consumer of it.
    assert lines[2].split()[-1] == "-"


def removal(launch="removed", snapshot="not_asked", key="not_asked", consumer=ALICE):
    return {
        "region": REGION,
        "image_id": IMAGE_ID,
        "consumer": consumer,
        "launch_permission": launch,
        "snapshot_permission": snapshot,
        "key_access": key,
    }


@pytest.mark.parametrize(
    ("layers", "word", "predicted"),
    [
        (("removed", "not_asked", "not_asked"), "removed", "would be removed"),
        (("removed", "removed", "removed"), "removed", "would be removed"),
        (("absent", "removed", "absent"), "removed", "would be removed"),
        (("absent", "absent", "removed"), "removed", "would be removed"),
        (("absent", "not_possible", "not_needed"), "not there", "not there"),
        (("absent", "absent", "absent"), "not there", "not there"),
        (("removed", "removed", "kept"), "removed, key kept", "would be removed, key kept"),
        (("absent", "not_asked", "kept"), "not there, key kept", "not there, key kept"),
        (("removed", "not_asked", "unknown"), "removed, key unknown", "would be removed, key unknown"),
        (("absent", "not_asked", "unknown"), "not there, key unknown", "not there, key unknown"),
        (("failed", "removed", "kept"), "FAILED", "FAILED"),
        (("removed", "failed", "removed"), "FAILED", "FAILED"),
        (("removed", "not_asked", "failed"), "FAILED", "FAILED"),
    ],
)
def test_words_of_removals(layers, word, predicted):
    result = {"consumers": [removal(*layers)]}

    assert draw_removals(result, False)[1].endswith(f"  {word}")
    assert draw_removals(result, True)[1].endswith(f"  {predicted}")


def test_removals__many_with_the_same_outcome_share_a_column():
    lines = draw_removals({"consumers": [removal(consumer=one) for one in accounts(40)]}, False)

    assert lines[0].endswith("40 consumers (1)")
    assert lines[1].split()[2:] == ["removed"]
