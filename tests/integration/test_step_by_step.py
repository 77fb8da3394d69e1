# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that shares AMIs with the smaller modules, run as its first line says."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
import yaml

from tests.integration.role_share.consumer import launch
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER_REGION, REGION, World


def test_step_by_step(world: World, run_ansible: Callable[..., None], tmp_path: Path) -> None:
    images = {
        region: world.image("golden-web-7", world.key(region=region), region) for region in (REGION, OTHER_REGION)
    }
    plain = world.image("plain")
    inputs = tmp_path / "inputs.yml"
    wanted = {
        "share_images": [{"name": "golden-web-*"}, {"image_id": plain, "region": REGION}],
        "share_regions": list(images),
        "share_account_ids": [CONSUMER, LEADING_ZERO],
    }
    inputs.write_text(yaml.safe_dump(wanted))
    world.aws.clear_calls()

    run_ansible("ansible-playbook", "golden.ami.share_step_by_step", "-e", f"@{inputs}")

    writes = [call["operation"] for call in world.aws.calls(write=True)]
    assert [(name, len(list(calls))) for name, calls in groupby(writes)] == [
        ("CreateGrant", 4),
        ("ModifyImageAttribute", 3),
    ]
    for account in (CONSUMER, LEADING_ZERO):
        assert [launch(world, image_id, region, account) for region, image_id in images.items()] == ["running"] * 2
        assert launch(world, plain, REGION, account) == "running"

    world.aws.clear_calls()
    run_ansible("ansible-playbook", "golden.ami.share_step_by_step", "-e", f"@{inputs}")

    assert world.aws.calls(write=True) == []


def test_step_by_step__stops_before_the_first_write(world: World, run_ansible: Callable[..., None]) -> None:
    world.image("golden-web-7", world.key())
    managed = world.client("kms").describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    world.image("golden-app-1", managed)
    names = [{"name": name, "region": REGION} for name in ("golden-web-*", "golden-app-*")]
    inputs = json.dumps({"share_images": names, "share_account_ids": [CONSUMER]})
    world.aws.clear_calls()

    with pytest.raises(pytest.fail.Exception, match="is encrypted with the AWS managed key"):
        run_ansible("ansible-playbook", "golden.ami.share_step_by_step", "-e", inputs)

    assert world.aws.calls(write=True) == []
