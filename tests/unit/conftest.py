# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real boto3 clients that never reach a network; every request is checked against botocore's service model."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from tests.unit.builders import REGION
from tests.unit.fake_aws import CREDENTIALS, FakeAws, MakeClient


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Nothing of the developer's AWS configuration, and no instance metadata."""
    for name in (
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ENDPOINT_URL",
        *(f"AWS_ENDPOINT_URL_{service}" for service in ("EC2", "KMS", "STS", "ORGANIZATIONS")),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture(scope="session")
def make_client() -> MakeClient:
    session = botocore.session.Session()
    config = Config(parameter_validation=True, retries={"total_max_attempts": 1})

    @functools.cache
    def client(service: str, region: str, access_key: str = CREDENTIALS["aws_access_key_id"]) -> Any:
        keys = {**CREDENTIALS, "aws_access_key_id": access_key} if access_key else {}
        return session.create_client(service, region_name=region, config=config, **keys)

    return client


@pytest.fixture
def ec2(make_client: MakeClient) -> Iterator[Stubber]:
    """A stubbed client: ``ec2.client``; what was not expected fails, what was expected must come."""
    with Stubber(make_client("ec2", REGION)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def kms(make_client: MakeClient) -> Iterator[Stubber]:
    with Stubber(make_client("kms", REGION)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def aws(make_client: MakeClient) -> Iterator[FakeAws]:
    fake = FakeAws(make_client)
    yield fake
    fake.close()
    assert fake.unpaced() == set()
