# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key access is decided on what is read right before it is revoked, and can be revoked for AMIs that are gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.golden.ami.plugins.module_utils._unshare import apply, read_keys, read_usage
from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions
from tests.integration.role_unshare.test_unshare import changes, layers, root
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, REGION, World


def while_reports_are_pending(world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """What others do while the run waits for EC2's usage reports."""
    world.aws.set_usage_reports(looks=1)
    monkeypatch.setattr(read_usage, "_telling", lambda _tell: lambda _seconds: happens())


def test_an_ami_that_is_shared_while_the_run_waits_keeps_its_key(
    world: World, share: Share, unshare: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.key()
    web, db = world.image("golden-web", key), world.image("golden-db", key)
    assert share(share_images=f"{web} {REGION}", share_account_ids=[CONSUMER, OTHER]).code == 0
    shared: list[str] = []

    def share_the_other() -> None:
        permission = {"Add": [{"UserId": CONSUMER}]}
        world.client("ec2").modify_image_attribute(ImageId=db, LaunchPermission=permission)
        shared.append(db)

    while_reports_are_pending(world, monkeypatch, share_the_other)

    run = unshare(unshare_images=f"{web} {REGION}", unshare_account_ids=[CONSUMER, OTHER], unshare_key_access=True)

    assert (run.code, shared) == (0, [db]), run.message
    assert layers(run, "consumer", "launch_permission", "key_access") == [
        (CONSUMER, "removed", "kept"),
        (OTHER, "removed", "removed"),
    ]
    [kept] = run.result["kept"]
    assert (kept["principal"], kept["key_arn"]) == (CONSUMER, key)
    assert kept["reason"] == f"{db} (golden-db) on this key is still shared with it"
    assert grantees(world, key) == [root(CONSUMER)]
    assert launch(world, db) == "running"


def test_an_ami_that_somebody_shares_again_keeps_its_key(
    world: World, share: Share, unshare: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its permission is back before the key access goes. A read that is only late is looked at again."""
    key = world.key()
    web = world.image("golden-web", key)
    assert share(share_images=f"{web} {REGION}", share_account_ids=[CONSUMER]).code == 0
    waited: list[float] = []
    monkeypatch.setattr(apply, "Looks", lambda: read_keys.Looks(sleep=waited.append))
    read = read_keys.read_images.read

    def share_again_and_read(*arguments: object) -> object:
        permission = {"Add": [{"UserId": CONSUMER}]}
        world.client("ec2").modify_image_attribute(ImageId=web, LaunchPermission=permission)
        return read(*arguments)

    monkeypatch.setattr(read_keys.read_images, "read", share_again_and_read)

    run = unshare(unshare_images=f"{web} {REGION}", unshare_account_ids=CONSUMER, unshare_key_access=True)

    assert run.code == 0, run.message
    assert layers(run, "launch_permission", "key_access") == [("kept", "kept")]
    assert "shared with it again" in run.result["kept"][0]["reason"]
    one_of(run.result["notes"], f"{CONSUMER} keeps the launch permission of {web}", "shared the AMI again")
    assert waited == [1, 3]
    assert launch(world, web) == "running"


def test_the_key_of_amis_that_are_gone(world: World, share: Share, unshare: Share) -> None:
    """Named by its alias in two Regions. What an AMI on it still needs stays."""
    keys = {region: world.key("alias/golden", region=region) for region in (REGION, OTHER_REGION)}
    images = {region: world.image("golden", key, region) for region, key in keys.items()}
    needed = world.image("golden-db", keys[OTHER_REGION], OTHER_REGION)
    listed = [f"{image_id} {region}" for region, image_id in images.items()]
    assert share(share_images=listed, share_account_ids=[CONSUMER, OTHER]).code == 0
    assert share(share_images=f"{needed} {OTHER_REGION}", share_account_ids=OTHER).code == 0
    for region, image_id in images.items():
        world.client("ec2", region).deregister_image(ImageId=image_id)
    wanted = {
        "unshare_keys": "alias/golden",
        "unshare_regions": [REGION, OTHER_REGION],
        "unshare_account_ids": [CONSUMER, OTHER],
    }

    refused = unshare(**wanted)

    assert (refused.code, refused.calls) == (2, [])
    one_of(refused.refusals, "unshare_keys: requires unshare_key_access=true")

    run = unshare(**wanted, unshare_key_access=True)

    assert run.code == 0, run.message
    assert changes(run) == ["RevokeGrant"] * 3
    assert layers(run, "region", "image_id", "key_arn", "consumer", "launch_permission", "key_access") == [
        (REGION, None, keys[REGION], CONSUMER, "not_needed", "removed"),
        (REGION, None, keys[REGION], OTHER, "not_needed", "removed"),
        (OTHER_REGION, None, keys[OTHER_REGION], CONSUMER, "not_needed", "removed"),
        (OTHER_REGION, None, keys[OTHER_REGION], OTHER, "not_needed", "kept"),
    ]
    assert [one["reason"] for one in run.result["kept"]] == [
        f"{needed} (golden-db) on this key is still shared with it"
    ]
    assert [grantees(world, key, region) for region, key in keys.items()] == [[], [root(OTHER)]]


def test_several_declarations_are_planned_over_all(world: World, share: Share, unshare: Share) -> None:
    """Two families on one key, which different accounts lose: one decision for the key, over both."""
    key = world.key()
    web, db = world.image("golden-web", key), world.image("golden-db", key)
    listed = [f"{web} {REGION}", f"{db} {REGION}"]
    assert share(share_images=listed, share_account_ids=[CONSUMER, OTHER]).code == 0

    run = unshare(
        unshare_declarations=[
            {"name": "web", "images": listed[0], "account_ids": [CONSUMER, OTHER]},
            {"name": "db", "images": listed[1], "account_ids": CONSUMER},
        ],
        unshare_key_access=True,
    )

    assert run.code == 0, run.message
    assert changes(run) == ["ModifyImageAttribute"] * 2 + ["RevokeGrant"]
    assert layers(run, "image_id", "consumer", "launch_permission", "key_access") == [
        (web, CONSUMER, "removed", "removed"),
        (web, OTHER, "removed", "kept"),
        (db, CONSUMER, "removed", "removed"),
    ]
    assert permissions(world, db) == [{"UserId": OTHER}]
    wrong = unshare(
        unshare_declarations=[{"name": "web", "images": listed[0], "acount_ids": CONSUMER, "force": True}],
        unshare_account_ids=CONSUMER,
    )
    assert (wrong.code, wrong.calls) == (2, [])
    one_of(wrong.refusals, "unshare_declarations: web: acount_ids: no such key; did you mean account_ids?")
    one_of(wrong.refusals, "unshare_declarations: web: force is for the whole run")
    one_of(wrong.refusals, "unshare_account_ids: goes into each of unshare_declarations")
