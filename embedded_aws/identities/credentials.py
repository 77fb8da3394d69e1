# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials for a test to begin with."""

from __future__ import annotations

from typing import Any

from moto.sts.models import sts_backends


def make(_body: Any, account: str) -> dict[str, str]:
    """Keys of an assumed role in the account."""
    role = sts_backends[account]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="embedded-aws",
        role_arn=f"arn:aws:iam::{account}:role/embedded-aws",
        policy="",
        duration=3600,
        external_id="",
    )
    return {
        "access_key": role.access_key_id,
        "secret_key": role.secret_access_key,
        "session_token": role.session_token,
    }
