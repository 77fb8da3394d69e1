# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare this collection with loops over amazon.aws's modules and with bare boto3 scripts. Run it by `make bench`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.contender import Contender  # noqa: E402 the checkout has to be on the path first
from bench.copies.scenario import SCENARIO as COPIES  # noqa: E402
from bench.measure import WrongEndError, count_processes, measure  # noqa: E402
from bench.removal.scenario import SCENARIO as REMOVAL  # noqa: E402
from bench.report import render, render_head  # noqa: E402
from bench.results import Measured, Phase, Run  # noqa: E402
from bench.scenario import Scenario, Settings  # noqa: E402
from bench.share.scenario import SCENARIO as SHARE  # noqa: E402
from bench.world import REGIONS  # noqa: E402

SCENARIOS = {scenario.name: scenario for scenario in (SHARE, COPIES, REMOVAL)}
LATENCY = 0.08
REPORT = ROOT / ".build" / "bench.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS, help="only this one")
    parser.add_argument("--regions", type=int, default=len(REGIONS), choices=range(2, len(REGIONS) + 1), metavar="N")
    parser.add_argument("--accounts", type=int, metavar="N", help="instead of the numbers of the scenarios")
    parser.add_argument("--runs", type=int, metavar="N", help="of each (3; of the loops 1, which take minutes)")
    parser.add_argument("--skip-loop", action="store_true")
    return parser.parse_args()


def turns(scenario: Scenario, options: argparse.Namespace) -> list[Contender]:
    """In turns, so that whatever else the machine does meets all alike."""
    counts = {one: options.runs or (1 if one.name == "loop" else 3) for one in scenario.contenders}
    if options.skip_loop:
        counts = {one: count for one, count in counts.items() if one.name != "loop"}
    return [one for turn in range(max(counts.values())) for one, count in counts.items() if turn < count]


def run(
    scenario: Scenario, settings: Settings, in_turn: list[Contender], processes: Mapping[str, tuple[int, ...]]
) -> dict[str, Measured]:
    runs: dict[Contender, list[tuple[Run, Run]]] = {}
    for number, contender in enumerate(in_turn, 1):
        size = f"{settings.regions} Regions, {settings.accounts} accounts"
        print(f"{scenario.name}, {size}, {number} of {len(in_turn)}: {contender.name} ... ", end="", flush=True)
        try:
            first, again = measure(scenario, contender, settings)
        except WrongEndError as error:
            raise SystemExit(
                f"\n{contender.title} did not do the work, so its time would say nothing:\n{error}"
            ) from None
        runs.setdefault(contender, []).append((first, again))
        print(f"(a) {first.seconds:.1f} s, (b) {again.seconds:.1f} s", flush=True)
    return {
        contender.name: Measured(
            contender,
            Phase([first for first, _again in pairs]),
            Phase([again for _first, again in pairs]),
            processes.get(contender.name, ()),
        )
        for contender, pairs in runs.items()
    }


def main() -> None:
    options = arguments()
    text = ""
    for scenario in [SCENARIOS[options.scenario]] if options.scenario else SCENARIOS.values():
        in_turn = turns(scenario, options)
        processes = {one.name: count_processes(scenario, one) for one in in_turn if one.name == "ours"}
        for accounts in [options.accounts] if options.accounts else scenario.sizes:
            settings = Settings(options.regions, accounts, LATENCY)
            found = render(scenario, settings, run(scenario, settings, in_turn, processes))
            print(f"\n{found}", flush=True)
            text += f"\n{found}"
    head = render_head(LATENCY)
    REPORT.write_text(head + text)
    print(f"{head}\nAll of it is in {REPORT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
