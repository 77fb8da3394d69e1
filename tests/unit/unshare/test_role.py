# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role unshare says the same as its module: variables, defaults, result."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._unshare.inputs import known_options, parse_request
from tests.unit.unshare.builders import PREFIX, REGIONS


def role(repo_root: Path, file: str) -> Any:
    return yaml.safe_load((repo_root / "roles" / "unshare" / file).read_text())


def options(repo_root: Path) -> dict[str, Any]:
    return role(repo_root, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def module() -> Any:
    return importlib.import_module("ansible_collections.golden.ami.plugins.modules.image_unshare")


def test_argument_specs_and_defaults_say_the_same(repo_root: Path) -> None:
    """The defaults have to be in both: one is what runs, the other is what is shown and checked."""
    described, defaults = options(repo_root), role(repo_root, "defaults/main.yml")

    assert {name: option["default"] for name, option in described.items()} == defaults
    # A type would convert before the module sees what was written: an unquoted account ID, a misspelt boolean.
    assert {option["type"] for option in described.values()} == {"raw"}
    assert all(option["description"] for option in described.values())
    assert not any(option.get("required") for option in described.values())


def test_every_option_of_the_module_is_a_variable_of_the_role(repo_root: Path) -> None:
    assert set(options(repo_root)) == {f"unshare_{name}" for name in known_options()}


def test_the_defaults_alone_are_refused_and_change_nothing(repo_root: Path) -> None:
    """Nobody and nothing: what was not said is not guessed."""
    given = {name.removeprefix("unshare_"): value for name, value in role(repo_root, "defaults/main.yml").items()}

    with pytest.raises(InputError) as error:
        parse_request({**given, **PREFIX}, REGIONS)

    assert [problem.split(":")[0] for problem in error.value.problems] == ["nothing to act on", "unshare_images"]


def test_the_defaults_are_those_of_the_module(repo_root: Path) -> None:
    given = {name.removeprefix("unshare_"): value for name, value in role(repo_root, "defaults/main.yml").items()}
    named = {"images": "ami-0123456789abcdef0 eu-west-1", "account_ids": "111122223333", **PREFIX}

    assert parse_request({**given, **named}, REGIONS) == parse_request(named, REGIONS)


def test_the_result_of_the_role_has_what_the_module_returns(repo_root: Path) -> None:
    returned = yaml.safe_load(module().RETURN)
    [result] = [
        task["ansible.builtin.set_fact"]["unshare_result"]
        for task in role(repo_root, "tasks/main.yml")
        if "ansible.builtin.set_fact" in task
    ]

    assert set(result) - {"changed", "failed"} == set(returned) - {"artifact", "done_by"}
