# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command, and write its exit code, wall time and peak memory: `stopwatch.py RESULT.json COMMAND...`.

A process of its own and without imports that are not needed: Linux counts the memory of whoever starts a program as that
program's first, so the starter has to be small. wait4() tells the peak resident set of the largest single process among
the command and all its descendants that were waited for (Ansible waits for its workers, and they for their modules).
"""

import json
import os
import sys
import time


def main() -> None:
    result, command = sys.argv[1], sys.argv[2:]
    started = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - started
    with open(result, "w", encoding="ascii") as file:
        measured = {
            "code": os.waitstatus_to_exitcode(status),
            "seconds": seconds,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_kib": usage.ru_maxrss,
        }
        json.dump(measured, file)


if __name__ == "__main__":
    main()
