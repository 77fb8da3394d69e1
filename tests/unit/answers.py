# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of modules as the roles register them, made by the code that makes them in a run: only AWS is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome, failure_message
from ansible_collections.golden.ami.plugins.module_utils._image.facts import ImageFacts
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._key_policy import change as policy_change
from ansible_collections.golden.ami.plugins.module_utils._key_policy import request as policy_request
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import PolicyFacts, plan_policy
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import request as grant_request
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import (
    KeyFacts,
    after_apply,
    plan_key,
    revocable,
)
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import not_applied, plan_image
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._organization.model import (
    Account,
    Organization,
    PlacedAccount,
    TargetFacts,
    show_target,
)
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import request as snapshots
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.plan import plan_snapshot
from tests.unit.builders import (
    ADMINISTRATION,
    ORGANIZATION_ARN,
    ORGANIZATION_ID,
    OWNER,
    grant_params,
    key,
    permission_params,
    policy_text,
    snapshot_request,
)

MANAGEMENT_ACCOUNT = "999988887777"


def result(outcomes: Sequence[Outcome], show: Any = Outcome.as_result) -> dict[str, Any]:
    """A module's result, as the role registers it."""
    failed = [(outcome.target, outcome.failure) for outcome in outcomes if outcome.failure]
    found = {"changed": any(one.changed for one in outcomes), "results": [show(one) for one in outcomes]}
    return {**found, "failed": True, "msg": failure_message(failed, len(outcomes))} if failed else found


def members(
    arn: str | None,
    *account_ids: str,
    path: str | Failure | None = None,
    organization_id: str = ORGANIZATION_ID,
    failure: Failure | None = None,
    **states: str,
) -> TargetFacts:
    """What was read about an organization or unit: active accounts, and ``states``, others by their number and state."""
    about = Organization(organization_id, ORGANIZATION_ARN, MANAGEMENT_ACCOUNT)
    listed = [(account_id, "ACTIVE") for account_id in account_ids]
    listed += [(name.removeprefix("a"), state) for name, state in states.items()]
    accounts = tuple(PlacedAccount(Account(account_id, "", state), None) for account_id, state in listed)
    return TargetFacts(arn, about, path, failure or accounts)


def organized(*read: TargetFacts) -> dict[str, Any]:
    """What organization_info returns."""
    return result([show_target(None, one) for one in read], Outcome.as_info)


def granting(
    targets: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    existing: Mapping[str, Sequence[Any]] | None = None,
    failing: Mapping[str, Failure] | None = None,
    check_mode: bool = False,
    stuck: Failure | None = None,
) -> dict[str, Any]:
    """What kms_grant returns for these keys and options; {} when it has nothing to do."""
    if not targets or not options["grantees"]:
        return {}
    asked = grant_request.parse_request(grant_params(**options), None)
    outcomes, refusals = [], failing or {}
    for target in targets:
        arn = target["key_id"]
        about = key(arn=arn, account_id=arn.split(":")[4])
        outcome = plan_key(asked, KeyFacts(arn, target["region"], about, tuple((existing or {}).get(arn, ()))))
        if outcome.change and not check_mode:
            made = {
                one.wanted: refusals.get(arn) or refusals.get(one.wanted.grantee) or f"grant-{number}"
                for number, one in enumerate(outcome.change.plan.create)
            }
            outcome = after_apply(outcome, made, dict.fromkeys(revocable(outcome.change.plan, made), stuck))
        outcomes.append(outcome)
    return result(outcomes)


def stating(
    wanted: Sequence[Mapping[str, Any]],
    existing: Sequence[Any] = (),
    failing: Mapping[str, Failure] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """What kms_key_policy_statement returns in a loop over statements that have keys.

    :param existing: statements in the policies of all keys.
    :param failing: the refusal to write a policy, by key or sid.
    """
    items = []
    for statement in wanted:
        usual = {"state": "present", "actions": None, "keep_others": True, "grant_is_for_aws_resource": True}
        given = {**usual, **statement, **options}
        asked = policy_request.parse_request(given, None)
        outcomes = []
        for target in statement["keys"]:
            arn = target["key_id"]
            about = PolicyFacts(arn, target["region"], key(arn=arn), policy_text(ADMINISTRATION, *existing))
            outcome = plan_policy(asked, about)
            refusal = (failing or {}).get(arn) or (failing or {}).get(statement["sid"])
            outcomes.append(policy_change.after_apply(outcome, refusal) if refusal and outcome.change else outcome)
        if outcomes:
            items.append({**result(outcomes), "__statement": statement, "ansible_loop_var": "__statement"})
    return {"changed": any(item["changed"] for item in items), "results": items}


def opening(
    targets: Sequence[Mapping[str, Any]],
    *facts: ImageFacts,
    existing: Mapping[str, Any] | None = None,
    failing: Failure | None = None,
    account_ids: Sequence[str] = (),
    **options: Any,
) -> dict[str, Any]:
    """What snapshot_permission returns for these AMIs; ``existing`` are permissions by snapshot."""
    asked = snapshot_request(*account_ids, **options)
    read = {(one.selector.region, one.selector.image_id): one for one in facts}
    selectors = [ImageSelector(one["region"], one["image_id"]) for one in targets]
    about = {selector: read[selector.region, selector.image_id] for selector in selectors}
    outcomes = []
    for selector, found in snapshots.expand(selectors, {one: about[one].image for one in selectors}).items():
        own = about[ImageSelector(selector.region, selector.image_id)]
        snapshot, keys = own.snapshots.get(selector.snapshot_id), list(own.keys.values())
        if isinstance(snapshot, Snapshot):
            snapshot = replace(snapshot, owner_id=OWNER, state="completed")
        permissions = (existing or {}).get(selector.snapshot_id, frozenset())
        outcome = plan_snapshot(
            asked, snapshots.SnapshotFacts(selector, found, snapshot, permissions, keys[0] if keys else None)
        )
        outcomes.append(not_applied(outcome, failing) if failing and outcome.change else outcome)
    return result(outcomes)


def permitting(
    chosen: Sequence[Mapping[str, Any]],
    named: Mapping[str, Any],
    *facts: ImageFacts,
    failing: Mapping[str, Failure] | None = None,
) -> dict[str, Any]:
    """What launch_permission returns for these AMIs and options; {} when there is no AMI."""
    if not chosen:
        return {}
    asked = parse_request(permission_params(**named), None)
    places = [(one["image_id"], one["region"]) for one in chosen]
    outcomes = []
    for one in facts:
        if (one.selector.image_id, one.selector.region) not in places:
            continue
        outcome = plan_image(asked, one)
        refused = (failing or {}).get(one.selector.region)
        outcomes.append(not_applied(outcome, refused) if refused and outcome.change else outcome)
    return result(outcomes)
