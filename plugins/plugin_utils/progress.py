# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show what a module tells while it runs: it appends lines to a file, which is read here and displayed, line by line."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ansible import constants
from ansible.utils.display import Display

# How soon a line is shown after it was written.
LOOK_EVERY = 0.25


@contextmanager
def tail(prefix: str) -> Iterator[str]:
    """The path of a file whose lines are displayed until the block ends; then file and thread are gone.

    The file lies in Ansible's own temporary directory, which Ansible removes even when this process is killed. Lines go
    to stderr, because callbacks that write JSON own stdout; under ansible-runner, and so AWX, each is an event.
    """
    handle, path = tempfile.mkstemp(prefix="golden-ami-progress-", dir=constants.DEFAULT_LOCAL_TMP)
    os.close(handle)
    ended = threading.Event()
    # A daemon: it must not keep an interrupted run alive.
    thread = threading.Thread(target=_show, args=(path, prefix, ended), name="golden.ami progress", daemon=True)
    thread.start()
    try:
        yield path
    finally:
        ended.set()
        thread.join(timeout=5)
        os.unlink(path)


def show_table(lines: Sequence[str]) -> None:
    """Plain lines, which every stdout callback leaves readable; not on stdout where it is JSON."""
    stderr = "json" in str(constants.DEFAULT_STDOUT_CALLBACK).lower()
    display = Display()
    for line in lines:
        display.display(str(line), stderr=stderr)


def _show(path: str, prefix: str, ended: threading.Event) -> None:
    display = Display()
    with open(path, encoding="utf-8", errors="replace") as file:
        rest = ""
        last = False
        while not last:
            # Once more after the end, for what was written last.
            last = ended.wait(LOOK_EVERY)
            *lines, rest = (rest + file.read()).split("\n")
            for line in lines:
                display.display(f"{prefix}: {line}", stderr=True)
