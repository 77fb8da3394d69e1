# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a play's variables reaches a module, and what is refused there."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible.errors import AnsibleError, AnsibleUndefinedVariable

from ansible_collections.golden.ami.plugins.plugin_utils import role_variables

KNOWN = ("images", "account_ids", "copy_tags", "snapshots", "allowed_account_ids", "copy_name")
OMIT = "__omit_place_holder__1"


class OmittedError(Exception):
    """What ansible-core 2.19 and later raise."""


def template(value: Any) -> Any:
    """As much of templating as is needed: an exception is raised, everything else stays."""
    if isinstance(value, Exception):
        raise value
    return value


def collect(variables: dict[str, Any], extra: dict[str, Any] | None = None) -> role_variables.RoleVariables:
    return role_variables.collect("share_", KNOWN, {"omit": OMIT, **variables}, extra or {}, template)


@pytest.mark.parametrize(
    "value",
    ["text", "", "{{ raw }}", 5, 1402433619, True, 1.5, [], ["a", {"b": None}], {}, {"a": [1]}],
)
def test_values_arrive_raw(value):
    found = collect({"share_images": value})

    assert (found.options, found.problems, found.warnings) == ({"images": value}, [], [])


def test_only_names_of_options_with_the_prefix():
    found = collect({"share_images": "a", "images": "b", "unshare_images": "c", "share_drive": "d", "share_result": {}})

    assert (found.options, found.problems) == ({"images": "a"}, [])


def test_null_is_empty_text():
    """A module cannot tell null from an option that is not given, and must, for a guard."""
    assert collect({"share_allowed_account_ids": None, "share_images": None}).options == {
        "allowed_account_ids": "",
        "images": "",
    }


@pytest.mark.parametrize("omitted", [OMIT, OmittedError()])
def test_omit_is_absent(monkeypatch, omitted):
    monkeypatch.setattr(role_variables, "_OMITTED", OmittedError)

    found = collect({"share_allowed_account_ids": omitted, "share_images": ["a"]})

    assert (found.options, found.problems) == ({"images": ["a"]}, [])


def test_omit_inside_of_a_value_is_gone():
    value = [{"image_id": "a", "region": OMIT}, OMIT, "b"]

    assert collect({"share_images": value}).options == {"images": [{"image_id": "a"}, "b"]}
    assert value[1] == OMIT


def test_each_variable_that_cannot_be_read_is_named_and_the_others_are_still_there():
    found = collect(
        {
            "share_images": AnsibleUndefinedVariable("'nope' is undefined"),
            "share_account_ids": AnsibleError("x" * 1000),
            "share_copy_name": "a",
        }
    )

    assert found.options == {"copy_name": "a"}
    assert found.problems[0] == "share_images: cannot be read: 'nope' is undefined."
    assert found.problems[1].startswith("share_account_ids: cannot be read: xxx") and len(found.problems[1]) < 350


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (datetime.datetime(2024, 1, 1, 10), "contains '2024-01-01 10:00:00', which YAML made a time of"),
        ([{"a": datetime.datetime(2024, 1, 1)}], "which YAML made a time of"),
        ({2024: "x"}, "contains the key '2024', which is no text; write it in quotes."),
        ([{"tags": {True: "x"}}], "contains the key 'True', which is no text"),
        ({None: "x"}, "contains the key 'None', which is no text"),
    ],
)
def test_what_json_would_change_is_refused(value, problem):
    found = collect({"share_copy_tags": value})

    assert found.options == {}
    assert found.problems[0].startswith("share_copy_tags: ") and problem in found.problems[0]


def test_a_date_is_the_text_that_was_typed():
    found = collect({"share_copy_name": datetime.date(2024, 1, 2), "share_images": [datetime.date(2024, 1, 3)]})

    assert found.options == {"copy_name": "2024-01-02", "images": ["2024-01-03"]}


def test_slips_of_names():
    assert collect({"share_snapshot": True, "Share_images": 1, "share_mount": 2}).problems == [
        "share_snapshot: there is no such variable; did you mean share_snapshots?",
        "Share_images: there is no such variable; did you mean share_images?",
    ]


def test_names_of_the_role_from_outside():
    inside = {"__share_run": 1, "share_result": {}}

    assert collect(inside).problems == []
    found = collect(
        inside, {"__share_run": 1, "__unshare_run": 2, "share_result": {"account_ids": ["x"]}, "share_images": 3}
    )
    assert found.problems == ["__share_run: is a name of the role's own; remove it from the extra variables."]
    [warning] = found.warnings
    assert "share_result is among the extra variables" in warning and "changes nothing about the run" in warning
    assert found.options == {}
