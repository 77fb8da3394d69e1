# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who does the work: this collection, a loop over amazon.aws's modules, a bare boto3 script."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.world import World

ANSIBLE_PLAYBOOK = str(Path(sys.executable).parent / "ansible-playbook")


@dataclass(frozen=True)
class Contender:
    """``command``: from the path of the file of inputs. It runs in the root of the repository."""

    name: str
    title: str
    inputs: Callable[[World], dict[str, Any]]
    command: Callable[[str], list[str]]


def ours(playbook: str, inputs: Callable[[World], dict[str, Any]]) -> Contender:
    return Contender("ours", playbook, inputs, lambda path: [ANSIBLE_PLAYBOOK, playbook, "-e", f"@{path}"])


def loop(playbook: str, title: str, inputs: Callable[[World], dict[str, Any]]) -> Contender:
    """:param playbook: its path in the repository."""
    return Contender(
        "loop", f"{title} ({playbook})", inputs, lambda path: [ANSIBLE_PLAYBOOK, playbook, "-e", f"@{path}"]
    )


def bare(module: str, title: str, inputs: Callable[[World], dict[str, Any]]) -> Contender:
    path_in_repository = module.replace(".", "/") + ".py"
    return Contender(
        "bare", f"{title} ({path_in_repository})", inputs, lambda path: [sys.executable, "-m", module, path]
    )
