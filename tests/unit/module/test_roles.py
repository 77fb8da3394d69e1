# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the roles: the same as the options of the modules behind them, in the spec, the defaults and the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._share import inputs as share
from ansible_collections.golden.ami.plugins.module_utils._unshare import inputs as unshare
from tests.unit.builders import ALICE, IMAGE_ID, REGION
from tests.unit.module.documented import documented_options, load
from tests.unit.share.builders import REGIONS

ROLES = {"share": (share, "image_share"), "unshare": (unshare, "image_unshare")}
# Without a default on purpose: a guard that is present and empty is refused.
WITHOUT_DEFAULT = {"share": ["share_allowed_organization_id", "share_allowed_account_ids"], "unshare": []}
# Options of the module that no variable stands for.
OF_THE_MODULE = {"declarations", "variables_prefix", "problems_found", "progress_file"}


def options_of(repo_root: Path, role: str):
    specs = yaml.safe_load((repo_root / "roles" / role / "meta" / "argument_specs.yml").read_text())
    return specs["argument_specs"]["main"]["options"]


def defaults_of(repo_root: Path, role: str):
    return yaml.safe_load((repo_root / "roles" / role / "defaults" / "main.yml").read_text())


@pytest.mark.parametrize("role", ROLES)
def test_every_option_of_the_module_is_a_variable_of_the_role(repo_root: Path, role: str):
    inputs, module = ROLES[role]
    names = {name.removeprefix(f"{role}_") for name in options_of(repo_root, role)}

    assert names == set(inputs.known_options()) == set(documented_options(module)) - OF_THE_MODULE


@pytest.mark.parametrize("role", ROLES)
def test_argument_specs_and_defaults_say_the_same(repo_root: Path, role: str):
    """The defaults have to be in both: one is what runs, the other is what is shown and checked."""
    options, defaults = options_of(repo_root, role), defaults_of(repo_root, role)

    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    assert [name for name, option in options.items() if "default" not in option] == WITHOUT_DEFAULT[role]
    assert [name for name, option in options.items() if option.get("required")] == []
    # A type would convert before the module sees what was written: an unquoted account ID, a misspelt boolean.
    assert {option["type"] for option in options.values()} == {"raw"}
    assert all(name.startswith(f"{role}_") and options[name]["description"] for name in options)


@pytest.mark.parametrize("role", ROLES)
def test_the_readme_has_every_variable_and_no_other(repo_root: Path, role: str):
    rows = re.findall(r"^\| (`.+?) \|", (repo_root / "roles" / role / "README.md").read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(rf"`({role}_\w+)`", row)}

    assert named == set(options_of(repo_root, role))


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_alone_are_refused_and_change_nothing(repo_root: Path, role: str):
    """Nobody and nothing: what was not said is not guessed."""
    given = {name.removeprefix(f"{role}_"): value for name, value in defaults_of(repo_root, role).items()}

    with pytest.raises(InputError) as raised:
        ROLES[role][0].parse_request({**given, "variables_prefix": f"{role}_"}, REGIONS)

    assert [problem.split(":")[0] for problem in raised.value.problems] == ["nothing to act on", f"{role}_images"]


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_are_those_of_the_module(repo_root: Path, role: str):
    given = {name.removeprefix(f"{role}_"): value for name, value in defaults_of(repo_root, role).items()}
    named = {"images": f"{IMAGE_ID} {REGION}", "account_ids": ALICE}
    parse_request = ROLES[role][0].parse_request

    assert parse_request({**given, **named}, REGIONS) == parse_request(named, REGIONS)


@pytest.mark.parametrize("role", ROLES)
def test_the_result_of_the_role_has_what_the_module_returns(repo_root: Path, role: str):
    tasks = yaml.safe_load((repo_root / "roles" / role / "tasks" / "main.yml").read_text())
    [result] = [
        task["ansible.builtin.set_fact"][f"{role}_result"] for task in tasks if "ansible.builtin.set_fact" in task
    ]
    returned = yaml.safe_load(load(ROLES[role][1]).RETURN)

    assert set(result) - {"changed", "failed"} == set(returned) - {"artifact", "done_by", "msg"}


@pytest.mark.parametrize("role", ROLES)
def test_the_tasks_decide_on_the_registered_result_alone(repo_root: Path, role: str):
    """An extra variable beats set_fact: what a role decides on must not have a name that an artifact could have."""
    tasks = yaml.safe_load((repo_root / "roles" / role / "tasks" / "main.yml").read_text())
    decided = [str(task[key]) for task in tasks for key in ("when", "failed_when") if key in task]

    assert [task["register"] for task in tasks if "register" in task] == [f"__{role}_run"]
    assert decided and all(f"__{role}_run" in text and f"{role}_result" not in text for text in decided)
    [published] = [task["ansible.builtin.set_stats"]["data"] for task in tasks if "ansible.builtin.set_stats" in task]
    assert list(published) == [f"golden_ami_{role}"]
