# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of Region and consumer that ends the roles share and unshare, for a terminal and for AWX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

WIDTH = 110
# Up to this many consumers get a column each; of more, those with the same outcome everywhere share one.
COLUMNS = 5
# In place of the ID of a copy that is not there.
NEW = "(new copy)"


def draw_table(result: Mapping[str, Any], check_mode: bool) -> list[str]:
    """The table of the role share.

    :param result: what :func:`share_summary.summarise_share` returns.
    """
    return draw(result["consumers"], lambda entry: _word(entry, check_mode))


def draw_removals(result: Mapping[str, Any], check_mode: bool) -> list[str]:
    """The table of the role unshare.

    :param result: what :func:`unshare_summary.summarise_unshare` returns.
    """
    return draw(result["consumers"], lambda entry: _word_of_removal(entry, check_mode))


def draw(entries: Sequence[Mapping[str, Any]], word: Callable[[Mapping[str, Any]], str]) -> list[str]:
    """The lines of a table: a row for each AMI, a column for each consumer or group of consumers.

    :param word: what became of an entry, in a word or two. A copy that is not there yet has no ID.
    """
    rows = list(dict.fromkeys((entry["region"], entry["image_id"] or NEW) for entry in entries))
    outcomes = {(entry["region"], entry["image_id"] or NEW, entry["consumer"]): word(entry) for entry in entries}
    consumers = list(dict.fromkeys(entry["consumer"] for entry in entries))
    columns = {
        consumer: [outcomes.get((region, image_id, consumer), "-") for region, image_id in rows]
        for consumer in consumers
    }
    titles, cells, legend = _grouped(columns) if len(consumers) > COLUMNS else (consumers, list(columns.values()), [])
    left = _aligned([("Region", "AMI"), *rows])
    lines = []
    for block in _blocks(titles, cells, WIDTH - len(left[0])):
        right = _aligned(
            [tuple(titles[index] for index in block), *zip(*(cells[index] for index in block), strict=True)]
        )
        lines += [*(f"{a}  {b}".rstrip() for a, b in zip(left, right, strict=True)), ""]
    return [*lines, *legend][: -1 if not legend else None]


def _word(entry: Mapping[str, Any], check_mode: bool) -> str:
    if not entry["ready"]:
        return "FAILED"
    if "added" in (
        entry[layer] for layer in ("launch_permission", "key_access", "snapshot_permission", "auto_scaling")
    ):
        return "would be added" if check_mode else "added"
    return "unchanged"


def _word_of_removal(entry: Mapping[str, Any], check_mode: bool) -> str:
    layers = (entry["launch_permission"], entry["snapshot_permission"], entry["key_access"])
    if "failed" in layers:
        return "FAILED"
    removed = "would be removed" if check_mode else "removed"
    done = removed if "removed" in layers else "not there"
    return f"{done}, key {entry['key_access']}" if entry["key_access"] in ("kept", "unknown") else done


def _grouped(columns: Mapping[str, Sequence[str]]) -> tuple[list[str], list[Sequence[str]], list[str]]:
    """Consumers with equal columns as one, and the lines that say who is in each group."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for consumer, cells in columns.items():
        groups.setdefault(tuple(cells), []).append(consumer)
    titles: list[str] = []
    legend: list[str] = []
    for members in groups.values():
        title = members[0] if len(members) == 1 else f"{len(members)} consumers ({len(titles) + 1})"
        titles.append(title)
        if len(members) > 1:
            legend += _wrapped(f"{title}: ", members)
    return titles, [list(cells) for cells in groups], legend


def _wrapped(head: str, members: Iterable[str]) -> list[str]:
    lines, line = [], head
    for member in members:
        if len(line) + len(member) > WIDTH:
            lines.append(line.rstrip())
            line = "  "
        line += f"{member} "
    return [*lines, line.rstrip()]


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _blocks(titles: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> list[list[int]]:
    """Column numbers in blocks that fit the width, at least one column in each."""
    blocks: list[list[int]] = [[]]
    used = 0
    for index, title in enumerate(titles):
        needed = max(len(title), *(len(cell) for cell in cells[index])) + 2
        if blocks[-1] and used + needed > width:
            blocks.append([])
            used = 0
        blocks[-1].append(index)
        used += needed
    return blocks
