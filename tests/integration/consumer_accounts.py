# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of consumers with a role that the owner assumes, and a module that works in them, run as the owner."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.in_process import run_main
from tests.integration.world import OWNER, World

ROLE = "golden-ami-consumer"
PATTERN = f"arn:{{partition}}:iam::{{account}}:role/{ROLE}"
EXTERNAL_ID = "golden-ami/1"


def consumer_role(world: World, account: str, *statements: Mapping[str, Any], external_id: str = EXTERNAL_ID) -> str:
    """A role that the owner's account may assume with the external ID; without statements it may do everything."""
    condition = {"StringEquals": {"sts:ExternalId": external_id}}
    trusted = {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "sts:AssumeRole", "Condition": condition}
    iam = world.client("iam", "us-east-1", account)
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    arn: str = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    if statements:
        allowed = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=ROLE, PolicyName="allowed", PolicyDocument=allowed)
    return arn


def allow(*actions: str, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **elements}


@dataclass(frozen=True)
class Ran:
    """A module's result, the requests that it made, and the lines that a person saw meanwhile."""

    result: dict[str, Any]
    calls: list[dict[str, Any]] = field(repr=False)
    progress: list[str] = field(repr=False)

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def warnings(self) -> str:
        """As one text: releases of ansible-core differ in what they print."""
        return json.dumps(self.result.get("warnings", []))

    @property
    def writes(self) -> list[str]:
        return [call["operation"] for call in self.calls if call["write"]]

    def of(self, key: str, *names: str) -> dict[Any, Any]:
        """One key of each result, by the keys that name it; by one name alone without a tuple."""
        found = {}
        for entry in self.result["results"]:
            name = tuple(entry[one] for one in names)
            found[name[0] if len(name) == 1 else name] = entry[key]
        return found


def run_module(world: World, module: str, account: str = OWNER, **options: Any) -> Ran:
    """Run the module as an account; ``check`` and ``diff`` are Ansible's. ``progress=False`` for one that tells nothing."""
    world.aws.clear_calls()
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    tells = options.pop("progress", True)
    modes = {name: options.pop(name, False) for name in ("check", "diff")}
    with tempfile.NamedTemporaryFile("r", prefix="progress-") as file:
        given = {**options, **({"progress_file": file.name} if tells else {})}
        result = run_main(module, given, {**nowhere, **world.aws.environment(account)}, **modes)
        return Ran(result, world.aws.calls(), file.read().splitlines())
