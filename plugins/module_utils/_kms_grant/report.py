# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The grants of one key as the result of kms_grant_info."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.outcome import Failure, Outcome, Reading
from .._kms_key.model import Key, shown_key
from . import model as grants
from .model import Grant
from .plan import KeyFacts, as_dict


@dataclass(frozen=True)
class GrantQuery:
    """Which grants to show; an empty grantee means everybody's."""

    prefix: str
    grantee: str
    only_ours: bool


def parse_query(params: Mapping[str, Any], partition: str | None) -> GrantQuery:
    """:raises InputError: with all problems."""
    grantee = params["grantee"] or ""
    problems = identifiers.check_each(
        "grantee", [grantee] if grantee else [], lambda value: identifiers.check_grantee(value, partition)
    )
    problems += [problem for problem in [identifiers.check_grant_name(params["name"])] if problem]
    if problems:
        raise InputError(problems)
    return GrantQuery(params["name"], grantee, params["only_ours"])


def show_grants(query: GrantQuery, facts: KeyFacts) -> Reading:
    failure = next((part for part in (facts.key, facts.grants) if isinstance(part, Failure)), None)
    return Outcome(facts.target, failure=failure, extra={**shown_key(facts.key), "grants": _shown(query, facts)})


def _shown(query: GrantQuery, facts: KeyFacts) -> list[dict[str, Any]] | None:
    if not isinstance(facts.key, Key) or isinstance(facts.grants, Failure):
        return None
    grantee = query.grantee and grants.principal_arn(query.grantee, facts.key.arn.split(":")[1])
    return [
        {**as_dict(grant), "ours": grants.is_ours(grant, query.prefix), "issuing_account": grant.issuing_account}
        for grant in sorted(facts.grants, key=lambda grant: (grant.grantee, grant.name, grant.grant_id))
        if _matches(grant, query, grantee)
    ]


def _matches(grant: Grant, query: GrantQuery, grantee: str) -> bool:
    if query.only_ours and not grants.is_ours(grant, query.prefix):
        return False
    return not grantee or grants.belongs_to(grant, grantee, query.prefix)
