# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of every module of this collection: meta/runtime.yml names it for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars

from ansible_collections.golden.ami.plugins.module_utils._share.inputs import known_options as share_options
from ansible_collections.golden.ami.plugins.module_utils._unshare.inputs import known_options as unshare_options
from ansible_collections.golden.ami.plugins.plugin_utils import aws_defaults, once, progress, role_variables

WITH_PROGRESS = ("image_copy", "image_parameter", "image_share", "image_tags", "image_unshare", "launch_check")
# What a variable may stand for, by the modules that do the whole job of a role.
ROLE_OPTIONS = {"image_share": share_options, "image_unshare": unshare_options}


class ActionModule(ActionBase):
    """Runs the module of the task with the defaults of amazon.aws below the task's own arguments.

    For the modules that do a role's whole job it collects the role's variables, lets hosts that ask for the same work once,
    and shows the table of the result.
    """

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        if not result.get("skipped"):
            template, omit = self._templar.template, variables.get("omit")
            defaults = aws_defaults.group_defaults(self._task.module_defaults, template, omit)
            result.update(self._run_module({**defaults, **self._task.args}, variables))
        return result

    @property
    def _module(self) -> str:
        return str(self._task.action).rpartition(".")[2]

    def _run_module(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        if self._module not in ROLE_OPTIONS:
            return self._with_progress(arguments, variables)
        given, taken = self._with_variables(arguments, variables)
        result = self._once(given, variables)
        if taken:
            # The tasks of the role behind this one would read what came from outside in the place of this result.
            result["taken_names"] = taken
        if not self._task.no_log:
            progress.show_table(self._lines(result, str(variables.get("inventory_hostname"))))
        return result

    def _lines(self, result: dict[str, Any], host: str) -> Sequence[str]:
        if "done_by" in result:
            return [f"{self._module}: {host} makes the same request as {result['done_by']}, which has done the work."]
        return result.get("table") or ()

    def _with_variables(self, arguments: dict[str, Any], variables: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The arguments, and below them what the role's variables say; the module refuses what is wrong with those.

        :return: also the names of the role's own that were set from outside.
        """
        known = (*ROLE_OPTIONS[self._module](), "declarations")
        arguments.pop("problems_found", None)
        # For a module null is an option that is not given. A guard that came out as null must not be off for that.
        arguments = {name: "" if value is None and name in known else value for name, value in arguments.items()}
        prefix = arguments.get("variables_prefix")
        if not prefix:
            return arguments, []
        extra = load_extra_vars(self._loader)
        found = role_variables.collect(str(prefix), known, variables, extra, self._templar.template)
        for warning in found.warnings:
            Display().warning(warning)
        problems = {"problems_found": found.problems} if found.problems else {}
        return {**found.options, **arguments, **problems}, found.taken

    def _once(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Only where the hosts are one computer: elsewhere each has credentials of its own."""

        def work() -> dict[str, Any]:
            return self._with_progress(arguments, variables)

        if self._connection.transport != "local" or self._task.async_val:
            return work()
        key = once.key_of(
            self._task._uuid,
            arguments,
            self._task.check_mode,
            self._task.diff,
            self._compute_environment_string(),
            self._play_context.become and self._play_context.become_user,
        )
        return once.once(key, str(variables.get("inventory_hostname")), work)

    def _with_progress(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        if self._module not in WITH_PROGRESS:
            return self._execute(arguments, variables)
        arguments.pop("progress_file", None)
        if not self._can_show():
            return self._execute(arguments, variables)
        with progress.tail(self._module) as path:
            return self._execute({**arguments, "progress_file": path}, variables)

    def _execute(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        wrap_async = bool(self._task.async_val)
        done: dict[str, Any] = self._execute_module(module_args=arguments, task_vars=variables, wrap_async=wrap_async)
        return done

    def _can_show(self) -> bool:
        """An asynchronous task is not waited for, no_log hides what a module says, and a file elsewhere cannot be read."""
        return self._connection.transport == "local" and not self._task.async_val and not self._task.no_log
