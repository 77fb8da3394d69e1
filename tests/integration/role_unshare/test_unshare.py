# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way back of a share: from the first preview to the run that finds nothing left, and what stays because it is needed."""

from __future__ import annotations

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, permissions, sees
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER, OTHER_REGION, REGION, World

REGIONS = (REGION, OTHER_REGION)


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def test_check_run_and_again(world: World, share: Share, unshare: Share) -> None:
    """Two AMIs on one key here, one there: the key access that the second AMI needs stays, the other goes."""
    keys = {region: world.key(region=region) for region in REGIONS}
    web = {region: world.image("golden-web", keys[region], region) for region in REGIONS}
    db = world.image("golden-db", keys[REGION])
    accounts = [CONSUMER, LEADING_ZERO]
    listed = [f"{web[region]} {region}" for region in REGIONS]
    assert share(share_images=[*listed, f"{db} {REGION}"], share_account_ids=accounts).code == 0
    world.plant(keys[OTHER_REGION], root(LEADING_ZERO), OTHER_REGION, name=None)
    wanted = {"unshare_images": "\n".join(listed), "unshare_account_ids": LEADING_ZERO, "unshare_key_access": "yes"}

    preview = unshare(check=True, cmdline="--diff", **wanted)

    assert preview.code == 0, preview.message
    assert preview.writes == []
    assert [line.split()[2:] for line in preview.artifacts["unshare_result"]["table"][1:]] == [
        ["would", "be", "removed,", "key", "kept"],
        ["would", "be", "removed"],
    ]
    assert f'-        "{LEADING_ZERO}"' in preview.output.replace("+", " ")
    assert "In check mode no usage report is made" in preview.output
    assert launch(world, web[REGION], account=LEADING_ZERO) == "running"

    # The consumer still runs what it has just started: the run refuses, and says who, what and where.
    refused = unshare(**wanted)

    assert refused.code == 2
    assert {operation for operation, _region in refused.writes} == {
        "CreateImageUsageReport",
        "DeleteImageUsageReport",
    }
    assert f"{REGION}: {LEADING_ZERO} uses {web[REGION]} (1 Instance)." in refused.refusals
    assert "unshare_force=true" in refused.message
    assert sees(world, web[REGION], account=LEADING_ZERO)

    run = unshare(**wanted, unshare_force=True)

    assert run.code == 0, run.message
    result = run.artifacts["unshare_result"]
    changes = [operation for operation, _region in run.writes if "UsageReport" not in operation]
    # Launch permissions of all AMIs first; the key access that nothing needs any more last.
    assert changes == ["ModifyImageAttribute"] * 2 + ["RevokeGrant"]
    assert run.writes[-1] == ("RevokeGrant", OTHER_REGION)
    assert result["usage"] == [
        {"region": REGION, "image_id": web[REGION], "account_id": LEADING_ZERO, "usage": {"ec2:Instance": 1}}
    ]
    [kept] = result["kept"]
    assert (kept["key_arn"], kept["principal"]) == (keys[REGION], LEADING_ZERO)
    assert kept["reason"] == f"{db} (golden-db) on this key is still shared with it"
    assert kept["reason"] in run.output
    assert {(one["region"], one["key_access"]) for one in result["consumers"]} == {
        (REGION, "kept"),
        (OTHER_REGION, "removed"),
    }
    for region in REGIONS:
        assert launch(world, web[region], region, LEADING_ZERO) == "AuthFailure"
        assert launch(world, web[region], region) == "running"
        assert permissions(world, web[region], region) == [{"UserId": CONSUMER}]
    assert launch(world, db, account=LEADING_ZERO) == "running"
    # A grant that somebody else made for the account is not ours to take.
    assert grantees(world, keys[OTHER_REGION], OTHER_REGION) == [root(LEADING_ZERO), root(CONSUMER)]

    again = unshare(**wanted)

    assert (again.code, again.changed, again.writes) == (0, 0, [])
    assert [line.split()[2:] for line in again.artifacts["unshare_result"]["table"][1:]] == [
        ["not", "there,", "key", "kept"],
        ["not", "there"],
    ]

    # When the other AMI goes as well, nothing needs the key any more: a run that names it takes the rest.
    last = unshare(
        unshare_images=f"{db} {REGION}", unshare_account_ids=[LEADING_ZERO], unshare_key_access=True, unshare_force=True
    )

    assert [operation for operation, _region in last.writes if "UsageReport" not in operation] == [
        "ModifyImageAttribute",
        "RevokeGrant",
    ]
    assert grantees(world, keys[REGION]) == [root(CONSUMER)]
    assert last.artifacts["unshare_result"]["kept"] == []


def test_only_what_was_asked(world: World, share: Share, unshare: Share) -> None:
    """Launch permissions go; snapshots and keys stay until they are asked for, each."""
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
    [entry] = first.artifacts["unshare_result"]["consumers"]
    assert (entry["launch_permission"], entry["snapshot_permission"], entry["key_access"]) == (
        "removed",
        "not_asked",
        "not_asked",
    )
    assert grantees(world, key) == sorted([root(CONSUMER), root(OTHER)])

    second = unshare(**target, unshare_snapshots=True, unshare_key_access=True)

    assert second.writes == [("ModifySnapshotAttribute", REGION), ("RevokeGrant", REGION)]
    [entry] = second.artifacts["unshare_result"]["consumers"]
    assert (entry["launch_permission"], entry["snapshot_permission"], entry["key_access"]) == (
        "absent",
        "removed",
        "removed",
    )
    assert grantees(world, key) == [root(OTHER)]
    third = unshare(**target, unshare_snapshots=True, unshare_key_access=True)
    assert (third.code, third.changed, third.writes) == (0, 0, [])

    # Everything: private, nobody left at any layer.
    everything = {
        "unshare_images": f"{image_id} {REGION}",
        "unshare_everything": "true",
        "unshare_snapshots": True,
        "unshare_key_access": True,
    }
    last = unshare(**everything)

    assert [operation for operation, _region in last.writes if "UsageReport" not in operation] == [
        "ResetImageAttribute",
        "ModifySnapshotAttribute",
        "RevokeGrant",
    ]
    assert (permissions(world, image_id), grantees(world, key)) == ([], [])
    assert [one["principal"] for one in last.artifacts["unshare_result"]["consumers"]] == [OTHER]
    again = unshare(**everything)
    assert (again.code, again.changed, again.writes) == (0, 0, [])
