# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy an AMI to one Region after the other and wait for each, as a loop over a module does; the AMI IDs go to stdout."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import boto3.session

# Far more often than boto3's waiter, which looks every 15 seconds.
LOOK_EVERY = 1.0


def copied(ec2: Any, inputs: dict[str, Any]) -> tuple[str, bool]:
    """The copy in a Region and whether it was made now."""
    by_source = [{"Name": "source-image-id", "Values": [inputs["source"]]}]
    found = ec2.describe_images(Owners=["self"], Filters=by_source)["Images"]
    if found:
        return found[0]["ImageId"], False
    image_id = ec2.copy_image(
        SourceImageId=inputs["source"],
        SourceRegion=inputs["source_region"],
        Name=inputs["name"],
        Encrypted=True,
        KmsKeyId=inputs["key_alias"],
    )["ImageId"]
    while ec2.describe_images(ImageIds=[image_id])["Images"][0]["State"] == "pending":
        time.sleep(LOOK_EVERY)
    return image_id, True


def main() -> None:
    inputs = json.load(sys.stdin)
    session = boto3.session.Session()
    images, changed = {inputs["source_region"]: inputs["source"]}, False
    for region in inputs["regions"]:
        if region != inputs["source_region"]:
            images[region], new = copied(session.client("ec2", region_name=region), inputs)
            changed = changed or new
    print(json.dumps({"images": images, "changed": changed}))


if __name__ == "__main__":
    main()
