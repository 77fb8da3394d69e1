# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a key policy lets launch already, whoever wrote it, and what of it is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .._base.outcome import Failure
from . import document as policies
from .conditions import NO, UNKNOWN
from .evaluation import Requester, allows, read_rules
from .request import LAUNCH_ACTIONS


@dataclass(frozen=True)
class Missing:
    """Of the asked actions, those that the key policy does not allow, and those of which that cannot be determined."""

    actions: frozenset[str]
    unknown: frozenset[str]

    @property
    def nothing(self) -> bool:
        """Whether all of them are surely allowed."""
        return not self.actions and not self.unknown


def missing_actions(
    policy: str | Failure, requester: Requester, partition: str, actions: Iterable[str] = LAUNCH_ACTIONS
) -> Missing:
    """What a key policy does not let an organization, a unit or an account do with the key.

    It is about the key policy alone: grants are not looked at, and an account's own IAM policies have to allow as well.

    :param policy: its text, or why it could not be read; then nothing is known.
    :param partition: the key's.
    """
    asked = frozenset(actions)
    document = None if isinstance(policy, Failure) else policies.read_document(policy)
    if document is None:
        return Missing(frozenset(), asked)
    rules = read_rules(document, partition)
    verdicts = {action: allows(rules, requester, action) for action in asked}
    return Missing(
        frozenset(action for action, verdict in verdicts.items() if verdict is NO),
        frozenset(action for action, verdict in verdicts.items() if verdict is UNKNOWN),
    )
