# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the grants on many keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._base import answers
from .._base.answers import Members
from .._base.outcome import Failure
from .._call.errors import calling
from .._call.fanout import Job, fan_out, paced
from .._call.session import Aws
from .._kms_key.read import read_keys
from .model import Grant, GrantTerms, canonical_constraints, principal_arn
from .plan import KeyFacts

# The most that ListGrants returns in one page; its default is 50.
LIST_GRANTS_PAGE = 100


def read_grants(client: Any, region: str, key_arn: str) -> tuple[Grant, ...]:
    """All grants on a key, others' too. Works in every key state."""
    with calling("kms:ListGrants", region, key_arn):
        pages = client.get_paginator("list_grants").paginate(
            KeyId=key_arn, PaginationConfig={"PageSize": LIST_GRANTS_PAGE}
        )
        return tuple(_grant(grant, key_arn) for page in pages for grant in answers.entries(page, "Grants"))


def grants_job(aws: Aws, region: str, key_arn: str) -> Job[tuple[Grant, ...]]:
    """`read_grants` for `fan_out`, no faster than KMS allows."""
    return paced(aws.pace("kms:ListGrants", region), read_grants, aws.client("kms", region), region, key_arn)


def _grant(grant: Members, key_arn: str) -> Grant:
    """Who has no name, constraints or retiring principal has none; who has no grantee or operations was not read."""
    return Grant(
        grant_id=answers.text(grant, "GrantId"),
        name=answers.text(grant, "Name", ""),
        grantee=_principal(grant, "Grantee", key_arn) or answers.text(grant, "GranteePrincipal"),
        terms=GrantTerms(
            operations=frozenset(answers.texts(grant, "Operations")),
            constraints=canonical_constraints(answers.part(grant, "Constraints", {})),
            retiring_principal=_principal(grant, "Retiring", key_arn),
        ),
        issuing_account=answers.text(grant, "IssuingAccount", ""),
    )


def _principal(grant: Members, role: str, key_arn: str) -> str:
    """An ARN, a unique ID, or a service principal, which CreateGrant and ListGrants keep in a member of its own."""
    shown = answers.text(grant, f"{role}Principal", "") or answers.text(grant, f"{role}ServicePrincipal", "")
    return principal_arn(shown, key_arn.split(":")[1])


def read(aws: Aws, keys: Sequence[tuple[str, str]]) -> list[KeyFacts]:
    """Each key with its grants, in input order; a key that was named twice (by ID and by alias, say) once.

    :param keys: pairs of key (ID, ARN, alias name or alias ARN) and Region.
    """
    facts = [KeyFacts(key_id, region, key) for key_id, region, key in read_keys(aws, keys)]
    listed = fan_out([paced(aws.pace("kms:ListGrants", fact.region), _read_grants, aws, fact) for fact in facts])
    return [replace(fact, grants=answer) for fact, answer in zip(facts, listed, strict=True)]


def _read_grants(aws: Aws, fact: KeyFacts) -> Any:
    if isinstance(fact.key, Failure):
        return ()
    return read_grants(aws.client("kms", fact.region), fact.region, fact.key.arn)
