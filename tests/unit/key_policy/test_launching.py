# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a key policy does not let an organization, a unit or an account do: AWS's samples, ours, and what cannot be determined."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._key_policy.launching import Missing, missing_actions
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import LAUNCH_ACTIONS
from ansible_collections.golden.ami.plugins.module_utils._key_policy.requesters import OfAccount, OfOrganization
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    ORGANIZATION_ID,
    OWNER,
    ROLE_ARN,
    UNIT_PATH,
    made,
    made_pair,
    policy_request,
    policy_text,
    single_policy_request,
    statement,
)
from tests.unit.key_policy.samples import FOR_SERVICES, USE, of_external_account, of_key_users, of_organization

ALL = frozenset(LAUNCH_ACTIONS)
GRANTS = frozenset(["kms:CreateGrant"])
ORGANIZATION, UNIT = OfOrganization(ORGANIZATION_ID), OfOrganization(ORGANIZATION_ID, UNIT_PATH)
ACCOUNT = OfAccount(ALICE, "aws")
ROOT = f"arn:aws:iam::{ALICE}:root"
IN_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}
IN_UNIT = {**IN_ORGANIZATION, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [UNIT_PATH, "o-other/r-a/*"]}}
NOTHING, EVERYTHING, NOBODY_KNOWS = (frozenset(), frozenset()), (ALL, frozenset()), (frozenset(), ALL)


def allowing(principals="*", **given):
    return statement(principals, **{"Action": list(LAUNCH_ACTIONS), **given})


def denying(principals="*", **given):
    return statement(principals, **{"Effect": "Deny", "Sid": "denies", "Action": "kms:*", **given})


def missing(requester, *statements):
    found = missing_actions(policy_text(ADMINISTRATION, *statements), requester, "aws")
    return found.actions, found.unknown


@pytest.mark.parametrize(
    ("statements", "organization", "unit"),
    [
        pytest.param([], EVERYTHING, EVERYTHING, id="the default policy"),
        pytest.param(of_organization(IN_ORGANIZATION), (GRANTS, frozenset()), (GRANTS, frozenset()), id="AWS's sample"),
        pytest.param(of_organization(IN_UNIT), EVERYTHING, (GRANTS, frozenset()), id="AWS's sample for units"),
        pytest.param(made_pair(policy_request(organization_ids=(ORGANIZATION_ID,))), NOTHING, NOTHING, id="our pair"),
        pytest.param(
            [made(single_policy_request(organization_ids=("o-anotherorgid", ORGANIZATION_ID)))],
            NOTHING,
            NOTHING,
            id="our single one, for two",
        ),
        pytest.param(made_pair(policy_request(organization_paths=(UNIT_PATH,))), EVERYTHING, NOTHING, id="our unit's"),
        pytest.param(
            made_pair(policy_request(organization_paths=(f"{ORGANIZATION_ID}/r-abcd/*",))),
            NOBODY_KNOWS,
            NOTHING,
            id="the whole of a root, which may be that of the organization",
        ),
        pytest.param(
            made_pair(policy_request(organization_paths=(f"{ORGANIZATION_ID}/r-abcd/ou-abcd-otherother/*",))),
            EVERYTHING,
            EVERYTHING,
            id="another unit",
        ),
        pytest.param(
            made_pair(policy_request(organization_ids=("o-anotherorgid",))), EVERYTHING, EVERYTHING, id="another one"
        ),
        pytest.param(made_pair(policy_request(ALICE, BOB)), EVERYTHING, EVERYTHING, id="accounts"),
        pytest.param([allowing()], NOTHING, NOTHING, id="everybody"),
        pytest.param([allowing(Principal="*", Action="*")], NOTHING, NOTHING, id="everybody, everything"),
        pytest.param(
            [allowing(Action=None, NotAction=["kms:Put*", "kms:Re*"])],
            (frozenset(["kms:ReEncryptFrom", "kms:ReEncryptTo"]), frozenset()),
            (frozenset(["kms:ReEncryptFrom", "kms:ReEncryptTo"]), frozenset()),
            id="all actions but some",
        ),
        pytest.param(
            [allowing(Condition=FOR_SERVICES)], (ALL - GRANTS, frozenset()), (ALL - GRANTS, frozenset()), id="Bool"
        ),
        pytest.param([allowing(Condition={"BoolIfExists": FOR_SERVICES["Bool"]})], NOTHING, NOTHING, id="BoolIfExists"),
        pytest.param(
            [allowing(Condition={"Bool": {"kms:GrantIsForAWSResource": "false"}})],
            EVERYTHING,
            EVERYTHING,
            id="no service",
        ),
        pytest.param(
            [allowing(Condition={"StringEquals": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}})],
            NOBODY_KNOWS,
            NOBODY_KNOWS,
            id="by way of a service",
        ),
        pytest.param(
            [allowing(Condition={**IN_ORGANIZATION, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})],
            NOBODY_KNOWS,
            NOBODY_KNOWS,
            id="one more condition",
        ),
        pytest.param(
            [allowing(Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}})],
            NOTHING,
            NOTHING,
            id="every organization",
        ),
        pytest.param(
            [allowing(Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}})],
            EVERYTHING,
            EVERYTHING,
            id="everybody else",
        ),
        pytest.param(
            [allowing(Principal=None, NotPrincipal={"AWS": BOB})], NOBODY_KNOWS, NOBODY_KNOWS, id="all but one"
        ),
        pytest.param([allowing(Resource="arn:aws:kms:::key/x")], NOBODY_KNOWS, NOBODY_KNOWS, id="a resource"),
        pytest.param(
            [allowing(Resource=None, NotResource="x")], NOBODY_KNOWS, NOBODY_KNOWS, id="all resources but one"
        ),
        pytest.param([allowing(Principal={"Service": "ec2.amazonaws.com"})], EVERYTHING, EVERYTHING, id="a service"),
        pytest.param([allowing(Action=None)], EVERYTHING, EVERYTHING, id="no action"),
    ],
)
def test_missing_actions__of_an_organization(statements, organization, unit):
    assert missing(ORGANIZATION, *statements) == organization
    assert missing(UNIT, *statements) == unit


@pytest.mark.parametrize(
    ("denies", "found"),
    [
        pytest.param(denying(), EVERYTHING, id="everybody"),
        pytest.param(denying(Action="kms:CreateGrant"), (GRANTS, frozenset()), id="one action"),
        pytest.param(denying(Action="kms:PutKeyPolicy"), NOTHING, id="another action"),
        pytest.param(denying(Condition={"Bool": {"aws:SecureTransport": "false"}}), NOTHING, id="without TLS"),
        pytest.param(
            denying(Action="kms:CreateGrant", Condition={"Bool": {"kms:GrantIsForAWSResource": False}}),
            NOTHING,
            id="grants of others than services",
        ),
        pytest.param(
            denying(Condition={"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}}),
            (ALL - GRANTS, frozenset()),
            id="whatever has no such key",
        ),
        pytest.param(
            denying(Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}), NOTHING, id="outside of it"
        ),
        pytest.param(
            denying(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-anotherorgid"}}), EVERYTHING, id="of others"
        ),
        pytest.param(
            denying(
                Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{UNIT_PATH[:-1]}ou-abcd-child/*"}}
            ),
            NOBODY_KNOWS,
            id="a part of it",
        ),
        pytest.param(denying(ROLE_ARN), NOBODY_KNOWS, id="somebody, who may be of it"),
        pytest.param(denying(Principal=None, NotPrincipal={"AWS": ROOT}), NOBODY_KNOWS, id="all but one"),
        pytest.param(denying(Principal={"Service": "s3.amazonaws.com"}), NOTHING, id="a service"),
        pytest.param(
            denying(Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), NOBODY_KNOWS, id="another condition"
        ),
    ],
)
@pytest.mark.parametrize("requester", [ORGANIZATION, UNIT], ids=["organization", "unit"])
def test_missing_actions__what_denies_counts_first(denies, found, requester):
    allowed = made_pair(policy_request(organization_ids=(ORGANIZATION_ID,)))

    assert missing(requester, denies, *allowed) == found
    assert missing(requester, *allowed, denies) == found


def test_missing_actions__the_accounts_right_in_a_unit():
    right_in_it = OfOrganization(ORGANIZATION_ID, UNIT_PATH.removesuffix("*"))

    assert missing(right_in_it, *made_pair(policy_request(organization_paths=(UNIT_PATH,)))) == NOTHING
    assert missing(right_in_it, *made_pair(policy_request(organization_paths=(right_in_it.path,)))) == NOTHING
    assert missing(UNIT, *made_pair(policy_request(organization_paths=(right_in_it.path,)))) == NOBODY_KNOWS


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        pytest.param([], EVERYTHING, id="the default policy"),
        pytest.param(of_external_account(ROOT), NOTHING, id="AWS's sample for an external account"),
        pytest.param(of_key_users(ROOT), NOTHING, id="AWS's sample for key users"),
        pytest.param(made_pair(policy_request(BOB, ALICE)), NOTHING, id="our pair"),
        pytest.param([statement(ALICE, Action=USE)], (GRANTS, frozenset()), id="by ID, without grants"),
        pytest.param(made_pair(policy_request(BOB)), EVERYTHING, id="another account"),
        pytest.param([allowing(ROLE_ARN)], EVERYTHING, id="a role of it"),
        pytest.param(
            [allowing(Condition={"StringEquals": {"aws:PrincipalAccount": [BOB, ALICE]}})], NOTHING, id="account"
        ),
        pytest.param(
            [allowing(Condition={"StringEquals": {"kms:CallerAccount": BOB}})], EVERYTHING, id="not the account"
        ),
        pytest.param(
            [allowing(Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{BOB}:role/*"}})],
            EVERYTHING,
            id="roles of another account",
        ),
        pytest.param(
            [allowing(Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ALICE}:role/*"}})],
            NOBODY_KNOWS,
            id="roles of the account",
        ),
        pytest.param(
            [allowing(Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:*::{ALICE}:*"}})], NOTHING, id="all of it"
        ),
        pytest.param([allowing(Condition=IN_ORGANIZATION)], NOBODY_KNOWS, id="an organization"),
        pytest.param([allowing(Principal=None, NotPrincipal={"AWS": BOB})], NOTHING, id="all but another"),
        pytest.param([allowing(Principal=None, NotPrincipal={"AWS": ROOT})], NOBODY_KNOWS, id="all but the account"),
        pytest.param([allowing(ROOT), denying(ROOT)], EVERYTHING, id="denied"),
        pytest.param([allowing(ROOT), denying(ROLE_ARN)], NOBODY_KNOWS, id="a role of it is denied"),
        pytest.param([allowing(ROOT), denying(BOB)], NOTHING, id="another is denied"),
        pytest.param(
            [allowing(ROOT), denying(Principal=None, NotPrincipal={"AWS": OWNER})], EVERYTHING, id="all denied"
        ),
        pytest.param(
            [allowing(ROOT), denying(Principal=None, NotPrincipal={"AWS": [OWNER, ROLE_ARN]})],
            NOBODY_KNOWS,
            id="all denied but a role of it",
        ),
    ],
)
def test_missing_actions__of_an_account(statements, found):
    assert missing(ACCOUNT, *statements) == found


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_missing_actions__in_other_partitions(partition):
    text = policy_text(*made_pair(policy_request(ALICE), partition))

    assert missing_actions(text, OfAccount(ALICE, partition), partition).nothing
    assert not missing_actions(text, ACCOUNT, partition).nothing


@pytest.mark.parametrize("policy", [Failure("AccessDeniedException", "no"), "", "{", "[]"])
def test_missing_actions__of_a_policy_that_cannot_be_read_nothing_is_known(policy):
    found = missing_actions(policy, ORGANIZATION, "aws")

    assert found == Missing(frozenset(), ALL) and not found.nothing


def test_missing_actions__of_other_actions():
    text = policy_text(*of_organization(IN_ORGANIZATION))

    assert missing_actions(text, ORGANIZATION, "aws", ["kms:Encrypt"]).nothing
    assert missing_actions(text, ORGANIZATION, "aws", ["kms:Sign"]).actions == {"kms:Sign"}
