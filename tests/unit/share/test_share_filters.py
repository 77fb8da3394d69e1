# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters as a playbook meets them, and the files that describe them and the role."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.golden.ami.plugins.filter.share import FilterModule
from ansible_collections.golden.ami.plugins.module_utils._aws.regions import known_regions
from tests.unit.builders import ALICE, BOB, IMAGE_ID, OTHER_IMAGE_ID, REGION, image, image_facts
from tests.unit.share.stages import INPUTS, discovered, encrypted, granted, launched

FILTERS = FilterModule().filters()
SHOWN = {
    "share_request": {
        "problems": [],
        "account_ids": [ALICE, BOB],
        "images": [{"image_id": IMAGE_ID, "region": REGION}],
    },
    "share_plan": [],
    "share_images": [],
    "share_result": {"changed": False, "failed": False, "images": [], "consumers": [], "table": ["Region  AMI"]},
}


def environment():
    made = NativeEnvironment()
    made.filters.update({f"golden.ami.{name}": function for name, function in FILTERS.items()})
    return made


def rendered(value, variables):
    """A value of a playbook with its templates filled in."""
    if isinstance(value, str):
        return environment().from_string(value).render(variables) if "{{" in value else value
    return value


@pytest.mark.parametrize("name", FILTERS)
def test_documentation(repo_root: Path, name: str):
    documented = yaml.safe_load((repo_root / "plugins" / "filter" / f"{name}.yml").read_text())

    assert documented["DOCUMENTATION"]["name"] == name
    function = FILTERS[name]
    arguments = function.__code__.co_varnames[: function.__code__.co_argcount][1:]
    options = documented["DOCUMENTATION"]["options"]
    assert list(options) == ["_input", *arguments]
    assert [part for part in documented["DOCUMENTATION"].get("positional", "").split(", ") if part] == list(arguments)
    assert all(options[one].get("default") is False for one in arguments[3:])


@pytest.mark.parametrize("name", FILTERS)
def test_examples_work(repo_root: Path, name: str):
    documented = yaml.safe_load((repo_root / "plugins" / "filter" / f"{name}.yml").read_text())

    for task in yaml.safe_load(documented["EXAMPLES"]):
        shown = rendered(task["ansible.builtin.debug"]["msg"], task["vars"])
        expected = SHOWN[name]
        assert {key: shown[key] for key in expected} == expected if isinstance(expected, dict) else shown == expected


def test_every_filter_is_documented(repo_root: Path):
    assert {path.stem for path in (repo_root / "plugins" / "filter").glob("*.yml")} == set(FILTERS)


@pytest.mark.parametrize("name", FILTERS)
def test_what_is_no_dictionary_is_refused_by_name(name: str):
    arguments = [{}] * (FILTERS[name].__code__.co_argcount - 1 - (name == "share_result"))

    with pytest.raises(AnsibleFilterError, match=f"golden.ami.{name} needs a dictionary, not str"):
        FILTERS[name]("text", *arguments)


def test_the_filters_one_after_the_other():
    facts = (encrypted(), image_facts(image=image(image_id=OTHER_IMAGE_ID)))
    variables = {"inputs": {**INPUTS, "account_ids": f"{ALICE}\n{BOB}"}}
    engine = environment()

    def evaluate(text):
        return engine.from_string("{{ " + text + " }}").render(variables)

    variables["request"] = evaluate("inputs | golden.ami.share_request")
    variables["found"] = discovered(variables["request"], *facts)
    variables["plan"] = evaluate("request | golden.ami.share_plan(found)")
    variables["grants"] = granted(variables["plan"])
    assert len(evaluate("plan | golden.ami.share_images(request, grants)")) == 2
    variables["shared"] = launched(variables["plan"], variables["request"], variables["grants"], *facts)
    real = evaluate("plan | golden.ami.share_result(request, grants, shared)")
    predicted = evaluate("plan | golden.ami.share_result(request, grants, shared, true)")

    assert "added" in real["table"][1] and "would be" not in real["table"][1]
    assert "would be added" in predicted["table"][1]


def test_regions_come_from_botocore():
    problems = FILTERS["share_request"]({**INPUTS, "images": f"{IMAGE_ID} eu-wset-1"})["problems"]

    assert problems == ["share_images: 'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?"]
    assert known_regions()["us-gov-west-1"] == "aws-us-gov"


def test_argument_specs_and_defaults_say_the_same(repo_root: Path):
    """The defaults have to be in both: one is what runs, the other is what is shown and checked."""
    role = repo_root / "roles" / "share"
    options = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text())

    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    assert [name for name, option in options.items() if option.get("required")] == ["share_images"]
    assert set(options) == {*defaults, "share_images"}
    assert all(name.startswith("share_") and options[name]["description"] for name in options)


def test_the_role_hands_every_variable_to_the_filter(repo_root: Path):
    tasks = yaml.safe_load((repo_root / "roles" / "share" / "tasks" / "validate.yml").read_text())
    options = yaml.safe_load((repo_root / "roles" / "share" / "meta" / "argument_specs.yml").read_text())

    inputs = tasks[0]["vars"]["__share_inputs"]
    assert {f"share_{name}" for name in inputs} == set(options["argument_specs"]["main"]["options"])
    assert set(inputs) == set(INPUTS)
    assert all(f"share_{name}" in template for name, template in inputs.items())
