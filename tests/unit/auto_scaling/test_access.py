# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By what Auto Scaling of other accounts may use a key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._auto_scaling.access import OPERATIONS, access, role_arn
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import Grant
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    ORGANIZATION_ID,
    OWNER,
    UNIQUE_ID,
    accounts,
    made,
    made_pair,
    policy_request,
    policy_text,
    single_policy_request,
    statement,
    terms,
)
from tests.unit.growth import growth
from tests.unit.key_policy.samples import FOR_SERVICES, of_external_account, of_key_users, of_service_linked_role

ROLE = role_arn(ALICE, "aws")
ROOT = f"arn:aws:iam::{ALICE}:root"
SESSION = f"arn:aws:sts::{ALICE}:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling"
ALL = tuple(sorted(OPERATIONS))
ACTIONS = [f"kms:{operation}" for operation in ALL]
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", "eu-west-1")
NO_POLICY = policy_text(ADMINISTRATION)


def granted(grantee=ROLE, *operations, **given):
    return Grant("g-1", "anything", grantee, terms(*(operations or ALL), **given), f"arn:aws:iam::{ALICE}:root")


def using(**given):
    return statement(ROLE, Action=[one for one in ACTIONS if one != "kms:CreateGrant"], **given)


def granting(condition):
    return statement(ROLE, Sid="grants", Action="kms:CreateGrant", Condition=condition)


def everybody(condition):
    return [statement("*", Action=ACTIONS, Condition=condition)]


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
        # KMS takes either for its own operations; a grant that is made from one of them has only what that one has.
        pytest.param([granted(ROLE, *ALL[:4]), granted(ROLE, *ALL[4:])], "unknown", id="in two halves"),
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
    assert found([replace(one, issuing_account=f"arn:aws:iam::{OWNER}:root") for one in grants]) == how


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
        pytest.param(of_service_linked_role(ROLE), "key_policy", id="AWS's recipe"),
        pytest.param(of_key_users(ROLE), "key_policy", id="AWS's recipe for key users"),
        pytest.param(made_pair(policy_request(ROLE, actions=tuple(ACTIONS))), "key_policy", id="our pair"),
        pytest.param([made(single_policy_request(ROLE, actions=tuple(ACTIONS)))], "key_policy", id="our older one"),
        pytest.param(of_service_linked_role(ROLE)[:1], "none", id="AWS's recipe without grants"),
        pytest.param(of_external_account(ROOT), "none", id="AWS's recipe for an account that grants"),
        # Under it nothing but a grant is allowed.
        pytest.param([statement(ROLE, Action=ACTIONS, Condition=FOR_SERVICES)], "none", id="on its condition"),
        pytest.param(
            [statement(ROLE, Action=ACTIONS, Condition={"BoolIfExists": {"kms:GrantIsForAWSResource": True}})],
            "key_policy",
            id="on its condition, if there is one",
        ),
        pytest.param([using(), granting({"Bool": {"kms:GrantIsForAWSResource": "false"}})], "none", id="its opposite"),
        pytest.param([using(), granting({"StringEquals": {"kms:ViaService": "ec2"}})], "unknown", id="another one"),
        pytest.param([using(), granting({**FOR_SERVICES, "Bool2": {"x": "y"}})], "unknown", id="and another one"),
        pytest.param(
            [using(Condition={"Null": {"aws:x": "true"}}), granting(FOR_SERVICES)], "unknown", id="on the use"
        ),
        pytest.param([using(), granting(["x"])], "unknown", id="one that cannot be read"),
        pytest.param([statement(f"arn:aws:iam::{ALICE}:root", Action=ACTIONS)], "none", id="the account"),
        pytest.param([statement(ALICE, Action=ACTIONS)], "none", id="the account by ID"),
        pytest.param(
            [statement("*", Action=ACTIONS, Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}})],
            "unknown",
            id="its organization",
        ),
        pytest.param(everybody({"StringEquals": {"aws:PrincipalAccount": ALICE}}), "unknown", id="its account"),
        pytest.param(everybody({"StringEquals": {"aws:PrincipalAccount": [BOB]}}), "none", id="another account"),
        pytest.param(everybody({"ArnEquals": {"aws:PrincipalArn": ROLE}}), "unknown", id="its ARN as a condition"),
        pytest.param(
            everybody({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{BOB}:*"}}), "none", id="ARNs of others"
        ),
        pytest.param(
            everybody({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ALICE}:*"}}),
            "unknown",
            id="ARNs of all others",
        ),
        pytest.param(everybody(None), "unknown", id="everybody"),
        pytest.param(
            [statement("*", Action=ACTIONS[:-1], Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}})],
            "none",
            id="its organization, without all actions",
        ),
        pytest.param(
            [statement(ROLE, Action=ACTIONS[:-1]), *everybody({"StringEquals": {"aws:PrincipalOrgID": "o"}})],
            "unknown",
            id="the rest by its organization",
        ),
        pytest.param(
            [statement(Principal=None, NotPrincipal={"AWS": BOB}, Action=ACTIONS)], "unknown", id="all but one"
        ),
        pytest.param([statement(Principal=None, NotPrincipal={"AWS": ROLE}, Action=ACTIONS)], "none", id="all but it"),
        pytest.param([statement(ROLE, Action=None, NotAction="kms:Put*")], "key_policy", id="all actions but some"),
        pytest.param([statement(ROLE, Action=None, NotAction="kms:Encrypt")], "none", id="all actions but one"),
        pytest.param([statement(ROLE, Action=ACTIONS, Resource="arn:x")], "unknown", id="a resource"),
        pytest.param([statement(SESSION, Action=ACTIONS)], "unknown", id="a session of the role"),
        pytest.param(
            [statement(Principal={"Service": "autoscaling.amazonaws.com"}, Action=ACTIONS)], "none", id="a service"
        ),
        pytest.param([statement(UNIQUE_ID, Action=ACTIONS)], "none", id="a role that is gone"),
    ],
)
def test_access__by_key_policy(statements, how):
    text = policy_text(ADMINISTRATION, *statements)

    assert found((), text) == how
    assert found(DENIED, text) == ("key_policy" if how == "key_policy" else "unknown")
    assert found([granted()], text) == "grant"


@pytest.mark.parametrize(
    ("denies", "how"),
    [
        pytest.param({}, "none", id="it"),
        pytest.param({"Principal": "*"}, "none", id="everybody"),
        pytest.param({"Action": "kms:Encrypt"}, "none", id="one action"),
        pytest.param({"Action": None, "NotAction": "kms:Decrypt"}, "none", id="all actions but one"),
        pytest.param({"Action": ["kms:Put*", "kms:RevokeGrant"]}, "", id="other actions"),
        pytest.param({"Principal": {"AWS": BOB}}, "", id="others"),
        pytest.param({"Principal": {"AWS": ALICE}}, "unknown", id="its account"),
        pytest.param({"Principal": {"AWS": SESSION}}, "unknown", id="a session of it"),
        pytest.param({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "", id="without TLS"),
        pytest.param(
            {"Action": "kms:CreateGrant", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "false"}}},
            "",
            id="other grants",
        ),
        pytest.param(
            {"Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}},
            "unknown",
            id="other organizations",
        ),
        pytest.param(
            {"Principal": "*", "Condition": {"StringNotLike": {"aws:PrincipalArn": ROLE}}}, "unknown", id="other ARNs"
        ),
        pytest.param(
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": BOB}}}, "", id="another account"
        ),
        pytest.param(
            {"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "::/0"}}}, "unknown", id="addresses"
        ),
        pytest.param({"Principal": None, "NotPrincipal": {"AWS": BOB}}, "none", id="all but others"),
        pytest.param({"Principal": None, "NotPrincipal": {"AWS": ROLE}}, "unknown", id="all but it"),
        pytest.param({"Principal": None, "NotPrincipal": {"AWS": ROOT}}, "unknown", id="all but its account"),
        pytest.param({"Principal": None, "NotPrincipal": {"AWS": [ROOT, ROLE]}}, "", id="all but both"),
    ],
)
def test_access__what_the_key_policy_denies(denies, how):
    """It counts before grants and before what the policy allows. Empty: it does not concern the role."""
    refusal = statement(ROLE, **{"Sid": "denies", "Effect": "Deny", "Action": "kms:*", **denies})

    assert found((), policy_text(refusal, statement(ROLE, Action=ACTIONS))) == (how or "key_policy")
    assert found([granted()], policy_text(statement(BOB), refusal)) == (how or "grant")
    # Where nothing else lets it in either, a refusal changes nothing, whomever it may concern.
    assert found((), policy_text(refusal)) == "none"


@pytest.mark.parametrize(
    ("grants", "statements", "how"),
    [
        pytest.param(
            [granted(ROLE, *without("Encrypt"))], [statement(ROLE, Action="kms:Encrypt")], "unknown", id="both"
        ),
        pytest.param([granted(ROLE, "Decrypt")], [statement(ROLE, Action="kms:Encrypt")], "none", id="too little"),
        pytest.param(
            [granted(ROLE, "Decrypt")], [statement(ROLE, Action=ACTIONS)], "key_policy", id="the policy alone"
        ),
        pytest.param([granted()], [statement(ROLE, Action="kms:Encrypt")], "grant", id="the grant alone"),
    ],
)
def test_access__by_grant_and_key_policy_together(grants, statements, how):
    assert found(grants, policy_text(*statements)) == how


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
    """Comparing each account with each grant would take minutes."""
    found = {}

    def prepare(number):
        many = accounts(number)
        grants = [granted(role_arn(account, "aws")) for account in many[: number // 2]]
        text = policy_text(statement([role_arn(account, "aws") for account in many[number // 2 :]], Action=ACTIONS))
        return lambda: found.update({number: access(many, "aws", grants, text)})

    assert growth(prepare, 4_000) < 5
    assert (len(found[4_000]["grant"]), len(found[4_000]["key_policy"])) == (2_000, 2_000)
