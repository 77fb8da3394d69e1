# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what is shared with the caller's account: the listings of DescribeImages, and what else tells how."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._allowed_images.read import read_allowed_images
from .._base.outcome import Failure
from .._call.fanout import fan_out
from .._call.session import Aws
from .._image.model import Image
from .._image.read import describe_images
from .._organization.read import describe_organization
from .report import RegionFacts
from .request import SharedQuery

# DescribeOrganization's answer to an account that is in none.
NO_ORGANIZATION = "AWSOrganizationsNotInUseException"


def read(aws: Aws, query: SharedQuery) -> list[RegionFacts]:
    """Each Region's listings, in input order; all at once, with one call to AWS Organizations for all of them."""
    aws.prepare("ec2", query.regions)
    aws.prepare("organizations", query.regions[:1])
    clients = {region: aws.client("ec2", region) for region in query.regions}
    jobs: list[Callable[[], Any]] = [functools.partial(_organized, aws, query.regions[0])]
    for region, client in clients.items():
        jobs.append(functools.partial(_listed, client, region, query, "self"))
        jobs.append(functools.partial(read_allowed_images, client, region))
    if query.public:
        jobs += [functools.partial(_listed, client, region, query, "all") for region, client in clients.items()]
    organized, *answers = fan_out(jobs)
    return [
        RegionFacts(
            region,
            shared=answers[2 * number],
            public=answers[2 * len(clients) + number] if query.public else {},
            allowed=answers[2 * number + 1],
            in_organization=_known(organized),
        )
        for number, region in enumerate(clients)
    ]


def _listed(client: Any, region: str, query: SharedQuery, user: str) -> dict[str, Image]:
    scope: dict[str, Sequence[Any]] = {"ExecutableUsers": [user]}
    if query.owners:
        scope["Owners"] = list(query.owners)
    if query.names:
        scope["Filters"] = [{"Name": "name", "Values": list(query.names)}]
    return describe_images(client, region, **scope)


def _organized(aws: Aws, region: str) -> bool:
    describe_organization(aws.client("organizations", region), region)
    return True


def _known(answer: bool | Failure) -> bool | None:
    """Whether the account is in an organization; None when that could not be read."""
    if isinstance(answer, Failure):
        return False if answer.code == NO_ORGANIZATION else None
    return answer
