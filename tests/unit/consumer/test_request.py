# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts in which a task works, and the role that it assumes there."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers, check_consumers, consumers
from tests.unit.builders import ALICE, BOB

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"
NONE = {"account_ids": None, "role_arn": None, "external_id": None}


def problems(**given):
    return check_consumers({**NONE, **given}, "aws")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Consumers()),
        (
            {"account_ids": [BOB, ALICE, BOB], "role_arn": PATTERN, "external_id": "golden-ami"},
            Consumers((BOB, ALICE), PATTERN, "golden-ami"),
        ),
    ],
)
def test_consumers(given, expected):
    assert problems(**given) == []
    assert consumers({**NONE, **given}, None) == expected


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        ({"account_ids": [], "role_arn": PATTERN}, ["account_ids: is empty"]),
        ({"account_ids": [ALICE]}, ["role_arn: is needed with account_ids"]),
        ({"account_ids": ["1402433619"], "role_arn": PATTERN}, ["account_ids: '1402433619'"]),
        ({"role_arn": PATTERN}, ["role_arn: goes with account_ids"]),
        ({"external_id": "golden-ami"}, ["external_id: goes with role_arn"]),
        ({"account_ids": [ALICE], "role_arn": f"arn:aws:iam::{ALICE}:role/x"}, ["role_arn: 'arn:aws:iam::"]),
        ({"account_ids": [ALICE], "role_arn": PATTERN, "external_id": "x"}, ["external_id: 'x'"]),
        (
            {"account_ids": ["x"], "role_arn": "y", "external_id": "z"},
            ["account_ids: 'x'", "role_arn: 'y'", "external_id: 'z'"],
        ),
    ],
)
def test_check_consumers__refused(given, starts):
    found = problems(**given)

    assert [text.startswith(start) for text, start in zip(found, starts, strict=True)] == [True] * len(starts)


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov"])
def test_role_arn__in_the_partition_of_the_amis(partition):
    given = {**NONE, "account_ids": [ALICE], "role_arn": PATTERN}

    assert consumers(given, partition).role_arn(ALICE) == f"arn:{partition}:iam::{ALICE}:role/golden-ami-consumer"
