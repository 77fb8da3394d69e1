# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make aws` prints is typed into a shell, as a person does in a second terminal."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.world import CONSUMERS, OWNER

LAST = "executable_users=self"
WHO = 'python -c \'import boto3; print(boto3.client("sts").get_caller_identity()["Account"])\''


@contextmanager
def started(root: Path, files: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The process, and the blocks that it prints by their titles."""
    command = [sys.executable, str(root / "demo" / "aws.py")]
    environment = {**os.environ, "TMPDIR": str(files)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if LAST in line:
                break
        try:
            yield process, dict(re.findall(r"(?m)^# (.*):\n((?:[^#\n].*\n?)+)", "".join(lines)))
        finally:
            process.kill()


def typed(*blocks: str) -> str:
    """What a shell says; its environment is that of somebody with a profile and other AWS keys."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    environment |= {"AWS_PROFILE": "not-on-this-machine", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"}
    done = subprocess.run(
        ["bash", "-e"], input="\n".join(blocks), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_printed_works_in_another_terminal(repo_root: Path, tmp_path: Path) -> None:
    with started(repo_root, tmp_path) as (process, blocks):
        everybody = blocks["In a second terminal, for every account"]
        owner, consumer = blocks[f"As the owner, {OWNER}"], blocks[f"As the consumer {CONSUMERS[0]}"]

        for account in CONSUMERS:
            assert typed(everybody, blocks[f"As the consumer {account}"], WHO) == f"{account}\n"
        shared = typed(everybody, owner, blocks["Try as the owner"])
        seen = typed(everybody, consumer, next(block for title, block in blocks.items() if LAST in block))

        assert shared.count("failed=0") == 2 and "changed=1" in shared
        assert "golden-web-2026-11" in seen and "golden-base-2026-11" not in seen

        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_it(repo_root: Path, tmp_path: Path, number: signal.Signals) -> None:
    with started(repo_root, tmp_path) as (process, blocks):
        found = re.search(
            r"AWS_ENDPOINT_URL=http://127\.0\.0\.1:(\d+)", blocks["In a second terminal, for every account"]
        )
        assert found
        with socket.create_connection(("127.0.0.1", int(found[1]))):
            pass

        process.send_signal(number)

        assert process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(found[1])))
    assert list(tmp_path.iterdir()) == []
