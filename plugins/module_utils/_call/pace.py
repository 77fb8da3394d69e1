# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast AWS lets an account call each of its APIs in a Region. Knows no clock; times are given to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """``rate``: requests a second in the long run; ``burst``: how many may come at once after a pause."""

    rate: float
    burst: int = 1


# AWS KMS Developer Guide, "Request quotas": requests a second for an account and Region, all keys together. Calls on
# another account's key count for the account that calls.
_KMS = {
    "kms:CreateGrant": Quota(50),
    "kms:ListGrants": Quota(100),
    "kms:PutKeyPolicy": Quota(15),
    "kms:RevokeGrant": Quota(30),
}
# Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API": a token bucket for each API, account and
# Region. The guide's text states the bucket of reading calls. The sizes of the others are in a table of the same page,
# of which only copies by third parties could be read: unconfirmed. They are the account's, so other programs use them,
# too; a call that is throttled all the same is tried again by botocore.
_EC2_READING = Quota(20, burst=100)
_EC2_WRITING = Quota(5, burst=50)
_EC2 = {
    "ec2:CopyImage": Quota(1, burst=100),
    "ec2:ModifyImageAttribute": Quota(5, burst=100),
    "ec2:ModifySnapshotAttribute": Quota(5, burst=100),
}


def quota_of(action: str) -> Quota:
    """:param action: the IAM action of a call of EC2, or of one of the calls of KMS that have a low quota."""
    service, operation = action.split(":")
    if service == "ec2":
        return _EC2.get(action, _EC2_READING if operation.startswith(("Describe", "Get")) else _EC2_WRITING)
    return _KMS[action]


class Pace:
    """Who may start when, so that a quota is kept; shared by threads.

    A token bucket that needs no refilling: ``_full`` is when it will be, or was, full again.
    """

    __slots__ = ("_full", "_interval", "_lock", "_slack")

    def __init__(self, quota: Quota) -> None:
        self._interval = 1 / quota.rate
        self._slack = (quota.burst - 1) * self._interval
        self._full = float("-inf")
        self._lock = threading.Lock()

    @property
    def due(self) -> float:
        """When the next request may start; may lie in the past."""
        return self._full - self._slack

    def take(self, now: float, requests: int = 1) -> float | None:
        """Start now, or learn when to ask again.

        :param requests: how many requests the caller makes in all. One token is enough to start; those that come later
            have to wait for the rest.
        :return: None when the caller may start.
        """
        with self._lock:
            if self.due > now:
                return self.due
            self._full = max(self._full, now) + requests * self._interval
            return None


class Paces:
    """One Pace for each API, Region and account that calls, for the whole process."""

    def __init__(self) -> None:
        self._paces: dict[tuple[str, str, str], Pace] = {}
        self._lock = threading.Lock()

    def get(self, action: str, region: str, account: str) -> Pace:
        key = (action, region, account)
        with self._lock:
            if key not in self._paces:
                self._paces[key] = Pace(quota_of(action))
            return self._paces[key]
