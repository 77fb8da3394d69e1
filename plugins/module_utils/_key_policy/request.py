# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of kms_key_policy_statement as one checked request, and the statement that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._kms_grant.model import LAUNCH_OPERATIONS
from . import identifiers as policy_identifiers

LAUNCH_ACTIONS = tuple(f"kms:{operation}" for operation in LAUNCH_OPERATIONS)


@dataclass(frozen=True)
class PolicyRequest:
    """What a task asks for, the same for all its keys. Of principals, organizations and paths one kind at most is given.

    ``keep_others``: those whom the statement names already and the task does not stay in it.
    ``grant_is_for_aws_resource``: they may create grants only by way of an AWS service, for its own resources.
    """

    state: str
    sid: str
    principals: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()
    organization_paths: tuple[str, ...] = ()
    actions: tuple[str, ...] = LAUNCH_ACTIONS
    keep_others: bool = False
    grant_is_for_aws_resource: bool = True

    @property
    def names_anybody(self) -> bool:
        return bool(self.principals or self.organization_ids or self.organization_paths)


def parse_request(params: Mapping[str, Any], partition: str | None) -> PolicyRequest:
    """Options to request.

    :param partition: the keys' partition, None when they are not of one known partition.
    :raises InputError: with all problems.
    """
    accounts, arns, organizations, paths = (
        tuple(dict.fromkeys(str(value) for value in params[option] or ()))
        for option in ("account_ids", "principal_arns", "organization_ids", "organization_paths")
    )
    actions = LAUNCH_ACTIONS if params["actions"] is None else tuple(params["actions"])
    check_sid = _check_sid if params["state"] == "present" else policy_identifiers.check_sid
    problems = [problem for problem in [check_sid(params["sid"])] if problem]
    problems += identifiers.check_each("account_ids", accounts, identifiers.check_account_id)
    problems += identifiers.check_each(
        "principal_arns", arns, lambda value: policy_identifiers.check_principal_arn(value, partition)
    )
    problems += identifiers.check_each("organization_ids", organizations, policy_identifiers.check_organization_id)
    problems += identifiers.check_each("organization_paths", paths, policy_identifiers.check_organization_path)
    problems += policy_identifiers.check_actions(actions)
    problems += _check_kinds(params["state"], bool(accounts or arns), bool(organizations), bool(paths))
    if params["keep_others"] and params["state"] == "absent" and not (accounts or arns or organizations or paths):
        problems.append(
            "keep_others: with state=absent it needs who is to go, in account_ids, principal_arns, organization_ids or "
            "organization_paths. To remove the statement, leave keep_others out."
        )
    if problems:
        raise InputError(problems)
    spelled = tuple(dict.fromkeys(policy_identifiers.spelled(action) for action in actions))
    return PolicyRequest(
        params["state"],
        params["sid"],
        (*accounts, *arns),
        organizations,
        paths,
        spelled,
        params["keep_others"],
        params["grant_is_for_aws_resource"],
    )


def _check_sid(value: str) -> str | None:
    return policy_identifiers.check_beginning_of_sids(value, policy_identifiers.grants_sid(""))


def _check_kinds(state: str, principals: bool, organizations: bool, paths: bool) -> list[str]:
    """Principal and Condition of a statement are joined by "and": it cannot say "these accounts or this organization"."""
    if principals and (organizations or paths):
        return [
            "account_ids and principal_arns cannot share a statement with organization_ids and organization_paths, "
            "which would allow only principals that meet both: use two tasks with a sid each."
        ]
    if organizations and paths:
        return [
            "organization_ids and organization_paths cannot share a statement, which would narrow each organization to the "
            "paths: use two tasks with a sid each."
        ]
    if state == "present" and not (principals or organizations or paths):
        return [
            "nobody is named: state=present needs account_ids, principal_arns, organization_ids or "
            "organization_paths. To remove the statement, use state=absent."
        ]
    return []
