# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no API call does to an AMI."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .finding import find_image

STATES = ("pending", "available", "failed", "disabled", "error", "invalid", "transient", "deregistered")
WORDS = {"account", "state", "state_reason", "product_codes", "creation_date"}


def change(body: Any, region: str, image_id: str) -> dict[str, str]:
    """States that no API call reaches, product codes, which only AWS Marketplace sets, and when the AMI was made."""
    unknown = set(body) - WORDS
    if unknown:
        raise ValueError(f"unknown words: {sorted(unknown)}")
    image = find_image(region, image_id)
    if image is None or body.get("account", image.owner_id) != image.owner_id:
        raise LookupError(f"no image {image_id} in {region}")
    if "state" in body and body["state"] not in STATES:
        raise ValueError(f"no such state: {body['state']}")
    if "creation_date" in body:
        image.creation_date = _in_utc(body["creation_date"])
    if "state" in body:
        image.state = body["state"]
    if body.get("state_reason"):
        image.state_reason = {"Code": "Client.InternalError", "Message": body["state_reason"]}
    elif "state" in body:
        image.state_reason = None
    if "product_codes" in body:
        image.product_codes = set(body["product_codes"])
    return {"status": "ok"}


def _in_utc(text: str) -> datetime:
    """As moto keeps dates: in UTC, without saying so."""
    date = datetime.fromisoformat(text)
    if date.tzinfo is None:
        raise ValueError(f"a date without its time zone: {text}")
    return date.astimezone(UTC).replace(tzinfo=None)
