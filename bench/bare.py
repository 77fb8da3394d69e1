# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that shares an AMI: one thread for a Region, in it only calls that tell or do something.

It knows no failure, no other terms of an existing grant, no diff and no check mode; its time is what AWS and boto3 need.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3.session
import botocore.config

# CreateGrant calls at once in a Region. More make nothing faster: the embedded AWS and Python's lock are the limit.
GRANT_THREADS = 8
# The most that ListGrants returns in one page.
GRANTS_PAGE = 100


def share(ec2: Any, kms: Any, image_id: str, wanted: list[dict[str, Any]], accounts: list[str]) -> int:
    """Share in one Region; returns the number of writes."""
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    snapshot_ids = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"] if "Ebs" in mapping]
    snapshots = ec2.describe_snapshots(SnapshotIds=snapshot_ids)["Snapshots"]
    writes = sum(grant(kms, key, wanted) for key in {one["KmsKeyId"] for one in snapshots if one["Encrypted"]})
    listed = ec2.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")["LaunchPermissions"]
    present = {entry.get("UserId") for entry in listed}
    missing = [{"UserId": account} for account in accounts if account not in present]
    if missing:
        ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": missing})
    return writes + bool(missing)


def grant(kms: Any, key: str, wanted: list[dict[str, Any]]) -> int:
    """Make the missing grants of one key."""
    pages = kms.get_paginator("list_grants").paginate(KeyId=key, PaginationConfig={"PageSize": GRANTS_PAGE})
    present = {(one["GranteePrincipal"], frozenset(one["Operations"])) for page in pages for one in page["Grants"]}
    missing = [one for one in wanted if (one["grantee_principal"], frozenset(one["operations"])) not in present]

    def create(one: dict[str, Any]) -> None:
        kms.create_grant(
            KeyId=key, GranteePrincipal=one["grantee_principal"], Operations=one["operations"], Name=one["name"]
        )

    if missing:
        with ThreadPoolExecutor(GRANT_THREADS) as pool:
            list(pool.map(create, missing))
    return len(missing)


def main() -> None:
    inputs = json.loads(Path(sys.argv[1]).read_text())
    session = boto3.session.Session()
    config = botocore.config.Config(max_pool_connections=GRANT_THREADS)
    jobs = [
        (
            session.client("ec2", region_name=region),
            session.client("kms", region_name=region, config=config),
            image_id,
            inputs["grants"],
            inputs["account_ids"],
        )
        for region, image_id in inputs["images"].items()
    ]
    with ThreadPoolExecutor(len(jobs)) as pool:
        writes = sum(pool.map(lambda job: share(*job), jobs))
    print(f"changed={writes}")


if __name__ == "__main__":
    main()
