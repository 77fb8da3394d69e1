# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts use an AMI, by EC2's image usage reports: what was asked for, and what a report says about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .._base import answers, identifiers
from .._base.answers import Members
from .._base.identifiers import InputError
from .._base.outcome import Failure, Outcome, Reading
from .._image.facts import ImageFacts
from .._image.model import Image
from .._image.selection import ImageSelector
from .._launch_permission.plan import why_unread

LAUNCH_TEMPLATE = "ec2:LaunchTemplate"
RESOURCE_TYPES = ("ec2:Instance", LAUNCH_TEMPLATE)
# The most that one CreateImageUsageReport takes (EC2 API reference, parameter AccountIds).
REPORT_ACCOUNTS = 200
# So many versions of a launch template are looked at where a report does not say it (ResourceTypeOptions).
VERSION_DEPTH = 20
# AWS counts with a day's delay; a report that is older than that adds another one.
FRESH = timedelta(hours=24)


@dataclass(frozen=True)
class UsageQuery:
    """``account_ids``: none for all accounts."""

    account_ids: tuple[str, ...]
    resource_types: tuple[str, ...]

    @property
    def batches(self) -> list[tuple[str, ...]]:
        """The accounts of each report that has to be made for an AMI."""
        starts = range(0, max(1, len(self.account_ids)), REPORT_ACCOUNTS)
        return [self.account_ids[start : start + REPORT_ACCOUNTS] for start in starts]


@dataclass(frozen=True)
class UsageTargets:
    """The AMIs, and what is asked about each of them."""

    selectors: tuple[ImageSelector, ...]
    query: UsageQuery


@dataclass(frozen=True)
class UsageReport:
    """``account_ids``: none when it counts all accounts; ``state`` is pending, available or error."""

    report_id: str
    image_id: str
    state: str
    state_reason: str
    account_ids: frozenset[str]
    resource_types: frozenset[str]
    created: datetime


@dataclass(frozen=True)
class UsageEntry:
    account_id: str
    resource_type: str
    count: int


@dataclass(frozen=True)
class ImageUsage:
    """An AMI and what its reports say: None when there is no report, a Failure when one could not be had.

    ``created`` is when the oldest of these reports was.
    """

    facts: ImageFacts
    entries: tuple[UsageEntry, ...] | Failure | None = None
    created: datetime | None = None
    warnings: tuple[str, ...] = ()


def parse_query(params: Mapping[str, Any]) -> UsageQuery:
    """:raises InputError: with all problems."""
    given, kinds, timeout = params["account_ids"], params["resource_types"], params["wait_timeout"]
    problems = identifiers.check_each("account_ids", given or (), identifiers.check_account_id)
    if given is not None and not given:
        problems.append("account_ids: is empty, which names nobody; leave it out for all accounts.")
    if not kinds:
        problems.append(f"resource_types: is empty; name at least one of {', '.join(RESOURCE_TYPES)}.")
    if timeout < 1:
        problems.append(f"wait_timeout: {timeout} leaves no time; a report takes EC2 seconds to minutes.")
    if problems:
        raise InputError(problems)
    return UsageQuery(tuple(dict.fromkeys(given or ())), tuple(dict.fromkeys(kinds)))


def counted_types(resource_types: Iterable[Members]) -> frozenset[str]:
    """The resource types that a report counts as far as ours would; ``resource_types`` as EC2 shows them."""
    return frozenset(answers.text(kind, "ResourceType", "") for kind in resource_types if _is_deep_enough(kind))


def _is_deep_enough(kind: Members) -> bool:
    """Without options a report counts as EC2 does by default; an option that does not say how is none to rely on."""
    return all(
        _is_deep(answers.text(option, "OptionName", ""), answers.texts(option, "OptionValues", ()))
        for option in answers.entries(kind, "ResourceTypeOptions", ())
    )


def _is_deep(name: str, values: Iterable[str]) -> bool:
    if name != "version-depth":
        return bool(name)
    depths = list(values)
    return bool(depths) and all(depth.isdecimal() and int(depth) >= VERSION_DEPTH for depth in depths)


def newest_fitting(
    reports: Iterable[UsageReport], image_id: str, query: UsageQuery, now: datetime
) -> UsageReport | None:
    """The newest report of the last 24 hours that covers what is asked about an AMI."""
    fitting = [
        report
        for report in reports
        if report.image_id == image_id
        and report.state == "available"
        and report.created >= now - FRESH
        and report.resource_types.issuperset(query.resource_types)
        and _covers_accounts(report, query)
    ]
    return max(fitting, key=lambda report: (report.created, report.report_id), default=None)


def _covers_accounts(report: UsageReport, query: UsageQuery) -> bool:
    if not report.account_ids:
        return True
    return bool(query.account_ids) and report.account_ids.issuperset(query.account_ids)


def summed(entries: Iterable[UsageEntry], query: UsageQuery) -> list[dict[str, Any]]:
    """One count for each account and resource type that was asked for, sorted; a report may count more than that."""
    counts: dict[tuple[str, str], int] = {}
    for entry in entries:
        account_asked = not query.account_ids or entry.account_id in query.account_ids
        if account_asked and entry.resource_type in query.resource_types:
            place = (entry.account_id, entry.resource_type)
            counts[place] = counts.get(place, 0) + entry.count
    return [
        {"account_id": account_id, "resource_type": kind, "count": count}
        for (account_id, kind), count in sorted(counts.items())
    ]


def without_report(facts: ImageFacts) -> ImageUsage:
    """An AMI in check mode for which there is no report that could be read."""
    if why_unread(facts):
        return ImageUsage(facts)
    where = f"{facts.selector.image_id} in {facts.selector.region}"
    warning = (
        f"{where}: check mode creates no usage report, and no report of the last 24 hours covers the request; usage is "
        "not known."
    )
    return ImageUsage(facts, warnings=(warning,))


def show_usage(query: UsageQuery, usage: ImageUsage) -> Reading:
    image, entries = usage.facts.image, usage.entries
    failure = why_unread(usage.facts) or (entries if isinstance(entries, Failure) else None)
    known: Sequence[UsageEntry] | None = None if failure or isinstance(entries, Failure) else entries
    return Outcome(
        usage.facts.selector.target,
        failure=failure,
        extra={
            "owner_id": image.owner_id if isinstance(image, Image) else None,
            "usage": None if known is None else summed(known, query),
            "report_time": None if known is None or usage.created is None else as_text(usage.created),
        },
        warnings=usage.warnings,
    )


def as_text(time: datetime) -> str:
    """ISO 8601 in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
