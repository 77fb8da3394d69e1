# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in other accounts: roles there that the caller assumes, many at once."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .errors import AwsCallError, calling, failure_of
from .fanout import fan_out
from .role_clients import renewable
from .session import Aws

# What CloudTrail of the other account shows behind the role's name.
SESSION_NAME = "golden.ami"
# botocore's names for the parts of credentials, and those of STS.
CREDENTIALS = {
    "access_key": "AccessKeyId",
    "secret_key": "SecretAccessKey",
    "token": "SessionToken",
    "expiry_time": "Expiration",
}


def assume(aws: Aws, roles: Mapping[str, str], region: str) -> dict[str, Aws | Failure]:
    """An Aws for each role, or why it could not be assumed (AccessDenied: its trust policy, or the caller's own policies).

    Each role is assumed once, and again only when its credentials are about to expire. They last an hour, which is what
    chained roles may have at most (STS AssumeRole, "role chaining").

    :param roles: the roles' ARNs with the external IDs that their trust policies ask for; empty where they ask for none.
    :param region: whose STS endpoint is asked.
    """
    if not roles:
        return {}
    try:
        aws.prepare("sts", [region])
    except AwsCallError as error:
        return dict.fromkeys(roles, error.failure)
    client = aws.client("sts", region)
    found = fan_out(
        [
            functools.partial(renewable, functools.partial(_assume_role, client, region, role_arn, external_id))
            for role_arn, external_id in roles.items()
        ]
    )
    return {role_arn: _acting(aws, role_arn, answer) for role_arn, answer in zip(roles, found, strict=True)}


def _acting(aws: Aws, role_arn: str, answer: Any) -> Aws | Failure:
    """Only the grants of a role fail with it, whatever making its clients raises."""
    try:
        return answer if isinstance(answer, Failure) else aws.acting_as(role_arn, answer)
    except Exception as error:
        return failure_of(error)


def _assume_role(client: Any, region: str, role_arn: str, external_id: str) -> dict[str, str]:
    proof = {"ExternalId": external_id} if external_id else {}
    with calling("sts:AssumeRole", region):
        answer = client.assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME, **proof)
        credentials = answers.part(answer, "Credentials")
        return {name: answers.text(credentials, member) for name, member in CREDENTIALS.items()}
