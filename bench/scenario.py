# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: a scenario is a world to start from, contenders that do the same work there, and what has to hold then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from embedded_aws import EmbeddedAWS

if TYPE_CHECKING:
    from bench.report import Measured
    from bench.world import World

ANSIBLE_PLAYBOOK = str(Path(sys.executable).parent / "ansible-playbook")


@dataclass(frozen=True)
class Settings:
    regions: int
    accounts: int
    latency: float


@dataclass(frozen=True)
class Contender:
    """``command``: from the path of the file of inputs. It runs in the root of the repository."""

    name: str
    title: str
    inputs: Callable[[World], dict[str, Any]]
    command: Callable[[str], list[str]]


class Verdict(NamedTuple):
    about: str
    found: str
    wanted: str
    reached: bool


@dataclass(frozen=True)
class Scenario:
    """``check`` returns what is wrong in the end, by asking the API; ``checked`` says it for the report."""

    name: str
    title: Callable[[Settings], str]
    work: str
    accounts: int
    build: Callable[[EmbeddedAWS, Settings], World]
    contenders: tuple[Contender, ...]
    check: Callable[[EmbeddedAWS, World], list[str]]
    checked: str
    targets: Callable[[Settings, Mapping[str, Measured]], Iterator[Verdict]]


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
