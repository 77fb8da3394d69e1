# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan one copy in each destination: which AMI there is the copy, what would stop a new one, and how to ask for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._base.outcome import Failure, Outcome
from .._image.model import Image
from .._kms_key.model import Key
from .model import CopyFacts, CopyJob, CopyOutcome, CopyState, Storage, counted, shown, state_of, wrong_key
from .obstacles import obstacles
from .request import CopyRequest

ALREADY_ENCRYPTED = "already_encrypted"
# Failures about an AMI that exists.
OF_ONE_REGION = ("wrong_key", "several_copies", ALREADY_ENCRYPTED)


def plan_copy(request: CopyRequest, facts: CopyFacts) -> CopyOutcome:
    """One destination's plan; it fails, without a change, where a copy could not be made or is not the one asked for."""
    source = facts.source.image_id if isinstance(facts.source, Image) else request.source.target["image_id"]
    target = {"source_image_id": source, "region": facts.destination.region}
    unread = [part for part in (facts.failure, facts.key) if isinstance(part, Failure)]
    if unread:
        return Outcome(target, failure=unread[0], extra=shown(None))
    present = counted(facts)
    if len(present) > 1:
        return Outcome(target, failure=_several(present), extra=shown(None))
    if present:
        return _existing(request, target, facts, state_of(present[0], facts.snapshots))
    needless = _already_encrypted(facts)
    if needless:
        return Outcome(target, failure=needless, extra=shown(None))
    found = list(obstacles(request, facts))
    if found:
        return Outcome(target, failure=together(found), extra=shown(None))
    return _new(request, target, facts)


def _already_encrypted(facts: CopyFacts) -> Failure | None:
    """A copy beside the source has one purpose: another key. The source is not taken for that copy; it serves as it is."""
    source, key, storage = facts.source, facts.key, facts.storage
    if not facts.own_region or not isinstance(source, Image) or not isinstance(storage, Storage):
        return None
    keys = {snapshot.key_arn for snapshot in storage.snapshots.values()}
    if not isinstance(key, Key) or keys != {key.arn} or len(storage.snapshots) < len(set(source.snapshot_ids)):
        return None
    return Failure(
        ALREADY_ENCRYPTED,
        f"{source.image_id} is in {source.region} itself, and encrypted with {key.arn} already: there is nothing to copy",
        f"Use {source.image_id}, and leave {source.region} out; or give another key for it.",
        region=source.region,
    )


def _existing(request: CopyRequest, target: dict[str, str], facts: CopyFacts, state: CopyState) -> CopyOutcome:
    key_arn = facts.key.arn if isinstance(facts.key, Key) else ""
    job = CopyJob(facts.destination.region, state.name, key_arn, image_id=state.image_id)
    seen: CopyOutcome = Outcome(target, before=state.as_dict(), after=state.as_dict(), extra=shown(state))
    failure = wrong_key(job, state)
    if failure:
        return replace(seen, failure=failure)
    if state.state == "disabled":
        warning = (
            f"{state.image_id} in {job.region}, the copy of {target['source_image_id']}, is disabled and cannot be launched; "
            "enable it (ec2:EnableImage) if it is to be used."
        )
        return replace(seen, warnings=(warning,))
    if state.state == "available" or not request.wait:
        return seen
    return replace(seen, after=replace(state, state="available").as_dict(), change=job)


def _new(request: CopyRequest, target: dict[str, str], facts: CopyFacts) -> CopyOutcome:
    source, dead = facts.source, facts.dead
    if not isinstance(source, Image):
        raise TypeError("a copy was planned of a source that obstacles() should have refused")
    name = facts.destination.name or request.name or source.name
    key_arn = facts.key.arn if isinstance(facts.key, Key) else ""
    if not key_arn and facts.encryption and facts.encryption.key:
        key_arn = facts.encryption.key.arn
    start = copy_image_parameters(request, source, name, key_arn)
    start["ClientToken"] = client_token(facts.destination.region, start, (image.image_id for image in dead))
    after = CopyState("", name, "available" if request.wait else "pending", keys=(key_arn,))
    warnings = tuple(
        f"{image.image_id} in {image.region} is a failed copy of {source.image_id}; deregister it." for image in dead
    )
    job = CopyJob(facts.destination.region, name, key_arn, start)
    return Outcome(target, after=after.as_dict(), change=job, changed=True, extra=shown(after), warnings=warnings)


def all_or_nothing(plans: Sequence[CopyOutcome]) -> list[CopyOutcome]:
    """Start nothing, and wait for nothing, when one of the copies could not be started.

    A copy that is there and is not the one asked for stops no other Region: nothing would be started for it.
    """
    stopping = [plan for plan in plans if plan.failure and plan.failure.code not in OF_ONE_REGION]
    if not stopping:
        return list(plans)
    regions = ", ".join(plan.target["region"] for plan in stopping)
    refused = Failure(
        "not_started",
        f"not started, because copies to {regions} could not be",
        "Remove the reasons given there, or leave those Regions out.",
    )
    return [_held_back(plan, refused) if plan.change else plan for plan in plans]


def _held_back(plan: CopyOutcome, refused: Failure) -> CopyOutcome:
    if plan.change and plan.change.start is None:
        return replace(plan, after=plan.before, change=None)
    return replace(plan, after=None, change=None, changed=False, failure=refused, extra=shown(None), warnings=())


def copy_image_parameters(request: CopyRequest, source: Image, name: str, key_arn: str) -> dict[str, Any]:
    """CopyImage's parameters without the token, with the tags on the copy from its birth."""
    wanted: dict[str, Any] = {"Name": name, "SourceImageId": source.image_id, "SourceRegion": source.region}
    if request.description:
        wanted["Description"] = request.description
    if key_arn:
        wanted |= {"Encrypted": True, "KmsKeyId": key_arn}
    if request.completion_minutes:
        wanted["SnapshotCopyCompletionDurationMinutes"] = request.completion_minutes
    tags = dict(request.tags)
    image_tags = tags
    if request.copy_tags and set(tags).isdisjoint(source.tags):
        wanted["CopyImageTags"] = True
    elif request.copy_tags:
        # AWS does not say which value wins when both bring a tag of one key, so only one of them brings tags then.
        image_tags = {key: value for key, value in source.tags.items() if not key.startswith("aws:")} | tags
    specifications = [("image", image_tags), ("snapshot", tags)]
    listed = [{"ResourceType": kind, "Tags": _listed(given)} for kind, given in specifications if given]
    return wanted | ({"TagSpecifications": listed} if listed else {})


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def client_token(region: str, parameters: Mapping[str, Any], dead: Iterable[str]) -> str:
    """The same for the same copy in every run, so that a call whose answer was lost starts no second one.

    Of all parameters, because a token with other parameters is refused (IdempotentParameterMismatch); and of the copies
    that failed, because their token would only bring back the failed one.
    """
    digest = hashlib.sha256(json.dumps([region, parameters, sorted(dead)], sort_keys=True).encode()).hexdigest()
    return f"golden-ami-{digest[:40]}"


def _several(present: Sequence[Image]) -> Failure:
    listed = ", ".join(f"{image.image_id} ({image.name}, {image.state})" for image in present)
    return Failure(
        "several_copies",
        f"{len(present)} AMIs in {present[0].region} are copies of this one: {listed}",
        "Deregister all but the one that is used.",
        region=present[0].region,
    )


def together(found: Sequence[Failure]) -> Failure:
    """Several reasons as the failure of one target."""
    steps = dict.fromkeys(failure.next_step for failure in found if failure.next_step)
    message = " ".join(f"{failure.message.rstrip('.')}." for failure in found)
    return replace(found[0], message=message, next_step=" ".join(steps)) if len(found) > 1 else found[0]
