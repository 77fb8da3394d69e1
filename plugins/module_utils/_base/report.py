# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a whole job, of sharing and of its reverse alike: as data, as a diff, and as what AWX keeps of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .layers import Consumer, State
from .outcome import Failure

# What AWX stores of a job and hands to the next one; a workflow's extra variables are no place for megabytes.
MOST_BYTES = 32_768
# So many sentences of a kind are shown to a person; all of them are in the result.
SENTENCES = 20
# No line of a diff is longer.
LINE = 160


@dataclass(frozen=True)
class AmiResult:
    """One AMI. ``before`` and ``after`` are its launch permissions, None where they are not known."""

    region: str
    image_id: str
    name: str
    key_arns: tuple[str, ...]
    status: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    failure: Failure | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id or None,
            "region": self.region,
            "name": self.name or None,
            "key_arns": list(self.key_arns),
            "status": self.status,
            "before": self.before,
            "after": self.after,
            "error": self.failure.as_dict() if self.failure else None,
            **self.extra,
        }


@dataclass(frozen=True)
class Report:
    """What a job did, or would do.

    :param failures: sentences, one for each reason; a run with any of them has failed.
    :param refused: nothing was written, because of what the failures say.
    :param extra: further keys of the result.
    :param waiting: what the artifact calls the consumers with whom not everything is settled.
    """

    changed: bool = False
    amis: tuple[AmiResult, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    waiting: str = "not_ready"

    @property
    def message(self) -> str:
        """The failures as one text; the reason first."""
        if not self.failures:
            return ""
        if self.refused:
            head = "Refused before the first write, nothing was changed:"
            return (
                f"{head} {self.failures[0]}" if len(self.failures) == 1 else "\n- ".join([head, *self.shown_failures])
            )
        head = "Failed in part:" if self.changed or any(one.settled for one in self.consumers) else "Failed:"
        return self.failures[0] if len(self.failures) == 1 else "\n- ".join([head, *self.shown_failures])

    @property
    def shown_failures(self) -> Sequence[str]:
        """As many as a person reads."""
        more = len(self.failures) - SENTENCES
        if more <= 0:
            return self.failures
        return (*self.failures[:SENTENCES], f"and {more} more reasons; all of them are in the result (failures).")

    def as_dict(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "refused": self.refused,
            "results": [ami.as_dict() for ami in self.amis],
            "consumers": [consumer.as_dict() for consumer in self.consumers],
            "failures": list(self.failures),
            "notes": list(self.notes),
            **self.extra,
            "artifact": self.artifact(),
        }

    def artifact(self) -> str:
        """The result as JSON text of bounded size: AMIs and those who are not ready, as many as fit, and counts of all.

        Text, because AWX hands artifacts on as extra variables, in which account IDs turn into numbers.
        """
        waiting = list(dict.fromkeys(one.label for one in self.consumers if not one.settled))
        whole = {
            "changed": self.changed,
            "failed": bool(self.failures),
            "refused": self.refused,
            "failures": [text[:1000] for text in self.failures[:20]],
            "counts": counts(self.consumers),
            "images": [
                {"region": ami.region, "image_id": ami.image_id or None, "name": ami.name or None, "status": ami.status}
                for ami in self.amis
            ],
            self.waiting: waiting,
            "complete": len(self.failures) <= 20,
        }
        # The blank keeps Jinja of ansible-core before 2.19 from making a dictionary of the text.
        return f" {bounded(whole, (self.waiting, 'images', 'failures'))}"

    def diff(self) -> dict[str, str]:
        """What changes, a line for each consumer and layer, however many AMIs and Regions it concerns."""
        before, after = diff_lines(self.consumers)
        return {
            "before_header": "access to AMIs",
            "after_header": "access to AMIs",
            "before": "".join(f"{line}\n" for line in before),
            "after": "".join(f"{line}\n" for line in after),
        }


def bounded(whole: Mapping[str, Any], lists: Sequence[str], most: int = MOST_BYTES) -> str:
    """JSON text of at most ``most`` bytes; where it would be longer, the named lists are cut, the first one first."""
    text = json.dumps(whole, ensure_ascii=False)
    for name in lists:
        while len(text.encode()) > most and whole[name]:
            whole = {**whole, name: whole[name][: len(whole[name]) // 2], "complete": False}
            text = json.dumps(whole, ensure_ascii=False)
    return text


def counts(consumers: Iterable[Consumer]) -> dict[str, dict[str, int]]:
    """How many pairs of consumer and AMI are in each state, by layer."""
    names = ("launch_permission", "key_access", "snapshot_permission", "auto_scaling")
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for consumer in consumers:
        for name, state in zip(names, consumer.states, strict=True):
            found[name][state.value] = found[name].get(state.value, 0) + 1
    return found


_LAYERS = ("launch permission", "key access", "snapshot permission", "Auto Scaling key access")


def diff_lines(consumers: Iterable[Consumer]) -> tuple[list[str], list[str]]:
    """What was and is no more, and what was not and is now; a line names the first AMIs and counts the others."""
    gone: dict[tuple[str, str], list[str]] = {}
    new: dict[tuple[str, str], list[str]] = {}
    for consumer in consumers:
        for layer, state in zip(_LAYERS, consumer.states, strict=True):
            side = {State.ADDED: new, State.REMOVED: gone}.get(state)
            if side is not None:
                place = f"{consumer.subject} ({consumer.region})"
                side.setdefault((consumer.label, layer), []).append(place)
    return _as_lines(gone), _as_lines(new)


def _as_lines(found: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    return [_as_line(f"{consumer}: {layer} to ", places) for (consumer, layer), places in found.items()]


def _as_line(head: str, places: Sequence[str]) -> str:
    """The first two places where they fit into the line, else the first one, and how many there are besides."""
    for most in (2, 1):
        more = len(places) - most
        line = head + ", ".join(places[:most]) + (f" and {more} more" if more > 0 else "")
        if len(line) <= LINE:
            break
    return line
