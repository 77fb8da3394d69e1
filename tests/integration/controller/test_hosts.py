# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several hosts that ask for the same, and module_defaults, which every module must hear of through the one action."""

from __future__ import annotations

import pytest

SAME = {"echo_share": {"images": "x"}, "register": "r"}
OWN = {"echo_share": {"images": "{{ inventory_hostname }}"}, "register": "r"}


def test_the_same_work_is_done_once(play):
    run = play([SAME], hosts="a,b,c")

    [seen] = run.seen
    first = seen["host"]
    assert run.results[first]["changed"] is True and "done_by" not in run.results[first]
    for other in {"a", "b", "c"} - {first}:
        assert (run.results[other]["changed"], run.results[other]["done_by"]) == (False, first)
        assert run.results[other]["table"] == run.results[first]["table"]
        assert f"image_share: {other} makes the same request as {first}, which has done the work." in run.stdout
    assert run.stdout.count("ami-1  111122223333") == 1


@pytest.mark.parametrize(
    ("tasks", "starts"),
    [
        pytest.param([OWN], 3, id="different requests"),
        pytest.param([SAME, SAME], 2, id="two tasks"),
        pytest.param([{**SAME, "loop": [1, 2]}], 2, id="a loop"),
        pytest.param([{**SAME, "environment": {"AWS_PROFILE": "{{ inventory_hostname }}"}}], 3, id="credentials"),
        pytest.param([{**SAME, "run_once": True}], 1, id="run_once"),
        pytest.param([{**SAME, "async": 60, "poll": 1}], 3, id="async"),
    ],
)
def test_how_often(play, tasks, starts):
    assert len(play(tasks, hosts="a,b,c").seen) == starts


def test_one_after_the_other(play):
    """With serial the second host comes long after the first, and gets the same result."""
    run = play([SAME], hosts="a,b", serial=1)

    assert len(run.seen) == 1
    assert run.results["b"]["done_by"] == "a"


def test_module_defaults(play):
    """Of the module itself, of this collection's group, and of amazon.aws's group."""
    defaults = {
        "golden.ami.launch_permission_info": {"image_id": "ami-own"},
        "group/golden.ami.ami": {"image_id": "ami-group"},
        "group/amazon.aws.aws": {"region": "eu-wset-1"},
    }
    tasks = [
        {"golden.ami.launch_permission_info": {}, "register": "own", "ignore_errors": True},
        {"golden.ami.image_info": {}, "register": "group", "ignore_errors": True},
        {"image_info": {}, "collections": ["golden.ami"], "register": "short", "ignore_errors": True},
        {"ansible.builtin.set_fact": {"r": "{{ [own.msg, group.msg, short.msg] }}"}},
    ]

    own, group, short = play(tasks, module_defaults=defaults).results["a"]

    assert "'ami-own' is not an AMI ID" in own and "'ami-group'" not in own
    assert "'ami-group' is not an AMI ID" in group and "'ami-own'" not in group
    assert short == group
    assert all("'eu-wset-1' is not an AWS Region" in message for message in (own, group))
