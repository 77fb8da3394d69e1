# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run targets of the Makefile, several at once: what each printed in one piece, how long it took, and what failed.

    together.py --jobs 2 --make make unit lint-types lint-yaml

They start in the order in which they are named, so the longest comes first. make's own -j would mix what they print, and
not every make can keep it apart.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed


def run(make: str, target: str) -> tuple[str, float, int, str]:
    """The target, seconds, status and output."""
    begun = time.monotonic()
    done = subprocess.run(
        [make, "--no-print-directory", target],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return target, time.monotonic() - begun, done.returncode, done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("--make", default="make", help="which one")
    parser.add_argument("targets", nargs="+")
    arguments = parser.parse_args()

    begun = time.monotonic()
    ended = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for running in as_completed([pool.submit(run, arguments.make, target) for target in arguments.targets]):
            target, seconds, status, output = running.result()
            print(f"=== {target}: {seconds:.0f} s{', FAILED' * bool(status)}\n{output}", end="", flush=True)
            ended.append((seconds, target, status))

    print("\n=== all")
    for seconds, target, status in sorted(ended, reverse=True):
        print(f"{seconds:6.1f} s  {target}{', FAILED' * bool(status)}")
    failed = [target for _seconds, target, status in ended if status]
    print(f"{time.monotonic() - begun:6.1f} s  {'FAILED: ' + ' '.join(failed) if failed else 'passed'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
