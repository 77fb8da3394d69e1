# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blockers: every reason why an AMI cannot be shared as asked, each with its cure. Judges facts, reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .._base.outcome import NOT_FOUND, Failure
from .._kms_key import states
from .._kms_key.model import Key
from .._launch_permission import model as permissions
from .._launch_permission.model import EVERYBODY, Permissions
from .facts import ImageFacts
from .model import Image, Snapshot

# The key of a snapshot cannot be changed; a copy in the same Region can have another one.
UNDER_CUSTOMER_KEY = (
    "Copy the AMI with a customer managed key (golden.ami.image_copy with a destination in the AMI's own Region and "
    "kms_key_id) and share the copy."
)


@dataclass(frozen=True)
class Blocker:
    code: str
    message: str
    cure: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "cure": self.cure}


@dataclass(frozen=True)
class Sharing:
    """What the AMI is to be shared with, and the quota of entities that may share one AMI in one Region."""

    wanted: Permissions
    quota: int


def blockers_of_change(facts: ImageFacts, after: Permissions, quota: int) -> tuple[Blocker, ...]:
    """What stops a change of launch permissions to ``after``, as far as it is known from what was read.

    EC2 refuses only to add: what is known about snapshots, keys and block public access stops nobody from being removed.
    """
    if isinstance(facts.image, Failure):
        return ()
    if facts.image is None:
        return (_not_found(facts),)
    sharing = Sharing(after, quota)
    found = [*_ownership(facts, facts.image, sharing), *_state(facts, facts.image, sharing)]
    if isinstance(facts.permissions, frozenset) and not after <= facts.permissions:
        found += [*_managed_keys(facts, facts.image), *_public(facts, facts.image, sharing)]
        found += _over_quota(facts.image, facts.permissions, after, quota)
    return tuple(found)


def find_blockers(facts: ImageFacts, sharing: Sharing) -> tuple[Blocker, ...]:
    """All blockers of one AMI, not only the first.

    They are judgements of what was read. What could not be read is :func:`unread`; only when both are empty can the AMI
    be shared as asked.
    """
    if isinstance(facts.image, Failure):
        return ()
    if facts.image is None:
        return (_not_found(facts),)
    checks: tuple[Callable[[ImageFacts, Image, Sharing], Iterator[Blocker]], ...] = (
        _ownership,
        _state,
        _snapshots,
        _keys,
        _public,
        _quota,
    )
    return tuple(blocker for check in checks for blocker in check(facts, facts.image, sharing))


def _not_found(facts: ImageFacts) -> Blocker:
    selector = facts.selector
    if selector.image_id:
        return Blocker(
            NOT_FOUND,
            f"{selector.image_id} is not in {selector.region}, or it belongs to another account that has not shared it.",
            "Check the ID, the Region (AMIs are regional) and the account whose credentials are used.",
        )
    return Blocker(
        NOT_FOUND,
        f"No own AMI in {selector.region} matches {selector.described}.",
        "Check the filter, or copy the AMI to this Region first (golden.ami.image_copy).",
    )


def _ownership(facts: ImageFacts, image: Image, sharing: Sharing) -> Iterator[Blocker]:
    if _is_not_owner(facts):
        yield Blocker(
            "not_owner",
            f"{image.image_id} belongs to account {image.owner_id}, and the caller may not read its launch permissions "
            "(AuthFailure), which only the owner may.",
            f"Run with credentials of account {image.owner_id}, or copy the AMI into the caller's account.",
        )


def _is_not_owner(facts: ImageFacts) -> bool:
    """Only the owner may read launch permissions; DescribeImageAttribute answers everybody else with AuthFailure."""
    return isinstance(facts.permissions, Failure) and facts.permissions.code == "AuthFailure"


def _state(facts: ImageFacts, image: Image, sharing: Sharing) -> Iterator[Blocker]:
    reason = f" ({image.state_reason})" if image.state_reason else ""
    if image.state == "pending":
        yield Blocker(
            "pending",
            f"{image.image_id} is still pending{reason}.",
            "Wait until it is available, then run again.",
        )
    elif image.state == "failed":
        yield Blocker(
            "failed",
            f"{image.image_id} is in state failed{reason}.",
            "Deregister it and build or copy the AMI again.",
        )
    elif image.state == "disabled":
        yield Blocker(
            "disabled",
            f"{image.image_id} is disabled; disabling removed all its launch permissions.",
            "Enable it (ec2:EnableImage) if it is to be used again; its permissions do not come back by themselves.",
        )
    elif image.state != "available":
        yield Blocker(
            "not_available",
            f"{image.image_id} is in state {image.state}{reason}.",
            "Only an available AMI can be shared; build or copy it again.",
        )


def _snapshots(facts: ImageFacts, image: Image, sharing: Sharing) -> Iterator[Blocker]:
    missing = [snapshot_id for snapshot_id in image.snapshot_ids if snapshot_id not in facts.snapshots]
    if missing and not _is_not_owner(facts):
        yield Blocker(
            "snapshot_not_found",
            f"{', '.join(missing)} of {image.image_id} cannot be found, so that its key is not known.",
            "Check that the snapshot still exists; without it the AMI cannot be launched.",
        )


def _keys(facts: ImageFacts, image: Image, sharing: Sharing) -> Iterator[Blocker]:
    yield from _managed_keys(facts, image)
    for key in facts.keys.values():
        if isinstance(key, Key) and not is_aws_managed(key) and key.state not in states.USABLE:
            yield _key_state(key, _on_key(facts, image, key))


def _managed_keys(facts: ImageFacts, image: Image) -> Iterator[Blocker]:
    for key in facts.keys.values():
        if isinstance(key, Key) and is_aws_managed(key):
            yield aws_managed_key(key, _on_key(facts, image, key))


def aws_managed_key(key: Key, on_key: str) -> Blocker:
    return Blocker(
        "aws_managed_key",
        f"{on_key} is encrypted with the AWS managed key {key.arn}, which cannot be shared.",
        UNDER_CUSTOMER_KEY,
    )


def _key_state(key: Key, on_key: str) -> Blocker:
    what = {
        "key_disabled": "is disabled; no consumer could launch",
        "key_pending_deletion": f"is about to be deleted ({key.state})",
    }
    code = states.code_of_state(key.state)
    message = f"Key {key.arn} of {on_key} {what.get(code, f'is in state {key.state}')}."
    other = "" if code == "key_disabled" else " Only then can the AMI be copied under another one, too."
    return Blocker(code, message, states.cure_of_state(key.state) + other)


def _public(facts: ImageFacts, image: Image, sharing: Sharing) -> Iterator[Blocker]:
    already = isinstance(facts.permissions, frozenset) and EVERYBODY in facts.permissions
    if EVERYBODY not in sharing.wanted or already:
        return
    encrypted = [snapshot_id for snapshot_id in image.snapshot_ids if _is_encrypted(facts, snapshot_id)]
    if encrypted:
        yield Blocker(
            "public_encrypted",
            f"{image.image_id} has encrypted snapshots ({', '.join(encrypted)}) and cannot be public.",
            "Share it with accounts, organizations or organizational units, or publish an unencrypted AMI.",
        )
    if image.product_codes:
        yield Blocker(
            "public_product_codes",
            f"{image.image_id} carries product codes ({', '.join(image.product_codes)}) and cannot be public.",
            "Share it with accounts, organizations or organizational units.",
        )
    if facts.public_access_block == "block-new-sharing":
        yield Blocker(
            "public_access_blocked",
            f"Block public access for AMIs is on in {image.region}.",
            "If the AMI really is for everybody, switch it off (ec2:DisableImageBlockPublicAccess, up to 10 minutes); "
            "it is never switched off here.",
        )


def _quota(facts: ImageFacts, image: Image, sharing: Sharing) -> Iterator[Blocker]:
    if isinstance(facts.permissions, frozenset):
        # The owner is dropped before anything is shared, so it does not count.
        wanted = permissions.without_account(sharing.wanted, image.owner_id)
        yield from _over_quota(image, facts.permissions, facts.permissions | wanted, sharing.quota)


def _over_quota(image: Image, before: Permissions, after: Permissions, quota: int) -> Iterator[Blocker]:
    """More entities than the quota is a blocker only when it becomes more: what is there already was allowed by AWS."""
    count = permissions.counted(after)
    if count > max(quota, permissions.counted(before)):
        yield Blocker(
            "quota",
            f"{image.image_id} would be shared with {count} accounts, organizations and OUs; the quota is {quota} for an "
            "AMI and Region.",
            "Share with an organization or OU, which counts as one, or have the quota raised and set launch_permission_quota.",
        )


def _on_key(facts: ImageFacts, image: Image, key: Key) -> str:
    """What of the AMI is on the key: ``snap-0abc, snap-0def of ami-0abc``."""
    read = [snapshot for snapshot in facts.snapshots.values() if isinstance(snapshot, Snapshot)]
    return f"{', '.join(one.snapshot_id for one in read if one.key_arn == key.arn)} of {image.image_id}"


def _is_encrypted(facts: ImageFacts, snapshot_id: str) -> bool:
    snapshot = facts.snapshots.get(snapshot_id)
    return isinstance(snapshot, Snapshot) and snapshot.encrypted


def unread(facts: ImageFacts, policies: bool = False) -> tuple[Failure, ...]:
    """Every read about this AMI that failed, for other reasons than that it belongs to another account.

    :param policies: whether the AMI is incomplete without the policies of its keys.
    """
    parts: list[object] = [facts.image, *facts.snapshots.values(), *facts.keys.values(), facts.public_access_block]
    if not _is_not_owner(facts):
        parts.append(facts.permissions)
    # Grants and policies of AWS managed keys are nobody's business here: such a key is a blocker, whatever may be read of it.
    for of_keys in (facts.grants, facts.policies) if policies else (facts.grants,):
        parts += [part for arn, part in of_keys.items() if not is_aws_managed(facts.keys.get(arn))]
    return tuple(part for part in parts if isinstance(part, Failure))


def is_aws_managed(key: Key | Failure | None) -> bool:
    return isinstance(key, Key) and key.manager != "CUSTOMER"
