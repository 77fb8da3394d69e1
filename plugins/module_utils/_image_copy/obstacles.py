# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would stop a copy, or spoil it: asked before the first copy starts, because copies cost time and money."""

from __future__ import annotations

from collections.abc import Iterator

from .._base.outcome import NOT_FOUND, Failure
from .._image.model import Image
from .._kms_key.model import Key
from .model import CopyFacts
from .request import CopyRequest

SYMMETRIC = "SYMMETRIC_DEFAULT"
_CURE_OF_STATE = {
    "pending": "Wait until it is available, then run again.",
    "failed": "Deregister it and build the AMI again.",
    "disabled": "Enable it (ec2:EnableImage) if it is to be used again.",
}


def obstacles(request: CopyRequest, facts: CopyFacts) -> Iterator[Failure]:
    """Every reason why the copy of a destination must not be started."""
    source = facts.source
    if isinstance(source, Failure):
        yield source
    elif source is None:
        yield Failure(
            NOT_FOUND,
            f"{request.image_id} is not in {request.source_region}, or it belongs to another account that has not shared it",
            "Check the ID, source_region (AMIs are regional) and the account whose credentials are used.",
            region=request.source_region,
        )
    else:
        yield from _source_state(source)
        yield from _encryption(source, facts)
    if isinstance(facts.key, Key):
        yield from _key(facts.key, facts.destination.region)


def _source_state(source: Image) -> Iterator[Failure]:
    if source.state != "available":
        reason = f" ({source.state_reason})" if source.state_reason else ""
        yield Failure(
            source.state if source.state in _CURE_OF_STATE else "not_available",
            f"{source.image_id} in {source.region} is in state {source.state}{reason}; only an available AMI can be copied",
            _CURE_OF_STATE.get(source.state, "Build the AMI again."),
        )


def _encryption(source: Image, facts: CopyFacts) -> Iterator[Failure]:
    """Without a customer managed key the copy would come out on the AWS managed key, and could never be shared."""
    region = facts.destination.region
    if facts.key is not None:
        return
    if source.encrypted:
        yield Failure(
            "no_key",
            f"{source.image_id} is encrypted and no kms_key_id is given for {region}: the copy would come out under the "
            "account's default key, mostly the AWS managed one, and could not be shared",
            "Give a customer managed key of that Region as kms_key_id.",
        )
    if facts.encryption and facts.encryption.key:
        default = facts.encryption.key
        if default.manager != "CUSTOMER":
            yield Failure(
                "no_key",
                f"EBS encryption by default is on in {region}, with the AWS managed key {default.arn}, and no kms_key_id is "
                "given: the copy could not be shared",
                "Give a customer managed key of that Region as kms_key_id, or make one the default there.",
            )
        else:
            yield from _key(default, region)


def _key(key: Key, region: str) -> Iterator[Failure]:
    if key.manager != "CUSTOMER":
        yield Failure(
            "aws_managed_key",
            f"{key.arn} is an AWS managed key: a copy under it cannot be shared",
            "Give a customer managed key.",
        )
    elif key.state != "Enabled":
        yield Failure(
            "key_disabled" if key.state == "Disabled" else "key_unusable",
            f"key {key.arn} is in state {key.state}: a copy under it in {region} would fail",
            "Bring the key to the state Enabled, or give another one; it is never changed here.",
        )
    elif key.spec != SYMMETRIC:
        yield Failure(
            "key_unusable",
            f"{key.arn} is of the kind {key.spec}: EBS takes symmetric encryption keys only",
            "Give a symmetric key (key spec SYMMETRIC_DEFAULT).",
        )
