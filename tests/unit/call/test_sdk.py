# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Session: each service's own endpoint, only the operations that are called, clients made by many threads."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
from botocore.loaders import Loader

from ansible_collections.golden.ami.plugins.module_utils._call import sdk
from ansible_collections.golden.ami.plugins.module_utils._call.fanout import fan_out
from ansible_collections.golden.ami.plugins.module_utils._call.session import Aws, Connection, UnusableConnectionError
from tests.unit.builders import REGION

PLUGINS = Path(__file__).parents[3] / "plugins"
OPTIONS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret", "aws_session_token": None}
GENERAL, OWN, OTHER = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"
SERVICES = ("ec2", "kms", "sts", "organizations")


@pytest.fixture(autouse=True, scope="module")
def one_loader():
    """Each Session would read the models of the services again."""
    loader = Loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda _search_path: loader)
        yield


@pytest.fixture
def profile(monkeypatch, tmp_path):
    """Writes the AWS configuration file."""

    def write(text):
        (tmp_path / "config").write_text(text)

    return write


def endpoints(general=None, **options):
    aws = Aws(Connection(general, options or OPTIONS), "golden.ami")
    return {service: aws.client(service, REGION).meta.endpoint_url for service in SERVICES}


def aws_endpoints():
    return {service: f"https://{service}.{REGION}.amazonaws.com" for service in ("ec2", "kms", "sts")} | {
        "organizations": "https://organizations.us-east-1.amazonaws.com"
    }


def test_endpoints__of_aws(monkeypatch):
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "regional")

    assert endpoints() == aws_endpoints()


def test_endpoints__one_for_all():
    assert endpoints(GENERAL) == dict.fromkeys(SERVICES, GENERAL)


@pytest.mark.parametrize("service", SERVICES)
def test_endpoints__a_services_own_one_in_the_environment(monkeypatch, service):
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", OWN)
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "regional")

    assert endpoints() == {**aws_endpoints(), service: OWN}
    assert endpoints(GENERAL) == {**dict.fromkeys(SERVICES, GENERAL), service: OWN}
    monkeypatch.setenv("AWS_ENDPOINT_URL", OTHER)
    assert endpoints() == {**dict.fromkeys(SERVICES, OTHER), service: OWN}


@pytest.mark.parametrize("service", SERVICES)
def test_endpoints__a_services_own_one_in_the_profile(monkeypatch, profile, service):
    profile(f"[profile private]\nservices = vpc\n[services vpc]\n{service} =\n  endpoint_url = {OWN}\n")
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "regional")

    assert endpoints(profile_name="private") == {**aws_endpoints(), service: OWN}
    assert endpoints(GENERAL, profile_name="private") == {**dict.fromkeys(SERVICES, GENERAL), service: OWN}
    assert endpoints(GENERAL) == dict.fromkeys(SERVICES, GENERAL)
    # botocore alone would let the environment's general one win here.
    monkeypatch.setenv("AWS_ENDPOINT_URL", OTHER)
    assert endpoints(profile_name="private") == {**dict.fromkeys(SERVICES, OTHER), service: OWN}


def test_endpoints__the_environment_before_the_profile(monkeypatch, profile):
    profile(f"[default]\nservices = vpc\n[services vpc]\nkms =\n  endpoint_url = {OTHER}\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", OWN)

    assert endpoints(GENERAL)["kms"] == OWN


def test_endpoints__an_empty_one_is_none(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "")

    assert endpoints(GENERAL)["kms"] == GENERAL


def test_endpoints__configured_ones_can_be_ignored(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", OWN)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")

    assert endpoints(GENERAL)["kms"] == GENERAL
    assert endpoints()["kms"] == aws_endpoints()["kms"]


def test_endpoints__a_services_section_that_is_not_there(profile):
    profile("[default]\nservices = typo\n")

    with pytest.raises(UnusableConnectionError, match="typo"):
        endpoints()
    assert endpoints(GENERAL) == dict.fromkeys(SERVICES, GENERAL)


def test_endpoints__the_same_for_assumed_roles(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", OWN)
    role = Aws(Connection(GENERAL, OPTIONS), "golden.ami").acting_as("arn:aws:iam::111122223333:role/x", object())

    assert [role.client(service, REGION).meta.endpoint_url for service in ("kms", "ec2")] == [OWN, GENERAL]


def test_operations__are_those_that_are_called():
    """By the actions that errors name, which are the operations' names."""
    called = set()
    for path in (PLUGINS / "module_utils").rglob("*.py"):
        called |= set(re.findall(r'calling\("ec2:(\w+)"', path.read_text()))

    assert set(sdk.OPERATIONS["ec2"]) == called


def test_operations__of_the_other_services_are_all_there():
    aws = Aws(Connection(None, OPTIONS), "golden.ami")

    known = Loader().load_service_model("kms", "service-2")["operations"]
    assert len(aws.client("kms", REGION).meta.method_to_api_mapping) == len(known)
    # The oldest botocore that is supported knows no usage reports.
    known = Loader().load_service_model("ec2", "service-2")["operations"]
    made = set(aws.client("ec2", REGION).meta.method_to_api_mapping.values())
    assert made == set(sdk.OPERATIONS["ec2"]) & set(known)


def test_operations__an_older_botocore_lacks_some():
    class Older:
        def load_service_model(self, service_name, type_name, api_version=None):
            return {"operations": {"DescribeImages": {}, "StopInstances": {}}, "metadata": {}}

    assert list(sdk.FewOperations(Older()).load_service_model("ec2", "service-2")["operations"]) == ["DescribeImages"]


def test_clients__are_made_once_whichever_threads_ask():
    aws = Aws(Connection(None, OPTIONS), "golden.ami")
    start = threading.Barrier(16, timeout=10)

    def ask():
        start.wait()
        return aws.client("kms", REGION)

    assert len({id(client) for client in fan_out([ask] * 16)}) == 1


def test_clients__one_is_made_at_a_time(monkeypatch):
    """The STS client of a profile's role is made by whichever thread calls first, while others are made elsewhere."""
    running, most = [], []

    def create(core, name, **_options):
        running.append(name)
        most.append(len(running))
        time.sleep(0.002)
        if name == "kms":
            # A credential provider makes its own client within.
            core.create_client("sts")
        running.remove(name)

    monkeypatch.setattr("botocore.session.Session.create_client", create)
    session = sdk.Session(None)
    fan_out([lambda: session.client("kms", endpoint_url=None)] * 16)

    assert len(most) == 32
    assert max(most) == 2


def test_prepare_soon__says_nothing_and_the_client_does():
    aws = Aws(Connection("not a URL", OPTIONS), "golden.ami")
    before = set(threading.enumerate())
    aws.prepare_soon("kms", [REGION])
    for thread in set(threading.enumerate()) - before:
        thread.join(10)

    with pytest.raises(UnusableConnectionError, match="not a URL"):
        aws.client("kms", REGION)
