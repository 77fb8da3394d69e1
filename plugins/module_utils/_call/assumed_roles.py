# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in other accounts: roles there that the caller assumes, many at once."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .errors import AwsCallError, calling
from .fanout import fan_out
from .session import Aws

# What CloudTrail of the other account shows behind the role's name.
SESSION_NAME = "golden.ami"
CREDENTIALS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


def assume(aws: Aws, role_arns: Iterable[str], region: str) -> dict[str, Aws | Failure]:
    """An Aws for each role, or why it could not be assumed (AccessDenied: its trust policy, or the caller's own policies).

    Call it in the main thread. The credentials last an hour, which is what chained roles may have at most (STS
    AssumeRole, "role chaining").

    :param region: whose STS endpoint is asked.
    """
    roles = list(dict.fromkeys(role_arns))
    if not roles:
        return {}
    try:
        aws.prepare("sts", [region])
    except AwsCallError as error:
        return dict.fromkeys(roles, error.failure)
    client = aws.client("sts", region)
    found = fan_out([functools.partial(_assume_role, client, region, role_arn) for role_arn in roles])
    return {
        role_arn: answer if isinstance(answer, Failure) else aws.acting_as(answer)
        for role_arn, answer in zip(roles, found, strict=True)
    }


def _assume_role(client: Any, region: str, role_arn: str) -> dict[str, str]:
    with calling("sts:AssumeRole", region):
        answer = client.assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME)
        credentials = answers.part(answer, "Credentials")
        return {name: answers.text(credentials, name) for name in CREDENTIALS}
