# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS's refusals mean for a check: a verdict about the AMI, or something that the check itself lacks."""

from __future__ import annotations

import re

from .._base.advice import DENIED, THROTTLED, UNREACHABLE, is_about_credentials
from .._base.outcome import REGION_NOT_ENABLED, Failure
from .model import Verdict, Whose, Word

# IAM User Guide, "Troubleshoot access denied error messages": what refuses the role itself, and no one else in its account.
_OF_THE_ROLE = re.compile(r"identity-based policy|permissions boundary|session policy")
# What DescribeImages has just shown can be gone for RunInstances, which asks other machines.
_NOT_SHARED = ("AuthFailure", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")
_LACKING = {
    "VPCIdNotSpecified": "The account has no default VPC there: name a subnet by its tags (subnet_tags), or make a default VPC.",
    "MissingInput": "The default VPC has no subnet there: name a subnet by its tags (subnet_tags), or make default subnets.",
    "InvalidSubnetID.NotFound": "The subnet is gone: run again.",
    "InsufficientFreeAddressesInSubnet": "The subnet has no free address: name another one by its tags (subnet_tags).",
    "InvalidParameterValue": "Often: the instance type does not fit the AMI's architecture or the Region. Give instance_type.",
    "Unsupported": "The instance type does not exist there, or does not fit the AMI: give another instance_type.",
    "InsufficientInstanceCapacity": "AWS has no room for this instance type now: run again later, or give another instance_type.",
    "InstanceLimitExceeded": "The account's quota of instances is reached there: have it raised, or terminate some.",
    "VcpuLimitExceeded": "The account's quota of vCPUs is reached there: have it raised, or terminate some instances.",
    "PendingVerification": "AWS verifies the account for this Region, which takes up to four hours: run again later.",
    "InvalidInstanceType": "Give an instance_type that exists there.",
}


def unreachable(failure: Failure) -> Verdict | None:
    """The verdict where the account, the Region or AWS itself does not answer; None for any other refusal."""
    code = failure.code
    if code == REGION_NOT_ENABLED:
        cure = "Enable the Region for the account (account:EnableRegion), or leave it out."
        return Verdict(Word.NOT_REACHABLE, "The Region is not enabled in this account", cure, Whose.CONSUMER, failure)
    if code in THROTTLED or code in UNREACHABLE or code == "ResponseParserError":
        return Verdict(
            Word.NOT_REACHABLE, f"AWS does not answer {failure.action} ({code})", failure.next_step, None, failure
        )
    if is_about_credentials(code):
        return Verdict(
            Word.NOT_REACHABLE, f"AWS does not take the credentials ({code})", failure.next_step, None, failure
        )
    return None


def not_assumed(failure: Failure) -> Verdict:
    """The role could not be assumed."""
    answered = unreachable(failure)
    if answered:
        return answered
    cure = (
        "Make the role in the account and let the caller in by its trust policy (with the external ID, if it asks for one). "
        "Allow sts:AssumeRole on it in the caller's own policies."
    )
    return Verdict(Word.NOT_REACHABLE, f"The role could not be assumed ({failure.code})", cure, Whose.CONSUMER, failure)


def not_read(failure: Failure) -> Verdict:
    """The account could be reached, and what has to be read there could not."""
    answered = unreachable(failure)
    if answered:
        return answered
    if not failure.action:
        return Verdict(Word.NOT_TESTED, failure.message, failure.next_step, None, failure)
    cure = f"Allow {failure.action} to the role." if failure.code in DENIED else failure.next_step
    return Verdict(Word.NOT_TESTED, f"AWS refuses {failure.action} ({failure.code})", cure, Whose.CONSUMER, failure)


def not_launched(failure: Failure, tagged: bool) -> Verdict:
    """RunInstances was refused, in a dry run or for real.

    :param tagged: the same request has passed a dry run without tags, so that a denial is about the tags.
    """
    code = failure.code
    if code in _NOT_SHARED:
        cure = "Share it (golden.ami.image_share). If it was shared or changed within the last minutes, run again."
        reason = f"EC2 lists it, and does not let the account launch it ({code})"
        return Verdict(Word.NOT_SHARED, reason, cure, Whose.OWNER, failure)
    answered = unreachable(failure)
    if answered:
        return answered
    if code in DENIED and tagged:
        cure = "Allow ec2:CreateTags on instances and volumes that ec2:RunInstances makes to the role."
        return Verdict(
            Word.NOT_TESTED, "The role may launch, and may not tag what it launches", cure, Whose.CONSUMER, failure
        )
    if code in DENIED:
        cure = "Allow ec2:RunInstances for this AMI in the role's policies, and see the organization's policies (SCPs, RCPs)."
        return Verdict(
            Word.LAUNCH_DENIED, "The role may not launch it (ec2:RunInstances)", cure, Whose.CONSUMER, failure
        )
    if code == "OptInRequired":
        cure = "Subscribe to the AMI's product in AWS Marketplace, in this account."
        return Verdict(
            Word.LAUNCH_DENIED, "The account is not subscribed to the AMI's product", cure, Whose.CONSUMER, failure
        )
    cure = _LACKING.get(code) or failure.next_step or "See AWS's message."
    return Verdict(Word.NOT_TESTED, f"RunInstances could not be tried: {code}", cure, Whose.CONSUMER, failure)


def is_of_the_role(failure: Failure) -> bool:
    """Whether AWS says that the role's own policies refuse, which is no verdict about the key or the account."""
    return bool(_OF_THE_ROLE.search(failure.message))
