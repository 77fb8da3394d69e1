# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An AWS on this machine for each worker, empty at the start of every test, and ways to run Ansible on it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.world import OWNER, World

HERE = Path(__file__).resolve().parent
# To Ansible (2.19 on; before) it is only a warning when the terminal cannot show a result, say a diff of the wrong type.
CANNOT_SHOW = ("Callback dispatch", "Failure using method")
PlayTarget = Callable[[str, Mapping[str, Any]], None]
RunModule = Callable[[str, Mapping[str, Any]], None]


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedAWS]:
    with EmbeddedAWS() as running:
        yield running


@pytest.fixture
def aws(server: EmbeddedAWS) -> EmbeddedAWS:
    server.reset()
    return server


@pytest.fixture(scope="session")
def clients() -> dict[tuple[str, str, str], Any]:
    """Clients of all tests: which account credentials are of can be told also after a reset."""
    return {}


@pytest.fixture
def world(aws: EmbeddedAWS, clients: dict[tuple[str, str, str], Any]) -> World:
    return World(aws, clients)


@pytest.fixture
def run_ansible(aws: EmbeddedAWS, ansible_env: dict[str, str], commands: Path) -> Callable[..., None]:
    """Run one of Ansible's commands as the owner of the AMIs; its whole output is the message when it fails."""
    environment = {
        **ansible_env,
        **aws.environment(OWNER),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_ROLES_PATH": str(HERE / "targets"),
        # Where the SDK looks when a task has no credentials.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # Nothing here speaks TLS, and each look at the calls would read all certificates of this machine.
        "SSL_CERT_FILE": os.devnull,
    }

    def run(command: str, *arguments: str) -> None:
        line = [str(commands / command), *arguments, "-e", f"ansible_python_interpreter={commands / 'python'}"]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        if done.returncode or any(warning in done.stderr for warning in CANNOT_SHOW):
            pytest.fail("\n".join([" ".join(line), done.stdout, done.stderr, aws.log()]), pytrace=False)

    return run


@pytest.fixture
def play_target(aws: EmbeddedAWS, run_ansible: Callable[..., None], tmp_path: Path) -> PlayTarget:
    """Play one of the targets with these variables."""

    def play(target: str, variables: Mapping[str, Any]) -> None:
        file = tmp_path / "variables.json"
        file.write_text(json.dumps({**variables, "target": target, "embedded_aws_url": aws.url}))
        run_ansible("ansible-playbook", str(HERE / "target.yml"), "-e", f"@{file}")

    return play


@pytest.fixture
def run_module(run_ansible: Callable[..., None]) -> RunModule:
    """Run one of the modules by itself."""

    def run(module: str, arguments: Mapping[str, Any]) -> None:
        run_ansible("ansible", "localhost", "-m", f"golden.ami.{module}", "-a", json.dumps(arguments))

    return run
