# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage reports: what they count, and how they go."""

from __future__ import annotations


def test_usage_report(cloud):
    image = cloud.image()
    cloud.share(image, {"UserId": cloud.consumer})
    consumer = cloud.ec2(cloud.consumer)
    for _launch in range(2):
        consumer.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    consumer.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"ImageId": image})
    kinds = [{"ResourceType": "ec2:Instance"}, {"ResourceType": "ec2:LaunchTemplate"}]
    with cloud.refused("AuthFailure"):
        consumer.create_image_usage_report(ImageId=image, ResourceTypes=kinds)
    ec2 = cloud.ec2()
    report = ec2.create_image_usage_report(ImageId=image, ResourceTypes=kinds)["ReportId"]
    assert ec2.describe_image_usage_reports(ReportIds=[report])["ImageUsageReports"][0]["State"] == "available"
    entries = ec2.describe_image_usage_report_entries(ReportIds=[report])["ImageUsageReportEntries"]
    found = {(one["AccountId"], one["ResourceType"]): one["UsageCount"] for one in entries}
    assert found == {(cloud.consumer, "ec2:Instance"): 2, (cloud.consumer, "ec2:LaunchTemplate"): 1}
    other = ec2.create_image_usage_report(ImageId=image, ResourceTypes=kinds, AccountIds=[cloud.stranger])["ReportId"]
    assert ec2.describe_image_usage_report_entries(ReportIds=[other])["ImageUsageReportEntries"] == []
    ec2.delete_image_usage_report(ReportId=other)
    assert len(ec2.describe_image_usage_reports(ImageIds=[image])["ImageUsageReports"]) == 1


def test_usage_report__takes_time_and_may_fail(cloud):
    good, bad = cloud.image(), cloud.image(name="bad")
    end = {"state": "error", "state_reason": "Too many resources"}
    cloud.aws.set_usage_reports(looks=2, ends={bad: end})
    ec2, kinds = cloud.ec2(), [{"ResourceType": "ec2:Instance"}]
    reports = [ec2.create_image_usage_report(ImageId=one, ResourceTypes=kinds)["ReportId"] for one in (good, bad)]

    def look():
        found = ec2.describe_image_usage_reports(ReportIds=reports)["ImageUsageReports"]
        return [(one["State"], one.get("StateReason")) for one in found]

    assert [look(), look(), look()] == [
        [("pending", None)] * 2,
        [("pending", None)] * 2,
        [("available", None), ("error", "Too many resources")],
    ]
    assert ec2.describe_image_usage_report_entries(ReportIds=reports)["ImageUsageReportEntries"] == []


def test_usage_report__a_token_makes_one_report(cloud):
    ec2, image = cloud.ec2(), cloud.image()
    request = {"ImageId": image, "ResourceTypes": [{"ResourceType": "ec2:Instance"}], "ClientToken": "once"}
    first, again = (ec2.create_image_usage_report(**request)["ReportId"] for _one in "ab")
    assert first == again
    other = ec2.create_image_usage_report(**{**request, "ClientToken": "twice"})["ReportId"]
    assert other != first
