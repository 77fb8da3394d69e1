# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Principals as EC2 writes them in permissions of AMIs and snapshots."""

from __future__ import annotations

from collections.abc import Iterable

from .._base.delta import Delta
from .model import ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT, PUBLIC, Permissions, Principal

# The member of a LaunchPermission entry that carries each kind of principal.
_MEMBERS = {
    ACCOUNT: "UserId",
    ORGANIZATION: "OrganizationArn",
    ORGANIZATIONAL_UNIT: "OrganizationalUnitArn",
    PUBLIC: "Group",
}


def principals(entries: Iterable[dict[str, str]]) -> Permissions:
    return frozenset(
        Principal(kind, entry[member]) for entry in entries for kind, member in _MEMBERS.items() if entry.get(member)
    )


def modification(delta: Delta[Principal]) -> dict[str, list[dict[str, str]]]:
    """A change as the structured form of ModifyImageAttribute has it; EC2 refuses an empty Add or Remove."""
    return {
        verb: [{_MEMBERS[principal.kind]: principal.value} for principal in sorted(named)]
        for verb, named in (("Add", delta.add), ("Remove", delta.remove))
        if named
    }
