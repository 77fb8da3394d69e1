# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run the unit and integration tests with every supported ansible-core, each with every supported amazon.aws.

A Python that the machine lacks is reported loudly and is no failure. Interpreters are looked for on PATH as python3.X;
PYTHONS="/opt/py312/bin/python3 /opt/py313/bin/python3" adds others.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from collections_tree import ROOT, build

WORK = ROOT / ".build" / "matrix"
# ansible-core and the Python to run it on: the oldest that both this collection and that core support, and 3.13 once.
CORES = {"2.17.14": "3.11", "2.18.19": "3.11", "2.19.14": "3.11", "2.20.10": "3.12", "2.21.5": "3.13"}
# amazon.aws, and the release of the `ansible` package that carries it.
AMAZON_AWS = {"9.5.2": "11.13.0", "10.1.2": "12.3.0", "11.4.0": "14.5.0"}


def version_of(python: str) -> str | None:
    """The interpreter's X.Y, None if it does not run (a name on PATH may be a stub of a version manager)."""
    ask = [python, "-c", "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def interpreters() -> dict[str, str]:
    """The first that runs, per version that the matrix asks for."""
    names = [f"python{version}" for version in sorted(set(CORES.values()))]
    candidates = [*os.environ.get("PYTHONS", "").split(), *names, sys.executable]
    found: dict[str, str] = {}
    for python in candidates:
        version = version_of(python)
        if version:
            found.setdefault(version, python)
    return found


def make_venv(core: str, python: str) -> Path:
    """A venv with this core and the test tools; without the constraints, so that pip resolves as it does for users."""
    venv = WORK / f"core-{core}"
    complete = venv / ".complete"
    wanted = f"{python} {(ROOT / 'requirements' / 'pytest.txt').read_text()}"
    if not complete.exists() or complete.read_text() != wanted:
        subprocess.run([python, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, f"ansible-core=={core}", "-r", "requirements/pytest.txt"], cwd=ROOT, check=True)
        complete.write_text(wanted)
    return venv


def make_tree(amazon_aws: str) -> Path:
    tree = WORK / f"amazon-aws-{amazon_aws}"
    complete = tree / ".complete"
    if not complete.exists():
        build(tree, AMAZON_AWS[amazon_aws])
        complete.touch()
    return tree


def run_tests(venv: Path, tree: Path, pytest_arguments: list[str]) -> bool:
    environment = os.environ | {
        "ANSIBLE_COLLECTIONS_PATH": str(tree),
        "PATH": os.pathsep.join([str(venv / "bin"), os.environ["PATH"]]),
    }
    directories = [str(path) for path in (ROOT / "tests" / "unit", ROOT / "tests" / "integration") if path.is_dir()]
    # Cold: what starts fast in `make test` was written for one ansible-core.
    command = [str(venv / "bin" / "python"), "-m", "pytest", "-q", "--cold", *pytest_arguments, *directories]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--core", action="append", choices=CORES, help="only this one; may be repeated")
    parser.add_argument("--aws", action="append", choices=AMAZON_AWS, help="only this amazon.aws; may be repeated")
    parser.add_argument("pytest", nargs="*", default=["-n", "2"], help="after --: arguments for pytest")
    arguments = parser.parse_args()

    pythons = interpreters()
    passed, failed, not_run = [], [], []
    for core in arguments.core or CORES:
        python = CORES[core]
        for amazon_aws in arguments.aws or AMAZON_AWS:
            pair = f"ansible-core {core}, amazon.aws {amazon_aws}, Python {python}"
            if python not in pythons:
                not_run.append(pair)
                continue
            print(f"\n=== {pair}", flush=True)
            ok = run_tests(make_venv(core, pythons[python]), make_tree(amazon_aws), arguments.pytest)
            (passed if ok else failed).append(pair)

    print("\n=== matrix")
    for word, pairs in (("passed", passed), ("FAILED", failed), ("NOT RUN, this machine lacks the Python", not_run)):
        for pair in pairs:
            print(f"{word}: {pair}")
    print(f"{len(passed)} passed, {len(failed)} failed, {len(not_run)} not run")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
