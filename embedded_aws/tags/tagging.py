# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CreateTags and DeleteTags: what EC2 does not take.

EC2 API reference, CreateTags: 1,000 resources in a call; keys of 1 to 127 characters that do not begin with ``aws:``
(https://github.com/cloud-custodian/cloud-custodian/issues/5975 has the text), values of up to 256; 50 tags of a resource,
which moto checks. moto takes anything else.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.tags import TagResponse

from ..api.errors import EC2Error

MOST_RESOURCES, LONGEST_KEY, LONGEST_VALUE = 1000, 127, 256


class TaggingResponse(TagResponse):
    """Both actions with these checks before moto's."""

    def create_tags(self) -> ActionResult:
        _check(self._get_param("Resources", []), self._get_param("Tags", []))
        return super().create_tags()

    def delete_tags(self) -> ActionResult:
        _check(self._get_param("Resources", []), self._get_param("Tags", []))
        return super().delete_tags()


def _check(resources: list[str], tags: list[dict[str, Any]]) -> None:
    if len(resources) > MOST_RESOURCES:
        raise EC2Error("InvalidParameterValue", "Too many resources in one request")
    for tag in tags:
        key, value = tag.get("Key") or "", tag.get("Value") or ""
        if key.lower().startswith("aws:"):
            text = f"Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"
            raise EC2Error("InvalidParameterValue", text)
        if not 1 <= len(key) <= LONGEST_KEY:
            raise EC2Error("InvalidParameterValue", f"Tag key exceeds the maximum length of {LONGEST_KEY} characters")
        if len(value) > LONGEST_VALUE:
            raise EC2Error(
                "InvalidParameterValue", f"Tag value exceeds the maximum length of {LONGEST_VALUE} characters"
            )
