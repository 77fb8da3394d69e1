# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what a parameter is to hold in one account and Region. Nothing is written that AWS would not take in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._base.outcome import Failure, Outcome
from .._image.model import Image
from .request import ABSENT, PRESENT, ParameterRequest

DATA_TYPE = "aws:ec2:image"


@dataclass(frozen=True)
class Version:
    """One value that the parameter had or has. ``modified`` is in UTC, as text."""

    version: int
    value: str
    modified: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"image_id": self.value, "version": self.version}


@dataclass(frozen=True)
class Parameter:
    """``versions``: the newest first, as many as AWS keeps."""

    data_type: str
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        return self.versions[0]


@dataclass(frozen=True)
class ParameterFacts:
    """The parameter in one account and Region, None where there is none, and the AMI that it is to hold as the account sees it.

    A Failure where something could not be read; ``image`` is None where the AMI is not visible, and where none is needed.
    """

    account_id: str
    region: str
    parameter: Parameter | Failure | None
    image: Image | Failure | None = None


@dataclass(frozen=True)
class ParameterChange:
    """A value to write, or with none the parameter to delete."""

    account_id: str
    region: str
    value: str = ""
    exists: bool = True


State = Mapping[str, Any]
ParameterPlan = Outcome[State, ParameterChange]


def wanted_value(request: ParameterRequest, region: str, parameter: Parameter | None) -> str | Failure:
    """The AMI that the parameter is to hold; empty for none."""
    if request.state == PRESENT:
        return request.images[region]
    if request.state == ABSENT:
        return ""
    if parameter is None:
        return Failure("not_found", "there is no such parameter to roll back", "Check the name and the Region.")
    if request.version is not None:
        return next(
            (one.value for one in parameter.versions if one.version == request.version), _no_version(request.version)
        )
    before = (one.value for one in parameter.versions if one.value != parameter.current.value)
    return next(before, _NOTHING_BEFORE)


_NOTHING_BEFORE = Failure(
    "no_earlier_version",
    "the parameter has held no other AMI, as far back as AWS remembers (100 versions)",
    "Name the AMI: state=present.",
)


def _no_version(version: int) -> Failure:
    return Failure("no_such_version", f"the parameter has no version {version}", "See the history in the result.")


def plan_parameter(request: ParameterRequest, facts: ParameterFacts) -> ParameterPlan:
    """One place's plan. It fails, without a write, where the AMI is not available or the parameter is of another kind."""
    parameter = facts.parameter
    if isinstance(parameter, Failure):
        return _outcome(request, facts, failure=parameter)
    if parameter and parameter.data_type != DATA_TYPE:
        return _outcome(request, facts, failure=_other_kind(parameter.data_type))
    value = wanted_value(request, facts.region, parameter)
    if isinstance(value, Failure):
        return _outcome(request, facts, failure=value)
    if request.state == ABSENT:
        change = ParameterChange(facts.account_id, facts.region) if parameter else None
        return _outcome(request, facts, change=change, changed=bool(parameter), after=None)
    unavailable = _unavailable(value, facts.image)
    if parameter and parameter.current.value == value:
        warnings = (
            (f"{request.name} in {facts.region} holds {value}, and {unavailable.message}.",) if unavailable else ()
        )
        return _outcome(request, facts, after=parameter.current.as_dict(), warnings=warnings)
    if unavailable:
        return _outcome(request, facts, failure=unavailable)
    number = parameter.current.version + 1 if parameter else 1
    return _outcome(
        request,
        facts,
        change=ParameterChange(facts.account_id, facts.region, value, parameter is not None),
        changed=True,
        after=Version(number, value).as_dict(),
    )


def _other_kind(data_type: str) -> Failure:
    return Failure(
        "wrong_data_type",
        f"the parameter exists with the data type {data_type}, which AWS does not change to {DATA_TYPE}",
        "Take another name, or delete that parameter first.",
    )


def _unavailable(value: str, image: Image | Failure | None) -> Failure | None:
    """Why AWS's validation, which nobody hears of, would drop the value."""
    if isinstance(image, Failure):
        return image
    if image is None:
        return Failure(
            "not_shared",
            f"{value} is not visible in the account and Region",
            "Share it first (golden.ami.image_share); golden.ami.launch_check tells what stands in the way.",
        )
    if image.state != "available":
        return Failure(image.state, f"{value} is in state {image.state}", "Wait if it is pending, or take another AMI.")
    return None


def _outcome(request: ParameterRequest, facts: ParameterFacts, **given: Any) -> ParameterPlan:
    parameter = facts.parameter if isinstance(facts.parameter, Parameter) else None
    versions = parameter.versions if parameter else ()
    return Outcome(
        {"account_id": facts.account_id or None, "name": request.name, "region": facts.region},
        before=parameter.current.as_dict() if parameter else None,
        extra={"history": [{**one.as_dict(), "modified": one.modified or None} for one in versions[: request.history]]},
        **given,
    )


@dataclass(frozen=True)
class Written:
    """What became of a write. ``seen``: what the parameter held last; ``version``: what PutParameter has promised."""

    version: int = 0
    seen: Version | None = None
    failure: Failure | None = None


def is_settled(change: ParameterChange, written: Written) -> bool:
    """Whether the validation is over: our version is there, or one that somebody has written behind it."""
    return written.seen is not None and written.seen.version >= written.version


def after_write(plan: ParameterPlan, change: ParameterChange, written: Written, timeout: int) -> ParameterPlan:
    """What a plan has come to, by what was read back."""
    seen = written.seen.as_dict() if written.seen else None
    if written.failure:
        # The answer to PutParameter may be lost; what is there now is what was read, if anything was.
        return replace(plan, after=seen, changed=False, failure=written.failure)
    if not is_settled(change, written):
        return replace(plan, after=seen, changed=False, failure=_dropped(change, timeout))
    if written.seen and written.seen.value != change.value:
        return replace(plan, after=seen, changed=True, failure=_overtaken(written.seen))
    return replace(plan, after=seen)


def _dropped(change: ParameterChange, timeout: int) -> Failure:
    return Failure(
        "not_validated",
        f"AWS took {change.value} and has not stored it within {timeout} s; its validation does not say why",
        "Allow ec2:DescribeImages to who writes the parameter; without it AWS drops the value without a word. "
        "See that the AMI is available there. Or raise validation_timeout.",
    )


def _overtaken(seen: Version) -> Failure:
    return Failure(
        "overtaken",
        f"somebody else has written {seen.value} meanwhile (version {seen.version})",
        "See who else writes this parameter, and run again.",
    )
