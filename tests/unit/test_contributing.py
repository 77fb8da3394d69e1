# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CONTRIBUTING.md says where things are: every folder is in its tables, and every path in it exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PLUGINS = ROOT / "plugins"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table with this first cell."""
    table = TEXT.split(f"| {heading} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def paths_in(cell: str) -> list[str]:
    return re.findall(r"`([\w./]+)`", cell)


def folders(parent: Path) -> set[str]:
    return {path.relative_to(PLUGINS).as_posix() for path in parent.iterdir() if list(path.glob("*.py"))}


def test_subjects__are_all_there():
    named = [folder for _subject, cell, _tests in rows("subject") for folder in paths_in(cell)]

    assert sorted(named) == sorted((folders(PLUGINS) | folders(PLUGINS / "module_utils")) - {"module_utils"})


def test_tests__exist():
    named = [path for heading in ("subject", "besides plugins") for row in rows(heading) for path in paths_in(row[2])]

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_way_of_an_account_id__is_made_of_files_that_exist():
    found: list[Path] = []
    for _step, cell in rows("step"):
        folder = ROOT
        for path in paths_in(cell):
            if "/" in path:
                first = path.split("/")[0]
                place = ROOT if first == "roles" else PLUGINS / "module_utils" if first[0] == "_" else PLUGINS
                folder, path = (place / path).parent, Path(path).name
            found.append(folder / path)

    assert [path for path in found if not path.is_file()] == []
    assert f"They are {len(set(found))}:" in TEXT
