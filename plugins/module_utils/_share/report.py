# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of image_share says in the end: every AMI, and every consumer at each layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .._base.layers import ADDED, NOT_ASKED, NOT_NEEDED, UNCHANGED, Consumer, Layer, State, worst
from .._base.outcome import Failure, explanation
from .._base.reasons import group_failures, group_reasons
from .._base.report import AmiResult, Report
from .._image.model import Image
from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, PermissionOutcome, Permissions, Principal
from .access import Access, read_access
from .audience import Audience, some
from .done import Done
from .facts import Place
from .plan import held_back
from .refusals import notes, owner_warnings
from .request import AutoScalingMode, ShareRequest
from .targets import Target

_NOT_REACHED = Layer(State.UNKNOWN, "The run ended before this was done; its state was not read again.")
_NOT_READ = Layer(State.UNKNOWN, "The AMI could not be read any more when its turn came.")


@dataclass(frozen=True)
class _Layers:
    """Everything that the rows are made of, by AMI."""

    access: Access
    held: Mapping[Place, Mapping[Principal, Layer]]
    launch: Mapping[Place, PermissionOutcome] = field(default_factory=dict)
    snapshots: Mapping[Place, PermissionOutcome] = field(default_factory=dict)


def report_share(request: ShareRequest, audience: Audience, done: Done) -> Report:
    """:param done: what was done, or would be done in check mode."""
    access = read_access(request, audience, done.plan.keys)
    layers = _Layers(
        access,
        held_back(done.plan.targets, access) if done.keys_done else {},
        _by_image(done.permissions or ()),
        {(one.target["region"], one.target["snapshot_id"]): one for one in done.snapshots or ()},
    )
    rows = [row for target in done.plan.targets for row in _rows(request, done, layers, target)]
    outcomes = done.outcomes
    warnings = [warning for one in outcomes for warning in one.warnings]
    return Report(
        changed=any(one.changed for one in outcomes),
        amis=tuple(_ami(done, layers, target) for target in done.plan.targets),
        consumers=tuple(rows),
        failures=tuple([*done.late, *group_reasons(_failures(done)), *group_failures(rows)]),
        notes=tuple(
            dict.fromkeys(
                [
                    *owner_warnings(request, audience, done.plan.targets),
                    *warnings,
                    *notes(request, audience),
                    *_without_auto_scaling(request, rows),
                ]
            )
        ),
        extra={"left_out_accounts": left_out(audience)},
    )


def left_out(audience: Audience) -> list[dict[str, str | None]]:
    """Accounts of OUs that are no consumers."""
    return [
        {
            "account_id": one.account.account_id,
            "name": one.account.name,
            "state": one.account.state,
            "organizational_unit_arn": one.unit_arn,
        }
        for one in audience.left_out
    ]


def _by_image(listed: Iterable[PermissionOutcome]) -> dict[Place, PermissionOutcome]:
    return {(one.target["region"], one.target["image_id"]): one for one in listed}


def _rows(request: ShareRequest, done: Done, layers: _Layers, target: Target) -> Iterator[Consumer]:
    for principal in target.wanted:
        key = _key(done, layers, target, principal)
        yield Consumer(
            target.region,
            target.image_id,
            principal.kind,
            principal.value,
            launch=_launch(done, layers, target, principal),
            key=key,
            snapshot=_snapshot(request, done, layers, target, principal),
            auto_scaling=_auto_scaling(request, done, layers, target, principal),
            auto_scaling_by=_way(layers.access, target, principal),
            planned=f"the {target.described}",
        )


def _key(done: Done, layers: _Layers, target: Target, principal: Principal) -> Layer:
    if target.copy and target.copy.failure:
        return layers.held.get(target.place, {}).get(principal, _NOT_REACHED)
    layer = layers.access.of(target, principal)
    return _NOT_REACHED if layer.state is State.ADDED and not done.keys_done else layer


def _launch(done: Done, layers: _Layers, target: Target, principal: Principal) -> Layer:
    if _may_launch(target, principal):
        return UNCHANGED
    held = layers.held.get(target.place, {}).get(principal)
    if held:
        return held
    if target.facts is None:
        # A copy that check mode plans would get all of its permissions.
        return ADDED if done.permissions is not None else _NOT_REACHED
    outcome = layers.launch.get(target.place)
    if outcome is None:
        return _NOT_REACHED if isinstance(target.facts.image, Image) else _NOT_READ
    return Layer(State.FAILED, explanation(outcome.failure)) if outcome.failure else ADDED


def _may_launch(target: Target, principal: Principal) -> bool:
    """Whether it had the launch permission before. Nothing takes it away here, whatever becomes of its key access."""
    known = target.facts.permissions if target.facts else None
    return isinstance(known, frozenset) and principal in known


def _snapshot(request: ShareRequest, done: Done, layers: _Layers, target: Target, principal: Principal) -> Layer:
    if principal.kind != ACCOUNT or principal.value not in target.readers:
        return NOT_ASKED
    held = layers.held.get(target.place, {}).get(principal)
    image = target.facts.image if target.facts else None
    if not isinstance(image, Image):
        return held or (ADDED if target.facts is None and done.snapshots is not None else _NOT_REACHED)
    if done.snapshots is None:
        return held or _NOT_REACHED
    outcomes = [layers.snapshots.get((target.region, snapshot_id)) for snapshot_id in image.snapshot_ids]
    return worst(_of_snapshot(outcome, principal, held or _NOT_REACHED) for outcome in outcomes)


def _of_snapshot(outcome: PermissionOutcome | None, principal: Principal, otherwise: Layer) -> Layer:
    """:param otherwise: for an account for which nothing was to be done at the snapshot."""
    if outcome is None:
        return otherwise
    if outcome.before and principal.value in outcome.before["account_ids"]:
        return UNCHANGED
    if otherwise.state is State.HELD_BACK:
        return otherwise
    if outcome.failure:
        return Layer(State.FAILED, explanation(outcome.failure))
    return ADDED if principal.value in outcome.extra["added"]["account_ids"] else UNCHANGED


def _auto_scaling(request: ShareRequest, done: Done, layers: _Layers, target: Target, principal: Principal) -> Layer:
    """Only known for accounts: which accounts an organization has is not asked."""
    if not target.key_arns:
        return NOT_NEEDED
    if principal.kind != ACCOUNT or request.auto_scaling.mode is AutoScalingMode.IGNORE:
        return NOT_ASKED
    of_keys = (layers.access.auto_scaling.get((target.region, arn), {}) for arn in target.key_arns)
    layer = worst((found[principal] for found in of_keys if principal in found), NOT_NEEDED)
    return _NOT_REACHED if layer.state is State.ADDED and not done.keys_done else layer


_WAYS_WORST_FIRST = ("none", "unknown", "grant", "key_policy")


def _way(access: Access, target: Target, principal: Principal) -> str:
    if not target.key_arns:
        return "not_needed"
    of_keys = (access.ways.get((target.region, arn), {}) for arn in target.key_arns)
    ways = {found[principal] for found in of_keys if principal in found}
    return next((way for way in _WAYS_WORST_FIRST if way in ways), "not_checked")


def _ami(done: Done, layers: _Layers, target: Target) -> AmiResult:
    outcome = layers.launch.get(target.place)
    before = _before(target)
    copy_failure = target.copy.failure if target.copy else None
    failure = copy_failure or (outcome.failure if outcome else None) or _of_held(layers, target)
    planned = target.facts is None and failure is None
    after = outcome.after if outcome and outcome.after is not None else None
    if planned:
        after = permissions.as_dict(one for one in target.wanted if one not in layers.held.get(target.place, {}))
    changed = bool(outcome and outcome.changed) or bool(target.copy and target.copy.changed)
    return AmiResult(
        target.region,
        target.image_id,
        target.name,
        target.key_arns,
        "failed" if failure else "changed" if changed else "unchanged",
        permissions.as_dict(before) if before is not None else None,
        after if after is not None else (permissions.as_dict(before) if before is not None and not failure else None),
        failure,
        {"planned": planned, "held_back": [one.value for one in _held(layers, target)]},
    )


def _held(layers: _Layers, target: Target) -> list[Principal]:
    """Those who did not get the launch permission; who had it before keeps it."""
    return [one for one in layers.held.get(target.place, {}) if not _may_launch(target, one)]


def _of_held(layers: _Layers, target: Target) -> Failure | None:
    """An AMI that some of its consumers cannot start."""
    held = layers.held.get(target.place, {})
    if not held:
        return None
    out = _held(layers, target)
    whom = (
        f"Held back: {some(one.value for one in out)}." if out else f"This concerns {some(one.value for one in held)}."
    )
    return Failure("held_back" if out else "no_key_access", f"{next(iter(held.values())).reason} {whom}")


def _before(target: Target) -> Permissions | None:
    if target.facts is None:
        return frozenset()
    return target.facts.permissions if isinstance(target.facts.permissions, frozenset) else None


def _failures(done: Done) -> Iterator[tuple[str, str]]:
    """What failed and is no consumer's: grants that could not be revoked."""
    for key in done.plan.keys:
        for outcome in (key.grants, key.auto_scaling_grants):
            failure: Failure | None = outcome.failure if outcome else None
            if failure and failure.action == "kms:RevokeGrant":
                yield explanation(failure), key.place[1]


def _without_auto_scaling(request: ShareRequest, rows: Iterable[Consumer]) -> list[str]:
    """Worth a sentence: instances started by hand run there, and Auto Scaling groups fail with an error about nothing."""
    without = list(dict.fromkeys(row.label for row in rows if row.auto_scaling_by == "none"))
    if not without:
        return []
    asked = request.auto_scaling.mode in (AutoScalingMode.GRANT, AutoScalingMode.KEY_POLICY)
    cure = (
        "The failures say why."
        if asked
        else f"Set {request.prefix}auto_scaling to grant or key_policy, or let the accounts make the grants themselves."
    )
    return [
        f"Auto Scaling groups of {some(without)} cannot launch these AMIs: the service-linked role has no access to a key. {cure}"
    ]
