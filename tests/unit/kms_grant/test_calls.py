# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import apply as apply_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_kms_grant
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import (
    WantedGrant,
    canonical_constraints,
    plan_grants,
)
from ansible_collections.golden.ami.plugins.module_utils._kms_key import read as read_kms_key
from tests.unit.builders import ALICE, KEY_ARN, REGION, ROLE_ARN, UNIQUE_ID, grant, grant_request, terms
from tests.unit.fake_aws import example

ENTRY = {"KeyId": KEY_ARN, "GrantId": "g-1", "GranteePrincipal": ROLE_ARN, "Operations": ["Decrypt", "DescribeKey"]}
FIRST_PAGE = {"KeyId": KEY_ARN, "Limit": 100}


def wanted(allowed):
    made = grant(ALICE, allowed=allowed)
    return WantedGrant(made.name, made.grantee, allowed)


@pytest.mark.parametrize(
    ("example_id", "state", "multi_region"),
    [
        pytest.param("get-key-details", "Enabled", False, id="symmetric"),
        pytest.param("to-get-details-about-an-rsa-asymmetric-kms-key", "Disabled", False, id="asymmetric, disabled"),
        pytest.param("to-get-details-about-a-multi-region-key", "Enabled", True, id="multi-Region"),
    ],
)
def test_read_key__published_examples(kms, example_id, state, multi_region):
    asked, answer = example("kms", example_id)
    kms.add_response("describe_key", answer, asked)

    key = read_kms_key.read_key(kms.client, REGION, asked["KeyId"])

    assert (key.arn, key.state, key.multi_region) == (answer["KeyMetadata"]["Arn"], state, multi_region)
    assert (key.manager, key.account_id) == ("CUSTOMER", answer["KeyMetadata"]["AWSAccountId"])


def test_read_key__the_account_is_in_the_arn_too(kms):
    metadata = {"KeyId": "x", "Arn": KEY_ARN, "KeyManager": "CUSTOMER", "KeyState": "Enabled"}
    kms.add_response("describe_key", {"KeyMetadata": metadata})

    assert read_kms_key.read_key(kms.client, REGION, "x").account_id == KEY_ARN.split(":")[4]


def test_read_grants__published_example(kms):
    _asked, answer = example("kms", "to-list-grants-for-a-cmk")
    kms.add_response("list_grants", answer, FIRST_PAGE)

    grants = read_kms_grant.read_grants(kms.client, REGION, KEY_ARN)

    assert [found.grant_id for found in grants] == [entry["GrantId"] for entry in answer["Grants"]]
    assert {found.name for found in grants} == {""}
    assert {found.grantee for found in grants} == {"acm.us-east-2.amazonaws.com"}
    assert grants[0].issuing_account == "arn:aws:iam::111122223333:root"
    assert grants[0].terms == terms("Encrypt", "ReEncryptFrom", "ReEncryptTo", retiring="acm.us-east-2.amazonaws.com")


def test_read_grants__all_pages_of_the_largest_size(kms):
    pages = [[{**ENTRY, "GrantId": f"g-{page}-{number}"} for number in range(100)] for page in range(3)]
    for number, page in enumerate(pages):
        last = number == len(pages) - 1
        more = {"Truncated": False} if last else {"Truncated": True, "NextMarker": f"marker-{number + 1}"}
        kms.add_response(
            "list_grants",
            {"Grants": page, **more},
            {**FIRST_PAGE, **({"Marker": f"marker-{number}"} if number else {})},
        )

    grants = read_kms_grant.read_grants(kms.client, REGION, KEY_ARN)

    assert [found.grant_id for found in grants] == [entry["GrantId"] for page in pages for entry in page]


@pytest.mark.parametrize(
    ("shown", "name", "grantee", "constraints", "retiring"),
    [
        pytest.param({}, "", ROLE_ARN, "", "", id="no name, no constraints"),
        pytest.param({"Constraints": {}}, "", ROLE_ARN, "", "", id="empty"),
        pytest.param({"Constraints": {"EncryptionContextSubset": {}}}, "", ROLE_ARN, "", "", id="empty context"),
        pytest.param({"GranteePrincipal": ALICE}, "", f"arn:aws:iam::{ALICE}:root", "", "", id="a bare account"),
        pytest.param({"GranteePrincipal": UNIQUE_ID}, "", UNIQUE_ID, "", "", id="a unique ID"),
        pytest.param({"RetiringPrincipal": ROLE_ARN}, "", ROLE_ARN, "", ROLE_ARN, id="retiring"),
        pytest.param(
            {"Constraints": {"EncryptionContextEquals": {"aws:ebs:id": "vol-1"}}},
            "",
            ROLE_ARN,
            canonical_constraints({"EncryptionContextEquals": {"aws:ebs:id": "vol-1"}}),
            "",
            id="constraints",
        ),
    ],
)
def test_read_grants__what_kms_shows(kms, shown, name, grantee, constraints, retiring):
    kms.add_response("list_grants", {"Grants": [{**ENTRY, **shown}], "Truncated": False}, FIRST_PAGE)

    (found,) = read_kms_grant.read_grants(kms.client, REGION, KEY_ARN)

    assert (found.name, found.grantee) == (name, grantee)
    assert found.terms == terms("Decrypt", "DescribeKey", constraints=constraints, retiring=retiring)


def test_read_grants__a_bare_account_in_another_partition(kms):
    arn = KEY_ARN.replace("arn:aws:", "arn:aws-us-gov:")
    kms.add_response("list_grants", {"Grants": [{**ENTRY, "GranteePrincipal": ALICE}]}, {"KeyId": arn, "Limit": 100})

    assert read_kms_grant.read_grants(kms.client, REGION, arn)[0].grantee == f"arn:aws-us-gov:iam::{ALICE}:root"


def test_read_grants__a_service_without_a_principal(kms):
    shown = {**ENTRY, "GranteeServicePrincipal": "ec2.amazonaws.com"}
    shown.pop("GranteePrincipal")
    kms.add_response("list_grants", {"Grants": [shown]}, FIRST_PAGE)

    assert read_kms_grant.read_grants(kms.client, REGION, KEY_ARN)[0].grantee == "ec2.amazonaws.com"


def test_create_grant__published_example_with_a_name(kms):
    asked, answer = example("kms", "to-create-a-grant")
    kms.add_response(
        "create_grant", answer, {**asked, "Name": "golden-ami/x", "Operations": sorted(asked["Operations"])}
    )
    request = WantedGrant("golden-ami/x", asked["GranteePrincipal"], terms(*asked["Operations"]))

    assert apply_grants.create_grant(kms.client, REGION, asked["KeyId"], request) == answer["GrantId"]


def test_create_grant__sends_every_term(kms):
    constraints = {"EncryptionContextSubset": {"Department": "IT"}}
    allowed = terms("Decrypt", "CreateGrant", constraints=canonical_constraints(constraints), retiring=ROLE_ARN)
    expected = {
        "KeyId": KEY_ARN,
        "GranteePrincipal": f"arn:aws:iam::{ALICE}:root",
        "Operations": ["CreateGrant", "Decrypt"],
        "Name": wanted(allowed).name,
        "RetiringPrincipal": ROLE_ARN,
        "Constraints": constraints,
    }
    kms.add_response("create_grant", {"GrantId": "new", "GrantToken": "token"}, expected)

    assert apply_grants.create_grant(kms.client, REGION, KEY_ARN, wanted(allowed)) == "new"


def test_create_grant__what_is_made_is_found_unchanged(aws):
    """What the calls write is what they read: otherwise every run would replace every grant."""
    sent = {}
    request = grant_request(
        ALICE, terms=terms(constraints=canonical_constraints({"EncryptionContextSubset": {"a": "b"}}))
    )
    (creation,) = plan_grants(request, (), "aws").create
    aws.prepare("kms", [REGION])
    client = aws.client("kms", REGION)
    aws.answers["CreateGrant"] = lambda _region, params: sent.update(params) or {"GrantId": "new"}
    aws.answers["ListGrants"] = lambda _region, _params: {"Grants": [{**sent, "GrantId": "new"}]}

    apply_grants.create_grant(client, REGION, KEY_ARN, creation.wanted)

    assert not plan_grants(request, read_kms_grant.read_grants(client, REGION, KEY_ARN), "aws")
    # One call each, without the loop that keeps to quotas.
    aws.forget()


def test_revoke_grant__published_example(kms):
    asked, answer = example("kms", "to-revoke-a-grant")
    kms.add_response("revoke_grant", answer, asked)

    apply_grants.revoke_grant(kms.client, REGION, asked["KeyId"], asked["GrantId"])


def test_revoke_grant__gone_already_is_done(kms):
    kms.add_client_error("revoke_grant", "NotFoundException")

    assert apply_grants.revoke_grant(kms.client, REGION, KEY_ARN, "g-1") is None


@pytest.mark.parametrize(
    ("operation", "code", "call"),
    [
        *(
            pytest.param(
                "create_grant",
                code,
                lambda client: apply_grants.create_grant(client, REGION, KEY_ARN, wanted(terms())),
                id=code,
            )
            for code in (
                "DisabledException",
                "KMSInvalidStateException",
                "LimitExceededException",
                "InvalidArnException",
                "AccessDeniedException",
                "ThrottlingException",
                "NotFoundException",
            )
        ),
        pytest.param(
            "describe_key",
            "NotFoundException",
            lambda client: read_kms_key.read_key(client, REGION, "alias/x"),
            id="no key",
        ),
        pytest.param(
            "list_grants",
            "AccessDeniedException",
            lambda client: read_kms_grant.read_grants(client, REGION, KEY_ARN),
            id="list",
        ),
        pytest.param(
            "revoke_grant",
            "AccessDeniedException",
            lambda client: apply_grants.revoke_grant(client, REGION, KEY_ARN, "g"),
            id="revoke",
        ),
    ],
)
def test_errors__carry_code_action_region_and_next_step(kms, operation, code, call):
    kms.add_client_error(operation, code, "AWS's own words")

    with pytest.raises(AwsCallError) as raised:
        call(kms.client)

    failure = raised.value.failure
    assert (failure.code, failure.message, failure.region) == (code, "AWS's own words", REGION)
    assert failure.action == "kms:" + "".join(word.capitalize() for word in operation.split("_"))
    assert failure.next_step
