# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""golden.ami.share as a job of AWX runs it: ansible-runner with a private data directory that AWX would have written.

The survey's answers are text in env/extravars, the credentials are in env/envvars, the project is a checkout with
collections/requirements.yml, and the inventory says nothing about Python.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded_aws import EmbeddedAWS
from tests.awx import extra_variables_file
from tests.integration.role_share.consumer import launch, sees
from tests.integration.role_share.play import Run, play
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER_REGION, OWNER, REGION, World, fault

Job = Callable[..., Run]
SPECS = Path(__file__).resolve().parents[2] / "roles" / "share" / "meta" / "argument_specs.yml"
# What a survey that asks for everything hands over: text areas and choices are text, also when they are left empty.
# Guards are in no survey: one that is present and empty is refused.
EMPTY_FIELDS = {
    **{
        name: ""
        for name in yaml.safe_load(SPECS.read_text())["argument_specs"]["main"]["options"]
        if "allowed" not in name
    },
    "share_public": "false",
    "share_launch_permission_quota": 1000,
}


@pytest.fixture
def unusable_pythons(tmp_path: Path) -> Path:
    """A directory for PATH in which interpreter discovery finds Pythons, none of which can run a module."""
    directory = tmp_path / "unusable"
    directory.mkdir()
    for name in ("python", "python3", *(f"python3.{minor}" for minor in range(6, 20))):
        (directory / name).write_text("#!/bin/sh\necho 'not this Python' >&2\nexit 1\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.fixture
def job(
    aws: EmbeddedAWS,
    ansible_env: dict[str, str],
    repo_root: Path,
    tmp_path: Path,
    unusable_pythons: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Job:
    """``job(answers, check=True)`` launches the template once; the credentials are those of the AMIs' owner."""
    for name in os.environ:
        if name.startswith(("AWS_", "ANSIBLE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", os.pathsep.join([str(unusable_pythons), ansible_env["PATH"]]))
    private = tmp_path / "private"
    for part in ("env", "inventory", "project/collections"):
        (private / part).mkdir(parents=True)
    shutil.copy(repo_root / "collections" / "requirements.yml", private / "project" / "collections")
    (private / "project" / "share.yml").write_text(
        "---\n- name: Share golden AMIs\n  ansible.builtin.import_playbook: golden.ami.share\n"
    )
    (private / "inventory" / "hosts").write_text("localhost ansible_connection=local\n")
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": ansible_env["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_HOME": ansible_env["ANSIBLE_HOME"],
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **aws.environment(OWNER),
    }
    (private / "env" / "envvars").write_text(yaml.safe_dump(environment))

    def launch_job(answers: dict[str, Any], check: bool = False, playbook: str = "share.yml", verbose: str = "") -> Run:
        aws.clear_calls()
        (private / "env" / "extravars").write_text(extra_variables_file({**EMPTY_FIELDS, **answers}))
        options = " ".join(["--check"] * check + [verbose] * bool(verbose))
        done = play(private, {}, playbook=playbook, cmdline=options or None)
        return replace(done, calls=aws.calls())

    return launch_job


def test_a_job_template(world: World, job: Job) -> None:
    keys = {region: world.key(region=region) for region in (REGION, OTHER_REGION)}
    images = {region: world.image("golden-web-7", key, region) for region, key in keys.items()}
    answers = {
        "share_images": "name=golden-web-*\n",
        "share_regions": f"{REGION}\r\n{OTHER_REGION}\r\n",
        "share_account_ids": f"{CONSUMER}\r\n{LEADING_ZERO}",
    }

    check = job(answers, check=True)

    assert check.code == 0, check.output
    assert check.writes == []
    assert check.artifact["changed"]
    assert "These are the predicted changes." in check.output

    run = job(answers, verbose="-vvv")

    assert run.code == 0, run.output
    assert list(run.artifacts) == ["golden_ami_share"]
    assert run.artifact["changed"] and not run.artifact["failed"]
    assert {image["image_id"] for image in run.artifact["images"]} == set(images.values())
    assert run.artifact["not_ready"] == []
    for region, image_id in images.items():
        assert launch(world, image_id, region) == launch(world, image_id, region, LEADING_ZERO) == "running"
    # With all verbosity, too, nothing shows the credentials.
    secrets = [world.aws.credentials(OWNER)[name] for name in ("secret_key", "session_token")]
    assert not any(secret in text for secret in secrets for text in (run.output, json.dumps(run.events)))
    assert {call["account"] for call in run.calls} == {OWNER}

    # The same by the playbook's own name.
    again = job(answers, playbook="golden.ami.share")

    assert (again.code, again.changed, again.writes) == (0, 0, [])
    assert not again.artifact["changed"]


def test_a_job_that_fails_in_part_leaves_its_result(world: World, job: Job) -> None:
    here, there = world.image("here"), world.image("there", region=OTHER_REGION)
    world.aws.set_faults([fault("ec2", "ModifyImageAttribute", there, "UnauthorizedOperation", status=403)])

    run = job({"share_images": f"{here} {REGION},{there} {OTHER_REGION}", "share_account_ids": CONSUMER})

    assert run.code == 2
    assert [image["status"] for image in run.artifact["images"]] == ["changed", "failed"]
    assert there in run.artifact["failures"][0]
    assert (sees(world, here), sees(world, there, OTHER_REGION)) == (True, False)


def test_a_job_with_a_wrong_answer(world: World, job: Job) -> None:
    """``share_launch_permission_quota: 0`` and an empty text area are what a form makes easy."""
    run = job({"share_images": "ami-1 eu-west-1", "share_account_ids": "", "share_launch_permission_quota": 0})

    assert (run.code, run.calls, run.artifact["refused"]) == (2, [], True)
    assert "'ami-1' is not an AMI ID" in run.message
    assert "give share_account_ids" in run.message
    assert "share_launch_permission_quota: 0" in run.message


def test_the_projects_requirements_name_what_a_job_needs(repo_root: Path) -> None:
    requirements = yaml.safe_load((repo_root / "collections" / "requirements.yml").read_text())
    galaxy = yaml.safe_load((repo_root / "galaxy.yml").read_text())
    ours, amazon_aws = requirements["collections"]

    assert (ours["name"], ours["type"]) == (f"{galaxy['repository']}.git", "git")
    assert amazon_aws == {"name": "amazon.aws", "version": galaxy["dependencies"]["amazon.aws"]}
