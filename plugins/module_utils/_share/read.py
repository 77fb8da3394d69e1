# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read everything that a run of image_share decides about: each AMI, key and policy once, all Regions at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .._base.outcome import Failure
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.read_facts import read_facts, read_keys
from .._image.selection import ImageSelector
from .._image_copy import read as read_copies
from .._image_copy.model import CopyFacts, CopyOutcome
from .._image_copy.request import Targets
from .._kms_key.model import Key
from .._launch_permission.model import ACCOUNT, EVERYBODY, Permissions
from .._organization import read as read_organizations
from .._organization.model import HOME_REGIONS, Query, TargetFacts
from .._snapshot_permission.read import read_snapshot_permissions
from .audience import Answers, Audience, Questions
from .facts import KeyRead, Place, ShareFacts
from .request import AutoScalingMode, CopyWish, KeyAccess, ShareRequest
from .targets import copies_to_read, named_images, plan_copies

_NOT_READ = Failure("not_read", "It was not read, because nothing needed it.")


def read_answers(aws: Aws, request: ShareRequest, asked: Questions) -> Answers:
    """What AWS Organizations says; no call where nothing is asked."""
    units: Mapping[str, TargetFacts] = {}
    if asked.units:
        units = {str(fact.arn): fact for fact in _ask(aws, request, asked.units, asked.accounts)}
    organization = _ask(aws, request, (), True)[0] if asked.members else None
    return Answers(units, organization)


def _ask(aws: Aws, request: ShareRequest, arns: tuple[str, ...], accounts: bool) -> list[TargetFacts]:
    region = HOME_REGIONS.get(request.partition, "us-east-1")
    found = read_organizations.read(
        aws, Query(arns, region, accounts, request.organizations.arn, request.organizations.external_id)
    )
    # What an ARN could not be read for stays with the ARN that was asked for.
    return [replace(fact, arn=arn) for fact, arn in zip(found, arns, strict=True)] if arns else found


def read_share(aws: Aws, request: ShareRequest, audience: Audience) -> ShareFacts:
    """Everything before the first write."""
    copies = tuple(
        tuple(read_copies.read(aws, _copy_targets(declaration.copies))) if declaration.copies else ()
        for declaration in request.declarations
    )
    facts = ShareFacts(copies)
    planned = plan_copies(request, facts)
    named = [
        selector for number in range(len(request.declarations)) for selector in named_images(request, facts, number)
    ]
    return _read(aws, request, audience, facts, {one: one for one in (*named, *copies_to_read(planned))})


def _copy_targets(wish: CopyWish) -> Targets:
    return Targets(wish.request.source, wish.destinations)


def read_again(
    aws: Aws, request: ShareRequest, audience: Audience, facts: ShareFacts, copies: Sequence[CopyOutcome]
) -> ShareFacts:
    """The AMIs, by the IDs that they were found by, and the copies that have been made since, with keys and snapshots."""
    asked = {selector: _by_id(selector, read) for selector, read in facts.images.items()}
    return _read(aws, request, audience, facts, asked | {one: one for one in copies_to_read(copies)})


def _by_id(selector: ImageSelector, read: ImageFacts) -> ImageSelector:
    """An AMI that was built meanwhile is not the one that was checked."""
    return ImageSelector(selector.region, read.image.image_id) if isinstance(read.image, Image) else selector


def _read(
    aws: Aws,
    request: ShareRequest,
    audience: Audience,
    facts: ShareFacts,
    asked: Mapping[ImageSelector, ImageSelector],
) -> ShareFacts:
    """:param asked: the AMIs as they are known in the run, and how to ask for each."""
    read = _read_images(aws, request, audience, asked.values())
    keys = _keys_of(read.values())
    keys |= _read_new_keys(aws, request, audience, facts.copies, keys)
    images = {selector: read[by] for selector, by in asked.items()}
    return replace(facts, images=images, keys=keys, snapshots=_read_snapshots(aws, request, read.values()))


def _needs_grants(request: ShareRequest, audience: Audience) -> bool:
    accounts = any(one.kind == ACCOUNT for one in audience.everybody)
    return accounts and (
        request.keys.access is KeyAccess.GRANTS or request.auto_scaling.mode is not AutoScalingMode.IGNORE
    )


def _needs_policies(request: ShareRequest, audience: Audience) -> bool:
    """For statements, to tell what Auto Scaling may do, and to tell whether organizations are allowed as the option says."""
    accounts = any(one.kind == ACCOUNT for one in audience.everybody)
    organizations = any(one.kind != ACCOUNT and one != EVERYBODY for one in audience.everybody)
    of_accounts = request.keys.access is KeyAccess.KEY_POLICY or request.auto_scaling.mode is not AutoScalingMode.IGNORE
    return organizations or (accounts and of_accounts)


def _is_public(audience: Audience) -> bool:
    return EVERYBODY in audience.everybody


def _read_images(
    aws: Aws, request: ShareRequest, audience: Audience, selectors: Iterable[ImageSelector]
) -> dict[ImageSelector, ImageFacts]:
    asked = list(dict.fromkeys(selectors))
    read = read_facts(
        aws,
        asked,
        public=_is_public(audience),
        grants=_needs_grants(request, audience),
        policies=_needs_policies(request, audience),
    )
    return dict(zip(asked, read, strict=True))


def _keys_of(images: Iterable[ImageFacts]) -> dict[Place, KeyRead]:
    return {
        (read.selector.region, arn): KeyRead(key, read.grants.get(arn, _NOT_READ), read.policies.get(arn, _NOT_READ))
        for read in images
        for arn, key in read.keys.items()
    }


def _read_new_keys(
    aws: Aws,
    request: ShareRequest,
    audience: Audience,
    copies: Iterable[Iterable[CopyFacts]],
    known: Mapping[Place, KeyRead],
) -> dict[Place, KeyRead]:
    """Grants and policies of the keys of copies that are not there yet, so that what they say is known before the copy."""
    wanted = {
        (read.destination.region, read.key.arn) for listed in copies for read in listed if isinstance(read.key, Key)
    }
    return _read_keys(aws, request, audience, [place for place in sorted(wanted) if place not in known])


def _read_keys(aws: Aws, request: ShareRequest, audience: Audience, places: Sequence[Place]) -> dict[Place, KeyRead]:
    aws.prepare("kms", dict.fromkeys(region for region, _arn in places))
    keys, grants, policies = read_keys(
        aws, places, _needs_grants(request, audience), _needs_policies(request, audience)
    )
    return {place: KeyRead(keys[place], grants.get(place, _NOT_READ), policies.get(place, _NOT_READ)) for place in keys}


def _read_snapshots(
    aws: Aws, request: ShareRequest, images: Iterable[ImageFacts]
) -> dict[Place, Permissions | Failure]:
    """Who may create volumes from the snapshots, where that is to be changed."""
    if not any(declaration.snapshots for declaration in request.declarations):
        return {}
    places = list(
        dict.fromkeys(
            (read.selector.region, snapshot_id)
            for read in images
            if isinstance(read.image, Image)
            for snapshot_id in read.image.snapshot_ids
        )
    )
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
