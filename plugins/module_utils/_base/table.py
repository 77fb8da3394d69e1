# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table that ends a run, for 80 columns: consumers and AMIs with the same outcome share one row."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from .layers import Consumer, State
from .report import Report

WIDTH = 80
# So many lines of AMIs, and of the members of one group, are shown; all of them are in the result.
AMIS = 20
MEMBERS = 4
# So many rows of outcomes; those in which something failed come first.
ROWS = 40
_TITLES = ("Consumers", "AMIs", "Launch", "Key", "Snapshots", "Auto Scaling")
# A single consumer or Region is named in its row up to this length.
_NAME = 14

Place = tuple[str, str]


def draw(report: Report, check_mode: bool) -> list[str]:
    """The lines of the table: the AMIs, a row for each outcome, who is in each group, and what else there is to say."""
    lines = []
    if check_mode and not report.refused:
        lines.append("Check mode: nothing was written. These are the predicted changes.")
    if report.refused:
        lines.append("Refused, nothing was changed.")
    if report.amis:
        lines += ["", *_amis(report)]
    if report.consumers:
        lines += ["", *_outcomes(report.consumers, len(report.amis))]
    for title, sentences in (("Failed", report.shown_failures), ("Note", report.notes)):
        for sentence in sentences:
            lines += _wrapped(f"{title}: {sentence}")
    return [line.rstrip() for line in lines]


def _amis(report: Report) -> list[str]:
    rows = [(ami.region, ami.image_id or "(new copy)", ami.name) for ami in report.amis]
    shown = _aligned([("Region", "AMI", "Name"), *rows[:AMIS]])
    more = [f"and {len(rows) - AMIS} more AMIs"] if len(rows) > AMIS else []
    return [_cut(line) for line in shown] + more


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _outcomes(consumers: Sequence[Consumer], number_of_amis: int) -> list[str]:
    rows: list[tuple[str, ...]] = []
    legend: list[tuple[str, list[str]]] = []
    groups = _groups(consumers)
    for members, by_states in groups:
        title = members[0] if len(members) == 1 and len(members[0]) <= _NAME else ""
        if not title:
            title = f"group {len(legend) + 1}"
            legend.append((title, members))
        rows += [
            (title, _places(places, number_of_amis), *(state.word for state in states)) for states, places in by_states
        ]
    shown = _aligned([_TITLES, *rows[:ROWS]])
    if len(rows) > ROWS:
        shown.append(f"and {len(rows) - ROWS} more rows; all of them are in the result")
    named = {row[0] for row in rows[:ROWS]}
    for title, members in legend:
        shown += _members(title, members) if title in named else []
    return shown


def _places(places: Sequence[Place], number_of_amis: int) -> str:
    if len(places) == 1:
        return places[0][0]
    return f"all {len(places)}" if len(places) == number_of_amis else f"{len(places)} of {number_of_amis}"


def _groups(
    consumers: Iterable[Consumer],
) -> list[tuple[list[str], list[tuple[tuple[State, ...], list[Place]]]]]:
    """Consumers with the same states on the same AMIs, and their states, those with whom not everything is settled first."""
    of_consumer: dict[str, dict[Place, tuple[State, ...]]] = {}
    waiting: set[str] = set()
    for one in consumers:
        of_consumer.setdefault(one.label, {})[one.region, one.subject] = one.states
        if not one.settled:
            waiting.add(one.label)
    same: dict[tuple[tuple[Place, tuple[State, ...]], ...], list[str]] = {}
    for label, states in of_consumer.items():
        same.setdefault(tuple(states.items()), []).append(label)
    ordered = sorted(same.items(), key=lambda item: waiting.isdisjoint(item[1]))
    return [(members, _by_states(dict(states))) for states, members in ordered]


def _by_states(states: Mapping[Place, tuple[State, ...]]) -> list[tuple[tuple[State, ...], list[Place]]]:
    found: dict[tuple[State, ...], list[Place]] = {}
    for place, one in states.items():
        found.setdefault(one, []).append(place)
    return list(found.items())


def _members(title: str, members: Sequence[str]) -> list[str]:
    size = f", {len(members)} consumers" if len(members) > 1 else ""
    text = f"{title}{size}: {', '.join(members)}"
    lines = textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False)
    if len(lines) <= MEMBERS:
        return lines
    left = sum(line.count(",") for line in lines[MEMBERS:]) + 1
    return [*lines[:MEMBERS], f"    and {left} more; all of them are in the result"]


def _wrapped(text: str) -> list[str]:
    found: list[str] = []
    for number, line in enumerate(text.split("\n")):
        indent = "  " if number else ""
        found += textwrap.wrap(
            line, WIDTH, initial_indent=indent, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        ) or [""]
    return ["", *found]


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
