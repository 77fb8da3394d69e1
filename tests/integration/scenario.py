# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of image_share or image_unshare in this process, and what can be seen of it: result, message, calls."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws import EmbeddedAWS
from tests.integration.in_process import run_main
from tests.integration.world import OWNER


@dataclass(frozen=True)
class Scenario:
    """``calls`` are the requests to AWS that the run made, ``progress`` the lines that a person sees while it runs;
    ``code`` is what ansible-playbook would end with."""

    result: dict[str, Any]
    calls: list[dict[str, Any]] = field(repr=False)
    progress: list[str] = field(default_factory=list, repr=False)

    @property
    def code(self) -> int:
        return 2 if self.result.get("failed") else 0

    @property
    def message(self) -> str:
        """Of the failure; empty when there was none."""
        return str(self.result.get("msg", ""))

    @property
    def refusals(self) -> list[str]:
        """Why nothing was written; empty when the run was not refused."""
        return list(self.result["failures"]) if self.result["refused"] else []

    @property
    def table(self) -> str:
        return "\n".join(self.result["table"])

    @property
    def changed(self) -> bool:
        return bool(self.result["changed"])

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Operation and Region of each call that changes something, in order."""
        return [(call["operation"], call["region"]) for call in self.calls if call["write"]]


def scenarios(aws: EmbeddedAWS, module: str, prefix: str) -> Callable[..., Scenario]:
    """``run(share_images=..., check=True)`` runs the module with these options, named as the role's variables are.

    Credentials, those of the AMIs' owner, are in the environment; ``environment`` replaces them.
    """

    def run(
        *, check: bool = False, diff: bool = False, environment: Mapping[str, str] | None = None, **variables: Any
    ) -> Scenario:
        aws.clear_calls()
        given = {
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **(aws.environment(OWNER) if environment is None else environment),
        }
        options = {name.removeprefix(prefix): value for name, value in variables.items()}
        with tempfile.NamedTemporaryFile("r", prefix="progress-") as file:
            options |= {"variables_prefix": prefix, "progress_file": file.name}
            result = run_main(module, options, given, check, diff)
            return Scenario(result, aws.calls(), file.read().splitlines())

    return run
