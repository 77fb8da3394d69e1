# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do what was planned, in the safe order: ask who uses the AMIs, then launch permissions, snapshot permissions, key access.

What is taken at the keys is decided in here, on what is read after the launch permissions have gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from .._base.outcome import AnyOutcome
from .._call.counting import Counting
from .._call.session import Aws
from .._key_policy import apply as apply_policies
from .._kms_grant import apply as apply_grants
from .._kms_grant.plan import GrantOutcome
from .._launch_permission import apply as apply_launch_permissions
from .._organization.membership import Membership
from .._organization.model import TargetFacts
from .._snapshot_permission import apply as apply_snapshot_permissions
from .ask import before_keys_are_taken
from .decide import Decision, decide, given_back
from .done import Done
from .facts import Place, UnshareFacts
from .plan import UnsharePlan, plan_unshare
from .read import ask_organizations, read_again
from .read_keys import Looks, OnKeys, read_on_keys
from .read_usage import read_usage
from .request import UnshareRequest
from .usage import judge

Tell = Callable[[str], None]


def predict(aws: Aws, request: UnshareRequest, plan: UnsharePlan, answers: tuple[TargetFacts, ...], tell: Tell) -> Done:
    """What a run would do, for check mode; no usage report is made."""
    reports = read_usage(aws, request, plan, True, tell)
    done = Done(plan, reports, answers, check_mode=True)
    if judge(request, plan, done.members, reports, True).refusals:
        return replace(done, refused=True)
    on_keys = read_on_keys(aws, plan, {}, Looks())
    done = replace(done, answers=_with_answers(aws, request, on_keys, answers))
    decisions = decide(request, plan, done.launched, on_keys, done.members, predicted=True)
    return replace(done, permissions=plan.permissions, snapshots=plan.snapshots, decisions=decisions, keys_done=True)


def apply(
    aws: Aws,
    request: UnshareRequest,
    facts: UnshareFacts,
    plan: UnsharePlan,
    answers: tuple[TargetFacts, ...],
    tell: Tell,
) -> Iterator[Done]:
    """Yields what was done after each stage, so that the record of what was written survives whatever happens next."""
    reports = read_usage(aws, request, plan, False, tell)
    done = Done(plan, reports, answers)
    if judge(request, plan, done.members, reports, False).refusals:
        yield replace(done, refused=True)
        return
    if reports:
        # The reports may have taken minutes.
        facts = read_again(aws, facts, plan)
        plan = plan_unshare(request, facts)
        done = replace(done, plan=plan)
    yield done
    done = replace(done, permissions=_take_launch_permissions(aws, plan, tell))
    yield done
    snapshots = plan.snapshots
    if any(one.change for one in snapshots):
        tell(f"snapshot permissions: {_count(snapshots)} snapshots")
        snapshots = tuple(apply_snapshot_permissions.apply(aws, snapshots))
    done = replace(done, snapshots=snapshots)
    yield done
    yield from _take_key_access(aws, request, done, tell)


def _count(plans: Sequence[AnyOutcome]) -> int:
    return sum(bool(plan.change) for plan in plans)


def _take_launch_permissions(aws: Aws, plan: UnsharePlan, tell: Tell) -> tuple[AnyOutcome, ...]:
    if not any(one.change for one in plan.permissions):
        return plan.permissions
    tell(f"launch permissions: {_count(plan.permissions)} of {len(plan.permissions)} AMIs")
    kinds = {reset: [target.everything is reset for target in plan.targets] for reset in (False, True)}
    done = {}
    for reset, chosen in kinds.items():
        plans = [one for one, is_one in zip(plan.permissions, chosen, strict=True) if is_one]
        done[reset] = iter(apply_launch_permissions.apply(aws, plans, reset))
    return tuple(next(done[target.everything]) for target in plan.targets)


def _take_key_access(aws: Aws, request: UnshareRequest, done: Done, tell: Tell) -> Iterator[Done]:
    plan = done.plan
    changing = sum(removal.changes for removal in plan.keys.values())
    if changing:
        tell(f"key access: reading the AMIs on {changing} keys")
    on_keys = read_on_keys(aws, plan, done.launched, Looks())
    done = replace(
        done,
        answers=_with_answers(aws, request, on_keys, done.answers),
        again=given_back(plan, done.launched, (on_key for on_key, _read in on_keys.values())),
    )
    decisions = decide(request, plan, done.launched, on_keys, done.members)
    decisions = _revoke(aws, decisions, tell)
    done = replace(done, decisions=decisions)
    yield done
    yield replace(done, decisions=_write_policies(aws, decisions, tell), keys_done=True)


def _with_answers(
    aws: Aws, request: UnshareRequest, on_keys: OnKeys, answers: tuple[TargetFacts, ...]
) -> tuple[TargetFacts, ...]:
    """With what AWS Organizations says about those who share other AMIs on the keys."""
    arns = before_keys_are_taken((on_key for on_key, _read in on_keys.values()), Membership(answers))
    return (*answers, *ask_organizations(aws, request, arns))


def _revoke(aws: Aws, decisions: Mapping[Place, Decision], tell: Tell) -> dict[Place, Decision]:
    plans = {place: one.removal.grants for place, one in decisions.items() if one.removal.grants}
    if not any(plan.change for plan in plans.values()):
        return dict(decisions)
    counting = Counting("key access: {done} of {total} grants revoked", _revocations(plans.values()), tell)
    revoked = dict(zip(plans, apply_grants.apply(aws, list(plans.values()), gone=counting.one), strict=True))
    counting.end()
    return {
        place: replace(one, removal=replace(one.removal, grants=revoked.get(place, one.removal.grants)))
        for place, one in decisions.items()
    }


def _revocations(plans: Iterable[GrantOutcome]) -> dict[str, int]:
    """How many grants are to be revoked in each Region."""
    found: dict[str, int] = {}
    for plan in plans:
        if plan.change:
            found[plan.change.region] = found.get(plan.change.region, 0) + len(plan.change.plan.revoke)
    return found


def _write_policies(aws: Aws, decisions: Mapping[Place, Decision], tell: Tell) -> dict[Place, Decision]:
    plans = {place: one.removal.policy for place, one in decisions.items() if one.removal.policy}
    if not any(plan.change for plan in plans.values()):
        return dict(decisions)
    tell(f"key access: {_count(list(plans.values()))} key policies")
    written = dict(zip(plans, apply_policies.apply(aws, list(plans.values())), strict=True))
    return {
        place: replace(one, removal=replace(one.removal, policy=written.get(place, one.removal.policy)))
        for place, one in decisions.items()
    }
