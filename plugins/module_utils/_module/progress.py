# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines for the action plugin, which shows them while the module runs; see plugin_utils/progress.py."""

from __future__ import annotations

import os


class ProgressFile:
    """Appends lines to a file that exists. Progress is a courtesy: a file that cannot be written stops no copy."""

    def __init__(self, path: str | None) -> None:
        self._path = path

    def tell(self, line: str) -> None:
        if not self._path:
            return
        try:
            # Never makes the file: what the action plugin has removed stays removed.
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                os.write(file, f"{' '.join(line.split())}\n".encode(errors="replace"))
            finally:
                os.close(file)
        except (OSError, ValueError):
            self._path = None
