# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key-policy documents: equal meanings, what stays when one statement changes, and what is looked for in the others."""

from __future__ import annotations

import json

import pytest

from ansible_collections.golden.ami.plugins.module_utils._key_policy import document as policies
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    ORGANIZATION_ID,
    OWNER,
    ROLE_ARN,
    SID,
    UNIQUE_ID,
    UNIT_PATH,
    policy_text,
    statement,
)

ROOT = f"arn:aws:iam::{ALICE}:root"
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}
FOREIGN = {"Sid": "Allow use of the key", "Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": ["kms:B", "kms:a"]}


def same(one, other, partition="aws"):
    return policies.canonical(one, partition) == policies.canonical(other, partition)


def document(*statements, **given):
    return json.loads(policy_text(*statements, **given))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"Principal": {"AWS": ROOT}}, {"Principal": {"AWS": [ROOT]}}, id="one principal or a list"),
        pytest.param({"Principal": {"AWS": ROOT}}, {"Principal": {"AWS": ALICE}}, id="root ARN or account ID"),
        pytest.param({"Principal": {"AWS": [ROOT, ROLE_ARN]}}, {"Principal": {"AWS": [ROLE_ARN, ALICE]}}, id="order"),
        pytest.param({"Principal": {"AWS": [ROOT, ALICE]}}, {"Principal": {"AWS": ALICE}}, id="twice"),
        pytest.param({"Principal": "*"}, {"Principal": {"AWS": "*"}}, id="everybody"),
        pytest.param({"Principal": "*"}, {"Principal": {"AWS": ["*"]}}, id="everybody in a list"),
        pytest.param({"Action": "kms:Decrypt"}, {"Action": ["kms:Decrypt"]}, id="one action or a list"),
        pytest.param({"Action": ["kms:A", "kms:B"]}, {"Action": ["kms:B", "kms:A"]}, id="order of actions"),
        pytest.param({"Action": "kms:ReEncrypt*"}, {"Action": "KMS:reencrypt*"}, id="case of actions"),
        pytest.param({"Resource": "*"}, {"Resource": ["*"]}, id="resource"),
        pytest.param({"Condition": None}, {"Condition": {}}, id="no condition"),
        pytest.param(
            {"Condition": ORGANIZATION},
            {"Condition": {"StringEquals": {"aws:principalorgid": [ORGANIZATION_ID]}}},
            id="condition",
        ),
        pytest.param(
            {"Condition": {"StringLike": {"aws:PrincipalOrgPaths": ["b", "a"]}, **ORGANIZATION}},
            {"Condition": {**ORGANIZATION, "StringLike": {"aws:PrincipalOrgPaths": ["a", "b"]}}},
            id="order in conditions",
        ),
        pytest.param(
            {"Condition": {"Bool": {"kms:GrantIsForAWSResource": True}}},
            {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
            id="true or its text",
        ),
    ],
)
def test_canonical__equal_meanings(one, other):
    assert same(statement(**one), statement(**other))
    assert same(statement(**other), dict(reversed(statement(**one).items())))


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"])
def test_canonical__the_account_of_every_partition(partition):
    by_arn = statement(f"arn:{partition}:iam::{ALICE}:root")

    assert same(by_arn, statement(ALICE), partition)
    assert not same(by_arn, statement(ALICE), "aws-other")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({}, {"Effect": "Deny"}, id="effect"),
        pytest.param({}, {"Sid": "other"}, id="sid"),
        pytest.param({}, {"Principal": {"AWS": BOB}}, id="another account"),
        pytest.param({}, {"Principal": {"AWS": [ALICE, BOB]}}, id="one more account"),
        pytest.param({}, {"Principal": {"AWS": ROLE_ARN}}, id="a role of the account"),
        pytest.param({}, {"Principal": {"AWS": UNIQUE_ID}}, id="a unique ID"),
        pytest.param({}, {"Principal": "*"}, id="everybody"),
        pytest.param({}, {"Principal": None, "NotPrincipal": {"AWS": ROOT}}, id="everybody but"),
        pytest.param({"Principal": {"Service": "a"}}, {"Principal": {"AWS": "a"}}, id="kind of principal"),
        pytest.param({}, {"Action": ["kms:Decrypt", "kms:Encrypt"]}, id="one more action"),
        pytest.param({}, {"Action": "kms:*"}, id="every action"),
        pytest.param({}, {"Action": None, "NotAction": "kms:Decrypt"}, id="every action but"),
        pytest.param({}, {"Resource": "arn:aws:kms:::key/x"}, id="resource"),
        pytest.param({}, {"Condition": ORGANIZATION}, id="condition"),
        pytest.param(
            {"Condition": ORGANIZATION},
            {"Condition": {"StringLike": {"aws:PrincipalOrgID": ORGANIZATION_ID}}},
            id="operator",
        ),
        pytest.param(
            {"Condition": ORGANIZATION},
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID.upper()}}},
            id="case of a value",
        ),
        pytest.param(
            {"Condition": ORGANIZATION},
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": [ORGANIZATION_ID, "o-anotherorgid"]}}},
            id="one more value",
        ),
    ],
)
def test_canonical__other_meanings(one, other):
    assert not same(statement(**one), statement(**other))


def test_canonical__none():
    assert policies.canonical(None, "aws") == ""


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"text"', "null", "{}", '{"Statement": []}', '{"Statement": "x"}', '{"Statement": [{}, 1]}'],
)
def test_read_document__what_cannot_be_changed_safely(text):
    assert policies.read_document(text) is None


def test_changed__everything_else_stays_as_it_is():
    before = document(ADMINISTRATION, statement(), FOREIGN, Extra={"a": 1.0})

    replaced = policies.changed(before, SID, statement(BOB))
    removed = policies.changed(before, SID, None)
    added = policies.changed(before, "new", statement(Sid="new"))

    assert policies.as_text(replaced) == policies.as_text(
        document(ADMINISTRATION, statement(BOB), FOREIGN, Extra={"a": 1.0})
    )
    assert policies.as_text(removed) == policies.as_text(document(ADMINISTRATION, FOREIGN, Extra={"a": 1.0}))
    assert added["Statement"] == [*before["Statement"], statement(Sid="new")]
    assert list(added) == ["Version", "Id", "Statement", "Extra"]
    assert before["Statement"][1] == statement()


def test_changed__a_single_statement_without_a_list():
    before = {"Version": "2008-10-17", "Statement": ADMINISTRATION}

    after = policies.changed(before, SID, statement())

    assert after == {"Version": "2008-10-17", "Statement": [ADMINISTRATION, statement()]}


def test_with_sid__in_exactly_these_letters():
    listed = [statement(Sid=sid) for sid in (SID, SID.lower(), f"{SID} ", None, SID)]

    assert list(policies.with_sid(document(*listed), SID)) == [1, 5]


def test_as_text__characters_beyond_ascii_stay_themselves():
    text = policies.as_text(document(statement(Sid="Schlüssel für alle")))

    assert "Schlüssel für alle" in text
    assert ": " not in text and "\n" not in text


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(policy_text(FOREIGN, statement(), ADMINISTRATION), True, id="order"),
        pytest.param(policy_text(ADMINISTRATION, FOREIGN, statement(ALICE)), True, id="spelling"),
        pytest.param(policy_text(ADMINISTRATION, FOREIGN), False, id="one less"),
        pytest.param(policy_text(ADMINISTRATION, FOREIGN, statement(), statement()), False, id="twice"),
        pytest.param(policy_text(ADMINISTRATION, FOREIGN, statement(BOB)), False, id="ours differs"),
        pytest.param(
            policy_text(ADMINISTRATION, {**FOREIGN, "Effect": "Deny"}, statement()), False, id="theirs differs"
        ),
        pytest.param(policy_text(ADMINISTRATION, statement(), FOREIGN, Id="other"), False, id="Id"),
        pytest.param(policy_text(ADMINISTRATION, statement(), FOREIGN, Version="2008-10-17"), False, id="Version"),
        pytest.param("{", False, id="no policy"),
    ],
)
def test_same_document(other, same):
    assert policies.same_document(policy_text(ADMINISTRATION, statement(), FOREIGN), other, "aws") is same


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({}, {ROOT}, id="account"),
        pytest.param({"Principal": {"AWS": [ALICE, ROLE_ARN]}}, {ROOT, ROLE_ARN}, id="account and role"),
        pytest.param({"Principal": {"AWS": [ALICE, UNIQUE_ID]}}, {ROOT}, id="one who is gone"),
        pytest.param({"Principal": "*", "Condition": ORGANIZATION}, {ORGANIZATION_ID}, id="organization"),
        pytest.param(
            {
                "Principal": "*",
                "Condition": {**ORGANIZATION, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": UNIT_PATH}},
            },
            {ORGANIZATION_ID, UNIT_PATH},
            id="path",
        ),
        pytest.param({"Principal": "*"}, {"*"}, id="everybody"),
        pytest.param({"Principal": "*", "Condition": {"Bool": {"a": "b"}}}, {"*"}, id="everybody, otherwise narrowed"),
        pytest.param({"Principal": None}, set(), id="nobody"),
    ],
)
def test_named_by(given, named):
    assert policies.named_by(statement(**given), "aws") == named


def test_stale_principals__in_every_statement_and_nowhere_else():
    user = "AIDAEXAMPLE0123456789"
    found = policies.stale_principals(
        document(
            statement([ALICE, UNIQUE_ID]),
            statement(Sid=None, Principal=None, NotPrincipal={"AWS": user}),
            statement(f"{UNIQUE_ID}:session", Sid="session"),
            statement("*", Condition={"StringLike": {"aws:userid": f"{UNIQUE_ID}:*"}}),
            statement(Principal={"Service": UNIQUE_ID}),
            statement(f"arn:aws:iam::{ALICE}:role/{UNIQUE_ID}"),
        )
    )

    assert found == [
        (UNIQUE_ID, f"statement 1 ({SID})"),
        (user, "statement 2"),
        (f"{UNIQUE_ID}:session", "statement 3 (session)"),
    ]


@pytest.mark.parametrize(
    ("given", "may", "surely"),
    [
        pytest.param({}, True, True, id="the default statement"),
        pytest.param({"Principal": {"AWS": OWNER}}, True, True, id="account ID"),
        pytest.param(
            {"Principal": {"AWS": f"arn:aws:iam::{OWNER}:role/Admin"}}, True, True, id="a role of the account"
        ),
        pytest.param({"Action": ["kms:Get*", "kms:Put*"]}, True, True, id="wildcard"),
        pytest.param({"Action": "KMS:PUTKEYPOLICY"}, True, True, id="case"),
        pytest.param({"Action": "*"}, True, True, id="every action"),
        pytest.param({"Action": None, "NotAction": "kms:Decrypt"}, True, True, id="every action but one"),
        pytest.param({"Action": None, "NotAction": "kms:Put*"}, False, False, id="every action but this"),
        pytest.param({"Action": ["kms:Get*", "kms:Decrypt"]}, False, False, id="use"),
        pytest.param({"Effect": "Deny"}, False, False, id="deny"),
        pytest.param({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, True, False, id="condition"),
        pytest.param({"Principal": {"AWS": ALICE}}, True, False, id="another account"),
        pytest.param({"Principal": {"Service": "kms.amazonaws.com"}}, True, False, id="a service"),
        pytest.param({"Principal": None, "NotPrincipal": {"AWS": BOB}}, True, False, id="everybody but"),
    ],
)
def test_administration(given, may, surely):
    one = {name: value for name, value in {**ADMINISTRATION, **given}.items() if value is not None}

    assert policies.may_administrate(one) is may
    assert policies.surely_administrate([statement(), one], OWNER, "aws") is surely
