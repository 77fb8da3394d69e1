# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of the server process, and what a client needs of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[2]


def test_environment_for_a_child_process(cloud):
    environment = cloud.aws.environment(cloud.consumer)
    assert environment["AWS_ENDPOINT_URL"] == environment["AWS_URL"] == cloud.aws.url
    assert "AWS_DEFAULT_REGION" not in environment
    assert cloud.aws.calls() == []


def test_importing_the_client_is_cheap():
    code = "import sys, embedded_aws; sys.exit('moto' in sys.modules or 'boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_server_ends_with_its_parent(tmp_path):
    port_file = tmp_path / "port"
    # The shell is the parent that the server watches; it ends as soon as it has started the server.
    script = (
        f'"{sys.executable}" -m embedded_aws --port-file "{port_file}" --parent $$ >/dev/null 2>&1 & echo $!; sleep 1'
    )
    started = subprocess.run(["sh", "-c", script], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    server = int(started.stdout)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _alive(server):
        time.sleep(0.1)
    assert not _alive(server)


def _alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    # Nobody may collect an orphan in a container without init; a zombie has ended all the same.
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_moto_itself_is_untouched(cloud):
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/golden/ami", Value="ami-0123456789abcdef0", Type="String")
    assert ssm.get_parameter(Name="/golden/ami")["Parameter"]["Value"] == "ami-0123456789abcdef0"
    with pytest.raises(ClientError):
        ssm.put_parameter(Name="/golden/ami", Value="x", Type="String")
