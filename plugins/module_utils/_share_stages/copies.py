# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The copies among the AMIs of the role share: which are looked at now, and how one that is not there yet is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._launch_permission.model import as_dict

# As image_info would describe an AMI that nobody may launch yet.
NOBODY = as_dict(())


def targets(request: Mapping[str, Any], copies: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What image_info is asked about first: the named AMIs, and the copies that are there and done.

    :param copies: result of image_copy in check mode, {} where nothing is to be copied.
    """
    return [*request["images"], *({"image_id": copy["image_id"], "region": copy["region"]} for copy in _done(copies))]


def new_targets(plan: Mapping[str, Any], copies: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The copies that are there now and have not been looked at."""
    known = {(image["region"], image["image_id"]) for image in plan["images"] if not image.get("predicted")}
    return [
        {"image_id": copy["image_id"], "region": copy["region"]}
        for copy in _done(copies)
        if (copy["region"], copy["image_id"]) not in known
    ]


def _done(copies: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Without the pending ones, which a run waits for: in check mode they would be called blocked."""
    found = [copy for copy in copies.get("results", ()) if copy["image_id"] and not copy["error"]]
    return [copy for copy in found if copy["state"] != "pending"]


def must_copy(copies: Mapping[str, Any]) -> bool:
    """Whether a copy is to be started, or to be waited for."""
    return any(copy["status"] == "changed" or copy["state"] == "pending" for copy in copies.get("results", ()))


def not_looked_at(copies: Mapping[str, Any], known: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Copies that image_info could not be asked about, in its words: not there yet, still pending, or failed."""
    seen = frozenset(known)
    return [_predicted(copy) for copy in copies.get("results", ()) if (copy["region"], copy["image_id"]) not in seen]


def _predicted(copy: Mapping[str, Any]) -> dict[str, Any]:
    """Of its key nothing is known but the name: what it lacks is left to the modules to find out (None)."""
    key = {"key_arn": copy["kms_key_arn"], "missing_grantees": None, "grants_complete": False, "auto_scaling": None}
    return {
        "image_id": copy["image_id"],
        "region": copy["region"],
        "name": copy["name"],
        "owner_id": None,
        "kms_keys": [{**key, "statements": []}] if copy["kms_key_arn"] else [],
        "launch_permissions": NOBODY,
        "blockers": [],
        "error": copy["error"],
        "predicted": True,
    }
