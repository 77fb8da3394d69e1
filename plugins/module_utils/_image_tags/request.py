# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tags image_tags is to set or remove, on which AMIs, in which accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base.identifiers import InputError
from .._base.tags import check_key, check_tags
from .._consumer.request import Consumers, check_consumers, consumers
from .._image.selection import ImageSelector


@dataclass(frozen=True)
class TagsRequest:
    """``tags``: as given, None for those that the owner has on each AMI; ``keys``: only these of the owner's, None for all."""

    consumers: Consumers
    images: tuple[ImageSelector, ...]
    state: str = "present"
    tags: Mapping[str, str] | None = None
    keys: tuple[str, ...] | None = None
    overwrite: bool = False


def parse_request(params: Mapping[str, Any], images: Sequence[ImageSelector], partition: str | None) -> TagsRequest:
    """:raises InputError: with all problems."""
    tags, keys = params["tags"], params["tag_keys"]
    problems = check_consumers(params, partition)
    if tags is not None:
        problems += check_tags("tags", tags)
    if keys is not None:
        problems += [] if keys else ["tag_keys: is empty; leave it out for all tags of the owner."]
        problems += [problem for key in keys for problem in check_key("tag_keys", key)]
    if tags is None and params["account_ids"] is None:
        problems.append("tags: is needed without account_ids: the owner's tags are not visible to another account.")
    if params["overwrite"] and params["state"] == "absent":
        problems.append("overwrite: goes with state=present only; state=absent removes exactly the tags that match.")
    if problems:
        raise InputError(problems)
    return TagsRequest(
        consumers(params, partition),
        tuple(images),
        params["state"],
        None if tags is None else dict(tags),
        None if keys is None else tuple(dict.fromkeys(keys)),
        params["overwrite"],
    )
