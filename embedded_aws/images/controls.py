# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no API call does to an AMI."""

from __future__ import annotations

from typing import Any

from .finding import find_image

STATES = ("pending", "available", "failed", "disabled", "error", "invalid", "transient", "deregistered")


def change(body: Any, region: str, image_id: str) -> dict[str, str]:
    """States that no API call reaches, and product codes, which only AWS Marketplace sets."""
    image = find_image(region, image_id)
    if image is None or body.get("account", image.owner_id) != image.owner_id:
        raise LookupError(f"no image {image_id} in {region}")
    if "state" in body:
        if body["state"] not in STATES:
            raise ValueError(f"no such state: {body['state']}")
        image.state = body["state"]
    if body.get("state_reason"):
        image.state_reason = {"Code": "Client.InternalError", "Message": body["state_reason"]}
    elif "state" in body:
        image.state_reason = None
    if "product_codes" in body:
        image.product_codes = set(body["product_codes"])
    return {"status": "ok"}
