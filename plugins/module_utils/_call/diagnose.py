# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is calling, and which Regions are not enabled: asked only after something failed, to make the message useful."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .._base.advice import CREDENTIALS_MISSING, UNREACHABLE, is_about_credentials
from .._base.outcome import REGION_NOT_ENABLED, Failure
from . import regions
from .errors import AwsCallError, calling
from .regions import known_regions
from .session import Aws, UnusableConnectionError

# Regions that an account cannot switch off, one for each partition, to ask about the others.
HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True)
class Diagnosis:
    """``caller``: an ARN, or what is known instead; ``not_enabled``: of the Regions that failed."""

    caller: str = ""
    not_enabled: frozenset[str] = frozenset()

    def explain(self, failure: Failure) -> Failure:
        """The failure with the caller, and with the Region as its cause where that is the cause.

        One that names its caller already is about other credentials, of a role in another account.
        """
        if not failure.action or failure.caller:
            return failure
        failure = replace(failure, caller=failure.caller or self.caller)
        if failure.region not in self.not_enabled or not is_about_credentials(failure.code):
            return failure
        return replace(
            failure,
            code=REGION_NOT_ENABLED,
            message=f"{failure.region} is not enabled for this account; AWS says {failure.code}: {failure.message}",
            next_step="Enable the Region for the account (account:EnableRegion), or leave it out.",
        )


def diagnose(aws: Aws, failures: Iterable[Failure]) -> Diagnosis:
    """Make nothing worse: at most two calls, and none when AWS was never asked anything or cannot be reached."""
    asked = [one for one in failures if one.action and not one.caller and one.code not in UNREACHABLE]
    if not asked:
        return Diagnosis()
    if all(failure.code in CREDENTIALS_MISSING for failure in asked):
        return Diagnosis(caller="nobody (no credentials)")
    home = _home(asked[0].region)
    caller, known = _caller(aws, home)
    suspicious = {failure.region for failure in asked if is_about_credentials(failure.code)}
    return Diagnosis(caller, _not_enabled(aws, home, suspicious) if known and suspicious else frozenset())


def _home(region: str) -> str:
    return HOME_REGIONS.get(known_regions().get(region, ""), region)


def _caller(aws: Aws, region: str) -> tuple[str, bool]:
    try:
        aws.prepare("sts", [region])
        with calling("sts:GetCallerIdentity", region):
            return str(aws.client("sts", region).get_caller_identity()["Arn"]), True
    except (AwsCallError, UnusableConnectionError):
        key = aws.access_key()
        return (f"access key {key}" if key else "an unknown caller"), False


def _not_enabled(aws: Aws, region: str, suspicious: Iterable[str]) -> frozenset[str]:
    try:
        aws.prepare("ec2", [region])
        return regions.read_not_enabled_regions(aws.client("ec2", region), region).intersection(suspicious)
    except (AwsCallError, UnusableConnectionError):
        return frozenset()
