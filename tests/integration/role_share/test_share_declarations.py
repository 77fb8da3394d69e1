# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several declarations in one run, and what happens to their AMIs and keys while copies are made."""

from __future__ import annotations

import threading
import time
from typing import Any

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import copies_of, grantees, launch, permissions
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, REGION, World


def copied(name: str, source: str, consumer: str, **more: Any) -> dict[str, Any]:
    wanted = {"source": {"image_id": source, "region": REGION}, "regions": [OTHER_REGION], "account_ids": [consumer]}
    return {"name": name, **wanted, **more}


def test_a_copy_that_two_declarations_ask_for_is_made_once(world: World, share: Share) -> None:
    source = world.image("golden-web")
    base, web = copied("base", source, CONSUMER), copied("web", source, OTHER)

    run = share(share_declarations=[base, {**web, "copy_name": "golden-web-copy"}])

    assert (run.code, run.writes) == (2, [])
    assert "base and web ask for different copies" in run.message and "copy_name" in run.message

    run = share(share_declarations=[base, web])

    assert run.code == 0, run.message
    assert [operation for operation, _region in run.writes] == ["CopyImage", "ModifyImageAttribute"]
    [copy] = copies_of(world, source, OTHER_REGION)
    assert permissions(world, copy["ImageId"], OTHER_REGION) == [{"UserId": CONSUMER}, {"UserId": OTHER}]


def test_what_changes_while_copies_are_made_is_seen(world: World, share: Share) -> None:
    """A grant that is revoked meanwhile is made again: nobody sees an AMI that it cannot start."""
    key, key_of_copy = world.key(), world.key(region=OTHER_REGION)
    image, source = world.image("golden-web-1", key), world.image("golden-base", key)
    wanted = {
        "share_images": [{"name": "golden-web-*", "region": REGION}],
        "share_source": {"image_id": source, "region": REGION},
        "share_regions": [OTHER_REGION],
        "share_kms_keys": {OTHER_REGION: key_of_copy},
        "share_account_ids": CONSUMER,
    }
    share(**wanted)
    ec2, kms = world.client("ec2"), world.client("kms")
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Remove": [{"UserId": CONSUMER}]})
    [copy] = copies_of(world, source, OTHER_REGION)
    world.client("ec2", OTHER_REGION).deregister_image(ImageId=copy["ImageId"])
    world.aws.set_copies(seconds=3)
    newer: list[str] = []

    def meanwhile() -> None:
        while not any(call["operation"] == "CopyImage" for call in world.aws.calls(write=True)):
            time.sleep(0.05)
        for grant in kms.list_grants(KeyId=key)["Grants"]:
            kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
        newer.append(world.image("golden-web-2", key))

    world.aws.clear_calls()
    other = threading.Thread(target=meanwhile)
    other.start()
    run = share(**wanted | {"share_copy_description": "once more"})
    other.join()

    assert run.code == 0, run.message
    assert launch(world, image) == "running"
    assert grantees(world, key) == [f"arn:aws:iam::{CONSUMER}:root"]
    row = next(one for one in run.result["consumers"] if one["image_id"] == image)
    assert (row["launch_permission"], row["key_access"]) == ("added", "added")
    # An AMI that was built meanwhile is not the one that was checked.
    assert permissions(world, newer[0]) == []
