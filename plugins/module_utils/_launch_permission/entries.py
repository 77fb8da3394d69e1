# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Principals as EC2 writes them in permissions of AMIs and snapshots."""

from __future__ import annotations

from collections.abc import Iterable

from .._base import answers
from .._base.answers import IncompleteAnswerError, Members
from .._base.delta import Delta
from .model import ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT, PUBLIC, Permissions, Principal

# The member of a LaunchPermission entry that carries each kind of principal.
_MEMBERS = {
    ACCOUNT: "UserId",
    ORGANIZATION: "OrganizationArn",
    ORGANIZATIONAL_UNIT: "OrganizationalUnitArn",
    PUBLIC: "Group",
}


def principals(entries: Iterable[Members]) -> Permissions:
    """:raises IncompleteAnswerError: for an entry of nobody. It is of somebody, whom this SDK does not know."""
    return frozenset(_principal(entry) for entry in entries)


def _principal(entry: Members) -> Principal:
    named = ((kind, answers.text(entry, member, "")) for kind, member in _MEMBERS.items())
    for kind, value in named:
        if value:
            return Principal(kind, value)
    raise IncompleteAnswerError(" or ".join(_MEMBERS.values()))


def modification(delta: Delta[Principal]) -> dict[str, list[dict[str, str]]]:
    """A change as the structured form of ModifyImageAttribute has it; EC2 refuses an empty Add or Remove."""
    return {
        verb: [{_MEMBERS[principal.kind]: principal.value} for principal in sorted(named)]
        for verb, named in (("Add", delta.add), ("Remove", delta.remove))
        if named
    }
