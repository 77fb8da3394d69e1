# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure one contender: do the work in a fresh world, check the end, and run it again with nothing to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.contender import Contender
from bench.results import Run
from bench.scenario import Scenario, Settings
from demo.world import OWNER
from embedded_aws import EmbeddedAWS

ROOT = Path(__file__).resolve().parent.parent
COLLECTIONS = ROOT / ".build" / "collections"
SCRATCH = ROOT / ".build" / "bench"


class WrongEndError(Exception):
    """A contender did not do the work, so its time says nothing."""


def measure(scenario: Scenario, contender: Contender, settings: Settings) -> tuple[Run, Run]:
    """The work and the run with nothing to do, on a server that nobody used before.

    :raises WrongEndError: when the first run, or the second, did not do what it should.
    """
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with EmbeddedAWS() as aws:
        built = scenario.build(aws, settings)
        inputs = SCRATCH / f"{scenario.name}-{contender.name}.json"
        inputs.write_text(json.dumps(contender.inputs(built)))
        command = contender.command(str(inputs))
        runs = []
        for _turn in ("the work", "nothing to do"):
            aws.set_latency(settings.latency)
            runs.append(_run(aws, command))
            aws.set_latency(0)
            wrong = scenario.check(aws, built)
            if wrong:
                raise WrongEndError("\n".join(wrong))
    return runs[0], runs[1]


def count_processes(scenario: Scenario, contender: Contender) -> tuple[int, ...]:
    """How many modules Ansible starts for the work, and again with nothing to do.

    Ansible leaves the program of each module behind for this, which takes time; so it is neither timed nor large.
    """
    counts = []
    with EmbeddedAWS() as aws:
        built = scenario.build(aws, Settings(regions=2, accounts=2, latency=0))
        SCRATCH.mkdir(parents=True, exist_ok=True)
        inputs = SCRATCH / f"{scenario.name}-{contender.name}-processes.json"
        inputs.write_text(json.dumps(contender.inputs(built)))
        for _turn in ("the work", "nothing to do"):
            with tempfile.TemporaryDirectory(dir=SCRATCH) as left:
                _run(aws, contender.command(str(inputs)), ANSIBLE_KEEP_REMOTE_FILES="true", ANSIBLE_REMOTE_TEMP=left)
                counts.append(len(list(Path(left).rglob("AnsiballZ_*.py"))))
    return tuple(counts)


def _run(aws: EmbeddedAWS, command: list[str], **settings: str) -> Run:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    environment |= aws.environment(OWNER) | {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(SCRATCH / "ansible"),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        **settings,
    }
    result = SCRATCH / "stopwatch.json"
    watched = [sys.executable, str(Path(__file__).with_name("stopwatch.py")), str(result), *command]
    aws.clear_calls()
    done = subprocess.run(
        watched, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    calls = aws.calls()
    measured = json.loads(result.read_text())
    errors = Counter(call["error"] for call in calls if call["error"])
    if measured["code"] or errors:
        raise WrongEndError(f"exit code {measured['code']}, errors of AWS: {dict(errors)}\n{done.stdout[-4000:]}")
    return Run(
        seconds=measured["seconds"],
        cpu_seconds=measured["cpu_seconds"],
        peak_mib=measured["peak_kib"] / 1024,
        changed=int(re.findall(r"changed=(\d+)", done.stdout)[-1]),
        operations=Counter(call["operation"] for call in calls),
        writes=sum(call["write"] for call in calls),
        by_region=Counter(_region(call) for call in calls),
    )


def _region(call: dict[str, Any]) -> str:
    return str(call["region"])
