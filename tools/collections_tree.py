# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build a collections tree: amazon.aws beside a link to this checkout.

amazon.aws comes out of the `ansible` package on PyPI, so that the tools need no other server than PyPI.
Only its own files are unpacked: 5 MB of the package's 800.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".build" / "cache"
PREFIX = "ansible_collections/amazon/aws/"
DEFAULT_ANSIBLE = "12.3.0"  # amazon.aws 10.1.2


def fetch(ansible: str) -> Path:
    wheel = CACHE / f"ansible-{ansible}-py3-none-any.whl"
    if not wheel.exists():
        # pip moves the file here when it is complete. The package is only unpacked, never run: any Python will do.
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python"]
        subprocess.run([*pip, "--only-binary=:all:", "-d", str(CACHE), f"ansible=={ansible}"], check=True)
    return wheel


def build(tree: Path, ansible: str) -> None:
    """Replace `tree`."""
    wheel = fetch(ansible)
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tree, [name for name in archive.namelist() if name.startswith(PREFIX)])
    link = tree / "ansible_collections" / "golden" / "ami"
    link.parent.mkdir()
    link.symlink_to(os.path.relpath(ROOT, link.parent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", type=Path, help="where to build it; what is there is replaced")
    parser.add_argument("--ansible", default=DEFAULT_ANSIBLE, help="release of the package to take amazon.aws from")
    arguments = parser.parse_args()
    build(arguments.tree.resolve(), arguments.ansible)


if __name__ == "__main__":
    main()
