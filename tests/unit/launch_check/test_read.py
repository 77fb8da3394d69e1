# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check calls in the consumers' accounts, how often, and what one refusal does to the rest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._allowed_images.model import AllowedImages
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import REGION_NOT_ENABLED, Failure
from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._launch_check.model import UNTRIED
from ansible_collections.golden.ami.plugins.module_utils._launch_check.read import read
from ansible_collections.golden.ami.plugins.module_utils._launch_check.read_keys import probe_key
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    policy_text,
)
from tests.unit.fake_aws import Error
from tests.unit.fake_clock import FakeClock
from tests.unit.launch_check.check_builders import PATTERN, SELECTOR, request

DISK = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": SNAPSHOT_ID, "Encrypted": True}}
LISTED = {"State": "available", "OwnerId": OWNER, "Architecture": "x86_64", "BlockDeviceMappings": [DISK]}
PASSED = Error("DryRunOperation", status=412)
KEY_PASSED = Error("DryRunOperationException")
OTHER_AMI = ImageSelector(REGION, OTHER_IMAGE_ID)
ABROAD = ImageSelector(OTHER_REGION, IMAGE_ID)
KMS_DRY_RUNS = ("Decrypt", "ReEncrypt", "GenerateDataKeyWithoutPlaintext", "CreateGrant")


class World:
    """Which AMIs are there, by ID: ``self`` for shared ones, ``public`` for others. The owner and the consumer see the same."""

    def __init__(self, aws, **ways):
        self.aws = aws
        self.ways = {IMAGE_ID: "self", OTHER_IMAGE_ID: "self", **ways}
        aws.answers.update(
            AssumeRole=lambda _region, _params: {"Credentials": CREDENTIALS},
            DescribeImages=self.describe,
            DescribeSnapshots=lambda _region, _params: {"Snapshots": [SNAPSHOT]},
            RunInstances=lambda _region, _params: PASSED,
            GetAllowedImagesSettings=lambda _region, _params: {"State": "disabled"},
            DescribeKey=lambda _region, _params: {"KeyMetadata": {"KeyId": "1", "KeyState": "Enabled"}},
            **{name: lambda _region, _params: KEY_PASSED for name in KMS_DRY_RUNS},
        )

    def describe(self, _region, params):
        asked = params["ImageIds"]
        scope = (params.get("ExecutableUsers") or ["all ways"])[0]
        found = [one for one in asked if self.ways.get(one) and scope in (self.ways[one], "all ways")]
        return {"Images": [{**LISTED, "ImageId": one, "Public": self.ways[one] == "public"} for one in found]}

    def read(self, **given):
        asked = request(**given)
        for service in ("ec2", "kms", "iam", "sts"):
            self.aws.prepare(service, asked.regions)
        self.lines = []
        session = Session(self.aws, asked.consumers, asked.regions[0], self.lines.append, FakeClock())
        return read(session, asked)


CREDENTIALS = {
    "AccessKeyId": "ASIAEXAMPLEEXAMPLE01",
    "SecretAccessKey": "s",
    "SessionToken": "t",
    "Expiration": datetime(2030, 1, 1, tzinfo=UTC),
}
SNAPSHOT = {"SnapshotId": SNAPSHOT_ID, "Encrypted": True, "KmsKeyId": KEY_ARN, "OwnerId": OWNER, "State": "completed"}


def listings(aws, scope="ExecutableUsers"):
    return [(region, params) for region, name, params in aws.calls if name == "DescribeImages" and scope in params]


def test_read__one_listing_for_each_account_and_region(aws):
    world = World(aws)

    facts = world.read(images=(SELECTOR, OTHER_AMI, ABROAD))

    assert [fact.target.selector for fact in facts] == [SELECTOR, OTHER_AMI, ABROAD]
    assert {fact.target.account_id for fact in facts} == {ALICE}
    assert [fact.dry_run for fact in facts] == [None] * 3
    assert [region for region, _params in listings(aws)] == [REGION, OTHER_REGION]
    assert len(aws.operations("RunInstances")) == 3
    assert not aws.operations("GetAllowedImagesSettings", "DescribeSubnets", "GetRole", "ListGrants")
    # One key for two AMIs is tried once, in each Region.
    assert len(aws.operations("DescribeKey")) == 2
    assert len(aws.operations(*KMS_DRY_RUNS)) == 8
    assert "dry runs of RunInstances: 3 of 3 done" in world.lines


def test_read__a_dry_run_says_so_and_nothing_more(aws):
    World(aws).read()

    ((_region, _name, params),) = [call for call in aws.calls if call[1] == "RunInstances"]
    assert params == {"ImageId": IMAGE_ID, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "DryRun": True}


def test_read__each_launch_at_the_pace_of_its_account(aws):
    World(aws).read(images=(SELECTOR, ABROAD))

    assert [(action, region) for action, region, _account in aws.paced if action == "ec2:RunInstances"] == [
        ("ec2:RunInstances", REGION),
        ("ec2:RunInstances", OTHER_REGION),
    ]


def test_read__what_is_not_shared_is_looked_for_again(aws):
    world = World(aws, **{OTHER_IMAGE_ID: "public"})
    gone = ImageSelector(REGION, "ami-00000000000000001")

    shared, public, nowhere = world.read(images=(SELECTOR, OTHER_AMI, gone))

    assert (shared.place.image(IMAGE_ID).public, public.place.image(OTHER_IMAGE_ID).public) == (False, True)
    assert nowhere.place.image(gone.image_id) is None
    assert (nowhere.place.allowed, nowhere.dry_run) == (AllowedImages("disabled"), UNTRIED)
    assert len(aws.operations("GetAllowedImagesSettings")) == 1


def test_read__public_amis_need_no_setting(aws):
    World(aws, **{IMAGE_ID: "public"}).read()

    assert not aws.operations("GetAllowedImagesSettings")


@pytest.mark.parametrize(
    ("code", "not_enabled", "expected"),
    [
        ("UnauthorizedOperation", [], "UnauthorizedOperation"),
        ("AuthFailure", [OTHER_REGION], REGION_NOT_ENABLED),
        ("AuthFailure", [], "AuthFailure"),
    ],
)
def test_read__a_region_that_cannot_be_read_leaves_the_other(aws, code, not_enabled, expected):
    world = World(aws)
    describe = aws.answers["DescribeImages"]
    regions = {"Regions": [{"RegionName": name} for name in not_enabled]}
    aws.answers["DescribeRegions"] = lambda _region, _params: regions
    aws.answers["DescribeImages"] = lambda region, params: (
        Error(code) if region == OTHER_REGION else describe(region, params)
    )

    fine, unread = world.read(images=(SELECTOR, ABROAD))

    assert (fine.place.unread, fine.dry_run) == (None, None)
    assert (unread.place.unread.code, unread.dry_run) == (expected, UNTRIED)


def test_read__a_role_that_cannot_be_assumed_is_not_asked(aws):
    world = World(aws)
    aws.answers["AssumeRole"] = lambda _region, _params: Error("AccessDenied")

    (fact,) = world.read()

    assert fact.place.unread.code == "AccessDenied"
    assert not aws.operations("RunInstances", "DescribeKey") and not listings(aws)


@pytest.mark.parametrize(
    ("snapshots", "named", "expected"),
    [
        pytest.param([SNAPSHOT], None, (KEY_ARN,), id="read"),
        pytest.param([], None, None, id="not visible"),
        pytest.param([], {REGION: ("k",)}, ("k",), id="named"),
        pytest.param([SNAPSHOT], {REGION: ("k",)}, (KEY_ARN,), id="what is read counts"),
        pytest.param(Error("UnauthorizedOperation"), None, None, id="denied"),
    ],
)
def test_read__which_keys_the_ami_is_on(aws, snapshots, named, expected):
    world = World(aws)
    aws.answers["DescribeSnapshots"] = lambda _region, _params: (
        snapshots if isinstance(snapshots, Error) else {"Snapshots": snapshots}
    )
    aws.answers["DescribeKey"] = lambda _region, _params: Error("AccessDeniedException")

    (fact,) = world.read(key_arns=named)

    assert fact.key_arns == expected
    assert set(fact.keys) == set(expected or ())


def test_read__an_ami_without_encryption_needs_no_key(aws):
    world = World(aws)
    plain = {**LISTED, "ImageId": IMAGE_ID, "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {}}]}
    aws.answers["DescribeImages"] = lambda _region, _params: {"Images": [plain]}

    (fact,) = world.read()

    assert (fact.key_arns, fact.keys) == ((), {})
    assert not aws.operations("DescribeSnapshots", "DescribeKey")


def subnets(*ids):
    return lambda _region, _params: {"Subnets": [{"SubnetId": one, "State": "available"} for one in ids]}


def test_read__the_subnet_with_the_tags(aws):
    world = World(aws)
    aws.answers["DescribeSubnets"] = subnets("subnet-2", "subnet-1")

    (fact,) = world.read(subnet_tags=(("Purpose", "tests"),))

    assert (fact.place.subnet, fact.dry_run) == ("subnet-1", None)
    (params,) = [params for _region, name, params in aws.calls if name == "DescribeSubnets"]
    assert params["Filters"] == [{"Name": "tag:Purpose", "Values": ["tests"]}]
    assert next(params for _region, name, params in aws.calls if name == "RunInstances")["SubnetId"] == "subnet-1"


@pytest.mark.parametrize(
    ("answer", "code"),
    [(subnets(), "no_subnet"), (lambda _r, _p: Error("UnauthorizedOperation"), "UnauthorizedOperation")],
)
def test_read__without_the_subnet_nothing_is_tried(aws, answer, code):
    world = World(aws)
    aws.answers["DescribeSubnets"] = answer

    (fact,) = world.read(subnet_tags=(("Purpose", "tests"),))

    assert (fact.place.subnet.code, fact.dry_run) == (code, UNTRIED)


@pytest.mark.parametrize(
    ("architecture", "instance_type"), [("arm64", "t4g.micro"), ("i386", "t2.micro"), ("arm64_mac", "")]
)
def test_read__the_instance_type_fits_the_architecture(aws, architecture, instance_type):
    world = World(aws)
    aws.answers["DescribeImages"] = lambda _region, _params: {
        "Images": [{**LISTED, "ImageId": IMAGE_ID, "Architecture": architecture}]
    }

    (fact,) = world.read()
    (given,) = world.read(instance_type="m7g.large")

    assert fact.instance_type == instance_type
    assert (fact.dry_run is None) == bool(instance_type)
    assert given.instance_type == "m7g.large"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"Role": {}}, True), (Error("NoSuchEntity", status=404), False), (Error("AccessDenied"), None)],
)
def test_read__auto_scaling(aws, answer, expected):
    world = World(aws)
    role = {
        "Path": "/aws-service-role/autoscaling.amazonaws.com/",
        "RoleName": "AWSServiceRoleForAutoScaling",
        "RoleId": "AROAEXAMPLEEXAMPLE01",
        "Arn": "arn:aws:iam::111122223333:role/x-of-twenty-characters",
        "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
    }
    aws.answers["GetRole"] = lambda _region, _params: answer if isinstance(answer, Error) else {"Role": role}
    aws.answers["ListGrants"] = lambda _region, _params: {"Grants": []}
    aws.answers["GetKeyPolicy"] = lambda _region, _params: {"Policy": policy_text(ADMINISTRATION)}

    (fact,) = world.read(auto_scaling=True)

    assert (None if isinstance(fact.scaling.role, Failure) else fact.scaling.role) is expected
    assert fact.scaling.keys == {KEY_ARN: "none"}
    assert len(aws.operations("GetRole")) == 1


def test_read__thousands_of_pairs(aws):
    """Calls grow with accounts x Regions and pairs, and with nothing else."""
    world = World(aws)
    accounts = tuple(str(200_000_000_000 + number) for number in range(100))
    images = tuple(
        ImageSelector(region, one) for region in (REGION, OTHER_REGION) for one in (IMAGE_ID, OTHER_IMAGE_ID)
    )

    facts = world.read(consumers=Consumers(accounts, PATTERN), images=images)

    assert len(facts) == 400
    assert len(aws.operations("AssumeRole")) == 100
    assert len(listings(aws)) == 200
    assert len(aws.operations("RunInstances")) == 400
    assert len(aws.operations("DescribeKey")) == 200
    assert len(aws.operations("DescribeSnapshots")) == 2


def probe(kms):
    return probe_key(kms.client, REGION, KEY_ARN, ALICE)


def test_probe_key__asks_for_everything_and_does_nothing(kms):
    ignore = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    root = f"arn:aws:iam::{ALICE}:root"
    kms.add_response("describe_key", {"KeyMetadata": {"KeyId": "1", "KeyState": "Enabled"}}, {"KeyId": KEY_ARN})
    for method, params in (
        ("decrypt", {"KeyId": KEY_ARN, **ignore}),
        ("re_encrypt", {"SourceKeyId": KEY_ARN, "DestinationKeyId": KEY_ARN, **ignore}),
        ("generate_data_key_without_plaintext", {"KeyId": KEY_ARN, "KeySpec": "AES_256", "DryRun": True}),
        ("create_grant", {"KeyId": KEY_ARN, "GranteePrincipal": root, "Operations": ["Decrypt"], "DryRun": True}),
    ):
        kms.add_client_error(method, "DryRunOperationException", expected_params=params)

    found = probe(kms)

    assert (found.state, found.denied, found.untested) == ("Enabled", {}, ())


def test_probe_key__each_refusal_by_its_operation(kms):
    kms.add_response("describe_key", {"KeyMetadata": {"KeyId": "1", "KeyState": "Enabled"}})
    for method, code in (
        ("decrypt", "AccessDeniedException"),
        ("re_encrypt", "DryRunOperationException"),
        ("generate_data_key_without_plaintext", "DryRunOperationException"),
        ("create_grant", "AccessDeniedException"),
    ):
        kms.add_client_error(method, code)

    found = probe(kms)

    assert list(found.denied) == ["Decrypt", "CreateGrant"]
    assert found.denied["CreateGrant"].action == "kms:CreateGrant"


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_probe_key__a_key_that_cannot_be_used_is_not_tried(kms, state):
    kms.add_response("describe_key", {"KeyMetadata": {"KeyId": "1", "KeyState": state}})

    assert (probe(kms).state, probe(kms_denied(kms)).denied["DescribeKey"].code) == (state, "AccessDeniedException")


def kms_denied(kms):
    kms.add_client_error("describe_key", "AccessDeniedException")
    return kms


def test_probe_key__an_sdk_that_asks_for_a_ciphertext(kms, monkeypatch):
    """A request with a parameter that botocore does not know would be a bug, not an answer."""
    for operation in ("Decrypt", "ReEncrypt"):
        members = kms.client.meta.service_model.operation_model(operation).input_shape.members
        monkeypatch.delitem(members, "DryRunModifiers")
    kms.add_response("describe_key", {"KeyMetadata": {"KeyId": "1", "KeyState": "Enabled"}})
    for method in ("generate_data_key_without_plaintext", "create_grant"):
        kms.add_client_error(method, "DryRunOperationException")

    assert probe(kms).untested == ("Decrypt", "ReEncrypt")
