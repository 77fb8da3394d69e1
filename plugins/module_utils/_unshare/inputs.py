# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of image_unshare, lists or the text of an AWX survey, as one checked request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from .._base.near_misses import unknown_keys
from .._base.survey_text import Inputs
from .._image import inputs as image_inputs
from .._image import selection
from .._image.inputs import Places
from .._key_policy import identifiers as policy_identifiers
from .._kms_grant.patterns import check_patterns
from .._kms_key.inputs import read_named_keys
from .._launch_permission import model as permissions
from .._organization import paths as unit_paths
from .._share.run_inputs import read_organizations, read_seconds
from .request import Declaration, KeyTerms, Leaving, Source, UnshareRequest, UsageTerms

# What one declaration says.
OF_A_DECLARATION = (
    "images",
    "source",
    "regions",
    "keys",
    "account_ids",
    "organization_arns",
    "organizational_unit_arns",
    "organizational_unit_paths",
    "public",
    "everything",
    "snapshots",
)
# What holds for all declarations of a run.
OF_A_RUN = (
    "key_access",
    "check_usage",
    "usage_timeout",
    "force",
    "grantee_patterns",
    "grant_name",
    "statement_sid",
    "organizations_role_arn",
    "organizations_external_id",
)
_NAMING = ("account_ids", "organization_arns", "organizational_unit_arns")


def known_options() -> tuple[str, ...]:
    """The names of all options that a variable of the role may stand for, without its prefix."""
    return (*OF_A_DECLARATION, *OF_A_RUN)


def parse_request(params: Mapping[str, Any], known_regions: Mapping[str, str]) -> UnshareRequest:
    """Options to request.

    :param params: by name; what is absent is not in it. Values are what YAML or a survey made of them.
    :param known_regions: Region name to partition, as botocore knows them.
    :raises InputError: with everything that is wrong.
    """
    prefix = str(params.get("variables_prefix") or "")
    given = {name: params[name] for name in known_options() if name in params}
    run = Inputs(given, prefix)
    run.add(params.get("problems_found") or ())
    key_access = run.flag("key_access")
    listed = params.get("declarations")
    if listed is None:
        read = [_declaration(run, "", key_access, known_regions)]
    else:
        read = _several(run, listed, key_access, known_regions)
    partitions = {partition for _declaration, partition in read if partition}
    if len(partitions) > 1:
        run.add([f"Regions of {len(partitions)} partitions ({', '.join(sorted(partitions))}) need a run each."])
    partition = next(iter(sorted(partitions)), None)
    request = UnshareRequest(
        tuple(declaration for declaration, _partition in read),
        key_access,
        _keys(run, partition),
        UsageTerms(run.flag("check_usage", True), read_seconds(run, "usage_timeout", 300, 1), run.flag("force")),
        read_organizations(run),
        partition=partition or "aws",
        prefix=prefix,
    )
    if run.problems:
        raise InputError(run.problems)
    return request


def _several(
    run: Inputs, listed: Any, key_access: bool, known_regions: Mapping[str, str]
) -> list[tuple[Declaration, str | None]]:
    option = f"{run.prefix}declarations"
    beside = [name for name in OF_A_DECLARATION if run.is_given(name)]
    run.add(f"{run.prefix}{name}: goes into each of {option}, not beside it." for name in beside)
    if not listed:
        run.add([f"{option}: is empty; there is nothing to act on."])
    found = []
    for number, entry in enumerate(listed, 1):
        name = str(entry.get("name") or f"entry {number}")
        inputs = Inputs({key: value for key, value in entry.items() if key in OF_A_DECLARATION}, "")
        inputs.add(f"{key} is for the whole run; write it beside {option}." for key in entry if key in OF_A_RUN)
        inputs.add(unknown_keys((key for key in entry if key not in OF_A_RUN), ("name", *OF_A_DECLARATION)))
        found.append(_declaration(inputs, name, key_access, known_regions))
        run.add(f"{option}: {name}: {problem}" for problem in inputs.problems)
    return found


def _declaration(
    inputs: Inputs, name: str, key_access: bool, known_regions: Mapping[str, str]
) -> tuple[Declaration, str | None]:
    """One declaration, and the partition that its Regions are in."""
    places = image_inputs.read_places(inputs, known_regions, by_name=True)
    partition = image_inputs.check_places(inputs, places, known_regions)
    keys = read_named_keys(inputs, places.regions, known_regions)
    partition = _with_keys(inputs, partition, keys, known_regions)
    leaving = Leaving(
        account_ids=tuple(inputs.texts("account_ids")),
        organization_arns=tuple(inputs.texts("organization_arns")),
        unit_arns=tuple(inputs.texts("organizational_unit_arns")),
        public=inputs.flag("public"),
        everything=inputs.flag("everything"),
    )
    _check_leaving(inputs, leaving, partition)
    if keys:
        _check_keys(inputs, leaving, key_access)
    source = _source(inputs, places)
    wrong = inputs.wrong()
    if not (places.images or source or keys) and wrong.isdisjoint({"images", "source", "regions", "keys"}):
        inputs.add(
            [
                f"{inputs.prefix}images: is empty, and so are {inputs.prefix}source and {inputs.prefix}keys; there is nothing to "
                "act on."
            ]
        )
    images = () if inputs.problems else selection.selectors(places.images)
    return Declaration(name, images, source, keys, leaving, inputs.flag("snapshots")), partition


def _with_keys(
    inputs: Inputs, partition: str | None, keys: tuple[tuple[str, str], ...], known_regions: Mapping[str, str]
) -> str | None:
    """The one partition of AMIs and keys."""
    found = {image_inputs.partition_of(region, known_regions) for region, _key_id in keys}
    found |= {partition} if partition else set()
    if keys and len(found) > 1:
        inputs.add(
            [f"{inputs.prefix}keys: Regions of {len(found)} partitions ({', '.join(sorted(found))}) need a run each."]
        )
    return next(iter(found)) if len(found) == 1 else None


def _source(inputs: Inputs, places: Places) -> Source | None:
    if not places.source:
        return None
    if not places.regions and "regions" not in inputs.wrong():
        inputs.add([f"{inputs.prefix}regions: is empty; name the Regions of the copies of {inputs.prefix}source."])
    [selector] = selection.selectors([places.source])
    return Source(selector, tuple(places.regions))


def _check_leaving(inputs: Inputs, leaving: Leaving, partition: str | None) -> None:
    named = {
        "account_ids": leaving.account_ids,
        "organization_arns": leaving.organization_arns,
        "organizational_unit_arns": leaving.unit_arns,
    }
    prefix = inputs.prefix
    inputs.add(permissions.check_principals(named, partition, prefix))
    # Given as for the share. The statements themselves have the paths; of the ones given only their OUs are checked, which
    # are known before reading unless everything goes.
    paths = inputs.texts("organizational_unit_paths")
    unit_paths.check_paths(inputs, paths, None if leaving.everything else leaving.unit_arns)
    given = [name for name in _NAMING if named[name] or name in inputs.wrong()] + ["public"] * leaving.public
    if leaving.everything and given:
        listed = ", ".join(f"{prefix}{name}" for name in given)
        inputs.add([f"{prefix}everything: removes everybody, so it cannot be combined with {listed}."])
    # Not for what was given and is wrong in itself: that has been said.
    if not leaving.everything and not given and inputs.wrong().isdisjoint({"public", "everything"}):
        inputs.add(
            [
                f"nothing to act on: give {prefix}account_ids, {prefix}organization_arns or {prefix}organizational_unit_arns, "
                f"{prefix}public=true to stop sharing with everybody, or {prefix}everything=true to make the AMIs private."
            ]
        )


def _check_keys(inputs: Inputs, leaving: Leaving, key_access: bool) -> None:
    name = f"{inputs.prefix}keys"
    if not key_access and "key_access" not in inputs.wrong():
        inputs.add([f"{name}: requires {inputs.prefix}key_access=true, which revokes access to keys."])
    if leaving.everything:
        inputs.add(
            [
                f"{name}: cannot be combined with {inputs.prefix}everything, which means those who may launch an AMI; name whose "
                "access to the keys ends."
            ]
        )
    elif leaving.public and not any((leaving.account_ids, leaving.organization_arns, leaving.unit_arns)):
        inputs.add([f"{name}: everybody has no access to a key; name whose access to the keys ends."])


def _keys(inputs: Inputs, partition: str | None) -> KeyTerms:
    terms = KeyTerms(
        tuple(inputs.texts("grantee_patterns")),
        inputs.text("grant_name", "golden-ami"),
        inputs.text("statement_sid", "GoldenAmi"),
    )
    check_patterns(inputs, "grantee_patterns", terms.patterns, partition)
    checked = [
        ("grant_", identifiers.check_grant_name(terms.grant_name)),
        ("statement_", policy_identifiers.check_beginning_of_sids(terms.sid)),
    ]
    inputs.add(f"{inputs.prefix}{name}{problem}" for name, problem in checked if problem)
    return terms
