# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import botocore.exceptions as raised_by_botocore
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError, calling

ACTION = "ec2:ModifyImageAttribute"
REGION = "eu-west-1"


def failure_of(error):
    with pytest.raises(AwsCallError) as raised, calling(ACTION, REGION):
        raise error
    assert raised.value.__cause__ is error
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
    told = "You are not authorized to perform this operation."
    encoded = f"{told} Encoded authorization failure message: {'AbC-_0' * 200}"

    failure = failure_of(ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": encoded}}, "Op"))

    assert failure.message == told


def test_calling__a_wrong_request_is_a_bug():
    error = raised_by_botocore.ParamValidationError(report="wrong")

    with pytest.raises(raised_by_botocore.ParamValidationError), calling(ACTION, REGION):
        raise error


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("x")])
def test_calling__bugs_of_ours_go_through(error):
    with pytest.raises(type(error)), calling(ACTION, REGION):
        raise error


def test_calling__nothing_happens():
    with calling(ACTION, REGION):
        pass
