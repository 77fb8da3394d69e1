# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts belong to which organizations and units, as far as AWS Organizations was asked and answered."""

from __future__ import annotations

from collections.abc import Iterable

from .._base.outcome import Failure
from .._key_policy.identifiers import organization_of
from .model import TargetFacts

NOT_ASKED = Failure("not_asked", "AWS Organizations was not asked")


class Membership:
    """What AWS Organizations said, by the ARN of each organization or OU that was asked for."""

    def __init__(self, read: Iterable[TargetFacts] = ()) -> None:
        self._facts = {str(facts.arn): facts for facts in read}
        self._members = {
            arn: frozenset(placed.account.account_id for placed in facts.accounts)
            for arn, facts in self._facts.items()
            if isinstance(facts.accounts, tuple)
        }

    def was_asked(self, arn: str) -> bool:
        return arn in self._facts

    def has(self, arn: str, account_id: str) -> bool | None:
        """Whether an account belongs to an organization or OU; None when that is not known."""
        members = self._members.get(arn)
        return None if members is None else account_id in members

    def why_not(self, arn: str) -> Failure:
        """Why something about an organization or OU is not known."""
        facts = self._facts.get(arn)
        parts = (facts.organization, facts.path, facts.accounts) if facts else ()
        return next((part for part in parts if isinstance(part, Failure)), NOT_ASKED)


def of_same_organization(arn: str, others: Iterable[str]) -> list[str]:
    """Those of other ARNs that are of the same organization: it, or any unit of it."""
    return [other for other in others if organization_of(other) == organization_of(arn)]
