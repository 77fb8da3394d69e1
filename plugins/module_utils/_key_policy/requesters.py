# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Those who launch from an AMI on a key: everybody of an organization or unit, everybody of an account, Auto Scaling."""

from __future__ import annotations

from dataclasses import dataclass

from .._kms_grant.model import principal_arn
from .conditions import ABSENT, NO, UNKNOWN, YES, Context, Value, Verdict
from .identifiers import CREATE_GRANT

EVERYBODY = "*"


def of_a_launch(action: str) -> Context:
    """What every request of a launch has. EC2 makes it, so that grants are for an AWS resource; KMS takes TLS only.

    KMS knows kms:GrantIsForAWSResource for CreateGrant, ListGrants and RevokeGrant (KMS Developer Guide, "AWS KMS condition
    keys"). kms:ViaService is left unknown: which requests of a launch have it is not documented.
    """
    return {
        "kms:grantisforawsresource": Value(("true",)) if action.lower() == CREATE_GRANT.lower() else ABSENT,
        "aws:securetransport": Value(("true",)),
        "aws:principalisawsservice": Value(("false",)),
    }


@dataclass(frozen=True)
class OfOrganization:
    """Everybody in an organization; with a path (``o-…/r-…/ou-…/*``) everybody in the accounts there."""

    organization_id: str
    path: str = ""

    def named(self, principals: frozenset[str], denied: bool) -> Verdict:
        """Nobody can be named besides everybody; accounts of it that are denied are some of it."""
        if EVERYBODY in principals:
            return YES
        return UNKNOWN if denied and principals else NO

    def excepted(self, principals: frozenset[str], denied: bool) -> Verdict:
        return UNKNOWN

    def context(self, action: str) -> Context:
        path = Value((self.path or f"{self.organization_id}/*",), listed=True)
        return {
            **of_a_launch(action),
            "aws:principalorgid": Value((self.organization_id,)),
            "aws:principalorgpaths": path,
        }


@dataclass(frozen=True)
class OfAccount:
    """Everybody in an account whom its own IAM policies let."""

    account_id: str
    partition: str

    @property
    def root(self) -> str:
        return principal_arn(self.account_id, self.partition)

    def named(self, principals: frozenset[str], denied: bool) -> Verdict:
        if EVERYBODY in principals or self.root in principals:
            return YES
        return UNKNOWN if denied and self._has_some(principals) else NO

    def excepted(self, principals: frozenset[str], denied: bool) -> Verdict:
        """An exception for the account alone may not be one for its users and roles (IAM User Guide, "NotPrincipal")."""
        return UNKNOWN if self._has_some(principals) else YES

    def _has_some(self, principals: frozenset[str]) -> bool:
        return any(name.split(":")[4:5] == [self.account_id] for name in principals)

    def context(self, action: str) -> Context:
        return {
            **of_a_launch(action),
            "aws:principalaccount": Value((self.account_id,)),
            "kms:calleraccount": Value((self.account_id,)),
            # That of a session is the ARN of its role; federated users are of the other kind.
            "aws:principalarn": Value(
                tuple(f"arn:{self.partition}:{service}::{self.account_id}:*" for service in ("iam", "sts"))
            ),
        }


@dataclass(frozen=True)
class ServiceLinkedRole:
    """A service-linked role, to which the IAM policies of its account give nothing.

    So it is allowed where it is named. Whether it is meant by everybody (``*``), on whatever condition, is not documented.
    """

    arn: str

    @property
    def account_id(self) -> str:
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]

    @property
    def root(self) -> str:
        return principal_arn(self.account_id, self.partition)

    def named(self, principals: frozenset[str], denied: bool) -> Verdict:
        if self.arn in principals:
            return YES
        if EVERYBODY in principals:
            return YES if denied else UNKNOWN
        if denied and self.root in principals:
            return UNKNOWN
        session = f"arn:{self.partition}:sts::{self.account_id}:assumed-role/{self.arn.rpartition('/')[2]}/"
        return UNKNOWN if session in principals else NO

    def excepted(self, principals: frozenset[str], denied: bool) -> Verdict:
        """Who is excepted from what is denied has to be named with its account (IAM User Guide, "NotPrincipal")."""
        if self.arn in principals:
            return UNKNOWN if denied and self.root not in principals else NO
        return YES if denied and self.root not in principals else UNKNOWN

    def context(self, action: str) -> Context:
        return {
            **of_a_launch(action),
            "aws:principalarn": Value((self.arn,), documented=False),
            "aws:principalaccount": Value((self.account_id,), documented=False),
            "kms:calleraccount": Value((self.account_id,), documented=False),
        }
