# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the validation of a parameter takes, as no API call can decide it."""

from __future__ import annotations

from typing import Any

# PutParameter returns before the validation is over (SSM API reference): one who reads at once must not find the value.
USUAL_LOOKS = 1
_looks = USUAL_LOOKS


def change(body: dict[str, Any]) -> None:
    """``looks``: how often a parameter is read without the new value before its validation is over."""
    global _looks
    if set(body) != {"looks"}:
        raise ValueError("a validation may have looks")
    _looks = int(body["looks"])


def reset() -> None:
    """The second look finds the value."""
    change({"looks": USUAL_LOOKS})


def looks() -> int:
    """The number in force."""
    return _looks
