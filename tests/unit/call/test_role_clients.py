# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of many roles through shared clients: each request is signed with the key of the role that makes it."""

from __future__ import annotations

import io
import re
import threading

import pytest
from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError, calling
from ansible_collections.golden.ami.plugins.module_utils._call.fanout import fan_out
from ansible_collections.golden.ami.plugins.module_utils._call.session import Aws, Connection
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.read import read_grants
from tests.unit.builders import KEY_ARN

REGIONS = ("eu-west-1", "us-east-1")
OWN = {"aws_access_key_id": "AKIAOWN", "aws_secret_access_key": "s", "aws_session_token": None}


class Body(io.BytesIO):
    def stream(self, **_kwargs):
        yield self.read()


class Sent:
    """Every request of the clients that are watched: Region and access key, and the token."""

    def __init__(self):
        self.requests, self.answers, self._watched, self._lock = [], [], set(), threading.Lock()

    def watch(self, client):
        with self._lock:
            if id(client) not in self._watched:
                self._watched.add(id(client))
                client.meta.events.register("before-send.kms", self._answer)

    def _answer(self, request, **_kwargs):
        signed = re.search(r"Credential=(\w+)/\d+/([a-z0-9-]+)/", request.headers["Authorization"].decode())
        token = request.headers.get("X-Amz-Security-Token", b"")
        with self._lock:
            self.requests.append((signed[1], signed[2], token.decode()))
            body = self.answers.pop(0) if self.answers else b"{}"
        return AWSResponse(request.url, 200, {}, Body(body))


@pytest.fixture
def aws():
    return Aws(Connection(None, OWN), "golden.ami")


def role_of(number):
    return f"arn:aws:iam::{200000000000 + number}:role/golden-ami"


def acting(aws, number):
    return aws.acting_as(role_of(number), Credentials(f"ASIA{number}", "s", f"token{number}"))


def test_client__each_call_is_signed_by_its_own_role(aws):
    sent, roles = Sent(), [acting(aws, number) for number in range(20)]

    def call(role, region):
        client = role.client("kms", region)
        sent.watch(client._client)
        return client.describe_key(KeyId="alias/golden")

    fan_out([lambda role=role, region=region: call(role, region) for role in roles for region in REGIONS])

    expected = [(f"ASIA{number}", region, f"token{number}") for number in range(20) for region in REGIONS]
    assert sorted(sent.requests) == sorted(expected)


def test_client__roles_share_it_and_the_caller_has_its_own(aws):
    first, second = (acting(aws, number).client("kms", REGIONS[0]) for number in range(2))

    assert first._client is second._client
    assert first._client is not aws.client("kms", REGIONS[0])
    assert first.meta.region_name == REGIONS[0]


def test_client__the_callers_own_calls_stay_its_own(aws):
    sent = Sent()
    own, role = aws.client("kms", REGIONS[0]), acting(aws, 1).client("kms", REGIONS[0])
    sent.watch(own)
    sent.watch(role._client)

    role.describe_key(KeyId="alias/golden")
    own.describe_key(KeyId="alias/golden")
    role.describe_key(KeyId="alias/golden")

    assert [key for key, _region, _token in sent.requests] == ["ASIA1", "AKIAOWN", "ASIA1"]


def test_client__the_shared_one_signs_for_nobody(aws):
    """By mistake it would otherwise call as whoever was last."""
    sent, role = Sent(), acting(aws, 1).client("kms", REGIONS[0])
    sent.watch(role._client)
    role.describe_key(KeyId="alias/golden")

    with pytest.raises(LookupError):
        role._client.describe_key(KeyId="alias/golden")
    assert len(sent.requests) == 1


def test_paginator__each_page_is_signed_by_the_role(aws):
    sent, role = Sent(), acting(aws, 1).client("kms", REGIONS[0])
    sent.watch(role._client)
    sent.answers = [
        b'{"Grants": [{"GrantId": "g-1", "GranteePrincipal": "x", "Operations": []}], "Truncated": true, "NextMarker": "m"}',
        b'{"Grants": []}',
    ]

    assert [grant.grant_id for grant in read_grants(role, REGIONS[0], KEY_ARN)] == ["g-1"]
    assert [key for key, _region, _token in sent.requests] == ["ASIA1", "ASIA1"]


def test_client__a_role_that_cannot_be_assumed_again_fails_its_call(aws):
    class Lapsed(Credentials):
        def get_frozen_credentials(self):
            with calling("sts:AssumeRole", REGIONS[0]):
                raise raised

    raised = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you any more"}}, "AssumeRole")
    role = aws.acting_as(role_of(1), Lapsed("ASIA1", "s"))

    with pytest.raises(AwsCallError) as failed, calling("kms:DescribeKey", REGIONS[0]):
        role.client("kms", REGIONS[0]).describe_key(KeyId="alias/golden")
    assert (failed.value.failure.action, failed.value.failure.code) == ("sts:AssumeRole", "AccessDenied")


def test_acting_as__has_the_key_and_the_quotas_of_its_account(aws):
    roles = [acting(aws, number) for number in (1, 1, 2)]
    paces = [one.pace("kms:CreateGrant", REGIONS[0]) for one in (aws, *roles)]

    assert [one.access_key() for one in (aws, *roles)] == ["AKIAOWN", "ASIA1", "ASIA1", "ASIA2"]
    assert paces[1] is paces[2]
    assert len(set(paces)) == 3
    assert aws.pace("kms:CreateGrant", REGIONS[0]) is paces[0]
