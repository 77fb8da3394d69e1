# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every module as a user starts it says what it says in the other tests, in which processes start fast.

A user's ansible-playbook starts a Python for each module, with nothing imported and all of its code in one AnsiballZ
program; a module_utils file that ansible-core does not find is missing there.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.world import CONSUMER, OTHER_REGION, OWNER, REGION, World

CONSUMER_ROOT = f"arn:aws:iam::{CONSUMER}:root"
KEY = {"key_id": "alias/golden", "region": REGION}


WITHOUT_ROLE = ("image_tags", "launch_check")
ROLE_IN_CONSUMER = "arn:{partition}:iam::{account}:role/golden-ami-consumer"


def arguments_of_modules(image_id: str) -> dict[str, dict[str, Any]]:
    """Of a task for each module, which has something to do or to tell."""
    image = {"image_id": image_id, "region": REGION}
    shared = {**image, "account_ids": [CONSUMER]}
    destination = {"region": OTHER_REGION, "kms_key_id": "alias/golden"}
    return {
        "image_copy": {"image_id": image_id, "source_region": REGION, "destinations": [destination]},
        "image_info": {**shared, "grantees": [CONSUMER]},
        "image_parameter": {"name": "/golden/web", **image},
        "image_share": {"images": [image], "account_ids": [CONSUMER]},
        "image_tags": {**shared, "role_arn": ROLE_IN_CONSUMER, "tags": {"Team": "web"}},
        "image_unshare": {"images": [image], "account_ids": [CONSUMER], "key_access": True},
        "image_usage_info": image,
        "kms_grant": {**KEY, "grantees": [CONSUMER_ROOT]},
        "kms_grant_info": KEY,
        "kms_key_image_info": KEY,
        "kms_key_policy_statement": {**KEY, "sid": "GoldenAmi", "account_ids": [CONSUMER]},
        "launch_check": {**shared, "role_arn": ROLE_IN_CONSUMER},
        "launch_permission": shared,
        "launch_permission_cancellation": image,
        "launch_permission_info": image,
        "organization_info": {},
        "shared_image_info": {"region": REGION},
        "snapshot_permission": shared,
    }


def playbook(image_id: str, aws: EmbeddedAWS, results: Path) -> list[dict[str, Any]]:
    """A play that writes down what its tasks registered, and fails none of them."""
    arguments = arguments_of_modules(image_id)
    tasks = [{f"golden.ami.{name}": of, "register": name} for name, of in arguments.items()]
    info = "golden.ami.launch_permission_info"
    # The Region and credentials of a task's environment, options that hide their values, and nothing right.
    environment = {**aws.environment(CONSUMER), "AWS_REGION": REGION}
    tasks.append({info: {"image_id": image_id}, "environment": environment, "register": "by_environment"})
    options = {"region": REGION, **aws.credentials(CONSUMER)}
    tasks.append({info: {"image_id": image_id, **options}, "register": "by_options"})
    tasks.append({info: {"image_id": "nothing", "region": "nowhere", "unknown": 1}, "register": "wrong"})
    registered = [*arguments, "by_environment", "by_options", "wrong"]
    tasks = [{**task, "ignore_errors": True} for task in tasks]
    content = "{{ dict(names | zip(names | map('extract', vars))) | to_json }}"
    copy = {"ansible.builtin.copy": {"dest": str(results), "mode": "0600", "content": content}, "check_mode": False}
    tasks.append({**copy, "vars": {"names": registered}})
    return [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]


@pytest.fixture
def image_id(world: World) -> str:
    world.client("organizations", "us-east-1").create_organization(FeatureSet="ALL")
    world.key("alias/golden", region=OTHER_REGION)
    return world.image("golden", key=world.key("alias/golden"))


def test_a_module_in_a_process_of_its_own(
    aws: EmbeddedAWS,
    image_id: str,
    ansible_env: dict[str, str],
    cold_commands: Path,
    commands: Path,
    repo_root: Path,
    tmp_path: Path,
) -> None:
    environment = {
        **ansible_env,
        **aws.environment(OWNER),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    results, written = tmp_path / "results.json", tmp_path / "playbook.json"
    written.write_text(json.dumps(playbook(image_id, aws, results)))

    def registered(directory: Path, **settings: str) -> dict[str, Any]:
        command = [str(directory / "ansible-playbook"), "--check", "--diff", str(written)]
        done = subprocess.run(command, env={**environment, **settings}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(results.read_text())
        return found

    cold = registered(cold_commands)

    assert {name.stem for name in (repo_root / "plugins" / "modules").glob("*.py")} == set(arguments_of_modules(""))
    failed = {name for name, result in cold.items() if result["failed"]}
    # The consumer has no role that could be assumed.
    assert failed == {*WITHOUT_ROLE, "launch_permission_cancellation", "by_options", "by_environment", "wrong"}
    assert registered(commands, ANSIBLE_PIPELINING="true") == cold


@pytest.mark.parametrize(
    ("program", "status", "output", "error"),
    [
        ("import os; print(os.getcwd(), os.environ['GOLDEN'], 'AMI' in os.environ)", 0, "{directory} yes False\n", ""),
        ("import sys; print(sys.stdin.read(), sys.argv); sys.stderr.write('so'); sys.exit(7)", 7, " ['']\n", "so"),
        ("import sys; sys.exit('no')", 1, "", "no\n"),
        ("1 / 0", 1, "", "ZeroDivisionError: division by zero\n"),
        ("import atexit; atexit.register(print, 'ended')", 0, "ended\n", ""),
        ("import threading, time; threading.Thread(target=lambda: print(time.sleep(0.1))).start()", 0, "None\n", ""),
    ],
)
def test_the_python_that_starts_fast_is_one(
    commands: Path, ansible_env: dict[str, str], tmp_path: Path, program: str, status: int, output: str, error: str
) -> None:
    environment = {**ansible_env, "GOLDEN": "yes"}
    command = [str(commands / "python")]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, input=program, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (status, output.format(directory=tmp_path))
    assert done.stderr.endswith(error) and bool(done.stderr) == bool(error)
