# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS says denied a call, in the words of the IAM User Guide, and where that is cured."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.advice import next_step
from ansible_collections.golden.ami.plugins.module_utils._base.denials import read_denial

OWN, OTHER = "123456789012", "999988887777"
USER = f"arn:aws:iam::{OWN}:user/images"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/images/run"
KEY, FOREIGN = (f"arn:aws:kms:eu-west-1:{account}:key/1234" for account in (OWN, OTHER))
IMAGE = "arn:aws:ec2:eu-west-1::image/ami-1"
MODIFY, CREATE, ASSUME = "ec2:ModifyImageAttribute", "kms:CreateGrant", "sts:AssumeRole"
POLICY = "arn:aws:organizations::987654321098:policy/o-qv5af4abcd/service_control_policy/p-2kgnabcd"
# KMS's answer about keys of other accounts, whether they exist or not.
VAGUE = (
    f"User: {USER} is not authorized to perform: {CREATE} on this resource because the resource does not exist in this Region, "
    "no resource-based policies allow access, or a resource-based policy explicitly denies access"
)


def denied(action, resource, why, user=USER):
    return f"User: {user} is not authorized to perform: {action} on resource: {resource} {why}"


@pytest.mark.parametrize("user", [USER, SESSION])
@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("identity-based policy", "the caller's IAM policies"),
        ("service control policy", "the service control policies that apply to the caller's account"),
        ("resource control policy", "the resource control policies that apply to the account of the resource"),
        ("permissions boundary", "the caller's permissions boundary"),
        ("session policy", "the session policy that was passed"),
        ("VPC endpoint policy", "the policy of the VPC endpoint"),
        ("Service Control Policy", "the service control policies"),
    ],
)
@pytest.mark.parametrize("action", [MODIFY, CREATE, "organizations:ListAccounts", ASSUME])
def test_next_step__where_the_stated_policy_is(kind, place, action, user):
    implicit = denied(action, KEY, f"because no {kind} allows the {action} action", user)
    article = "an" if kind.startswith("identity") else "a"
    explicit = denied(action, KEY, f"with an explicit deny in {article} {kind}", user)

    steps = [
        next_step(action, code, implicit) for code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
    ]
    assert set(steps) == {steps[0]} and steps[0].startswith(f"Allow {action} in {place}")
    assert next_step(action, "AccessDenied", explicit).startswith(f"Remove what denies {action} from {place}")
    helps_not = "An Allow in the caller's IAM policies does not help"
    assert (helps_not in steps[0]) is ("identity" not in kind)


@pytest.mark.parametrize("end", ["", ".", " and more"])
def test_next_step__names_the_policy_that_aws_names(end):
    message = denied(MODIFY, IMAGE, f"with an explicit deny in a service control policy: {POLICY}{end}")

    assert f"management account ({POLICY})." in next_step(MODIFY, "UnauthorizedOperation", message)


@pytest.mark.parametrize(
    ("message", "resource", "said", "not_said"),
    [
        pytest.param(
            denied(CREATE, KEY, f"because no resource-based policy allows the {CREATE} action"),
            KEY,
            ["in the key policy", f"IAM policies of account {OWN}"],
            [OTHER],
            id="own key, nothing allows",
        ),
        pytest.param(
            denied(CREATE, FOREIGN, f"because no resource-based policy allows the {CREATE} action"),
            FOREIGN,
            [f"Account {OTHER} owns the key", "its key policy", USER, "the caller's IAM policies", "It takes both"],
            [],
            id="foreign key, nothing allows",
        ),
        pytest.param(VAGUE, FOREIGN, [f"Account {OTHER} owns the key", "its key policy"], [], id="foreign key, vague"),
        pytest.param(VAGUE, KEY, ["in the key policy"], [OTHER], id="own key, vague"),
        pytest.param(VAGUE, "alias/golden", ["Allow kms:CreateGrant", "key policy"], [OTHER], id="alias, vague"),
        pytest.param(
            denied(CREATE, FOREIGN, f"because no identity-based policy allows the {CREATE} action"),
            FOREIGN,
            ["in the caller's IAM policies", f"account {OTHER} owns the key, and its key policy allows the caller"],
            ["both"],
            id="foreign key, which allows the caller",
        ),
        pytest.param(
            denied(CREATE, FOREIGN, "with an explicit deny in a resource-based policy"),
            FOREIGN,
            [f"Remove what denies {CREATE} from the key policy in account {OTHER}"],
            ["takes both"],
            id="foreign key denies",
        ),
        pytest.param(
            denied(CREATE, KEY, "with an explicit deny in a resource-based policy"),
            KEY,
            [f"Remove what denies {CREATE} from the key policy."],
            ["in account"],
            id="own key denies",
        ),
        pytest.param(
            denied(CREATE, FOREIGN, ""),
            "",
            [f"Account {OTHER} owns the key", "It takes both"],
            [],
            id="foreign key, unsaid",
        ),
        pytest.param(
            "no", FOREIGN, ["Allow kms:CreateGrant in the caller's IAM policy"], ["owns"], id="caller unknown"
        ),
        pytest.param("no", "", ["Allow kms:CreateGrant in the caller's IAM policy"], ["owns"], id="nothing known"),
    ],
)
def test_next_step__of_a_key(message, resource, said, not_said):
    step = next_step(CREATE, "AccessDeniedException", message, resource)

    assert [part for part in said if part not in step] == []
    assert [part for part in not_said if part in step] == []


@pytest.mark.parametrize("action", ["kms:GetKeyPolicy", "kms:PutKeyPolicy"])
@pytest.mark.parametrize("why", ["", "because no identity-based policy allows the action"])
def test_next_step__a_foreign_policy_is_nobody_elses(action, why):
    step = next_step(action, "AccessDeniedException", denied(action, FOREIGN, why))

    assert step == f"Use credentials of account {OTHER}, which owns the key: nobody else can read or write its policy."


def test_next_step__of_a_role():
    message = denied(
        ASSUME, f"arn:aws:iam::{OTHER}:role/x", f"because no resource-based policy allows the {ASSUME} action"
    )

    assert next_step(ASSUME, "AccessDenied", message) == f"Allow {ASSUME} in the role's trust policy."


@pytest.mark.parametrize(
    "message",
    [
        "",
        "You are not authorized to perform this operation.",
        "because no policy that I know allows it",
        "because no service allows it",
        denied(MODIFY, IMAGE, ""),
    ],
)
def test_next_step__what_is_not_said_is_not_guessed(message):
    assert read_denial(message).kind == ""
    assert next_step(MODIFY, "UnauthorizedOperation", message).startswith(
        f"Allow {MODIFY} in the caller's IAM policy; check"
    )


def test_next_step__the_text_matters_for_denials_alone():
    message = denied(CREATE, FOREIGN, "with an explicit deny in a service control policy")

    assert "service control" not in next_step(CREATE, "LimitExceededException", message)


def test_read_denial__accounts():
    denial = read_denial(denied(CREATE, FOREIGN, "", SESSION))

    assert (denial.caller, denial.caller_account, denial.owner, denial.is_foreign) == (SESSION, OWN, OTHER, True)
    assert read_denial(denied(MODIFY, IMAGE, "")).owner == ""
