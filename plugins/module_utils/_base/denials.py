# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What denied a call, as far as AWS's message says it, and where that is cured.

The phrases are those of the IAM User Guide, "Troubleshoot access denied error messages": ``with an explicit deny in a TYPE
policy`` and ``because no TYPE policy allows the ACTION action``, in newer messages with the ARN of the policy behind it. A
message without them says nothing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

IDENTITY, RESOURCE = "identity-based", "resource-based"
_PLACES = {
    IDENTITY: "the caller's IAM policies",
    "service control": (
        "the service control policies that apply to the caller's account, in the organization's management account"
    ),
    "resource control": (
        "the resource control policies that apply to the account of the resource, in its organization's management account"
    ),
    "permissions boundary": "the caller's permissions boundary",
    "session": "the session policy that was passed when the role was assumed",
    "VPC endpoint": "the policy of the VPC endpoint through which the call goes",
}
_KIND = "|".join([*_PLACES, RESOURCE])
_STATED = re.compile(
    rf"(?:(?P<explicit>explicit deny in an?)|because no) (?P<kind>{_KIND})\b(?:[^:]*: ?(?P<policy>arn:\S+))?",
    re.IGNORECASE,
)
_USER = re.compile(r"\bUser: (?P<arn>arn:[^:\s]+:[^:\s]+:[^:\s]*:(?P<account>\d{12}):\S+)")
_RESOURCE = re.compile(r"\bon resource: (?P<arn>arn:\S+)")
_ACCOUNT_OF_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:(\d{12}):")
# KMS answers so about the keys of other accounts, whether they exist or not.
_OF_ANOTHER_ACCOUNT = "no resource-based policies allow access"
# What no policy lets another account do (KMS API reference, "Cross-account use: No").
_OF_THE_OWNER = ("kms:GetKeyPolicy", "kms:PutKeyPolicy")


@dataclass(frozen=True)
class Denial:
    """``kind`` is the type of the policy, empty where AWS does not say it; the accounts are empty where they are not known."""

    kind: str = ""
    explicit: bool = False
    policy: str = ""
    caller: str = ""
    caller_account: str = ""
    owner: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether the resource is known to be of another account than the caller."""
        return bool(self.owner and self.caller_account and self.owner != self.caller_account)


def read_denial(message: str, resource: str = "") -> Denial:
    """:param resource: the ARN of what the call was about, where it is known and the message does not tell it."""
    stated, user, named = _STATED.search(message), _USER.search(message), _RESOURCE.search(message)
    owner = _ACCOUNT_OF_ARN.match(named.group("arn") if named else resource)
    kind = stated.group("kind") if stated else RESOURCE if _OF_ANOTHER_ACCOUNT in message else ""
    return Denial(
        next((known for known in (*_PLACES, RESOURCE) if known.lower() == kind.lower()), ""),
        bool(stated and stated.group("explicit")),
        (stated.group("policy") or "").rstrip(".") if stated else "",
        user.group("arn") if user else "",
        user.group("account") if user else "",
        owner.group(1) if owner else "",
    )


def cure(action: str, denial: Denial) -> str:
    """What is to be done where; empty where AWS does not say what denied the call, and it is about no other account."""
    if action in _OF_THE_OWNER and denial.owner and denial.owner != denial.caller_account:
        return (
            f"Use credentials of account {denial.owner}, which owns the key: nobody else can read or write its policy."
        )
    if denial.kind in _PLACES:
        return _in_a_policy(action, denial)
    if action.startswith("kms:"):
        return _of_a_key(action, denial)
    if denial.kind == RESOURCE and action.startswith("sts:AssumeRole"):
        return f"{_verb(action, denial)} the role's trust policy."
    return f"{_verb(action, denial)} the policy of the resource." if denial.kind == RESOURCE else ""


def _verb(action: str, denial: Denial) -> str:
    return f"Remove what denies {action} from" if denial.explicit else f"Allow {action} in"


def _in_a_policy(action: str, denial: Denial) -> str:
    named = f" ({denial.policy})" if denial.policy else ""
    step = f"{_verb(action, denial)} {_PLACES[denial.kind]}{named}."
    if denial.kind != IDENTITY:
        return f"{step} An Allow in the caller's IAM policies does not help against it."
    if denial.is_foreign and not denial.explicit and action.startswith("kms:"):
        return f"{step} Name the key's ARN there: account {denial.owner} owns the key, and its key policy allows the caller."
    return step


def _of_a_key(action: str, denial: Denial) -> str:
    if denial.kind == RESOURCE and denial.explicit:
        where = f" in account {denial.owner}" if denial.is_foreign else ""
        return f"Remove what denies {action} from the key policy{where}. No Allow in an IAM policy helps against it."
    if denial.is_foreign:
        return (
            f"Account {denial.owner} owns the key: let its key policy allow {action} to {denial.caller}, or to account "
            f"{denial.caller_account}, and allow {action} on the key's ARN in the caller's IAM policies. It takes both."
        )
    if denial.kind == RESOURCE and denial.owner:
        return (
            f"Allow {action} to the caller in the key policy; or let the key policy leave it to the IAM policies of account "
            f"{denial.owner}, and allow it there."
        )
    return ""
