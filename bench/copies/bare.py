# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that copies an AMI to the Regions that lack it and shares it there: grants are made while the copies run."""

from __future__ import annotations

import time
from typing import Any

from bench.bare import LOOK_EVERY, allow, grant, run


def copy_and_share(ec2: Any, kms: Any, region: str, inputs: dict[str, Any]) -> int:
    key = kms.describe_key(KeyId=inputs["key_alias"])["KeyMetadata"]["Arn"]
    image, writes = inputs["source"], 0
    if region != inputs["source_region"]:
        by_source = [{"Name": "source-image-id", "Values": [inputs["source"]]}]
        found = ec2.describe_images(Owners=["self"], Filters=by_source)["Images"]
        writes = int(not found)
        image = found[0]["ImageId"] if found else copy(ec2, key, inputs)
    writes += grant(kms, key, inputs["grants"])
    while writes and ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "pending":
        time.sleep(LOOK_EVERY)
    return writes + allow(ec2, image, inputs["account_ids"])


def copy(ec2: Any, key: str, inputs: dict[str, Any]) -> str:
    answer = ec2.copy_image(
        SourceImageId=inputs["source"],
        SourceRegion=inputs["source_region"],
        Name=inputs["name"],
        Encrypted=True,
        KmsKeyId=key,
    )
    return str(answer["ImageId"])


if __name__ == "__main__":
    run(copy_and_share)
