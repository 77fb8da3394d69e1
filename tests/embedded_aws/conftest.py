# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server for all tests here; every test starts in an empty cloud."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

from embedded_aws import EmbeddedAWS  # noqa: E402

REGION = "eu-central-1"
OWNER = "123456789012"
CONSUMER = "111122223333"
STRANGER = "444455556666"
LAUNCH_OPERATIONS = ["Decrypt", "CreateGrant", "DescribeKey", "ReEncryptFrom"]


class Cloud:
    """The server with the few steps that most tests need."""

    region, owner, consumer, stranger = REGION, OWNER, CONSUMER, STRANGER
    launch_operations = LAUNCH_OPERATIONS

    def __init__(self, aws: EmbeddedAWS) -> None:
        self.aws = aws
        self._clients: dict[tuple[str, str, str], Any] = {}

    def client(self, service: str, account: str = OWNER, region: str = REGION) -> Any:
        key = (service, account, region)
        if key not in self._clients:
            # No retries: an error must show at once, and a server error must not hide behind a second try.
            self._clients[key] = self.aws.client(service, region, account, config=Config(retries={"max_attempts": 0}))
        return self._clients[key]

    def ec2(self, account: str = OWNER, region: str = REGION) -> Any:
        return self.client("ec2", account, region)

    def kms(self, account: str = OWNER, region: str = REGION) -> Any:
        return self.client("kms", account, region)

    def key(self, account: str = OWNER, region: str = REGION, **options: Any) -> str:
        return self.kms(account, region).create_key(**options)["KeyMetadata"]["Arn"]

    def snapshot(self, key: str | None = None, account: str = OWNER, region: str = REGION, **options: Any) -> str:
        ec2 = self.ec2(account, region)
        if key:
            options.update(Encrypted=True, KmsKeyId=key)
        volume = ec2.create_volume(Size=9, AvailabilityZone=f"{region}a", **options)
        return ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]

    def image(
        self, *snapshots: str, name: str = "golden", account: str = OWNER, region: str = REGION, **options: Any
    ) -> str:
        used = snapshots or (self.snapshot(account=account, region=region),)
        devices = [
            {"DeviceName": f"/dev/xvd{chr(97 + index)}", "Ebs": {"SnapshotId": snapshot}}
            for index, snapshot in enumerate(used)
        ]
        ec2 = self.ec2(account, region)
        return ec2.register_image(Name=name, RootDeviceName="/dev/xvda", BlockDeviceMappings=devices, **options)[
            "ImageId"
        ]

    def share(self, image_id: str, *items: dict[str, str], action: str = "Add") -> None:
        self.ec2().modify_image_attribute(ImageId=image_id, LaunchPermission={action: list(items)})

    def permissions(self, image_id: str) -> list[dict[str, str]]:
        answer = self.ec2().describe_image_attribute(ImageId=image_id, Attribute="launchPermission")
        return answer["LaunchPermissions"]

    def role(self, account: str, name: str, trusted: Any = None, **statement: Any) -> str:
        """A role that nobody may assume, or the ``trusted`` principals; ``statement`` has more of its one statement."""
        iam = self.client("iam", account, "us-east-1")
        allow = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole", **statement}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow]} if trusted else {})
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

    @contextlib.contextmanager
    def refused(self, code: str, status: int | None = None) -> Iterator[None]:
        """The calls inside must fail with this error code."""
        with pytest.raises(ClientError) as caught:
            yield
        assert caught.value.response["Error"]["Code"] == code, caught.value
        if status:
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedAWS]:
    with EmbeddedAWS() as aws:
        yield aws


@pytest.fixture(scope="session")
def shared_cloud(server: EmbeddedAWS) -> Cloud:
    # Credentials tell their account even after a reset, so clients live as long as the server.
    return Cloud(server)


@pytest.fixture
def cloud(shared_cloud: Cloud) -> Cloud:
    shared_cloud.aws.reset()
    return shared_cloud
