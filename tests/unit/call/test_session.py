# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients: what is retried and what is not, and which Regions there are. HTTP is answered before it is sent."""

from __future__ import annotations

import io
import json

import botocore.config
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._call.session import Aws, Connection, UnusableConnectionError
from ansible_collections.golden.ami.plugins.module_utils._kms_key import read as read_kms_key
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read as read_launch_permission
from ansible_collections.golden.ami.plugins.module_utils._organization import read as organizations
from tests.unit.builders import IMAGE_ID, REGION

OPTIONS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret", "aws_session_token": None}


class Body(io.BytesIO):
    def stream(self, **_kwargs):
        yield self.read()


def xml_error(code):
    return f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"


def json_error(code):
    return json.dumps({"__type": code, "message": "no"})


@pytest.fixture
def sleeps(monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def connect(**options):
    aws = Aws(Connection(None, {**OPTIONS, **options}), "golden.ami")
    aws.prepare("ec2", [REGION])
    aws.prepare("kms", [REGION])
    aws.prepare("organizations", [REGION])
    return aws


CALLS = {
    "ec2": lambda client: read_launch_permission.read_launch_permissions(client, REGION, IMAGE_ID),
    "kms": lambda client: read_kms_key.read_key(client, REGION, "alias/golden"),
    "organizations": lambda client: organizations.list_accounts(client, REGION),
}


def tries(aws, service, status, body):
    """How often one call is sent when it always gets this answer."""
    client, sent = aws.client(service, REGION), []

    def answer(request, **_kwargs):
        sent.append(request)
        return AWSResponse(request.url, status, {}, Body(body.encode()))

    client.meta.events.register(f"before-send.{service}", answer)
    with pytest.raises(AwsCallError):
        CALLS[service](client)
    return len(sent)


@pytest.mark.parametrize(
    ("service", "status", "body", "expected"),
    [
        pytest.param("kms", 400, json_error("ThrottlingException"), 6, id="KMS throttles"),
        pytest.param("kms", 500, json_error("KMSInternalException"), 6, id="KMS fails"),
        pytest.param("kms", 400, json_error("LimitExceededException"), 1, id="a quota that waiting does not cure"),
        pytest.param("kms", 400, json_error("AccessDeniedException"), 1, id="KMS denies"),
        pytest.param("kms", 400, json_error("DisabledException"), 1, id="disabled key"),
        pytest.param("organizations", 400, json_error("TooManyRequestsException"), 6, id="AWS Organizations throttles"),
        pytest.param("organizations", 500, json_error("ServiceException"), 6, id="AWS Organizations fails"),
        pytest.param("organizations", 400, json_error("AccessDeniedException"), 1, id="AWS Organizations denies"),
        pytest.param("ec2", 503, xml_error("RequestLimitExceeded"), 6, id="EC2 throttles"),
        pytest.param("ec2", 503, xml_error("Unavailable"), 6, id="EC2 fails"),
        pytest.param("ec2", 403, xml_error("UnauthorizedOperation"), 1, id="EC2 denies"),
        pytest.param("ec2", 400, xml_error("InvalidAMIID.Unavailable"), 1, id="pending"),
    ],
)
def test_aws__retries(sleeps, service, status, body, expected):
    assert tries(connect(), service, status, body) == expected
    assert len(sleeps) == expected - 1


def test_aws__retries_whatever_the_environment_says(sleeps, monkeypatch):
    """AWS_RETRY_MODE=standard would retry LimitExceededException."""
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")

    assert tries(connect(), "kms", 400, json_error("LimitExceededException")) == 1
    assert tries(connect(), "kms", 400, json_error("ThrottlingException")) == 6


def test_aws__the_users_configuration_is_on_top(sleeps):
    config = botocore.config.Config(retries={"total_max_attempts": 2}, read_timeout=7)
    aws = connect(aws_config=config)

    used = aws.client("kms", REGION).meta.config
    assert (used.read_timeout, used.connect_timeout) == (7, 10)
    assert "golden.ami" in used.user_agent_extra
    assert tries(aws, "kms", 400, json_error("ThrottlingException")) == 2


def test_aws__validates_parameters():
    assert connect().client("ec2", REGION).meta.config.parameter_validation


def test_aws__one_client_for_a_service_and_region():
    aws = connect()
    made = aws.client("ec2", REGION)

    aws.prepare("ec2", [REGION, "us-east-1"])

    assert aws.client("ec2", REGION) is made
    assert aws.client("ec2", "us-east-1").meta.region_name == "us-east-1"
    assert aws.client("ec2", "eu-north-1").meta.region_name == "eu-north-1"


def test_aws__endpoint():
    aws = Aws(Connection("http://127.0.0.1:5000", OPTIONS), "golden.ami")
    aws.prepare("kms", [REGION])

    assert aws.client("kms", REGION).meta.endpoint_url == "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    ("endpoint", "options"),
    [
        pytest.param(None, {"profile_name": "nobody"}, id="unknown profile"),
        pytest.param("not a URL", OPTIONS, id="endpoint"),
    ],
)
def test_aws__what_cannot_be_used_is_said_before_any_call(endpoint, options):
    with pytest.raises(UnusableConnectionError) as raised:
        Aws(Connection(endpoint, options), "golden.ami").prepare("kms", [REGION])
    assert (options.get("profile_name") or endpoint) in str(raised.value)


@pytest.mark.parametrize(
    ("operation", "code", "said"),
    [
        pytest.param("AssumeRole", "AccessDenied", ["sts:AssumeRole: ", "Next: Allow sts:AssumeRole"], id="denied"),
        pytest.param("AssumeRole", "ExpiredToken", ["sts:AssumeRole: ", "Next: The credentials"], id="expired"),
        pytest.param(
            "AssumeRoleWithWebIdentity", "Odd", ["sts:AssumeRoleWithWebIdentity: "], id="nothing better to say"
        ),
        pytest.param("GetRoleCredentials", "UnauthorizedException", ["GetRoleCredentials: "], id="single sign-on"),
    ],
)
def test_aws__a_role_that_cannot_be_assumed_is_no_traceback(monkeypatch, operation, code, said):
    """botocore may ask for a profile's credentials while it makes a client."""
    error = ClientError({"Error": {"Code": code, "Message": "not for you"}}, operation)

    def refuse(*_args, **_kwargs):
        raise error

    aws = Aws(Connection(None, OPTIONS), "golden.ami")
    monkeypatch.setattr(aws._session, "client", refuse)

    with pytest.raises(UnusableConnectionError) as raised:
        aws.prepare("kms", [REGION])
    text = str(raised.value)
    assert [part for part in [*said, code, "not for you"] if part not in text] == []
    assert ("Next:" in text) is any("Next:" in part for part in said)
    assert raised.value.__cause__ is error


def test_access_key__for_messages():
    assert connect().access_key() == "AKIAEXAMPLE"
    assert Aws(Connection(None, {}), "golden.ami").access_key() == ""


def test_access_key__from_the_environment(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    assert Aws(Connection(None, {}), "golden.ami").access_key() == "AKIAOTHER"


def test_access_key__of_credentials_that_cannot_be_got(monkeypatch, tmp_path):
    """Messages are made after something failed: they must not fail for the same reason."""
    (tmp_path / "config").write_text("[profile here]\ncredential_process = /no/such/program\n")

    assert Aws(Connection(None, {"profile_name": "here"}), "golden.ami").access_key() == ""


def test_prepare__a_program_that_is_not_there(tmp_path):
    (tmp_path / "config").write_text("[profile here]\ncredential_process = /no/such/program\n")

    with pytest.raises(UnusableConnectionError, match="No such file or directory: /no/such/program") as raised:
        Aws(Connection(None, {"profile_name": "here"}), "golden.ami").prepare("ec2", [REGION])
    assert "credential_process" in raised.value.failure.next_step


def test_in_a_hurry__is_not_tried_again_and_not_waited_for(sleeps):
    """An STS that cannot be reached must not keep a finished run from its result."""
    aws = connect(aws_config=botocore.config.Config(read_timeout=600))
    hurried = aws.in_a_hurry()
    for service in CALLS:
        hurried.prepare(service, [REGION])

    used = hurried.client("kms", REGION).meta.config
    assert (used.connect_timeout, used.read_timeout) == (3, 5)
    assert tries(hurried, "kms", 500, json_error("KMSInternalException")) == 1
    assert tries(aws, "kms", 500, json_error("KMSInternalException")) == 6
    assert hurried._session is aws._session


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("ap-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ],
)
def test_known_regions__with_their_partition(region, partition):
    assert known_regions()[region] == partition


@pytest.mark.parametrize("name", ["aws-global", "us-east-1-fips", "fips-us-east-1", "eu-west-1a", "eu-west1", "local"])
def test_known_regions__nothing_but_regions(name):
    assert name not in known_regions()


def test_known_regions__agree_with_boto3():
    boto3 = pytest.importorskip("boto3")

    assert {region for region, partition in known_regions().items() if partition == "aws"} == set(
        boto3.session.Session().get_available_regions("ec2")
    )
