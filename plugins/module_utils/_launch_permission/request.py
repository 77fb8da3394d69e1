# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launch permissions: who may launch an AMI, and what has to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.identifiers import InputError
from .model import LIST_OPTIONS, PUBLIC, Permissions, check_principals, named_principals


@dataclass(frozen=True)
class PermissionRequest:
    """What a task asks for, the same for all its AMIs.

    ``exact`` holds the kinds that purge makes exact. A kind that was not given is not in it and stays untouched.
    ``quota`` is AWS's for AMIs; for snapshots none is documented.
    """

    state: str
    named: Permissions
    exact: frozenset[str]
    quota: int = 0


def check_quota(params: Mapping[str, Any]) -> list[str]:
    quota = params["launch_permission_quota"]
    return (
        []
        if quota > 0
        else [f"launch_permission_quota: {quota} would refuse every share; the default quota of AWS is 1000."]
    )


def parse_request(params: Mapping[str, Any], partition: str | None) -> PermissionRequest:
    """Options to request.

    :raises InputError: with all problems: wrong shapes, options that contradict each other, nothing to act on.
    """
    state, purge, named = params["state"], params["purge"], named_principals(params)
    given = {kind for kind, option in LIST_OPTIONS.items() if params.get(option) is not None}
    if params.get(PUBLIC) is not None:
        given.add(PUBLIC)
    problems = check_principals(params, partition) + check_quota(params)
    if purge and state != "present":
        problems.append("purge: requires state=present; state=private removes everybody.")
    if state == "private":
        if given:
            problems.append(f"state=private removes everybody, so it cannot be combined with {_options(given)}.")
    elif not named and not (purge and given):
        problems.append(_nothing_to_act_on(state, given))
    if problems:
        raise InputError(problems)
    return PermissionRequest(state, named, frozenset(given if purge else ()), params["launch_permission_quota"])


def _options(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(LIST_OPTIONS.get(kind, PUBLIC) for kind in kinds))


def _nothing_to_act_on(state: str, given: Iterable[str]) -> str:
    if any(given):
        return (
            f"nothing to act on: {_options(given)} names nobody. To remove all of a kind that you give empty (or "
            "public=false) add purge=true; to remove everybody use state=private."
        )
    return f"nothing to act on: state={state} needs account_ids, organization_arns, organizational_unit_arns or public."
