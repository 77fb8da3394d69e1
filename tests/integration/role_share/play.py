# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a playbook by ansible-runner, as AWX does it, and what can be seen of it: events, artifacts, calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner

from tests.awx import extra_variables_file

ENDS = ("runner_on_ok", "runner_on_failed")
ITEM_ENDS = ("runner_item_on_ok", "runner_item_on_failed")


@dataclass(frozen=True)
class Run:
    """``calls`` are the requests to AWS that the run made."""

    code: int
    output: str
    events: list[dict[str, Any]] = field(repr=False)
    calls: list[dict[str, Any]] = field(repr=False)

    @property
    def artifacts(self) -> dict[str, Any]:
        """What set_stats left behind: AWX shows it as the job's artifacts."""
        found = [event["event_data"].get("artifact_data", {}) for event in self._of("playbook_on_stats")]
        return found[0] if found else {}

    @property
    def artifact(self) -> dict[str, Any]:
        """The result as AWX keeps it: JSON text under a name that no role reads."""
        [text] = self.artifacts.values()
        return dict(json.loads(text))

    @property
    def changed(self) -> int:
        """Tasks that report a change, as in the recap."""
        return sum(event["event_data"]["res"].get("changed", False) for event in self._of("runner_on_ok"))

    @property
    def modules(self) -> list[str]:
        """Modules of this collection that ran, skipped ones left out: each is a process, also each item of a loop."""
        loops = {event["event_data"]["task_uuid"] for event in self._of(*ITEM_ENDS)}
        ended = [
            event["event_data"]
            for event in self._of(*ENDS, *ITEM_ENDS)
            if event["event"] in ITEM_ENDS or event["event_data"]["task_uuid"] not in loops
        ]
        actions = [data["task_action"] for data in ended]
        return [action.removeprefix("golden.ami.") for action in actions if action.startswith("golden.ami.")]

    @property
    def tasks(self) -> list[str]:
        """The tasks that ran, without the check of the argument spec, which ansible-core adds to every role."""
        names = [event["event_data"]["task"] for event in self._of(*ENDS)]
        return [name for name in dict.fromkeys(names) if not name.startswith("Validating arguments")]

    @property
    def message(self) -> str:
        """Of the task at which the run ended; empty when none failed."""
        failed = self._of("runner_on_failed")
        return str(failed[-1]["event_data"]["res"]["msg"]) if failed else ""

    @property
    def refusals(self) -> list[str]:
        """The sentences of the message, without its head."""
        return self.message.split("\n- ")[1:]

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Operation and Region of each call that changes something, in order."""
        return [(call["operation"], call["region"]) for call in self.calls if call["write"]]

    def _of(self, *kinds: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] in kinds]


def play(directory: Path, environment: Mapping[str, str], **options: Any) -> Run:
    """Run a playbook.

    :param directory: ansible-runner's private data directory: project, inventory, env.
    :param options: of ``ansible_runner.run``: playbook, extravars, cmdline.
    """
    directory.mkdir(exist_ok=True)
    variables = options.pop("extravars", None)
    if variables is not None:
        (directory / "env").mkdir(exist_ok=True)
        (directory / "env" / "extravars").write_text(extra_variables_file(variables))
    events: list[dict[str, Any]] = []

    def keep(event: dict[str, Any]) -> bool:
        events.append(event)
        return True  # anything else, and ansible-runner does not store the event

    done = ansible_runner.run(
        private_data_dir=str(directory), envvars=dict(environment), event_handler=keep, quiet=True, **options
    )
    output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.read())
    return Run(done.rc, output, events, [])
