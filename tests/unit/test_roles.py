# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles share and unshare say the same as their modules: variables, defaults, results."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._share import inputs as share
from ansible_collections.golden.ami.plugins.module_utils._unshare import inputs as unshare
from tests.unit.builders import ALICE, IMAGE_ID, REGION

ROLES: dict[str, Any] = {"share": share, "unshare": unshare}
# A guard that is present and empty is refused, so that it cannot have a default.
WITHOUT_DEFAULT = {"share": {f"share_{name}" for name in share.GUARDS}, "unshare": set()}
KNOWN = {REGION: "aws"}


def read(repo_root: Path, role: str, file: str) -> Any:
    return yaml.safe_load((repo_root / "roles" / role / file).read_text())


def options(repo_root: Path, role: str) -> dict[str, Any]:
    found: dict[str, Any] = read(repo_root, role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return found


def defaults(repo_root: Path, role: str) -> dict[str, Any]:
    """Without the prefix, as the module gets them."""
    found = read(repo_root, role, "defaults/main.yml")
    return {name.removeprefix(f"{role}_"): value for name, value in found.items()}


@pytest.mark.parametrize("role", ROLES)
def test_argument_specs_and_defaults_say_the_same(repo_root: Path, role: str) -> None:
    """The defaults have to be in both: one is what runs, the other is what is shown and checked."""
    described = options(repo_root, role)

    given = {name: option["default"] for name, option in described.items() if "default" in option}
    assert given == read(repo_root, role, "defaults/main.yml")
    assert {name for name in described if name not in given} == WITHOUT_DEFAULT[role]
    # A type would convert before the module sees what was written: an unquoted account ID, a misspelt boolean.
    assert {option["type"] for option in described.values()} == {"raw"}
    assert all(option["description"] and not option.get("required") for option in described.values())


@pytest.mark.parametrize("role", ROLES)
def test_every_option_of_the_module_is_a_variable_of_the_role(repo_root: Path, role: str) -> None:
    assert set(options(repo_root, role)) == {f"{role}_{name}" for name in ROLES[role].known_options()}


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_alone_are_refused_and_change_nothing(repo_root: Path, role: str) -> None:
    """Nobody and nothing: what was not said is not guessed."""
    with pytest.raises(InputError) as error:
        ROLES[role].parse_request({**defaults(repo_root, role), "variables_prefix": f"{role}_"}, KNOWN)

    assert {problem.split(":")[0] for problem in error.value.problems} == {"nothing to act on", f"{role}_images"}


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_are_those_of_the_module(repo_root: Path, role: str) -> None:
    named = {"images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE}

    with_defaults = ROLES[role].parse_request({**defaults(repo_root, role), **named}, KNOWN)

    assert with_defaults == ROLES[role].parse_request(named, KNOWN)


@pytest.mark.parametrize("role", ROLES)
def test_the_result_of_the_role_has_what_the_module_returns(repo_root: Path, role: str) -> None:
    module = importlib.import_module(f"ansible_collections.golden.ami.plugins.modules.image_{role}")
    [result] = [
        task["ansible.builtin.set_fact"][f"{role}_result"]
        for task in read(repo_root, role, "tasks/main.yml")
        if "ansible.builtin.set_fact" in task
    ]

    assert set(result) - {"changed", "failed"} == set(yaml.safe_load(module.RETURN)) - {"artifact", "done_by", "msg"}


@pytest.mark.parametrize("role", ROLES)
def test_the_readme_has_every_variable_and_no_other(repo_root: Path, role: str) -> None:
    rows = re.findall(r"^\| (`.+?) \|", (repo_root / "roles" / role / "README.md").read_text(), re.MULTILINE)

    assert {name for row in rows for name in re.findall(rf"`({role}_\w+)`", row)} == set(options(repo_root, role))


@pytest.mark.parametrize("role", ROLES)
def test_the_tasks_decide_on_the_registered_result_alone(repo_root: Path, role: str) -> None:
    """An extra variable beats set_fact: what a role decides on must not have a name that an artifact could have."""
    tasks = read(repo_root, role, "tasks/main.yml")
    decided = [str(task[key]) for task in tasks for key in ("when", "failed_when") if key in task]

    assert [task["register"] for task in tasks if "register" in task] == [f"__{role}_run"]
    assert decided and all(f"__{role}_run" in text and f"{role}_result" not in text for text in decided)
    [published] = [task["ansible.builtin.set_stats"]["data"] for task in tasks if "ansible.builtin.set_stats" in task]
    assert list(published) == [f"golden_ami_{role}"]
