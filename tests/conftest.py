# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every test needs: the collections tree on sys.path, and an environment to run Ansible in."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warm_ansible.service_models import parse_once

ROOT = Path(__file__).resolve().parent.parent
# `make` builds the default tree; the matrix points this at trees with other releases of amazon.aws.
TREE = Path(os.environ.get("ANSIBLE_COLLECTIONS_PATH") or ROOT / ".build" / "collections").resolve()

if not (TREE / "ansible_collections" / "amazon" / "aws").is_dir():
    raise pytest.UsageError(f"no amazon.aws under {TREE}: run `make collections` first")

# No __init__.py lies between here and the plugins: ansible_collections, golden and amazon are namespace packages,
# and Ansible's own import machinery is not needed.
sys.path[:0] = [str(ROOT), str(TREE)]


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return ROOT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cold", action="store_true", help="start Ansible and its modules as users do, which takes longer"
    )


@pytest.fixture(scope="session", autouse=True)
def service_models() -> None:
    parse_once()


@pytest.fixture(scope="session")
def cold_commands() -> Path:
    """A directory with ansible, ansible-playbook and python as they are installed."""
    return Path(sys.executable).parent


@pytest.fixture(scope="session")
def commands(request: pytest.FixtureRequest, cold_commands: Path) -> Iterator[Path]:
    """A directory with ansible, ansible-playbook and python that start fast; the installed ones with --cold."""
    if request.config.getoption("--cold"):
        yield cold_commands
        return
    with tempfile.TemporaryDirectory(prefix="golden-ami-") as directory:
        server = ROOT / "tests" / "warm_ansible" / "server.py"
        command = [sys.executable, str(server), directory]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin and process.stdout
            assert process.stdout.readline() == b"ready\n"
            yield Path(directory)
            process.stdin.close()


@pytest.fixture(scope="session")
def ansible_env(tmp_path_factory: pytest.TempPathFactory, commands: Path, cold_commands: Path) -> dict[str, str]:
    """The environment for a child `ansible-playbook`: its commands first, this tree, nothing of the developer's.

    Add credentials and an endpoint to a copy of it.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    return inherited | {
        "ANSIBLE_COLLECTIONS_PATH": str(TREE),
        "ANSIBLE_HOME": str(tmp_path_factory.mktemp("ansible_home")),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "PATH": os.pathsep.join([str(commands), str(cold_commands), os.environ.get("PATH", os.defpath)]),
    }
