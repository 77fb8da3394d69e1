# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the stages of the role unshare hand on, made by the code that makes it in a run: only AWS is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome
from ansible_collections.golden.ami.plugins.module_utils._image.facts import ImageFacts
from ansible_collections.golden.ami.plugins.module_utils._image.model import Image, Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.report import parse_query, show_image
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import ImageUsage, UsageEntry, show_usage
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import KeyImages, RegionImages, show_key_images
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Members
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.keys import plan_keys
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.plan import judge_usage, plan_unshare
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.request import read_request
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.summary import summarise_unshare
from tests.unit.answers import granting, opening, permitting, result, stating
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    IMAGE_ID,
    REGION,
    image,
    key,
    permission_params,
    policy_text,
    usage_query,
)
from tests.unit.share.stages import REGIONS

INPUTS: dict[str, Any] = {
    "images": [{"image_id": IMAGE_ID, "region": REGION}],
    "source": {},
    "regions": [],
    "account_ids": [ALICE],
    "organization_arns": [],
    "organizational_unit_arns": [],
    "organizational_unit_paths": [],
    "public": False,
    "everything": False,
    "snapshots": False,
    "key_access": True,
    "grantee_patterns": [],
    "grant_name": "golden-ami",
    "statement_sid": "GoldenAmi",
    "organizations_role_arn": "",
    "check_usage": True,
    "usage_timeout": 300,
    "force": False,
}
NOT_NAMED: dict[str, Any] = {"account_ids": []}


def request(known_regions: Mapping[str, str] | None = None, /, **given: Any) -> dict[str, Any]:
    return read_request({**INPUTS, **given}, REGIONS if known_regions is None else known_regions)


def discovered(*facts: ImageFacts) -> dict[str, Any]:
    """What image_info returns when it is asked for nothing but the AMIs."""
    params = {
        **permission_params(),
        "grantees": None,
        "grant_operations": None,
        "statements": None,
        "auto_scaling": False,
        "grant_name": "golden-ami",
    }
    query = parse_query(params, None)
    read = [replace(one, grants=dict.fromkeys(one.keys, ()), policies=dict.fromkeys(one.keys, "")) for one in facts]
    return result([show_image(query, one) for one in read], Outcome.as_info)


def plan(wanted: Mapping[str, Any], *facts: ImageFacts, copies: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return plan_unshare(wanted, discovered(*facts), copies or {})


def key_images(
    planned: Mapping[str, Any],
    *facts: ImageFacts,
    statements: Sequence[Any] = (),
    policy: Failure | None = None,
    failing: Mapping[str, Failure] | None = None,
) -> dict[str, Any]:
    """What kms_key_image_info returns for the keys of the plan; ``facts`` are all the AMIs that there are.

    :param statements: those in the policies of all keys.
    :param policy: why no policy could be read.
    :param failing: by key, why its AMIs could not be read.
    """
    shown = []
    for target in planned["keys"]:
        arn, region = target["key_id"], target["region"]
        here = [one for one in facts if one.selector.region == region and isinstance(one.image, Image)]
        there = {one.image.image_id: replace(one.image, encrypted=True) for one in here if arn in one.keys}
        snapshots = {
            name: found for one in here for name, found in one.snapshots.items() if isinstance(found, Snapshot)
        }
        listed = (failing or {}).get(arn) or RegionImages(there, snapshots)
        permissions = {one.image.image_id: one.permissions for one in here if arn in one.keys}
        text = policy or policy_text(ADMINISTRATION, *statements)
        shown.append(show_key_images(None, KeyImages(arn, region, key(arn=arn), listed, permissions, text)))
    return result(shown, Outcome.as_info)


def reported(
    planned: Mapping[str, Any],
    *used: tuple[str, str, int],
    failing: Failure | None = None,
    check_mode: bool = False,
) -> dict[str, Any]:
    """What image_usage_info returns for the AMIs that lose a permission; ``used`` is an account, a kind and a count each."""
    entries: Any = failing or tuple(UsageEntry(account, f"ec2:{kind}", count) for account, kind, count in used)
    shown = []
    for target in planned["removing"]:
        about = image(image_id=target["image_id"], region=target["region"])
        facts = ImageFacts(ImageSelector(target["region"], target["image_id"]), about, frozenset())
        made = ImageUsage(facts) if check_mode else ImageUsage(facts, entries, datetime(2026, 11, 25, tzinfo=UTC))
        shown.append(show_usage(usage_query(*planned["usage_account_ids"]), made))
    return result(shown, Outcome.as_info) if shown else {}


def judged(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    reports: Mapping[str, Any] | None = None,
    read: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return judge_usage(planned, wanted, reports or {}, Members(read or {}))


def removed(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    *facts: ImageFacts,
    failing: Mapping[str, Failure] | None = None,
) -> dict[str, Any]:
    """What launch_permission returns; ``failing`` is by Region."""
    names = ("account_ids", "organization_arns", "organizational_unit_arns", "public")
    named = {"state": "absent", **{name: wanted[name] or None for name in names}}
    options = {"state": "private"} if wanted["everything"] else named
    return permitting(planned["removing"], options, *facts, failing=failing) if planned["removing"] else {}


def decided(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    on_keys: Mapping[str, Any],
    launch: Mapping[str, Any],
    read: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return plan_keys(planned, wanted, on_keys, Members(read or {}), launch)


def revoked(
    decision: Mapping[str, Any],
    existing: Mapping[str, Sequence[Any]] | None = None,
    failing: Failure | None = None,
    check_mode: bool = False,
) -> dict[str, Any]:
    """What kms_grant returns in its loop; ``existing`` are grants by key, ``failing`` the refusal of every revocation."""
    items = []
    for one in decision["grants"]:
        options = {"state": "absent", "grantees": one["grantees"]}
        item = granting(one["keys"], options, existing, check_mode=check_mode, stuck=failing)
        items.append({**item, "__unshare_grant": one, "ansible_loop_var": "__unshare_grant"})
    return {"changed": any(item["changed"] for item in items), "results": items}


def rewritten(
    decision: Mapping[str, Any], existing: Sequence[Any] = (), failing: Mapping[str, Failure] | None = None
) -> dict[str, Any]:
    """What kms_key_policy_statement returns in its loop."""
    return stating(decision["statements"], existing, failing, state="absent")


def closed(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    *facts: ImageFacts,
    existing: Mapping[str, Any] | None = None,
    failing: Failure | None = None,
) -> dict[str, Any]:
    """What snapshot_permission returns."""
    options = {"state": "present", "purge": True} if wanted["everything"] else {"state": "absent"}
    given = {**options, "account_ids": wanted["account_ids"]}
    return opening(planned["places"], *facts, existing=existing, failing=failing, **given)


def summary(
    wanted: Mapping[str, Any],
    *facts: ImageFacts,
    others: Sequence[ImageFacts] = (),
    existing: Mapping[str, Sequence[Any]] | None = None,
    statements: Sequence[Any] = (),
    read: Mapping[str, Any] | None = None,
    snapshots: Mapping[str, Any] | None = None,
    failing: Mapping[str, Any] | None = None,
    policy: Failure | None = None,
) -> dict[str, Any]:
    """A whole run.

    :param others: further AMIs on the keys.
    :param failing: by stage (launch, snapshots, grants, statements), what fails there.
    """
    wrong = failing or {}
    planned = plan(wanted, *facts)
    launch = removed(planned, wanted, *facts, failing=wrong.get("launch"))
    on_keys = key_images(planned, *facts, *others, statements=statements, policy=policy) if planned["keys"] else {}
    decision = decided(planned, wanted, on_keys, launch, read)
    asked = wanted["snapshots"] and (wanted["everything"] or wanted["account_ids"])
    closing = closed(planned, wanted, *facts, existing=snapshots, failing=wrong.get("snapshots")) if asked else {}
    stages = {
        "launch": launch,
        "snapshots": closing,
        "grants": revoked(decision, existing, wrong.get("grants")),
        "statements": rewritten(decision, statements, wrong.get("statements")),
    }
    return summarise_unshare(planned, wanted, decision, stages, judged(planned, {**wanted, "check_usage": False}))
