# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the stages of the role share hand on, made by the code that makes it in a run: only AWS is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._core.grant_plan import (
    KeyFacts,
    after_apply,
    plan_key,
    revocable,
)
from ansible_collections.golden.ami.plugins.module_utils._core.image_report import parse_query, show_image
from ansible_collections.golden.ami.plugins.module_utils._core.images import ImageFacts, ImageSelector, Snapshot
from ansible_collections.golden.ami.plugins.module_utils._core.outcome import Failure, Outcome, failure_message
from ansible_collections.golden.ami.plugins.module_utils._core.permission_plan import plan_image
from ansible_collections.golden.ami.plugins.module_utils._core.permissions import parse_request
from ansible_collections.golden.ami.plugins.module_utils._core.share_access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._core.share_members import complete
from ansible_collections.golden.ami.plugins.module_utils._core.share_plan import plan_share
from ansible_collections.golden.ami.plugins.module_utils._core.share_request import read_request
from tests.unit.builders import (
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    REGION,
    SNAPSHOT_ID,
    grant_request,
    image,
    image_facts,
    key,
    permission_params,
    policy_text,
)

OTHER_REGION = "us-east-1"
OTHER_KEY_ARN = KEY_ARN.replace(REGION, OTHER_REGION)
REGIONS = {REGION: "aws", OTHER_REGION: "aws", "us-gov-west-1": "aws-us-gov"}
INPUTS: dict[str, Any] = {
    "images": [{"image_id": IMAGE_ID, "region": REGION}],
    "regions": [],
    "account_ids": [ALICE],
    "organization_arns": [],
    "organizational_unit_arns": [],
    "public": False,
    "launch_permission_quota": 1000,
    "grantee_patterns": [],
    "grant_operations": [],
    "grant_name": "golden-ami",
    "key_policy_allows_organizations": False,
    "source": {},
    "kms_keys": {},
    "copy_name": "",
    "copy_description": "",
    "copy_tags": {},
    "copy_source_tags": True,
    "copy_completion_minutes": 0,
    "copy_wait_timeout": 3600,
    "accounts_of_organizational_unit_arns": [],
    "organizational_unit_paths": [],
    "allowed_organization_id": "",
    "allowed_account_ids": "",
    "organizations_role_arn": "",
    "key_access": "grants",
    "statement_sid": "GoldenAmi",
    "auto_scaling": "report",
    "auto_scaling_role_arn": "",
    "auto_scaling_timeout": 300,
    "snapshots": False,
}


def request(known_regions: Mapping[str, str] | None = None, /, **given: Any) -> dict[str, Any]:
    """The request as the first stage makes it, of variables alone."""
    return read_request({**INPUTS, **given}, REGIONS if known_regions is None else known_regions)


def complete_request(**given: Any) -> dict[str, Any]:
    """The request as the stages after the second have it, with what AWS Organizations was (not) asked."""
    return complete(request(**given), {}, {})


def encrypted(permissions: Any = frozenset(), region: str = REGION, **about_key: Any) -> ImageFacts:
    """An AMI with one snapshot on a customer managed key of its Region."""
    arn = KEY_ARN.replace(REGION, region)
    image_id = IMAGE_ID if region == REGION else OTHER_IMAGE_ID
    return image_facts(
        permissions,
        image=image(image_id=image_id, region=region, snapshot_ids=(SNAPSHOT_ID,)),
        selector=ImageSelector(region, image_id),
        snapshots={SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, True, arn)},
        keys={arn: key(arn=arn, **about_key)},
    )


def result(outcomes: Sequence[Outcome], show: Any = Outcome.as_result) -> dict[str, Any]:
    """A module's result, as the role registers it."""
    failed = [(outcome.target, outcome.failure) for outcome in outcomes if outcome.failure]
    found = {"changed": any(one.changed for one in outcomes), "results": [show(one) for one in outcomes]}
    return {**found, "failed": True, "msg": failure_message(failed, len(outcomes))} if failed else found


def discovered(
    wanted: Mapping[str, Any],
    *facts: ImageFacts,
    existing: Mapping[str, Sequence[Any]] | None = None,
    statements: Sequence[Any] = (),
) -> dict[str, Any]:
    """What image_info returns; ``existing`` are grants by key, ``statements`` those in the policies of all keys."""
    params = {
        **permission_params(**_principals(wanted)),
        "grantees": wanted["grantees_to_read"],
        "grant_operations": wanted["operations"],
        "statements": wanted["statements"],
        "auto_scaling": wanted["auto_scaling"] != "ignore",
        "grant_name": wanted["grant_name"],
    }
    query = parse_query(params, None)
    read = [
        replace(
            one,
            grants={arn: tuple((existing or {}).get(arn, ())) for arn in one.keys},
            policies={arn: policy_text(*statements) for arn in one.keys},
        )
        for one in facts
    ]
    return result([show_image(query, one) for one in read], Outcome.as_info)


def plan(
    wanted: Mapping[str, Any], *facts: ImageFacts, existing: Mapping[str, Sequence[Any]] | None = None, **more: Any
) -> dict[str, Any]:
    return plan_share(wanted, discovered(wanted, *facts, existing=existing, **more), {}, {})


def stages(**done: Any) -> dict[str, Any]:
    """The results of the stages by their names; a stage that is not named had nothing to do."""
    names = ("copies", "new_copies", "grants", "statements", "auto_scaling", "snapshots", "launch")
    return {**dict.fromkeys(names, {}), **done}


def granted(
    planned: Mapping[str, Any],
    existing: Mapping[str, Sequence[Any]] | None = None,
    failing: Mapping[str, Failure] | None = None,
    check_mode: bool = False,
    stuck: Failure | None = None,
) -> dict[str, Any]:
    """What kms_grant returns; ``existing`` are grants by key, ``failing`` the refusal of new ones by key or grantee.

    ``stuck`` is the refusal of every revocation.
    """
    outcomes, refusals = [], failing or {}
    for target in planned["keys"]:
        arn = target["key_id"]
        about = key(arn=arn, account_id=arn.split(":")[4])
        facts = KeyFacts(arn, target["region"], about, tuple((existing or {}).get(arn, ())))
        outcome = plan_key(grant_request(*planned["grantees"]), facts)
        if outcome.change and not check_mode:
            made = {
                one.wanted: refusals.get(arn) or refusals.get(one.wanted.grantee) or f"grant-{number}"
                for number, one in enumerate(outcome.change.plan.create)
            }
            outcome = after_apply(outcome, made, dict.fromkeys(revocable(outcome.change.plan, made), stuck))
        outcomes.append(outcome)
    return result(outcomes) if outcomes and planned["grantees"] else {}


def launched(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    grants: Mapping[str, Any],
    *facts: ImageFacts,
    failing: Mapping[str, Failure] | None = None,
) -> dict[str, Any]:
    """What launch_permission returns for the AMIs that the role gives it; ``failing`` is by Region."""
    chosen = [(one["image_id"], one["region"]) for one in images_to_share(planned, wanted, stages(grants=grants))]
    named = parse_request(permission_params(**{**_principals(wanted), "account_ids": planned["account_ids"]}), None)
    outcomes = []
    for one in facts:
        if (one.selector.image_id, one.selector.region) not in chosen:
            continue
        outcome = plan_image(named, one)
        refused = (failing or {}).get(one.selector.region)
        if refused:
            outcome = Outcome(outcome.target, outcome.before, outcome.before, failure=refused)
        outcomes.append(outcome)
    return result(outcomes) if outcomes else {}


def _principals(wanted: Mapping[str, Any]) -> dict[str, Any]:
    names = ("account_ids", "organization_arns", "organizational_unit_arns", "public", "launch_permission_quota")
    return {name: wanted[name] for name in names}
