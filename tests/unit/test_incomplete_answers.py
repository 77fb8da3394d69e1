# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that lack something, for every operation that is called: botocore's models call nearly every member optional.

Each answer is built whole from the service model; then each member is left out in turn. What comes of it is a value, or a
failure that names the call and the member, and never another exception.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader
from botocore.model import Shape, StructureShape

from ansible_collections.golden.ami.plugins.module_utils._allowed_images import read as allowed_images
from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call import assumed_roles, diagnose, regions
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._cancellation import apply as cancellation
from ansible_collections.golden.ami.plugins.module_utils._image import read as images
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy import apply as apply_copies
from ansible_collections.golden.ami.plugins.module_utils._image_copy import read as read_copies
from ansible_collections.golden.ami.plugins.module_utils._image_tags import apply as apply_tags
from ansible_collections.golden.ami.plugins.module_utils._image_usage import read_reports as usage
from ansible_collections.golden.ami.plugins.module_utils._key_policy import apply as apply_policies
from ansible_collections.golden.ami.plugins.module_utils._key_policy import read as read_policies
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import apply as apply_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import WantedGrant
from ansible_collections.golden.ami.plugins.module_utils._kms_key import read as keys
from ansible_collections.golden.ami.plugins.module_utils._launch_check import apply as launches
from ansible_collections.golden.ami.plugins.module_utils._launch_check import read as read_check
from ansible_collections.golden.ami.plugins.module_utils._launch_check import read_keys as probing
from ansible_collections.golden.ami.plugins.module_utils._launch_check.model import Launch, Target
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import apply as apply_permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read as read_permissions
from ansible_collections.golden.ami.plugins.module_utils._organization import read as organizations
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import apply as apply_snapshots
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import read as read_snapshots
from tests.unit.builders import (
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    REGION,
    SNAPSHOT_ID,
    shared_with,
    terms,
    usage_query,
)

UTILS = Path(__file__).parents[2] / "plugins" / "module_utils"
SERVICES = ("ec2", "kms", "organizations", "sts")
ADD = Delta(shared_with(ALICE), frozenset())
GRANT = WantedGrant("golden-ami/x", f"arn:aws:iam::{ALICE}:root", terms())
TAGS = (("Team", "web"),)
LAUNCH = Launch(Target(ALICE, ImageSelector(REGION, IMAGE_ID)), "t3.micro", "", (), ())
COPY = {"Name": "golden", "SourceImageId": IMAGE_ID, "SourceRegion": REGION}

Call = Callable[[Any], Any]


class _OnEnabledKey:
    """A client for which a key is enabled, whatever else is answered."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_key(self, **_request: Any) -> dict[str, Any]:
        return {"KeyMetadata": {"KeyState": "Enabled"}}


def _dry_run(operation: str, client: Any) -> Any:
    probe = probing.probe_key(_OnEnabledKey(client), REGION, KEY_ARN, ALICE)
    assert operation not in probe.untested
    if operation in probe.denied:
        raise AwsCallError(probe.denied[operation])
    return probe


# Every operation that is called, and how its answer is read.
CALLS: dict[str, Call] = {
    "ec2:CancelImageLaunchPermission": lambda c: cancellation.cancel_launch_permission(c, REGION, IMAGE_ID),
    "ec2:CopyImage": lambda c: apply_copies.copy_image(c, REGION, COPY),
    "ec2:CreateImageUsageReport": lambda c: usage.create_report(c, REGION, IMAGE_ID, [ALICE], usage_query()),
    "ec2:DeleteImageUsageReport": lambda c: usage.delete_report(c, REGION, "amiur-1"),
    "ec2:CreateTags": lambda c: apply_tags.create_tags(c, REGION, [IMAGE_ID], TAGS),
    "ec2:DeleteTags": lambda c: apply_tags.delete_tags(c, REGION, [IMAGE_ID], TAGS),
    "ec2:DescribeInstances": lambda c: (
        launches.find_by_token(c, REGION, "t") + str(launches.read_state(c, REGION, "i"))
    ),
    "ec2:DescribeSubnets": lambda c: read_check.read_subnet(c, REGION, TAGS),
    "ec2:GetAllowedImagesSettings": lambda c: allowed_images.read_allowed_images(c, REGION),
    "ec2:RunInstances": lambda c: launches.run_instance(c, REGION, LAUNCH, "token"),
    "ec2:TerminateInstances": lambda c: launches.terminate_instance(c, REGION, "i-1"),
    **{
        f"kms:{operation}": functools.partial(_dry_run, operation)
        for operation in ("Decrypt", "GenerateDataKeyWithoutPlaintext", "ReEncrypt")
    },
    "ec2:DescribeImageAttribute": lambda c: read_permissions.read_launch_permissions(c, REGION, IMAGE_ID),
    "ec2:DescribeImageUsageReportEntries": lambda c: usage.read_entries(c, REGION, ["amiur-1"]),
    "ec2:DescribeImageUsageReports": lambda c: usage.read_reports(c, REGION, ["amiur-1"]),
    "ec2:DescribeImages": lambda c: images.read_images(c, REGION, [IMAGE_ID]),
    "ec2:DescribeRegions": lambda c: regions.read_not_enabled_regions(c, REGION),
    "ec2:DescribeSnapshotAttribute": lambda c: read_snapshots.read_snapshot_permissions(c, REGION, SNAPSHOT_ID),
    "ec2:DescribeSnapshots": lambda c: images.read_snapshots(c, REGION, [SNAPSHOT_ID]),
    "ec2:GetEbsDefaultKmsKeyId": lambda c: read_copies.read_default_key_id(c, REGION),
    "ec2:GetEbsEncryptionByDefault": lambda c: read_copies.read_encryption_by_default(c, REGION),
    "ec2:GetImageBlockPublicAccessState": lambda c: images.read_image_public_access_block(c, REGION),
    "ec2:ModifyImageAttribute": lambda c: apply_permissions.modify_launch_permissions(c, REGION, IMAGE_ID, ADD),
    "ec2:ModifySnapshotAttribute": lambda c: apply_snapshots.modify_snapshot_permissions(c, REGION, SNAPSHOT_ID, ADD),
    "ec2:ResetImageAttribute": lambda c: apply_permissions.reset_launch_permissions(c, REGION, IMAGE_ID),
    "kms:CreateGrant": lambda c: apply_grants.create_grant(c, REGION, KEY_ARN, GRANT),
    "kms:DescribeKey": lambda c: keys.read_key(c, REGION, KEY_ARN),
    "kms:GetKeyPolicy": lambda c: read_policies.read_key_policy(c, REGION, KEY_ARN),
    "kms:ListGrants": lambda c: read_grants.read_grants(c, REGION, KEY_ARN),
    "kms:PutKeyPolicy": lambda c: apply_policies.put_key_policy(c, REGION, KEY_ARN, "{}"),
    "kms:RevokeGrant": lambda c: apply_grants.revoke_grant(c, REGION, KEY_ARN, "g-1"),
    "organizations:DescribeOrganization": lambda c: organizations.describe_organization(c, REGION),
    "organizations:ListAccounts": lambda c: organizations.list_accounts(c, REGION),
    "organizations:ListAccountsForParent": lambda c: organizations.read_unit(c, REGION, "ou-abcd-exampleouid"),
    "organizations:ListOrganizationalUnitsForParent": lambda c: organizations.read_unit(
        c, REGION, "ou-abcd-exampleouid"
    ),
    "organizations:ListParents": lambda c: organizations.list_parent(c, REGION, "ou-abcd-exampleouid"),
    "sts:AssumeRole": lambda c: _assume(c, f"arn:aws:iam::{ALICE}:role/golden-ami"),
    "sts:GetCallerIdentity": lambda c: diagnose.diagnose(
        _Aws(c), [Failure("AccessDenied", "no", "", "ec2:DescribeImages", REGION)]
    ),
}
# Without these nothing can be decided. Everything else that is left out leaves a value.
NEEDED = {
    "ec2:CopyImage": {"ImageId"},
    "ec2:CreateImageUsageReport": {"ReportId"},
    "ec2:DescribeImageAttribute": {"LaunchPermissions", "LaunchPermissions[] without anybody"},
    "ec2:DescribeImageUsageReportEntries": {
        "ImageUsageReportEntries",
        "ImageUsageReportEntries[].AccountId",
        "ImageUsageReportEntries[].ResourceType",
        "ImageUsageReportEntries[].UsageCount",
    },
    "ec2:DescribeImageUsageReports": {
        "ImageUsageReports",
        "ImageUsageReports[].ReportId",
        "ImageUsageReports[].ImageId",
        "ImageUsageReports[].State",
        "ImageUsageReports[].CreationTime",
    },
    "ec2:DescribeImages": {"Images", "Images[].ImageId", "Images[].State", "Images[].OwnerId"},
    "ec2:DescribeInstances": {
        "Reservations",
        "Reservations[].Instances",
        "Reservations[].Instances[].InstanceId",
        "Reservations[].Instances[].State",
        "Reservations[].Instances[].State.Name",
    },
    "ec2:DescribeRegions": {"Regions", "Regions[].RegionName"},
    "ec2:DescribeSnapshotAttribute": {"CreateVolumePermissions", "CreateVolumePermissions[] without anybody"},
    "ec2:DescribeSnapshots": {
        "Snapshots",
        "Snapshots[].SnapshotId",
        "Snapshots[].State",
        "Snapshots[].OwnerId",
        "Snapshots[].AssociatedKmsKeys[].KmsKeyId",
    },
    "ec2:DescribeSubnets": {"Subnets", "Subnets[].SubnetId"},
    "ec2:GetAllowedImagesSettings": {"State"},
    "ec2:GetEbsDefaultKmsKeyId": {"KmsKeyId"},
    "ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault"},
    "ec2:GetImageBlockPublicAccessState": {"ImageBlockPublicAccessState"},
    "ec2:RunInstances": {"Instances", "Instances[].InstanceId"},
    "kms:CreateGrant": {"GrantId"},
    "kms:DescribeKey": {"KeyMetadata", "KeyMetadata.Arn", "KeyMetadata.KeyManager", "KeyMetadata.KeyState"},
    "kms:GetKeyPolicy": {"Policy"},
    "kms:ListGrants": {"Grants", "Grants[].GrantId", "Grants[].Operations", "Grants[] without anybody"},
    "organizations:DescribeOrganization": {"Organization", "Organization.Id", "Organization.Arn"},
    # Without entries, a page of AWS Organizations is an empty page.
    "organizations:ListAccounts": {"Accounts[].Id"},
    "organizations:ListAccountsForParent": {"Accounts[].Id"},
    "organizations:ListOrganizationalUnitsForParent": {"OrganizationalUnits[].Id"},
    "organizations:ListParents": {"Parents", "Parents[].Id", "Parents[].Type"},
    "sts:AssumeRole": {
        "Credentials",
        "Credentials.AccessKeyId",
        "Credentials.SecretAccessKey",
        "Credentials.SessionToken",
        "Credentials.Expiration",
    },
}
# Members of which one is enough, left out together.
ANYBODY = {
    "LaunchPermissions": ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn"),
    "CreateVolumePermissions": ("UserId", "Group"),
    "Grants": ("GranteePrincipal", "GranteeServicePrincipal"),
}
# Text that is more than any text.
TEXTS = {"Arn": ORGANIZATION_ARN, "Policy": "{}", "Progress": "42%", "NextToken": "", "NextMarker": ""}


class _Aws:
    """An Aws with one client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def prepare(self, _service: str, _regions: Any) -> None:
        pass

    def client(self, _service: str, _region: str) -> Any:
        return self._client

    def in_a_hurry(self) -> _Aws:
        return self

    def access_key(self) -> str:
        return ""

    def acting_as(self, _role_arn: str, credentials: Any) -> Any:
        return credentials


def _assume(client: Any, role: str) -> Any:
    found = assumed_roles.assume(_Aws(client), {role: ""}, REGION)[role]
    if isinstance(found, Failure):
        raise AwsCallError(found)
    return found


def operations_called() -> set[str]:
    """By the source: methods of clients, and operations that are named to a paginator."""
    names = {
        xform_name(operation): f"{service}:{operation}"
        for service in SERVICES
        for operation in Loader().load_service_model(service, "service-2")["operations"]
    }
    found = set()
    for path in UTILS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_client(node.func.value):
                found.add(names.get(node.func.attr))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(names.get(node.value))
    return {operation for operation in found if operation}


def _is_client(node: ast.expr) -> bool:
    name = node.func if isinstance(node, ast.Call) else node
    return (isinstance(name, ast.Name) and name.id == "client") or (
        isinstance(name, ast.Attribute) and name.attr == "client"
    )


def whole(shape: Shape | None, name: str = "", above: tuple[str, ...] = ()) -> Any:
    """An answer in which every member is there."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {
            member: whole(inner, member, (*above, shape.name))
            for member, inner in shape.members.items()
            if inner.name not in above
        }
    if shape.type_name == "list":
        return [whole(shape.member, name, above)]
    if shape.type_name == "map":
        return {"key": whole(shape.value, name, above)}
    values: dict[str, Any] = {"boolean": False, "integer": 7, "long": 7, "double": 7.0, "float": 7.0, "blob": b""}
    if shape.type_name in ("timestamp",):
        return datetime(2026, 11, 25, tzinfo=UTC)
    enum = getattr(shape, "enum", None)
    usual = "available" if enum and "available" in enum else enum[0] if enum else name
    return values.get(shape.type_name, TEXTS.get(name, usual))


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every member, through the only entry of each list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*above, name)
            yield from paths(inner, (*above, name))
    elif isinstance(value, list):
        yield from paths(value[0], (*above, 0))


def without(answer: Any, path: tuple[Any, ...]) -> Any:
    left = copy.deepcopy(answer)
    place = left
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return left


def shown(path: tuple[Any, ...]) -> str:
    return ".".join(str(step) for step in path).replace(".0", "[]")


def answers(shape: StructureShape | None) -> Iterator[tuple[str, Any]]:
    """Every answer that lacks something, by what it lacks."""
    full = whole(shape)
    for path in paths(full):
        yield shown(path), without(full, path)
    for member, anybody in ANYBODY.items():
        if isinstance(full.get(member), list):
            left = copy.deepcopy(full)
            left[member] = [{name: value for name, value in left[member][0].items() if name not in anybody}]
            yield f"{member}[] without anybody", left


@pytest.fixture
def client(make_client: Callable[[str, str], Any]) -> Iterator[Callable[[str, Any], Any]]:
    """A client that gives this answer to one operation, and whole ones to all others; nothing checks the answer."""
    used = []

    def answering(operation: str, answer: Any) -> Any:
        service, name = operation.split(":")
        made = make_client(service, REGION)

        def handle(model: Any, **_kwargs: Any) -> tuple[AWSResponse, Any]:
            found = answer if model.name == name else whole(model.output_shape)
            return AWSResponse(None, 200, {}, None), {**copy.deepcopy(found), "ResponseMetadata": {}}

        made.meta.events.unregister("before-call.*.*", unique_id="incomplete")
        made.meta.events.register("before-call.*.*", handle, unique_id="incomplete")
        used.append(made)
        return made

    yield answering
    for made in used:
        made.meta.events.unregister("before-call.*.*", unique_id="incomplete")


def test_every_operation__is_here():
    assert operations_called() == set(CALLS)


@pytest.mark.parametrize("operation", CALLS)
def test_whole_answer__is_read(client, operation):
    service, name = operation.split(":")
    shape = client(operation, {}).meta.service_model.operation_model(name).output_shape

    CALLS[operation](client(operation, whole(shape)))


@pytest.mark.parametrize("operation", CALLS)
def test_incomplete_answer__is_a_value_or_a_failure(client, operation):
    _service, name = operation.split(":")
    shape = client(operation, {}).meta.service_model.operation_model(name).output_shape
    refused = {}
    for lacking, answer in answers(shape):
        try:
            CALLS[operation](client(operation, answer))
        except AwsCallError as error:
            refused[lacking] = error.failure

    assert set(refused) == NEEDED.get(operation, set())
    for lacking, failure in refused.items():
        if failure.code == "no_parent":
            assert lacking == "Parents"
            continue
        assert (failure.code, failure.action, failure.region) == ("incomplete_answer", operation, REGION)
        assert lacking.rpartition(".")[2] in failure.message or "anybody" in lacking
