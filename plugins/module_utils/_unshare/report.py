# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of image_unshare says in the end: every AMI, every consumer at each layer, what stays and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._base.layers import Layer, Leaver, State
from .._base.reasons import group_failures
from .._base.report import AmiResult, Report
from .._launch_permission import model as permissions
from .._share.audience import some
from .done import Done
from .facts import UnshareFacts
from .refusals import notes
from .request import UnshareRequest
from .rows import Rows
from .targets import Target
from .usage import judge


def report_unshare(request: UnshareRequest, facts: UnshareFacts, done: Done) -> Report:
    """:param done: what was done, or would be done in check mode."""
    verdict = judge(request, done.plan, done.members, done.reports, done.check_mode)
    said = [*notes(request, facts, done.plan), *verdict.notes]
    usage = [use.as_dict() for use in verdict.uses]
    if done.refused:
        return refused(verdict.refusals, said, usage)
    rows = Rows(request, facts, done)
    listed = tuple(rows.all())
    outcomes = done.outcomes
    warnings = [*(one for report in done.reports for one in report.warnings if not done.check_mode)]
    warnings += [warning for one in outcomes for warning in one.warnings]
    return Report(
        changed=any(one.changed for one in outcomes),
        amis=tuple(_ami(target, done) for target in done.plan.targets),
        consumers=listed,
        failures=tuple(group_failures(listed, (State.FAILED,))),
        notes=tuple(dict.fromkeys([*_staying(listed), *_unknown(listed), *said, *warnings])),
        extra={"kept": _kept(rows, done), "usage": usage},
        waiting="not_gone",
    )


def refused(failures: Iterable[str], said: Iterable[str], usage: Sequence[Mapping[str, Any]] = ()) -> Report:
    """A run that was refused: nothing was taken from anybody."""
    return Report(
        failures=tuple(failures),
        refused=True,
        notes=tuple(said),
        extra={"kept": [], "usage": list(usage)},
        waiting="not_gone",
    )


def _ami(target: Target, done: Done) -> AmiResult:
    outcome = done.launched[target.place]
    before = permissions.as_dict(target.before)
    reached = done.permissions is not None
    changed = reached and outcome.changed
    return AmiResult(
        target.region,
        target.image.image_id,
        target.image.name,
        target.key_arns,
        "failed" if outcome.failure else "changed" if changed else "unchanged",
        before,
        outcome.after if reached else before,
        outcome.failure,
    )


def _kept(rows: Rows, done: Done) -> list[dict[str, str]]:
    """Access to keys that stays, by key and consumer."""
    found = []
    for (region, arn), view in rows.taken.items():
        for principal in done.plan.leaving[region, arn]:
            layer = view.key(principal)
            if layer.state is State.KEPT:
                found.append(
                    {
                        "key_arn": arn,
                        "region": region,
                        "kind": principal.kind,
                        "principal": principal.value,
                        "reason": layer.reason,
                    }
                )
    return found


def _layers(rows: Iterable[Leaver], state: State) -> Iterator[tuple[Leaver, str, Layer]]:
    """Every layer in a state, with what a consumer keeps there. Auto Scaling uses the key that its account may use."""
    for row in rows:
        parts = (
            ("the launch permission of", row.launch),
            ("access to", row.key),
            ("access to", row.auto_scaling),
            ("create volume permission of", row.snapshot),
        )
        yield from ((row, what, layer) for what, layer in parts if layer.state is state and layer.reason)


def _staying(rows: Iterable[Leaver]) -> Iterator[str]:
    """One sentence for each reason for which anything stays: nobody is to take a removed permission for all that there was."""
    groups: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for row, what, layer in _layers(rows, State.KEPT):
        whom, where = groups.setdefault((what, layer.reason), ({}, {}))
        whom[row.label] = None
        where[layer.of or f"{row.subject} in {row.region}"] = None
    for (what, reason), (whom, where) in groups.items():
        yield f"{some(whom)} {'keeps' if len(whom) == 1 else 'keep'} {what} {some(where)}: {reason}."


def _unknown(rows: Iterable[Leaver]) -> Iterator[str]:
    """What could not be read is no failure of the run, and not nothing."""
    yield from group_failures(rows, (State.UNKNOWN,))
