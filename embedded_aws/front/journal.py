# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of AWS requests, which tests read."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from ..api.call import Call


@dataclass
class Journal:
    """The AWS requests in order of arrival."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, call: Call) -> dict[str, Any]:
        """Note a request that has arrived; its status and error follow when it is answered."""
        entry = {
            "service": call.service,
            "operation": call.operation,
            "region": call.region,
            "account": call.account,
            "access_key": call.access_key,
            "status": None,
            "error": None,
            "write": call.write,
        }
        with self.lock:
            self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.entries = []
