# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to each target of a task, and the one result that all modules return."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")
State = TypeVar("State")
Change = TypeVar("Change")

UNCHANGED = "unchanged"
CHANGED = "changed"
FAILED = "failed"

# Our code for what AWS reports as wrong credentials: the account has not opted in to the Region.
REGION_NOT_ENABLED = "region_not_enabled"
# Our code for what is not there, or not for this caller to see.
NOT_FOUND = "not_found"
# Our code for an answer of AWS that lacks what was asked for.
INCOMPLETE_ANSWER = "incomplete_answer"
# Our code for what must not happen: a bug of ours.
INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True)
class Failure:
    """One call that AWS refused, or one target that must not be touched.

    ``action`` is the IAM action (``ec2:ModifyImageAttribute``), empty when no call was made; ``code`` is AWS's own error
    code, or one of ours in lower case with underscores; ``next_step`` is what the reader can do about it; ``caller`` is
    who made the call, once that was found out.
    """

    code: str
    message: str
    next_step: str = ""
    action: str = ""
    region: str = ""
    caller: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code,
            "message": self.message,
            "action": self.action,
            "caller": self.caller,
            "next_step": self.next_step,
        }


@dataclass(frozen=True)
class Outcome(Generic[State, Change]):
    """One target: what it was, what it is (in check mode: would be), and why it failed if it did.

    A plan is an outcome that has not happened yet: ``change`` is what the applying code has to do, None for nothing.
    Whoever applies a plan gets the change that its planner makes: both name it, and a type checker compares them.
    ``extra`` holds further keys of the result; ``warnings`` become the task's. ``parts`` are what failed of a target that
    changed in part, by what it was for: the grantee of a grant that could not be made.
    """

    target: Mapping[str, Any]
    before: State | None = None
    after: State | None = None
    change: Change | None = None
    changed: bool = False
    failure: Failure | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    parts: Mapping[str, Failure] = field(default_factory=dict)

    @property
    def status(self) -> str:
        if self.failure:
            return FAILED
        return CHANGED if self.changed else UNCHANGED

    def in_doubt(self, failure: Failure) -> Self:
        """A plan whose application was ended by something that must not happen. It counts as changed: it may well be."""
        return replace(self, after=None, changed=True, failure=failure)

    def as_result(self) -> dict[str, Any]:
        return {
            **self.target,
            "status": self.status,
            "before": self.before,
            "after": self.after,
            **self.extra,
            "error": self.failure.as_dict() if self.failure else None,
        }

    def as_info(self) -> dict[str, Any]:
        """For modules that only read: nothing has a before and after."""
        return {**self.target, **self.extra, "error": self.failure.as_dict() if self.failure else None}

    def as_diff(self) -> dict[str, Any]:
        where = describe(self.target)
        return {"before_header": where, "after_header": where, "before": _text(self.before), "after": _text(self.after)}


# For whatever handles outcomes of all kinds alike, and for modules that only read.
AnyOutcome = Outcome[Any, Any]
Reading = Outcome[None, None]


def _text(state: Any) -> str:
    """Ansible's callbacks show text and dictionaries in a diff, not lists; so everything becomes text here."""
    return json.dumps(state, indent=4, sort_keys=True) + "\n"


def describe(target: Mapping[str, Any]) -> str:
    """A target as one reads it: ``ami-0abc in eu-west-1``; a part of it that is None is left out.

    An organization and its units are in no Region, and the caller's own organization needs no ARN.
    """
    if "region" not in target:
        return str(target["arn"] or "the caller's organization")
    if "source_image_id" in target:
        return f"copy of {target['source_image_id']} in {target['region']}"
    named = " ".join(str(value) for key, value in target.items() if key != "region" and value is not None)
    return f"{named} in {target['region']}" if named else str(target["region"])


def failure_message(failed: Sequence[tuple[Mapping[str, Any], Failure]], total: int) -> str:
    """One sentence for each different failure, naming the targets that it hit; one cause in 17 Regions is said once."""
    groups: dict[str, list[str]] = {}
    for target, failure in failed:
        groups.setdefault(_cause(target, failure, len(failed)), []).append(describe(target))
    sentences = [f"{_named(targets)}: {cause}" for cause, targets in groups.items()]
    head = f"{len(failed)} of {total} failed:"
    if len(sentences) > 1:
        return "\n- ".join([head, *sentences])
    return f"{head} {sentences[0]}" if total > 1 else sentences[0]


def _cause(target: Mapping[str, Any], failure: Failure, count: int) -> str:
    """In many accounts one cause is a text for each of them, in which the account differs."""
    text, account_id = explanation(failure), target.get("account_id")
    return text.replace(str(account_id), "{account}") if account_id and count > 1 else text


# More are no help in a message; the results have them all.
MOST_NAMED = 30


def _named(targets: Sequence[str]) -> str:
    more = f" and {len(targets) - MOST_NAMED} more" if len(targets) > MOST_NAMED else ""
    return ", ".join(targets[:MOST_NAMED]) + more


def explanation(failure: Failure) -> str:
    """Who was calling what, AWS's code and message, and the next step."""
    who = f"{failure.action} as {failure.caller}" if failure.action and failure.caller else failure.action
    code = failure.code if failure.action else ""
    cause = ": ".join(part for part in (who, code, _sentence(failure.message)) if part)
    return cause + (f" Next: {failure.next_step}" if failure.next_step else "")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def failures_in(value: Any) -> list[Failure]:
    """Every failure in a value of dataclasses, dictionaries, lists and tuples, in their order."""
    if isinstance(value, Failure):
        return [value]
    return [failure for part in _parts(value) for failure in failures_in(part)]


def explained(value: T, explain: Callable[[Failure], Failure]) -> T:
    """The same value with each failure in it as ``explain`` makes it, such as with the caller that was found out later."""
    found: Any = value
    if isinstance(value, Failure):
        found = explain(value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {one.name: getattr(value, one.name) for one in fields(value)}
        found = replace(value, **{name: explained(part, explain) for name, part in parts.items()})
    elif isinstance(value, Mapping):
        found = {key: explained(part, explain) for key, part in value.items()}
    elif isinstance(value, tuple | list):
        found = type(value)(explained(part, explain) for part in value)
    return found


def _parts(value: Any) -> list[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, one.name) for one in fields(value)]
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, tuple | list) else []
