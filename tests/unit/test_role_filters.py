# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the roles share and unshare, the files that describe them, and the variables of both roles."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.golden.ami.plugins.filter import share
from tests.unit.builders import ALICE, BOB, IMAGE_ID, REGION
from tests.unit.share.stages import INPUTS as SHARE_INPUTS

FILTERS = share.FilterModule().filters()
INPUTS = {"share": SHARE_INPUTS}
# Without default on purpose: an empty list of allowed accounts allows nobody, which is something else than no list.
WITHOUT_DEFAULT: dict[str, list[str]] = {"share": []}
ENTRY = {"image_id": IMAGE_ID, "region": REGION}
READ = {"problems": [], "account_ids": [ALICE, BOB], "images": [ENTRY]}
NOTHING_DONE = {"changed": False, "failed": False, "images": [], "consumers": [], "table": ["Region  AMI"]}
# What the examples in the documentation come out as, or a part of it.
SHOWN: dict[str, Any] = {
    "share_request": READ,
    "share_members": [ALICE, BOB],
    "share_targets": [ENTRY],
    "share_plan": [],
    "share_new_copies": [],
    "share_ready": [],
    "share_images": [],
    "share_result": NOTHING_DONE,
}


def environment():
    made = NativeEnvironment()
    made.filters.update({f"golden.ami.{name}": function for name, function in FILTERS.items()})
    return made


def documented(repo_root: Path, name: str):
    return yaml.safe_load((repo_root / "plugins" / "filter" / f"{name}.yml").read_text())


def options_of(repo_root: Path, role: str):
    specs = yaml.safe_load((repo_root / "roles" / role / "meta" / "argument_specs.yml").read_text())
    return specs["argument_specs"]["main"]["options"]


def defaults_of(repo_root: Path, role: str):
    return yaml.safe_load((repo_root / "roles" / role / "defaults" / "main.yml").read_text())


def handed_over(repo_root: Path, role: str):
    """The variables that are handed to the first filter."""
    tasks = yaml.safe_load((repo_root / "roles" / role / "tasks" / "validate.yml").read_text())
    [inputs] = [task["vars"][f"__{role}_inputs"] for task in tasks if "vars" in task]
    return inputs


@pytest.mark.parametrize("name", FILTERS)
def test_documentation(repo_root: Path, name: str):
    about = documented(repo_root, name)["DOCUMENTATION"]
    arguments = list(inspect.signature(FILTERS[name]).parameters.values())[1:]

    assert about["name"] == name
    assert list(about["options"]) == ["_input", *(argument.name for argument in arguments)]
    named = [part for part in about.get("positional", "").split(", ") if part]
    assert named == [argument.name for argument in arguments]
    for argument in arguments:
        option = about["options"][argument.name]
        required = argument.default is inspect.Parameter.empty
        assert (option.get("required", False), option.get("default")) == (required, None if required else False)


@pytest.mark.parametrize("name", FILTERS)
def test_examples_work(repo_root: Path, name: str):
    expected = SHOWN[name]
    for task in yaml.safe_load(documented(repo_root, name)["EXAMPLES"]):
        shown = environment().from_string(task["ansible.builtin.debug"]["msg"]).render(task["vars"])
        assert {key: shown[key] for key in expected} == expected if isinstance(expected, dict) else shown == expected


def test_every_filter_is_documented(repo_root: Path):
    assert {path.stem for path in (repo_root / "plugins" / "filter").glob("*.yml")} == set(FILTERS) == set(SHOWN)


@pytest.mark.parametrize("name", FILTERS)
def test_what_is_no_dictionary_is_refused_by_name(name: str):
    parameters = list(inspect.signature(FILTERS[name]).parameters.values())[1:]
    arguments = [{} for one in parameters if one.default is inspect.Parameter.empty]

    with pytest.raises(AnsibleFilterError, match=f"golden.ami.{name} needs a dictionary, not str"):
        FILTERS[name]("text", *arguments)


@pytest.mark.parametrize("role", INPUTS)
def test_regions_come_from_botocore(role: str):
    problems = FILTERS[f"{role}_request"]({**INPUTS[role], "images": f"{IMAGE_ID} eu-wset-1"})["problems"]

    assert problems == [f"{role}_images: 'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?"]


@pytest.mark.parametrize("role", INPUTS)
def test_argument_specs_and_defaults_say_the_same(repo_root: Path, role: str):
    """The defaults have to be in both: one is what runs, the other is what is shown and checked."""
    options, defaults = options_of(repo_root, role), defaults_of(repo_root, role)

    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    assert [name for name, option in options.items() if "default" not in option] == WITHOUT_DEFAULT[role]
    assert [name for name, option in options.items() if option.get("required")] == []
    # A type would convert before the role sees what was written: an unquoted account ID, a misspelt boolean.
    assert {option["type"] for option in options.values()} == {"raw"}
    assert all(name.startswith(f"{role}_") and options[name]["description"] for name in options)


@pytest.mark.parametrize("role", INPUTS)
def test_the_role_hands_every_variable_to_the_filter(repo_root: Path, role: str):
    inputs = handed_over(repo_root, role)

    assert {f"{role}_{name}" for name in inputs} == set(options_of(repo_root, role))
    assert set(inputs) == set(INPUTS[role])
    # No filter of its own: what a template of the user's cannot find must not turn into a default.
    assert inputs == {name: f"{{{{ {role}_{name} }}}}" for name in inputs}


@pytest.mark.parametrize("role", INPUTS)
def test_the_defaults_alone_are_refused_and_change_nothing(repo_root: Path, role: str):
    """Nobody and nothing: what was not said is not guessed."""
    given = {name.removeprefix(f"{role}_"): value for name, value in defaults_of(repo_root, role).items()}
    optional = {name.removeprefix(f"{role}_"): "" for name in WITHOUT_DEFAULT[role]}

    problems = FILTERS[f"{role}_request"]({**given, **optional})["problems"]

    assert [problem.split(":")[0] for problem in problems] == [f"{role}_images", "nothing to act on"]


@pytest.mark.parametrize("given", [[], "", "[]"])
def test_an_empty_list_of_allowed_accounts_is_not_the_same_as_none(given: Any):
    problems = FILTERS["share_request"]({**SHARE_INPUTS, "allowed_account_ids": given})["problems"]
    read = FILTERS["share_members"](FILTERS["share_request"]({**SHARE_INPUTS, "allowed_account_ids": given}), {}, {})[
        "problems"
    ]

    assert problems == []
    assert bool(read) is (given in ([], "[]"))
