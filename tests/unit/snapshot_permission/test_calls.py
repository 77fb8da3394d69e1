# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about snapshots, one by one, against AWS's published examples and the service model."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._image import read as read_image
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import apply as apply_snapshot_permission
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import read as read_snapshot_permission
from tests.unit.builders import ALICE, BOB, OWNER, REGION, SNAPSHOT_ID, shared_with
from tests.unit.fake_aws import example

NOBODY = frozenset()
ATTRIBUTE = {"SnapshotId": SNAPSHOT_ID, "Attribute": "createVolumePermission"}


def test_read_snapshot_permissions__published_example(ec2):
    asked, answer = example("ec2", "to-describe-snapshot-attributes")
    ec2.add_response("describe_snapshot_attribute", answer, asked)

    assert read_snapshot_permission.read_snapshot_permissions(ec2.client, REGION, asked["SnapshotId"]) == NOBODY


def test_read_snapshot_permissions__accounts_and_everybody(ec2):
    entries = [{"UserId": BOB}, {"Group": "all"}, {"UserId": ALICE}]
    ec2.add_response("describe_snapshot_attribute", {"CreateVolumePermissions": entries}, ATTRIBUTE)

    found = read_snapshot_permission.read_snapshot_permissions(ec2.client, REGION, SNAPSHOT_ID)

    assert found == shared_with(ALICE, BOB, public=True)


def test_modify_snapshot_permissions__published_example(ec2):
    asked, answer = example("ec2", "to-modify-a-snapshot-attribute")
    ec2.add_response("modify_snapshot_attribute", answer, asked)

    delta = Delta(NOBODY, shared_with(*asked["UserIds"]))
    apply_snapshot_permission.modify_snapshot_permissions(ec2.client, REGION, asked["SnapshotId"], delta)


def test_modify_snapshot_permissions__all_accounts_in_one_request(ec2):
    ec2.add_response("modify_snapshot_attribute", {}, {**ATTRIBUTE, "OperationType": "add", "UserIds": [ALICE, BOB]})

    apply_snapshot_permission.modify_snapshot_permissions(
        ec2.client, REGION, SNAPSHOT_ID, Delta(shared_with(BOB, ALICE), NOBODY)
    )


def test_read_snapshots__everything_that_decides(ec2):
    shown = {"SnapshotId": SNAPSHOT_ID, "OwnerId": OWNER, "State": "error", "StateMessage": "Key is not accessible"}
    ec2.add_response("describe_snapshots", {"Snapshots": [shown]})

    found = read_image.read_snapshots(ec2.client, REGION, [SNAPSHOT_ID])[SNAPSHOT_ID]

    assert (found.owner_id, found.state, found.state_reason) == (OWNER, "error", "Key is not accessible")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("describe_snapshot_attribute", "AuthFailure"),
        ("describe_snapshot_attribute", "InvalidSnapshot.NotFound"),
        ("modify_snapshot_attribute", "OperationNotPermitted"),
        ("modify_snapshot_attribute", "InvalidSnapshot.NotFound"),
        ("modify_snapshot_attribute", "UnauthorizedOperation"),
        ("modify_snapshot_attribute", "RequestLimitExceeded"),
        ("modify_snapshot_attribute", "AuthFailure"),
    ],
)
def test_errors__carry_code_action_region_and_next_step(ec2, operation, code):
    ec2.add_client_error(operation, code, "AWS's own words")

    with pytest.raises(AwsCallError) as raised:
        if operation.startswith("describe"):
            read_snapshot_permission.read_snapshot_permissions(ec2.client, REGION, SNAPSHOT_ID)
        else:
            apply_snapshot_permission.modify_snapshot_permissions(
                ec2.client, REGION, SNAPSHOT_ID, Delta(shared_with(ALICE), NOBODY)
            )

    failure = raised.value.failure
    assert (failure.code, failure.message, failure.region) == (code, "AWS's own words", REGION)
    assert failure.action == "ec2:" + "".join(word.capitalize() for word in operation.split("_"))
    assert failure.next_step
