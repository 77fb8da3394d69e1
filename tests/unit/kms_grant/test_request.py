# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of kms_grant to a request, and what the request makes of names and constraints."""

from __future__ import annotations

import re

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import (
    LAUNCH_OPERATIONS,
    canonical_constraints,
    constraints_as_dict,
    grant_name,
    name_stem,
)
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.request import parse_request
from tests.unit.builders import ALICE, BOB, ROLE_ARN, grant_params, terms

CONTEXT = {"aws:ebs:id": "vol-1", "Camel_Case": "x"}


def request(**given):
    return parse_request(grant_params(**given), "aws")


def test_parse_request__defaults():
    parsed = request(grantees=[ALICE])

    assert (parsed.state, parsed.prefix, parsed.purge, parsed.grantees) == ("present", "golden-ami", False, (ALICE,))
    assert parsed.terms.operations == frozenset(LAUNCH_OPERATIONS)
    assert (parsed.terms.constraints, parsed.terms.retiring_principal) == ("", "")


def test_parse_request__the_default_serves_a_launch():
    assert sorted(LAUNCH_OPERATIONS) == [
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    ]


def test_parse_request__duplicates_keep_their_order():
    assert request(grantees=[BOB, ALICE, BOB]).grantees == (BOB, ALICE)


@pytest.mark.parametrize("kind", ["encryption_context_equals", "encryption_context_subset"])
def test_parse_request__constraints_go_round_unchanged(kind):
    other = {"encryption_context_equals", "encryption_context_subset"} - {kind}
    parsed = request(grantees=[ALICE], constraints={kind: CONTEXT, other.pop(): None})

    assert constraints_as_dict(parsed.terms.constraints) == {kind: CONTEXT}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({}, "state=present needs grantees", id="nobody"),
        pytest.param({"grantees": []}, "nothing to act on", id="empty without purge"),
        pytest.param({"purge": True}, "nothing to act on", id="purge without a list"),
        pytest.param({"state": "absent", "grantees": []}, "state=absent needs grantees", id="absent of nobody"),
        pytest.param({"state": "absent", "grantees": [ALICE], "purge": True}, "purge: requires", id="purge absent"),
        pytest.param({"grantees": ["1402433619"]}, "grantees: '1402433619'", id="octal"),
        pytest.param({"grantees": ["arn:aws-cn:iam::111122223333:root"]}, "partition 'aws-cn'", id="partition"),
        pytest.param({"grantees": [ALICE], "operations": ["kms:Decrypt"]}, "operations: 'kms:", id="operation"),
        pytest.param({"grantees": [ALICE], "operations": []}, "operations: is empty", id="no operations"),
        pytest.param({"grantees": [ALICE], "name": "golden.ami"}, "name: 'golden.ami'", id="name"),
        pytest.param({"grantees": [ALICE], "retiring_principal": "x"}, "retiring_principal: 'x'", id="retiring"),
        pytest.param(
            {"grantees": [ALICE], "constraints": {"encryption_context_subset": {}}}, "is empty", id="empty constraint"
        ),
        pytest.param(
            {"grantees": [ALICE], "constraints": {"encryption_context_equals": {"a": 1}}}, "'a' is not text", id="int"
        ),
    ],
)
def test_parse_request__refused(given, said):
    with pytest.raises(InputError) as refused:
        request(**given)

    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0]


def test_parse_request__names_every_problem_at_once():
    with pytest.raises(InputError) as refused:
        request(
            grantees=["x", "1"], operations=["Nothing"], name="a b", retiring_principal="*", state="absent", purge=True
        )

    named = [problem.split(":")[0] for problem in refused.value.problems]
    assert named == ["grantees", "grantees", "operations", "name", "retiring_principal", "purge"]


def test_parse_request__an_empty_list_with_purge_means_nobody():
    parsed = request(grantees=[], purge=True)

    assert (parsed.grantees, parsed.purge) == ((), True)


@pytest.mark.parametrize(
    "grantee",
    [
        f"arn:aws:iam::{ALICE}:root",
        ROLE_ARN,
        f"arn:aws:iam::{ALICE}:user/jane.doe+x=y,z@example.com",
        f"arn:aws:sts::{ALICE}:assumed-role/consumer/session@example.com",
        f"arn:aws-us-gov:iam::{ALICE}:role/{'x' * 200}",
    ],
)
@pytest.mark.parametrize("prefix", ["a", "team:golden/web_1-x", "x" * 200])
def test_grant_name__only_what_kms_allows(prefix, grantee):
    name = grant_name(prefix, grantee, terms(constraints=canonical_constraints({"EncryptionContextSubset": CONTEXT})))

    assert re.fullmatch(r"[a-zA-Z0-9:/_-]{1,256}", name)
    assert name.startswith(f"{prefix}/{ALICE}/")


def test_name_stem__is_the_part_of_the_name_that_the_terms_do_not_change():
    names = [grant_name("golden/web-1", ROLE_ARN, allowed) for allowed in (terms(), terms("Decrypt"))]

    assert names[0] != names[1]
    assert {name.rpartition("-")[0] for name in names} == {name_stem("golden/web-1", ROLE_ARN)}
    assert name_stem("golden/web-1", ROLE_ARN) != name_stem("golden/web-1", f"{ROLE_ARN}2")


@pytest.mark.parametrize("none", [None, {}, {"EncryptionContextSubset": None, "EncryptionContextEquals": {}}])
def test_canonical_constraints__none(none):
    assert canonical_constraints(none) == ""
    assert constraints_as_dict("") == {}


def test_constraints_as_dict__keys_of_the_context_are_data():
    assert constraints_as_dict(canonical_constraints({"EncryptionContextEquals": CONTEXT, "SourceArn": "arn:x"})) == {
        "encryption_context_equals": CONTEXT,
        "SourceArn": "arn:x",
    }
