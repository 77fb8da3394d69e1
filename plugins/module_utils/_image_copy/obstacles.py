# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would stop a copy, or spoil it: asked before the first copy starts, because copies cost time and money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._base.outcome import NOT_FOUND, Failure
from .._image.model import Image
from .._image.selection import ImageSelector
from .._kms_key import states
from .._kms_key.model import Key
from .._kms_key.states import cure_of_state
from .model import CopyFacts, Storage
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
        yield _not_found(request.source)
    else:
        yield from _source_state(source)
        yield from _storage(source, facts.storage)
        yield from _encryption(source, facts)
    if isinstance(facts.key, Key):
        yield from _key(facts.key, facts.destination.region)


def _not_found(selector: ImageSelector) -> Failure:
    if selector.image_id:
        return Failure(
            NOT_FOUND,
            f"{selector.image_id} is not in {selector.region}, or it belongs to another account that has not shared it",
            "Check the ID, source_region (AMIs are regional) and the account whose credentials are used.",
            region=selector.region,
        )
    return Failure(
        NOT_FOUND,
        f"no own AMI in {selector.region} matches {selector.described}",
        "Check name and tags of the source, its Region, and the account whose credentials are used.",
        region=selector.region,
    )


def _source_state(source: Image) -> Iterator[Failure]:
    if source.state != "available":
        reason = f" ({source.state_reason})" if source.state_reason else ""
        yield Failure(
            source.state if source.state in _CURE_OF_STATE else "not_available",
            f"{source.image_id} in {source.region} is in state {source.state}{reason}; only an available AMI can be copied",
            _CURE_OF_STATE.get(source.state, "Build the AMI again."),
        )


def _storage(source: Image, storage: Storage | Failure | None) -> Iterator[Failure]:
    """EC2 refuses a copy whose storage it may not read; it starts one that it cannot decrypt, and that fails later."""
    if isinstance(storage, Failure):
        yield storage
    elif storage:
        unseen = [snapshot_id for snapshot_id in source.snapshot_ids if snapshot_id not in storage.snapshots]
        if unseen:
            yield Failure(
                "storage_not_shared",
                f"{', '.join(unseen)} of {source.image_id} cannot be seen by the caller, who must be allowed to use the "
                "snapshots of an AMI to copy it",
                f"Account {source.owner_id} must share the snapshots (golden.ami.snapshot_permission) and let the caller use "
                "their keys.",
            )
        if not storage.owned:
            yield Failure(
                "product_codes",
                f"{source.image_id} belongs to account {source.owner_id} and carries product codes "
                f"({', '.join(source.product_codes)}): EC2 does not copy it for another account",
                "Launch an instance of it and make an AMI of that (ec2:CreateImage).",
            )
        yield from _source_keys(source, storage.keys)


def _source_keys(source: Image, keys: Mapping[str, Key | Failure]) -> Iterator[Failure]:
    """A key that could not be read may be usable all the same, and is left to EC2."""
    for key in keys.values():
        if isinstance(key, Key) and key.state not in states.USABLE:
            yield Failure(
                _code_of_state(key),
                f"key {key.arn} of {source.image_id} is in state {key.state}: it cannot be decrypted, and the copy would fail",
                "Bring the key to the state Enabled; it is never changed here.",
            )


def _encryption(source: Image, facts: CopyFacts) -> Iterator[Failure]:
    """Without a customer managed key the copy would be encrypted with the AWS managed key, and could never be shared."""
    region = facts.destination.region
    if facts.key is not None:
        return
    if source.encrypted:
        yield Failure(
            "no_key",
            f"{source.image_id} is encrypted and no kms_key_id is given for {region}: the copy would be encrypted "
            "with the account's default key, usually the AWS managed key, and could not be shared",
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
            f"{key.arn} is an AWS managed key: a copy encrypted with it cannot be shared",
            "Give a customer managed key of that Region as kms_key_id.",
        )
    elif key.state != "Enabled":
        yield Failure(
            _code_of_state(key),
            f"key {key.arn} is in state {key.state}: a copy encrypted with it in {region} would fail",
            f"{cure_of_state(key.state)} Or give another key.",
        )
    elif key.spec != SYMMETRIC:
        yield Failure(
            "key_unusable",
            f"{key.arn} is of the kind {key.spec}: EBS takes symmetric encryption keys only",
            "Give a symmetric key (key spec SYMMETRIC_DEFAULT).",
        )


def _code_of_state(key: Key) -> str:
    return "key_disabled" if key.state == "Disabled" else "key_unusable"
