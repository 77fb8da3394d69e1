# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One role in each of many accounts, as a pattern."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base import role_pattern
from tests.unit.builders import ALICE

PATTERN = "arn:{partition}:iam::{account}:role/golden-ami-consumer"


def check(pattern, partition="aws"):
    return role_pattern.check("role_arn", pattern, partition, "golden-ami-consumer", "there are many", "AMIs")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", None])
def test_check__accepts(partition):
    assert check(PATTERN, partition) is None
    assert check("arn:aws:iam::{account}:role/path/of/{account}", None) is None


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "must have {account} where an ARN has the account, because there are many"),
        ("golden-ami-consumer", "must have {account}"),
        (f"arn:aws:iam::{ALICE}:role/consumer", "must have {account}"),
        ("arn:aws:iam::{account}:user/consumer", "is not the ARN of a role"),
        ("arn:aws:iam::{account}", "is not the ARN of a role"),
        ("arn:aws:iam::{account}:role/{name}", "is not the ARN of a role"),
        ("arn:aws-cn:iam::{account}:role/consumer", "the partition 'aws-cn', the AMIs to 'aws'"),
    ],
)
def test_check__refuses(pattern, said):
    problem = check(pattern)

    assert problem.startswith(f"role_arn: '{pattern}'")
    assert said in problem


def test_fill():
    assert role_pattern.fill(PATTERN, ALICE, "aws-cn") == f"arn:aws-cn:iam::{ALICE}:role/golden-ami-consumer"
