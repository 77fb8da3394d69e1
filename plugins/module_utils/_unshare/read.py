# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read everything that a run of image_unshare decides about before its first write, all Regions at once."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._base.outcome import Failure
from .._call.fanout import Job, fan_out, paced
from .._call.session import Aws
from .._image import read as read_image
from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.read_facts import read_facts
from .._image.selection import newest_original
from .._image_copy import read as read_copy
from .._image_copy.model import CopyFacts
from .._image_copy.request import Destination
from .._key_policy import read as read_policy
from .._kms_grant import read as read_grant
from .._kms_key import read as read_kms_key
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, Permissions
from .._launch_permission.read import read_permissions
from .._organization import read as read_organizations
from .._organization.model import HOME_REGIONS, Query, TargetFacts
from .._snapshot_permission.read import read_snapshot_permissions
from .facts import KeyRead, Place, UnshareFacts
from .plan import UnsharePlan, plan_permissions
from .request import Source, UnshareRequest
from .targets import Target, asked_for, find_targets


def read_unshare(aws: Aws, request: UnshareRequest) -> UnshareFacts:
    """Copies, AMIs with their permissions, snapshots and keys, and what is to be taken of these."""
    copies = _read_copies(aws, request)
    facts = UnshareFacts(copies, named=_read_named_keys(aws, request))
    asked = list(dict.fromkeys(one for _of, selectors in asked_for(request, facts) for one in selectors))
    both = request.key_access
    read = read_facts(aws, asked, public=False, grants=both, policies=both)
    images = dict(zip(asked, read, strict=True))
    facts = replace(facts, images=images, keys=_keys_of(images.values()) if both else {})
    if both:
        facts = replace(facts, keys={**facts.keys, **_read_keys(aws, facts)})
    return _read_what_stays(aws, request, facts, find_targets(request, facts))


def _read_copies(aws: Aws, request: UnshareRequest) -> tuple[tuple[CopyFacts, ...], ...]:
    """The copies of each declaration's source. A source that was named by its ID may be gone long since."""
    sources = [declaration.source for declaration in request.declarations if declaration.source]
    aws.prepare("ec2", dict.fromkeys(region for one in sources for region in (one.region, *one.regions)))
    found = dict(zip(sources, fan_out([functools.partial(_read_source, aws, one) for one in sources]), strict=True))
    wanted = [(one, region) for one in sources for region in one.regions]
    answers = fan_out([functools.partial(_read_copies_in, aws, one, found[one], region) for one, region in wanted])
    read = iter(
        [
            CopyFacts(
                Destination(region),
                found[source],
                () if isinstance(listed, Failure) else listed,
                own_region=region == source.region,
                failure=listed if isinstance(listed, Failure) else None,
            )
            for (source, region), listed in zip(wanted, answers, strict=True)
        ]
    )
    return tuple(
        tuple(next(read) for _region in one.source.regions) if one.source else () for one in request.declarations
    )


def _read_source(aws: Aws, source: Source) -> Image | None:
    """One that was named by name and tags; for the copies of another one its ID is enough."""
    if source.selector.image_id:
        return None
    client = aws.client("ec2", source.region)
    return newest_original(read_image.read_own_images(client, source.region, source.selector).values())


def _read_copies_in(aws: Aws, source: Source, found: Image | Failure | None, region: str) -> list[Image]:
    image_id = found.image_id if isinstance(found, Image) else source.selector.image_id
    return read_copy.read_copies(aws.client("ec2", region), region, image_id, source.region) if image_id else []


def _read_named_keys(aws: Aws, request: UnshareRequest) -> dict[Place, Key | Failure]:
    places = list(dict.fromkeys(place for declaration in request.declarations for place in declaration.keys))
    aws.prepare("kms", dict.fromkeys(region for region, _key_id in places))
    answers = fan_out(
        [
            functools.partial(read_kms_key.read_key, aws.client("kms", region), region, key_id)
            for region, key_id in places
        ]
    )
    return dict(zip(places, answers, strict=True))


def _keys_of(images: Iterable[ImageFacts]) -> dict[Place, KeyRead]:
    return {
        (read.selector.region, arn): KeyRead(key, read.grants[arn], read.policies[arn])
        for read in images
        for arn, key in read.keys.items()
        if isinstance(key, Key)
    }


def _read_keys(aws: Aws, facts: UnshareFacts) -> dict[Place, KeyRead]:
    """Grants and policies of the named keys that no AMI has."""
    keys = {(region, key.arn): key for (region, _name), key in facts.named.items() if isinstance(key, Key)}
    return read_grants_and_policies(aws, {place: key for place, key in keys.items() if place not in facts.keys})


def read_grants_and_policies(aws: Aws, keys: Mapping[Place, Key]) -> dict[Place, KeyRead]:
    """:param keys: by Region and ARN, with clients that are prepared."""
    grants_jobs: list[Job[Any]] = [read_grant.grants_job(aws, region, arn) for region, arn in keys]
    answers = fan_out(
        grants_jobs
        + [paced(None, read_policy.read_key_policy, aws.client("kms", region), region, arn) for region, arn in keys]
    )
    grants, policies = answers[: len(keys)], answers[len(keys) :]
    return {
        place: KeyRead(key, listed, text)
        for (place, key), listed, text in zip(keys.items(), grants, policies, strict=True)
    }


def _read_what_stays(aws: Aws, request: UnshareRequest, facts: UnshareFacts, targets: Sequence[Target]) -> UnshareFacts:
    """Permissions of snapshots, and what stays at keys of which nothing was asked, so that it can be said.

    What was not asked for and cannot be read stops nothing: it is left out.
    """
    losing = [target for target in targets if plan_permissions(target).changed]
    optional = [target for target in losing if not target.closing and _accounts(target)]
    asked = [target for target in targets if target.closing]
    snapshots = _read_snapshots(aws, [*asked, *optional])
    needed = {(target.region, one) for target in asked for one in target.image.snapshot_ids}
    facts = replace(
        facts,
        snapshots={
            place: read for place, read in snapshots.items() if place in needed or not isinstance(read, Failure)
        },
    )
    if request.key_access:
        return facts
    keys = {
        (target.region, arn): key
        for target in losing
        for arn in target.key_arns
        if isinstance(key := target.facts.keys[arn], Key)
    }
    read = read_grants_and_policies(aws, keys)
    return replace(facts, keys={place: one for place, one in read.items() if not isinstance(one.grants, Failure)})


def _accounts(target: Target) -> bool:
    return any(one.kind == ACCOUNT for one in target.leaving)


def _read_snapshots(aws: Aws, targets: Sequence[Target]) -> dict[Place, Permissions | Failure]:
    places = list(dict.fromkeys((target.region, one) for target in targets for one in target.image.snapshot_ids))
    answers = fan_out(
        [
            paced(
                aws.pace("ec2:DescribeSnapshotAttribute", region),
                read_snapshot_permissions,
                aws.client("ec2", region),
                region,
                snapshot_id,
            )
            for region, snapshot_id in places
        ]
    )
    return dict(zip(places, answers, strict=True))


def ask_organizations(aws: Aws, request: UnshareRequest, arns: Sequence[str]) -> list[TargetFacts]:
    """What AWS Organizations says about each ARN. Few callers may ask it, and a refusal is an answer."""
    if not arns:
        return []
    region, role = HOME_REGIONS.get(request.partition, "us-east-1"), request.organizations
    found = read_organizations.read(aws, Query(tuple(arns), region, True, role.arn, role.external_id))
    # What an ARN could not be read for stays with the ARN that was asked for.
    return [replace(fact, arn=arn) for fact, arn in zip(found, arns, strict=True)]


def read_again(aws: Aws, facts: UnshareFacts, plan: UnsharePlan) -> UnshareFacts:
    """The permissions of AMIs that lose some, and of snapshots, as they are now; what cannot be read counts as it was.

    Other AMIs stay as they were read: about their use nobody has been asked.
    """
    permissions = read_permissions(aws, [target.image for target in plan.removing])
    snapshots = _read_snapshots(aws, [target for target in plan.targets if target.closing])
    images = {
        selector: replace(read, permissions=now)
        if isinstance(read.image, Image)
        and isinstance(now := permissions.get((read.image.region, read.image.image_id)), frozenset)
        else read
        for selector, read in facts.images.items()
    }
    known = {place: read for place, read in snapshots.items() if not isinstance(read, Failure)}
    return replace(facts, images=images, snapshots={**facts.snapshots, **known})
