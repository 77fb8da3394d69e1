# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.golden.ami.plugins.plugin_utils.aws_defaults import ActionModule as WithDefaults
from ansible_collections.golden.ami.plugins.plugin_utils.progress import tail


class ActionModule(WithDefaults):
    """Shows the progress of the copies while the module waits for them."""

    def _run_module(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        arguments.pop("progress_file", None)
        if not self._can_show():
            return super()._run_module(arguments, task_vars)
        with tail("image_copy") as path:
            return super()._run_module({**arguments, "progress_file": path}, task_vars)

    def _can_show(self) -> bool:
        """An asynchronous task is not waited for, no_log hides what a module says, and a file elsewhere cannot be read."""
        local = self._connection.transport == "local"
        return local and not self._task.async_val and not self._task.no_log and not self._task.check_mode
