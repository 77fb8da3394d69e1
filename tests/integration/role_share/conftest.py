# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the role share as a user does, and look at what it did from outside."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.role_share.play import Run, play
from tests.integration.scenario import Scenario, scenarios
from tests.integration.world import OWNER

HERE = Path(__file__).resolve().parent
Share = Callable[..., Scenario]
PlayShare = Callable[..., Run]


@pytest.fixture
def share(aws: EmbeddedAWS) -> Share:
    """``share(share_images=..., check=True)`` runs the module behind the role in this process."""
    return scenarios(aws, "image_share", "share_")


@pytest.fixture
def play_share(
    aws: EmbeddedAWS, ansible_env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> PlayShare:
    """``play_share(share_images=..., check=True)`` runs golden.ami.share with these extra variables.

    Credentials, those of the AMIs' owner, are in the environment; ``environment`` replaces them. ``playbook`` is a name,
    or a file in playbooks/.
    """
    for name in os.environ:
        if name.startswith(("AWS_", "ANSIBLE_")):  # ansible-runner adds its own environment
            monkeypatch.delenv(name)
    numbers = count(1)

    def run(
        *,
        check: bool = False,
        playbook: str = "golden.ami.share",
        environment: dict[str, str] | None = None,
        cmdline: str = "",
        **variables: Any,
    ) -> Run:
        aws.clear_calls()
        given = {
            **ansible_env,
            "ANSIBLE_PIPELINING": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **(aws.environment(OWNER) if environment is None else environment),
        }
        file = HERE / "playbooks" / playbook
        done = play(
            tmp_path / f"run-{next(numbers)}",
            given,
            playbook=str(file) if file.exists() else playbook,
            extravars=variables,
            cmdline=f"{cmdline} {'--check' if check else ''}".strip() or None,
        )
        return replace(done, calls=aws.calls())

    return run
