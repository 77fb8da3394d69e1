# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare sharing by this collection with a loop over amazon.aws's modules and with bare boto3. Run it by `make bench`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import world  # noqa: E402 the checkout has to be on the path first
from bench.contenders import BARE, LOOP, OURS, Contender  # noqa: E402
from bench.measure import Run, Settings, measure  # noqa: E402
from bench.report import Measured, Phase, render  # noqa: E402

LATENCY = 0.08
REPORT = ROOT / ".build" / "bench.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--regions", type=int, default=len(world.REGIONS), choices=range(1, len(world.REGIONS) + 1), metavar="N"
    )
    parser.add_argument("--accounts", type=int, default=100, metavar="N")
    parser.add_argument("--runs", type=int, metavar="N", help="of each (3; of the loop 1, which takes minutes)")
    parser.add_argument("--skip-loop", action="store_true")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    settings = Settings(options.regions, options.accounts, LATENCY)
    counts = {OURS: options.runs or 3, BARE: options.runs or 3, LOOP: 0 if options.skip_loop else options.runs or 1}
    # In turns, so that whatever else the machine does meets all alike.
    turns = [one for turn in range(max(counts.values())) for one, count in counts.items() if turn < count]
    runs: dict[Contender, list[tuple[Run, Run]]] = {}
    for number, contender in enumerate(turns, 1):
        print(f"{number} of {len(turns)}: {contender.name} ... ", end="", flush=True)
        try:
            first, again = measure(contender, settings)
        except world.WrongEndError as error:
            raise SystemExit(
                f"\n{contender.title} did not do the work, so its time would say nothing:\n{error}"
            ) from None
        runs.setdefault(contender, []).append((first, again))
        print(f"(a) {first.seconds:.1f} s, (b) {again.seconds:.1f} s", flush=True)
    measured = {
        contender.name: Measured(
            contender, Phase([first for first, _again in pairs]), Phase([again for _first, again in pairs])
        )
        for contender, pairs in runs.items()
    }
    text = render(settings, measured)
    REPORT.write_text(text)
    print(f"\n{text}\nAlso in {REPORT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
