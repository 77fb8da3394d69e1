# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of image_share, lists or the text of an AWX survey, as one checked request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.near_misses import unknown_keys
from .._base.survey_text import Inputs
from .._base.values import is_unanswered
from .._image import inputs as image_inputs
from .._image import selection
from .._launch_permission import model as permissions
from .._organization import guard as organization_guard
from .._organization import paths as unit_paths
from .._organization.guard import Guard
from .copy_inputs import read_copies, source_alone
from .request import (
    Consumers,
    Declaration,
    ShareRequest,
)
from .run_inputs import check_operations, read_auto_scaling, read_keys, read_organizations, read_quota, read_seconds

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
_OF_AN_ENTRY = ("name", *OF_A_DECLARATION)
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
    run.add(organization_guard.check_guard(guard))
    read = _declarations(run, params.get("declarations"), known_regions)
    partitions = {partition for _declaration, partition in read if partition}
    if len(partitions) > 1:
        run.add([f"Regions of {len(partitions)} partitions ({', '.join(sorted(partitions))}) need a run each."])
    partition = next(iter(sorted(partitions)), None)
    declarations = tuple(declaration for declaration, _partition in read)
    keys, auto_scaling = read_keys(run, partition), read_auto_scaling(run, partition)
    check_operations(run, keys, auto_scaling)
    organizations = read_organizations(run)
    for declaration in declarations:
        consumers = declaration.consumers
        outside = organization_guard.outside(guard, _arns(consumers), consumers.public)
        of = f"{prefix}declarations: {declaration.name}: " if declaration.name else prefix
        run.add(f"{of}{problem.removeprefix(prefix)}" for problem in outside)
    request = ShareRequest(
        declarations,
        keys,
        auto_scaling,
        guard,
        organizations,
        quota=read_quota(run),
        copy_timeout=read_seconds(run, "copy_wait_timeout", 3600, 1),
        partition=partition or "aws",
        prefix=prefix,
    )
    if run.problems:
        raise InputError(run.problems)
    return request


def _guard(inputs: Inputs) -> Guard:
    """Whoever writes the name of a guard means one: what is left of it when it was emptied must not allow everybody."""
    empty = [name for name in GUARDS if inputs.has(name) and inputs.is_empty(name)]
    inputs.add(f"{inputs.prefix}{name}: {inputs.cure_of_empty_guard(name)}" for name in empty)
    listed = frozenset(inputs.texts("allowed_account_ids")) if inputs.has("allowed_account_ids") else None
    return Guard(inputs.text("allowed_organization_id"), listed, inputs.prefix)


def _declarations(run: Inputs, listed: Any, known_regions: Mapping[str, str]) -> list[tuple[Declaration, str | None]]:
    """The declaration of the options, or those of a list of them."""
    if is_unanswered(listed):
        return [_declaration(run, "", known_regions)]
    option = f"{run.prefix}declarations"
    if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
        run.add([f"{option}: is no list of dictionaries."])
        return []
    if not listed:
        run.add([f"{option}: is empty; there is nothing to act on."])
    # The role gives this flag a value; by itself it asks for nothing.
    beside = [name for name in OF_A_DECLARATION if name != "copy_source_tags" and run.raw(name)]
    run.add(
        f"{run.prefix}{name}: takes effect in a declaration only; write it into those of {option} that it is for."
        for name in beside
    )
    names = [_name_of(number, entry) for number, entry in enumerate(listed, 1)]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    run.add(f"{option}: {name}: several have this name; give each its own." for name in twice)
    return [_one_of_several(run, name, entry, known_regions) for name, entry in zip(names, listed, strict=True)]


def _name_of(number: int, entry: Mapping[str, Any]) -> str:
    """For messages: its name, or its place."""
    return str(entry.get("name") or f"entry {number}")


def _one_of_several(
    run: Inputs, name: str, entry: Mapping[str, Any], known_regions: Mapping[str, str]
) -> tuple[Declaration, str | None]:
    """One entry of ``declarations``; its problems name it by its name, or by its place."""
    inputs = Inputs({key: value for key, value in entry.items() if key in OF_A_DECLARATION}, "")
    found = _declaration(inputs, name, known_regions)
    run.add(f"{run.prefix}declarations: {name}: {problem}" for problem in inputs.problems)
    run.add(f"{run.prefix}declarations: {name}: {problem}" for problem in unknown_keys(_foreign(entry), _OF_AN_ENTRY))
    for key in entry:
        if key in OF_A_RUN:
            run.add(
                [
                    f"{run.prefix}declarations: {name}: {key} is for the whole run; write it beside {run.prefix}declarations."
                ]
            )
    return found


def _foreign(entry: Mapping[str, Any]) -> list[str]:
    return [key for key in entry if key not in OF_A_RUN]


def _declaration(inputs: Inputs, name: str, known_regions: Mapping[str, str]) -> tuple[Declaration, str | None]:
    """One declaration, and the partition that its Regions are in."""
    places = image_inputs.read_places(inputs, known_regions, by_name=True)
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
    if not places.images and not places.source and wrong.isdisjoint({"images", "source", "regions", "kms_keys"}):
        inputs.add([f"{inputs.prefix}images: is empty, and so is {inputs.prefix}source; there is nothing to act on."])
    images = () if inputs.problems else selection.selectors([*places.images, *source_alone(places, copies)])
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
