# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a parameter with its history in many accounts and Regions, and the AMI that it is to hold as each account sees it."""

from __future__ import annotations

import functools
from typing import Any

from .._base import answers
from .._base.answers import Members
from .._base.outcome import Failure
from .._call.errors import AwsCallError, calling
from .._call.lanes import Job
from .._call.session import Aws
from .._consumer.read_session import Session
from .._image.model import Image
from .._image.read import read_images
from .plan import Parameter, ParameterFacts, Version, wanted_value
from .request import ParameterRequest

# The most that GetParameterHistory returns in one page.
PAGE = 50
NO_PARAMETER = "ParameterNotFound"


def read(session: Session, request: ParameterRequest) -> list[ParameterFacts]:
    """Each account and Region, account by account, in input order; one that cannot be read hides no other."""
    callers = session.reach()
    places = [(account_id, region) for account_id in callers for region in request.regions]
    jobs = [_job(session, request, account_id, region) for account_id, region in places]
    found = session.stage("parameters (accounts x Regions)", jobs)
    return [
        ParameterFacts(account_id, region, session.told(account_id, answer)) if isinstance(answer, Failure) else answer
        for (account_id, region), answer in zip(places, found, strict=True)
    ]


def _job(session: Session, request: ParameterRequest, account_id: str, region: str) -> Job[ParameterFacts]:
    return Job(functools.partial(_read_place, session, request, account_id, region))


def _read_place(session: Session, request: ParameterRequest, account_id: str, region: str) -> ParameterFacts:
    caller = session.caller(account_id)
    parameter = read_parameter(caller.client("ssm", region), region, request.name)
    value = wanted_value(request, region, parameter)
    image = _seen(session, caller, account_id, region, value) if isinstance(value, str) and value else None
    return ParameterFacts(account_id, region, parameter, image)


def _seen(session: Session, caller: Aws, account_id: str, region: str, image_id: str) -> Image | Failure | None:
    try:
        return read_images(caller.client("ec2", region), region, [image_id]).get(image_id)
    except AwsCallError as error:
        return session.told(account_id, error.failure)


def read_parameter(client: Any, region: str, name: str) -> Parameter | None:
    """The parameter with all versions that AWS keeps, the newest first; None where there is none."""
    try:
        with calling("ssm:GetParameterHistory", region):
            pages = client.get_paginator("get_parameter_history").paginate(
                Name=name, PaginationConfig={"PageSize": PAGE}
            )
            entries = [entry for page in pages for entry in answers.entries(page, "Parameters")]
            versions = sorted(map(_version, entries), key=lambda one: one.version, reverse=True)
            newest = max(entries, key=lambda entry: answers.number(entry, "Version"), default=None)
            return Parameter(answers.text(newest, "DataType", "text"), tuple(versions)) if newest else None
    except AwsCallError as error:
        if error.failure.code == NO_PARAMETER:
            return None
        raise


def _version(entry: Members) -> Version:
    modified = answers.moment(entry, "LastModifiedDate") if "LastModifiedDate" in entry else None
    return Version(
        answers.number(entry, "Version"),
        answers.text(entry, "Value", ""),
        modified.strftime("%Y-%m-%dT%H:%M:%SZ") if modified else "",
    )
