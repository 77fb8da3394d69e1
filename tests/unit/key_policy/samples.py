# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statements as AWS's documentation writes them, with the names of the tests."""

from __future__ import annotations

from typing import Any

FOR_SERVICES: dict[str, Any] = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]


def of_organization(condition: dict[str, Any]) -> list[dict[str, Any]]:
    """EC2 User Guide, "Allow organizations and OUs to use a KMS key": without CreateGrant."""
    actions = ["kms:Describe*", "kms:List*", "kms:Get*", *USE[:4]]
    return [
        {"Sid": "org", "Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*", "Condition": condition}
    ]


def of_service_linked_role(arn: str) -> list[dict[str, Any]]:
    """EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes", first example."""
    return [
        {"Sid": "use", "Effect": "Allow", "Principal": {"AWS": [arn]}, "Action": USE, "Resource": "*"},
        {
            "Sid": "grants",
            "Effect": "Allow",
            "Principal": {"AWS": [arn]},
            "Action": ["kms:CreateGrant"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": True}},
        },
    ]


def of_external_account(arn: str) -> list[dict[str, Any]]:
    """The same page, second example: the account makes the grant for its role by itself."""
    return [
        {"Sid": "use", "Effect": "Allow", "Principal": {"AWS": [arn]}, "Action": USE, "Resource": "*"},
        {
            "Sid": "grants",
            "Effect": "Allow",
            "Principal": {"AWS": [arn]},
            "Action": ["kms:CreateGrant"],
            "Resource": "*",
        },
    ]


def of_key_users(arn: str) -> list[dict[str, Any]]:
    """KMS Developer Guide, "Default key policy": what the console writes for other accounts."""
    return [
        {"Sid": "use", "Effect": "Allow", "Principal": {"AWS": arn}, "Action": USE, "Resource": "*"},
        {
            "Sid": "grants",
            "Effect": "Allow",
            "Principal": {"AWS": arn},
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Resource": "*",
            "Condition": FOR_SERVICES,
        },
    ]
