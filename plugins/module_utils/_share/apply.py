# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do what was planned, in the safe order: copies, key access, snapshot permissions, launch permissions last."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .._base.outcome import AnyOutcome
from .._call.counting import Counting
from .._call.session import Aws
from .._image_copy import apply as apply_copies
from .._image_copy.model import CopyOutcome
from .._key_policy import apply as apply_policies
from .._kms_grant import apply as apply_grants
from .._kms_grant.plan import GrantOutcome
from .._launch_permission import apply as apply_launch_permissions
from .._snapshot_permission import apply as apply_snapshot_permissions
from .access import read_access
from .audience import Audience
from .copies import once
from .done import Done
from .facts import ShareFacts
from .key_plan import KeyPlan
from .plan import SharePlan, held_back, plan_permissions, plan_share, plan_snapshots
from .read import read_again
from .refusals import refusals
from .request import ShareRequest

Tell = Callable[[str], None]


def apply(
    aws: Aws, request: ShareRequest, audience: Audience, facts: ShareFacts, plan: SharePlan, tell: Tell
) -> Iterator[Done]:
    """Yields what was done after each stage, so that the record of what was written survives whatever happens next."""
    done = Done(plan)
    yield done
    if any(copy.change for copy in plan.copies):
        copies = _copy(aws, request, plan.copies, tell)
        done = replace(done, plan=replace(plan, copies=copies))
        yield done
        # Copies take minutes to hours. Who has which key is not decided on what was read before.
        facts = read_again(aws, request, audience, facts, copies)
        plan = plan_share(request, audience, facts, copies)
        # What stands in the way of an AMI that a copy has become; everything else was refused before the first write.
        done = Done(plan, late=tuple(refusals(request, audience, facts, replace(plan, copies=()))))
    keys = _grant(aws, plan.keys, tell)
    done = replace(done, plan=replace(plan, keys=keys))
    yield done
    keys = _write_policies(aws, keys, tell)
    done = replace(done, plan=replace(plan, keys=keys))
    yield done
    keys = _grant_auto_scaling(aws, request, keys, tell)
    plan = replace(plan, keys=keys)
    held = held_back(plan.targets, read_access(request, audience, keys))
    done = replace(done, plan=plan, keys_done=True)
    yield done
    snapshots = plan_snapshots(plan.targets, facts, held)
    if any(one.change for one in snapshots):
        tell(f"snapshot permissions: {_count(snapshots)} snapshots")
        snapshots = tuple(apply_snapshot_permissions.apply(aws, snapshots))
    done = replace(done, snapshots=snapshots)
    yield done
    permissions = plan_permissions(request, plan.targets, held)
    if any(one.change for one in permissions):
        tell(f"launch permissions: {_count(permissions)} of {len(permissions)} AMIs")
        permissions = tuple(apply_launch_permissions.apply(aws, permissions, False))
    yield replace(done, permissions=permissions)


def _count(plans: Sequence[AnyOutcome]) -> int:
    return sum(bool(plan.change) for plan in plans)


def _copy(aws: Aws, request: ShareRequest, copies: Sequence[CopyOutcome], tell: Tell) -> tuple[CopyOutcome, ...]:
    waiting = apply_copies.Waiting(True, request.copy_timeout, lambda line: tell(f"copy: {line}"))
    return once(copies, functools.partial(apply_copies.apply, aws, waiting=waiting))


def _grant(aws: Aws, keys: Sequence[KeyPlan], tell: Tell) -> tuple[KeyPlan, ...]:
    plans = [key.grants for key in keys if key.grants]
    if not any(plan.change for plan in plans):
        return tuple(keys)
    counting = Counting("key access: {done} of {total} grants", _creations(plans), tell)
    made = iter(apply_grants.apply(aws, plans, seen=counting.one))
    counting.end()
    return tuple(replace(key, grants=next(made)) if key.grants else key for key in keys)


def _creations(plans: Sequence[GrantOutcome]) -> dict[str, int]:
    """How many grants are to be made in each Region."""
    found: dict[str, int] = {}
    for plan in plans:
        if plan.change:
            found[plan.change.region] = found.get(plan.change.region, 0) + len(plan.change.plan.create)
    return found


def _write_policies(aws: Aws, keys: Sequence[KeyPlan], tell: Tell) -> tuple[KeyPlan, ...]:
    plans = [key.policy for key in keys if key.policy]
    if not any(plan.change for plan in plans):
        return tuple(keys)
    tell(f"key access: {_count(plans)} key policies")
    written = iter(apply_policies.apply(aws, plans))
    return tuple(replace(key, policy=next(written)) if key.policy else key for key in keys)


def _grant_auto_scaling(aws: Aws, request: ShareRequest, keys: Sequence[KeyPlan], tell: Tell) -> tuple[KeyPlan, ...]:
    plans = [key.auto_scaling_grants for key in keys if key.auto_scaling_grants]
    if not any(plan.change for plan in plans):
        return tuple(keys)
    counting = Counting("Auto Scaling: {done} of {total} grants by the consumers' roles", _creations(plans), tell)
    # An account that was granted a key a moment ago is denied until KMS knows its grant everywhere.
    fresh = any(one and one.changed for key in keys for one in (key.grants, key.policy))
    patience = apply_grants.Patience(request.auto_scaling.timeout if fresh else 0)
    made = iter(apply_grants.apply(aws, plans, patience, counting.one))
    counting.end()
    return tuple(replace(key, auto_scaling_grants=next(made)) if key.auto_scaling_grants else key for key in keys)
