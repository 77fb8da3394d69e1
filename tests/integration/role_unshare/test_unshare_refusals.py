# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What image_unshare refuses, what it does not know, and what it does when a part fails."""

from __future__ import annotations

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions
from tests.integration.role_unshare.test_unshare import LAYERS, layers
from tests.integration.world import (
    CALLER,
    CONSUMER,
    ORGANIZATION,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    UNKNOWN_IMAGE,
    World,
    fault,
    statement,
)


def test_wrong_in_shape(world: World, unshare: Share) -> None:
    run = unshare(
        unshare_images=f"ami-1 {REGION}\n{UNKNOWN_IMAGE}",
        unshare_regions="eu-wset-1",
        unshare_keys=["alias/aws ebs"],
        unshare_account_ids=[1402433619],
        unshare_everything=True,
        unshare_organizational_unit_paths="o-exampleorgid/r-abcd",
        unshare_grant_name="golden ami",
        unshare_force="perhaps",
        unshare_usage_timeout=0,
    )

    assert (run.code, run.calls, run.changed) == (2, [], False)
    one_of(run.refusals, "unshare_images, line 1", "'ami-1' is not an AMI ID")
    one_of(run.refusals, "unshare_keys", "'ebs'")
    one_of(run.refusals, "unshare_account_ids", "012345670123")
    one_of(run.refusals, "unshare_everything", "cannot be combined with unshare_account_ids")
    one_of(run.refusals, "unshare_regions", "Did you mean 'eu-west-1'?")
    one_of(run.refusals, "unshare_organizational_unit_paths", "'o-exampleorgid/r-abcd'")
    one_of(run.refusals, "unshare_grant_name", "contains ' '")
    one_of(run.refusals, "unshare_force", "neither true nor false")
    one_of(run.refusals, "unshare_usage_timeout")
    assert "Refused, nothing was changed." in run.table

    nobody = unshare(unshare_images=f"{UNKNOWN_IMAGE} {REGION}", unshare_account_ids="", unshare_everything="")

    assert (nobody.code, nobody.calls) == (2, [])
    assert "nothing to act on: give unshare_account_ids" in nobody.message


def test_usage_that_cannot_be_told(world: World, unshare: Share) -> None:
    """Not known is not unused: the run refuses, until somebody says that it does not matter."""
    image_id = world.image("golden", shared_with=[{"UserId": CONSUMER}, {"OrganizationArn": ORGANIZATION}])
    wanted = {"unshare_images": f"{image_id} {REGION}", "unshare_account_ids": CONSUMER}
    denied = fault("ec2", "CreateImageUsageReport", image_id, "UnauthorizedOperation", "Not for you", status=403)
    world.aws.set_faults([denied])

    refused = unshare(**wanted)

    assert refused.code == 2
    assert f"CreateImageUsageReport as {CALLER}" in refused.message and "UnauthorizedOperation" in refused.message
    assert "unshare_check_usage=false" in refused.message
    assert {"UserId": CONSUMER} in permissions(world, image_id)
    world.aws.set_faults([])
    world.aws.set_usage_reports(ends={image_id: {"state": "error", "state_reason": "The report is broken"}})

    broken = unshare(**wanted)

    assert broken.code == 2
    assert "The report is broken" in broken.message
    assert {"UserId": CONSUMER} in permissions(world, image_id)
    world.aws.set_usage_reports(ends={image_id: {"state": "pending"}})

    late = unshare(**wanted, unshare_usage_timeout=1)

    assert late.code == 2
    assert "still pending after 1 s" in late.message and "unshare_usage_timeout" in late.message
    assert any(line.startswith("usage: waiting for the reports") for line in late.progress)

    unasked = unshare(**wanted, unshare_check_usage="no")

    assert (unasked.code, unasked.writes) == (0, [("ModifyImageAttribute", REGION)])
    assert "was not asked" in unasked.table
    # Nobody else loses anything.
    assert permissions(world, image_id) == [{"OrganizationArn": ORGANIZATION}]


def test_a_part_that_fails(world: World, share: Share, unshare: Share) -> None:
    """An AMI that kept its launch permission keeps its key access; the others go on; the run fails and says what is left."""
    keys = {region: world.key(region=region) for region in (REGION, OTHER_REGION)}
    images = {region: world.image("golden", key, region) for region, key in keys.items()}
    foreign = world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}])
    listed = [f"{image_id} {region}" for region, image_id in images.items()]
    assert share(share_images=listed, share_account_ids=[CONSUMER]).code == 0
    wanted = {"unshare_account_ids": [CONSUMER], "unshare_key_access": True}

    not_ours = unshare(unshare_images=[*listed, f"{foreign} {REGION}"], **wanted)

    assert (not_ours.code, not_ours.writes) == (2, [])
    one_of(not_ours.refusals, foreign, f"belongs to account {OTHER}")
    denied = fault("ec2", "ModifyImageAttribute", images[OTHER_REGION], "UnauthorizedOperation", "No", status=403)
    world.aws.set_faults([denied])

    run = unshare(unshare_images=listed, **wanted)

    assert (run.code, run.changed) == (2, True)
    assert layers(run, "region", "launch_permission", "key_access") == [
        (REGION, "removed", "removed"),
        (OTHER_REGION, "failed", "kept"),
    ]
    [failure] = run.result["failures"]
    assert failure.startswith(f"ec2:ModifyImageAttribute as {CALLER}: UnauthorizedOperation: No. Next: ")
    assert failure.endswith(f"This concerns {CONSUMER} on {images[OTHER_REGION]} in {OTHER_REGION}.")
    assert (launch(world, images[REGION]), launch(world, images[OTHER_REGION], OTHER_REGION)) == (
        "AuthFailure",
        "running",
    )
    world.aws.set_faults([])

    again = unshare(unshare_images=[*listed, f"{UNKNOWN_IMAGE} {REGION}"], **wanted, unshare_force=True)

    assert again.code == 0, again.message
    assert f"{UNKNOWN_IMAGE} is not in {REGION}" in again.table
    assert [grantees(world, key, region) for region, key in keys.items()] == [[], []]


def test_each_failure_stays_with_its_layer(world: World, share: Share, unshare: Share) -> None:
    """A grant that cannot be revoked is no failure of the launch permission that did go, nor of the other consumer."""
    key = world.key()
    image_id = world.image("golden", key)
    shared = {"share_images": f"{image_id} {REGION}", "share_account_ids": [CONSUMER, OTHER], "share_snapshots": True}
    assert share(**shared).code == 0
    [grant] = [
        one["GrantId"]
        for one in world.client("kms").list_grants(KeyId=key)["Grants"]
        if CONSUMER in one["GranteePrincipal"]
    ]
    world.aws.set_faults(
        [
            fault("kms", "RevokeGrant", grant, "AccessDeniedException", "No"),
            fault("ec2", "ModifySnapshotAttribute", "", "UnauthorizedOperation", "No", status=403),
        ]
    )

    run = unshare(
        unshare_images=f"{image_id} {REGION}",
        unshare_account_ids=[CONSUMER, OTHER],
        unshare_key_access=True,
        unshare_snapshots=True,
    )

    assert (run.code, run.changed) == (2, True)
    assert layers(run, "consumer", *LAYERS) == [
        (CONSUMER, "removed", "failed", "failed"),
        (OTHER, "removed", "removed", "failed"),
    ]
    assert len(run.result["failures"]) == 2
    one_of(run.result["failures"], "kms:RevokeGrant", f"This concerns {CONSUMER} on {image_id}")
    one_of(run.result["failures"], "ec2:ModifySnapshotAttribute", f"This concerns {CONSUMER}, {OTHER} on {image_id}")
    assert permissions(world, image_id) == []


def test_a_policy_that_cannot_be_written_is_refused_before_the_first_write(
    world: World, share: Share, unshare: Share
) -> None:
    twice = [statement(CONSUMER, "GoldenAmiAccounts"), statement(OTHER, "GoldenAmiAccounts")]
    key = world.key_with_policy(*twice)
    image_id = world.image("golden", key)
    assert share(share_images=f"{image_id} {REGION}", share_account_ids=[CONSUMER]).code == 0
    wanted = {"unshare_images": f"{image_id} {REGION}", "unshare_account_ids": [CONSUMER]}

    refused = unshare(**wanted, unshare_key_access=True)

    assert (refused.code, refused.writes) == (2, [])
    one_of(refused.refusals, key, "more than one statement with the Sid 'GoldenAmiAccounts'")
    assert {"UserId": CONSUMER} in permissions(world, image_id)
    assert unshare(**wanted).code == 0


def test_a_policy_that_cannot_be_read_is_not_one_without_statements(world: World, share: Share, unshare: Share) -> None:
    key = world.key()
    image_id = world.image("golden", key)
    assert share(share_images=f"{image_id} {REGION}", share_account_ids=[CONSUMER]).code == 0
    world.aws.set_faults([fault("kms", "GetKeyPolicy", key, "AccessDeniedException", "Not for you")])

    run = unshare(unshare_images=f"{image_id} {REGION}", unshare_account_ids=[CONSUMER], unshare_key_access=True)

    assert run.code == 0, run.message
    assert layers(run, "launch_permission", "key_access", "gone") == [("removed", "unknown", False)]
    one_of(run.result["notes"], "allow it is not known", "kms:GetKeyPolicy", CONSUMER)
    assert grantees(world, key) == []
