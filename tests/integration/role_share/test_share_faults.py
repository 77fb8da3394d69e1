# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever fails in a run: what it reports is so, nobody sees an AMI that it cannot start, and the next run finishes it."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grants, permissions
from tests.integration.scenario import Scenario
from tests.integration.world import CONSUMER, OTHER, OTHER_REGION, REGION, World

THIRD = "222233334444"
ACCOUNTS = (CONSUMER, OTHER, THIRD)
EXPIRED = {"code": "ExpiredTokenException", "message": "The security token included in the request is expired"}
REFUSED = {"code": "AccessDeniedException", "message": "Not for you"}
LOST: dict[str, Any] = {"drop_response": True, "times": 1}


def error(what: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"error": {**what, "status": 400}, **more}


def snapshots_of(world: World, image_id: str, region: str) -> list[str]:
    [image] = world.client("ec2", region).describe_images(ImageIds=[image_id])["Images"]
    return [disk["Ebs"]["SnapshotId"] for disk in image["BlockDeviceMappings"]]


def readers(world: World, image_id: str, region: str) -> set[str]:
    """Who may create volumes from all snapshots of an AMI."""
    ec2 = world.client("ec2", region)
    listed = [
        {
            one["UserId"]
            for one in ec2.describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")[
                "CreateVolumePermissions"
            ]
        }
        for snapshot in snapshots_of(world, image_id, region)
    ]
    return set.intersection(*listed)


class Truth:
    """Two AMIs, one of which has two keys, and who really has what."""

    def __init__(self, world: World) -> None:
        self.world = world
        first, second, third = world.key(), world.key(), world.key(region=OTHER_REGION)
        ec2 = world.client("ec2")
        disks = [
            {"DeviceName": f"/dev/xvd{letter}", "Ebs": {"SnapshotId": world.snapshot(key)}}
            for letter, key in (("a", first), ("b", second))
        ]
        two = ec2.register_image(Name="golden-two", RootDeviceName="/dev/xvda", BlockDeviceMappings=disks)["ImageId"]
        self.keys = {
            (REGION, two): [first, second],
            (OTHER_REGION, world.image("golden", third, OTHER_REGION)): [third],
        }

    @property
    def wanted(self) -> dict[str, Any]:
        images = [{"image_id": image_id, "region": region} for region, image_id in self.keys]
        return {"share_images": images, "share_account_ids": list(ACCOUNTS), "share_snapshots": True}

    def of(self, region: str, image_id: str, account: str) -> tuple[bool, bool, bool]:
        """Whether it may launch, may use all keys, and may use the snapshots."""
        root = f"arn:aws:iam::{account}:root"
        use = [
            root in [one["GranteePrincipal"] for one in grants(self.world, key, region)]
            for key in self.keys[region, image_id]
        ]
        may_launch = {"UserId": account} in permissions(self.world, image_id, region)
        return may_launch, all(use), account in readers(self.world, image_id, region)

    def check(self, run: Scenario) -> None:
        for row in run.result["consumers"]:
            launch, key, snapshot = self.of(row["region"], row["image_id"], row["principal"])
            said = tuple(row[layer] for layer in ("launch_permission", "key_access", "snapshot_permission"))
            assert key or not launch, "somebody sees an AMI that it cannot start"
            for word, fact in zip(said, (launch, key, snapshot), strict=True):
                assert (word in ("added", "unchanged")) is fact, (row, (launch, key, snapshot))
            assert row["ready"] is (launch and key)
            assert row["ready"] or row["reason"]


@pytest.mark.parametrize(
    "rule",
    [
        {"service": "kms", "operation": "CreateGrant", "region": REGION, "match": OTHER, **error(REFUSED, times=1)},
        {"service": "kms", "operation": "CreateGrant", "region": OTHER_REGION, **error(EXPIRED)},
        {"service": "kms", "operation": "CreateGrant", "match": THIRD, **LOST},
        {"service": "ec2", "operation": "ModifySnapshotAttribute", **error(REFUSED, times=1)},
        {"service": "ec2", "operation": "ModifyImageAttribute", "region": REGION, **error(EXPIRED)},
        {"service": "ec2", "operation": "ModifyImageAttribute", **LOST},
    ],
    ids=lambda rule: "-".join(
        [rule["operation"], rule.get("region", "everywhere"), rule.get("error", {"code": "lost"})["code"]]
    ),
)
def test_what_is_reported_is_so(world: World, aws: EmbeddedAWS, share: Share, rule: dict[str, Any]) -> None:
    truth = Truth(world)
    aws.set_faults([rule])

    run = share(**truth.wanted)

    # One answer that is lost is asked for again.
    assert run.code == (2 if "error" in rule else 0), run.message
    assert bool(run.result["failures"]) is ("error" in rule)
    truth.check(run)

    aws.set_faults([])
    finished = share(**truth.wanted)

    assert finished.code == 0, finished.message
    truth.check(finished)
    assert all(row["ready"] for row in finished.result["consumers"])
    assert share(**truth.wanted).writes == []


def test_key_access_comes_before_the_launch_permission_for_each_consumer(world: World, share: Share) -> None:
    run = share(**Truth(world).wanted)

    order = [operation for operation, _region in run.writes]
    assert order == sorted(order, key=["CreateGrant", "ModifySnapshotAttribute", "ModifyImageAttribute"].index)
