# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a consumer's role may do with a key: DescribeKey, and KMS's dry runs, which do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import AwsCallError, calling
from .key_verdict import CREATE_GRANT, DESCRIBE
from .model import KeyProbe

_PASSED = "DryRunOperationException"
# The least that a launch's own grant allows; a consumer that may grant because of a grant may grant no more than that has.
_GRANTED = ["Decrypt"]


def probe_key(client: Any, region: str, arn: str, account_id: str) -> KeyProbe:
    """Everything of AWS's list for launching from a shared encrypted AMI that can be tried without a ciphertext.

    :raises AwsCallError: for an answer that is neither yes nor no, such as throttling.
    """
    try:
        with calling(f"kms:{DESCRIBE}", region):
            state = answers.text(answers.part(client.describe_key(KeyId=arn), "KeyMetadata"), "KeyState")
    except AwsCallError as error:
        return KeyProbe(arn, denied={DESCRIBE: error.failure})
    if state != "Enabled":
        return KeyProbe(arn, state)
    denied, untested = {}, []
    for operation, method, request in _calls(arn, account_id):
        if not _knows(client, operation, request):
            untested.append(operation)
            continue
        failure = _try(client, region, operation, method, request)
        if failure:
            denied[operation] = failure
    return KeyProbe(arn, state, denied, tuple(untested))


def _calls(arn: str, account_id: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    without_ciphertext = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    root = f"arn:{arn.split(':')[1]}:iam::{account_id}:root"
    yield "Decrypt", "decrypt", {"KeyId": arn, **without_ciphertext}
    yield "ReEncrypt", "re_encrypt", {"SourceKeyId": arn, "DestinationKeyId": arn, **without_ciphertext}
    data_key = {"KeyId": arn, "KeySpec": "AES_256", "DryRun": True}
    yield "GenerateDataKeyWithoutPlaintext", "generate_data_key_without_plaintext", data_key
    grant = {"KeyId": arn, "GranteePrincipal": root, "Operations": _GRANTED, "DryRun": True}
    yield CREATE_GRANT, "create_grant", grant


def _knows(client: Any, operation: str, request: dict[str, Any]) -> bool:
    """An older botocore refuses a request with a parameter that it does not know, and asks for a ciphertext."""
    return set(request) <= set(client.meta.service_model.operation_model(operation).input_shape.members)


def _try(client: Any, region: str, operation: str, method: str, request: dict[str, Any]) -> Failure | None:
    try:
        with calling(f"kms:{operation}", region):
            getattr(client, method)(**request)
    except AwsCallError as error:
        return None if error.failure.code == _PASSED else error.failure
    return None
