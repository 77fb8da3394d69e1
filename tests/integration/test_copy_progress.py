# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person sees while image_copy waits: in AWX as events of the job, in a terminal as lines on stderr."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.role_share.play import Run, play
from tests.integration.world import OTHER_REGION, OWNER, REGION, THIRD_REGION, World

LINE = re.compile(r"image_copy: (?P<region>[a-z0-9-]+): (?P<what>.*)")
PLAYBOOK = """
- name: Copy
  hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Copy to two Regions
      golden.ami.image_copy:
        image_id: "{{ image_id }}"
        source_region: eu-west-1
        destinations: [{region: us-east-1}, {region: eu-central-1}]
        wait_timeout: 60
      no_log: "{{ secret | default(false) }}"
      register: copies

    - name: Afterwards
      ansible.builtin.debug:
        msg: "{{ copies.results | map(attribute='image_id') | list }}"
"""


@pytest.fixture
def environment(aws: EmbeddedAWS, ansible_env: dict[str, str]) -> dict[str, str]:
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**ansible_env, **aws.environment(OWNER), **nowhere}


@pytest.fixture
def image_id(world: World) -> str:
    world.aws.set_copies(seconds=3, failing=[{"region": THIRD_REGION, "state_reason": "No access to the key"}])
    return world.image("golden")


def left_behind(environment: dict[str, str]) -> list[Path]:
    return [
        *Path(environment["ANSIBLE_HOME"]).rglob("golden-ami-progress-*"),
        *Path("/tmp").glob("golden-ami-progress-*"),
    ]


def test_awx_shows_lines_as_they_come(
    environment: dict[str, str], image_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in os.environ:
        if name.startswith(("AWS_", "ANSIBLE_")):
            monkeypatch.delenv(name)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "copy.yml").write_text(PLAYBOOK)

    run: Run = play(tmp_path, environment, playbook="copy.yml", extravars={"image_id": image_id})

    shown = [(event["counter"], LINE.match(event["stdout"])) for event in run.events if event["event"] == "verbose"]
    lines = {(found["region"], found["what"].split(" ", 1)[1]): counter for counter, found in shown if found}
    ended = next(event["counter"] for event in run.events if event["event"] == "runner_on_failed")
    assert [what for region, what in lines if region == OTHER_REGION] == ["is being copied", "is available after 5 s"]
    assert len(lines) == 4
    assert all(counter < ended for counter in lines.values())
    assert "No access to the key" in run.message
    assert left_behind(environment) == []


def terminal(
    commands: Path, environment: dict[str, str], tmp_path: Path, **variables: object
) -> subprocess.CompletedProcess[str]:
    (tmp_path / "copy.yml").write_text(PLAYBOOK)
    command = [str(commands / "ansible-playbook"), str(tmp_path / "copy.yml")]
    return subprocess.run(
        [*command, "-e", json.dumps(variables)], env=environment, capture_output=True, text=True, check=False
    )


def test_terminal_shows_lines_on_stderr(
    commands: Path, environment: dict[str, str], world: World, image_id: str, tmp_path: Path
) -> None:
    world.aws.set_copies(seconds=1)

    done = terminal(commands, environment, tmp_path, image_id=image_id)

    assert done.returncode == 0, done.stdout + done.stderr
    lines = [found for found in map(LINE.match, done.stderr.splitlines()) if found]
    assert sorted(found["region"] for found in lines) == [THIRD_REGION] * 2 + [OTHER_REGION] * 2
    assert "image_copy: " not in done.stdout.replace("golden.ami.image_copy: ", "")
    assert left_behind(environment) == []
    assert REGION not in {found["region"] for found in lines}


def test_no_log_shows_nothing(
    commands: Path, environment: dict[str, str], world: World, image_id: str, tmp_path: Path
) -> None:
    world.aws.set_copies(seconds=1)

    done = terminal(commands, environment, tmp_path, image_id=image_id, secret=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(map(LINE.match, [*done.stderr.splitlines(), *done.stdout.splitlines()]))
    assert len(world.client("ec2", OTHER_REGION).describe_images(Owners=["self"])["Images"]) == 1
