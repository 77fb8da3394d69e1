# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A machine without a fit Python gets one sentence that says what to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

# Stand-ins for `python`: the first call asks for version and path, the second tries to import ensurepip and venv.
OLD = 'echo "3.9 /usr/bin/python3.9"'
NEW = 'echo "3.15 /usr/bin/python3.15"'
BROKEN = 'echo "pyenv: python3.12: command not found" >&2; exit 127'
NO_VENV = 'case "$2" in *ensurepip*) exit 1 ;; *) echo "3.11 /usr/bin/python3.11" ;; esac'
FIT = 'case "$2" in *ensurepip*) ;; *) echo "3.12 /usr/bin/python3.12" ;; esac'


@pytest.fixture
def check(repo_root: Path, tmp_path: Path):
    def run(body: str) -> subprocess.CompletedProcess[str]:
        python = tmp_path / "python3"
        python.write_text(f"#!/bin/sh\n{body}\n")
        python.chmod(0o755)
        command = [str(repo_root / "tools" / "check-python.sh"), str(python), str(tmp_path / "stamp")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (OLD, "is Python 3.9, but the development tools need 3.11, 3.12 or 3.13"),
        (NEW, "is Python 3.15, but the development tools need 3.11, 3.12 or 3.13"),
        (BROKEN, "does not run on this machine"),
        (NO_VENV, "cannot make virtual environments; install python3-venv"),
    ],
)
def test_unfit_python_is_refused_in_one_sentence(check, tmp_path: Path, body: str, says: str) -> None:
    result = check(body)
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert says in result.stderr
    assert "make PYTHON=" in result.stderr
    assert not (tmp_path / "stamp").exists()


def test_missing_python_is_refused(repo_root: Path, tmp_path: Path) -> None:
    command = [str(repo_root / "tools" / "check-python.sh"), "python-that-is-not-there", str(tmp_path / "stamp")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "python-that-is-not-there does not run on this machine" in result.stderr


def test_stamp_changes_only_with_the_python(check, tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert check(FIT).returncode == 0
    first = stamp.stat().st_mtime_ns
    assert check(FIT).returncode == 0
    assert stamp.stat().st_mtime_ns == first
    assert check(FIT.replace("3.12", "3.13")).returncode == 0
    assert stamp.stat().st_mtime_ns > first
