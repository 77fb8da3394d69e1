# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts about one AMI in one account, put together as reading would; all is well unless a test says otherwise."""

from __future__ import annotations

from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._launch_check.model import Facts, KeyProbe, PlaceFacts, Target
from ansible_collections.golden.ami.plugins.module_utils._launch_check.request import CheckRequest
from tests.unit.builders import ALICE, IMAGE_ID, KEY_ARN, REGION, image

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"
SELECTOR = ImageSelector(REGION, IMAGE_ID)
TARGET = Target(ALICE, SELECTOR)
OF_THE_KEY = "because no resource-based policy allows the kms:DescribeKey action"
OF_THE_ROLE = "because no identity-based policy allows the kms:DescribeKey action"


def failure(action: str, code: str, message: str = "no", **given: Any) -> Failure:
    return Failure(code, message, given.pop("next_step", ""), action, REGION, **given)


def denied_key(
    message: str = OF_THE_KEY, code: str = "AccessDeniedException", operation: str = "DescribeKey"
) -> Failure:
    return failure(f"kms:{operation}", code, message)


def request(**given: Any) -> CheckRequest:
    usual: dict[str, Any] = {"consumers": Consumers((ALICE,), PATTERN), "images": (SELECTOR,)}
    return CheckRequest(**{**usual, **given})


def place(**given: Any) -> PlaceFacts:
    return PlaceFacts(**{"shared": {IMAGE_ID: image(architecture="x86_64", devices=("/dev/xvda",))}, **given})


def facts(**given: Any) -> Facts:
    """An AMI that is not encrypted; ``key=`` a probe of the one key of one that is."""
    probe = given.pop("key", None)
    if probe is not None:
        given |= {"key_arns": (KEY_ARN,), "keys": {KEY_ARN: probe}}
    usual: dict[str, Any] = {"place": place(), "owned": image(), "instance_type": "t3.micro", "dry_run": None}
    return Facts(TARGET, **{**usual, **given})


def probe(state: str = "Enabled", **denied: Failure) -> KeyProbe:
    return KeyProbe(KEY_ARN, state, denied)
