# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let ``module_defaults`` that were written for amazon.aws reach the modules of this collection."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

# What users write credentials and the Region under: group/amazon.aws.aws, and group/aws, which ansible-core resolves to
# the second. A collection cannot join a group of another one in meta/runtime.yml, so the defaults are added here.
GROUPS = ("group/amazon.aws.aws", "group/ansible.builtin.aws")


class ActionModule(ActionBase):
    """Runs the module of the task with those defaults below the task's own arguments."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        if not result.get("skipped"):
            arguments = {**self._group_defaults(task_vars or {}), **self._task.args}
            result.update(self._run_module(arguments, task_vars or {}))
        return result

    def _run_module(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        wrap_async = bool(self._task.async_val)
        done: dict[str, Any] = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=wrap_async)
        return done

    def _group_defaults(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for entry in self._task.module_defaults or []:
            written.update(entry)
        defaults: dict[str, Any] = {}
        for group in GROUPS:
            defaults.update(self._templar.template(written.get(group) or {}))
        # Up to ansible-core 2.18 an omitted default is a placeholder text here; later it is gone already.
        return {name: value for name, value in defaults.items() if value != task_vars.get("omit")}
