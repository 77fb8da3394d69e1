# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One AMI in one account as an entry of the result, and what an instance that is to be started is like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._allowed_images.model import AllowedImages
from .._base.outcome import AnyOutcome, Failure, Outcome
from .model import UNTRIED, Facts, KeyProbe, Launch, Launched, Verdict, Word
from .request import CheckRequest
from .verdict import judge, judge_before_launch, judge_launch

LEFT = "not_terminated"


@dataclass(frozen=True)
class LaunchPlan:
    """An instance to start, and what was known before."""

    launch: Launch
    facts: Facts
    before: Verdict


Check = Outcome[None, LaunchPlan]


def plan_check(request: CheckRequest, facts: Facts) -> Check:
    """The verdict without a launch; with one that is to come where that is asked for and nothing stands in its way."""
    verdict = judge(request, facts)
    outcome = _outcome(request, facts, verdict)
    image = facts.place.image(facts.target.image_id)
    if not request.launch or not image or judge_before_launch(facts):
        return outcome
    subnet = facts.place.subnet if isinstance(facts.place.subnet, str) else ""
    launch = Launch(facts.target, facts.instance_type, subnet, image.devices, request.instance_tags)
    return replace(outcome, change=LaunchPlan(launch, facts, verdict), changed=True)


def after_launch(request: CheckRequest, plan: LaunchPlan, launched: Launched) -> Check:
    """The verdict with what an instance has shown. One that could not be terminated is a failure of its own."""
    facts = replace(plan.facts, launched=launched)
    verdict = judge_launch(plan.before, facts, launched, request.launch_timeout)
    outcome = replace(_outcome(request, facts, verdict), changed=bool(launched.instance_id))
    return replace(outcome, failure=_left(launched)) if launched.left else outcome


def _left(launched: Launched) -> Failure | None:
    if not launched.left:
        return None
    where = launched.instance_id or "an instance of the check, if one was started,"
    return Failure(
        LEFT,
        f"{where} could not be terminated ({launched.left.code}): {launched.left.message}",
        "Terminate it; it costs money as long as it runs. Instances of checks have the tag golden.ami=launch_check.",
    )


def _outcome(request: CheckRequest, facts: Facts, verdict: Verdict) -> Check:
    target = facts.target
    fine = verdict.word == Word.READY or request.report_only
    failure = None if fine else Failure(verdict.word.value, verdict.reason, verdict.cure)
    return Outcome(
        {"account_id": target.account_id or None, "image_id": target.image_id, "region": target.region},
        failure=failure,
        extra=_shown(facts, verdict),
    )


def _shown(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    detail = verdict.detail
    return {
        "verdict": verdict.word.value,
        "reason": verdict.reason or None,
        "cure": verdict.cure or None,
        "job_of": verdict.whose.value if verdict.whose else None,
        "notes": list(verdict.notes),
        "answer": {"action": detail.action, "code": detail.code, "message": detail.message} if detail else None,
        "visible": _visible(facts),
        "allowed_images": facts.place.allowed.state if isinstance(facts.place.allowed, AllowedImages) else None,
        "dry_run": _dry_run(facts),
        "instance_type": facts.instance_type or None,
        "kms_keys": [_key(arn, facts.keys.get(arn)) for arn in facts.key_arns or ()],
        "auto_scaling": _scaling(facts),
        "launch": facts.launched.as_dict() if facts.launched else None,
    }


def _visible(facts: Facts) -> str:
    """Through what the account sees the AMI."""
    image_id = facts.target.image_id
    if facts.place.unread:
        return "unknown"
    if image_id in facts.place.shared:
        return "shared"
    other = facts.place.others.get(image_id)
    if not other:
        return "no"
    return "own" if other.owner_id == facts.target.account_id else "public" if other.public else "shared"


def _dry_run(facts: Facts) -> str:
    """EC2's answer in a word."""
    if facts.dry_run is UNTRIED:
        return "untried"
    return facts.dry_run.code if facts.dry_run else "passed"


def _key(arn: str, probe: KeyProbe | Failure | None) -> dict[str, Any]:
    read = probe if isinstance(probe, KeyProbe) else None
    return {
        "key_arn": arn,
        "state": read.state or None if read else None,
        "denied": sorted(read.denied) if read else None,
        "untested": list(read.untested) if read else None,
    }


def _scaling(facts: Facts) -> dict[str, Any] | None:
    if not facts.scaling:
        return None
    role = facts.scaling.role
    return {"role": None if isinstance(role, Failure) else role, "key_access": dict(facts.scaling.keys)}


def show(outcome: AnyOutcome) -> dict[str, Any]:
    """Nothing has a before and after."""
    return outcome.as_info()


def summary(outcomes: Iterable[AnyOutcome]) -> Mapping[str, Any]:
    """How many pairs of account and AMI have each verdict; all words, so that a play can ask for each."""
    words = [str(outcome.extra["verdict"]) for outcome in outcomes]
    return {"counts": {word.value: words.count(word.value) for word in Word}, "ready": set(words) <= {Word.READY.value}}


# More lines than this are no help to who watches a run.
MOST_LINES = 20


def lines(outcomes: Sequence[AnyOutcome]) -> list[str]:
    """For the progress: how many accounts are ready, and those that are not, as many as one wants to read."""
    found: dict[str, list[bool]] = {}
    for outcome in outcomes:
        found.setdefault(str(outcome.target["account_id"]), []).append(outcome.extra["verdict"] == Word.READY)
    waiting = {account_id: ready for account_id, ready in found.items() if not all(ready)}
    told = [f"{account_id}: {sum(ready)} of {len(ready)} ready" for account_id, ready in waiting.items()]
    more = [f"and {len(told) - MOST_LINES} accounts more"] if len(told) > MOST_LINES else []
    return [*told[:MOST_LINES], *more, f"{len(found) - len(waiting)} of {len(found)} accounts ready"]
