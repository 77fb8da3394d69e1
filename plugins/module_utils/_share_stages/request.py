# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inputs of the role share as one checked request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base import identifiers
from .._base.delta import ADD, plan_set
from .._base.survey_text import Inputs
from .._image import inputs as image_inputs
from .._key_policy import identifiers as policy_identifiers
from .._kms_grant.model import LAUNCH_OPERATIONS
from .._kms_grant.patterns import check_patterns, check_role_pattern
from .._launch_permission import model as permissions
from .._launch_permission.request import check_quota
from .._organization import guard as organization_guard
from .._organization import paths as unit_paths
from .copy_inputs import read_copies

PREFIX = "share_"
GRANTS, KEY_POLICY = "grants", "key_policy"
# What share_auto_scaling may say; the first is the default.
REPORT, IGNORE, BY_GRANT, BY_KEY_POLICY = "report", "ignore", "grant", "key_policy"
_LISTS = (
    "account_ids",
    "organization_arns",
    "organizational_unit_arns",
    "accounts_of_organizational_unit_arns",
    "organizational_unit_paths",
    "grantee_patterns",
    "grant_operations",
)


def read_request(values: Mapping[str, Any], known_regions: Mapping[str, str]) -> dict[str, Any]:
    """The role's variables (without their prefix) as one request, with ``problems``: everything wrong in shape.

    What only AWS Organizations knows is added by :func:`share_members.complete`.

    :param known_regions: Region name to partition; empty when botocore is not at hand, the modules check again then.
    """
    inputs = Inputs(values, PREFIX)
    places = image_inputs.read_places(inputs, known_regions)
    request = {
        "images": places.images,
        **{name: inputs.texts(name) for name in _LISTS},
        "public": inputs.flag("public"),
        "launch_permission_quota": inputs.number("launch_permission_quota", 1000),
        "snapshots": inputs.flag("snapshots"),
        "grant_name": inputs.text("grant_name", "golden-ami"),
        "statement_sid": inputs.text("statement_sid", "GoldenAmi"),
        "key_access": inputs.choice("key_access", (GRANTS, KEY_POLICY)),
        "key_policy_allows_organizations": inputs.flag("key_policy_allows_organizations"),
        "auto_scaling": inputs.choice("auto_scaling", (REPORT, IGNORE, BY_GRANT, BY_KEY_POLICY)),
        "auto_scaling_role_arn": inputs.text("auto_scaling_role_arn"),
        "auto_scaling_timeout": inputs.number("auto_scaling_timeout", 300),
        "organizations_role_arn": inputs.text("organizations_role_arn"),
        **organization_guard.read_guard(inputs),
    }
    partition = image_inputs.check_places(inputs, places, known_regions)
    inputs.add(permissions.check_principals(request, partition, PREFIX))
    inputs.add(PREFIX + problem for problem in check_quota(request))
    request |= read_copies(inputs, places.source, places.regions, known_regions)
    _check_keys(inputs, request, partition)
    _check_organizations(inputs, request, partition)
    _nothing_to_act_on(inputs, request)
    request["partition"] = partition or image_inputs.partition_of("".join(places.regions[:1]), known_regions)
    # Nothing is looked up for a request that is refused anyway; its paths may have no shape.
    usable = not inputs.problems
    request["units_to_read"] = unit_paths.units_to_read(request) if usable else []
    request["members_to_look_up"] = organization_guard.accounts_to_look_up(request) if usable else []
    return {**request, "problems": list(dict.fromkeys(inputs.problems))}


def _check_keys(inputs: Inputs, request: Mapping[str, Any], partition: str | None) -> None:
    check_patterns(inputs, "grantee_patterns", request["grantee_patterns"], partition)
    operations = request["grant_operations"]
    if operations:
        inputs.add(f"share_grant_{text}" for text in identifiers.check_operations(operations))
        missing = sorted(plan_set(operations, LAUNCH_OPERATIONS, ADD).add)
        if missing:
            missed = ", ".join(missing)
            inputs.add([f"share_grant_operations: without {missed} the consumers could not launch; add them."])
        if request["auto_scaling"] == BY_GRANT and request["key_access"] == GRANTS and "Encrypt" not in operations:
            inputs.add(
                [
                    "share_grant_operations: without Encrypt the accounts could not grant it to their service-linked role "
                    "(share_auto_scaling=grant); add it."
                ]
            )
    problems = [
        ("share_grant_", identifiers.check_grant_name(request["grant_name"])),
        ("share_statement_", policy_identifiers.check_beginning_of_sids(request["statement_sid"])),
    ]
    inputs.add(f"{name}{problem}" for name, problem in problems if problem)
    timeout = request["auto_scaling_timeout"]
    if timeout < 0:
        inputs.add([f"share_auto_scaling_timeout: {timeout} is not a number of seconds; give 0 or more."])
    role = request["auto_scaling_role_arn"]
    if role:
        check_role_pattern(inputs, "auto_scaling_role_arn", role, partition)
    if bool(role) is not (request["auto_scaling"] == BY_GRANT):
        inputs.add(
            [
                "share_auto_scaling_role_arn: goes with share_auto_scaling=grant, which needs it: the role in each account "
                "that makes the grant there, with {account} in its ARN."
            ]
        )


def _check_organizations(inputs: Inputs, request: Mapping[str, Any], partition: str | None) -> None:
    inputs.add(
        identifiers.check_each(
            "share_accounts_of_organizational_unit_arns",
            request["accounts_of_organizational_unit_arns"],
            lambda value: identifiers.check_organizational_unit_arn(value, partition),
        )
    )
    unit_paths.check_paths(inputs, request["organizational_unit_paths"], request["organizational_unit_arns"])
    if request["organizations_role_arn"]:
        problem_of_role = identifiers.check_role_arn(request["organizations_role_arn"])
        inputs.add([f"share_organizations_role_arn: {problem_of_role}"] if problem_of_role else [])
    inputs.add(organization_guard.outside(request))


def _nothing_to_act_on(inputs: Inputs, request: Mapping[str, Any]) -> None:
    """Not for what was given and is wrong in itself: that has been said."""
    wrong = inputs.wrong()
    if not request["images"] and not request["destinations"] and wrong.isdisjoint({"images", "source", "regions"}):
        inputs.add(["share_images: is empty, and so is share_source; there is nothing to act on."])
    named = permissions.named_principals(request) or request["accounts_of_organizational_unit_arns"]
    options = {*permissions.LIST_OPTIONS.values(), "public", "accounts_of_organizational_unit_arns"}
    if not named and wrong.isdisjoint(options):
        inputs.add(
            [
                "nothing to act on: give share_account_ids, share_organization_arns or share_organizational_unit_arns, or "
                "share_public=true to share with everybody."
            ]
        )
