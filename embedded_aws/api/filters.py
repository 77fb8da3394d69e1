# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EC2 filters: several names are ANDed, the values of one are ORed, ``*`` and ``?`` are wildcards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import EC2Error

Readers = Mapping[str, Callable[[Any], Iterable[Any]]]


def text_of(value: Any) -> str:
    """A value as filters see it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pattern(value: str) -> re.Pattern[str]:
    parts = re.findall(r"\\.|\*|\?|[^\\*?]+|\\", value)
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(part) or re.escape(part[-1] if part[0] == "\\" else part) for part in parts))


def matches(item: Any, filters: Mapping[str, Any], readers: Readers, tags: Mapping[str, str] | None = None) -> bool:
    """Whether the item passes all filters; raises InvalidParameterValue for a name that EC2 does not know."""
    passed = True
    for name, wanted in filters.items():
        if tags is not None and name.startswith("tag:"):
            actual: Iterable[Any] = [tags[name[4:]]] if name[4:] in tags else []
        elif tags is not None and name == "tag-key":
            actual = list(tags)
        elif name in readers:
            actual = readers[name](item)
        else:
            raise EC2Error("InvalidParameterValue", f"The filter '{name}' is invalid")
        patterns = [_pattern(text_of(value)) for value in ([wanted] if isinstance(wanted, str) else wanted)]
        texts = [text_of(value) for value in actual if value is not None]
        passed = passed and any(pattern.fullmatch(text) for pattern in patterns for text in texts)
    return passed


def check_names(filters: Mapping[str, Any], readers: Readers) -> None:
    """Raises for unknown filter names even when there is no item to apply them to."""
    for name in filters:
        if name not in readers and name != "tag-key" and not name.startswith("tag:"):
            raise EC2Error("InvalidParameterValue", f"The filter '{name}' is invalid")
