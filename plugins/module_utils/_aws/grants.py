# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants of many keys: the calls of the module kms_grant and its info module."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Any, TypeVar

from .._core.grant_plan import KeyChange, KeyFacts, after_apply, revocable
from .._core.outcome import Failure, Outcome
from . import kms
from .fanout import Pace, fan_out
from .keys import read_keys
from .session import Aws

T = TypeVar("T")


def read(aws: Aws, keys: Sequence[tuple[str, str]]) -> list[KeyFacts]:
    """Each key with its grants, in input order; a key that was named twice (by ID and by alias, say) once.

    :param keys: pairs of key (ID, ARN, alias name or alias ARN) and Region.
    """
    facts = [KeyFacts(key_id, region, key) for key_id, region, key in read_keys(aws, keys)]
    listed = fan_out([functools.partial(_read_grants, aws, fact) for fact in facts])
    return [replace(fact, grants=answer) for fact, answer in zip(facts, listed, strict=True)]


def _read_grants(aws: Aws, fact: KeyFacts) -> Any:
    if isinstance(fact.key, Failure):
        return ()
    return kms.read_grants(aws.client("kms", fact.region), fact.region, fact.key.arn)


def apply(aws: Aws, plans: Sequence[Outcome]) -> list[Outcome]:
    """Make all new grants of all keys, then revoke what they replace and what has to go.

    Each failure stays with its own grant; a grant whose successor could not be made is not revoked.
    """
    changes: list[KeyChange] = [plan.change for plan in plans if plan.change]
    wanted = [[creation.wanted for creation in change.plan.create] for change in changes]
    created = _for_each(changes, wanted, kms.CREATE_GRANT_RATE, functools.partial(_create, aws))
    doomed = [revocable(change.plan, made) for change, made in zip(changes, created, strict=True)]
    revoked = _for_each(changes, doomed, kms.REVOKE_GRANT_RATE, functools.partial(_revoke, aws))
    answers = iter(zip(created, revoked, strict=True))
    return [after_apply(plan, *next(answers)) if plan.change else plan for plan in plans]


def _create(aws: Aws, change: KeyChange, wanted: Any) -> str:
    return kms.create_grant(aws.client("kms", change.region), change.region, change.key_arn, wanted)


def _revoke(aws: Aws, change: KeyChange, grant: Any) -> None:
    return kms.revoke_grant(aws.client("kms", change.region), change.region, change.key_arn, grant.grant_id)


def _for_each(
    changes: Sequence[KeyChange], items: Sequence[Sequence[T]], rate: float, call: Callable[[KeyChange, T], Any]
) -> list[dict[T, Any]]:
    """Call for every item of every key, and give each key its answers.

    Keys take turns, so that all Regions move on together; the quotas of grants are for an account and Region, so each
    Region has a pace of its own.
    """
    paces = {change.region: Pace(rate) for change in changes}

    def paced(position: int, item: T) -> Any:
        change = changes[position]
        paces[change.region].wait()
        return call(change, item)

    turns = zip_longest(*([(position, item) for item in listed] for position, listed in enumerate(items)))
    jobs = [job for job in chain.from_iterable(turns) if job is not None]
    answers = fan_out([functools.partial(paced, *job) for job in jobs])
    by_key: list[dict[T, Any]] = [{} for _change in changes]
    for (position, item), answer in zip(jobs, answers, strict=True):
        by_key[position][item] = answer
    return by_key
