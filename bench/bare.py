# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bare scripts have in common: a thread for each Region, and in it only calls that tell or do something.

They know no failure, no other terms of an existing grant, no diff and no check mode; their time is what AWS and boto3 need.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3.session
import botocore.config

# Calls about grants at once in a Region. More make nothing faster: the embedded AWS and Python's lock are the limit.
GRANT_THREADS = 8
# The most that ListGrants returns in one page.
GRANTS_PAGE = 100
# Seconds between two looks at what takes time.
LOOK_EVERY = 1.0

Work = Callable[[Any, Any, str, dict[str, Any]], int]


def run(work: Work) -> None:
    """Call ``work(ec2, kms, region, inputs)`` for each of the inputs' Regions, and print how many writes they say they made."""
    inputs = json.loads(Path(sys.argv[1]).read_text())
    session = boto3.session.Session()
    config = botocore.config.Config(max_pool_connections=GRANT_THREADS)
    jobs = [
        (
            session.client("ec2", region_name=region),
            session.client("kms", region_name=region, config=config),
            region,
            inputs,
        )
        for region in inputs["regions"]
    ]
    with ThreadPoolExecutor(len(jobs)) as pool:
        writes = sum(pool.map(lambda job: work(*job), jobs))
    print(f"changed={writes}")


def keys_behind(ec2: Any, image_id: str) -> set[str]:
    """The keys of an AMI's snapshots."""
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    snapshot_ids = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"] if "Ebs" in mapping]
    snapshots = ec2.describe_snapshots(SnapshotIds=snapshot_ids)["Snapshots"]
    return {one["KmsKeyId"] for one in snapshots if one["Encrypted"]}


def allowed(ec2: Any, image_id: str) -> set[str]:
    """The accounts that may launch an AMI."""
    listed = ec2.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")["LaunchPermissions"]
    return {entry["UserId"] for entry in listed if "UserId" in entry}


def allow(ec2: Any, image_id: str, accounts: Iterable[str]) -> int:
    """Add the missing launch permissions of one AMI."""
    present = allowed(ec2, image_id)
    missing = [{"UserId": account} for account in accounts if account not in present]
    if missing:
        ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": missing})
    return int(bool(missing))


def grants(kms: Any, key: str) -> list[dict[str, Any]]:
    pages = kms.get_paginator("list_grants").paginate(KeyId=key, PaginationConfig={"PageSize": GRANTS_PAGE})
    return [grant for page in pages for grant in page["Grants"]]


def grant(kms: Any, key: str, wanted: Iterable[dict[str, Any]]) -> int:
    """Make the missing grants of one key."""
    present = {(one["GranteePrincipal"], frozenset(one["Operations"])) for one in grants(kms, key)}
    missing = [one for one in wanted if (one["grantee_principal"], frozenset(one["operations"])) not in present]

    def create(one: dict[str, Any]) -> None:
        kms.create_grant(
            KeyId=key, GranteePrincipal=one["grantee_principal"], Operations=one["operations"], Name=one["name"]
        )

    return at_once(create, missing)


def at_once(call: Callable[[Any], Any], items: list[Any]) -> int:
    """Call for each of the items, some at the same time; returns how many there were."""
    if items:
        with ThreadPoolExecutor(GRANT_THREADS) as pool:
            list(pool.map(call, items))
    return len(items)
