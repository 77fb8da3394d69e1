# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an account can use the keys of an AMI, from what KMS says to its role.

Known false negatives, which the reasons name. A direct call is refused where the key policy lets the account in through EC2
alone (kms:ViaService), and CreateGrant where it lets AWS services alone make grants (kms:GrantIsForAWSResource), although a
launch works. So a refused CreateGrant alone is no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._base.outcome import Failure
from .model import Facts, KeyProbe, Verdict, Whose, Word
from .refusals import is_of_the_role, unreachable

DESCRIBE = "DescribeKey"
CREATE_GRANT = "CreateGrant"
_SHARE = "Let the account use the key: golden.ami.image_share, or golden.ami.kms_grant."
_LAUNCH = "launch=true tells."


def judge_keys(facts: Facts) -> Verdict | None:
    """The first key that cannot be used; None where all can, and for an AMI that is not encrypted."""
    if facts.key_arns is None:
        cure = f"Use the AMI owner's credentials for the task, or name its keys (kms_key_arns). {_LAUNCH}"
        return Verdict(Word.NOT_TESTED, "The AMI is encrypted, and its key could not be read", cure, Whose.OWNER)
    found = [verdict for arn in facts.key_arns for verdict in _of_key(facts.keys[arn])]
    # What is certain comes before what could not be tested.
    return min(found, key=lambda verdict: verdict.word != Word.KEY_DENIED, default=None)


def _of_key(probe: KeyProbe | Failure) -> Iterator[Verdict]:
    if isinstance(probe, Failure):
        yield _unusable(DESCRIBE, probe)
        return
    if probe.state and probe.state != "Enabled":
        yield Verdict(Word.KEY_DENIED, f"The AMI's key is in state {probe.state}", "Enable the key.", Whose.OWNER)
    denied = dict(probe.denied)
    grant = denied.pop(CREATE_GRANT, None)
    if denied:
        (first, *_others) = denied.values()
        yield _unusable(", ".join(denied), first)
    elif grant:
        yield _no_grant(grant)


def _unusable(operations: str, failure: Failure) -> Verdict:
    answered = unreachable(failure)
    if answered:
        return answered
    if is_of_the_role(failure):
        cure = f"Allow kms:{operations.replace(', ', ', kms:')} on the key's ARN in the role's policies."
        return Verdict(
            Word.NOT_TESTED,
            f"The role's own policies do not let it try the AMI's key ({operations})",
            cure,
            Whose.CONSUMER,
            failure,
        )
    if failure.code == "NotFoundException":
        return Verdict(
            Word.KEY_DENIED,
            "The AMI's key does not exist",
            "Copy the AMI under a key that exists.",
            Whose.OWNER,
            failure,
        )
    if failure.code in ("DisabledException", "KMSInvalidStateException"):
        return Verdict(
            Word.KEY_DENIED, f"The AMI's key cannot be used ({failure.code})", "Enable the key.", Whose.OWNER, failure
        )
    cure = (
        f"{_SHARE} The role's own policies must allow it, too. Where the key policy lets the account in through EC2 alone "
        f"(kms:ViaService), KMS refuses direct calls, and a launch works all the same: {_LAUNCH}"
    )
    return Verdict(Word.KEY_DENIED, f"The account may not use the AMI's key ({operations})", cure, Whose.OWNER, failure)


def _no_grant(failure: Failure) -> Verdict:
    answered = unreachable(failure)
    if answered:
        return answered
    if is_of_the_role(failure):
        return _unusable(CREATE_GRANT, failure)
    cure = (
        f"{_LAUNCH[0].upper()}{_LAUNCH[1:]} Or let the account make grants without the condition kms:GrantIsForAWSResource "
        "(golden.ami.image_share does)."
    )
    reason = "KMS lets the account use the AMI's key, and make no grant itself; whether EC2 may make one for it cannot be told"
    return Verdict(Word.NOT_TESTED, reason, cure, Whose.OWNER, failure)
