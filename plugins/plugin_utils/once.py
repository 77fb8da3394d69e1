# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work that several hosts of a play ask for in the same words is done once: the forks of ansible-playbook agree by files."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible import constants

_PREFIX = "golden-ami-once-"
# What Ansible shows for the host that did the work, and need not show again.
_SHOWN_ONCE = ("warnings", "deprecations", "exception", "diff")


def key_of(*parts: Any) -> str:
    """One key for everything that decides what the work is; secrets cannot be read from it."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def once(key: str, host: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result of the work, done here or by another host.

    The first host works, and the others wait for its result. When it dies without one, the next host works. What a host
    asks for again, in a loop or with ``until``, is done again, once for all hosts that ask as often.
    The files lie in Ansible's own temporary directory, which the forks share and which Ansible removes at the end.
    """
    try:
        directory = Path(constants.DEFAULT_LOCAL_TMP)
        times = _count(directory / f"{_PREFIX}{key}-{key_of(host)}")
        handle = os.open(directory / f"{_PREFIX}{key}-{times}", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return work()
    # The lock belongs to the open file: it ends with this process, however that ends.
    with open(handle, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            return work()
        done = _read(file.read())
        if done:
            return _of_another(done)
        result = work()
        file.seek(0)
        file.truncate()
        json.dump({"host": host, "result": dict(result)}, file, default=str)
        return result


def _count(path: Path) -> int:
    """How often this host has asked, this time included. No other process counts for the host at the same time."""
    times = len(path.read_bytes()) + 1 if path.exists() else 1
    path.write_bytes(b"." * times)
    return times


def _read(text: str) -> dict[str, Any] | None:
    """What a host left; a host that was killed while it wrote left nothing."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _of_another(done: Mapping[str, Any]) -> dict[str, Any]:
    result = {name: value for name, value in done["result"].items() if name not in _SHOWN_ONCE}
    return {**result, "changed": False, "done_by": done["host"]}
