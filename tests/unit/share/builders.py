# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run of image_share without AWS: requests and facts, put together as reading would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Outcome
from ansible_collections.golden.ami.plugins.module_utils._base.report import Report
from ansible_collections.golden.ami.plugins.module_utils._image.facts import ImageFacts
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyFacts
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import Destination
from ansible_collections.golden.ami.plugins.module_utils._share.audience import Answers, Audience, resolve
from ansible_collections.golden.ami.plugins.module_utils._share.done import Done, predicted
from ansible_collections.golden.ami.plugins.module_utils._share.facts import KeyRead, ShareFacts
from ansible_collections.golden.ami.plugins.module_utils._share.inputs import parse_request
from ansible_collections.golden.ami.plugins.module_utils._share.plan import SharePlan, plan_share
from ansible_collections.golden.ami.plugins.module_utils._share.refusals import refusals
from ansible_collections.golden.ami.plugins.module_utils._share.report import report_share
from ansible_collections.golden.ami.plugins.module_utils._share.request import ShareRequest
from ansible_collections.golden.ami.plugins.module_utils._share.targets import plan_copies
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OTHER_REGION,
    REGION,
    SNAPSHOT_ID,
    image,
    image_facts,
    key,
    policy_text,
    snapshot,
)

REGIONS = {
    REGION: "aws",
    OTHER_REGION: "aws",
    "eu-central-1": "aws",
    "cn-north-1": "aws-cn",
    "us-gov-west-1": "aws-us-gov",
}
GIVEN = {"images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE}


def asked(**given: Any) -> ShareRequest:
    """The request of these options beside one AMI and one account; None leaves one of the two out."""
    params = {name: value for name, value in {**GIVEN, **given}.items() if value is not None}
    return parse_request(params, REGIONS)


def problems_of(**given: Any) -> list[str]:
    """What is wrong with these options, as the role share says it; empty for nothing."""
    try:
        asked(variables_prefix="share_", **given)
    except InputError as error:
        return list(error.problems)
    return []


def on_key(
    image_id: str = IMAGE_ID, key_arn: str = KEY_ARN, region: str = REGION, permissions: Any = frozenset(), **given: Any
) -> ImageFacts:
    """An AMI with one snapshot on a key, whose policy is that of a new key; ``grants=`` and ``policy=`` for others."""
    one = snapshot(key_arn=key_arn)
    usual: dict[str, Any] = {
        "selector": ImageSelector(region, image_id),
        "image": image(image_id=image_id, region=region, snapshot_ids=(SNAPSHOT_ID,), encrypted=True),
        "snapshots": {SNAPSHOT_ID: one},
        "keys": {key_arn: given.pop("key", key(arn=key_arn))},
        "grants": {key_arn: given.pop("grants", ())},
        "policies": {key_arn: given.pop("policy", policy_text(ADMINISTRATION))},
    }
    return image_facts(permissions, **{**usual, **given})


def plain(image_id: str = IMAGE_ID, region: str = REGION, permissions: Any = frozenset(), **given: Any) -> ImageFacts:
    """An AMI that is not encrypted."""
    about = given.pop("image", image(image_id=image_id, region=region))
    return image_facts(permissions, image=about, selector=ImageSelector(region, image_id), **given)


def read(*images: ImageFacts, copies: tuple[tuple[CopyFacts, ...], ...] | None = None, **given: Any) -> ShareFacts:
    keys = {
        (one.selector.region, arn): KeyRead(found, one.grants[arn], one.policies[arn])
        for one in images
        for arn, found in one.keys.items()
    }
    return ShareFacts(
        copies=((),) if copies is None else copies,
        images={one.selector: one for one in images},
        keys={**keys, **given.pop("keys", {})},
        **given,
    )


def copied(region: str = OTHER_REGION, source: Any = None, **given: Any) -> CopyFacts:
    return CopyFacts(Destination(region, "alias/golden"), source or image(encrypted=True), **given)


def resolved(request: ShareRequest, answers: Answers | None = None) -> Audience:
    audience, problems = resolve(request, answers or Answers())
    assert problems == []
    return audience


def planned(request: ShareRequest, facts: ShareFacts, answers: Answers | None = None) -> SharePlan:
    return plan_share(request, resolved(request, answers), facts, plan_copies(request, facts))


def refused(request: ShareRequest, facts: ShareFacts, answers: Answers | None = None) -> list[str]:
    return refusals(request, resolved(request, answers), facts, planned(request, facts, answers))


def foretold(request: ShareRequest, facts: ShareFacts, answers: Answers | None = None) -> Report:
    """What check mode says."""
    audience = resolved(request, answers)
    return report_share(request, audience, predicted(request, audience, facts, planned(request, facts, answers)))


def reported(request: ShareRequest, done: Done) -> Report:
    return report_share(request, resolved(request), done)


def failed(outcome: Outcome, failure: Any, **given: Any) -> Outcome:
    """What became of a plan that failed."""
    return replace(outcome, failure=failure, changed=False, **given)
