# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what a check decides about: every account, Region and AMI, with one listing for each account and Region."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._allowed_images.read import read_allowed_images
from .._base import answers
from .._base.advice import is_about_credentials
from .._base.outcome import REGION_NOT_ENABLED, Failure
from .._call.errors import AwsCallError, calling
from .._call.fanout import Job
from .._call.regions import read_not_enabled_regions
from .._call.session import Aws
from .._consumer.read_session import Session
from .._image.read import read_images, read_shared_images
from .model import Facts, KeyProbe, PlaceFacts, ScalingFacts, Target
from .read_keys import probe_key
from .read_owner import OwnerFacts, read_owner
from .read_scaling import read_scaling
from .request import USUAL_TYPES, CheckRequest

Place = tuple[str, str]
_DRY_RUN_PASSED = "DryRunOperation"


def read(session: Session, request: CheckRequest) -> list[Facts]:
    """Facts about each AMI in each account, account by account, in input order."""
    callers = session.reach()
    owner = read_owner(session.aws, request)
    reached = {account_id: caller for account_id, caller in callers.items() if not isinstance(caller, Failure)}
    places = _read_places(session, request, reached)
    targets = [Target(account_id, image) for account_id in callers for image in request.images]
    facts = [_begin(request, target, _place_of(target, callers, places), owner) for target in targets]
    facts = _with_dry_runs(session, reached, facts)
    facts = _with_keys(session, reached, facts)
    return _with_scaling(session, request, reached, facts, owner) if request.auto_scaling else facts


def _place_of(target: Target, callers: Mapping[str, Aws | Failure], places: Mapping[Place, PlaceFacts]) -> PlaceFacts:
    caller = callers[target.account_id]
    return PlaceFacts(unread=caller) if isinstance(caller, Failure) else places[target.account_id, target.region]


def _begin(request: CheckRequest, target: Target, place: PlaceFacts, owner: OwnerFacts) -> Facts:
    image = place.image(target.image_id)
    instance_type = request.instance_type or (USUAL_TYPES.get(image.architecture, "") if image else "")
    return Facts(
        target,
        place,
        owner.images.get(target.selector),
        owner.key_arns(target.selector, image),
        instance_type,
    )


def _read_places(session: Session, request: CheckRequest, callers: Mapping[str, Aws]) -> dict[Place, PlaceFacts]:
    ids: dict[str, list[str]] = {}
    for image in request.images:
        ids.setdefault(image.region, []).append(image.image_id)
    places = [(account_id, region) for account_id in callers for region in ids]
    jobs = [
        Job(functools.partial(_read_place, callers[account_id], request, region, ids[region]))
        for account_id, region in places
    ]
    answers_of = zip(places, session.stage("listings of AMIs (accounts x Regions)", jobs), strict=True)
    return {place: PlaceFacts(unread=found) if isinstance(found, Failure) else found for place, found in answers_of}


def _read_place(caller: Aws, request: CheckRequest, region: str, image_ids: Sequence[str]) -> PlaceFacts:
    client = caller.client("ec2", region)
    try:
        shared = read_shared_images(client, region, image_ids)
        missing = [image_id for image_id in image_ids if image_id not in shared]
        others = read_images(client, region, missing) if missing else {}
    except AwsCallError as error:
        return PlaceFacts(unread=_why_unread(caller, request, error.failure))
    found = PlaceFacts(shared=shared, others=others)
    if len(shared) + len(others) < len(image_ids):
        found = replace(found, allowed=_attempt(functools.partial(read_allowed_images, client, region)))
    if request.subnet_tags:
        found = replace(found, subnet=_attempt(functools.partial(read_subnet, client, region, request.subnet_tags)))
    return found


def _attempt(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except AwsCallError as error:
        return error.failure


def _why_unread(caller: Aws, request: CheckRequest, failure: Failure) -> Failure:
    """A Region that is not enabled looks as if the credentials were wrong; another Region tells."""
    others = [region for region in request.regions if region != failure.region]
    if not is_about_credentials(failure.code) or not others:
        return failure
    try:
        not_enabled = read_not_enabled_regions(caller.client("ec2", others[0]), others[0])
    except AwsCallError:
        return failure
    return replace(failure, code=REGION_NOT_ENABLED) if failure.region in not_enabled else failure


def read_subnet(client: Any, region: str, tags: Iterable[tuple[str, str]]) -> str:
    """The first subnet with these tags, by its ID: always the same one.

    :raises AwsCallError: where there is none, too.
    """
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags]
    with calling("ec2:DescribeSubnets", region):
        pages = client.get_paginator("describe_subnets").paginate(Filters=filters)
        subnets = [subnet for page in pages for subnet in answers.entries(page, "Subnets")]
        usable = [subnet for subnet in subnets if answers.text(subnet, "State", "available") == "available"]
        found = sorted(answers.text(subnet, "SubnetId") for subnet in usable)
    if not found:
        wanted = ", ".join(f"{key}={value}" for key, value in tags)
        step = "Tag a subnet so, or leave subnet_tags out for the default VPC."
        raise AwsCallError(
            Failure("no_subnet", f"The account has no available subnet with the tags {wanted} there", step, "", region)
        )
    return found[0]


def _with_dry_runs(session: Session, callers: Mapping[str, Aws], facts: Sequence[Facts]) -> list[Facts]:
    """Each AMI that is visible, tried once; the pace is the account's in its Region."""
    todo = [number for number, fact in enumerate(facts) if _is_triable(fact)]
    jobs = [_dry_run_job(callers[facts[number].target.account_id], facts[number]) for number in todo]
    answers = dict(zip(todo, session.stage("dry runs of RunInstances", jobs), strict=True))
    return [replace(fact, dry_run=answers[number]) if number in answers else fact for number, fact in enumerate(facts)]


def _is_triable(fact: Facts) -> bool:
    image = fact.place.image(fact.target.image_id)
    return bool(image and image.state == "available" and fact.instance_type and isinstance(fact.place.subnet, str))


def _dry_run_job(caller: Aws, fact: Facts) -> Job[Failure | None]:
    region = fact.target.region
    call = functools.partial(dry_run, caller.client("ec2", region), region, fact)
    return Job(call, caller.pace("ec2:RunInstances", region))


def dry_run(client: Any, region: str, fact: Facts) -> Failure | None:
    """Why RunInstances would be refused; None when it would not. It looks at no key and no quota of volumes."""
    subnet = {"SubnetId": fact.place.subnet} if fact.place.subnet else {}
    try:
        with calling("ec2:RunInstances", region):
            client.run_instances(
                ImageId=fact.target.image_id,
                InstanceType=fact.instance_type,
                MinCount=1,
                MaxCount=1,
                DryRun=True,
                **subnet,
            )
    except AwsCallError as error:
        return None if error.failure.code == _DRY_RUN_PASSED else error.failure
    return None


def _with_keys(session: Session, callers: Mapping[str, Aws], facts: Sequence[Facts]) -> list[Facts]:
    """Each key once for each account, however many AMIs are on it."""
    wanted = list(
        dict.fromkeys(
            (fact.target.account_id, fact.target.region, arn)
            for fact in facts
            if fact.dry_run is None
            for arn in fact.key_arns or ()
        )
    )
    jobs = [_probe_job(callers[account_id], account_id, region, arn) for account_id, region, arn in wanted]
    probes = dict(zip(wanted, session.stage("dry runs of KMS keys", jobs), strict=True))

    def of(fact: Facts) -> Mapping[str, KeyProbe | Failure]:
        place = (fact.target.account_id, fact.target.region)
        return {arn: probes[(*place, arn)] for arn in fact.key_arns or () if (*place, arn) in probes}

    return [replace(fact, keys=of(fact)) for fact in facts]


def _probe_job(caller: Aws, account_id: str, region: str, arn: str) -> Job[KeyProbe]:
    """At the pace of the one of its calls that has a low quota, which dry runs count against, too."""
    call = functools.partial(probe_key, caller.client("kms", region), region, arn, account_id)
    return Job(call, caller.pace("kms:CreateGrant", region))


def _with_scaling(
    session: Session, request: CheckRequest, callers: Mapping[str, Aws], facts: Sequence[Facts], owner: OwnerFacts
) -> list[Facts]:
    accounts = list(callers)
    region = request.regions[0]
    jobs = [
        Job(functools.partial(read_scaling, callers[account_id].client("iam", region), region))
        for account_id in accounts
    ]
    roles = dict(zip(accounts, session.stage("roles of Auto Scaling", jobs), strict=True))
    partition = request.consumers.partition

    def of(fact: Facts) -> ScalingFacts | None:
        account_id = fact.target.account_id
        if account_id not in roles:
            return None
        ways = {arn: owner.scaling(arn, account_id, partition) for arn in fact.key_arns or ()}
        return ScalingFacts(roles[account_id], ways)

    return [replace(fact, scaling=of(fact)) for fact in facts]
