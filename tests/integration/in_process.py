# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module's main() in this process: what a module process would be given and give back, without its start."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils import basic

MODULES = "ansible_collections.golden.ami.plugins.modules"


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These AWS variables and no others."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run_main(
    module: str, arguments: Mapping[str, Any], environment: Mapping[str, str], check: bool = False, diff: bool = False
) -> dict[str, Any]:
    """The JSON that the module prints; ``failed`` is in it when it failed."""
    given = {**arguments, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    output = io.StringIO()
    saved = basic._ANSIBLE_ARGS, getattr(basic, "_ANSIBLE_PROFILE", None)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
    if saved[1] is not None or hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = "legacy"
    try:
        with _environment(environment), contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            importlib.import_module(f"{MODULES}.{module}").main()
    finally:
        basic._ANSIBLE_ARGS = saved[0]
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            basic._ANSIBLE_PROFILE = saved[1]
    result: dict[str, Any] = json.loads(output.getvalue().strip().splitlines()[-1])
    return result
