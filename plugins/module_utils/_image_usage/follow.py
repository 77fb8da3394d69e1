# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow usage reports until they are available: what each answer of AWS means for one. Knows no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .._base.advice import DENIED, is_about_credentials
from .._base.outcome import INTERNAL_ERROR, Failure
from .._image.facts import ImageFacts
from .._image.selection import ImageSelector
from .report import ImageUsage, UsageEntry, UsageQuery, UsageReport


@dataclass(frozen=True)
class Ongoing:
    """One report during a run, about one AMI and some accounts (none: all). ``refused``: why it was not seen last time."""

    selector: ImageSelector
    account_ids: tuple[str, ...]
    report_id: str = ""
    created: datetime | None = None
    refused: Failure | None = None
    failure: Failure | None = None


def begin(read: Sequence[ImageFacts], query: UsageQuery) -> list[Ongoing]:
    """The reports that have to be made, for those AMIs that the caller owns."""
    owned = [facts.selector for facts in read if isinstance(facts.permissions, frozenset)]
    return [Ongoing(selector, account_ids) for selector in owned for account_ids in query.batches]


def started(report: Ongoing, answer: str | Failure) -> Ongoing:
    """:param answer: the ID of the report, or why CreateImageUsageReport was refused."""
    return replace(report, failure=answer) if isinstance(answer, Failure) else replace(report, report_id=answer)


def to_wait_for(reports: Sequence[Ongoing]) -> list[Ongoing]:
    """Reports without an answer yet. One that failed has decided about its AMI, whatever the others say."""
    lost = {report.selector for report in reports if report.failure}
    return [report for report in reports if report.created is None and report.selector not in lost]


def looked_at(report: Ongoing, answer: UsageReport | Failure | None) -> Ongoing:
    """:param answer: the report as it is; None when AWS does not show it, which a new one may be (eventual consistency)."""
    if isinstance(answer, Failure):
        # Looking again may help against everything but this.
        hopeless = is_about_credentials(answer.code) or answer.code in (*DENIED, INTERNAL_ERROR)
        return replace(report, failure=answer) if hopeless else replace(report, refused=answer)
    if answer is not None and answer.state == "error":
        return replace(report, failure=_failed(report, answer))
    if answer is not None and answer.state == "available":
        return replace(report, created=answer.created)
    return replace(report, refused=None)


def _failed(report: Ongoing, answer: UsageReport) -> Failure:
    reason = answer.state_reason or "AWS gives no reason"
    return Failure(
        "usage_report_error",
        f"usage report {report.report_id} of {report.selector.image_id} ended in state error: {reason}",
        "Run again to create a new report. Until then it is not known who uses the AMI.",
        region=report.selector.region,
    )


def out_of_time(report: Ongoing, timeout: int) -> Ongoing:
    """A report that is still open at the deadline."""
    if report.refused:
        tried = f"{report.refused.message.rstrip('.')}; tried until the wait_timeout of {timeout} s was over"
        return replace(report, failure=replace(report.refused, message=tried))
    return replace(
        report,
        failure=Failure(
            "wait_timeout",
            f"usage report {report.report_id} of {report.selector.image_id} is still pending after {timeout} s",
            "Raise wait_timeout, or run again later. Until then it is not known who uses the AMI.",
            region=report.selector.region,
        ),
    )


def completed(reports: Sequence[Ongoing]) -> dict[ImageSelector, list[str]]:
    """The IDs of the reports of each AMI all of whose reports are available."""
    lost = {report.selector for report in reports if report.created is None}
    found: dict[ImageSelector, list[str]] = {}
    for report in reports:
        if report.selector not in lost:
            found.setdefault(report.selector, []).append(report.report_id)
    return found


def ended(
    facts: ImageFacts,
    reports: Sequence[Ongoing],
    entries: Mapping[ImageSelector, tuple[UsageEntry, ...] | Failure],
    deleted: Mapping[str, Failure | None],
) -> ImageUsage:
    """What is known about one AMI in the end.

    :param entries: by AMI, for the :func:`completed` ones.
    :param deleted: the ID of each report that was made, and why it could not be deleted.
    """
    own = [report for report in reports if report.selector == facts.selector]
    failure = next((report.failure for report in own if report.failure), None)
    left = [(report.report_id, deleted.get(report.report_id)) for report in own]
    return ImageUsage(
        facts,
        failure or entries.get(facts.selector),
        min((report.created for report in own if report.created), default=None),
        tuple(_not_deleted(facts.selector, report_id, why) for report_id, why in left if why),
    )


def _not_deleted(selector: ImageSelector, report_id: str, why: Failure) -> str:
    return (
        f"Usage report {report_id} of {selector.image_id} in {selector.region} could not be deleted ({why.action}: "
        f"{why.code}); EC2 deletes it after 30 days."
    )
