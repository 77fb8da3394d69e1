# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses an image: CreateImageUsageReport, DescribeImageUsageReports, DescribeImageUsageReportEntries.

EC2 API reference: made by the owner, first pending, then available, one entry per account and resource type, gone after
30 days. A ClientToken that was used before brings the report of that time (member "idempotencyToken" of the API model).
AWS counts with about a day's delay; here the count is that of the moment of the request. moto has none of it. How reports
go that do not become available at once, :func:`change` says, as no API call can decide it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.responses.amis import AmisResponse
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.managed_state_model import ManagedState

from .errors import EC2Error
from .image_listing import paged
from .images import EmbeddedImage, owned_image

MODEL = "ec2::image-usage-report"
state_manager.register_default_transition(MODEL, {"progression": "immediate"})
_ends: dict[str, dict[str, str]] = {}
WORDS = {"looks", "ends"}


def change(body: dict[str, Any]) -> None:
    """``looks``: how often a report is seen pending; ``ends``: by AMI, {state: error, state_reason} or {state: pending}."""
    ends = body.get("ends", {})
    if set(body) - WORDS or any(end["state"] not in ("error", "pending") for end in ends.values()):
        raise ValueError(f"a report may have {sorted(WORDS)}, and end in error or stay pending")
    if "looks" in body:
        state_manager.set_transition(MODEL, {"progression": "manual", "times": int(body["looks"]) + 1})
    _ends.clear()
    _ends.update(ends)


def reset() -> None:
    """Every report is available at once."""
    state_manager.unset_transition(MODEL)
    _ends.clear()


class UsageReport(ManagedState):
    """One report, counted when it is asked for."""

    def __init__(self, image: EmbeddedImage, request: dict[str, Any]) -> None:
        super().__init__(MODEL, [("pending", "available")])
        self.id = f"amiur-{mock_random.get_random_hex(17)}"
        self.image = image
        self.resource_types = request["ResourceTypes"]
        self.account_ids = request["AccountIds"]
        self.token = request["ClientToken"]
        self.created = utcnow()
        self.end = dict(_ends.get(image.id, {"state": "available"}))
        self.entries = [entry for kind in self.resource_types for entry in self._count(kind["ResourceType"])]

    @property
    def state(self) -> str:
        """pending, and then the state in which it ends."""
        return self.end["state"] if self.status == "available" else "pending"

    def _count(self, kind: str) -> list[dict[str, Any]]:
        found = []
        for account, regions in list(ec2_backends.items()):
            backend = regions.get(self.image.region)
            if backend is None or (self.account_ids and account not in self.account_ids):
                continue
            number = (_instances if kind == "ec2:Instance" else _templates)(backend, self.image.id)
            if number:
                found.append({"ResourceType": kind, "AccountId": account, "UsageCount": number})
        return found


def _instances(backend: Any, image_id: str) -> int:
    instances = [one for reservation in list(backend.reservations.values()) for one in list(reservation.instances)]
    return sum(one.image_id == image_id and one.state != "terminated" for one in instances)


def _templates(backend: Any, image_id: str) -> int:
    templates = list(backend.launch_templates.values())
    return sum(any(version.image_id == image_id for version in list(one.versions)) for one in templates)


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
