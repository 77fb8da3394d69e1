# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of a play's module_defaults reach a module of this collection, and what the task's own arguments do to them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.golden.ami.plugins.action import image_share as action

OMITTED = "__omit_place_holder__1234"


class Templar:
    """Fills in {{ words }} of the variables, which is all that is needed of templates here."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables

    def template(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.template(item) for key, item in value.items()}
        if isinstance(value, str) and value.startswith("{{"):
            return self.template(self.variables[value.strip("{} ")])
        return value


class Task:
    def __init__(self, args: dict[str, Any], module_defaults: Any, async_val: int = 0) -> None:
        self.args, self.module_defaults, self.async_val = args, module_defaults, async_val
        self.action = "golden.ami.image_info"


@pytest.fixture
def run(monkeypatch):
    """``run(task, variables)`` returns the arguments with which the module would be started, and how."""

    def plugin_run(task: Task, variables: dict[str, Any] | None = None, skipped: bool = False) -> Any:
        started: dict[str, Any] = {}
        plugin = object.__new__(action.ActionModule)
        plugin._task = task
        plugin._templar = Templar(variables or {})
        plugin._execute_module = lambda **given: started.update(given) or {"changed": True}
        base = {"skipped": True} if skipped else {"base": True}
        monkeypatch.setattr(action.ActionBase, "run", lambda *_args, **_kwargs: dict(base))
        result = plugin.run(None, variables)
        return result, started

    return plugin_run


@pytest.mark.parametrize(
    ("module_defaults", "expected"),
    [
        (None, {"image_id": "ami-1"}),
        ([], {"image_id": "ami-1"}),
        ([{"group/amazon.aws.aws": {"region": "eu-west-1"}}], {"image_id": "ami-1", "region": "eu-west-1"}),
        ([{"group/ansible.builtin.aws": {"region": "eu-west-1"}}], {"image_id": "ami-1", "region": "eu-west-1"}),
        ([{"group/community.aws.aws": {"region": "eu-west-1"}}], {"image_id": "ami-1"}),
        ([{"amazon.aws.ec2_ami": {"region": "eu-west-1"}}], {"image_id": "ami-1"}),
        ([{"group/amazon.aws.aws": {}}], {"image_id": "ami-1"}),
        ([{"group/amazon.aws.aws": None}], {"image_id": "ami-1"}),
        # The inner play or block comes later, and replaces the group as a whole, as for any module.
        (
            [{"group/amazon.aws.aws": {"region": "a", "profile": "p"}}, {"group/amazon.aws.aws": {"region": "b"}}],
            {"image_id": "ami-1", "region": "b"},
        ),
        (
            [{"group/amazon.aws.aws": {"region": "a"}}, {"group/ansible.builtin.aws": {"profile": "p"}}],
            {"image_id": "ami-1", "region": "a", "profile": "p"},
        ),
        ([{"group/amazon.aws.aws": {"image_id": "ami-2"}}], {"image_id": "ami-1"}),
        ([{"group/amazon.aws.aws": {"region": "{{ home }}"}}], {"image_id": "ami-1", "region": "eu-west-1"}),
        ([{"group/amazon.aws.aws": "{{ connection }}"}], {"image_id": "ami-1", "profile": "p"}),
        ([{"group/amazon.aws.aws": {"profile": "{{ omit }}", "region": "a"}}], {"image_id": "ami-1", "region": "a"}),
    ],
)
def test_arguments(run, module_defaults, expected):
    variables = {"home": "eu-west-1", "connection": {"profile": "p"}, "omit": OMITTED}
    task = Task({"image_id": "ami-1"}, module_defaults)

    result, started = run(task, variables)

    assert started["module_args"] == expected
    assert result == {"base": True, "changed": True}
    assert task.args == {"image_id": "ami-1"}


@pytest.mark.parametrize(("async_val", "wrapped"), [(0, False), (60, True)])
def test_async(run, async_val, wrapped):
    _result, started = run(Task({}, None, async_val))

    assert started["wrap_async"] is wrapped
    assert action.ActionModule._supports_async


def test_skipped_by_the_base_class(run):
    result, started = run(Task({}, None), skipped=True)

    assert (result, started) == ({"skipped": True}, {})


def test_each_module_has_the_action(repo_root):
    """Without it a module would not hear of the group, and a task would run with other credentials than its play's."""
    modules = {path.stem for path in (repo_root / "plugins" / "modules").glob("*.py")}
    actions = {path.stem for path in (repo_root / "plugins" / "action").glob("*.py")}
    runtime = yaml.safe_load((repo_root / "meta" / "runtime.yml").read_text())

    assert actions == {"image_share"}
    assert set(runtime["action_groups"]["ami"]) == modules
    assert runtime["plugin_routing"] == {
        "modules": {name: {"action_plugin": "golden.ami.image_share"} for name in modules - actions}
    }
