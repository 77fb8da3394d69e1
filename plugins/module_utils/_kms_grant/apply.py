# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants of many keys: the calls of the module kms_grant and its info module."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, TypeVar

from .._base import answers
from .._base.advice import DENIED
from .._base.outcome import Failure
from .._call.assumed_roles import assume
from .._call.conclusions import concluded, keeping_the_record
from .._call.errors import AwsCallError, calling, failure_of
from .._call.fanout import CLOCK, Clock, TryLaterError, fan_out, paced
from .._call.pace import Pace
from .._call.session import Aws
from . import grantors
from .model import Creation, Grant, WantedGrant
from .plan import GrantOutcome, KeyChange, after_apply, revocable

T = TypeVar("T")

# Seconds between two tries of a grant that a role in another account is denied.
TRY_AGAIN = 10.0


@dataclass(frozen=True)
class Patience:
    """How long to go on trying what KMS denies a grantor: its own right may come from a grant that was made just now."""

    seconds: int = 0
    clock: Clock = CLOCK


@keeping_the_record
def apply(
    aws: Aws,
    plans: Sequence[GrantOutcome],
    patience: Patience = Patience(),
    seen: Callable[[str], None] = lambda _region: None,
    gone: Callable[[str], None] = lambda _region: None,
) -> list[GrantOutcome]:
    """Make all new grants of all keys, then revoke what they replace and what has to go.

    Each failure stays with its own grant; a grant whose successor could not be made is not revoked.

    :param seen: hears the Region of each creation that was tried to its end, from any thread.
    :param gone: the same for each revocation.
    """
    until = patience.clock.now() + patience.seconds
    changes: list[KeyChange] = [plan.change for plan in plans if plan.change]
    callers = _callers(aws, changes)
    creations = [change.plan.create for change in changes]
    create = functools.partial(_create, callers, patience.clock, until, seen)
    made = _for_each(changes, creations, create, functools.partial(_pace_of, callers), patience.clock)
    created = [{creation.wanted: answer for creation, answer in of_key.items()} for of_key in made]
    revoked, doubt = _revoke_all(aws, changes, created, gone)
    said = iter(zip(created, revoked, strict=True))

    def after(plan: GrantOutcome) -> GrantOutcome:
        outcome = concluded(plan, functools.partial(after_apply, plan, *next(said)))
        return outcome.in_doubt(doubt) if doubt else outcome

    return [after(plan) if plan.change else plan for plan in plans]


def _revoke_all(
    aws: Aws,
    changes: Sequence[KeyChange],
    created: Sequence[Mapping[WantedGrant, Any]],
    gone: Callable[[str], None],
) -> tuple[list[dict[Grant, Any]], Failure | None]:
    """The answers of each key, and what was raised beside them: nothing may hide the grants that have been made."""
    try:
        to_revoke = [revocable(change.plan, of_key) for change, of_key in zip(changes, created, strict=True)]
        return _for_each(
            changes, to_revoke, functools.partial(_revoke, aws, gone), functools.partial(_own_pace, aws)
        ), None
    except Exception as error:
        return [{} for _change in changes], failure_of(error)


def _callers(aws: Aws, changes: Sequence[KeyChange]) -> dict[str, Aws | Failure]:
    """Who makes the grants: the task itself, and each role that is named, or why it cannot be assumed."""
    roles = {
        creation.grantor: creation.external_id
        for change in changes
        for creation in change.plan.create
        if creation.grantor
    }
    assumed = assume(aws, roles, changes[0].region) if roles else {}
    return {**assumed, "": aws}


def _own_pace(aws: Aws, change: KeyChange, _grant: Grant) -> Pace:
    return aws.pace("kms:RevokeGrant", change.region)


def _pace_of(callers: Mapping[str, Aws | Failure], change: KeyChange, creation: Creation) -> Pace | None:
    """The quota is the calling account's, whoever owns the key. Who could not be assumed makes no call."""
    caller = callers[creation.grantor]
    return None if isinstance(caller, Failure) else caller.pace("kms:CreateGrant", change.region)


def _create(
    callers: Mapping[str, Aws | Failure],
    clock: Clock,
    until: float,
    seen: Callable[[str], None],
    change: KeyChange,
    creation: Creation,
) -> str:
    """One grant. :raises TryLaterError: where it is to be tried again, so that it has not ended yet."""
    try:
        grant_id = _try_to_create(callers, clock, until, change, creation)
    except AwsCallError:
        _show(seen, change.region)
        raise
    _show(seen, change.region)
    return grant_id


def _show(seen: Callable[[str], None], region: str) -> None:
    """Progress is a courtesy: what it raises must not stand in the place of a grant's ID."""
    with contextlib.suppress(Exception):
        seen(region)


def _try_to_create(
    callers: Mapping[str, Aws | Failure], clock: Clock, until: float, change: KeyChange, creation: Creation
) -> str:
    role_arn = creation.grantor
    caller = callers[role_arn]
    if isinstance(caller, Failure):
        raise AwsCallError(grantors.not_assumed(caller, role_arn))
    client = caller.client("kms", change.region)
    try:
        return create_grant(client, change.region, change.key_arn, creation.wanted)
    except AwsCallError as error:
        if not role_arn:
            raise
        left = until - clock.now()
        if error.failure.code not in DENIED or left <= 0:
            raise AwsCallError(grantors.refused(error.failure, role_arn)) from error
        raise TryLaterError(min(TRY_AGAIN, left)) from error


def _revoke(aws: Aws, gone: Callable[[str], None], change: KeyChange, grant: Any) -> None:
    try:
        revoke_grant(aws.client("kms", change.region), change.region, change.key_arn, grant.grant_id)
    finally:
        _show(gone, change.region)


def _for_each(
    changes: Sequence[KeyChange],
    items: Sequence[Sequence[T]],
    call: Callable[[KeyChange, T], Any],
    pace: Callable[[KeyChange, T], Pace | None],
    clock: Clock = CLOCK,
) -> list[dict[T, Any]]:
    """Call for every item of every key, and give each key its answers.

    Keys take turns, so that those of one Region move on together.
    """
    turns = zip_longest(*([(position, item) for item in listed] for position, listed in enumerate(items)))
    todo = [entry for entry in chain.from_iterable(turns) if entry is not None]
    calls = [(changes[position], item) for position, item in todo]
    said = fan_out([paced(pace(*one), call, *one) for one in calls], clock=clock)
    by_key: list[dict[T, Any]] = [{} for _change in changes]
    for (position, item), answer in zip(todo, said, strict=True):
        by_key[position][item] = answer
    return by_key


def create_grant(client: Any, region: str, key_arn: str, wanted: WantedGrant) -> str:
    """Make a grant and return its ID. Named after all its terms, so that a retry after a lost answer makes no second one."""
    request: dict[str, Any] = {
        "KeyId": key_arn,
        "GranteePrincipal": wanted.grantee,
        "Operations": sorted(wanted.terms.operations),
        "Name": wanted.name,
    }
    if wanted.terms.retiring_principal:
        request["RetiringPrincipal"] = wanted.terms.retiring_principal
    if wanted.terms.constraints:
        request["Constraints"] = json.loads(wanted.terms.constraints)
    with calling("kms:CreateGrant", region, key_arn):
        return answers.text(client.create_grant(**request), "GrantId")


def revoke_grant(client: Any, region: str, key_arn: str, grant_id: str) -> None:
    """RevokeGrant, which the key's administrators may call; RetireGrant is for the grant's own principals.

    A grant that is gone already (NotFoundException) is what was wanted.
    """
    try:
        with calling("kms:RevokeGrant", region, key_arn):
            client.revoke_grant(KeyId=key_arn, GrantId=grant_id)
    except AwsCallError as error:
        if error.failure.code != "NotFoundException":
            raise
