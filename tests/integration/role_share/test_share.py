# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way of a share from the first preview to the daily run that changes nothing."""

from __future__ import annotations

import json
import re

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, grants, launch, permissions, sees
from tests.integration.scenario import Scenario
from tests.integration.world import (
    CONSUMER,
    LEADING_ZERO,
    LONG_AGO,
    NOT_SO_LONG_AGO,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT,
    World,
)

STRANGER = "222233334444"
# What tells one run from another: how it was called, and lines that say whether anything was written.
RUN: dict[str, None] = dict.fromkeys(("table", "invocation", "diff"))
REGIONS = (REGION, OTHER_REGION)


def keys_of(value: object) -> object:
    """The shape of a result: its keys, down to the leaves."""
    if isinstance(value, dict):
        return {key: keys_of(item) for key, item in value.items()}
    return [keys_of(item) for item in value] if isinstance(value, list) else None


def outcomes(run: Scenario) -> list[list[str]]:
    """The words of the rows of the table that tell an outcome."""
    table = run.result["table"]
    start = next(number for number, line in enumerate(table) if line.startswith("Consumers"))
    rows = table[start + 1 : table.index("", start)] if "" in table[start:] else table[start + 1 :]
    return [line.split() for line in rows if not re.match(r"group \d+, \d+ consumers: ", line)]


def golden(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """AMIs of a name, tagged, on a key of each Region; older ones, and newer ones that must not be taken."""
    tags = {"Release": "stable"}
    for region in REGIONS:
        world.image("golden-web-1", region=region, tags=tags, creation_date=LONG_AGO)
    keys = {region: world.key("alias/golden", region=region) for region in REGIONS}
    newest = {
        region: world.image("golden-web-2", keys[region], region, tags=tags, creation_date=NOT_SO_LONG_AGO)
        for region in REGIONS
    }
    # Newer, of the same name and tag, and public: everybody's AMIs must not get into a share.
    world.image("golden-web-2", account=OTHER, tags=tags, shared_with=[{"Group": "all"}])
    world.image("golden-web-2", account=STRANGER, tags=tags, shared_with=[{"UserId": OWNER}])
    world.image("golden-web-3", tags=tags, state="failed")
    return newest, keys


def test_check_run_again_and_more(world: World, share: Share) -> None:
    newest, keys = golden(world)
    ec2, kms = world.client("ec2"), world.client("kms")
    ec2.modify_image_attribute(
        ImageId=newest[REGION], LaunchPermission={"Add": [{"UserId": OTHER}, {"OrganizationalUnitArn": UNIT}]}
    )
    foreign_account = f"arn:aws:iam::{OTHER}:root"
    world.plant(keys[REGION], foreign_account, name=None)
    world.plant(keys[REGION], "AROAEXAMPLEEXAMPLEID1", name="golden-ami-of/another")
    foreign = {grant["GrantId"] for grant in grants(world, keys[REGION])}
    wanted = {
        "share_images": [{"name": "golden-web-*"}],
        "share_regions": list(REGIONS),
        "share_account_ids": [CONSUMER, OWNER, LEADING_ZERO, CONSUMER],
    }

    preview = share(check=True, **wanted)

    assert (preview.code, preview.writes, preview.changed) == (0, [], True)
    assert not sees(world, newest[REGION])
    assert [image["image_id"] for image in preview.result["results"]] == [newest[REGION], newest[OTHER_REGION]]
    assert preview.result["table"][0] == "Check mode: nothing was written. These are the predicted changes."
    assert outcomes(preview) == [["group", "1", "all", "2", "added", "added", "not", "asked", "not", "asked"]]
    assert f"group 1, 2 consumers: {CONSUMER}, {LEADING_ZERO}" in preview.result["table"]
    warning = preview.result["notes"][0]
    assert warning == f"share_account_ids: {OWNER} owns the AMI and may always launch it; dropped."
    assert warning in " ".join(preview.table.split())
    assert max(map(len, preview.result["table"])) <= 80

    run = share(**wanted)

    assert (run.code, run.changed) == (0, True)
    operations = [operation for operation, _region in run.writes]
    # All key access in all Regions first; one request per key and account, one per AMI.
    assert operations == ["CreateGrant"] * 4 + ["ModifyImageAttribute"] * 2
    assert sorted(region for operation, region in run.writes if operation == "CreateGrant") == sorted(REGIONS * 2)
    assert keys_of({**run.result, **RUN}) == keys_of({**preview.result, **RUN})
    assert {**run.result, **RUN} == {**preview.result, **RUN}
    assert run.changed and run.result["failures"] == []
    assert outcomes(run) == outcomes(preview)
    for entry in run.result["consumers"]:
        assert (entry["launch_permission"], entry["key_access"], entry["ready"]) == ("added", "added", True)
    for region, image_id in newest.items():
        for account in (CONSUMER, LEADING_ZERO):
            assert launch(world, image_id, region, account) == "running"
    assert launch(world, newest[REGION], account=STRANGER) == "AuthFailure"
    # What others shared and granted is as it was.
    assert {"UserId": OTHER} in permissions(world, newest[REGION])
    assert {"OrganizationalUnitArn": UNIT} in permissions(world, newest[REGION])
    assert foreign < {grant["GrantId"] for grant in grants(world, keys[REGION])}
    assert run.result["results"][0]["before"]["account_ids"] == [OTHER]
    assert {"UserId": OWNER} not in permissions(world, newest[REGION])
    assert f"arn:aws:iam::{OWNER}:root" not in grantees(world, keys[REGION])

    text = {
        "share_images": "tag:Release=stable name=golden-web-*",
        "share_regions": f"{REGION}\r\n{OTHER_REGION}\r\n",
        "share_account_ids": f"{CONSUMER}, {OWNER},{LEADING_ZERO}\n",
    }
    again = share(**text)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert not again.result["changed"]
    assert {image["status"] for image in again.result["results"]} == {"unchanged"}
    assert outcomes(again)[0][4:6] == ["unchanged", "unchanged"]

    second = world.image("golden-db-1", keys[REGION])
    more = share(
        share_images=json.dumps([{"name": "golden-web-*"}, {"image_id": second, "region": REGION}]),
        share_regions=json.dumps(REGIONS),
        share_account_ids=[CONSUMER, LEADING_ZERO, STRANGER],
    )

    # The new account gets both keys and all three AMIs, the accounts of before the new AMI only.
    assert (more.code, more.changed) == (0, True)
    assert [operation for operation, _region in more.writes] == ["CreateGrant"] * 2 + ["ModifyImageAttribute"] * 3
    for image_id, region in ((second, REGION), (newest[REGION], REGION), (newest[OTHER_REGION], OTHER_REGION)):
        for account in (CONSUMER, LEADING_ZERO, STRANGER):
            assert launch(world, image_id, region, account) == "running"
    assert permissions(world, second) == [{"UserId": one} for one in sorted((CONSUMER, LEADING_ZERO, STRANGER))]
    assert kms.describe_key(KeyId=keys[REGION])["KeyMetadata"]["KeyState"] == "Enabled"


def test_a_run_after_something_was_taken_away_by_hand_puts_it_back(world: World, share: Share) -> None:
    key, other_key = world.key(), world.key()
    # One AMI on two keys and an unencrypted disk: all of its keys count.
    disks = [
        {"DeviceName": f"/dev/xvd{letter}", "Ebs": {"SnapshotId": world.snapshot(each)}}
        for letter, each in (("a", key), ("b", other_key), ("c", ""))
    ]
    ec2 = world.client("ec2")
    mixed = ec2.register_image(
        Name="mixed", Architecture="x86_64", RootDeviceName="/dev/xvda", BlockDeviceMappings=disks
    )["ImageId"]
    plain = world.image("plain")
    wanted = {
        "share_images": f"{mixed} {REGION}\n{plain} {REGION}",
        "share_account_ids": CONSUMER,
        "share_grant_name": "golden/web",
    }

    first = share(**wanted)

    assert first.code == 0
    assert [operation for operation, _region in first.writes] == ["CreateGrant"] * 2 + ["ModifyImageAttribute"] * 2
    assert {entry["image_id"]: entry["key_access"] for entry in first.result["consumers"]} == {
        mixed: "added",
        plain: "not_needed",
    }
    assert (launch(world, mixed), launch(world, plain)) == ("running", "running")
    assert all(grant["Name"].startswith("golden/web/") for grant in grants(world, key))

    [grant] = grants(world, other_key)
    world.client("kms").revoke_grant(KeyId=other_key, GrantId=grant["GrantId"])
    ec2.reset_image_attribute(ImageId=plain, Attribute="launchPermission")
    assert (launch(world, mixed), launch(world, plain)) == ("Client.InternalError", "AuthFailure")

    second = share(**wanted)

    assert second.writes == [("CreateGrant", REGION), ("ModifyImageAttribute", REGION)]
    assert (launch(world, mixed), launch(world, plain)) == ("running", "running")
    assert [(one["launch_permission"], one["key_access"]) for one in second.result["consumers"]] == [
        ("unchanged", "added"),
        ("added", "not_needed"),
    ]


def test_govcloud(world: World, share: Share) -> None:
    region = "us-gov-west-1"
    key = world.key(region=region)
    image_id = world.image("golden-gov", key, region)

    run = share(share_images=f"{image_id} {region}", share_account_ids=CONSUMER)

    assert (run.code, run.writes) == (0, [("CreateGrant", region), ("ModifyImageAttribute", region)])
    assert grantees(world, key, region) == [f"arn:aws-us-gov:iam::{CONSUMER}:root"]
    assert run.result["consumers"][0]["ready"]
    assert launch(world, image_id, region) == "running"
    again = share(share_images=f"arn:aws-us-gov:ec2:{region}::image/{image_id}", share_account_ids=CONSUMER)
    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert again.result["consumers"][0]["key_access"] == "unchanged"
