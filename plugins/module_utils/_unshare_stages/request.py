# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inputs of the role unshare as one checked request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base import identifiers
from .._base.survey_text import Inputs
from .._image import inputs as image_inputs
from .._key_policy import identifiers as policy_identifiers
from .._kms_grant.patterns import auto_scaling_roles, check_patterns, grantees
from .._launch_permission import model as permissions
from .._launch_permission.model import LIST_OPTIONS, PUBLIC
from .._organization import paths as unit_paths

PREFIX = "unshare_"
_LISTS = (
    "account_ids",
    "organization_arns",
    "organizational_unit_arns",
    "organizational_unit_paths",
    "grantee_patterns",
)


def read_request(values: Mapping[str, Any], known_regions: Mapping[str, str]) -> dict[str, Any]:
    """The role's variables (without their prefix) as one request, with ``problems``: everything wrong in shape.

    :param known_regions: Region name to partition; empty when botocore is not at hand, the modules check again then.
    """
    inputs = Inputs(values, PREFIX)
    places = image_inputs.read_places(inputs, known_regions)
    source = places.source
    request = {
        "images": places.images,
        "source": source,
        "destinations": [{"region": region} for region in places.regions if source and region != source["region"]],
        **{name: inputs.texts(name) for name in _LISTS},
        "public": inputs.flag("public"),
        "everything": inputs.flag("everything"),
        "snapshots": inputs.flag("snapshots"),
        "key_access": inputs.flag("key_access"),
        "check_usage": inputs.flag("check_usage", True),
        "force": inputs.flag("force"),
        "usage_timeout": inputs.number("usage_timeout", 300),
        "grant_name": inputs.text("grant_name", "golden-ami"),
        "statement_sid": inputs.text("statement_sid", "GoldenAmi"),
        "organizations_role_arn": inputs.text("organizations_role_arn"),
    }
    partition = image_inputs.check_places(inputs, places, known_regions)
    inputs.add(permissions.check_principals(request, partition, PREFIX))
    _check_keys(inputs, request, partition)
    _check_what_goes(inputs, request)
    if source and not places.regions:
        inputs.add(["unshare_regions: is empty; name the Regions of the copies of unshare_source."])
    request["partition"] = partition or "aws"
    return {**request, "problems": list(dict.fromkeys(inputs.problems))}


def _check_keys(inputs: Inputs, request: Mapping[str, Any], partition: str | None) -> None:
    check_patterns(inputs, "grantee_patterns", request["grantee_patterns"], partition)
    problems = [
        ("unshare_grant_", identifiers.check_grant_name(request["grant_name"])),
        ("unshare_statement_", policy_identifiers.check_beginning_of_sids(request["statement_sid"])),
    ]
    role = request["organizations_role_arn"]
    if role:
        problems.append(("unshare_organizations_role_arn: ", identifiers.check_role_arn(role)))
    inputs.add(f"{name}{problem}" for name, problem in problems if problem)
    # When everything goes, which units had a permission is known only after reading.
    units = None if request["everything"] else request["organizational_unit_arns"]
    unit_paths.check_paths(inputs, request["organizational_unit_paths"], units)
    if request["usage_timeout"] < 1:
        inputs.add([f"unshare_usage_timeout: {request['usage_timeout']} is not a number of seconds; give 1 or more."])


def _check_what_goes(inputs: Inputs, request: Mapping[str, Any]) -> None:
    """Not for what was given and is wrong in itself: that has been said."""
    wrong = inputs.wrong()
    if not request["images"] and not request["destinations"] and wrong.isdisjoint({"images", "source", "regions"}):
        inputs.add(["unshare_images: is empty, and so is unshare_source; there is nothing to act on."])
    named = [option for option in (*LIST_OPTIONS.values(), PUBLIC) if request[option]]
    if request["everything"] and named:
        listed = ", ".join(f"unshare_{option}" for option in named)
        inputs.add([f"unshare_everything: removes everybody, so it cannot be combined with {listed}."])
    if not request["everything"] and not named and wrong.isdisjoint([*LIST_OPTIONS.values(), PUBLIC, "everything"]):
        inputs.add(
            [
                "nothing to act on: give unshare_account_ids, unshare_organization_arns or unshare_organizational_unit_arns, "
                "unshare_public=true to end the sharing with everybody, or unshare_everything=true to make the AMIs private."
            ]
        )


def grantees_of(request: Mapping[str, Any], account_ids: list[str]) -> dict[str, list[str]]:
    """All for whom the role share may have made grants: the root, the patterns', and Auto Scaling's role in any case."""
    own = [pattern for pattern in request["grantee_patterns"] if "{account}" in pattern]
    made = grantees(account_ids, own, request["partition"])
    roles = auto_scaling_roles(account_ids, request["partition"])
    return {account: list(dict.fromkeys([*arns, roles[account]])) for account, arns in made.items()}
