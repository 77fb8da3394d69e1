# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let ``module_defaults`` that were written for amazon.aws reach the modules of this collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

# What users write credentials and the Region under: group/amazon.aws.aws, and group/aws, which ansible-core resolves to
# the second. A collection cannot join a group of another one in meta/runtime.yml, so the defaults are added here.
GROUPS = ("group/amazon.aws.aws", "group/ansible.builtin.aws")


def group_defaults(
    module_defaults: Iterable[Mapping[str, Any]] | None, template: Callable[[Any], Any], omit: Any
) -> dict[str, Any]:
    """The defaults of those groups; they go below the task's own arguments."""
    written: dict[str, Any] = {}
    for entry in module_defaults or []:
        written.update(entry)
    defaults: dict[str, Any] = {}
    for group in GROUPS:
        defaults.update(template(written.get(group) or {}))
    # Up to ansible-core 2.18 an omitted default is a placeholder text here; later it is gone already.
    return {name: value for name, value in defaults.items() if value != omit}
