# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan the grants of one key: from what was asked and what was read to what has to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._base.outcome import INCOMPLETE_ANSWER, Failure, Outcome
from .._kms_key import states
from .._kms_key.model import Key, shown_key
from . import model as grants
from .model import Grant, GrantPlan, GrantRequest, WantedGrant


@dataclass(frozen=True)
class KeyFacts:
    """A key as it was named, and what was read about it; ``grants`` in the order in which KMS lists them."""

    key_id: str
    region: str
    key: Key | Failure
    grants: tuple[Grant, ...] | Failure = ()

    @property
    def target(self) -> dict[str, str]:
        return {"key_id": self.key_id, "region": self.region}


@dataclass(frozen=True)
class KeyChange:
    """What applying code needs: the key's ARN and the plan."""

    region: str
    key_arn: str
    plan: GrantPlan


# A key's grants of ours as results show them.
GrantOutcome = Outcome[list[dict[str, Any]], KeyChange]


def plan_key(request: GrantRequest, facts: KeyFacts) -> GrantOutcome:
    """One key's plan. It fails, without a change, where the key cannot have (more) grants."""
    key, actual = facts.key, facts.grants
    if isinstance(key, Failure):
        return Outcome(facts.target, failure=key, extra=_extra(facts))
    if isinstance(actual, Failure):
        return Outcome(facts.target, failure=actual, extra=_extra(facts))
    if key.manager != "CUSTOMER":
        failure = Failure(
            "aws_managed_key",
            f"{key.arn} is an AWS managed key; its grants cannot be managed and it cannot be shared",
            "Copy the AMI with a customer managed key (golden.ami.image_copy) and create grants on that key.",
        )
        return Outcome(facts.target, failure=failure, extra=_extra(facts))
    partition = key.arn.split(":")[1]
    ours = as_list(grant for grant in actual if grants.is_ours(grant, request.prefix))
    named = request.grantees
    request, warnings = _without_owner(request, key, partition)
    plan = grants.plan_grants(request, actual, partition)
    only_owner = request.purge and bool(named) and not request.grantees
    unusable = bool(plan.create) and key.state not in states.USABLE
    if only_owner or unusable:
        failure = _ONLY_OWNER if only_owner else _unusable(key)
        return Outcome(facts.target, ours, ours, failure=failure, extra=_extra(facts, plan), warnings=warnings)
    return Outcome(
        facts.target,
        before=ours,
        after=as_list([*plan.keep, *(creation.wanted for creation in plan.create)]),
        change=KeyChange(facts.region, key.arn, plan) if plan else None,
        changed=bool(plan),
        extra=_extra(facts, plan),
        warnings=(*warnings, *_warnings(key, plan)),
    )


_ONLY_OWNER = Failure(
    "only_the_owner",
    "grantees names only the account that owns the key, so that purge would revoke the grants of everybody",
    "Name the consumers. If nobody is meant, write an empty list.",
)


def _without_owner(request: GrantRequest, key: Key, partition: str) -> tuple[GrantRequest, tuple[str, ...]]:
    """The key policy, not a grant, gives the owning account its access; roles and users of it may have grants."""
    root = grants.principal_arn(key.account_id, partition)
    others = tuple(grantee for grantee in request.grantees if grants.principal_arn(grantee, partition) != root)
    if request.state == "absent" or len(others) == len(request.grantees):
        return request, ()
    warning = f"grantees: account {key.account_id} owns {key.arn} and needs no grant; dropped."
    return replace(request, grantees=others), (warning,)


def _unusable(key: Key) -> Failure:
    what = {
        "key_disabled": "is disabled, so that no grant can be made",
        "key_pending_deletion": f"is about to be deleted ({key.state})",
    }
    code = states.code_of_state(key.state)
    message = f"{key.arn} {what.get(code, f'is in state {key.state}')}"
    return Failure(code, message, states.cure_of_state(key.state))


def _warnings(key: Key, plan: GrantPlan) -> list[str]:
    warnings = []
    if key.state not in states.USABLE:
        warnings.append(
            f"{key.arn} is in state {key.state}: its grants allow nothing until it is in the state Enabled."
        )
    for grant in plan.unresolved:
        warnings.append(
            f"{key.arn}: KMS shows {grant.grantee} as the grantee of {grant.name}. For a role or user made within the "
            "last minutes this passes; otherwise it was deleted (or made again), and the grant has no effect any "
            "more: remove it with "
            "state=absent for that grantee, then grant again."
        )
    return warnings


def _extra(facts: KeyFacts, plan: GrantPlan | None = None) -> dict[str, Any]:
    """The keys of a result besides before and after, the same for success and failure."""
    return {
        **shown_key(facts.key),
        "foreign_grants": [] if plan is None else as_list(plan.foreign),
        "unresolved_grants": [] if plan is None else as_list(plan.unresolved),
    }


def as_list(listed: Iterable[Grant | WantedGrant]) -> list[dict[str, Any]]:
    """Grants as the results show them, by grantee; a grant that does not exist yet has no ID."""
    return [as_dict(grant) for grant in sorted(listed, key=lambda grant: (grant.grantee, grant.name))]


def as_dict(grant: Grant | WantedGrant) -> dict[str, Any]:
    return {
        "grant_id": grant.grant_id if isinstance(grant, Grant) else None,
        "name": grant.name,
        "grantee_principal": grant.grantee,
        "operations": sorted(grant.terms.operations),
        "constraints": grants.constraints_as_dict(grant.terms.constraints),
        "retiring_principal": grant.terms.retiring_principal or None,
    }


def revocable(plan: GrantPlan, created: Mapping[WantedGrant, str | Failure]) -> list[Grant]:
    """The grants that may go now: a grant that was to be replaced stays while the new one does not exist."""
    replaced = [
        grant
        for creation in plan.create
        if not isinstance(created[creation.wanted], Failure)
        for grant in creation.replaces
    ]
    return [*plan.revoke, *replaced]


def made(wanted: WantedGrant, grant_id: str) -> Grant:
    return Grant(grant_id, wanted.name, wanted.grantee, wanted.terms)


def after_apply(
    outcome: GrantOutcome,
    created: Mapping[WantedGrant, str | Failure],
    revoked: Mapping[Grant, None | Failure],
) -> GrantOutcome:
    """What a key has after the calls: what was kept and made, and what could not be revoked or replaced."""
    if outcome.change is None:
        return outcome
    plan = outcome.change.plan
    failures = [(wanted.grantee, result) for wanted, result in created.items() if isinstance(result, Failure)]
    failures += [(grant.grantee, result) for grant, result in revoked.items() if isinstance(result, Failure)]
    new = [made(wanted, result) for wanted, result in created.items() if isinstance(result, str)]
    # AWS took the request: there is a grant, whose ID it did not tell.
    nameless = [wanted for wanted, result in created.items() if _is_made(result)]
    to_revoke = [*plan.revoke, *(grant for creation in plan.create for grant in creation.replaces)]
    left = [grant for grant in to_revoke if revoked.get(grant, _NOT_TRIED) is not None]
    return replace(
        outcome,
        after=as_list([*plan.keep, *new, *nameless, *left]),
        changed=bool(new or nameless) or any(result is None for result in revoked.values()),
        failure=_merged(failures),
        parts={wanted.grantee: result for wanted, result in created.items() if isinstance(result, Failure)},
    )


def _is_made(result: str | Failure) -> bool:
    return isinstance(result, Failure) and (result.action, result.code) == ("kms:CreateGrant", INCOMPLETE_ANSWER)


_NOT_TRIED = Failure("not_tried", "")


def _merged(failures: list[tuple[str, Failure]]) -> Failure | None:
    """The failures of one key as one: the first cause in full, and each other one by its call and code; all grantees named."""
    if not failures:
        return None
    groups: dict[tuple[str, str], list[str]] = {}
    for grantee, failure in failures:
        groups.setdefault((failure.action, failure.code), []).append(grantee)
    first = failures[0][1]
    (_cause, same), *others = ((cause, ", ".join(dict.fromkeys(whom))) for cause, whom in groups.items())
    more = "; ".join(f"for {whom}: {action} {code}" for (action, code), whom in others)
    return replace(first, message=f"for {same}: {first.message}" + (f" (also failed {more})" if more else ""))
