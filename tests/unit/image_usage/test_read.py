# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conversation of image_usage_info with AWS: which calls, how long, and what is left behind; with a clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_usage import read as image_usage
from ansible_collections.golden.ami.plugins.module_utils._image_usage import read_reports as usage_reports
from ansible_collections.golden.ami.plugins.module_utils._image_usage.read import Waiting
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import UsageTargets, show_usage
from tests.unit.builders import ALICE, BOB, IMAGE_ID, OTHER_IMAGE_ID, OWNER, REGION, accounts, usage_query
from tests.unit.fake_aws import Error

US = "us-east-1"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
WRITES = ("CreateImageUsageReport", "DeleteImageUsageReport")


class Clock:
    """Time passes only in sleep()."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Account:
    """EC2 as far as usage reports need it. ``takes``: seconds that each report is pending; ``ends``: in what, by AMI."""

    def __init__(self, aws):
        self.clock, self.reports, self.takes, self.ends, self.gone = Clock(), {}, 0, {}, []
        self.hidden = 0
        aws.answers.update(
            DescribeImages=self.images,
            DescribeImageAttribute=lambda _region, params: {"ImageId": params["ImageId"], "LaunchPermissions": []},
            CreateImageUsageReport=self.create,
            DescribeImageUsageReports=self.describe,
            DescribeImageUsageReportEntries=self.entries,
            DeleteImageUsageReport=self.delete,
        )

    def images(self, _region, params):
        return {"Images": [{"ImageId": one, "State": "available", "OwnerId": OWNER} for one in params["ImageIds"]]}

    def add(self, report_id, image_id=IMAGE_ID, account_ids=(), created=NOW, **given):
        kinds = [{"ResourceType": kind} for kind in usage_query().resource_types]
        self.reports[report_id] = {
            "ReportId": report_id,
            "ImageId": image_id,
            "State": "available",
            "AccountIds": list(account_ids),
            "ResourceTypes": kinds,
            "CreationTime": created,
            "since": self.clock.now,
            **given,
        }

    def create(self, _region, params):
        report_id = f"amiur-{len(self.reports) + 1}"
        given = {"ResourceTypes": params["ResourceTypes"], "State": ""}
        self.add(report_id, params["ImageId"], params.get("AccountIds", ()), **given)
        return {"ReportId": report_id}

    def describe(self, _region, params):
        if self.hidden:
            self.hidden -= 1
            return {"ImageUsageReports": []}
        if "ReportIds" in params:
            found = [self.reports[one] for one in params["ReportIds"] if one not in self.gone]
        else:
            found = [one for one in self.reports.values() if one["ImageId"] in params["ImageIds"]]
        return {"ImageUsageReports": [self.shown(report) for report in found]}

    def shown(self, report):
        state = report["State"] or self.ends.get(report["ImageId"], "available")
        if not report["State"] and self.clock.now - report["since"] < self.takes:
            state = "pending"
        reason = {"StateReason": "Too many resources"} if state == "error" else {}
        return {
            **{key: value for key, value in report.items() if key != "since"},
            **reason,
            "State": state,
        }

    def entries(self, _region, params):
        return {
            "ImageUsageReportEntries": [
                {
                    "ReportId": one,
                    "ImageId": self.reports[one]["ImageId"],
                    "AccountId": account,
                    "ResourceType": kind["ResourceType"],
                    "UsageCount": 2,
                }
                for one in params["ReportIds"]
                for kind in self.reports[one]["ResourceTypes"]
                for account in self.reports[one]["AccountIds"] or [ALICE, OWNER]
            ]
        }

    def delete(self, _region, params):
        self.gone.append(params["ReportId"])
        return {"Return": True}


@pytest.fixture
def account(aws):
    return Account(aws)


def selectors(*image_ids):
    return tuple(ImageSelector(REGION, image_id) for image_id in image_ids or (IMAGE_ID,))


def outcomes(aws, account, query=None, chosen=(), timeout=300):
    query = query or usage_query()
    waiting = Waiting(timeout, account.clock, account.clock.sleep)
    usage = image_usage.read(aws, UsageTargets(chosen or selectors(), query), waiting)
    return [show_usage(query, one) for one in usage]


def asked(aws, operation):
    return [params for _region, name, params in aws.calls if name == operation]


def test_read__counts_of_all_accounts(aws, account):
    (found,) = outcomes(aws, account)

    assert [tuple(entry.values()) for entry in found.extra["usage"]] == [
        (ALICE, "ec2:Instance", 2),
        (ALICE, "ec2:LaunchTemplate", 2),
        (OWNER, "ec2:Instance", 2),
        (OWNER, "ec2:LaunchTemplate", 2),
    ]
    assert (found.extra["report_time"], found.extra["owner_id"]) == ("2026-11-25T12:00:00Z", OWNER)
    (request,) = asked(aws, "CreateImageUsageReport")
    assert "AccountIds" not in request
    assert [kind["ResourceType"] for kind in request["ResourceTypes"]] == ["ec2:Instance", "ec2:LaunchTemplate"]
    assert (account.clock.slept, account.gone) == ([], ["amiur-1"])


def test_read__as_many_reports_as_the_accounts_need(aws, account):
    (found,) = outcomes(aws, account, usage_query(*accounts(450), kinds=("ec2:Instance",)))

    assert sorted(len(request["AccountIds"]) for request in asked(aws, "CreateImageUsageReport")) == [50, 200, 200]
    assert [entry["account_id"] for entry in found.extra["usage"]] == accounts(450)
    assert len(account.gone) == 3


def test_create_report__the_token_is_botocores(ec2):
    """Another one in each run: the token of an earlier run would bring its report back."""
    event, tokens = "before-call.*.*", []

    def remember(params, **_kwargs):
        tokens.append(params["body"]["ClientToken"])

    ec2.client.meta.events.register_first(event, remember)
    for number in range(2):
        ec2.add_response("create_image_usage_report", {"ReportId": f"amiur-{number}"})
        usage_reports.create_report(ec2.client, REGION, IMAGE_ID, (), usage_query())
    ec2.client.meta.events.unregister(event, remember)

    assert len(set(tokens)) == 2
    assert all(tokens)


def test_read__waits_with_growing_intervals(aws, account):
    account.takes = 60

    (found,) = outcomes(aws, account, timeout=300)

    assert found.failure is None
    assert account.clock.slept[:4] == [1.0, 1.5, 2.25, 3.375]
    assert max(account.clock.slept) <= image_usage.LONGEST_INTERVAL
    assert len(asked(aws, "DescribeImageUsageReports")) == len(account.clock.slept) + 1


def test_read__one_deadline_for_all(aws, account):
    account.takes = 1000

    found = outcomes(aws, account, chosen=selectors(IMAGE_ID, OTHER_IMAGE_ID), timeout=100)

    assert [one.failure.code for one in found] == ["wait_timeout"] * 2
    assert [one.extra["usage"] for one in found] == [None, None]
    assert sum(account.clock.slept) == 100
    assert sorted(account.gone) == ["amiur-1", "amiur-2"]
    assert "DescribeImageUsageReportEntries" not in aws.operations()


def test_read__one_look_for_all_reports_of_a_region(aws, account):
    chosen = (*selectors(IMAGE_ID, OTHER_IMAGE_ID), ImageSelector(US, IMAGE_ID))

    outcomes(aws, account, chosen=chosen)

    looks = [(region, len(params["ReportIds"])) for region, name, params in aws.calls if name.endswith("UsageReports")]
    assert sorted(looks) == [(REGION, 2), (US, 1)]


def test_read__a_report_in_state_error_is_a_failure_of_its_ami_at_once(aws, account):
    account.ends = {IMAGE_ID: "error"}

    lost, found = outcomes(aws, account, chosen=selectors(IMAGE_ID, OTHER_IMAGE_ID))

    assert (lost.failure.code, lost.extra["usage"]) == ("usage_report_error", None)
    assert "Too many resources" in lost.failure.message
    assert (found.failure, len(found.extra["usage"])) == (None, 4)
    assert (account.clock.slept, len(account.gone)) == ([], 2)


def test_read__a_new_report_that_is_not_shown_yet(aws, account):
    account.hidden = 2

    (found,) = outcomes(aws, account)

    assert (found.failure, len(account.clock.slept)) == (None, 2)


@pytest.mark.parametrize(("code", "looks", "slept"), [("RequestLimitExceeded", 2, 1), ("UnauthorizedOperation", 1, 0)])
def test_read__a_look_that_fails_is_made_again_if_that_can_help(aws, account, code, looks, slept):
    answers = [Error(code)]
    aws.answers["DescribeImageUsageReports"] = lambda *call: answers.pop() if answers else account.describe(*call)

    (found,) = outcomes(aws, account)

    assert (len(asked(aws, "DescribeImageUsageReports")), len(account.clock.slept)) == (looks, slept)
    assert (found.failure.code if found.failure else None) == (None if slept else code)
    assert account.gone == ["amiur-1"]


def test_read__a_report_that_was_refused_fails_its_ami_and_the_rest_is_deleted(aws, account):
    account.takes = 30
    aws.answers["CreateImageUsageReport"] = lambda region, params: (
        Error("ResourceLimitExceeded")
        if params["AccountIds"] == accounts(201)[200:]
        else account.create(region, params)
    )

    (found,) = outcomes(aws, account, usage_query(*accounts(201)))

    assert (found.failure.code, found.failure.action) == ("ResourceLimitExceeded", "ec2:CreateImageUsageReport")
    assert (found.extra["usage"], account.gone, account.clock.slept) == (None, ["amiur-1"], [])


def test_read__a_failed_deletion_is_a_warning(aws, account):
    aws.answers["DeleteImageUsageReport"] = lambda _region, _params: Error("UnauthorizedOperation")

    (found,) = outcomes(aws, account)

    assert (found.failure, len(found.extra["usage"])) == (None, 4)
    (warning,) = found.warnings
    assert "amiur-1" in warning and "ec2:DeleteImageUsageReport: UnauthorizedOperation" in warning


def test_read__entries_that_could_not_be_read_are_not_nobody(aws, account):
    aws.answers["DescribeImageUsageReportEntries"] = lambda _region, _params: Error("InternalError")

    (found,) = outcomes(aws, account)

    assert (found.extra["usage"], found.failure.code) == (None, "InternalError")
    assert account.gone == ["amiur-1"]


def test_read__pages_of_entries(aws, account):
    def entries(region, params):
        everything = account.entries(region, params)["ImageUsageReportEntries"]
        if "NextToken" in params:
            return {"ImageUsageReportEntries": everything[1:]}
        return {"ImageUsageReportEntries": everything[:1], "NextToken": "more"}

    aws.answers["DescribeImageUsageReportEntries"] = entries

    assert len(outcomes(aws, account)[0].extra["usage"]) == 4


def test_read__no_report_about_an_ami_of_somebody_else(aws, account):
    aws.answers["DescribeImageAttribute"] = lambda _region, _params: Error("AuthFailure", status=403)

    (found,) = outcomes(aws, account)

    assert (found.failure.code, found.extra["usage"]) == ("not_owner", None)
    assert aws.operations(*WRITES) == []


def existing(aws, query=None, chosen=()):
    query = query or usage_query()
    usage = image_usage.read_existing(aws, UsageTargets(chosen or selectors(), query), lambda: NOW)
    return [show_usage(query, one) for one in usage]


def test_read_existing__the_newest_report_that_covers_what_is_asked(aws, account):
    account.add("amiur-a", created=NOW - timedelta(hours=2))
    account.add("amiur-b", created=NOW - timedelta(hours=1))
    account.add("amiur-c", account_ids=[ALICE])
    account.add("amiur-d", created=NOW - timedelta(hours=25))

    (found,) = existing(aws)

    assert [params["ReportIds"] for params in asked(aws, "DescribeImageUsageReportEntries")] == [["amiur-b"]]
    assert (found.extra["report_time"], found.warnings, found.failure) == ("2026-11-25T11:00:00Z", (), None)
    assert aws.operations(*WRITES) == []


def test_read_existing__shows_only_what_is_asked(aws, account):
    account.add("amiur-a", account_ids=[ALICE, BOB])

    (found,) = existing(aws, usage_query(BOB, kinds=("ec2:Instance",)))

    assert found.extra["usage"] == [{"account_id": BOB, "resource_type": "ec2:Instance", "count": 2}]


def test_read_existing__unknown_is_no_failure_and_not_nobody(aws, account):
    account.add("amiur-a", created=NOW - timedelta(hours=25))

    (found,) = existing(aws)

    assert (found.extra["usage"], found.extra["report_time"], found.failure) == (None, None, None)
    assert "check mode creates no usage report" in found.warnings[0]
    assert aws.operations(*WRITES, "DescribeImageUsageReportEntries") == []


@pytest.mark.parametrize("operation", ["DescribeImageUsageReports", "DescribeImageUsageReportEntries"])
def test_read_existing__what_one_region_refuses_hides_nothing_else(aws, account, operation):
    account.add("amiur-a")
    answer = aws.answers[operation]
    aws.answers[operation] = lambda region, params: Error("Denied") if region == US else answer(region, params)

    lost, found = existing(aws, chosen=(ImageSelector(US, IMAGE_ID), *selectors()))

    assert (lost.failure.code, lost.extra["usage"], lost.warnings) == ("Denied", None, ())
    assert (found.failure, len(found.extra["usage"])) == (None, 4)


def test_read_reports__200_in_a_request(ec2):
    ids = [f"amiur-{number}" for number in range(201)]
    for batch in (ids[:200], ids[200:]):
        ec2.add_response("describe_image_usage_reports", {"ImageUsageReports": []}, {"ReportIds": batch})

    assert usage_reports.read_reports(ec2.client, REGION, ids) == {}
