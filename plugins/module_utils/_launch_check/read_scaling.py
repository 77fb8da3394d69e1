# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an account has the service-linked role of Amazon EC2 Auto Scaling."""

from __future__ import annotations

from typing import Any

from .._call.errors import AwsCallError, calling

ROLE = "AWSServiceRoleForAutoScaling"


def read_scaling(client: Any, region: str) -> bool:
    """:raises AwsCallError: where that may not be read."""
    try:
        with calling("iam:GetRole", region):
            client.get_role(RoleName=ROLE)
    except AwsCallError as error:
        if error.failure.code == "NoSuchEntity":
            return False
        raise
    return True
