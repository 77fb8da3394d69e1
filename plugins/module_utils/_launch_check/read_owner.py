# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task's own credentials, which are the AMIs' owner's as a rule, tell about the AMIs: their keys above all."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .._auto_scaling.access import access
from .._base.outcome import Failure
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .._image.model import Image, Snapshot
from .._image.read import find_images, read_snapshots
from .._image.selection import ImageSelector
from .._key_policy.read import read_key_policy
from .._kms_grant.model import Grant
from .._kms_grant.read import read_grants
from .request import CheckRequest


@dataclass(frozen=True)
class OwnerFacts:
    """AMIs by selector, snapshots by Region, grants and policies by key ARN; a Failure where one could not be read.

    ``named``: keys that the task names by Region, for AMIs whose snapshots cannot be read.
    """

    images: Mapping[ImageSelector, Image | Failure | None] = field(default_factory=dict)
    snapshots: Mapping[str, Mapping[str, Snapshot] | Failure] = field(default_factory=dict)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grants: Mapping[str, tuple[Grant, ...] | Failure] = field(default_factory=dict)
    policies: Mapping[str, str | Failure] = field(default_factory=dict)

    def key_arns(self, selector: ImageSelector, seen: Image | None) -> tuple[str, ...] | None:
        """Of an AMI's snapshots; None where it is encrypted and a key is not known.

        :param seen: the AMI as the consumer sees it; a consumer sees that it is encrypted, and not with which key.
        """
        owned = self.images.get(selector)
        image = owned if isinstance(owned, Image) else seen
        if not image or not image.encrypted:
            return ()
        read = self.snapshots.get(selector.region, {})
        known = {} if isinstance(read, Failure) else read
        if not all(snapshot_id in known for snapshot_id in image.encrypted_snapshot_ids):
            return self.named.get(selector.region)
        arns = (known[snapshot_id].key_arn for snapshot_id in image.encrypted_snapshot_ids)
        return tuple(dict.fromkeys(arn for arn in arns if arn))

    def scaling(self, arn: str, account_id: str, partition: str) -> str:
        """What lets the account's Auto Scaling use a key: ``grant``, ``key_policy``, ``none`` or ``unknown``."""
        unread = Failure("not_read", "it was not read")
        found = access([account_id], partition, self.grants.get(arn, unread), self.policies.get(arn, unread))
        return next(way for way, accounts in found.items() if accounts)


def read_owner(aws: Aws, request: CheckRequest) -> OwnerFacts:
    """One listing of AMIs and one of snapshots for each Region; grants and policies where Auto Scaling matters."""
    aws.prepare("ec2", request.regions)
    images = find_images(aws, request.images)
    ids: dict[str, list[str]] = {}
    for image in images.values():
        if isinstance(image, Image) and image.encrypted:
            ids.setdefault(image.region, []).extend(image.encrypted_snapshot_ids)
    jobs = [functools.partial(read_snapshots, aws.client("ec2", region), region, ids[region]) for region in ids]
    snapshots = dict(zip(ids, fan_out(jobs), strict=True))
    found = OwnerFacts(images, snapshots, request.key_arns or {})
    return _with_access(aws, request, found) if request.auto_scaling else found


def _with_access(aws: Aws, request: CheckRequest, found: OwnerFacts) -> OwnerFacts:
    arns = {arn: image.region for image in request.images for arn in found.key_arns(image, None) or ()}
    arns |= {arn: region for region, named in found.named.items() for arn in named}
    aws.prepare("kms", dict.fromkeys(arns.values()))
    clients = {arn: aws.client("kms", region) for arn, region in arns.items()}
    grants = fan_out(
        [
            paced(aws.pace("kms:ListGrants", arns[arn]), read_grants, client, arns[arn], arn)
            for arn, client in clients.items()
        ]
    )
    policies = fan_out([functools.partial(read_key_policy, client, arns[arn], arn) for arn, client in clients.items()])
    return replace(found, grants=dict(zip(arns, grants, strict=True)), policies=dict(zip(arns, policies, strict=True)))
