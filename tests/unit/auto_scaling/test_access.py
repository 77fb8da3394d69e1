# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By what Auto Scaling of other accounts may use a key."""

from __future__ import annotations

import time

import pytest

from ansible_collections.golden.ami.plugins.module_utils._auto_scaling.access import OPERATIONS, access, role_arn
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import Grant
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    ORGANIZATION_ID,
    UNIQUE_ID,
    accounts,
    policy_text,
    statement,
    terms,
)

ROLE = role_arn(ALICE, "aws")
ALL = tuple(sorted(OPERATIONS))
ACTIONS = [f"kms:{operation}" for operation in ALL]
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", "eu-west-1")
NO_POLICY = policy_text(ADMINISTRATION)


def granted(grantee=ROLE, *operations, **given):
    return Grant("g-1", "anything", grantee, terms(*(operations or ALL), **given), f"arn:aws:iam::{ALICE}:root")


def without(operation):
    return [name for name in ALL if name != operation]


def found(grants=(), policy=NO_POLICY, partition="aws"):
    """Where the one account is."""
    (how,) = [how for how, listed in access([ALICE], partition, grants, policy).items() if listed == [ALICE]]
    return how


def test_role_arn():
    path = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    assert role_arn(ALICE, "aws-cn") == f"arn:aws-cn:iam::{ALICE}:{path}"


@pytest.mark.parametrize(
    ("grants", "how"),
    [
        pytest.param([granted()], "grant", id="all"),
        pytest.param([granted(ROLE, *ALL, "RetireGrant", retiring=ROLE)], "grant", id="more"),
        pytest.param([granted(ROLE, "Decrypt"), granted()], "grant", id="one of two"),
        *(pytest.param([granted(ROLE, *without(one))], "none", id=f"without {one}") for one in ALL),
        pytest.param([granted(ROLE, *ALL[:4]), granted(ROLE, *ALL[4:])], "none", id="in two halves"),
        pytest.param([granted(constraints='{"EncryptionContextSubset": {"a": "b"}}')], "none", id="constraints"),
        pytest.param([granted(f"arn:aws:iam::{ALICE}:root")], "none", id="the account"),
        pytest.param([granted(f"{ROLE}_Web")], "none", id="another service-linked role"),
        pytest.param([granted(role_arn(BOB, "aws"))], "none", id="another account"),
        pytest.param([granted(UNIQUE_ID)], "none", id="a role that is gone"),
        pytest.param([], "none", id="nothing"),
    ],
)
def test_access__by_grant(grants, how):
    assert found(grants) == how
    assert found(grants, DENIED) == ("grant" if how == "grant" else "unknown")


@pytest.mark.parametrize(
    ("statements", "how"),
    [
        pytest.param([statement(ROLE, Action=ACTIONS)], "key_policy", id="all"),
        pytest.param([statement([BOB, ROLE], Action=[one.upper() for one in ACTIONS])], "key_policy", id="spelling"),
        pytest.param([statement(ROLE, Action="kms:*", Condition={})], "key_policy", id="everything"),
        pytest.param(
            [
                statement(
                    ROLE,
                    Action=["kms:CreateGrant", "kms:De*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                )
            ],
            "key_policy",
            id="wildcards",
        ),
        pytest.param(
            [statement(ROLE, Action=ACTIONS[:3]), statement(ROLE, Action=ACTIONS[3:], Sid=None)],
            "key_policy",
            id="in two",
        ),
        pytest.param([statement(ROLE, Action=ACTIONS[:-1])], "none", id="one is missing"),
        pytest.param([statement(ROLE, Action=ACTIONS, Effect="Deny")], "none", id="denied"),
        pytest.param(
            [statement(ROLE, Action=ACTIONS, Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})],
            "none",
            id="on a condition",
        ),
        pytest.param([statement(f"arn:aws:iam::{ALICE}:root", Action=ACTIONS)], "none", id="the account"),
        pytest.param([statement(ALICE, Action=ACTIONS)], "none", id="the account by ID"),
        pytest.param(
            [statement("*", Action=ACTIONS, Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}})],
            "none",
            id="its organization",
        ),
        pytest.param([statement(UNIQUE_ID, Action=ACTIONS)], "none", id="a role that is gone"),
    ],
)
def test_access__by_key_policy(statements, how):
    text = policy_text(ADMINISTRATION, *statements)

    assert found((), text) == how
    assert found(DENIED, text) == ("key_policy" if how == "key_policy" else "unknown")


@pytest.mark.parametrize("policy", [DENIED, "", "{", "[]"])
def test_access__what_cannot_be_read_is_unknown(policy):
    assert found((), policy) == "unknown"


def test_access__a_grant_comes_before_the_key_policy():
    assert found([granted()], policy_text(statement(ROLE, Action=ACTIONS))) == "grant"


def test_access__in_the_partition_of_the_key():
    assert found([granted(role_arn(ALICE, "aws-cn"))], partition="aws-cn") == "grant"
    assert found([granted()], partition="aws-cn") == "none"


def test_access__keeps_the_order_and_names_each_once():
    listed = access([BOB, ALICE, BOB], "aws", [granted()], NO_POLICY)

    assert listed == {"grant": [ALICE], "key_policy": [], "none": [BOB], "unknown": []}
    assert access([], "aws", (), DENIED) == {"grant": [], "key_policy": [], "none": [], "unknown": []}


def test_access__of_many_accounts_takes_no_time():
    many = accounts(20_000)
    grants = [granted(role_arn(account, "aws")) for account in many[:10_000]]
    text = policy_text(statement([role_arn(account, "aws") for account in many[10_000:]], Action=ACTIONS))

    started = time.monotonic()
    listed = access(many, "aws", grants, text)

    assert (len(listed["grant"]), len(listed["key_policy"])) == (10_000, 10_000)
    # Comparing each account with each grant would take minutes.
    assert time.monotonic() - started < 10
