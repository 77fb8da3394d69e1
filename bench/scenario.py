# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: a scenario is a world to start from, contenders that do the same work there, and what has to hold then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bench.contender import Contender
from bench.results import Measured
from bench.world import World
from embedded_aws import EmbeddedAWS


@dataclass(frozen=True)
class Settings:
    regions: int
    accounts: int
    latency: float


class Verdict(NamedTuple):
    about: str
    found: str
    wanted: str
    reached: bool


@dataclass(frozen=True)
class Scenario:
    """``check`` returns what is wrong in the end, by asking the API; ``checked`` says it for the report.

    ``sizes`` are the numbers of accounts with which it is measured.
    """

    name: str
    title: Callable[[Settings], str]
    work: str
    sizes: tuple[int, ...]
    build: Callable[[EmbeddedAWS, Settings], World]
    contenders: tuple[Contender, ...]
    check: Callable[[EmbeddedAWS, World], list[str]]
    checked: str
    targets: Callable[[Settings, Mapping[str, Measured]], Iterator[Verdict]]
