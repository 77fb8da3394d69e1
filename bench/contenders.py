# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: for each contender its command and the file of inputs that the command is given."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.world import KEY_ALIAS, OPERATIONS, World

HERE = Path(__file__).resolve().parent
ANSIBLE_PLAYBOOK = str(Path(sys.executable).parent / "ansible-playbook")


@dataclass(frozen=True)
class Contender:
    name: str
    title: str
    inputs: Callable[[World], dict[str, Any]]
    command: Callable[[str], list[str]]  # from the path of the file of inputs


def _for_us(world: World) -> dict[str, Any]:
    images = [{"image_id": image_id, "region": region} for region, image_id in world.images.items()]
    return {"share_images": images, "share_account_ids": list(world.accounts)}


def _for_others(world: World) -> dict[str, Any]:
    """The grants come ready made: what a playbook would spend on building the list is not counted against it."""
    grants = [
        {
            "name": f"golden-ami-{account}",
            "grantee_principal": f"arn:aws:iam::{account}:root",
            "operations": list(OPERATIONS),
        }
        for account in world.accounts
    ]
    return {"images": world.images, "key_alias": KEY_ALIAS, "account_ids": list(world.accounts), "grants": grants}


OURS = Contender(
    "ours",
    "golden.ami.share",
    _for_us,
    lambda inputs: [ANSIBLE_PLAYBOOK, "golden.ami.share", "-e", f"@{inputs}"],
)
LOOP = Contender(
    "loop",
    "a loop over the Regions with amazon.aws.kms_key and amazon.aws.ec2_ami (bench/loop.yml)",
    _for_others,
    lambda inputs: [ANSIBLE_PLAYBOOK, str(HERE / "loop.yml"), "-e", f"@{inputs}"],
)
BARE = Contender(
    "bare",
    "a threaded boto3 script with the fewest calls (bench/bare.py)",
    _for_others,
    lambda inputs: [sys.executable, str(HERE / "bare.py"), inputs],
)
