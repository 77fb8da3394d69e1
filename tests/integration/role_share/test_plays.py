# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role share in plays: what it shows, what it leaves, and what comes in from outside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.role_share.conftest import PlayShare
from tests.integration.role_share.consumer import launch, permissions
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER, OTHER_REGION, OWNER, REGION, World, fault

TASKS = ["Share the AMIs", "Publish the result to the play", "Hand the result to AWX"]


def golden(world: World) -> dict[str, Any]:
    """An encrypted AMI in each of two Regions, and the variables that share it as a survey hands them over."""
    for region in (REGION, OTHER_REGION):
        world.image("golden-web-1", world.key(region=region), region)
    return {
        "share_images": "name=golden-web-*",
        "share_regions": f"{REGION}\r\n{OTHER_REGION}\r\n",
        "share_account_ids": f"{CONSUMER}, {OWNER},{LEADING_ZERO}\n",
    }


def test_preview_run_again(world: World, play_share: PlayShare) -> None:
    wanted = golden(world)

    preview = play_share(check=True, cmdline="--diff", **wanted)

    assert (preview.code, preview.writes, preview.changed) == (0, [], 1)
    assert preview.modules == ["image_share"]
    assert "Check mode: nothing was written. These are the predicted changes." in preview.output
    assert f"+{CONSUMER}: launch permission to ami-" in preview.output

    run = play_share(**wanted)

    assert (run.code, run.changed, run.modules) == (0, 1, ["image_share"])
    assert run.tasks == TASKS
    assert "group 1    all 2  added   added" in run.output
    assert "image_share: key access: 4 of 4 grants" in run.output
    begin, end = (run.output.index(text) for text in ("image_share: key access", "changed: ["))
    assert max(map(len, run.output[begin:end].splitlines())) <= 80
    assert list(run.artifacts) == ["golden_ami_share"]
    assert (run.artifact["changed"], run.artifact["failed"], len(run.artifact["images"])) == (True, False, 2)

    again = play_share(**wanted)

    assert (again.code, again.changed, again.writes) == (0, 0, [])


def test_a_refusal_is_shown_and_published_and_fails_last(world: World, play_share: PlayShare) -> None:
    run = play_share(**golden(world) | {"share_account_ids": "1111", "share_snapshot": True})

    assert (run.code, run.calls, run.tasks[-1]) == (2, [], "Fail if a part failed")
    assert run.artifact["refused"] and run.artifact["failed"]
    assert "share_snapshot: there is no such variable; did you mean share_snapshots?" in run.artifact["failures"]
    assert "share_account_ids: '1111'" in run.message and "put a comma behind it in a survey" in run.message
    assert "Refused, nothing was changed." in run.output


@pytest.mark.parametrize("fails", [False, True])
def test_artifacts_of_an_earlier_job_change_nothing(world: World, play_share: PlayShare, fails: bool) -> None:
    """AWX hands them to the next job as extra variables, which beat everything that a play sets."""
    wanted = golden(world)
    earlier = play_share(**wanted | ({} if fails else {"share_account_ids": "1111"})).artifacts
    stale = {"share_result": {"failed": not fails, "table": ["a stale table"], "failures": []}}
    if fails:
        world.aws.set_faults([fault("ec2", "ModifyImageAttribute", "", "UnauthorizedOperation", status=403)])
        wanted["share_account_ids"] = OTHER

    run = play_share(**wanted, **earlier, **stale)

    assert run.code == (2 if fails else 0), run.output
    assert run.artifact["failed"] is fails
    assert "a stale table" not in run.output
    assert "share_result is among the extra variables" in run.output


def test_the_roles_own_state_cannot_be_set_from_outside(world: World, play_share: PlayShare) -> None:
    run = play_share(**golden(world), __share_run={"failures": []})

    assert run.writes == []
    assert "__share_run: is a name of the role's own; remove it from the extra variables." in run.message
    assert (run.code, run.tasks) == (2, ["Share the AMIs"])


def test_several_hosts_with_one_request_do_the_work_once(world: World, play_share: PlayShare) -> None:
    run = play_share(playbook="hosts.yml", cmdline="-i one,two,three -c local", **golden(world))

    assert run.code == 0, run.output
    assert [operation for operation, _region in run.writes] == ["CreateGrant"] * 4 + ["ModifyImageAttribute"] * 2
    assert run.output.count(", which has done the work.") == 2
    assert run.changed == 1


def test_module_defaults(world: World, play_share: PlayShare) -> None:
    first, second = world.image("first", world.key()), world.image("second", world.key())
    keys = world.aws.credentials(OWNER)
    connection = {**keys, "endpoint_url": world.aws.url}

    run = play_share(
        playbook="module_defaults.yml",
        environment={"AWS_EC2_METADATA_DISABLED": "true"},
        connection=connection,
        first_images=f"{first} {REGION}",
        second_images=f"{second} {REGION}",
        share_account_ids=CONSUMER,
    )

    assert run.code == 0, run.message
    assert (launch(world, first), launch(world, second)) == ("running", "running")
    for secret in (keys["secret_key"], keys["session_token"]):
        assert secret not in run.output


def test_twice_in_one_play(world: World, play_share: PlayShare) -> None:
    key = world.key()
    first = [world.image(name, key) for name in ("golden-a", "golden-b")]
    second = [world.image(name) for name in ("golden-c", "golden-d")]

    run = play_share(
        playbook="twice.yml",
        consumers=[CONSUMER, OTHER, OWNER],
        first_images=[{"image_id": one, "region": REGION} for one in first],
        second_images=[{"image_id": one, "region": REGION} for one in second],
    )

    assert run.code == 0, run.message
    for image_id in (*first, *second):
        assert permissions(world, image_id) == [{"UserId": CONSUMER}, {"UserId": OTHER}]
        assert launch(world, image_id) == "running"
    assert [image["image_id"] for image in run.artifacts["first_result"]["results"]] == first
    last = json.loads(run.artifacts["golden_ami_share"])
    assert [image["image_id"] for image in last["images"]] == second
    assert last["counts"]["key_access"] == {"not_needed": 4}
