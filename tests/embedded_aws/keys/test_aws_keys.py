# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key policies, key states, multi-Region keys."""

from __future__ import annotations

import json
import re
from urllib.error import HTTPError

import pytest


def policy(*statements, account="123456789012"):
    """A policy with the usual first statement and others."""
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    first = {"Sid": "root", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [first, *statements]})


def statement(principal, **changes):
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:Decrypt", "Resource": "*", **changes}


def without(name):
    made = statement("111122223333")
    del made[name]
    return made


BROKEN = {
    "not json": "{",
    "no statement": '{"Version": "2012-10-17"}',
    "no action": policy(without("Action")),
    "no resource": policy(without("Resource")),
    "lock-out": json.dumps({"Version": "2012-10-17", "Statement": [statement("123456789012")]}),
    "unknown role": policy(statement("arn:aws:iam::111122223333:role/nobody")),
    "unique id": policy(statement("AROAEXAMPLEEXAMPLE")),
    "other partition": policy(statement("arn:aws-cn:iam::111122223333:root")),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_broken_policies_are_refused_and_nothing_changes(cloud, broken):
    key = cloud.key()
    before = cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    with cloud.refused("MalformedPolicyDocumentException"):
        cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=broken)
    with cloud.refused("MalformedPolicyDocumentException"):
        cloud.kms().create_key(Policy=broken)
    assert cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"] == before


def test_size_of_a_policy(cloud):
    key = cloud.key()
    fits = policy(statement([f"arn:aws:iam::{number:012d}:root" for number in range(800)]))
    cloud.kms().put_key_policy(KeyId=key, Policy=fits)
    with cloud.refused("LimitExceededException"):
        cloud.kms().put_key_policy(KeyId=key, Policy=fits + " " * 32768)


def test_a_policy_with_all_kinds_of_principals(cloud):
    key, role = cloud.key(), cloud.role(cloud.consumer, "deployer")
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    wanted = policy(statement(["111122223333", role]), statement("*", Condition=condition))
    cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=wanted)
    assert json.loads(cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == json.loads(wanted)


def test_a_deleted_principal_shows_as_unique_id_and_blocks_the_next_write(cloud):
    key, role = cloud.key(), cloud.role(cloud.consumer, "deployer")
    cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=policy(statement(role)))
    iam = cloud.client("iam", cloud.consumer, "us-east-1")
    unique = iam.get_role(RoleName="deployer")["Role"]["RoleId"]
    iam.delete_role(RoleName="deployer")
    shown = cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert json.loads(shown)["Statement"][1]["Principal"] == {"AWS": unique}
    with cloud.refused("MalformedPolicyDocumentException"):
        cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=shown)


def shown_policy(cloud, key):
    return json.loads(cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"])


def test_somebody_else_writes_the_policy_right_after(cloud):
    key, mine, theirs = cloud.key(), policy(statement("111122223333")), policy(statement("444455556666"))
    cloud.aws.disturb_key_policy(cloud.region, key, account=cloud.owner, rival=theirs)
    for expected in (theirs, mine):  # once
        cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=mine)
        assert shown_policy(cloud, key) == json.loads(expected)


def test_a_policy_shows_late(cloud):
    key, mine = cloud.key(), policy(statement("111122223333"))
    before = shown_policy(cloud, key)
    cloud.aws.disturb_key_policy(cloud.region, key, account=cloud.owner, stale_reads=2)
    cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=mine)
    assert [shown_policy(cloud, key) for _read in range(3)] == [before, before, json.loads(mine)]


def test_a_policy_that_no_call_would_make(cloud):
    key, odd = cloud.key(), policy(statement("AROAEXAMPLEEXAMPLE"))
    cloud.aws.disturb_key_policy(cloud.region, key, account=cloud.owner, policy=odd)
    assert shown_policy(cloud, key) == json.loads(odd)
    with cloud.refused("MalformedPolicyDocumentException"):
        cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=odd)
    with pytest.raises(HTTPError):
        cloud.aws.disturb_key_policy(cloud.region, key, account=cloud.owner, rivals=odd)


def test_policies_are_for_the_account_of_the_key(cloud):
    key = cloud.key()
    cloud.kms().put_key_policy(KeyId=key, Policy=policy(statement(cloud.consumer, Action="kms:*")))
    assert cloud.kms(cloud.consumer).describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"] == cloud.owner
    with cloud.refused("AccessDeniedException"):
        cloud.kms(cloud.consumer).get_key_policy(KeyId=key, PolicyName="default")
    with cloud.refused("AccessDeniedException"):
        cloud.kms(cloud.consumer).put_key_policy(KeyId=key, PolicyName="default", Policy=policy())


def test_the_policy_of_an_aws_managed_key_is_fixed(cloud):
    key = cloud.kms().describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    shown = cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert "kms:CallerAccount" in shown
    assert f"ec2.{cloud.region}.amazonaws.com" in shown
    with pytest.raises(cloud.kms().exceptions.ClientError):
        cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=policy())


def test_states_by_id_and_by_arn(cloud):
    kms, arn = cloud.kms(), cloud.key()
    for reference in (arn, arn.rsplit("/", 1)[1]):
        kms.disable_key(KeyId=reference)
        assert kms.describe_key(KeyId=reference)["KeyMetadata"]["KeyState"] == "Disabled"
        kms.enable_key(KeyId=reference)
        kms.schedule_key_deletion(KeyId=reference, PendingWindowInDays=7)
        assert kms.describe_key(KeyId=reference)["KeyMetadata"]["KeyState"] == "PendingDeletion"
        kms.cancel_key_deletion(KeyId=reference)
        assert kms.describe_key(KeyId=reference)["KeyMetadata"]["KeyState"] == "Disabled"


def test_default_keys_are_one_per_account_and_region(cloud):
    def default(account, region):
        return cloud.kms(account, region).describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]

    found = [
        default(cloud.owner, cloud.region),
        default(cloud.consumer, cloud.region),
        default(cloud.owner, "us-east-1"),
    ]
    assert len(set(found)) == 3
    assert default(cloud.owner, cloud.region) == found[0]
    aliases = {one["AliasName"]: one["TargetKeyId"] for one in cloud.kms().list_aliases()["Aliases"]}
    assert found[0].endswith(aliases["alias/aws/ebs"])


def test_replicas_have_their_own_policy_and_grants(cloud):
    primary = cloud.key(MultiRegion=True)
    kms, other = cloud.kms(), cloud.kms(region="us-east-1")
    grantee = f"arn:aws:iam::{cloud.consumer}:root"
    kms.create_grant(KeyId=primary, GranteePrincipal=grantee, Operations=["Decrypt"])
    kms.put_key_policy(KeyId=primary, PolicyName="default", Policy=policy(statement(cloud.consumer)))
    replica = kms.replicate_key(KeyId=primary, ReplicaRegion="us-east-1")["ReplicaKeyMetadata"]["Arn"]
    assert replica == primary.replace(cloud.region, "us-east-1")
    key_id = primary.rpartition("/")[2]
    assert re.fullmatch("mrk-[0-9a-f]{32}", key_id)
    assert other.describe_key(KeyId=key_id)["KeyMetadata"]["Arn"] == replica
    assert other.list_grants(KeyId=replica)["Grants"] == []
    assert cloud.consumer not in other.get_key_policy(KeyId=replica, PolicyName="default")["Policy"]
    other.create_grant(KeyId=replica, GranteePrincipal=grantee, Operations=["Decrypt"])
    assert other.list_grants(KeyId=replica)["Grants"][0]["KeyId"] == replica
    assert len(kms.list_grants(KeyId=primary)["Grants"]) == 1
    kinds = {
        arn: client.describe_key(KeyId=arn)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"]
        for client, arn in ((other, replica), (kms, primary))
    }
    assert kinds == {primary: "PRIMARY", replica: "REPLICA"}
    kms.disable_key(KeyId=primary)
    assert other.describe_key(KeyId=replica)["KeyMetadata"]["Enabled"] is True
    with cloud.refused("AlreadyExistsException"):
        kms.replicate_key(KeyId=primary, ReplicaRegion="us-east-1")
    shown = kms.describe_key(KeyId=primary)["KeyMetadata"]["MultiRegionConfiguration"]
    assert [one["Region"] for one in shown["ReplicaKeys"]] == ["us-east-1"]
