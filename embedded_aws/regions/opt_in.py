# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opt-in Regions: which are switched off, and what they answer.

A Region that is not enabled knows no credentials of the account: EC2 says AuthFailure
(https://github.com/NixOS/infra/issues/105), KMS says UnrecognizedClientException. moto serves all Regions.
"""

from __future__ import annotations

from typing import Any

from ..api.call import Call

# AWS Account Management reference, "Enable or disable AWS Regions": the Regions that are off in a new account.
OPT_IN_REGIONS = frozenset(
    [
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
    ]
)
_not_opted_in: set[str] = set(OPT_IN_REGIONS)


def set_not_opted_in(regions: list[str]) -> None:
    """Switch exactly these Regions off."""
    global _not_opted_in
    _not_opted_in = set(regions)


def reset() -> None:
    """All opt-in Regions are off, as in a new account."""
    set_not_opted_in(sorted(OPT_IN_REGIONS))


def opt_in_status(region: str) -> str:
    """OptInStatus as DescribeRegions reports it."""
    if region in _not_opted_in:
        return "not-opted-in"
    return "opted-in" if region in OPT_IN_REGIONS else "opt-in-not-required"


def refusal(call: Call) -> dict[str, Any] | None:
    """The error of a Region that is not enabled, or None when the call may pass."""
    if call.region not in _not_opted_in:
        return None
    if call.service == "ec2":
        message = "AWS was not able to validate the provided access credentials"
        return {"code": "AuthFailure", "message": message, "status": 401}
    message = "The security token included in the request is invalid."
    if call.service == "kms":
        return {"code": "UnrecognizedClientException", "message": message, "status": 400}
    if call.service == "sts":
        return {"code": "InvalidClientTokenId", "message": message, "status": 403}
    return None
