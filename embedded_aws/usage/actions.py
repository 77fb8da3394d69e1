# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses an image: CreateImageUsageReport, DescribeImageUsageReports, DescribeImageUsageReportEntries.

EC2 API reference: made by the owner, first pending, then available, one entry per account and resource type, gone after
30 days. A ClientToken that was used before brings the report of that time (member "idempotencyToken" of the API model).
AWS counts with about a day's delay; here the count is that of the moment of the request. moto has none of it.
"""

from __future__ import annotations

from datetime import timedelta

from moto.core.responses import ActionResult
from moto.ec2.responses.amis import AmisResponse

from ..api.errors import EC2Error
from ..api.paging import paged
from ..images.finding import owned_image
from .report import UsageReport


class ImageUsageResponse(AmisResponse):
    """The usage report actions."""

    def create_image_usage_report(self) -> ActionResult:
        image = owned_image(self.region, self._get_param("ImageId"), self.current_account)
        kinds = self._get_param("ResourceTypes", [])
        known = ("ec2:Instance", "ec2:LaunchTemplate")
        if not kinds or any(one.get("ResourceType") not in known for one in kinds):
            raise EC2Error("InvalidParameterValue", f"Resource types must be among {', '.join(known)}")
        self.error_on_dryrun()
        reports, token = self.ec2_backend.usage_reports, self._get_param("ClientToken")
        report = next((one for one in list(reports.values()) if token and one.token == token), None)
        if report is None:
            accounts = self._get_param("AccountIds", [])
            report = UsageReport(image, {"ResourceTypes": kinds, "AccountIds": accounts, "ClientToken": token})
            reports[report.id] = report
        return ActionResult({"ReportId": report.id})

    def _selected_reports(self) -> list[UsageReport]:
        reports: dict[str, UsageReport] = dict(self.ec2_backend.usage_reports)
        ids, images = self._get_param("ReportIds", []), self._get_param("ImageIds", [])
        unknown = set(ids) - set(reports)
        if unknown:
            # Unconfirmed: no public report shows the code.
            raise EC2Error("InvalidImageUsageReportId.NotFound", f"No such usage report: {sorted(unknown)}")
        chosen = [one for one in reports.values() if not ids or one.id in ids]
        return [one for one in chosen if not images or one.image.id in images]

    def describe_image_usage_reports(self) -> ActionResult:
        self.error_on_dryrun()
        page, token = paged(self._selected_reports(), self._get_param("MaxResults"), self._get_param("NextToken"))
        shown = []
        for report in page:
            report.advance()
            times = {"CreationTime": report.created, "ExpirationTime": report.created + timedelta(days=30)}
            shown.append(
                {
                    "ReportId": report.id,
                    "ImageId": report.image.id,
                    "State": report.state,
                    "StateReason": report.end.get("state_reason") if report.state == "error" else None,
                    "ResourceTypes": report.resource_types,
                    "AccountIds": report.account_ids,
                    **times,
                }
            )
        return ActionResult({"ImageUsageReports": shown, "NextToken": token})

    def describe_image_usage_report_entries(self) -> ActionResult:
        self.error_on_dryrun()
        entries = [
            {"ReportId": report.id, "ImageId": report.image.id, "ReportCreationTime": report.created, **entry}
            for report in self._selected_reports()
            if report.state == "available"
            for entry in report.entries
        ]
        page, token = paged(entries, self._get_param("MaxResults"), self._get_param("NextToken"))
        return ActionResult({"ImageUsageReportEntries": page, "NextToken": token})

    def delete_image_usage_report(self) -> ActionResult:
        report_id = self._get_param("ReportId")
        self.error_on_dryrun()
        if self.ec2_backend.usage_reports.pop(report_id, None) is None:
            raise EC2Error("InvalidImageUsageReportId.NotFound", f"No such usage report: {report_id}")
        return ActionResult({"Return": True})
