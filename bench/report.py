# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as Markdown that also reads well in a terminal."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence

from bench.measure import COLLECTIONS
from bench.results import Measured, Phase
from bench.scenario import Scenario, Settings

METHOD = """\
Wall time is that of the whole process, start of Python and imports included; medians, with all measurements in
brackets. Every contender starts in a fresh world on a fresh server, and after every run the API is asked for the end
state. Peak memory is the resident set of the largest single process among the command and all its descendants, as the
kernel counted it (`ru_maxrss` of `wait4`); the largest of all runs."""


def machine() -> str:
    manifest = COLLECTIONS / "ansible_collections" / "amazon" / "aws" / "MANIFEST.json"
    amazon_aws = json.loads(manifest.read_text())["collection_info"]["version"]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "boto3", "moto")]
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    return f"{cores}; Python {platform.python_version()}, amazon.aws {amazon_aws}, {', '.join(versions)}"


def render_head(latency: float) -> str:
    return f"{machine()}; {latency * 1000:.0f} ms before every request\n\n{METHOD}\n"


def render(scenario: Scenario, settings: Settings, measured: Mapping[str, Measured]) -> str:
    parts = [
        f"# {scenario.title(settings)}",
        "\n".join(f"- **{one.contender.name}**: {one.contender.title}" for one in measured.values()),
        f"Checked after every run: {scenario.checked}.",
    ]
    for title, phase in ((f"(a) {scenario.work}", "first"), ("(b) Nothing to do", "again")):
        phases = {name: getattr(one, phase) for name, one in measured.items()}
        parts += [f"## {title}", _times(phases), _calls(phases)]
    targets = [
        (about, found, wanted, "reached" if ok else "MISSED")
        for about, found, wanted, ok in scenario.targets(settings, measured)
    ]
    parts += ["## Targets", _table(["", "measured", "target", ""], targets)]
    return "\n\n".join(parts) + "\n"


def _times(phases: Mapping[str, Phase]) -> str:
    rows = []
    for name, phase in phases.items():
        regions = phase.worst.by_region
        each = ", ".join(f"{run.seconds:.1f}" for run in phase.runs)
        rows.append(
            (
                name,
                f"{phase.seconds:.1f} s ({each})",
                f"{phase.cpu_seconds:.1f} s",
                f"{phase.peak_mib:.0f} MiB",
                phase.worst.operations.total(),
                f"{max(regions.values())} / {regions.total() / len(regions):.1f}",
                phase.worst.writes,
                f"changed={phase.worst.changed}",
            )
        )
    head = ["", "wall time", "CPU time", "peak memory", "calls", "in a Region: most / mean", "writes", "it says"]
    return _table(head, rows)


def _calls(phases: Mapping[str, Phase]) -> str:
    names = sorted({operation for phase in phases.values() for operation in phase.worst.operations})
    rows = [[name, *(phase.worst.operations[name] or "" for phase in phases.values())] for name in names]
    return _table(["calls by operation", *phases], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table with its columns aligned."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
