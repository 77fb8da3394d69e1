# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays that go no further than the action plugin, or than a module's refusal: no AWS is needed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx import extra_variables_file

ACTIONS = Path(__file__).parent / "action_plugins"


@dataclass(frozen=True)
class Play:
    """``seen``: the arguments of each start of the echoing module; ``results``: the registered ``r`` of each host."""

    code: int
    stdout: str
    stderr: str
    seen: list[dict[str, Any]]
    results: dict[str, Any]


@pytest.fixture
def echo_env(ansible_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {
        **ansible_env,
        "ANSIBLE_ACTION_PLUGINS": str(ACTIONS),
        "ANSIBLE_PIPELINING": "true",
        "SEEN": str(tmp_path / "seen"),
    }


@pytest.fixture
def play(echo_env: dict[str, str], commands: Path, tmp_path: Path) -> Callable[..., Play]:
    """``play(tasks, vars, extra, hosts)`` runs the tasks; ``extra`` are extra variables, written as AWX writes them."""

    def run(
        tasks: list[dict[str, Any]],
        variables: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        hosts: str = "a",
        **keywords: Any,
    ) -> Play:
        results = tmp_path / "results"
        results.mkdir(exist_ok=True)
        content = "{{ r | default({}) | to_json }}"
        keep = {"ansible.builtin.copy": {"content": content, "dest": f"{results}/{{{{ inventory_hostname }}}}"}}
        book = {"hosts": "all", "gather_facts": False, "vars": variables or {}, "tasks": [*tasks, keep], **keywords}
        (tmp_path / "play.yml").write_text(yaml.safe_dump([book], sort_keys=False))
        (tmp_path / "extra.yml").write_text(extra_variables_file(extra or {}))
        line = [str(commands / "ansible-playbook"), "-i", f"{hosts},", "-c", "local", "play.yml"]
        line += ["-e", "@extra.yml", "-e", f"ansible_python_interpreter={commands / 'python'}"]
        done = subprocess.run(line, cwd=tmp_path, env=echo_env, capture_output=True, text=True, check=False)
        seen = Path(echo_env["SEEN"])
        return Play(
            done.returncode,
            done.stdout,
            done.stderr,
            [json.loads(one) for one in seen.read_text().splitlines()] if seen.exists() else [],
            {path.name: json.loads(path.read_text()) for path in results.iterdir()},
        )

    return run
