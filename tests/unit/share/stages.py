# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the stages of the role share hand on, made by the code that makes it in a run: only AWS is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome
from ansible_collections.golden.ami.plugins.module_utils._image.facts import ImageFacts
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.report import parse_query, show_image
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy import follow as copy_follow
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyFacts, CopyState
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import all_or_nothing, plan_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import parse_copies
from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import images_ready, images_to_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.members import complete
from ansible_collections.golden.ami.plugins.module_utils._share_stages.plan import plan_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.request import read_request
from tests.unit.answers import granting, opening, permitting, result, stating
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    REGION,
    SNAPSHOT_ID,
    image,
    image_facts,
    key,
    permission_params,
    policy_text,
)

ROOT = "arn:aws:iam::{}:root"
ROLE = "arn:aws:iam::{}:role/a"
PATTERNS = ["arn:{partition}:iam::{account}:role/a", "arn:aws:iam::123456789012:role/builder"]
NO_GRANT = Failure("LimitExceededException", "The quota is reached", "Revoke", "kms:CreateGrant", REGION)
NO_POLICY = Failure("AccessDeniedException", "Not you", "Allow it", "kms:PutKeyPolicy", REGION)
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


def complete_request(
    units: Mapping[str, Any] | None = None, organization: Mapping[str, Any] | None = None, /, **given: Any
) -> dict[str, Any]:
    """The request as the stages after the second have it, with the answers of AWS Organizations, if it was asked."""
    return complete(request(**given), units or {}, organization or {})


def encrypted(permissions: Any = frozenset(), region: str = REGION, **about_key: Any) -> ImageFacts:
    """An AMI with one snapshot on a customer managed key of its Region."""
    arn = key_in(region)
    return image_facts(
        permissions,
        image=image(image_id=image_in(region), region=region, snapshot_ids=(SNAPSHOT_ID,)),
        selector=ImageSelector(region, image_in(region)),
        snapshots={SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, True, arn)},
        keys={arn: key(arn=arn, **about_key)},
    )


def image_in(region: str) -> str:
    return IMAGE_ID if region == REGION else OTHER_IMAGE_ID


def key_in(region: str) -> str:
    return KEY_ARN.replace(REGION, region)


def discovered(
    wanted: Mapping[str, Any],
    *facts: ImageFacts,
    existing: Mapping[str, Sequence[Any]] | None = None,
    statements: Sequence[Any] = (),
    policy: Failure | None = None,
) -> dict[str, Any]:
    """What image_info returns; ``existing`` are grants by key, ``statements`` those in the policies of all keys.

    :param policy: why no policy could be read.
    """
    params = {
        **permission_params(**_principals(wanted)),
        "grantees": wanted["grantees_to_read"],
        "grant_operations": wanted["operations"],
        "statements": wanted["statements"],
        "auto_scaling": wanted["auto_scaling"] != "ignore",
        "grant_name": wanted["grant_name"],
    }
    query = parse_query(params, None)
    text = policy or policy_text(ADMINISTRATION, *statements)
    read = [
        replace(
            one,
            grants={arn: tuple((existing or {}).get(arn, ())) for arn in one.keys},
            policies=dict.fromkeys(one.keys, text),
        )
        for one in facts
    ]
    return result([show_image(query, one) for one in read], Outcome.as_info)


def plan(
    wanted: Mapping[str, Any],
    *facts: ImageFacts,
    copies: Mapping[str, Any] | None = None,
    new_copies: Mapping[str, Any] | None = None,
    **read: Any,
) -> dict[str, Any]:
    """What the role does after discovery: ``copies`` is a result of image_copy, ``new_copies`` one of image_info."""
    return plan_share(wanted, discovered(wanted, *facts, **read), copies or {}, new_copies or {})


def stages(**done: Any) -> dict[str, Any]:
    """The results of the stages by their names; a stage that is not named had nothing to do."""
    names = ("copies", "new_copies", "grants", "statements", "auto_scaling", "snapshots", "launch")
    return {**dict.fromkeys(names, {}), **done}


def copied(
    wanted: Mapping[str, Any],
    there: Mapping[str, str] | None = None,
    ends: Mapping[str, CopyState | Failure] | None = None,
    failing: Mapping[str, Failure] | None = None,
    key_arn: str | None = None,
    source_encrypted: bool = False,
    twice: bool = False,
) -> dict[str, Any]:
    """What image_copy returns: of check mode, or, with ``ends``, of a run.

    :param there: Regions with a copy, and its state.
    :param ends: what becomes of copies that are started or waited for; all others come out available.
    :param failing: Regions that could not be read.
    :param key_arn: the key of the copies that are there; as a rule it is :func:`key_in`.
    :param twice: whether each copy that is there is there a second time.
    """
    params = {"image_id": IMAGE_ID, "source_region": REGION, "wait": True, **wanted["copy_options"]}
    targets, asked = parse_copies({**params, "destinations": wanted["destinations"]}, None, REGIONS)
    plans = []
    for destination in targets.destinations:
        region = destination.region
        about = {"image_id": image_in(region), "region": region, "snapshot_ids": (SNAPSHOT_ID,)}
        present = [image(**about, state=state) for place, state in (there or {}).items() if place == region]
        present += [replace(one, image_id="ami-00000000000000002") for one in present if twice]
        arn = key_in(region) if key_arn is None else key_arn
        facts = CopyFacts(
            destination,
            image(encrypted=source_encrypted),
            present,
            {SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, bool(arn), arn)} if arn != "unseen" else {},
            key(arn=key_in(region)) if destination.key_id else None,
            failure=(failing or {}).get(region),
        )
        plans.append(plan_copy(asked, facts))
    plans = all_or_nothing(plans)
    return result(plans if ends is None else [_followed(one, ends.get(one.target["region"])) for one in plans])


def _followed(planned: Outcome, end: CopyState | Failure | None) -> Outcome:
    """A copy from its start to its end."""
    if not planned.change:
        return planned
    job = planned.change
    following = copy_follow.begin(job)
    image_id = job.image_id or image_in(job.region)
    if job.start:
        following = copy_follow.started(following, end if isinstance(end, Failure) else image_id, True, 0.0)
    if following.open:
        done = CopyState(image_id, job.name, "available", keys=(job.key_arn,))
        following = copy_follow.looked_at(following, end if isinstance(end, CopyState) else done, 1.0)
    return copy_follow.finished(planned, copy_follow.out_of_time(following, 3600))


def granted(
    planned: Mapping[str, Any],
    existing: Mapping[str, Sequence[Any]] | None = None,
    failing: Mapping[str, Failure] | None = None,
    check_mode: bool = False,
    stuck: Failure | None = None,
    operations: Sequence[str] | None = None,
) -> dict[str, Any]:
    """What kms_grant returns; ``existing`` are grants by key, ``failing`` the refusal of new ones by key or grantee.

    ``stuck`` is the refusal of every revocation, ``operations`` are the request's where they are not the usual ones.
    """
    options = {"grantees": planned["grantees"], "operations": operations}
    return granting(planned["keys"], options, existing, failing, check_mode, stuck)


def auto_scaled(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    existing: Mapping[str, Sequence[Any]] | None = None,
    failing: Mapping[str, Failure] | None = None,
) -> dict[str, Any]:
    """What kms_grant returns for the service-linked roles of Auto Scaling, whose accounts make the grants."""
    options = {
        "grantees": planned["auto_scaling"]["grantees"],
        "operations": sorted({*wanted["operations"], "Encrypt"}),
        "grantor_role_arn": wanted["auto_scaling_role_arn"],
        "grantor_external_id": None,
    }
    return granting(planned["auto_scaling"]["keys"], options, existing, failing)


def stated(
    planned: Mapping[str, Any], existing: Sequence[Any] = (), failing: Mapping[str, Failure] | None = None
) -> dict[str, Any]:
    """What kms_key_policy_statement returns in its loop; ``failing`` is the refusal to write, by key or sid."""
    return stating(planned["statements"], existing, failing)


def opened(
    planned: Mapping[str, Any],
    *facts: ImageFacts,
    existing: Mapping[str, Any] | None = None,
    failing: Failure | None = None,
) -> dict[str, Any]:
    """What snapshot_permission returns for the AMIs that the role gives it."""
    ready = images_ready(planned)
    return opening(ready, *facts, existing=existing, failing=failing, account_ids=planned["account_ids"])


def launched(
    planned: Mapping[str, Any],
    wanted: Mapping[str, Any],
    grants: Mapping[str, Any],
    *facts: ImageFacts,
    failing: Mapping[str, Failure] | None = None,
    **done: Any,
) -> dict[str, Any]:
    """What launch_permission returns for the AMIs that the role gives it; ``failing`` is by Region."""
    chosen = images_to_share(planned, wanted, stages(grants=grants, **done))
    named = {**_principals(wanted), "account_ids": planned["account_ids"]}
    return permitting(chosen, named, *facts, failing=failing)


def _principals(wanted: Mapping[str, Any]) -> dict[str, Any]:
    names = ("account_ids", "organization_arns", "organizational_unit_arns", "public", "launch_permission_quota")
    return {name: wanted[name] for name in names}
