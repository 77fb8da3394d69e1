# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of image_share, lists or the text of an AWX survey, as one checked request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base import identifiers
from .._base.delta import ADD, plan_set
from .._base.identifiers import InputError
from .._base.survey_text import Inputs
from .._image import inputs as image_inputs
from .._image import selection
from .._key_policy import identifiers as policy_identifiers
from .._kms_grant.model import LAUNCH_OPERATIONS
from .._kms_grant.patterns import check_patterns, check_role_pattern
from .._launch_permission import model as permissions
from .._organization import limits
from .._organization import paths as unit_paths
from .._organization.limits import Guard
from .copy_inputs import read_copies
from .request import (
    AutoScaling,
    AutoScalingMode,
    Consumers,
    Declaration,
    KeyAccess,
    KeyTerms,
    OrganizationsRole,
    ShareRequest,
)

# What one declaration says; a catalogue has several.
OF_A_DECLARATION = (
    "images",
    "source",
    "regions",
    "kms_keys",
    "copy_name",
    "copy_description",
    "copy_tags",
    "copy_source_tags",
    "copy_completion_minutes",
    "account_ids",
    "accounts_of_organizational_unit_arns",
    "organization_arns",
    "organizational_unit_arns",
    "organizational_unit_paths",
    "public",
    "snapshots",
)
# What holds for all declarations of a run.
OF_A_RUN = (
    "allowed_organization_id",
    "allowed_account_ids",
    "organizations_role_arn",
    "organizations_external_id",
    "key_access",
    "grantee_patterns",
    "grant_name",
    "grant_operations",
    "statement_sid",
    "key_policy_allows_organizations",
    "auto_scaling",
    "auto_scaling_role_arn",
    "auto_scaling_external_id",
    "auto_scaling_timeout",
    "copy_wait_timeout",
    "launch_permission_quota",
)
GUARDS = ("allowed_organization_id", "allowed_account_ids")
_CONSUMERS = (
    "account_ids",
    "organization_arns",
    "organizational_unit_arns",
    "accounts_of_organizational_unit_arns",
    "public",
)


def known_options() -> tuple[str, ...]:
    """The names of all options that a variable of the role may stand for, without its prefix."""
    return (*OF_A_DECLARATION, *OF_A_RUN)


def parse_request(params: Mapping[str, Any], known_regions: Mapping[str, str]) -> ShareRequest:
    """Options to request.

    :param params: by name; what is absent is not in it. Values are what YAML or a survey made of them.
    :param known_regions: Region name to partition, as botocore knows them.
    :raises InputError: with everything that is wrong.
    """
    prefix = str(params.get("variables_prefix") or "")
    given = {name: params[name] for name in known_options() if name in params}
    run = Inputs(given, prefix)
    run.add(params.get("problems_found") or ())
    guard = _guard(run)
    run.add(limits.check_guard(guard))
    listed = params.get("declarations")
    if listed is None:
        read = [_declaration(run, "", known_regions)]
    else:
        read = [_one_of_several(run, number, entry, known_regions) for number, entry in enumerate(listed, 1)]
        if not listed:
            run.add([f"{prefix}declarations: is empty; there is nothing to act on."])
    partitions = {partition for _declaration, partition in read if partition}
    if len(partitions) > 1:
        run.add([f"Regions of {len(partitions)} partitions ({', '.join(sorted(partitions))}) need a run each."])
    partition = next(iter(sorted(partitions)), None)
    declarations = tuple(declaration for declaration, _partition in read)
    keys, auto_scaling = _keys(run, partition), _auto_scaling(run, partition)
    _check_operations(run, keys, auto_scaling)
    organizations = _organizations(run)
    for declaration in declarations:
        consumers = declaration.consumers
        run.add(limits.outside(guard, _arns(consumers), consumers.public))
    request = ShareRequest(
        declarations,
        keys,
        auto_scaling,
        guard,
        organizations,
        quota=_quota(run),
        copy_timeout=_seconds(run, "copy_wait_timeout", 3600, 1),
        partition=partition or "aws",
        prefix=prefix,
    )
    if run.problems:
        raise InputError(run.problems)
    return request


def _guard(inputs: Inputs) -> Guard:
    """Whoever writes the name of a guard means one: what is left of it when it was emptied must not let everybody in."""
    empty = [name for name in GUARDS if inputs.has(name) and inputs.is_empty(name)]
    inputs.add(f"{inputs.prefix}{name}: {inputs.cure_of_empty_guard(name)}" for name in empty)
    listed = frozenset(inputs.texts("allowed_account_ids")) if inputs.has("allowed_account_ids") else None
    return Guard(inputs.text("allowed_organization_id"), listed, inputs.prefix)


def _one_of_several(
    run: Inputs, number: int, entry: Any, known_regions: Mapping[str, str]
) -> tuple[Declaration, str | None]:
    """One entry of ``declarations``; its problems name it by its name, or by its place."""
    name = str(entry.get("name") or f"entry {number}")
    inputs = Inputs({key: value for key, value in entry.items() if key in OF_A_DECLARATION}, "")
    found = _declaration(inputs, name, known_regions)
    run.add(f"{run.prefix}declarations: {name}: {problem}" for problem in inputs.problems)
    for key in entry:
        if key in OF_A_RUN:
            run.add(
                [
                    f"{run.prefix}declarations: {name}: {key} is for the whole run; write it beside {run.prefix}declarations."
                ]
            )
    return found


def _declaration(inputs: Inputs, name: str, known_regions: Mapping[str, str]) -> tuple[Declaration, str | None]:
    """One declaration, and the partition that its Regions are in."""
    places = image_inputs.read_places(inputs, known_regions)
    partition = image_inputs.check_places(inputs, places, known_regions)
    consumers = Consumers(
        account_ids=tuple(inputs.texts("account_ids")),
        accounts_of_units=tuple(inputs.texts("accounts_of_organizational_unit_arns")),
        organization_arns=tuple(inputs.texts("organization_arns")),
        unit_arns=tuple(inputs.texts("organizational_unit_arns")),
        unit_paths=tuple(inputs.texts("organizational_unit_paths")),
        public=inputs.flag("public"),
    )
    _check_consumers(inputs, consumers, partition)
    copies = read_copies(inputs, places, known_regions)
    wrong = inputs.wrong()
    if not places.images and not copies and wrong.isdisjoint({"images", "source", "regions", "kms_keys"}):
        inputs.add([f"{inputs.prefix}images: is empty, and so is {inputs.prefix}source; there is nothing to act on."])
    images = () if inputs.problems else selection.selectors(places.images)
    return Declaration(name, images, copies, consumers, inputs.flag("snapshots")), partition


def _check_consumers(inputs: Inputs, consumers: Consumers, partition: str | None) -> None:
    named = {
        "account_ids": consumers.account_ids,
        "organization_arns": consumers.organization_arns,
        "organizational_unit_arns": consumers.unit_arns,
    }
    inputs.add(permissions.check_principals(named, partition, inputs.prefix))
    inputs.add(
        identifiers.check_each(
            f"{inputs.prefix}accounts_of_organizational_unit_arns",
            consumers.accounts_of_units,
            lambda value: identifiers.check_organizational_unit_arn(value, partition),
        )
    )
    unit_paths.check_paths(inputs, consumers.unit_paths, consumers.unit_arns)
    anybody = any((*named.values(), consumers.accounts_of_units, consumers.public))
    # Not for what was given and is wrong in itself: that has been said.
    if not anybody and inputs.wrong().isdisjoint(_CONSUMERS):
        listed = ", ".join(f"{inputs.prefix}{name}" for name in ("account_ids", "organization_arns"))
        inputs.add(
            [
                f"nothing to act on: give {listed} or {inputs.prefix}organizational_unit_arns, or {inputs.prefix}public=true "
                "to share with everybody."
            ]
        )


def _arns(consumers: Consumers) -> Mapping[str, Iterable[str]]:
    return {
        "organization_arns": consumers.organization_arns,
        "organizational_unit_arns": consumers.unit_arns,
        "accounts_of_organizational_unit_arns": consumers.accounts_of_units,
    }


def _keys(inputs: Inputs, partition: str | None) -> KeyTerms:
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


def _auto_scaling(inputs: Inputs, partition: str | None) -> AutoScaling:
    found = AutoScaling(
        AutoScalingMode(inputs.choice("auto_scaling", [one.value for one in AutoScalingMode])),
        inputs.text("auto_scaling_role_arn"),
        inputs.text("auto_scaling_external_id"),
        _seconds(inputs, "auto_scaling_timeout", 300, 0),
    )
    if found.role_arn:
        check_role_pattern(inputs, "auto_scaling_role_arn", found.role_arn, partition)
    if bool(found.role_arn) is not (found.mode is AutoScalingMode.GRANT):
        inputs.add(
            [
                f"{inputs.prefix}auto_scaling_role_arn: goes with {inputs.prefix}auto_scaling=grant, which needs it: the role in "
                "each account that makes the grant there, with {account} in its ARN."
            ]
        )
    if found.external_id and not found.role_arn:
        inputs.add([f"{inputs.prefix}auto_scaling_external_id: goes with {inputs.prefix}auto_scaling_role_arn."])
    return found


def _check_operations(inputs: Inputs, keys: KeyTerms, auto_scaling: AutoScaling) -> None:
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


def _organizations(inputs: Inputs) -> OrganizationsRole:
    role = OrganizationsRole(inputs.text("organizations_role_arn"), inputs.text("organizations_external_id"))
    problem = identifiers.check_role_arn(role.arn) if role.arn else None
    inputs.add([f"{inputs.prefix}organizations_role_arn: {problem}"] if problem else [])
    if role.external_id and not role.arn:
        inputs.add([f"{inputs.prefix}organizations_external_id: goes with {inputs.prefix}organizations_role_arn."])
    return role


def _quota(inputs: Inputs) -> int:
    quota = inputs.number("launch_permission_quota", 1000)
    if quota < 1:
        inputs.add(
            [
                f"{inputs.prefix}launch_permission_quota: {quota} would refuse every share; the default quota of AWS is 1000."
            ]
        )
    return quota


def _seconds(inputs: Inputs, name: str, default: int, least: int) -> int:
    seconds = inputs.number(name, default)
    if seconds < least:
        inputs.add([f"{inputs.prefix}{name}: {seconds} is not a number of seconds; give {least} or more."])
    return seconds
