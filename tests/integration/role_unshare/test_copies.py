# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AMI and its copies, there and back: only what was done counts as a change, looking for copies does not."""

from __future__ import annotations

from tests.integration.role_share.conftest import Share
from tests.integration.world import CONSUMER, OTHER_REGION, REGION, World


def test_share_changes_what_it_does(world: World, share: Share) -> None:
    source = f"{world.image('golden', world.key('alias/golden'))} {REGION}"
    world.key("alias/golden", region=OTHER_REGION)
    wanted = {"share_source": source, "share_regions": f"{REGION}, {OTHER_REGION}", "share_account_ids": CONSUMER}

    shared = share(**wanted, share_kms_keys="alias/golden")
    again = share(**wanted, share_kms_keys="alias/golden")

    # The copy, the grants, the launch permissions.
    assert (shared.code, shared.changed) == (0, 3), shared.message
    assert (again.code, again.changed, again.writes) == (0, 0, [])


def test_unshare_makes_no_copy(world: World, unshare: Share) -> None:
    image_id = world.image("golden", shared_with=[{"UserId": CONSUMER}])
    wanted = {
        "unshare_source": f"{image_id} {REGION}",
        "unshare_regions": [REGION, OTHER_REGION],
        "unshare_account_ids": CONSUMER,
    }

    first = unshare(**wanted)
    again = unshare(**wanted)

    assert (first.code, first.changed) == (0, 1), first.message
    assert (again.code, again.changed, again.writes) == (0, 0, [])
    assert f"{OTHER_REGION}: there is no copy of {image_id}." in again.output
    assert world.client("ec2", OTHER_REGION).describe_images(Owners=["self"])["Images"] == []
