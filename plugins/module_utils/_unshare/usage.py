# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who would lose what it uses, by EC2's usage reports, and what that means for going on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .._base.outcome import Failure, failure_message
from .._image_usage.report import ImageUsage, UsageEntry, UsageQuery, summed
from .._launch_permission.model import ACCOUNT, EVERYBODY, Permissions, Principal
from .._organization.membership import Membership
from .ask import OF_ORGANIZATIONS
from .plan import UnsharePlan
from .request import UnshareRequest
from .targets import Target

# So many sentences about uses are said; all of them are in the result.
MOST = 10


@dataclass(frozen=True)
class Use:
    """One account that uses an AMI and would lose its launch permission: what it has of each kind."""

    region: str
    image_id: str
    account_id: str
    counts: tuple[tuple[str, int], ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "image_id": self.image_id,
            "account_id": self.account_id,
            "usage": dict(self.counts),
        }

    @property
    def sentence(self) -> str:
        shown = ", ".join(f"{count} {kind.removeprefix('ec2:')}" for kind, count in self.counts)
        return f"{self.region}: {self.account_id} uses {self.image_id} ({shown})."


@dataclass(frozen=True)
class Verdict:
    """:param refusals: why nothing is taken away; empty where the run may go on."""

    uses: tuple[Use, ...] = ()
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(
    request: UnshareRequest, plan: UnsharePlan, members: Membership, reports: Sequence[ImageUsage], check_mode: bool
) -> Verdict:
    """:param reports: what could be found out about each AMI that loses a permission; none where nobody asked."""
    uses = _find_uses(plan, members, reports)
    unread = _unread(request, plan, reports)
    return Verdict(
        uses,
        () if request.usage.force else tuple(_refusals(request, uses, unread)),
        tuple(_notes(request, plan, uses, unread, reports, check_mode)),
    )


def _unread(request: UnshareRequest, plan: UnsharePlan, reports: Sequence[ImageUsage]) -> str:
    """Why it is not known whether the AMIs are used; empty when it is, or when nobody wanted to know."""
    if not request.usage.check:
        return ""
    head = "Whether the AMIs are used could not be determined: "
    failed = [(one.facts.selector.target, one.entries) for one in reports if isinstance(one.entries, Failure)]
    if failed:
        return head + failure_message(failed, len(reports)).replace("wait_timeout", f"{request.prefix}usage_timeout")
    answered = {(one.facts.selector.region, one.facts.selector.image_id) for one in reports}
    missing = [target for target in plan.removing if target.place not in answered]
    return f"{head}there is no report about {_listed(one.place for one in missing)}." if missing else ""


def _listed(places: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{image_id} in {region}" for region, image_id in places)


def _find_uses(plan: UnsharePlan, members: Membership, reports: Sequence[ImageUsage]) -> tuple[Use, ...]:
    """Whoever can still launch an AMI afterwards, by itself or as a known member of what keeps it, loses nothing."""
    targets = {target.place: target for target in plan.removing}
    removed, query = plan.removed, plan.usage_query
    found = []
    for report in reports:
        target = targets.get((report.facts.selector.region, report.facts.selector.image_id))
        if target is None or not isinstance(report.entries, tuple):
            continue
        loses = _who_loses(target, removed[target.place], members)
        found += [
            Use(target.region, target.image.image_id, account, counts)
            for account, counts in _counts(report.entries, query).items()
            if account != target.image.owner_id and loses(account)
        ]
    return tuple(found)


def _counts(entries: Iterable[UsageEntry], query: UsageQuery) -> dict[str, tuple[tuple[str, int], ...]]:
    """By account; several reports about one AMI are added up."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one in summed(entries, query):
        found.setdefault(one["account_id"], []).append((one["resource_type"], one["count"]))
    return {account: tuple(listed) for account, listed in found.items()}


def _who_loses(target: Target, removed: Permissions, members: Membership) -> Callable[[str], bool]:
    """Whether an account cannot launch an AMI any more and could before, as far as that is known."""
    after = frozenset(one for one in target.before if one not in removed)
    kept, gone = ([one.value for one in listed if one.kind in OF_ORGANIZATIONS] for listed in (after, removed))

    def loses(account: str) -> bool:
        own = Principal(ACCOUNT, account)
        if own in after or EVERYBODY in after or any(members.has(arn, account) for arn in kept):
            return False
        # Unknown (None) counts as a member here: what cannot be determined is not called unused.
        through = any(members.has(arn, account) is not False for arn in gone)
        return through or own in removed or EVERYBODY in removed

    return loses


def _sentences(uses: Sequence[Use]) -> list[str]:
    found = [use.sentence for use in uses[:MOST]]
    if len(uses) > MOST:
        accounts = len({use.account_id for use in uses})
        found.append(f"{accounts:,} accounts use the AMIs in all; usage in the result has each of them.")
    return found


def _refusals(request: UnshareRequest, uses: Sequence[Use], unread: str) -> list[str]:
    """Why nothing is removed: somebody uses it, or it could not be determined."""
    found = _sentences(uses)
    if found:
        found.append(
            f"Next: let the accounts move to another AMI, or run again with {request.prefix}force=true. Running "
            "instances continue to run; new launches and Auto Scaling would fail."
        )
    if unread:
        found.append(f"{unread} Or go without: {request.prefix}check_usage=false, or {request.prefix}force=true.")
    return found


def _notes(
    request: UnshareRequest,
    plan: UnsharePlan,
    uses: Sequence[Use],
    unread: str,
    reports: Sequence[ImageUsage],
    check_mode: bool,
) -> list[str]:
    terms, prefix = request.usage, request.prefix
    notes = [f"{sentence} Removed nevertheless ({prefix}force)." for sentence in _sentences(uses) if terms.force]
    if terms.force and unread:
        notes.append(unread)
    if not terms.check:
        notes.append(f"Whether the AMIs are used was not asked ({prefix}check_usage).")
    elif request.key_access and plan.targets and not plan.removing:
        notes.append("Whether the AMIs are used was not asked, because no launch permission is removed.")
    unknown = [one.facts.selector for one in reports if one.entries is None]
    if unknown and check_mode:
        listed = _listed((one.region, one.image_id) for one in unknown[:MOST])
        more = f" and {len(unknown) - MOST} more" if len(unknown) > MOST else ""
        notes.append(
            f"Usage not known: {listed}{more}. In check mode no usage report is created; a real run creates one."
        )
    return notes
