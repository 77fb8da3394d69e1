# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who was calling, and which Region is not enabled: asked only after something failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._call.diagnose import Diagnosis, diagnose
from ansible_collections.golden.ami.plugins.module_utils._call.session import UnusableConnectionError
from tests.unit.fake_aws import CREDENTIALS, Error, FakeAws

CALLER = "arn:aws:iam::123456789012:user/images"
NOT_CALLED = Failure("quota", "too many", "Share with an organization.")


def failed(code, region="eu-west-1"):
    return Failure(code, "AWS's words", "Do something.", "ec2:DescribeImages", region)


@pytest.fixture
def reachable(aws):
    aws.answers["GetCallerIdentity"] = lambda _region, _params: {"Arn": CALLER}
    aws.answers["DescribeRegions"] = lambda _region, _params: {"Regions": [{"RegionName": "ap-east-1"}]}
    return aws


def test_diagnose__aws_was_never_asked(aws):
    assert diagnose(aws, [NOT_CALLED]) == Diagnosis()
    assert aws.calls == []


def test_diagnose__no_credentials_is_nobody(aws):
    assert diagnose(aws, [failed("NoCredentialsError")]).caller == "nobody (no credentials)"
    assert aws.calls == []


def test_diagnose__the_network_is_not_asked_about_itself(aws):
    assert diagnose(aws, [failed("EndpointConnectionError")]) == Diagnosis()
    assert aws.calls == []


@pytest.mark.parametrize("code", ["SSOTokenLoadError", "credentials_not_loaded", "CredentialRetrievalError"])
def test_diagnose__without_credentials_nobody_is_asked(aws, code):
    assert diagnose(aws, [failed(code), failed("NoCredentialsError")]).caller == "nobody (no credentials)"
    assert aws.calls == []


def test_diagnose__a_bug_is_not_asked_about(aws):
    assert diagnose(aws, [failed("internal_error")]) == Diagnosis()
    assert aws.calls == []


@pytest.mark.parametrize("method", ["in_a_hurry", "prepare", "client", "access_key"])
def test_diagnose__raises_nothing(aws, monkeypatch, method):
    """What a run has written is still to be reported."""
    aws.answers["GetCallerIdentity"] = lambda _region, _params: Error("ExpiredToken")

    def refuse(*_args):
        raise FileNotFoundError("token")

    monkeypatch.setattr(aws, method, refuse)

    assert diagnose(aws, [failed("AccessDenied")]).caller in ("", "access key AKIAEXAMPLE")


def test_diagnose__what_is_not_found_was_looked_for_by_somebody(reachable):
    missing = Failure("not_found", "ami-1 is not in eu-west-1.", "Check it.", region="cn-north-1")

    diagnosis = diagnose(reachable, [missing])

    assert [region for region, _operation, _params in reachable.calls] == ["cn-north-1"]
    explained = diagnosis.explain(missing)
    assert explained.message == (f"ami-1 is not in eu-west-1; it was looked for in account 123456789012, as {CALLER}.")
    assert explained.caller == ""


def test_diagnose__what_is_not_found_by_somebody_unknown_keeps_its_message(aws):
    missing = Failure("not_found", "ami-1 is not in eu-west-1.", region="eu-west-1")
    aws.answers["GetCallerIdentity"] = lambda _region, _params: Error("InvalidClientTokenId")

    assert diagnose(aws, [missing]).explain(missing) == missing


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "InvalidAMIID.Unavailable", "LimitExceededException"])
def test_diagnose__the_caller(reachable, code):
    diagnosis = diagnose(reachable, [failed(code), failed(code, "us-east-1")])

    assert diagnosis == Diagnosis(CALLER)
    assert reachable.operations() == ["GetCallerIdentity"]
    assert diagnosis.explain(failed(code)).caller == CALLER


@pytest.mark.parametrize("code", ["AuthFailure", "UnrecognizedClientException"])
def test_diagnose__a_region_that_is_not_enabled(reachable, code):
    diagnosis = diagnose(reachable, [failed(code, "ap-east-1"), failed(code, "eu-west-1")])

    explained, other = (diagnosis.explain(failed(code, region)) for region in ("ap-east-1", "eu-west-1"))
    assert explained.code == "region_not_enabled"
    assert "ap-east-1 is not enabled" in explained.message and code in explained.message
    assert "account:EnableRegion" in explained.next_step
    assert (other.code, other.caller) == (code, CALLER)


def test_diagnose__asks_where_every_account_may(reachable):
    diagnose(reachable, [failed("AuthFailure", "ap-east-1")])
    diagnose(reachable, [failed("AuthFailure", "cn-northwest-1")])
    diagnose(reachable, [failed("AuthFailure", "us-gov-east-1")])

    assert [region for region, _operation, _params in reachable.calls[::2]] == [
        "us-east-1",
        "cn-north-1",
        "us-gov-west-1",
    ]


def test_explain__another_failure_in_such_a_region_keeps_its_cause(reachable):
    diagnosis = Diagnosis(CALLER, frozenset({"ap-east-1"}))

    assert diagnosis.explain(failed("RequestLimitExceeded", "ap-east-1")).code == "RequestLimitExceeded"


def test_explain__another_caller_that_is_known_stays():
    role = "arn:aws:iam::111122223333:role/golden-ami-grantor"

    assert Diagnosis(CALLER).explain(replace(failed("AccessDeniedException"), caller=role)).caller == role


def test_explain__a_target_for_which_nothing_was_called_has_no_caller():
    assert Diagnosis(CALLER).explain(NOT_CALLED) == NOT_CALLED


@pytest.mark.parametrize(
    ("options", "caller"), [(CREDENTIALS, "access key AKIAEXAMPLE"), ({}, "an unknown caller")], ids=["key", "none"]
)
def test_diagnose__credentials_that_aws_does_not_know(aws, monkeypatch, options, caller):
    monkeypatch.setattr(aws, "_options", options)
    aws.answers["GetCallerIdentity"] = lambda _region, _params: Error("InvalidClientTokenId", status=403)

    diagnosis = diagnose(aws, [failed("AuthFailure")])

    assert diagnosis == Diagnosis(caller)
    assert aws.operations() == ["GetCallerIdentity"]


def test_diagnose__a_connection_that_cannot_be_made_hides_no_failure(aws, monkeypatch):
    """The role of the profile may expire between the first failure and the question who was calling."""

    def refuse(_service, _regions):
        raise UnusableConnectionError("sts:AssumeRole: ExpiredToken")

    monkeypatch.setattr(aws, "prepare", refuse)

    assert diagnose(aws, [failed("UnauthorizedOperation")]) == Diagnosis("access key AKIAEXAMPLE")
    assert diagnose(aws, [failed("AuthFailure", "ap-east-1")]) == Diagnosis("access key AKIAEXAMPLE")


def test_diagnose__regions_that_cannot_be_asked_about_hide_no_failure(reachable, monkeypatch):
    prepare = FakeAws.prepare

    def refuse(aws, service, regions):
        if service == "ec2":
            raise UnusableConnectionError("sts:AssumeRole: ExpiredToken")
        prepare(aws, service, regions)

    monkeypatch.setattr(FakeAws, "prepare", refuse)

    assert diagnose(reachable, [failed("AuthFailure", "ap-east-1")]) == Diagnosis(CALLER)


def test_diagnose__not_allowed_to_list_regions(reachable):
    reachable.answers["DescribeRegions"] = lambda _region, _params: Error("UnauthorizedOperation")

    assert diagnose(reachable, [failed("AuthFailure", "ap-east-1")]) == Diagnosis(CALLER)


def test_diagnose__calls_as_another_role_are_not_explained_by_the_own_credentials(reachable):
    foreign = replace(failed("AuthFailure", "ap-east-1"), caller="arn:aws:iam::111122223333:role/golden-ami")

    assert diagnose(reachable, [foreign]) == Diagnosis()
    assert reachable.calls == []
    diagnosis = diagnose(reachable, [foreign, failed("AuthFailure", "ap-east-1")])
    assert diagnosis.not_enabled == {"ap-east-1"}
    assert diagnosis.explain(foreign) == foreign
