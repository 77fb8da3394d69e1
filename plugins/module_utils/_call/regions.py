# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Regions that botocore knows, from its data files: no Session and no call.

botocore is imported where it is used: plugins on the controller load this file, and nothing there needs botocore to start.
"""

from __future__ import annotations

import functools
from typing import Any

from .._base import answers


@functools.cache
def known_regions() -> dict[str, str]:
    """Region name to partition, for every Region with EC2 in the installed botocore; empty without botocore."""
    try:
        from botocore.loaders import Loader
    except ImportError:
        return {}  # AnsibleAWSModule reports a missing SDK
    partitions = Loader().load_data("endpoints")["partitions"]
    return {
        region: partition["partition"]
        for partition in partitions
        for region in partition["services"].get("ec2", {}).get("endpoints", {})
        if region in partition["regions"]
    }


def read_not_enabled_regions(client: Any, region: str) -> frozenset[str]:
    """Regions that the account has not opted in to; in them every call looks as if the credentials were wrong."""
    from .errors import calling

    with calling("ec2:DescribeRegions", region):
        answer = client.describe_regions(
            AllRegions=True, Filters=[{"Name": "opt-in-status", "Values": ["not-opted-in"]}]
        )
        return frozenset(answers.text(entry, "RegionName") for entry in answers.entries(answer, "Regions"))
