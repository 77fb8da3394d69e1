# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta
from ansible_collections.golden.ami.plugins.module_utils._call import regions
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._image import read as read_image
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy import apply as apply_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy import read as read_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import copy_image_parameters
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import CopyRequest
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import apply as apply_launch_permission
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read as read_launch_permission
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    accounts,
    image,
    shared_with,
)
from tests.unit.fake_aws import example

SEEN_BY_OWNER = {"IncludeDeprecated": True, "IncludeDisabled": True}
LARGEST_PAGE = {"MaxResults": 1000}
MINIMAL = {"ImageId": IMAGE_ID, "State": "available", "OwnerId": OWNER}


def add(*principals, remove=frozenset(), **kinds):
    return Delta(add=shared_with(*principals, **kinds), remove=remove)


def by_id(*image_ids):
    return {**SEEN_BY_OWNER, "ImageIds": list(image_ids)}


def test_read_images__published_example(ec2):
    asked, answer = example("ec2", "to-describe-an-ami")
    ec2.add_response("describe_images", answer, by_id(*asked["ImageIds"]))

    [found] = list(read_image.read_images(ec2.client, REGION, asked["ImageIds"]).values())

    assert (found.image_id, found.region, found.name, found.state) == ("ami-5731123e", REGION, "My server", "available")
    assert (found.owner_id, found.snapshot_ids) == ("123456789012", ("snap-1234567890abcdef0",))


def test_read_images__what_ec2_may_leave_out(ec2):
    """No description, name, tags or volumes; instance store and ephemeral mappings have no snapshot."""
    mappings = [{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}, {"DeviceName": "/dev/sdc", "Ebs": {}}]
    images = [MINIMAL, {**MINIMAL, "ImageId": OTHER_IMAGE_ID, "BlockDeviceMappings": mappings}]
    ec2.add_response("describe_images", {"Images": images}, by_id(IMAGE_ID, OTHER_IMAGE_ID))

    found = read_image.read_images(ec2.client, REGION, [IMAGE_ID, OTHER_IMAGE_ID])

    assert [(one.name, one.snapshot_ids, one.tags) for one in found.values()] == [("", (), {})] * 2


def test_read_images__everything_that_decides(ec2):
    image = {
        **MINIMAL,
        "State": "failed",
        "StateReason": {"Code": "Client.InternalError", "Message": "Key is not accessible"},
        "CreationDate": "2026-11-02T09:30:00.000Z",
        "ProductCodes": [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}],
        "Tags": [{"Key": "Role", "Value": "web server"}],
    }
    ec2.add_response("describe_images", {"Images": [image]}, by_id(IMAGE_ID))

    found = read_image.read_images(ec2.client, REGION, [IMAGE_ID])[IMAGE_ID]

    assert (found.state, found.state_reason) == ("failed", "Key is not accessible")
    assert (found.creation_date, found.product_codes) == ("2026-11-02T09:30:00.000Z", ("abc",))
    assert found.tags == {"Role": "web server"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidAMIID.NotFound", f"The image id '[{OTHER_IMAGE_ID}]' does not exist"),
        ("InvalidAMIID.Malformed", f'Invalid id: "{OTHER_IMAGE_ID}" (expecting "ami-...")'),
    ],
)
def test_read_images__one_unknown_id_does_not_hide_the_others(ec2, code, message):
    """It fails the call, which names it; an ID of 17 digits that was never given out is malformed to EC2."""
    ec2.add_client_error("describe_images", code, message, expected_params=by_id(IMAGE_ID, OTHER_IMAGE_ID))
    ec2.add_response("describe_images", {"Images": [MINIMAL]}, by_id(IMAGE_ID))

    assert list(read_image.read_images(ec2.client, REGION, [IMAGE_ID, OTHER_IMAGE_ID])) == [IMAGE_ID]


def test_read_images__all_unknown(ec2):
    message = f"The image ids '[{IMAGE_ID}, {OTHER_IMAGE_ID}]' do not exist"
    ec2.add_client_error("describe_images", "InvalidAMIID.NotFound", message)

    assert read_image.read_images(ec2.client, REGION, [IMAGE_ID, OTHER_IMAGE_ID]) == {}


def test_read_images__what_is_not_shown_is_not_there(ec2):
    """Deregistered lately, or of another account that has not shared it."""
    ec2.add_response("describe_images", {"Images": []}, by_id(IMAGE_ID))

    assert read_image.read_images(ec2.client, REGION, [IMAGE_ID]) == {}


def test_read_snapshots__unknown_ones_are_named_one_by_one(ec2):
    one, two, three = "snap-00000001", "snap-00000002", "snap-00000003"
    for asked, unknown in (([one, two, three], one), ([two, three], three)):
        message = f"The snapshot '{unknown}' does not exist."
        expected = {"SnapshotIds": asked}
        ec2.add_client_error("describe_snapshots", "InvalidSnapshot.NotFound", message, expected_params=expected)
    known = {"SnapshotId": two, "OwnerId": OWNER, "State": "completed"}
    ec2.add_response("describe_snapshots", {"Snapshots": [known]}, {"SnapshotIds": [two]})

    assert list(read_image.read_snapshots(ec2.client, REGION, [one, two, three])) == [two]


def test_read_own_images__pages(ec2):
    """A name or tags are looked up page by page, as EC2 advises."""
    asked = {**SEEN_BY_OWNER, **LARGEST_PAGE, "Owners": ["self"], "Filters": [{"Name": "name", "Values": ["golden-*"]}]}
    ec2.add_response("describe_images", {"Images": [MINIMAL], "NextToken": "more"}, asked)
    more = {"Images": [{**MINIMAL, "ImageId": OTHER_IMAGE_ID}]}
    ec2.add_response("describe_images", more, {**asked, "NextToken": "more"})

    found = read_image.read_own_images(ec2.client, REGION, ImageSelector(REGION, name="golden-*"))

    assert set(found) == {IMAGE_ID, OTHER_IMAGE_ID}


def test_read_images__more_than_one_request_may_hold(ec2):
    image_ids = [f"ami-{number:017x}" for number in range(401)]
    for start, end in ((0, 200), (200, 400), (400, 401)):
        listed = [{**MINIMAL, "ImageId": image_id} for image_id in image_ids[start:end]]
        ec2.add_response("describe_images", {"Images": listed}, by_id(*image_ids[start:end]))

    assert list(read_image.read_images(ec2.client, REGION, image_ids)) == image_ids


def test_read_images__of_none_is_no_call(ec2):
    assert read_image.read_images(ec2.client, REGION, []) == {}
    assert read_image.read_snapshots(ec2.client, REGION, []) == {}


def test_read_own_images__never_anybody_elses(ec2):
    filters = [{"Name": "tag:Role", "Values": ["web"]}, {"Name": "name", "Values": ["golden-*"]}]
    ec2.add_response(
        "describe_images",
        {"Images": [MINIMAL]},
        {**SEEN_BY_OWNER, **LARGEST_PAGE, "Owners": ["self"], "Filters": filters},
    )
    selector = ImageSelector(REGION, name="golden-*", tags=(("Role", "web"),))

    assert list(read_image.read_own_images(ec2.client, REGION, selector)) == [IMAGE_ID]


def test_read_snapshots__published_example(ec2):
    asked, answer = example("ec2", "to-describe-a-snapshot-1472503807850")
    ec2.add_response("describe_snapshots", answer, asked)

    found = read_image.read_snapshots(ec2.client, REGION, asked["SnapshotIds"] * 2)

    # The example is older than encryption: what it does not say is not known.
    expected = Snapshot("snap-1234567890abcdef0", True, "", owner_id="012345678910", state="completed")
    assert found == {"snap-1234567890abcdef0": expected}


@pytest.mark.parametrize(
    ("shown", "progress"), [({"Progress": "42%"}, 42), ({"Progress": "100%"}, 100), ({"Progress": ""}, 0), ({}, 100)]
)
def test_read_snapshots__how_far_a_copy_is(ec2, shown, progress):
    snapshot = {"SnapshotId": SNAPSHOT_ID, "OwnerId": OWNER, "State": "pending", "StateMessage": "No access", **shown}
    ec2.add_response("describe_snapshots", {"Snapshots": [snapshot]})

    found = read_image.read_snapshots(ec2.client, REGION, [SNAPSHOT_ID])[SNAPSHOT_ID]

    assert (found.progress, found.state_reason) == (progress, "No access")


def test_read_snapshots__tells_the_key(ec2):
    snapshot = {
        "SnapshotId": SNAPSHOT_ID,
        "OwnerId": OWNER,
        "State": "completed",
        "Encrypted": True,
        "KmsKeyId": KEY_ARN,
    }
    ec2.add_response("describe_snapshots", {"Snapshots": [snapshot]}, {"SnapshotIds": [SNAPSHOT_ID]})

    assert read_image.read_snapshots(ec2.client, REGION, [SNAPSHOT_ID])[SNAPSHOT_ID].key_arn == KEY_ARN


@pytest.mark.parametrize("encrypted", [True, False])
def test_read_images__tells_which_snapshots_are_encrypted(ec2, encrypted):
    """From the AMI itself: the snapshots of another account's AMI need not be visible."""
    disks = [
        {"Ebs": {"SnapshotId": "snap-1", "Encrypted": False}},
        {"Ebs": {"SnapshotId": "snap-2", "Encrypted": encrypted}},
    ]
    ec2.add_response("describe_images", {"Images": [{**MINIMAL, "BlockDeviceMappings": disks}]}, by_id(IMAGE_ID))

    found = read_image.read_images(ec2.client, REGION, [IMAGE_ID])[IMAGE_ID]

    assert (found.encrypted, found.encrypted_snapshot_ids) == (encrypted, ("snap-2",) if encrypted else ())


def test_read_images__a_blank_encrypted_volume_encrypts_no_snapshot(ec2):
    """It gets a key at launch, of the account that launches."""
    disks = [{"Ebs": {"SnapshotId": "snap-1", "Encrypted": False}}, {"Ebs": {"VolumeSize": 8, "Encrypted": True}}]
    ec2.add_response("describe_images", {"Images": [{**MINIMAL, "BlockDeviceMappings": disks}]}, by_id(IMAGE_ID))

    found = read_image.read_images(ec2.client, REGION, [IMAGE_ID])[IMAGE_ID]

    assert (found.encrypted, found.snapshot_ids) == (False, ("snap-1",))


def test_read_images__what_a_copy_was_made_of(ec2):
    copy = {**MINIMAL, "SourceImageId": OTHER_IMAGE_ID, "SourceImageRegion": "us-east-1"}
    ec2.add_response("describe_images", {"Images": [copy]}, by_id(IMAGE_ID))

    found = read_image.read_images(ec2.client, REGION, [IMAGE_ID])[IMAGE_ID]

    assert (found.source_image_id, found.source_region) == (OTHER_IMAGE_ID, "us-east-1")


def test_read_copies__by_their_source(ec2):
    filters = [
        {"Name": "source-image-id", "Values": [IMAGE_ID]},
        {"Name": "source-image-region", "Values": ["us-east-1"]},
    ]
    newer = {**MINIMAL, "ImageId": OTHER_IMAGE_ID, "CreationDate": "2026-11-03T00:00:00.000Z", "State": "pending"}
    older = {**MINIMAL, "CreationDate": "2026-11-02T00:00:00.000Z"}
    expected = {**SEEN_BY_OWNER, **LARGEST_PAGE, "Owners": ["self"], "Filters": filters}
    ec2.add_response("describe_images", {"Images": [newer, older]}, expected)

    found = read_copy.read_copies(ec2.client, REGION, IMAGE_ID, "us-east-1")

    assert [image.image_id for image in found] == [IMAGE_ID, OTHER_IMAGE_ID]


@pytest.mark.parametrize("on", [True, False])
def test_read_encryption_by_default__state(ec2, on):
    ec2.add_response("get_ebs_encryption_by_default", {"EbsEncryptionByDefault": on}, {})

    assert read_copy.read_encryption_by_default(ec2.client, REGION) is on


def test_read_default_key_id__as_aws_says_it(ec2):
    ec2.add_response("get_ebs_default_kms_key_id", {"KmsKeyId": "alias/aws/ebs"}, {})

    assert read_copy.read_default_key_id(ec2.client, REGION) == "alias/aws/ebs"


def test_copy_image__published_example(ec2):
    asked, answer = example("ec2", "to-copy-an-ami-to-another-region")
    ec2.add_response("copy_image", answer, {**asked, "ClientToken": "golden-ami-1"})

    assert apply_copy.copy_image(ec2.client, REGION, {**asked, "ClientToken": "golden-ami-1"}) == "ami-438bea42"


def test_copy_image__everything_that_is_ever_asked_for(ec2):
    request = CopyRequest(ImageSelector(REGION, IMAGE_ID), "", "For all", (("a", "1"),), True, 45)
    parameters = copy_image_parameters(request, image(), "golden", KEY_ARN) | {"ClientToken": "t" * 64}
    ec2.add_response("copy_image", {"ImageId": OTHER_IMAGE_ID}, parameters)

    assert apply_copy.copy_image(ec2.client, REGION, parameters) == OTHER_IMAGE_ID


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("ResourceLimitExceeded", "wait=true"),
        ("InvalidRequest", "create volume permission"),
        ("UnauthorizedOperation", "Allow ec2:CopyImage"),
        ("InvalidAMIID.NotFound", "Region"),
        ("IdempotentParameterMismatch", ""),
    ],
)
def test_copy_image__errors(ec2, code, step):
    ec2.add_client_error("copy_image", code, "refused")

    with pytest.raises(AwsCallError) as failed:
        apply_copy.copy_image(ec2.client, REGION, {"Name": "golden", "SourceImageId": IMAGE_ID, "SourceRegion": REGION})
    assert (failed.value.failure.code, failed.value.failure.action) == (code, "ec2:CopyImage")
    assert step in failed.value.failure.next_step


def test_read_launch_permissions__published_example(ec2):
    asked, answer = example("ec2", "to-describe-the-launch-permissions")
    ec2.add_response("describe_image_attribute", answer, asked)

    assert read_launch_permission.read_launch_permissions(ec2.client, REGION, asked["ImageId"]) == shared_with(
        "123456789012"
    )


def test_read_launch_permissions__every_kind(ec2):
    entries = [
        {"UserId": ALICE},
        {"Group": "all"},
        {"OrganizationArn": ORGANIZATION_ARN},
        {"OrganizationalUnitArn": UNIT_ARN},
    ]
    ec2.add_response("describe_image_attribute", {"ImageId": IMAGE_ID, "LaunchPermissions": entries})
    ec2.add_response("describe_image_attribute", {"ImageId": IMAGE_ID, "LaunchPermissions": []})

    assert read_launch_permission.read_launch_permissions(ec2.client, REGION, IMAGE_ID) == shared_with(
        ALICE, organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,), public=True
    )
    assert read_launch_permission.read_launch_permissions(ec2.client, REGION, IMAGE_ID) == frozenset()


def test_read_image_public_access_block__state(ec2):
    ec2.add_response(
        "get_image_block_public_access_state",
        {"ImageBlockPublicAccessState": "block-new-sharing", "ManagedBy": "declarative-policy"},
        {},
    )

    assert read_image.read_image_public_access_block(ec2.client, REGION) == "block-new-sharing"


def test_read_not_enabled_regions__published_example(ec2):
    _asked, answer = example("ec2", "ec2-describe-regions-1")
    expected = {"AllRegions": True, "Filters": [{"Name": "opt-in-status", "Values": ["not-opted-in"]}]}
    ec2.add_response("describe_regions", answer, expected)

    assert "ap-south-1" in regions.read_not_enabled_regions(ec2.client, REGION)


@pytest.mark.parametrize(
    ("example_id", "delta"),
    [
        pytest.param("to-make-an-ami-public", add(public=True), id="public"),
        pytest.param("to-grant-launch-permissions", add("123456789012"), id="account"),
    ],
)
def test_modify_launch_permissions__published_examples(ec2, example_id, delta):
    asked, answer = example("ec2", example_id)
    ec2.add_response("modify_image_attribute", answer, asked)

    apply_launch_permission.modify_launch_permissions(ec2.client, REGION, asked["ImageId"], delta)


def test_modify_launch_permissions__adds_and_removes_in_one_request(ec2):
    expected = {
        "Add": [{"UserId": ALICE}, {"OrganizationArn": ORGANIZATION_ARN}, {"OrganizationalUnitArn": UNIT_ARN}],
        "Remove": [{"UserId": BOB}, {"Group": "all"}],
    }
    ec2.add_response("modify_image_attribute", {}, {"ImageId": IMAGE_ID, "LaunchPermission": expected})
    delta = add(ALICE, organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,), remove=shared_with(BOB, public=True))

    apply_launch_permission.modify_launch_permissions(ec2.client, REGION, IMAGE_ID, delta)


def test_modify_launch_permissions__a_thousand_accounts_in_one_request(ec2):
    listed = accounts(1000)
    expected = {"Add": [{"UserId": account} for account in listed]}
    ec2.add_response("modify_image_attribute", {}, {"ImageId": IMAGE_ID, "LaunchPermission": expected})

    apply_launch_permission.modify_launch_permissions(ec2.client, REGION, IMAGE_ID, add(*listed))


def test_reset_launch_permissions__published_example(ec2):
    asked, answer = example("ec2", "to-reset-the-launchpermission-attribute")
    ec2.add_response("reset_image_attribute", answer, asked)

    apply_launch_permission.reset_launch_permissions(ec2.client, REGION, asked["ImageId"])


@pytest.mark.parametrize(
    ("operation", "code", "call"),
    [
        pytest.param(
            "describe_image_attribute",
            "AuthFailure",
            lambda client: read_launch_permission.read_launch_permissions(client, REGION, IMAGE_ID),
            id="not the owner",
        ),
        *(
            pytest.param(
                "modify_image_attribute",
                code,
                lambda client: apply_launch_permission.modify_launch_permissions(client, REGION, IMAGE_ID, add(ALICE)),
                id=code,
            )
            for code in (
                "InvalidAMIID.Unavailable",
                "InvalidAMIAttributeItemValue",
                "OperationNotPermitted",
                "InvalidParameter",
                "ResourceLimitExceeded",
                "UnauthorizedOperation",
            )
        ),
        pytest.param(
            "reset_image_attribute",
            "AuthFailure",
            lambda client: apply_launch_permission.reset_launch_permissions(client, REGION, IMAGE_ID),
            id="reset",
        ),
        pytest.param(
            "describe_images",
            "UnauthorizedOperation",
            lambda client: read_image.read_images(client, REGION, ["a"]),
            id="images",
        ),
        pytest.param(
            "describe_snapshots",
            "UnauthorizedOperation",
            lambda client: read_image.read_snapshots(client, REGION, ["a"]),
            id="snapshots",
        ),
    ],
)
def test_errors__carry_code_action_region_and_next_step(ec2, operation, code, call):
    ec2.add_client_error(operation, code, "AWS's own words")

    with pytest.raises(AwsCallError) as raised:
        call(ec2.client)

    failure = raised.value.failure
    assert (failure.code, failure.message, failure.region) == (code, "AWS's own words", REGION)
    assert failure.action == "ec2:" + "".join(word.capitalize() for word in operation.split("_"))
    assert failure.next_step


def test_modify_launch_permissions__validation_by_the_service_model_is_on(aws):
    """A request that botocore finds wrong is a bug of ours."""
    aws.prepare("ec2", [REGION])

    with pytest.raises(AwsCallError, match="internal_error: ParamValidationError"):
        apply_launch_permission.modify_launch_permissions(aws.client("ec2", REGION), REGION, 7, add(ALICE))
    assert aws.calls == []


@pytest.mark.parametrize(
    ("volume", "encrypted"),
    [
        ({"SnapshotId": SNAPSHOT_ID}, True),
        ({"SnapshotId": SNAPSHOT_ID, "Encrypted": False}, False),
        # An empty volume, which is made at launch, has no snapshot that could be encrypted.
        ({"VolumeSize": 8}, False),
        ({"VolumeSize": 8, "Encrypted": True}, False),
    ],
)
def test_read_images__an_encryption_that_is_not_said_is_not_ruled_out(ec2, volume, encrypted):
    """An AMI that is not looked at would be said to need no key."""
    disks = [{"DeviceName": "/dev/xvda", "Ebs": volume}, {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}]
    ec2.add_response("describe_images", {"Images": [{**MINIMAL, "BlockDeviceMappings": disks}]}, by_id(IMAGE_ID))

    assert read_image.read_images(ec2.client, REGION, [IMAGE_ID])[IMAGE_ID].encrypted is encrypted


@pytest.mark.parametrize(("shown", "public"), [({}, None), ({"Public": False}, False), ({"Public": True}, True)])
def test_read_images__whether_it_is_public_may_be_unknown(ec2, shown, public):
    ec2.add_response("describe_images", {"Images": [{**MINIMAL, **shown}]}, by_id(IMAGE_ID))

    assert read_image.read_images(ec2.client, REGION, [IMAGE_ID])[IMAGE_ID].public is public


def test_read_launch_permissions__an_entry_of_a_kind_that_is_not_known(ec2):
    """Left out, it would be neither shown nor removed, and the AMI called private."""
    answer = {"ImageId": IMAGE_ID, "LaunchPermissions": [{"UserId": ALICE}, {}]}
    ec2.add_response("describe_image_attribute", answer)

    with pytest.raises(AwsCallError) as raised:
        read_launch_permission.read_launch_permissions(ec2.client, REGION, IMAGE_ID)
    assert raised.value.failure.code == "incomplete_answer"
    assert "UserId or OrganizationArn" in raised.value.failure.message
