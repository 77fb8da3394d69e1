# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role unshare in plays: what it shows, what it leaves, and what comes in from outside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.role_share.conftest import PlayShare, Share
from tests.integration.role_share.consumer import grantees, launch, permissions
from tests.integration.role_unshare.test_unshare import root
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER, OTHER_REGION, REGION, World, fault

TASKS = ["Stop sharing the AMIs", "Publish the result to the play", "Hand the result to AWX"]
REGIONS = (REGION, OTHER_REGION)


def shared(world: World, share: Share) -> tuple[dict[str, str], dict[str, str], dict[str, Any]]:
    """Keys and AMIs in two Regions that two accounts have, and the variables that take them from one of them, as a survey
    hands them over."""
    keys = {region: world.key(region=region) for region in REGIONS}
    images = {region: world.image("golden-web-1", key, region) for region, key in keys.items()}
    listed = [f"{image_id} {region}" for region, image_id in images.items()]
    assert share(share_images=listed, share_account_ids=[CONSUMER, LEADING_ZERO], share_snapshots=True).code == 0
    wanted = {
        "unshare_images": "name=golden-web-*",
        "unshare_regions": f"{REGION}\r\n{OTHER_REGION}\r\n",
        "unshare_account_ids": f"{LEADING_ZERO},\n",
        "unshare_key_access": "true",
        "unshare_snapshots": "yes",
        # What a survey that asks for everything hands over for what nobody answered.
        "unshare_source": "",
        "unshare_keys": "",
        "unshare_organization_arns": "",
        "unshare_everything": "",
        "unshare_usage_timeout": "",
        "unshare_grant_name": "",
    }
    return keys, images, wanted


def test_preview_run_again(world: World, share: Share, play_unshare: PlayShare) -> None:
    keys, images, wanted = shared(world, share)

    preview = play_unshare(check=True, cmdline="--diff", **wanted)

    assert (preview.code, preview.writes, preview.changed) == (0, [], 1)
    assert preview.modules == ["image_unshare"]
    assert "Check mode: nothing was written. These are the predicted changes." in preview.output
    assert f"-{LEADING_ZERO}: launch permission to ami-" in preview.output
    assert launch(world, images[REGION], account=LEADING_ZERO) == "running"

    refused = play_unshare(**wanted)

    assert refused.code == 2
    assert f"{REGION}: {LEADING_ZERO} uses {images[REGION]} (1 Instance)." in refused.output
    assert (refused.artifact["refused"], refused.tasks[-1]) == (True, "Fail if a part failed")

    run = play_unshare(**wanted, unshare_force="yes")

    assert (run.code, run.changed, run.modules) == (0, 1, ["image_unshare"])
    assert run.tasks == TASKS
    assert f"{LEADING_ZERO}  all 2  removed  removed  removed    unchanged" in run.output
    assert "image_unshare: key access: 2 of 2 grants revoked" in run.output
    assert list(run.artifacts) == ["golden_ami_unshare"]
    assert (run.artifact["changed"], run.artifact["failed"], run.artifact["not_gone"]) == (True, False, [])
    for region in REGIONS:
        assert permissions(world, images[region], region) == [{"UserId": CONSUMER}]
        assert grantees(world, keys[region], region) == [root(CONSUMER)]
        assert launch(world, images[region], region, LEADING_ZERO) == "AuthFailure"

    again = play_unshare(**wanted)

    assert (again.code, again.changed, again.writes) == (0, 0, [])


def test_what_stays_is_shown(world: World, share: Share, play_unshare: PlayShare) -> None:
    """Without key access and snapshots: removed is not said of the launch permission alone."""
    keys, _images, wanted = shared(world, share)

    run = play_unshare(**wanted | {"unshare_key_access": "", "unshare_snapshots": "no"})

    assert run.code == 0, run.message
    output = " ".join(run.output.split())
    assert f"{LEADING_ZERO} all 2 removed kept kept unchanged" in output
    assert f"{LEADING_ZERO} keeps access to {keys[REGION]}, {keys[OTHER_REGION]}: unshare_key_access is off." in output
    assert "unshare_snapshots is off." in output
    assert run.artifact["not_gone"] == [LEADING_ZERO]


def test_a_refusal_is_shown_and_published_and_fails_last(world: World, share: Share, play_unshare: PlayShare) -> None:
    """A slip of a variable's name would take less than was meant."""
    _keys, images, wanted = shared(world, share)
    del wanted["unshare_key_access"]

    run = play_unshare(**wanted | {"unshare_key_acces": True, "unshare_account_ids": "1111"})

    assert (run.code, run.calls, run.tasks[-1]) == (2, [], "Fail if a part failed")
    assert run.artifact["refused"] and run.artifact["failed"]
    assert "unshare_key_acces: there is no such variable; did you mean unshare_key_access?" in run.artifact["failures"]
    assert "unshare_account_ids: '1111'" in run.message
    assert "Refused, nothing was changed." in run.output
    assert {"UserId": LEADING_ZERO} in permissions(world, images[REGION])


@pytest.mark.parametrize("fails", [False, True])
def test_artifacts_of_an_earlier_job_change_nothing(
    world: World, share: Share, play_unshare: PlayShare, fails: bool
) -> None:
    """AWX hands them to the next job as extra variables, which beat everything that a play sets."""
    _keys, images, wanted = shared(world, share)
    earlier = play_unshare(
        **wanted | ({"unshare_account_ids": OTHER} if fails else {"unshare_account_ids": "1"})
    ).artifacts
    stale = {"unshare_result": {"failed": not fails, "table": ["a stale table"], "failures": []}}
    if fails:
        denied = fault("ec2", "ModifyImageAttribute", images[REGION], "UnauthorizedOperation", status=403)
        world.aws.set_faults([denied])

    run = play_unshare(**wanted, **earlier, **stale)

    assert run.code == (2 if fails else 0), run.output
    assert run.artifact["failed"] is fails
    assert "a stale table" not in run.output
    assert "unshare_result is among the extra variables" in run.output
    # The other Region goes on.
    assert permissions(world, images[OTHER_REGION], OTHER_REGION) == [{"UserId": CONSUMER}]


def test_the_roles_own_state_cannot_be_set_from_outside(world: World, share: Share, play_unshare: PlayShare) -> None:
    _keys, _images, wanted = shared(world, share)

    run = play_unshare(**wanted, __unshare_run={"failures": []})

    assert run.writes == []
    assert "__unshare_run: is a name of the role's own; remove it from the extra variables." in run.message
    assert (run.code, run.tasks) == (2, ["Stop sharing the AMIs"])


def test_there_and_back_in_one_play(world: World, play_share: PlayShare) -> None:
    """The result of each role is there for the rest of the play."""
    image_id = world.image("golden", world.key())

    run = play_share(playbook="there_and_back.yml", image=f"{image_id} {REGION}", consumers=[CONSUMER, OTHER])

    assert run.code == 0, run.message
    assert run.artifacts["taken"] == [CONSUMER]
    assert sorted(run.artifacts) == ["golden_ami_share", "golden_ami_unshare", "taken"]
    assert permissions(world, image_id) == [{"UserId": OTHER}]
    assert (launch(world, image_id), launch(world, image_id, account=OTHER)) == ("AuthFailure", "running")
