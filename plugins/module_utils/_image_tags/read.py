# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the tags of AMIs in their owner's account and in the consumers'."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from .._base.outcome import Failure
from .._call.fanout import Job
from .._call.session import Aws
from .._consumer.read_session import Session
from .._image.model import Image
from .._image.read import find_images, read_images
from .plan import TagFacts
from .request import TagsRequest

Listing: TypeAlias = "Mapping[str, Image] | Failure"


def read(session: Session, request: TagsRequest) -> list[TagFacts]:
    """Each AMI in each account, account by account, in input order: one listing for each account and Region."""
    ids: dict[str, list[str]] = {}
    for image in request.images:
        ids.setdefault(image.region, []).append(image.image_id)
    session.aws.prepare("ec2", ids)
    sources = find_images(session.aws, request.images) if request.tags is None else {}
    callers = session.reach()
    listings = _read_listings(session, callers, ids)
    return [
        TagFacts(account_id, image, _entry(listings[account_id, image.region], image.image_id), sources.get(image))
        for account_id in callers
        for image in request.images
    ]


def _read_listings(
    session: Session, callers: Mapping[str, Aws | Failure], ids: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], Listing]:
    found: dict[tuple[str, str], Listing] = {}
    jobs: dict[tuple[str, str], Job[Listing]] = {}
    for account_id, caller in callers.items():
        for region, image_ids in ids.items():
            if isinstance(caller, Failure):
                found[account_id, region] = caller
            else:
                call = functools.partial(read_images, caller.client("ec2", region), region, image_ids)
                jobs[account_id, region] = Job(call)
    answers = session.stage("listings of AMIs (accounts x Regions)", list(jobs.values()))
    for (account_id, region), answer in zip(jobs, answers, strict=True):
        found[account_id, region] = session.told(account_id, answer)
    return found


def _entry(listing: Listing, image_id: str) -> Image | Failure | None:
    return listing if isinstance(listing, Failure) else listing.get(image_id)
