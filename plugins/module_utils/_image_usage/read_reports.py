# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EC2's image usage reports. One call per function; boto3's dicts end here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._base import answers
from .._base.answers import Members
from .._call.errors import calling
from .._call.fanout import batches
from .report import UsageEntry, UsageQuery, UsageReport, counted_types

# The most IDs of reports or AMIs that one request takes (EC2 API reference). The largest page is not documented.
REQUEST_IDS = 200


def create_report(client: Any, region: str, image_id: str, account_ids: Sequence[str], query: UsageQuery) -> str:
    """Have a report made and return its ID.

    botocore fills ClientToken in, so that its retry after a lost answer makes no second report. A token of ours, the same
    in every run, would ask for the report of an earlier run.

    :param account_ids: at most 200; none for all accounts.
    """
    request: dict[str, Any] = {
        "ImageId": image_id,
        "ResourceTypes": [{"ResourceType": kind} for kind in query.resource_types],
    }
    if account_ids:
        request["AccountIds"] = list(account_ids)
    with calling("ec2:CreateImageUsageReport", region):
        return answers.text(client.create_image_usage_report(**request), "ReportId")


def read_reports(client: Any, region: str, report_ids: Sequence[str]) -> dict[str, UsageReport]:
    """The reports with these IDs, as far as EC2 shows them."""
    return {report.report_id: report for report in _read_reports(client, region, "ReportIds", report_ids)}


def read_reports_about(client: Any, region: str, image_ids: Sequence[str]) -> list[UsageReport]:
    """All reports about these AMIs, whoever in the account had them made."""
    return _read_reports(client, region, "ImageIds", image_ids)


def _read_reports(client: Any, region: str, by: str, ids: Sequence[str]) -> list[UsageReport]:
    found: list[UsageReport] = []
    for batch in batches(ids, REQUEST_IDS):
        with calling("ec2:DescribeImageUsageReports", region):
            pages = client.get_paginator("describe_image_usage_reports").paginate(**{by: batch})
            found += [_report(report) for page in pages for report in answers.entries(page, "ImageUsageReports")]
    return found


def _report(report: Members) -> UsageReport:
    return UsageReport(
        report_id=answers.text(report, "ReportId"),
        image_id=answers.text(report, "ImageId"),
        state=answers.text(report, "State"),
        state_reason=answers.text(report, "StateReason", ""),
        account_ids=frozenset(answers.texts(report, "AccountIds", ())),
        resource_types=counted_types(answers.entries(report, "ResourceTypes", ())),
        created=answers.moment(report, "CreationTime"),
    )


def read_entries(client: Any, region: str, report_ids: Sequence[str]) -> tuple[UsageEntry, ...]:
    """What these reports say together."""
    found: list[UsageEntry] = []
    for batch in batches(report_ids, REQUEST_IDS):
        with calling("ec2:DescribeImageUsageReportEntries", region):
            pages = client.get_paginator("describe_image_usage_report_entries").paginate(ReportIds=batch)
            found += [_entry(entry) for page in pages for entry in answers.entries(page, "ImageUsageReportEntries")]
    return tuple(found)


def _entry(entry: Members) -> UsageEntry:
    return UsageEntry(
        answers.text(entry, "AccountId"), answers.text(entry, "ResourceType"), answers.number(entry, "UsageCount")
    )


def delete_report(client: Any, region: str, report_id: str) -> None:
    with calling("ec2:DeleteImageUsageReport", region):
        client.delete_image_usage_report(ReportId=report_id)
