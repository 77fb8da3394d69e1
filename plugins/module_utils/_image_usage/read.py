# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses AMIs: the calls of the module image_usage_info, with one loop that waits for the reports of all of them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from .._base.outcome import Failure
from .._call.errors import failure_of
from .._call.fanout import fan_out, paced
from .._call.session import Aws
from .._image.facts import ImageFacts
from .._image.selection import ImageSelector
from .._launch_permission import read as read_launch_permission
from . import read_reports as usage_reports
from .follow import Ongoing, begin, completed, ended, looked_at, out_of_time, started, to_wait_for
from .report import ImageUsage, UsageEntry, UsageQuery, UsageReport, UsageTargets, newest_fitting, without_report

# Seconds between two looks: botocore's own waiter takes "failed" for the end, while EC2 says "error".
FIRST_INTERVAL = 1.0
GROWTH = 1.5
LONGEST_INTERVAL = 15.0


@dataclass(frozen=True)
class Waiting:
    """``timeout``: seconds for all reports together."""

    timeout: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def utc_now() -> datetime:
    return datetime.now(UTC)


def read(aws: Aws, targets: UsageTargets, waiting: Waiting) -> list[ImageUsage]:
    """Each AMI with its usage, in input order: has reports made, waits for them, reads them and deletes them."""
    return read_usage(aws, read_launch_permission.read(aws, targets.selectors), targets.query, waiting)


def read_usage(aws: Aws, found: Sequence[ImageFacts], query: UsageQuery, waiting: Waiting) -> list[ImageUsage]:
    """The same for AMIs whose launch permissions have been read."""
    made = _start(aws, begin(found, query), query)
    try:
        reports, entries = _read_all(aws, made, waiting)
    except Exception as error:
        # What was made is deleted all the same.
        reports, entries = [replace(report, failure=report.failure or failure_of(error)) for report in made], {}
    deleted = _delete(aws, made)
    return [ended(facts, reports, entries, deleted) for facts in found]


Entries = dict[ImageSelector, "tuple[UsageEntry, ...] | Failure"]


def _read_all(aws: Aws, made: list[Ongoing], waiting: Waiting) -> tuple[list[Ongoing], Entries]:
    reports = _follow(aws, made, waiting)
    whole = completed(reports)
    action = "ec2:DescribeImageUsageReportEntries"
    answers = fan_out(
        [paced(aws.pace(action, one.region), _read_entries, aws, one, report_ids) for one, report_ids in whole.items()]
    )
    return reports, dict(zip(whole, answers, strict=True))


def _start(aws: Aws, reports: Sequence[Ongoing], query: UsageQuery) -> list[Ongoing]:
    def create(report: Ongoing) -> str:
        region, image_id = report.selector.region, report.selector.image_id
        return usage_reports.create_report(aws.client("ec2", region), region, image_id, report.account_ids, query)

    action = "ec2:CreateImageUsageReport"
    answers = fan_out([paced(aws.pace(action, report.selector.region), create, report) for report in reports])
    return [started(report, answer) for report, answer in zip(reports, answers, strict=True)]


def _follow(aws: Aws, reports: list[Ongoing], waiting: Waiting) -> list[Ongoing]:
    start, interval = waiting.clock(), FIRST_INTERVAL
    while to_wait_for(reports):
        reports = _look(aws, reports)
        left = start + waiting.timeout - waiting.clock()
        still = to_wait_for(reports)
        if still and left <= 0:
            return [out_of_time(report, waiting.timeout) if report in still else report for report in reports]
        if still:
            waiting.sleep(min(interval, left))
            interval = min(interval * GROWTH, LONGEST_INTERVAL)
    return reports


def _look(aws: Aws, reports: Sequence[Ongoing]) -> list[Ongoing]:
    """All reports of a Region in one request (of each 200), all Regions at once."""
    wanted: dict[str, list[str]] = {}
    for report in to_wait_for(reports):
        wanted.setdefault(report.selector.region, []).append(report.report_id)
    answers = fan_out(
        [
            functools.partial(usage_reports.read_reports, aws.client("ec2", region), region, ids)
            for region, ids in wanted.items()
        ]
    )
    seen = dict(zip(wanted, answers, strict=True))

    def after(report: Ongoing) -> Ongoing:
        if report.report_id not in wanted.get(report.selector.region, ()):
            return report
        answer = seen[report.selector.region]
        return looked_at(report, answer if isinstance(answer, Failure) else answer.get(report.report_id))

    return [after(report) for report in reports]


def _read_entries(aws: Aws, selector: ImageSelector, report_ids: Sequence[str]) -> tuple[UsageEntry, ...]:
    return usage_reports.read_entries(aws.client("ec2", selector.region), selector.region, report_ids)


def _delete(aws: Aws, reports: Sequence[Ongoing]) -> dict[str, Failure | None]:
    """Every report that was made, also one that was of no use: EC2 would keep it for 30 days."""
    made = [(report.selector.region, report.report_id) for report in reports if report.report_id]
    action = "ec2:DeleteImageUsageReport"
    answers = fan_out(
        [
            paced(aws.pace(action, region), usage_reports.delete_report, aws.client("ec2", region), region, one)
            for region, one in made
        ]
    )
    return {report_id: answer for (_region, report_id), answer in zip(made, answers, strict=True)}


def read_existing(aws: Aws, targets: UsageTargets, now: Callable[[], datetime] = utc_now) -> list[ImageUsage]:
    """Each AMI with its usage as far as a report tells it that exists already; makes none."""
    return read_existing_usage(aws, read_launch_permission.read(aws, targets.selectors), targets.query, now)


def read_existing_usage(
    aws: Aws, found: Sequence[ImageFacts], query: UsageQuery, now: Callable[[], datetime] = utc_now
) -> list[ImageUsage]:
    """The same for AMIs whose launch permissions have been read."""
    by_region: dict[str, list[str]] = {}
    for facts in found:
        if isinstance(facts.permissions, frozenset):
            by_region.setdefault(facts.selector.region, []).append(facts.selector.image_id)
    jobs = [
        functools.partial(usage_reports.read_reports_about, aws.client("ec2", region), region, image_ids)
        for region, image_ids in by_region.items()
    ]
    reports: dict[str, Any] = dict(zip(by_region, fan_out(jobs), strict=True))
    when = now()
    action = "ec2:DescribeImageUsageReportEntries"
    answers = fan_out(
        [
            paced(aws.pace(action, facts.selector.region), _read_newest, aws, facts, reports, query, when)
            for facts in found
        ]
    )
    return [
        ImageUsage(facts, answer) if isinstance(answer, Failure) else answer
        for facts, answer in zip(found, answers, strict=True)
    ]


def _read_newest(
    aws: Aws, facts: ImageFacts, reports: dict[str, list[UsageReport] | Failure], query: UsageQuery, now: datetime
) -> ImageUsage:
    region, image_id = facts.selector.region, facts.selector.image_id
    listed = reports.get(region, [])
    if isinstance(listed, Failure):
        return ImageUsage(facts, listed)
    report = newest_fitting(listed, image_id, query, now)
    if report is None:
        return without_report(facts)
    return ImageUsage(facts, _read_entries(aws, facts.selector, [report.report_id]), report.created)
