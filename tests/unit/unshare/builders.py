# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run of image_unshare without AWS: requests and facts as reading would put them together, and what became of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome
from ansible_collections.golden.ami.plugins.module_utils._base.report import Report
from ansible_collections.golden.ami.plugins.module_utils._image.facts import ImageFacts
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import ImageUsage
from ansible_collections.golden.ami.plugins.module_utils._key_policy import change as policy_change
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import after_apply, revocable
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import KeyImages, RegionImages
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import not_applied
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Membership
from ansible_collections.golden.ami.plugins.module_utils._organization.model import TargetFacts
from ansible_collections.golden.ami.plugins.module_utils._unshare.decide import Decision, decide
from ansible_collections.golden.ami.plugins.module_utils._unshare.done import Done
from ansible_collections.golden.ami.plugins.module_utils._unshare.facts import KeyRead, Place, UnshareFacts
from ansible_collections.golden.ami.plugins.module_utils._unshare.inputs import parse_request
from ansible_collections.golden.ami.plugins.module_utils._unshare.plan import UnsharePlan, plan_unshare
from ansible_collections.golden.ami.plugins.module_utils._unshare.refusals import refusals
from ansible_collections.golden.ami.plugins.module_utils._unshare.report import report_unshare
from ansible_collections.golden.ami.plugins.module_utils._unshare.request import UnshareRequest
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    REGION,
    SNAPSHOT_ID,
    image,
    key,
    policy_text,
    snapshot,
)
from tests.unit.share.builders import on_key, plain

__all__ = ["on_key", "plain"]

REGIONS = {REGION: "aws", OTHER_REGION: "aws", "eu-central-1": "aws", "us-gov-west-1": "aws-us-gov"}
GIVEN = {"images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE, "key_access": True}
PREFIX = {"variables_prefix": "unshare_"}
ROOT = "arn:aws:iam::{}:root"
ROLE = "arn:aws:iam::{}:role/a"
PATTERNS = ["arn:{partition}:iam::{account}:role/a", "arn:aws:iam::123456789012:role/builder"]
SCALING = "arn:aws:iam::{}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def asked(**given: Any) -> UnshareRequest:
    """The request of these options beside one AMI, one account and key access; None leaves one of the three out."""
    params = {name: value for name, value in {**GIVEN, **PREFIX, **given}.items() if value is not None}
    return parse_request(params, REGIONS)


def there(permissions: Any = frozenset(), **given: Any) -> ImageFacts:
    """:func:`on_key` in the other Region."""
    return on_key(OTHER_IMAGE_ID, OTHER_KEY_ARN, OTHER_REGION, permissions, **given)


def second(permissions: Any = frozenset(), **given: Any) -> ImageFacts:
    """Another AMI on the key of :func:`on_key`."""
    about = image(image_id=OTHER_IMAGE_ID, name="golden-db", snapshot_ids=(SNAPSHOT_ID,), encrypted=True)
    return on_key(OTHER_IMAGE_ID, permissions=permissions, **{"image": about, **given})


def named_key(grants: Sequence[Any] = (), policy: Any = None, arn: str = KEY_ARN, **about: Any) -> dict[Place, KeyRead]:
    text = policy_text(ADMINISTRATION) if policy is None else policy
    return {(arn.split(":")[3], arn): KeyRead(key(arn=arn, **about), tuple(grants), text)}


def read(*images: ImageFacts, **given: Any) -> UnshareFacts:
    """What is read where key access is asked for; the request of :func:`asked` has to have all of these AMIs."""
    keys = {
        (one.selector.region, arn): KeyRead(found, one.grants[arn], one.policies[arn])
        for one in images
        for arn, found in one.keys.items()
        if not isinstance(found, Failure)
    }
    return UnshareFacts(
        copies=given.pop("copies", ((),)),
        images={one.selector: one for one in images},
        keys={**keys, **given.pop("keys", {})},
        **given,
    )


def images_of(*facts: ImageFacts) -> str:
    """The option ``images`` for these AMIs."""
    return "\n".join(f"{one.selector.image_id} {one.selector.region}" for one in facts)


def planned(request: UnshareRequest, facts: UnshareFacts) -> UnsharePlan:
    return plan_unshare(request, facts)


def refused(request: UnshareRequest, facts: UnshareFacts) -> list[str]:
    return refusals(request, facts, plan_unshare(request, facts))


def launched(plan: UnsharePlan, failing: Mapping[str, Failure] | None = None) -> tuple[Outcome, ...]:
    """What became of the launch permissions; ``failing`` by Region."""
    return tuple(
        not_applied(one, refusal) if one.change and (refusal := (failing or {}).get(one.target["region"])) else one
        for one in plan.permissions
    )


def by_place(plan: UnsharePlan, outcomes: Iterable[Outcome]) -> dict[Place, Outcome]:
    return {target.place: one for target, one in zip(plan.targets, outcomes, strict=True)}


def now_on_keys(
    plan: UnsharePlan, facts: UnshareFacts, *images: ImageFacts, failing: Mapping[str, Failure] | None = None
) -> dict[Place, tuple[KeyImages, KeyRead]]:
    """What is read right before key access is taken: all the AMIs that there are.

    :param failing: by key, why its AMIs could not be listed.
    """
    found = {}
    for (region, arn), removal in plan.keys.items():
        if not removal.changes:
            continue
        here = [one for one in images if one.selector.region == region and arn in one.keys]
        listed = (failing or {}).get(arn) or RegionImages(
            {one.selector.image_id: one.image for one in here},
            {name: shot for one in here for name, shot in one.snapshots.items()},
        )
        of_key = facts.keys[region, arn]
        permissions = {one.selector.image_id: one.permissions for one in here}
        found[region, arn] = (KeyImages(arn, region, of_key.key, listed, permissions, of_key.policy), of_key)
    return found


def decided(
    request: UnshareRequest,
    facts: UnshareFacts,
    *now: ImageFacts,
    members: Iterable[TargetFacts] = (),
    failing: Mapping[str, Failure] | None = None,
    unlisted: Mapping[str, Failure] | None = None,
    predicted: bool = False,
) -> dict[Place, Decision]:
    """:param now: the AMIs as they are when key access is to be taken; those of the facts without what was taken, if none."""
    plan = plan_unshare(request, facts)
    outcomes = plan.permissions if predicted else launched(plan, failing)
    shown = now or after(plan, facts, by_place(plan, outcomes))
    on_keys = now_on_keys(plan, facts, *shown, failing=unlisted)
    return decide(request, plan, by_place(plan, outcomes), on_keys, Membership(members), predicted)


def after(plan: UnsharePlan, facts: UnshareFacts, outcomes: Mapping[Place, Outcome]) -> list[ImageFacts]:
    """The AMIs of the run without the permissions that have gone."""
    gone = plan.removed
    shown = []
    for one in facts.images.values():
        place = (one.selector.region, one.selector.image_id)
        taken = gone.get(place, frozenset()) if place in outcomes and not outcomes[place].failure else frozenset()
        if isinstance(one.permissions, frozenset):
            shown.append(replace(one, permissions=frozenset(who for who in one.permissions if who not in taken)))
    return shown


def kept(decisions: Mapping[Place, Decision]) -> dict[str, str]:
    """By consumer, why it keeps access to any of the keys."""
    return {one.value: why.sentence for decision in decisions.values() for one, why in decision.kept.items()}


def going(decisions: Mapping[Place, Decision]) -> dict[str, list[str]]:
    """By key, whose access ends."""
    found = {place[1]: [one.value for one in decision.removal.going] for place, decision in decisions.items()}
    return {arn: listed for arn, listed in found.items() if listed}


def revoked(decisions: Mapping[Place, Decision]) -> list[str]:
    """The grantee principals whose grants go, on all keys."""
    changes = [one.removal.grants.change for one in decisions.values() if one.removal.grants]
    return [grant.grantee for change in changes if change for grant in change.plan.revoke]


@dataclass
class Failing:
    """What fails: by Region the launch permissions, each snapshot, each revocation, by key the writing of its policy."""

    launch: Mapping[str, Failure] = field(default_factory=dict)
    snapshots: Failure | None = None
    grants: Failure | None = None
    policies: Mapping[str, Failure] = field(default_factory=dict)


def run(
    request: UnshareRequest,
    facts: UnshareFacts,
    *others: ImageFacts,
    members: Sequence[TargetFacts] = (),
    failing: Failing | None = None,
    reports: Sequence[ImageUsage] = (),
) -> Done:
    """A whole run; ``others`` are further AMIs on the keys."""
    wrong = failing or Failing()
    plan = plan_unshare(request, facts)
    outcomes = launched(plan, wrong.launch)
    snapshots = tuple(
        not_applied(one, wrong.snapshots) if wrong.snapshots and one.change else one for one in plan.snapshots
    )
    places = by_place(plan, outcomes)
    on_keys = now_on_keys(plan, facts, *after(plan, facts, places), *others)
    decisions = decide(request, plan, places, on_keys, Membership(members))
    return Done(
        plan,
        tuple(reports),
        tuple(members),
        permissions=outcomes,
        snapshots=snapshots,
        decisions={place: _applied(one, wrong) for place, one in decisions.items()},
        keys_done=True,
    )


def _applied(decision: Decision, wrong: Failing) -> Decision:
    grants, policy = decision.removal.grants, decision.removal.policy
    if grants and grants.change:
        answers = dict.fromkeys(revocable(grants.change.plan, {}), wrong.grants)
        grants = after_apply(grants, {}, answers)
    refusal = wrong.policies.get(decision.removal.place[1])
    if policy and policy.change and refusal:
        policy = policy_change.after_apply(policy, refusal)
    return replace(decision, removal=replace(decision.removal, grants=grants, policy=policy))


def reported(request: UnshareRequest, facts: UnshareFacts, *others: ImageFacts, **given: Any) -> Report:
    return report_unshare(request, facts, run(request, facts, *others, **given))


def layers(report: Report, *names: str) -> list[tuple[str, ...]]:
    wanted = names or ("launch", "key")
    return [tuple(getattr(one, name).state.value for name in wanted) for one in report.consumers]


def plain_selector(image_id: str = IMAGE_ID, region: str = REGION) -> ImageSelector:
    return ImageSelector(region, image_id)


def second_snapshot() -> Any:
    return snapshot(snapshot_id="snap-00000000000000002", key_arn=KEY_ARN)
