# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS grants: identity, errors, listing, concurrency."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def key(cloud):
    return cloud.key()


@pytest.fixture
def grant(cloud, key):
    """A function that makes a grant on the key for the consumer account."""

    def make(**changes):
        request = {
            "KeyId": key,
            "GranteePrincipal": f"arn:aws:iam::{cloud.consumer}:root",
            "Operations": ["Decrypt", "DescribeKey"],
        }
        return cloud.kms().create_grant(**{**request, **changes})

    return make


def test_a_name_makes_a_grant_idempotent(cloud, key, grant):
    first, second = grant(Name="golden/a"), grant(Name="golden/a", Operations=["DescribeKey", "Decrypt"])
    assert first["GrantId"] == second["GrantId"]
    assert first["GrantToken"] != second["GrantToken"]
    assert re.fullmatch("[0-9a-f]{64}", first["GrantId"])
    assert grant(Name="golden/b")["GrantId"] != first["GrantId"]
    unnamed = {grant()["GrantId"], grant()["GrantId"]}
    assert len(unnamed) == 2
    assert len(cloud.kms().list_grants(KeyId=key)["Grants"]) == 4


def test_fields(cloud, key, grant):
    retiring = cloud.role(cloud.owner, "retirer")
    constraint = {"EncryptionContextSubset": {"aws:ebs:id": "vol-1"}}
    grant(Name="full", RetiringPrincipal=retiring, Constraints=constraint)
    grant()
    full, bare = cloud.kms().list_grants(KeyId=key)["Grants"]
    assert full["KeyId"] == bare["KeyId"] == key
    assert full["IssuingAccount"] == f"arn:aws:iam::{cloud.owner}:root"
    assert (full["Name"], full["RetiringPrincipal"], full["Constraints"]) == ("full", retiring, constraint)
    assert full["CreationDate"].year >= 2024
    assert not {"Name", "RetiringPrincipal", "Constraints"} & set(bare)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("ValidationException", {"Operations": ["kms:Decrypt"]}),
        ("ValidationException", {"Operations": ["Decrypt", "ListGrants"]}),
        ("ValidationException", {"Operations": ["CreateGrant"]}),
        ("ValidationException", {"Operations": ["Sign"]}),
        ("ValidationException", {"Name": "no dots.or blanks"}),
        (
            "ValidationException",
            {"Constraints": {"EncryptionContextEquals": {"a": "b"}, "EncryptionContextSubset": {"a": "b"}}},
        ),
        ("InvalidArnException", {"GranteePrincipal": "arn:aws:iam::111122223333:group/all"}),
        ("InvalidArnException", {"GranteePrincipal": "arn:aws:iam::111122223333:role/nobody"}),
        ("InvalidArnException", {"GranteePrincipal": "ec2.amazonaws.com"}),
        ("InvalidArnException", {"GranteePrincipal": "arn:aws-cn:iam::111122223333:root"}),
        ("InvalidArnException", {"RetiringPrincipal": "arn:aws:iam::111122223333:role/nobody"}),
        ("InvalidArnException", {"KeyId": "alias/golden"}),
        ("NotFoundException", {"KeyId": "12345678-1234-1234-1234-123456789012"}),
        (
            "NotFoundException",
            {"KeyId": "arn:aws:kms:eu-central-1:123456789012:key/12345678-1234-1234-1234-123456789012"},
        ),
        ("NotFoundException", {"KeyId": "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"}),
        ("DryRunOperationException", {"DryRun": True}),
    ],
    ids=str,
)
def test_refusals(cloud, key, grant, code, changes):
    cloud.kms().create_alias(AliasName="alias/golden", TargetKeyId=key)
    with cloud.refused(code):
        grant(**changes)
    assert cloud.kms().list_grants(KeyId=key)["Grants"] == []


def test_service_linked_roles_must_exist(cloud, grant):
    path = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    grantee = f"arn:aws:iam::{cloud.consumer}:role/{path}"
    with cloud.refused("InvalidArnException"):
        grant(GranteePrincipal=grantee)
    iam = cloud.client("iam", cloud.consumer, "us-east-1")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    assert grant(GranteePrincipal=grantee)["GrantId"]


def test_key_states(cloud, key, grant):
    made = grant(Name="before")["GrantId"]
    kms = cloud.kms()
    kms.disable_key(KeyId=key)
    with cloud.refused("DisabledException"):
        grant(Name="after")
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    with cloud.refused("KMSInvalidStateException"):
        grant(Name="after")
    assert kms.list_grants(KeyId=key)["Grants"][0]["GrantId"] == made
    kms.revoke_grant(KeyId=key, GrantId=made)
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=key)
    grant(Name="after")


def test_the_aws_managed_key_takes_no_grants(cloud, grant):
    managed = cloud.kms().describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    assert managed["KeyManager"] == "AWS"
    with cloud.refused("AccessDeniedException"):
        grant(KeyId=managed["Arn"])


def test_pages(cloud, key):
    cloud.aws.plant_grant(
        cloud.region, key, account=cloud.owner, grantee_principal="arn:aws:iam::111122223333:root",
        operations=["Decrypt"], count=120,
    )  # fmt: skip
    kms = cloud.kms()
    page = kms.list_grants(KeyId=key)
    assert (len(page["Grants"]), page["Truncated"]) == (50, True)
    pages = list(kms.get_paginator("list_grants").paginate(KeyId=key, PaginationConfig={"PageSize": 100}))
    assert [len(one["Grants"]) for one in pages] == [100, 20]
    assert len({grant["GrantId"] for one in pages for grant in one["Grants"]}) == 120
    with cloud.refused("ValidationException"):
        kms.list_grants(KeyId=key, Limit=101)
    with cloud.refused("InvalidMarkerException"):
        kms.list_grants(KeyId=key, Marker="nonsense")


def test_list_filters(cloud, key, grant):
    wanted = grant(Name="a")["GrantId"]
    other = f"arn:aws:iam::{cloud.stranger}:root"
    grant(Name="b", GranteePrincipal=other)
    kms = cloud.kms()
    assert [one["Name"] for one in kms.list_grants(KeyId=key, GrantId=wanted)["Grants"]] == ["a"]
    assert [one["Name"] for one in kms.list_grants(KeyId=key, GranteePrincipal=other)["Grants"]] == ["b"]


def test_quota(cloud, grant):
    cloud.aws.set_limits(grants_per_key=2)
    grant(Name="a")
    grant(Name="b")
    with cloud.refused("LimitExceededException"):
        grant(Name="c")
    grant(Name="b")


def test_a_deleted_role_shows_as_its_unique_id_for_good(cloud, key, grant):
    role = cloud.role(cloud.consumer, "deployer")
    iam = cloud.client("iam", cloud.consumer, "us-east-1")
    unique = iam.get_role(RoleName="deployer")["Role"]["RoleId"]
    grant(Name="a", GranteePrincipal=role)
    kms = cloud.kms()
    assert kms.list_grants(KeyId=key)["Grants"][0]["GranteePrincipal"] == role
    iam.delete_role(RoleName="deployer")
    assert kms.list_grants(KeyId=key)["Grants"][0]["GranteePrincipal"] == unique
    cloud.role(cloud.consumer, "deployer")
    assert kms.list_grants(KeyId=key)["Grants"][0]["GranteePrincipal"] == unique
    assert kms.list_grants(KeyId=key, GranteePrincipal=role)["Grants"] == []
    assert unique.startswith("AROA")


def test_planted_grants_are_verbatim(cloud, key):
    cloud.aws.plant_grant(
        cloud.region, key, account=cloud.owner, name="3f1c9a3e-0000-4000-8000-000000000000",
        grantee_principal="AROAEXAMPLE", operations=["CreateGrant"],
    )  # fmt: skip
    shown = cloud.kms().list_grants(KeyId=key)["Grants"][0]
    assert (shown["GranteePrincipal"], shown["Operations"]) == ("AROAEXAMPLE", ["CreateGrant"])
    assert cloud.aws.calls(write=True)[-1]["operation"] == "CreateKey"


def test_revoking_twice_is_not_found(cloud, key, grant):
    made = grant()["GrantId"]
    cloud.kms().revoke_grant(KeyId=key, GrantId=made)
    with cloud.refused("NotFoundException"):
        cloud.kms().revoke_grant(KeyId=key, GrantId=made)


def test_retiring(cloud, key, grant):
    kms, consumer = cloud.kms(), cloud.kms(cloud.consumer)
    mine = grant(Name="mine")
    kms.retire_grant(GrantToken=mine["GrantToken"])
    theirs = grant(Name="theirs", RetiringPrincipal=f"arn:aws:iam::{cloud.consumer}:root")
    principal = f"arn:aws:iam::{cloud.consumer}:root"
    assert len(consumer.list_retirable_grants(RetiringPrincipal=principal)["Grants"]) == 1
    with cloud.refused("AccessDeniedException"):
        cloud.kms(cloud.stranger).retire_grant(KeyId=key, GrantId=theirs["GrantId"])
    consumer.retire_grant(KeyId=key, GrantId=theirs["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []
    with cloud.refused("NotFoundException"):
        kms.retire_grant(KeyId=key, GrantId=theirs["GrantId"])


def test_foreign_keys_by_arn(cloud, key, grant):
    consumer = cloud.kms(cloud.consumer)
    for call in (consumer.describe_key, consumer.list_grants):
        with cloud.refused("AccessDeniedException"):
            call(KeyId=key)
    grant(Name="a")
    assert consumer.describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"] == cloud.owner
    with cloud.refused("AccessDeniedException"):
        consumer.list_grants(KeyId=key)
    with cloud.refused("NotFoundException"):
        consumer.describe_key(KeyId=key.rsplit("/", 1)[1])
    with cloud.refused("AccessDeniedException"):
        consumer.get_key_policy(KeyId=key, PolicyName="default")


def test_foreign_account_makes_grants_when_the_policy_lets_it(cloud, grant):
    import json

    root = {"AWS": f"arn:aws:iam::{cloud.owner}:root"}
    statements = [{"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}]
    actions = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    statements.append({"Effect": "Allow", "Principal": {"AWS": cloud.consumer}, "Action": actions, "Resource": "*"})
    key = cloud.key(Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    consumer = cloud.kms(cloud.consumer)
    role = cloud.role(cloud.consumer, "worker")
    made = consumer.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Decrypt"])["GrantId"]
    assert consumer.list_grants(KeyId=key)["Grants"][0]["IssuingAccount"] == f"arn:aws:iam::{cloud.consumer}:root"
    consumer.revoke_grant(KeyId=key, GrantId=made)


def test_who_may_grant_by_a_grant_can_hand_on_no_more_than_it_allows(cloud, key, grant):
    consumer = cloud.kms(cloud.consumer)
    worker = {"KeyId": key, "GranteePrincipal": cloud.role(cloud.consumer, "worker")}
    with cloud.refused("AccessDeniedException"):
        consumer.create_grant(**worker, Operations=["Decrypt"])
    grant(Operations=["Decrypt"])
    with cloud.refused("AccessDeniedException"):
        consumer.create_grant(**worker, Operations=["Decrypt"])
    grant(Operations=["Encrypt"])
    grant(Operations=["CreateGrant", "Decrypt", "DescribeKey"])
    for operations in (["Decrypt", "Encrypt"], ["Encrypt"], ["Decrypt", "ReEncryptFrom"]):
        with cloud.refused("AccessDeniedException"):
            consumer.create_grant(**worker, Operations=operations)
    made = [
        consumer.create_grant(**worker, Operations=allowed)["GrantId"]
        for allowed in (["Decrypt"], ["CreateGrant", "Decrypt"])
    ]
    shown = {one["GrantId"]: one for one in cloud.kms().list_grants(KeyId=key)["Grants"]}
    assert {shown[one]["IssuingAccount"] for one in made} == {f"arn:aws:iam::{cloud.consumer}:root"}
    with cloud.refused("AccessDeniedException"):
        cloud.kms(cloud.stranger).create_grant(**worker, Operations=["Decrypt"])


def test_a_grant_for_one_role_lets_nobody_else_of_its_account_grant(cloud, key, grant):
    grant(GranteePrincipal=cloud.role(cloud.consumer, "grantor"), Operations=["CreateGrant", "Decrypt"])
    request = {"KeyId": key, "GranteePrincipal": f"arn:aws:iam::{cloud.consumer}:root", "Operations": ["Decrypt"]}
    with cloud.refused("AccessDeniedException"):
        cloud.kms(cloud.consumer).create_grant(**request)


def test_four_hundred_concurrent_grants_lose_none(cloud, key):
    kms = cloud.kms()
    principals = [f"arn:aws:iam::{number:012d}:root" for number in range(400)]

    def make(principal):
        return kms.create_grant(KeyId=key, GranteePrincipal=principal, Operations=["Decrypt"], Name="golden")["GrantId"]

    with ThreadPoolExecutor(10) as pool:
        made = set(pool.map(make, principals))
    assert len(made) == 400
    pages = kms.get_paginator("list_grants").paginate(KeyId=key, PaginationConfig={"PageSize": 100})
    assert {grant["GrantId"] for page in pages for grant in page["Grants"]} == made
