# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role share's decisions as filters: thin shells over module_utils/_core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.golden.ami.plugins.module_utils._base.old_table import draw_table
from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._share_stages import access as share_access
from ansible_collections.golden.ami.plugins.module_utils._share_stages import copies as share_copies
from ansible_collections.golden.ami.plugins.module_utils._share_stages import members as share_members
from ansible_collections.golden.ami.plugins.module_utils._share_stages import plan as share_plan
from ansible_collections.golden.ami.plugins.module_utils._share_stages import request as share_request
from ansible_collections.golden.ami.plugins.module_utils._share_stages import summary as share_summary


def read_request(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return share_request.read_request(_mapping(inputs, "share_request"), known_regions())


def members(request: Mapping[str, Any], units: Mapping[str, Any], organization: Mapping[str, Any]) -> dict[str, Any]:
    return share_members.complete(_mapping(request, "share_members"), units, organization)


def targets(request: Mapping[str, Any], copies: Mapping[str, Any]) -> list[dict[str, Any]]:
    return share_copies.targets(_mapping(request, "share_targets"), copies)


def plan(
    request: Mapping[str, Any],
    discovered: Mapping[str, Any],
    copies: Mapping[str, Any],
    new_copies: Mapping[str, Any],
) -> dict[str, Any]:
    return share_plan.plan_share(_mapping(request, "share_plan"), discovered, copies, new_copies)


def new_copies(planned: Mapping[str, Any], copies: Mapping[str, Any]) -> list[dict[str, Any]]:
    return share_copies.new_targets(_mapping(planned, "share_new_copies"), copies)


def ready(planned: Mapping[str, Any]) -> list[dict[str, str]]:
    return share_access.images_ready(_mapping(planned, "share_ready"))


def images(planned: Mapping[str, Any], request: Mapping[str, Any], stages: Mapping[str, Any]) -> list[dict[str, str]]:
    return share_access.images_to_share(_mapping(planned, "share_images"), request, stages)


def result(
    planned: Mapping[str, Any],
    request: Mapping[str, Any],
    stages: Mapping[str, Any],
    check_mode: bool = False,
) -> dict[str, Any]:
    summary = share_summary.summarise_share(_mapping(planned, "share_result"), request, stages)
    return {**summary, "table": draw_table(summary, check_mode)}


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise AnsibleFilterError(f"golden.ami.{name} needs a dictionary, not {type(value).__name__}")
    return value


class FilterModule:
    """Documented in the YAML files beside this one, one for each filter."""

    def filters(self) -> dict[str, Any]:
        return {
            "share_request": read_request,
            "share_members": members,
            "share_targets": targets,
            "share_plan": plan,
            "share_new_copies": new_copies,
            "share_ready": ready,
            "share_images": images,
            "share_result": result,
        }
