# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules document, with the collection's own documentation fragments, and what they really accept."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

PLUGINS = "ansible_collections.golden.ami.plugins"
MODULES = sorted(
    path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("*.py") if path.stem != "__init__"
)
# Of one option; "description" and "version_added" have no counterpart in an argument spec.
TRAITS = ("type", "elements", "default", "choices", "required", "aliases")


def load(name: str) -> Any:
    return importlib.import_module(f"{PLUGINS}.modules.{name}")


def fragment(name: str) -> Any:
    return importlib.import_module(f"{PLUGINS}.doc_fragments.{name}").ModuleDocFragment


def documentation(name: str) -> dict[str, Any]:
    return yaml.safe_load(load(name).DOCUMENTATION)


def documented_options(name: str) -> dict[str, Any]:
    """The module's own options and those of our fragments; those of amazon.aws come with its AnsibleAWSModule."""
    documented = documentation(name)
    options: dict[str, Any] = {}
    for reference in documented["extends_documentation_fragment"]:
        if reference.startswith("golden.ami."):
            source, _dot, variant = reference.removeprefix("golden.ami.").partition(".")
            text = getattr(fragment(source), (variant or "documentation").upper())
            options |= yaml.safe_load(text).get("options") or {}
    return {**options, **(documented.get("options") or {})}


class CapturedError(Exception):
    """Raised instead of making a module."""

    def __init__(self, spec: dict[str, Any], rules: dict[str, Any]) -> None:
        super().__init__()
        self.spec, self.rules = spec, rules


def accepted(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """The argument spec with which the module makes itself, and the rules between its options."""
    module = load(name)

    def capture(argument_spec: dict[str, Any], **rules: Any) -> None:
        raise CapturedError(dict(argument_spec), rules)

    monkeypatch.setattr(module.args, "make_module", capture)
    with pytest.raises(CapturedError) as captured:
        module.main()
    return captured.value.spec, captured.value.rules


def traits(options: dict[str, Any], suboptions: str) -> dict[str, Any]:
    """Options in one form, whether they come from documentation or from an argument spec."""
    return {
        name: {
            "type": "str",
            **{trait: option[trait] for trait in TRAITS if option.get(trait) not in (None, False, [])},
            **({"suboptions": traits(option[suboptions], suboptions)} if option.get(suboptions) else {}),
        }
        for name, option in options.items()
    }
