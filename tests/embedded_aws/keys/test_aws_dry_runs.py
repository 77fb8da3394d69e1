# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dry runs of KMS, by which an account learns what it may do with another account's key."""

from __future__ import annotations

import json

import pytest


def probes(cloud, key, account):
    """Each operation as a call of this account's."""
    kms = cloud.kms(account)
    ignore = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    root = f"arn:aws:iam::{account}:root"
    return {
        "CreateGrant": lambda: kms.create_grant(
            KeyId=key, GranteePrincipal=root, Operations=["Decrypt", "CreateGrant"], DryRun=True
        ),
        "Decrypt": lambda: kms.decrypt(KeyId=key, **ignore),
        "Encrypt": lambda: kms.encrypt(KeyId=key, Plaintext=b"x", DryRun=True),
        "GenerateDataKey": lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256", DryRun=True),
        "GenerateDataKeyWithoutPlaintext": lambda: kms.generate_data_key_without_plaintext(
            KeyId=key, KeySpec="AES_256", DryRun=True
        ),
        "ReEncrypt": lambda: kms.re_encrypt(SourceKeyId=key, DestinationKeyId=key, **ignore),
    }


OPERATIONS = [
    "CreateGrant",
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
]


@pytest.mark.parametrize("granted", [[], ["Decrypt", "CreateGrant"], OPERATIONS])
def test_what_a_consumer_may(cloud, granted):
    key = cloud.key()
    if granted:
        root = f"arn:aws:iam::{cloud.consumer}:root"
        cloud.kms().create_grant(KeyId=key, GranteePrincipal=root, Operations=granted)
    for operation, call in probes(cloud, key, cloud.consumer).items():
        needed = {"ReEncryptFrom", "ReEncryptTo"} if operation == "ReEncrypt" else {operation}
        with cloud.refused("DryRunOperationException" if needed <= set(granted) else "AccessDeniedException", 400):
            call()
    with cloud.refused("AccessDeniedException"):
        cloud.kms(cloud.consumer).describe_key(KeyId=key)


def test_the_owner_may_and_nothing_is_done(cloud):
    key = cloud.key()
    for call in probes(cloud, key, cloud.owner).values():
        with cloud.refused("DryRunOperationException"):
            call()
    assert cloud.kms().list_grants(KeyId=key)["Grants"] == []


def test_a_grant_for_aws_services_only_is_refused_to_a_direct_call(cloud):
    """KMS developer guide, kms:GrantIsForAWSResource: the condition is met only where a service makes the grant."""
    key = cloud.key()
    policy = json.loads(cloud.kms().get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    use = {"Effect": "Allow", "Resource": "*", "Principal": {"AWS": cloud.consumer}}
    condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    policy["Statement"] += [
        {**use, "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:ReEncrypt*"]},
        {**use, "Action": "kms:CreateGrant", "Condition": condition},
    ]
    cloud.kms().put_key_policy(KeyId=key, Policy=json.dumps(policy))
    calls = probes(cloud, key, cloud.consumer)
    with cloud.refused("DryRunOperationException"):
        calls["Decrypt"]()
    with cloud.refused("AccessDeniedException"):
        calls["CreateGrant"]()
    image = cloud.image(cloud.snapshot(key))
    cloud.share(image, {"UserId": cloud.consumer})
    ec2 = cloud.ec2(cloud.consumer)
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    answer = ec2.describe_instances(InstanceIds=[made])
    assert answer["Reservations"][0]["Instances"][0]["State"]["Name"] == "running"


def test_keys_that_cannot_be_used(cloud):
    key = cloud.key()
    cloud.kms().disable_key(KeyId=key)
    for call in probes(cloud, key, cloud.owner).values():
        with cloud.refused("DisabledException"):
            call()
    cloud.kms().schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for call in probes(cloud, key, cloud.owner).values():
        with cloud.refused("KMSInvalidStateException"):
            call()


def test_without_a_dry_run(cloud):
    key = cloud.key()
    blob = cloud.kms().encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert cloud.kms().decrypt(CiphertextBlob=blob, KeyId=key)["Plaintext"] == b"x"
    again = cloud.kms().re_encrypt(CiphertextBlob=blob, DestinationKeyId=cloud.key())["CiphertextBlob"]
    assert cloud.kms().decrypt(CiphertextBlob=again)["Plaintext"] == b"x"
