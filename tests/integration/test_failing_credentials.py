# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules end with their results, whatever becomes of the credentials, before a run and in the middle of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.in_process import run_main
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, OWNER, REGION, World, fault

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(aws: EmbeddedAWS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a module without credentials in the environment, but for what is given; ``profile`` is the text of one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = {name: value for name, value in aws.environment(OWNER).items() if name not in KEYS}

    def module(name: str, arguments: Mapping[str, Any], profile: str = "", **environment: str) -> dict[str, Any]:
        config = tmp_path / "config"
        config.write_text(f"[profile here]\n{profile}\n")
        files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        named = {"AWS_PROFILE": "here"} if profile else {}
        return run_main(name, arguments, {**usual, **files, **named, **environment})

    return module


def program(tmp_path: Path, credentials: Mapping[str, str], runs: int) -> str:
    """A ``credential_process`` whose credentials are about to expire, so that each call gets new ones: so many times."""
    script = tmp_path / "credentials.py"
    script.write_text(
        f"""
import datetime, json, pathlib, sys
count = pathlib.Path({str(tmp_path / "count")!r})
done = len(count.read_text()) if count.exists() else 0
if done >= {runs}:
    sys.exit("The session is over.")
count.write_text("x" * (done + 1))
expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
print(json.dumps({{
    "Version": 1,
    "AccessKeyId": {credentials["access_key"]!r},
    "SecretAccessKey": {credentials["secret_key"]!r},
    "SessionToken": {credentials["session_token"]!r},
    "Expiration": expires.isoformat(),
}}))
"""
    )
    return f"credential_process = {sys.executable} {script}"


def images(*image_ids: str, region: str = REGION) -> list[dict[str, str]]:
    return [{"image_id": image_id, "region": region} for image_id in image_ids]


SSO = (
    "sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\n"
    "sso_role_name = images"
)


def test_a_token_of_single_sign_on_that_is_not_there(world: World, run: Run) -> None:
    result = run("launch_permission_info", {"images": images(world.image("golden"))}, SSO)

    (entry,) = result["results"]
    assert result["failed"] and not result["changed"]
    assert entry["error"]["code"] == "UnauthorizedSSOTokenError" or entry["error"]["code"] == "SSOTokenLoadError"
    assert entry["error"]["caller"] == "nobody (no credentials)"
    assert "aws sso login" in result["msg"]


def test_a_web_identity_token_that_is_not_there(world: World, run: Run, tmp_path: Path) -> None:
    missing = str(tmp_path / "token")
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": missing, "AWS_ROLE_ARN": f"arn:aws:iam::{OWNER}:role/images"}

    result = run("launch_permission", {"images": images(world.image("golden")), "account_ids": [CONSUMER]}, **web)

    (entry,) = result["results"]
    assert (entry["status"], entry["error"]["code"]) == ("failed", "credentials_not_loaded")
    assert f"No such file or directory: {missing}" in result["msg"] and "AWS_WEB_IDENTITY_TOKEN_FILE" in result["msg"]


@pytest.mark.parametrize(
    "module", ["launch_permission", "kms_grant", "image_copy", "snapshot_permission", "image_share"]
)
def test_a_program_that_is_not_there(world: World, run: Run, module: str) -> None:
    image_id = world.image("golden", world.key("alias/golden"))
    options: dict[str, dict[str, Any]] = {
        "kms_grant": {"keys": [{"key_id": "alias/golden", "region": REGION}], "grantees": [CONSUMER]},
        "image_copy": {"image_id": image_id, "source_region": REGION, "destinations": [{"region": OTHER_REGION}]},
    }
    usual = {"images": images(image_id), "account_ids": [CONSUMER]}

    result = run(module, options.get(module, usual), "credential_process = /no/such/program --at all")

    assert (result["failed"], result["changed"], result["results"]) == (True, False, [])
    assert "Could not connect to AWS: No such file or directory: /no/such/program" in result["msg"]


def test_keys_beside_a_profile(world: World, aws: EmbeddedAWS, run: Run) -> None:
    keys = {name: value for name, value in aws.environment(OWNER).items() if name in KEYS}

    result = run("launch_permission_info", {"images": images("ami-0123456789abcdef0")}, SSO, **keys)

    assert (result["failed"], result["changed"], result["results"]) == (True, False, [])
    assert "AWS_PROFILE names the profile 'here'" in result["msg"]
    assert "To use the profile, unset AWS_ACCESS_KEY_ID" in result["msg"]


def test_a_token_that_aws_calls_expired_between_two_writes(world: World, aws: EmbeddedAWS, run: Run) -> None:
    """What is written until then is in the result; who was calling can no longer be asked."""
    first, second = world.image("first"), world.image("second", region=OTHER_REGION)
    expired = "The security token included in the request is expired"
    aws.set_faults(
        [
            fault("ec2", "ModifyImageAttribute", second, "RequestExpired", "Request has expired."),
            fault("sts", "*", "", "ExpiredToken", expired, status=403),
        ]
    )
    keys = {name: value for name, value in aws.environment(OWNER).items() if name in KEYS}
    named = images(first) + images(second, region=OTHER_REGION)

    result = run("launch_permission", {"images": named, "account_ids": [CONSUMER]}, **keys)

    done, lost = result["results"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert (done["status"], done["after"]["account_ids"]) == ("changed", [CONSUMER])
    assert (lost["status"], lost["after"], lost["error"]["code"]) == ("failed", None, "RequestExpired")
    assert lost["error"]["caller"] == f"access key {keys['AWS_ACCESS_KEY_ID']}"


def test_a_token_that_runs_out_in_the_middle_of_a_reset(
    world: World, aws: EmbeddedAWS, run: Run, tmp_path: Path
) -> None:
    """Making the client, two reads and the reset get credentials, reading back what the reset left does not."""
    image_id = world.image("golden", shared_with=[{"UserId": CONSUMER}])
    aws.clear_calls()

    result = run(
        "launch_permission",
        {"images": images(image_id), "state": "private"},
        program(tmp_path, aws.credentials(OWNER), runs=4),
    )

    (entry,) = result["results"]
    assert [call["operation"] for call in aws.calls()][-1] == "ResetImageAttribute"
    assert (result["failed"], result["changed"], entry["status"], entry["after"]) == (True, True, "failed", None)
    assert entry["error"]["code"] == "CredentialRetrievalError" and "The session is over." in result["msg"]


def test_a_token_that_runs_out_between_two_grants(world: World, aws: EmbeddedAWS, run: Run, tmp_path: Path) -> None:
    key = world.key()
    aws.clear_calls()

    result = run(
        "kms_grant",
        {"keys": [{"key_id": key, "region": REGION}], "grantees": [CONSUMER, OTHER]},
        program(tmp_path, aws.credentials(OWNER), runs=4),
    )

    (entry,) = result["results"]
    made = world.client("kms").list_grants(KeyId=key)["Grants"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert [one["grant_id"] for one in entry["after"]] == [one["GrantId"] for one in made] and len(made) == 1
    assert entry["error"]["code"] == "CredentialRetrievalError"


def test_an_sts_that_does_not_answer_is_not_waited_for(world: World, aws: EmbeddedAWS, run: Run) -> None:
    image_id = world.image("golden")
    aws.set_faults(
        [
            {"service": "sts", "operation": "GetCallerIdentity", "latency": 60},
            fault("ec2", "ModifyImageAttribute", image_id, "UnauthorizedOperation", status=403),
        ]
    )
    keys = {name: value for name, value in aws.environment(OWNER).items() if name in KEYS}
    started = time.monotonic()

    result = run("launch_permission", {"images": images(image_id), "account_ids": [CONSUMER]}, **keys)

    assert time.monotonic() - started < 20
    assert result["results"][0]["error"]["code"] == "UnauthorizedOperation"
    assert result["results"][0]["error"]["caller"].startswith("access key ")
