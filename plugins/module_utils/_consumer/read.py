# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reach the accounts of consumers: a role in each of them, all assumed at once."""

from __future__ import annotations

from dataclasses import replace

from .._base import answers
from .._base.outcome import Failure
from .._call.assumed_roles import assume
from .._call.errors import calling
from .._call.fanout import fan_out
from .._call.session import Aws
from .request import Consumers


def reach(aws: Aws, consumers: Consumers, region: str) -> dict[str, Aws | Failure]:
    """An Aws for each account, or why its role could not be assumed; the caller's own account first, where it is meant.

    :param region: whose STS endpoint is asked.
    """
    own: dict[str, Aws | Failure] = {}
    if consumers.own or not consumers.account_ids:
        own = {read_own_account(aws, region): aws}
    roles = {
        account_id: consumers.role_arn(account_id) for account_id in consumers.account_ids if account_id not in own
    }
    assumed = assume(aws, dict.fromkeys(roles.values(), consumers.external_id), region)
    return {**own, **{account_id: _told(assumed[role_arn], role_arn) for account_id, role_arn in roles.items()}}


def _told(answer: Aws | Failure, role_arn: str) -> Aws | Failure:
    """AWS's own text does not name the role in every case."""
    if not isinstance(answer, Failure):
        return answer
    return replace(answer, message=f"{role_arn} could not be assumed: {answer.message}")


def read_own_account(aws: Aws, region: str) -> str:
    """The account of the task's own credentials; empty when they are not valid, which every further call will say."""
    aws.prepare("sts", [region])
    (answer,) = fan_out([lambda: _account_of(aws, region)])
    return "" if isinstance(answer, Failure) else answer


def _account_of(aws: Aws, region: str) -> str:
    with calling("sts:GetCallerIdentity", region):
        return answers.text(aws.client("sts", region).get_caller_identity(), "Account")
