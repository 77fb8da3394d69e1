# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A KMS key, as far as it decides about sharing."""

from __future__ import annotations

from dataclasses import dataclass

from .._base.outcome import Failure


@dataclass(frozen=True)
class Key:
    """``manager`` is CUSTOMER or AWS, ``state`` is KMS's KeyState."""

    arn: str
    manager: str
    state: str
    account_id: str
    multi_region: bool = False
    spec: str = "SYMMETRIC_DEFAULT"


def shown_key(read: Key | Failure) -> dict[str, str | None]:
    """A key as the results of the modules for keys show it; null for what could not be read."""
    key = read if isinstance(read, Key) else None
    return {
        "key_arn": key.arn if key else None,
        "key_manager": key.manager if key else None,
        "key_state": key.state if key else None,
    }
