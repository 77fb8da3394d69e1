# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set and remove tags of AMIs in the accounts of consumers: one call for all AMIs of a Region that get the same tags."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._base.outcome import Failure
from .._call.conclusions import keeping_the_record
from .._call.errors import calling
from .._call.fanout import Job, batches
from .._consumer.read_session import Session
from .plan import TagChange, TagPlan, not_applied

# The most resources that one request takes (Amazon EC2 API Reference, CreateTags).
RESOURCES = 1000

Pairs = tuple[tuple[str, str], ...]
Group = tuple[str, str, Pairs, Pairs]


@keeping_the_record
def apply(session: Session, plans: Sequence[TagPlan]) -> list[TagPlan]:
    """Make the changes of all plans at once. A refused call concerns all AMIs in it, and no other."""
    groups: dict[Group, list[str]] = {}
    for plan in plans:
        if plan.change:
            groups.setdefault(_group(plan.change), []).append(plan.change.selector.image_id)
    calls = [(group, part) for group, image_ids in groups.items() for part in batches(image_ids, RESOURCES)]
    answers = session.stage("changes of tags", [_job(session, group, part) for group, part in calls])
    refused: dict[tuple[Group, str], Failure] = {}
    for (group, part), answer in zip(calls, answers, strict=True):
        if isinstance(answer, Failure):
            refused |= {(group, image_id): session.told(group[0], answer) for image_id in part}

    def done(plan: TagPlan) -> TagPlan:
        failure = refused.get((_group(plan.change), plan.change.selector.image_id)) if plan.change else None
        return not_applied(plan, failure) if failure else plan

    return [done(plan) for plan in plans]


def _group(change: TagChange) -> Group:
    return change.account_id, change.selector.region, change.set, change.remove


def _job(session: Session, group: Group, image_ids: Sequence[str]) -> Job[None]:
    account_id, region, new, gone = group
    caller = session.caller(account_id)
    write: Callable[..., None] = create_tags if new else delete_tags
    action = "ec2:CreateTags" if new else "ec2:DeleteTags"
    call = functools.partial(write, caller.client("ec2", region), region, image_ids, new or gone)
    return Job(call, caller.pace(action, region))


def create_tags(client: Any, region: str, image_ids: Sequence[str], tags: Pairs) -> None:
    with calling("ec2:CreateTags", region):
        client.create_tags(Resources=list(image_ids), Tags=[{"Key": key, "Value": value} for key, value in tags])


def delete_tags(client: Any, region: str, image_ids: Sequence[str], tags: Pairs) -> None:
    """With their values: EC2 leaves a tag alone whose value has changed since it was read."""
    with calling("ec2:DeleteTags", region):
        client.delete_tags(Resources=list(image_ids), Tags=[{"Key": key, "Value": value} for key, value in tags])
