# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import inspect
import re

import botocore.exceptions as raised_by_botocore
import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError, calling, internal_error
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import model as kms_grant_model
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import grant_name

ACTION = "ec2:ModifyImageAttribute"
REGION = "eu-west-1"


def failure_of(error):
    with pytest.raises(AwsCallError) as raised, calling(ACTION, REGION):
        raise error
    assert raised.value.__cause__ is error
    assert raised.value.failure.region == REGION
    return raised.value.failure


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(raised_by_botocore.NoCredentialsError(), "NoCredentialsError", id="no credentials"),
        pytest.param(
            raised_by_botocore.EndpointConnectionError(endpoint_url="http://x"),
            "EndpointConnectionError",
            id="endpoint",
        ),
        pytest.param(raised_by_botocore.ReadTimeoutError(endpoint_url="http://x"), "ReadTimeoutError", id="timeout"),
    ],
)
def test_calling__connection_problems(error, code):
    failure = failure_of(error)

    assert (failure.code, failure.action, failure.region) == (code, ACTION, REGION)
    assert failure.message and failure.next_step


def test_calling__an_answer_that_is_not_aws():
    """A proxy or a wrong endpoint_url; no BotoCoreError."""
    failure = failure_of(ResponseParserError("Unable to parse response: <html>"))

    assert (failure.code, failure.action) == ("ResponseParserError", ACTION)
    assert "endpoint_url" in failure.next_step


def test_calling__client_error():
    answer = {"Error": {"Code": "InvalidAMIID.NotFound", "Message": "The image id does not exist"}}

    failure = failure_of(ClientError(answer, "ModifyImageAttribute"))

    assert (failure.code, failure.message) == ("InvalidAMIID.NotFound", "The image id does not exist")
    assert "Region" in failure.next_step


@pytest.mark.parametrize("operation", ["AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"])
def test_calling__a_role_that_may_not_be_assumed_is_not_the_calls_fault(operation):
    """A profile's role is assumed by the first call that needs it; to allow that call would not help."""
    answer = {"Error": {"Code": "AccessDenied", "Message": "not authorized to perform: sts:AssumeRole"}}

    failure = failure_of(ClientError(answer, operation))

    assert (failure.action, failure.code, failure.region) == (f"sts:{operation}", "AccessDenied", REGION)
    assert f"Allow sts:{operation}" in failure.next_step and ACTION not in failure.next_step


@pytest.mark.parametrize("answer", [{}, {"Error": {}}, {"Error": {"Code": "Odd"}}])
def test_calling__an_answer_without_a_message(answer):
    failure = failure_of(ClientError(answer, "ModifyImageAttribute"))

    assert failure.code == answer.get("Error", {}).get("Code", "Unknown")
    assert "ModifyImageAttribute" in failure.message


def test_calling__the_encoded_message_is_cut_off():
    message = "You are not authorized to perform this operation."
    encoded = f"{message} Encoded authorization failure message: {'AbC-_0' * 200}"

    failure = failure_of(ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": encoded}}, "Op"))

    assert failure.message == message


@pytest.mark.parametrize(
    "error", [KeyError("x"), RuntimeError("x"), raised_by_botocore.ParamValidationError(report="is\n  wrong")]
)
def test_calling__a_bug_is_the_failure_of_one_call(error):
    """A wrong request, too, is nothing that a user could act on."""
    failure = failure_of(error)

    assert (failure.code, failure.action) == ("internal_error", ACTION)
    assert failure.message.startswith(f"{type(error).__name__} at ")
    assert "\n" not in failure.message
    assert "report" in failure.next_step


def test_internal_error__the_place_is_the_innermost_line_of_the_collection():
    with pytest.raises(KeyError) as raised:
        grant_name("prefix", _Nothing(), _Nothing())

    failure = internal_error(raised.value)

    (line,) = re.findall(r"^KeyError at _kms_grant/model.py:(\d+): 'nothing'$", failure.message)
    assert "grantee" in inspect.getsource(kms_grant_model).splitlines()[int(line) - 1]


class _Nothing:
    def split(self, _separator):
        raise KeyError("nothing")


def test_calling__a_failure_keeps_the_name_that_it_has():
    inner = AwsCallError(Failure("AccessDenied", "no", action="sts:AssumeRole", region="us-east-1"))

    with pytest.raises(AwsCallError) as raised, calling(ACTION, REGION):
        raise inner
    assert raised.value is inner


@pytest.fixture
def profile(monkeypatch, tmp_path):
    """Use a profile with this text."""

    def write(text):
        (tmp_path / "config").write_text(f"[profile here]\n{text}\n")
        return botocore.session.Session(profile="here").create_client("ec2", region_name=REGION)

    return write


def test_calling__a_token_file_that_is_not_there(profile, tmp_path):
    """botocore lets out what Python raises, and only when the first call needs the credentials."""
    missing = tmp_path / "token"
    client = profile(f"role_arn = arn:aws:iam::123456789012:role/x\nweb_identity_token_file = {missing}")

    with pytest.raises(AwsCallError) as raised, calling("ec2:DescribeImages", REGION):
        client.describe_images()

    failure = raised.value.failure
    assert (failure.code, failure.message) == ("credentials_not_loaded", f"No such file or directory: {missing}")
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in failure.next_step


def test_calling__a_token_of_single_sign_on_that_is_not_there(profile, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    client = profile(
        "sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
        "sso_account_id = 123456789012\nsso_role_name = images"
    )

    with pytest.raises(AwsCallError) as raised, calling("ec2:DescribeImages", REGION):
        client.describe_images()

    assert raised.value.failure.code in ("SSOTokenLoadError", "UnauthorizedSSOTokenError")
    assert "aws sso login" in raised.value.failure.next_step


def test_calling__nothing_happens():
    with calling(ACTION, REGION):
        pass
