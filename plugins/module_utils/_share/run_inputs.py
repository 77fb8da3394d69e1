# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of image_share that hold for all declarations of a run."""

from __future__ import annotations

from .._base import identifiers
from .._base.delta import ADD, plan_set
from .._base.survey_text import Inputs
from .._key_policy import identifiers as policy_identifiers
from .._kms_grant.model import LAUNCH_OPERATIONS
from .._kms_grant.patterns import check_patterns, check_role_pattern
from .request import AutoScaling, AutoScalingMode, KeyAccess, KeyTerms, OrganizationsRole


def read_keys(inputs: Inputs, partition: str | None) -> KeyTerms:
    terms = KeyTerms(
        KeyAccess(inputs.choice("key_access", [one.value for one in KeyAccess])),
        tuple(inputs.texts("grantee_patterns")),
        inputs.text("grant_name", "golden-ami"),
        tuple(inputs.texts("grant_operations")),
        inputs.text("statement_sid", "GoldenAmi"),
        inputs.flag("key_policy_allows_organizations"),
    )
    check_patterns(inputs, "grantee_patterns", terms.patterns, partition)
    checked = [
        ("grant_", identifiers.check_grant_name(terms.grant_name)),
        ("statement_", policy_identifiers.check_beginning_of_sids(terms.sid)),
    ]
    inputs.add(f"{inputs.prefix}{name}{problem}" for name, problem in checked if problem)
    return terms


def read_auto_scaling(inputs: Inputs, partition: str | None) -> AutoScaling:
    found = AutoScaling(
        AutoScalingMode(inputs.choice("auto_scaling", [one.value for one in AutoScalingMode])),
        inputs.text("auto_scaling_role_arn"),
        inputs.text("auto_scaling_external_id"),
        read_seconds(inputs, "auto_scaling_timeout", 300, 0),
    )
    if found.role_arn:
        check_role_pattern(inputs, "auto_scaling_role_arn", found.role_arn, partition)
    if bool(found.role_arn) is not (found.mode is AutoScalingMode.GRANT):
        inputs.add(
            [
                f"{inputs.prefix}auto_scaling_role_arn: is for {inputs.prefix}auto_scaling=grant, which requires it: the role in "
                "each account that makes the grant there, with {account} in its ARN."
            ]
        )
    if found.external_id and not found.role_arn:
        inputs.add([f"{inputs.prefix}auto_scaling_external_id: requires {inputs.prefix}auto_scaling_role_arn."])
    return found


def check_operations(inputs: Inputs, keys: KeyTerms, auto_scaling: AutoScaling) -> None:
    if not keys.operations:
        return
    inputs.add(f"{inputs.prefix}grant_{text}" for text in identifiers.check_operations(keys.operations))
    missing = sorted(plan_set(keys.operations, LAUNCH_OPERATIONS, ADD).add)
    if missing:
        inputs.add(
            [f"{inputs.prefix}grant_operations: without {', '.join(missing)} the consumers could not launch; add them."]
        )
    by_grant = auto_scaling.mode is AutoScalingMode.GRANT and keys.access is KeyAccess.GRANTS
    if by_grant and "Encrypt" not in keys.operations:
        inputs.add(
            [
                f"{inputs.prefix}grant_operations: without Encrypt the accounts could not grant it to their service-linked role "
                f"({inputs.prefix}auto_scaling=grant); add it."
            ]
        )


def read_organizations(inputs: Inputs) -> OrganizationsRole:
    role = OrganizationsRole(inputs.text("organizations_role_arn"), inputs.text("organizations_external_id"))
    problem = identifiers.check_role_arn(role.arn) if role.arn else None
    inputs.add([f"{inputs.prefix}organizations_role_arn: {problem}"] if problem else [])
    if role.external_id and not role.arn:
        inputs.add([f"{inputs.prefix}organizations_external_id: requires {inputs.prefix}organizations_role_arn."])
    return role


def read_quota(inputs: Inputs) -> int:
    quota = inputs.number("launch_permission_quota", 1000)
    if quota < 1:
        inputs.add(
            [
                f"{inputs.prefix}launch_permission_quota: {quota} would refuse every share; the default quota of AWS is 1000."
            ]
        )
    return quota


def read_seconds(inputs: Inputs, name: str, default: int, least: int) -> int:
    seconds = inputs.number(name, default)
    if seconds < least:
        inputs.add([f"{inputs.prefix}{name}: {seconds} is not a number of seconds; give {least} or more."])
    return seconds
