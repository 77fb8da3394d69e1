# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What arrives at image_share of variables that a play, or AWX, sets for the role."""

from __future__ import annotations

import json

import ansible_runner
import pytest
import yaml
from ansible.release import __version__ as core

from tests.awx import answered
from tests.integration.controller.conftest import ACTIONS

RESOLVES = tuple(map(int, core.split(".")[:2])) >= (2, 19)
ECHO = {"echo_share": {"variables_prefix": "share_"}, "register": "r"}
REAL = {"golden.ami.image_share": {"variables_prefix": "share_"}, "register": "r", "ignore_errors": True}
AMI = "ami-0123456789abcdef0 eu-west-1"


def test_answers_of_a_survey_arrive_as_the_unit_tests_say(play):
    typed = [
        *("012345670123", "012345670123,", "'012345670123'", "111122223333", "111122223333\n", "099720109477", " 2024"),
        *("2024", "2024,", '"2024"', "yes", '"yes"', "12:30:45", "1.50", "1e3", "0x1F", "1_000", "2024-01-01", ""),
        *("null", "~", "[012345670123]", "111122223333\n222222222222", "222222222222 # web", "{{ nope }}", " ", "\n"),
    ]
    expected = [answered(one, "2.19" if RESOLVES else "2.17") for one in typed]

    run = play([ECHO], extra={"share_images": typed, "share_copy_name": "012345670123"})

    [seen] = run.seen
    assert seen["images"] == json.loads(json.dumps(expected, default=str))
    assert seen["copy_name"] == (1402433619 if RESOLVES else "012345670123")


def test_everything_about_the_variables_is_handed_over(play):
    variables = {
        "share_copy_name": "{{ omit }}",
        "share_regions": ["eu-west-1", "{{ omit }}", "{{ home }}"],
        "home": "us-east-1",
        "share_organization_arns": ["{{ nope }}"],
        "share_allowed_organization_id": None,
        "share_allowed_account_ids": "{{ omit }}",
        "share_snapshot": True,
        "share_copy_tags": {2024: "x"},
        "share_drive": "{{ nope }}",
        "__share_private": 1,
    }
    extra = {"share_result": {"a": "b"}, "__share_run": "x"}

    run = play([ECHO], variables, extra)

    [seen] = run.seen
    problems = seen.pop("problems_found")
    assert seen.pop("progress_file")
    assert seen == {
        "host": "a",
        "variables_prefix": "share_",
        "regions": ["eu-west-1", "us-east-1"],
        "allowed_organization_id": "",
    }
    assert sorted(problem.split(":")[0] for problem in problems) == [
        "__share_run",
        "share_copy_tags",
        "share_organization_arns",
        "share_snapshot",
    ]
    assert any("'nope' is undefined" in problem for problem in problems)
    assert "share_result is among the extra variables" in " ".join((run.stdout + run.stderr).split())


def test_arguments_of_the_task_come_first(play):
    task = {"echo_share": {"variables_prefix": "share_", "regions": ["b"], "problems_found": ["mine"]}, "register": "r"}

    [seen] = play([task], {"share_regions": ["a"], "share_copy_name": "n"}).seen

    assert (seen["regions"], seen["copy_name"], "problems_found" in seen) == (["b"], "n", False)


def test_without_a_prefix_no_variable_is_read(play):
    [seen] = play([{"echo_share": {"regions": ["b"]}}], {"share_images": "a", "share_snapshot": 1}).seen

    assert {name for name in seen if name not in ("host", "progress_file")} == {"regions"}


def test_a_guard_that_is_null_among_the_arguments_is_there_and_empty(play):
    """The module itself could not tell it from a guard that nobody wrote."""
    task = {"echo_share": {"allowed_account_ids": None, "allowed_organization_id": "{{ empty }}", "regions": ["b"]}}

    [seen] = play([task], {"empty": None}).seen

    assert [seen["allowed_account_ids"], seen["allowed_organization_id"]] == ["", ""]


def test_the_module_refuses_everything_at_once(play):
    """From AWX's file to the message, with the real module, which needs no AWS for it."""
    extra = {
        "share_images": f"{AMI}\nname=Golden Base * EU-West-1",
        "share_account_ids": "012345670123,\n\u200b111122223333",
        "share_copy_name": "2024",
        "share_allowed_organization_id": "",
        "share_allowed_acount_ids": "111122223333",
    }

    run = play([REAL], {"share_organization_arns": "{{ nope }}"}, extra)

    message = run.results["a"]["msg"] + "".join(run.results["a"].get("failures", []))
    assert "share_images, line 2: 'EU-West-1' is not an AWS Region. Did you mean 'eu-west-1'?" in message
    assert "share_account_ids: contains U+200B (zero width space) in line 2, column 1" in message
    assert "share_allowed_organization_id: is empty, and an empty guard guards nothing" in message
    assert "share_allowed_acount_ids: there is no such variable; did you mean share_allowed_account_ids?" in message
    assert "share_organization_arns: cannot be read: 'nope' is undefined" in message
    assert ("share_copy_name: '2024' is a number, so that what was typed is lost" in message) is RESOLVES


@pytest.mark.parametrize(("typed", "refused"), [("012345670123", RESOLVES), ("012345670123,", False)])
def test_a_lone_account_id_with_a_leading_zero(play, typed, refused):
    """The only case in which the same answer is an account on one ansible-core and not on the next; the advice works on both."""
    extra = {"share_images": AMI, "share_account_ids": typed, "share_allowed_account_ids": "[]"}

    run = play([REAL], {}, extra)

    message = run.results["a"]["msg"] + "".join(run.results["a"].get("failures", []))
    assert ("put a comma behind it in a survey (012345670123,)" in message) is refused
    assert ("012345670123 is not in share_allowed_account_ids" in message) is not refused


def test_the_table_is_readable_and_an_event(play, echo_env, tmp_path):
    run = play([ECHO])

    assert "\nAMI    consumer\nami-1  111122223333\n" in run.stdout
    assert "ami-1" not in play([{**ECHO, "no_log": True}]).stdout

    (tmp_path / "project").mkdir()
    book = [{"hosts": "localhost", "gather_facts": False, "tasks": [ECHO]}]
    (tmp_path / "project" / "play.yml").write_text(yaml.safe_dump(book))
    done = ansible_runner.run(
        private_data_dir=str(tmp_path),
        playbook="play.yml",
        quiet=True,
        envvars={**echo_env, "ANSIBLE_ACTION_PLUGINS": str(ACTIONS)},
    )
    lines = [event["stdout"] for event in done.events if event["event"] == "verbose"]
    assert [line for line in lines if "ami-1  111122223333" in line]
