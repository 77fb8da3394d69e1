# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask EC2 about resources by their IDs, although one ID that it does not know fails the whole call."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from .errors import AwsCallError
from .fanout import batches

T = TypeVar("T")

# EC2 documents no limit to the IDs of one request, and warns of timeouts of those that are not paged.
IDS = 200
RESOURCE_ID = re.compile(r"[a-z]+-[0-9a-f]+")


def ask_by_id(
    ids: Iterable[str], ask: Callable[[Sequence[str]], Mapping[str, T]], unknown: Collection[str]
) -> dict[str, T]:
    """What ``ask`` finds, by ID; those that EC2 does not know are left out.

    :param ask: one call about some of the IDs.
    :param unknown: error codes by which EC2 says that it does not know an ID.
    :raises AwsCallError: for every other error.
    """
    waiting: list[Sequence[str]] = batches(list(dict.fromkeys(ids)), IDS)
    found: dict[str, T] = {}
    while waiting:
        asked = waiting.pop(0)
        try:
            found.update(ask(asked))
        except AwsCallError as error:
            if error.failure.code not in unknown:
                raise
            waiting = [*_left(asked, error.failure.message), *waiting]
    return found


def _left(asked: Sequence[str], message: str) -> list[Sequence[str]]:
    """What to ask next: all but the IDs that the refusal names.

    It names all of them for AMIs, the first of them for snapshots. Should it name none some day, then halves tell.
    """
    named = frozenset(RESOURCE_ID.findall(message))
    known = [one for one in asked if one not in named]
    if len(known) == len(asked):
        middle = len(asked) // 2
        return [asked[:middle], asked[middle:]] if middle else []
    return [known] if known else []
