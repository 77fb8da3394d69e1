# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""share_source and share_regions: one AMI goes to many Regions, each under its own key, and is shared there."""

from __future__ import annotations

import time
from typing import Any

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import copies_of, grantees, launch, one_of, permissions, sees
from tests.integration.role_share.play import Run
from tests.integration.world import (
    CONSUMER,
    LEADING_ZERO,
    ORGANIZATION,
    OTHER_REGION,
    OWNER,
    REGION,
    THIRD_REGION,
    World,
)

ABROAD = (OTHER_REGION, THIRD_REGION)
ALL_STAGES = ["image_copy", "image_copy", "image_info", "kms_grant", "launch_permission"]
NOTHING_TO_DO = ["image_copy", "image_info"]


def operations(run: Run) -> list[str]:
    return [operation for operation, _region in run.writes]


def snapshot_of(world: World, image_id: str, region: str) -> dict[str, Any]:
    ec2 = world.client("ec2", region)
    (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
    snapshot_id = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    (snapshot,) = ec2.describe_snapshots(SnapshotIds=[snapshot_id])["Snapshots"]
    return dict(snapshot)


def tags_of(resource: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in resource["Tags"]}


def test_refused_then_predicted_then_done_then_unchanged(world: World, share: Share) -> None:
    keys = {region: world.key(region=region) for region in (REGION, *ABROAD)}
    source = world.image("golden-web", keys[REGION], tags={"Release": "stable", "Team": "images"})
    wanted = {
        "share_source": {"image_id": source, "region": REGION},
        "share_regions": list(ABROAD),
        "share_kms_keys": {region: keys[region] for region in ABROAD},
        "share_copy_name": "golden-web-copy",
        "share_copy_tags": {"Team": "platform"},
        "share_account_ids": [CONSUMER, LEADING_ZERO],
    }

    run = share(
        **wanted
        | {
            "share_regions": [OTHER_REGION, "eu-wset-1"],
            "share_kms_keys": {OTHER_REGION: keys[REGION], "us-west-2": "alias/golden"},
            "share_copy_tags": {"aws:team": "x"},
            "share_copy_completion_minutes": 20,
        }
    )

    assert (run.code, run.calls) == (2, [])
    one_of(run.refusals, "share_regions, item 2: 'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?")
    one_of(run.refusals, "share_kms_keys: us-west-2 is not among share_regions.")
    one_of(run.refusals, f"share_kms_keys: '{keys[REGION]}'", REGION)
    one_of(run.refusals, "share_copy_tags: 'aws:team' starts with 'aws:'")
    one_of(run.refusals, "share_copy_completion_minutes: 20 is not possible")
    assert len(run.refusals) == 5

    # One Region has no key, another the AWS managed one: nothing starts, in the Region that would be right neither.
    run = share(
        **wanted
        | {
            "share_regions": [*ABROAD, "us-west-2"],
            "share_kms_keys": {OTHER_REGION: keys[OTHER_REGION], THIRD_REGION: "alias/aws/ebs"},
        }
    )

    assert (run.code, run.writes, run.changed) == (2, [], 0)
    assert run.message.startswith("Refused before the first write, nothing was changed:")
    one_of(run.message.splitlines(), THIRD_REGION, "is an AWS managed key: a copy encrypted with it cannot be shared")
    one_of(run.message.splitlines(), "us-west-2", f"{source} is encrypted and no share_kms_keys is given")

    preview = share(check=True, **wanted)

    assert (preview.code, preview.writes) == (0, []), preview.message
    assert preview.result["changed"]
    shown = [line.split()[:3] for line in preview.result["table"]]
    assert [line for line in shown if line and line[0] in ABROAD] == [[one, "(new", "copy)"] for one in ABROAD]
    assert [image["image_id"] for image in preview.result["results"]] == [None, None]
    assert [copies_of(world, source, region) for region in ABROAD] == [[], []]

    world.aws.set_copies(seconds=2)
    run = share(**wanted)

    assert run.code == 0, run.message
    assert run.changed
    assert operations(run) == ["CopyImage"] * 2 + ["CreateGrant"] * 4 + ["ModifyImageAttribute"] * 2
    made = {image["region"]: image["image_id"] for image in run.result["results"]}
    assert set(made) == set(ABROAD)
    for region, image_id in made.items():
        assert f"copy: {region}: {image_id} is being copied" in run.progress
        assert any(line.startswith(f"copy: {region}: {image_id} is available after") for line in run.progress)
        [copy] = copies_of(world, source, region)
        snapshot = snapshot_of(world, image_id, region)
        assert (copy["ImageId"], copy["Name"]) == (image_id, "golden-web-copy")
        assert tags_of(copy) == {"Release": "stable", "Team": "platform"}
        assert (snapshot["KmsKeyId"], tags_of(snapshot)) == (keys[region], {"Team": "platform"})
        for account in (CONSUMER, LEADING_ZERO):
            assert launch(world, image_id, region, account) == "running"
    # The source is copied, not shared, and its key is nobody's business.
    assert (permissions(world, source), grantees(world, keys[REGION])) == ([], [])
    shown = [line.split()[:2] for line in run.result["table"]]
    assert [line for line in shown if line and line[0] in ABROAD] == [[one, made[one]] for one in ABROAD]
    assert {image["status"] for image in run.result["results"]} == {"changed"}

    again = share(**wanted)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert [image["image_id"] for image in again.result["results"]] == [made[one] for one in ABROAD]

    # As long as there are copies, they do not need their source.
    world.client("ec2").deregister_image(ImageId=source)
    more = share(**wanted | {"share_account_ids": [CONSUMER, "222233334444"]})

    assert more.code == 0, more.message
    assert operations(more) == ["CreateGrant"] * 2 + ["ModifyImageAttribute"] * 2
    assert launch(world, made[THIRD_REGION], THIRD_REGION, "222233334444") == "running"


def test_a_survey_with_one_alias_the_source_itself_and_other_amis(world: World, share: Share) -> None:
    """As text, and three kinds of AMIs in one run: a source where it is, its copy, and one that is named."""
    keys = {region: world.key("alias/golden", region=region) for region in (REGION, OTHER_REGION)}
    source = world.image("golden-web", keys[REGION])
    named = world.image("golden-db", region=THIRD_REGION)
    wanted = {
        "share_source": f"{source} {REGION}",
        "share_regions": f"{REGION}\r\n{OTHER_REGION}\r\n",
        "share_kms_keys": "alias/golden\n",
        "share_images": f"{named} {THIRD_REGION}",
        "share_copy_tags": "Team=platform\r\nRelease=stable",
        "share_account_ids": CONSUMER,
    }

    preview = share(check=True, **wanted)

    assert (preview.code, preview.writes) == (0, []), preview.message
    assert sorted(str(image["image_id"]) for image in preview.result["results"]) == sorted([source, named, "None"])
    assert preview.table.count("(new copy)") == 1
    assert [one["launch_permission"] for one in preview.result["consumers"]] == ["added"] * 3

    run = share(**wanted)

    assert run.code == 0, run.message
    assert operations(run) == ["CopyImage", "CreateGrant", "CreateGrant", *["ModifyImageAttribute"] * 3]
    [copy] = copies_of(world, source, OTHER_REGION)
    assert (copy["Name"], tags_of(copy)) == ("golden-web", {"Team": "platform", "Release": "stable"})
    for image_id, region in ((source, REGION), (copy["ImageId"], OTHER_REGION), (named, THIRD_REGION)):
        assert launch(world, image_id, region) == "running"
    again = share(**wanted)
    assert (again.code, again.writes) == (0, [])
    # Only the source's own Region: nothing to copy, nothing to look for.
    home = share(share_source=f"{source} {REGION}", share_regions=REGION, share_account_ids=CONSUMER)
    assert (home.code, home.writes) == (0, [])


def test_encryption_by_default_and_a_multi_region_key(world: World, share: Share) -> None:
    """The copy of an unencrypted AMI comes out encrypted there, under a key that cannot be shared, unless one is given."""
    primary = world.key(MultiRegion=True)
    world.client("kms").replicate_key(KeyId=primary, ReplicaRegion=OTHER_REGION)
    replica = primary.replace(REGION, OTHER_REGION)
    source = world.image("plain")
    world.client("ec2", OTHER_REGION).enable_ebs_encryption_by_default()
    wanted = {
        "share_source": f"{source} {REGION}",
        "share_regions": list(ABROAD),
        "share_account_ids": CONSUMER,
        "share_organization_arns": ORGANIZATION,
    }

    run = share(**wanted)

    assert (run.code, run.writes) == (2, [])
    one_of(run.message.splitlines(), f"EBS encryption by default is on in {OTHER_REGION}", "no share_kms_keys is given")
    assert "encryption by default is on in eu-central-1" not in run.message

    run = share(**wanted | {"share_kms_keys": f"{OTHER_REGION}={primary}"})

    assert run.code == 0, run.message
    made = {image["region"]: image for image in run.result["results"]}
    assert [made[region]["key_arns"] for region in ABROAD] == [[replica], []]
    # Grants and statements are per Region, also those of a multi-Region key.
    assert [write for write in run.writes if write[0] == "PutKeyPolicy"] == [("PutKeyPolicy", OTHER_REGION)]
    statement = world.client("kms", OTHER_REGION).get_key_policy(KeyId=replica, PolicyName="default")["Policy"]
    assert "GoldenAmiOrganizations" in statement and ORGANIZATION.rpartition("/")[2] in statement
    root = f"arn:aws:iam::{CONSUMER}:root"
    assert (grantees(world, replica, OTHER_REGION), grantees(world, primary)) == ([root], [])
    for region in ABROAD:
        assert launch(world, made[region]["image_id"], region) == "running"


def test_copies_that_are_not_the_ones_asked_for(world: World, share: Share) -> None:
    keys = {region: world.key(region=region) for region in (REGION, *ABROAD)}
    other_key = world.key(region=OTHER_REGION)
    source = world.image("golden-web", keys[REGION])
    copies = []
    for region, key, name in (
        (OTHER_REGION, other_key, "by-hand"),
        (THIRD_REGION, keys[THIRD_REGION], "one"),
        (THIRD_REGION, keys[THIRD_REGION], "two"),
    ):
        request = {"Name": name, "SourceImageId": source, "SourceRegion": REGION, "Encrypted": True, "KmsKeyId": key}
        copies.append(world.client("ec2", region).copy_image(**request)["ImageId"])

    wanted = {
        "share_source": f"{source} {REGION}",
        "share_regions": [REGION, *ABROAD],
        "share_kms_keys": {region: keys[region] for region in ABROAD},
        "share_account_ids": CONSUMER,
    }
    run = share(**wanted)

    assert (run.code, run.writes, run.changed) == (2, [], 0)
    one_of(
        run.message.splitlines(), copies[0], f"encrypted with {other_key}", f"the requested key is {keys[OTHER_REGION]}"
    )
    one_of(run.message.splitlines(), THIRD_REGION, f"{copies[1]} (one", f"{copies[2]} (two")
    assert not sees(world, source)

    # As the message says: ask for the key that it has, and deregister all but one.
    world.client("ec2", THIRD_REGION).deregister_image(ImageId=copies[1])
    run = share(**wanted | {"share_kms_keys": {OTHER_REGION: other_key, THIRD_REGION: keys[THIRD_REGION]}})

    assert run.code == 0, run.message
    assert operations(run) == ["CreateGrant"] * 3 + ["ModifyImageAttribute"] * 3
    assert launch(world, copies[0], OTHER_REGION) == launch(world, copies[2], THIRD_REGION) == "running"


def test_one_copy_fails(world: World, share: Share) -> None:
    """Its Region is waited for no longer, the other is shared, and the run says it in the end."""
    keys = {region: world.key("alias/golden", region=region) for region in (REGION, *ABROAD)}
    source = world.image("golden-web", keys[REGION])
    reason = "Copy image failed with an internal error"
    world.aws.set_copies(seconds=2, failing=[{"region": THIRD_REGION, "state_reason": reason}])
    wanted = {
        "share_source": f"{source} {REGION}",
        "share_regions": list(ABROAD),
        "share_kms_keys": "alias/golden",
        "share_account_ids": CONSUMER,
    }

    run = share(**wanted)

    assert (run.code) == (2)
    assert operations(run) == ["CopyImage", "CopyImage", "CreateGrant", "ModifyImageAttribute"]
    [failed] = copies_of(world, source, THIRD_REGION)
    [copy] = copies_of(world, source, OTHER_REGION)
    assert failed["ImageId"] in run.message and reason in run.message
    assert [one["launch_permission"] for one in run.result["consumers"] if one["region"] == THIRD_REGION] == [
        "held_back"
    ]
    assert launch(world, copy["ImageId"], OTHER_REGION) == "running"
    result = run.result
    assert (result["failed"], result["changed"], len(result["failures"])) == (True, True, 1)
    by_region = {image["region"]: image for image in result["results"]}
    assert (by_region[OTHER_REGION]["status"], by_region[THIRD_REGION]["status"]) == ("changed", "failed")
    assert by_region[THIRD_REGION]["error"]["code"] == "copy_failed"
    assert {one["region"]: one["ready"] for one in result["consumers"]} == {OTHER_REGION: True, THIRD_REGION: False}
    assert [one["launch_permission"] for one in result["consumers"]] == ["added", "held_back"]

    run = share(**wanted)

    assert run.code == 0, run.message
    assert operations(run) == ["CopyImage", "CreateGrant", "ModifyImageAttribute"]
    assert launch(world, run.result["results"][-1]["image_id"], THIRD_REGION) == "running"
    assert failed["ImageId"] not in [image["image_id"] for image in run.result["results"]]


def test_an_interrupted_run_is_picked_up(world: World, share: Share) -> None:
    """Copies that are pending are waited for; none is started twice."""
    keys = {region: world.key("alias/golden", region=region) for region in (REGION, *ABROAD)}
    source = world.image("golden-web", keys[REGION])
    world.aws.set_copies(seconds=3600)
    begun = time.monotonic()
    wanted = {
        "share_source": f"{source} {REGION}",
        "share_regions": list(ABROAD),
        "share_kms_keys": "alias/golden",
        "share_account_ids": CONSUMER,
    }

    run = share(**wanted, share_copy_wait_timeout=1)

    assert (run.code, operations(run)) == (2, ["CopyImage", "CopyImage"])
    assert run.message.count("is still pending") == 2
    assert run.message.count("Run again: the next run waits for this copy and starts no other one.") == 2
    assert {image["error"]["code"] for image in run.result["results"]} == {"wait_timeout"}

    # Pending, also for who only looks: the shares of it are foretold, and it has its ID already.
    preview = share(check=True, **wanted)

    assert (preview.code, preview.writes) == (0, []), preview.message
    pending = {region: copies_of(world, source, region)[0]["ImageId"] for region in ABROAD}
    assert {image["region"]: image["image_id"] for image in preview.result["results"]} == pending
    assert [one["launch_permission"] for one in preview.result["consumers"]] == ["added"] * 2

    # Still pending when the run looks for them, and done soon after.
    world.aws.set_copies(seconds=time.monotonic() - begun + 12)
    run = share(**wanted)

    assert run.code == 0, run.message
    assert operations(run) == ["CreateGrant", "CreateGrant", "ModifyImageAttribute", "ModifyImageAttribute"]
    for region, image_id in pending.items():
        assert f"copy: {region}: {image_id} is being copied since an earlier run" in run.progress
        assert [copy["ImageId"] for copy in copies_of(world, source, region)] == [image_id]
        assert launch(world, image_id, region) == "running"
    assert {call["account"] for call in run.calls} == {OWNER}


def test_a_copy_with_another_key_beside_the_source(world: World, share: Share) -> None:
    """The cure for an AMI with the AWS managed key: a copy of it in its own Region, which is shared instead."""
    managed = world.client("kms").describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    key = world.key("alias/golden")
    source = world.image("golden-web", managed, tags={"Release": "stable"})
    wanted = {
        "share_source": f"name=golden-* tag:Release=stable {REGION}",
        "share_regions": REGION,
        "share_account_ids": CONSUMER,
    }

    refused = share(**wanted)

    assert (refused.code, refused.writes) == (2, [])
    one_of(refused.refusals, source, "AWS managed key", "image_copy")

    wanted["share_kms_keys"] = f"{REGION}=alias/golden"
    run = share(**wanted)

    assert run.code == 0, run.message
    [copy] = copies_of(world, source, REGION)
    assert operations(run) == ["CopyImage", "CreateGrant", "ModifyImageAttribute"]
    assert [entry["image_id"] for entry in run.result["consumers"]] == [copy["ImageId"]]
    assert launch(world, copy["ImageId"]) == "running"
    assert not sees(world, source)

    again = share(**wanted)

    assert (again.code, again.writes) == (0, [])
    assert [entry["image_id"] for entry in again.result["consumers"]] == [copy["ImageId"]]

    # An AMI that has that key already serves as it is.
    fine = world.image("golden-db", key)
    run = share(**wanted | {"share_source": f"{fine} {REGION}"})

    assert operations(run) == ["ModifyImageAttribute"]
    assert [entry["image_id"] for entry in run.result["consumers"]] == [fine]
