# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way back of a share: from the first preview to the run that finds nothing left, and what stays because it is needed."""

from __future__ import annotations

from typing import Any

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions, sees
from tests.integration.scenario import Scenario
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER, OTHER_REGION, REGION, World, fault

REGIONS = (REGION, OTHER_REGION)
LAYERS = ("launch_permission", "key_access", "snapshot_permission")


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def changes(run: Scenario) -> list[str]:
    """The operations that change something besides usage reports, in their order."""
    return [operation for operation, _region in run.writes if "UsageReport" not in operation]


def layers(run: Scenario, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in names or LAYERS) for one in run.result["consumers"]]


def test_check_run_and_again(world: World, share: Share, unshare: Share) -> None:
    """Two AMIs on one key here, one there: the key access that the second AMI needs stays, the other goes."""
    keys = {region: world.key(region=region) for region in REGIONS}
    web = {region: world.image("golden-web", keys[region], region) for region in REGIONS}
    db = world.image("golden-db", keys[REGION])
    accounts = [CONSUMER, LEADING_ZERO]
    listed = [f"{web[region]} {region}" for region in REGIONS]
    assert share(share_images=[*listed, f"{db} {REGION}"], share_account_ids=accounts).code == 0
    world.plant(keys[OTHER_REGION], root(LEADING_ZERO), OTHER_REGION, name=None)
    wanted = {"unshare_images": "\n".join(listed), "unshare_account_ids": f"'{LEADING_ZERO}'"}
    wanted["unshare_key_access"] = "yes"

    preview = unshare(check=True, diff=True, **wanted)

    assert preview.code == 0, preview.message
    assert (preview.changed, preview.writes) == (True, [])
    assert layers(preview, "region", "launch_permission", "key_access") == [
        (REGION, "removed", "kept"),
        (OTHER_REGION, "removed", "removed"),
    ]
    assert "Check mode: nothing was written." in preview.table
    assert f"{LEADING_ZERO}: launch permission to {web[REGION]} ({REGION})" in preview.result["diff"]["before"]
    assert preview.result["diff"]["after"] == ""
    assert "In check mode no usage report is created" in preview.table
    assert launch(world, web[REGION], account=LEADING_ZERO) == "running"

    # The consumer still runs what it has just started: the run refuses, and says who, what and where.
    refused = unshare(**wanted)

    assert (refused.code, refused.changed) == (2, False)
    assert {operation for operation, _region in refused.writes} == {"CreateImageUsageReport", "DeleteImageUsageReport"}
    assert f"{REGION}: {LEADING_ZERO} uses {web[REGION]} (1 Instance)." in refused.refusals
    assert "unshare_force=true" in refused.message
    assert sees(world, web[REGION], account=LEADING_ZERO)

    run = unshare(**wanted, unshare_force=True)

    assert run.code == 0, run.message
    # Launch permissions of all AMIs first; the key access that nothing needs any more last.
    assert changes(run) == ["ModifyImageAttribute"] * 2 + ["RevokeGrant"]
    assert run.writes[-1] == ("RevokeGrant", OTHER_REGION)
    assert run.result["usage"] == [
        {"region": REGION, "image_id": web[REGION], "account_id": LEADING_ZERO, "usage": {"ec2:Instance": 1}}
    ]
    [kept] = run.result["kept"]
    assert (kept["key_arn"], kept["principal"]) == (keys[REGION], LEADING_ZERO)
    assert kept["reason"] == f"{db} (golden-db) on this key is still shared with it"
    assert one_of(run.result["notes"], kept["reason"], keys[REGION]).startswith(f"{LEADING_ZERO} keeps access to ")
    assert layers(run, "region", "key_access", "gone") == [(REGION, "kept", False), (OTHER_REGION, "removed", True)]
    assert [(one["image_id"], one["status"], one["after"]["account_ids"]) for one in run.result["results"]] == [
        (web[region], "changed", [CONSUMER]) for region in REGIONS
    ]
    for region in REGIONS:
        assert launch(world, web[region], region, LEADING_ZERO) == "AuthFailure"
        assert launch(world, web[region], region) == "running"
        assert permissions(world, web[region], region) == [{"UserId": CONSUMER}]
    assert launch(world, db, account=LEADING_ZERO) == "running"
    # A grant that somebody else made for the account is not ours to take.
    assert grantees(world, keys[OTHER_REGION], OTHER_REGION) == [root(LEADING_ZERO), root(CONSUMER)]

    again = unshare(**wanted)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert layers(again, "launch_permission", "key_access") == [("unchanged", "kept"), ("unchanged", "unchanged")]

    # When the other AMI goes as well, nothing needs the key any more: a run that names it takes the rest.
    last = unshare(
        unshare_images=f"{db} {REGION}", unshare_account_ids=[LEADING_ZERO], unshare_key_access=True, unshare_force=True
    )

    assert changes(last) == ["ModifyImageAttribute", "RevokeGrant"]
    assert grantees(world, keys[REGION]) == [root(CONSUMER)]
    assert last.result["kept"] == []


def test_only_what_was_asked(world: World, share: Share, unshare: Share) -> None:
    """Launch permissions go; snapshots and keys stay until they are asked for, each, and that they stay is said."""
    key = world.key()
    image_id = world.image("golden", key)
    wanted = {"share_images": f"{image_id} {REGION}", "share_account_ids": [CONSUMER, OTHER], "share_snapshots": True}
    assert share(**wanted).code == 0
    target = {"unshare_images": f"{image_id} {REGION}", "unshare_account_ids": [CONSUMER]}

    first = unshare(**target)

    assert first.writes == [
        ("CreateImageUsageReport", REGION),
        ("DeleteImageUsageReport", REGION),
        ("ModifyImageAttribute", REGION),
    ]
    assert layers(first) == [("removed", "kept", "kept")]
    assert one_of(first.result["notes"], "unshare_key_access is off").startswith(f"{CONSUMER} keeps access to {key}")
    assert one_of(first.result["notes"], "unshare_snapshots is off").startswith(f"{CONSUMER} keeps create volume")
    assert "removed  kept  kept" in first.table
    assert grantees(world, key) == sorted([root(CONSUMER), root(OTHER)])

    second = unshare(**target, unshare_snapshots=True, unshare_key_access=True)

    assert second.writes == [("ModifySnapshotAttribute", REGION), ("RevokeGrant", REGION)]
    assert layers(second, *LAYERS, "gone") == [("unchanged", "removed", "removed", True)]
    assert grantees(world, key) == [root(OTHER)]
    third = unshare(**target, unshare_snapshots=True, unshare_key_access=True)
    assert (third.code, third.changed, third.writes) == (0, False, [])
    assert layers(third) == [("unchanged", "unchanged", "unchanged")]

    # Everything: private, nobody left at any layer.
    everything = {
        "unshare_images": f"{image_id} {REGION}",
        "unshare_everything": "true",
        "unshare_snapshots": True,
        "unshare_key_access": True,
    }
    last = unshare(**everything)

    assert changes(last) == ["ResetImageAttribute", "ModifySnapshotAttribute", "RevokeGrant"]
    assert (permissions(world, image_id), grantees(world, key)) == ([], [])
    assert [one["principal"] for one in last.result["consumers"]] == [OTHER]
    again = unshare(**everything)
    assert (again.code, again.changed, again.writes, again.result["consumers"]) == (0, False, [], [])


def test_nothing_can_be_said_of_what_may_not_be_read(world: World, share: Share, unshare: Share) -> None:
    """Who only takes launch permissions needs no right to read grants, policies and permissions of snapshots."""
    key = world.key()
    image_id = world.image("golden", key)
    assert share(share_images=f"{image_id} {REGION}", share_account_ids=CONSUMER).code == 0
    world.aws.set_faults(
        [
            fault("kms", "ListGrants", key, "AccessDeniedException", "Not for you"),
            fault("kms", "GetKeyPolicy", key, "AccessDeniedException", "Not for you"),
            fault("ec2", "DescribeSnapshotAttribute", "", "UnauthorizedOperation", "Not for you", status=403),
        ]
    )

    run = unshare(unshare_images=f"{image_id} {REGION}", unshare_account_ids=CONSUMER)

    assert run.code == 0, run.message
    assert layers(run, *LAYERS, "gone") == [("removed", "not_asked", "not_asked", False)]
