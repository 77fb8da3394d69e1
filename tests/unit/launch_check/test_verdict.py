# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict, check by check: which word, whose job, and what is not held against the AMI."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._allowed_images.model import AllowedImages
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import REGION_NOT_ENABLED
from ansible_collections.golden.ami.plugins.module_utils._launch_check.model import (
    UNTRIED,
    KeyProbe,
    Launched,
    ScalingFacts,
)
from ansible_collections.golden.ami.plugins.module_utils._launch_check.verdict import judge, judge_launch
from tests.unit.builders import BOB, IMAGE_ID, KEY_ARN, OTHER_KEY_ARN, OWNER, image
from tests.unit.launch_check.check_builders import (
    OF_THE_ROLE,
    denied_key,
    facts,
    failure,
    place,
    probe,
    request,
)

RUN, DESCRIBE, GRANT = "ec2:RunInstances", "ec2:DescribeImages", denied_key(operation="CreateGrant")
HIDING = AllowedImages("enabled", criteria=({"ImageProviders": [BOB]},))
NOTHING = place(shared={})
NO_SUBNET = failure("", "no_subnet", "The account has no available subnet", next_step="Tag one.")


@pytest.mark.parametrize(
    ("read", "word", "whose"),
    [
        pytest.param({}, "ready", None, id="all is well"),
        pytest.param({"key": probe()}, "ready", None, id="all is well with a key"),
        pytest.param({"place": place(shared={}, others={IMAGE_ID: image(public=True)})}, "ready", None, id="public"),
        pytest.param(
            {"place": place(unread=failure("sts:AssumeRole", "AccessDenied"))}, "not_reachable", "consumer", id="role"
        ),
        pytest.param(
            {"place": place(unread=failure("sts:AssumeRole", "EndpointConnectionError"))},
            "not_reachable",
            None,
            id="STS",
        ),
        pytest.param(
            {"place": place(unread=failure(DESCRIBE, REGION_NOT_ENABLED))}, "not_reachable", "consumer", id="Region"
        ),
        pytest.param(
            {"place": place(unread=failure(DESCRIBE, "RequestLimitExceeded"))}, "not_reachable", None, id="throttled"
        ),
        pytest.param({"place": place(unread=failure(DESCRIBE, "RequestExpired"))}, "not_reachable", None, id="expired"),
        pytest.param(
            {"place": place(unread=failure(DESCRIBE, "AuthFailure"))}, "not_reachable", None, id="credentials"
        ),
        pytest.param(
            {"place": place(unread=failure(DESCRIBE, "UnauthorizedOperation"))},
            "not_tested",
            "consumer",
            id="may not look",
        ),
        pytest.param({"place": NOTHING, "dry_run": UNTRIED}, "not_shared", "owner", id="not shared"),
        pytest.param(
            {"place": place(shared={}, allowed=AllowedImages("disabled"))},
            "not_shared",
            "owner",
            id="nothing is hidden",
        ),
        pytest.param(
            {"place": place(shared={}, allowed=AllowedImages("audit-mode", criteria=HIDING.criteria))},
            "not_shared",
            "owner",
            id="audit mode hides nothing",
        ),
        pytest.param({"place": place(shared={}, allowed=HIDING)}, "hidden_by_allowed_images", "consumer", id="hidden"),
        pytest.param(
            {"place": place(shared={}, allowed=AllowedImages("enabled", criteria=({"ImageProviders": [OWNER]},)))},
            "not_shared",
            "owner",
            id="allowed, so not shared",
        ),
        pytest.param(
            {"place": place(shared={}, allowed=HIDING), "owned": None}, "not_shared", "owner", id="owner not known"
        ),
        pytest.param(
            {"place": place(shared={IMAGE_ID: image(state="disabled")}), "dry_run": UNTRIED},
            "launch_denied",
            "owner",
            id="disabled",
        ),
        pytest.param({"place": place(subnet=NO_SUBNET), "dry_run": UNTRIED}, "not_tested", "consumer", id="no subnet"),
        pytest.param(
            {"place": place(subnet=failure("ec2:DescribeSubnets", "UnauthorizedOperation")), "dry_run": UNTRIED},
            "not_tested",
            "consumer",
            id="subnets not read",
        ),
        pytest.param({"instance_type": "", "dry_run": UNTRIED}, "not_tested", None, id="no instance type"),
        pytest.param({"dry_run": failure(RUN, "UnauthorizedOperation")}, "launch_denied", "consumer", id="IAM"),
        pytest.param({"dry_run": failure(RUN, "OptInRequired")}, "launch_denied", "consumer", id="Marketplace"),
        pytest.param({"dry_run": failure(RUN, "AuthFailure")}, "not_shared", "owner", id="listed and not shared"),
        pytest.param(
            {"dry_run": failure(RUN, "InvalidAMIID.NotFound")}, "not_shared", "owner", id="listed and not found"
        ),
        pytest.param({"dry_run": failure(RUN, "VPCIdNotSpecified")}, "not_tested", "consumer", id="no VPC"),
        pytest.param({"dry_run": failure(RUN, "InvalidParameterValue")}, "not_tested", "consumer", id="instance type"),
        pytest.param({"dry_run": failure(RUN, "VcpuLimitExceeded")}, "not_tested", "consumer", id="quota"),
        pytest.param({"dry_run": failure(RUN, "SomethingNew")}, "not_tested", "consumer", id="unknown code"),
        pytest.param({"dry_run": failure(RUN, "RequestLimitExceeded")}, "not_reachable", None, id="throttled launches"),
        pytest.param({"dry_run": failure(RUN, "ExpiredToken")}, "not_reachable", None, id="expired in between"),
        pytest.param({"key": probe("", DescribeKey=denied_key())}, "key_denied", "owner", id="no access to the key"),
        pytest.param({"key": probe(Decrypt=denied_key(operation="Decrypt"))}, "key_denied", "owner", id="a part of it"),
        pytest.param({"key": probe(CreateGrant=GRANT)}, "not_tested", "owner", id="grants for AWS services only"),
        pytest.param(
            {"key": probe(CreateGrant=GRANT, Decrypt=denied_key(operation="Decrypt"))},
            "key_denied",
            "owner",
            id="all of it",
        ),
        pytest.param(
            {"key": probe("", DescribeKey=denied_key(OF_THE_ROLE))}, "not_tested", "consumer", id="role's policies"
        ),
        pytest.param(
            {"key": probe(CreateGrant=denied_key(OF_THE_ROLE))}, "not_tested", "consumer", id="role's policies, grants"
        ),
        pytest.param({"key": probe("Disabled")}, "key_denied", "owner", id="disabled key"),
        pytest.param({"key": probe("PendingDeletion")}, "key_denied", "owner", id="dying key"),
        pytest.param(
            {"key": probe("", DescribeKey=denied_key(code="NotFoundException"))},
            "key_denied",
            "owner",
            id="no such key",
        ),
        pytest.param(
            {"key": probe(Decrypt=denied_key(code="ThrottlingException"))}, "not_reachable", None, id="KMS throttles"
        ),
        pytest.param(
            {"key": failure("kms:DescribeKey", "ReadTimeoutError")}, "not_reachable", None, id="KMS is silent"
        ),
        pytest.param({"key_arns": None}, "not_tested", "owner", id="key not known"),
    ],
)
def test_judge(read, word, whose):
    verdict = judge(request(), facts(**read))

    assert (verdict.word, verdict.whose) == (word, whose)
    assert bool(verdict.reason) == bool(verdict.cure) == (word != "ready") or whose is None


def test_judge__what_is_certain_comes_before_what_could_not_be_tested():
    probes = {KEY_ARN: probe(CreateGrant=GRANT), OTHER_KEY_ARN: probe("", DescribeKey=denied_key())}

    verdict = judge(request(), facts(key_arns=(KEY_ARN, OTHER_KEY_ARN), keys=probes))

    assert verdict.word == "key_denied"


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        (failure("ec2:GetAllowedImagesSettings", "UnauthorizedOperation"), "could not be read (UnauthorizedOperation)"),
        (AllowedImages("enabled", criteria=({"ImageProviders": ["amazon"]},)), "cannot be told from outside"),
    ],
)
def test_judge__not_shared_says_what_is_in_doubt(allowed, said):
    assert said in judge(request(), facts(place=place(shared={}, allowed=allowed))).cure


@pytest.mark.parametrize(
    ("managed_by", "said"),
    [("account", "ReplaceImageCriteria"), ("declarative-policy", "organization's declarative policy")],
)
def test_judge__hidden_says_where_the_setting_is(managed_by, said):
    setting = AllowedImages("enabled", managed_by, HIDING.criteria)

    assert said in judge(request(), facts(place=place(shared={}, allowed=setting))).cure


@pytest.mark.parametrize(
    ("scaling", "word", "whose"),
    [
        (ScalingFacts(True, {KEY_ARN: "grant"}), "ready", None),
        (ScalingFacts(True, {KEY_ARN: "key_policy", OTHER_KEY_ARN: "none"}), "key_denied", "owner"),
        (ScalingFacts(True, {KEY_ARN: "unknown"}), "not_tested", "owner"),
        (ScalingFacts(False), "launch_denied", "consumer"),
        (ScalingFacts(failure("iam:GetRole", "AccessDenied")), "not_tested", "consumer"),
        (ScalingFacts(True), "ready", None),
        (None, "ready", None),
    ],
)
def test_judge__auto_scaling(scaling, word, whose):
    read = facts(key=probe(), scaling=scaling)

    assert judge(request(), read).word == "ready"
    verdict = judge(request(auto_scaling=True), read)
    assert (verdict.word, verdict.whose) == (word, whose)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (image(allowed=False), "audit mode"),
        (image(deprecation_time="2026-11-30T00:00:00.000Z"), "deprecated"),
        (image(), ""),
    ],
)
def test_judge__notes(about, said):
    notes = judge(request(), facts(place=place(shared={IMAGE_ID: about}))).notes

    assert said in " ".join(notes) and bool(notes) == bool(said)


def launched(state="terminated", code="", **given):
    return Launched(
        **{"instance_id": "i-1", "state": state, "reason": (code, f"{code}: message" if code else ""), **given}
    )


def after(read, end, before=None):
    return judge_launch(before or judge(request(), read), read, end, 300)


@pytest.mark.parametrize(
    ("read", "end", "word", "whose"),
    [
        pytest.param({}, launched("running"), "ready", None, id="runs"),
        pytest.param({"key": probe(Decrypt=denied_key())}, launched("running"), "ready", None, id="runs all the same"),
        pytest.param(
            {"key": probe(CreateGrant=GRANT)}, launched("running"), "ready", None, id="runs with EC2's own grant"
        ),
        pytest.param({"key": probe()}, launched(code="Client.InternalError"), "key_denied", "owner", id="key"),
        pytest.param(
            {"key_arns": None}, launched(code="Client.InternalError"), "key_denied", "owner", id="unknown key"
        ),
        pytest.param({}, launched(code="Client.InternalError"), "launch_denied", "consumer", id="no key at all"),
        pytest.param(
            {"key": probe()}, launched(code="Client.InvalidKMSKey.InvalidState"), "key_denied", "owner", id="key state"
        ),
        pytest.param(
            {}, launched("shutting-down", "Client.VolumeLimitExceeded"), "launch_denied", "consumer", id="volumes"
        ),
        pytest.param({}, launched(), "launch_denied", "consumer", id="no reason"),
        pytest.param({}, launched("pending"), "not_tested", "consumer", id="pending"),
        pytest.param({}, launched(""), "not_tested", "consumer", id="never seen"),
        pytest.param(
            {}, Launched(refused=failure(RUN, "UnauthorizedOperation")), "not_tested", "consumer", id="may not tag"
        ),
        pytest.param(
            {}, Launched(refused=failure(RUN, "InsufficientInstanceCapacity")), "not_tested", "consumer", id="no room"
        ),
        pytest.param({}, Launched(refused=failure(RUN, "AuthFailure")), "not_shared", "owner", id="unshared meanwhile"),
        pytest.param(
            {},
            Launched("i-1", refused=failure("ec2:DescribeInstances", "UnauthorizedOperation")),
            "not_tested",
            "consumer",
            id="may not look",
        ),
    ],
)
def test_judge_launch(read, end, word, whose):
    verdict = after(facts(**read), end)

    assert (verdict.word, verdict.whose) == (word, whose)


def test_judge_launch__an_instance_says_nothing_about_auto_scaling():
    read = facts(scaling=ScalingFacts(False))
    before = judge(request(auto_scaling=True), read)

    assert after(read, launched("running"), before) == before


def test_judge_launch__what_the_dry_runs_said_is_a_note():
    (note,) = after(facts(key=KeyProbe(KEY_ARN, "Enabled", {"CreateGrant": GRANT})), launched("running")).notes

    assert note.startswith("KMS's dry runs say no") and "an instance ran all the same" in note


def test_judge_launch__awss_reason_is_the_answer():
    verdict = after(facts(), launched(code="Client.VolumeLimitExceeded"))

    assert (verdict.detail.code, verdict.detail.message) == (
        "Client.VolumeLimitExceeded",
        "Client.VolumeLimitExceeded: message",
    )
