# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs, documentation, examples and the action group say the same."""

from __future__ import annotations

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from tests.unit.module.documented import (
    MODULES,
    accepted,
    documentation,
    documented_options,
    fragment,
    load,
    traits,
)


def test_modules__are_all_found():
    assert {
        "image_copy",
        "image_info",
        "image_parameter",
        "image_share",
        "image_unshare",
        "image_tags",
        "image_usage_info",
        "kms_grant",
        "kms_grant_info",
        "kms_key_image_info",
        "kms_key_policy_statement",
        "launch_check",
        "launch_permission",
        "launch_permission_cancellation",
        "launch_permission_info",
        "organization_info",
        "shared_image_info",
        "snapshot_permission",
    } == set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_argument_spec__is_what_is_documented(name, monkeypatch):
    spec, _rules = accepted(name, monkeypatch)

    assert traits(spec, "options") == traits(documented_options(name), "suboptions")


@pytest.mark.parametrize("name", MODULES)
def test_argument_spec__no_option_makes_anything_public_by_default(name, monkeypatch):
    spec, _rules = accepted(name, monkeypatch)

    assert spec.get("public", {}).get("default") is None
    assert spec.get("purge", {}).get("default", False) is False


@pytest.mark.parametrize("name", MODULES)
def test_argument_spec__key_ids_are_no_secrets(name, monkeypatch):
    """Ansible warns about, and hides, what looks like a key unless no_log says otherwise."""
    spec, _rules = accepted(name, monkeypatch)
    options = {**spec, **spec.get("keys", {}).get("options", {}), **spec.get("destinations", {}).get("options", {})}

    assert [
        option
        for option in ("keys", "key_id", "kms_key_id")
        if option in options and options[option]["no_log"] is not False
    ] == []


@pytest.mark.parametrize("name", MODULES)
def test_documentation__has_authentication_and_attributes(name):
    fragments = documentation(name)["extends_documentation_fragment"]
    # This one has a report made, so that check mode cannot say all that a run says.
    usual = "golden.ami.attributes.info" if name.endswith("_info") else "golden.ami.attributes"
    others = {"image_usage_info": "golden.ami.attributes.report", "launch_check": "golden.ami.attributes.check"}
    attributes = others.get(name, usual)

    assert {"amazon.aws.common.modules", "amazon.aws.region.modules", "golden.ami.requirements"} <= set(fragments)
    assert attributes in fragments
    assert documentation(name)["module"] == name


@pytest.mark.parametrize("name", MODULES)
def test_examples__would_be_accepted(name, monkeypatch):
    spec, rules = accepted(name, monkeypatch)
    tasks = [task for task in yaml.safe_load(load(name).EXAMPLES) if f"golden.ami.{name}" in task]
    validator = ArgumentSpecValidator({**aws_argument_spec(), **spec}, **rules)

    assert tasks
    for task in tasks:
        assert validator.validate(task[f"golden.ami.{name}"] or {}).error_messages == [], task["name"]


@pytest.mark.parametrize("name", MODULES)
def test_examples__refer_to_results_that_are_documented(name):
    returned = yaml.safe_load(load(name).RETURN)

    # The whole job says why it was refused in the same words as why a part of it failed.
    assert {"results", "failures" if "failures" in returned else "problems", "msg"} <= set(returned)
    for key, value in returned["results"]["contains"].items():
        assert value["description"] and value["type"], key


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that is there twice. YAML keeps the last one without a word, and what the first said is lost."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        assert sorted(set(keys)) == sorted(keys), node.start_mark
        return super().construct_mapping(node, deep)


def test_fragments__have_no_key_twice(repo_root):
    for path in (repo_root / "plugins" / "doc_fragments").glob("*.py"):
        for name, text in vars(fragment(path.stem)).items():
            if name.isupper():
                assert yaml.load(text, StrictLoader), (path.stem, name)


def test_requirements__are_those_of_the_package_lists(repo_root):
    documented = yaml.safe_load(fragment("requirements").DOCUMENTATION)["requirements"]
    listed = (repo_root / "requirements.txt").read_text().splitlines()
    python = yaml.safe_load((repo_root / "tests" / "config.yml").read_text())["modules"]["python_requires"]

    assert [one.replace(" ", "") for one in documented] == [
        f"python{python}",
        *(line for line in listed if line and not line.startswith("#")),
    ]


def test_action_group__has_every_module(repo_root):
    runtime = yaml.safe_load((repo_root / "meta" / "runtime.yml").read_text())

    assert sorted(runtime["action_groups"]["ami"]) == MODULES
