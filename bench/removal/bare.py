# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that stops sharing an AMI with some accounts: usage asked for, launch permissions first, then the grants.

Unlike the role it does not look whether another AMI with the key is still shared with them.
"""

from __future__ import annotations

import time
from typing import Any

from bench.bare import LOOK_EVERY, allowed, at_once, grants, keys_behind, run


def remove(ec2: Any, kms: Any, region: str, inputs: dict[str, Any]) -> int:
    image_id = inputs["images"][region]
    present = allowed(ec2, image_id)
    going = [account for account in inputs["leaving"] if account in present]
    if going:
        stop_if_used(ec2, image_id, going)
        removed = [{"UserId": account} for account in going]
        ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Remove": removed})
    return int(bool(going)) + sum(revoke(kms, key, inputs["leaving"]) for key in keys_behind(ec2, image_id))


def stop_if_used(ec2: Any, image_id: str, accounts: list[str]) -> None:
    kinds = [{"ResourceType": "ec2:Instance"}, {"ResourceType": "ec2:LaunchTemplate"}]
    report = ec2.create_image_usage_report(ImageId=image_id, ResourceTypes=kinds, AccountIds=accounts)["ReportId"]
    while ec2.describe_image_usage_reports(ReportIds=[report])["ImageUsageReports"][0]["State"] == "pending":
        time.sleep(LOOK_EVERY)
    used = ec2.describe_image_usage_report_entries(ReportIds=[report])["ImageUsageReportEntries"]
    ec2.delete_image_usage_report(ReportId=report)
    if used:
        raise SystemExit(f"{image_id} is in use: {used}")


def revoke(kms: Any, key: str, accounts: list[str]) -> int:
    grantees = {f"arn:aws:iam::{account}:root" for account in accounts}
    to_revoke = [one["GrantId"] for one in grants(kms, key) if one["GranteePrincipal"] in grantees]
    return at_once(lambda grant_id: kms.revoke_grant(KeyId=key, GrantId=grant_id), to_revoke)


if __name__ == "__main__":
    run(remove)
