# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is calling, and which Regions are not enabled: asked only after something failed, to make the message useful."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .._base import answers
from .._base.advice import NO_CREDENTIALS, UNREACHABLE, is_about_credentials
from .._base.outcome import INTERNAL_ERROR, NOT_FOUND, REGION_NOT_ENABLED, Failure
from . import regions
from .errors import AwsCallError, calling
from .regions import known_regions
from .session import Aws

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
        if failure.caller:
            return failure
        if failure.code == NOT_FOUND and ":" in self.caller:
            # Most often the credentials are of another account than was thought.
            account, message = self.caller.split(":")[4], failure.message.rstrip(".")
            return replace(failure, message=f"{message}; it was looked for in account {account}, as {self.caller}.")
        if not failure.action:
            return failure
        failure = replace(failure, caller=self.caller)
        if failure.region not in self.not_enabled or not is_about_credentials(failure.code):
            return failure
        return replace(
            failure,
            code=REGION_NOT_ENABLED,
            message=f"{failure.region} is not enabled for this account; AWS says {failure.code}: {failure.message}",
            next_step="Enable the Region for the account (account:EnableRegion), or leave it out.",
        )


def diagnose(aws: Aws, failures: Iterable[Failure]) -> Diagnosis:
    """Make nothing worse: at most two calls, and none when AWS was never asked anything or cannot be reached.

    Neither call is tried again or waited for long, and nothing that one of them raises gets out of here: what a run has
    written is still to be reported.
    """
    try:
        return _diagnose(aws.in_a_hurry(), [one for one in failures if _is_worth_a_call(one)])
    except Exception:
        return Diagnosis()


def _is_worth_a_call(failure: Failure) -> bool:
    """Where AWS was asked, and answered; and for what was not found, whoever says so."""
    if failure.caller or failure.code in (*UNREACHABLE, INTERNAL_ERROR):
        return False
    return bool(failure.action) or failure.code == NOT_FOUND


def _diagnose(aws: Aws, asked: Sequence[Failure]) -> Diagnosis:
    if not asked:
        return Diagnosis()
    if all(failure.code in NO_CREDENTIALS for failure in asked):
        return Diagnosis(caller="nobody (no credentials)")
    home = _home(next((one.region for one in asked if one.region), ""))
    caller, known = _caller(aws, home)
    suspicious = {failure.region for failure in asked if is_about_credentials(failure.code)}
    return Diagnosis(caller, _not_enabled(aws, home, suspicious) if known and suspicious else frozenset())


def _home(region: str) -> str:
    return HOME_REGIONS.get(known_regions().get(region, ""), region)


def _caller(aws: Aws, region: str) -> tuple[str, bool]:
    try:
        aws.prepare("sts", [region])
        with calling("sts:GetCallerIdentity", region):
            return answers.text(aws.client("sts", region).get_caller_identity(), "Arn"), True
    except AwsCallError:
        key = aws.access_key()
        return (f"access key {key}" if key else "an unknown caller"), False


def _not_enabled(aws: Aws, region: str, suspicious: Iterable[str]) -> frozenset[str]:
    try:
        aws.prepare("ec2", [region])
        return regions.read_not_enabled_regions(aws.client("ec2", region), region).intersection(suspicious)
    except AwsCallError:
        return frozenset()
