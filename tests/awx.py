# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role sees of an answer that was typed into an AWX survey; tests/integration runs the same through ansible-playbook."""

from __future__ import annotations

from typing import Any

import yaml

CORES = ("2.17", "2.19")


class _Dumper(yaml.SafeDumper):
    """As AWX writes a job's extra variables: every text is tagged, the keys as well."""

    def represent_data(self, data: Any) -> yaml.Node:
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


def extra_variables_file(variables: dict[str, Any]) -> str:
    """The content of the file that AWX hands to ansible-playbook."""
    return yaml.dump(variables, Dumper=_Dumper, default_flow_style=False)


def answered(typed: Any, core: str) -> Any:
    """An answer as it arrives: AWX tags every text ``!unsafe``; with that tag core 2.19 and later resolve the text again."""
    if isinstance(typed, list):
        return [answered(item, core) for item in typed]
    if core == "2.17" or not isinstance(typed, str):
        return typed
    loader = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, typed, (True, False))
    return loader.construct_object(yaml.ScalarNode(tag, typed))
