# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role unshare's decisions as filters: thin shells over module_utils/_core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.golden.ami.plugins.module_utils._base.old_table import draw_removals
from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Members
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages import keys as unshare_keys
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages import plan as unshare_plan
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages import request as unshare_request
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages import summary as unshare_summary


def read_request(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return unshare_request.read_request(_mapping(inputs, "unshare_request"), known_regions())


def targets(request: Mapping[str, Any], copies: Mapping[str, Any]) -> list[dict[str, Any]]:
    return unshare_plan.targets(_mapping(request, "unshare_targets"), copies)


def plan(request: Mapping[str, Any], discovered: Mapping[str, Any], copies: Mapping[str, Any]) -> dict[str, Any]:
    return unshare_plan.plan_unshare(_mapping(request, "unshare_plan"), discovered, copies)


def organizations(planned: Mapping[str, Any], key_images: Mapping[str, Any]) -> dict[str, list[str]]:
    return unshare_keys.arns_to_read(_mapping(planned, "unshare_organizations"), key_images)


def usage(
    planned: Mapping[str, Any], request: Mapping[str, Any], reports: Mapping[str, Any], read: Mapping[str, Any]
) -> dict[str, Any]:
    return unshare_plan.judge_usage(_mapping(planned, "unshare_usage"), request, reports, Members(read))


def keys(
    planned: Mapping[str, Any],
    request: Mapping[str, Any],
    key_images: Mapping[str, Any],
    read: Mapping[str, Any],
    removed: Mapping[str, Any],
) -> dict[str, Any]:
    return unshare_keys.plan_keys(_mapping(planned, "unshare_keys"), request, key_images, Members(read), removed)


def result(
    planned: Mapping[str, Any],
    request: Mapping[str, Any],
    decided: Mapping[str, Any],
    stages: Mapping[str, Any],
    judged: Mapping[str, Any],
    check_mode: bool = False,
) -> dict[str, Any]:
    summary = unshare_summary.summarise_unshare(_mapping(planned, "unshare_result"), request, decided, stages, judged)
    return {**summary, "table": draw_removals(summary, check_mode)}


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise AnsibleFilterError(f"golden.ami.{name} needs a dictionary, not {type(value).__name__}")
    return value


class FilterModule:
    """Documented in the YAML files beside this one, one for each filter."""

    def filters(self) -> dict[str, Any]:
        return {
            "unshare_request": read_request,
            "unshare_targets": targets,
            "unshare_plan": plan,
            "unshare_organizations": organizations,
            "unshare_usage": usage,
            "unshare_keys": keys,
            "unshare_result": result,
        }
