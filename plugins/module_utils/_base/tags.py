# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags as EC2 takes them (Amazon EC2 API Reference, CreateTags)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .identifiers import kind_of

# Of one resource in one account; those that begin with aws: do not count.
MOST = 50
LONGEST_KEY = 127
LONGEST_VALUE = 256
RESERVED = "aws:"


def is_reserved(key: str) -> bool:
    """Whether AWS alone may set it."""
    return key.lower().startswith(RESERVED)


def check_tags(option: str, tags: Mapping[Any, Any]) -> list[str]:
    """Everything that is wrong with tags that people type."""
    problems = [] if tags else [f"{option}: is empty; leave it out, or fill it in."]
    for key, value in tags.items():
        if not isinstance(value, str):
            problems.append(f"{option}: the value of '{key}' is {kind_of(value)}, tags are text; write it in quotes.")
        elif len(value) > LONGEST_VALUE:
            problems.append(f"{option}: the value of '{key}' has {len(value)} characters; EC2 takes {LONGEST_VALUE}.")
        problems += check_key(option, key)
    if len(tags) > MOST:
        problems.append(f"{option}: {len(tags)} tags; a resource has at most {MOST} in an account.")
    return problems


def check_key(option: str, key: Any) -> list[str]:
    if not isinstance(key, str):
        return [f"{option}: the key '{key}' is {kind_of(key)}, tags are text; write it in quotes."]
    if not key:
        return [f"{option}: a key is empty; it may be a variable that holds nothing."]
    if is_reserved(key):
        return [f"{option}: '{key}' begins with {RESERVED}, which is AWS's own."]
    if len(key) > LONGEST_KEY:
        return [f"{option}: the key '{key}' has {len(key)} characters; EC2 takes {LONGEST_KEY}."]
    return []
