# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that shares an AMI in each of its Regions."""

from __future__ import annotations

from typing import Any

from bench.bare import allow, grant, keys_behind, run


def share(ec2: Any, kms: Any, region: str, inputs: dict[str, Any]) -> int:
    image_id = inputs["images"][region]
    writes = sum(grant(kms, key, inputs["grants"]) for key in keys_behind(ec2, image_id))
    return writes + allow(ec2, image_id, inputs["account_ids"])


if __name__ == "__main__":
    run(share)
