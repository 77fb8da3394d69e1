# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Imports go one way: between files, and between the folders of the embedded AWS.

Imports in functions and for type checkers count too: files that need each other cannot be read one after the other.
"""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("embedded_aws", "bench", "demo")
Graph = dict[str, set[str]]


def modules(root: Path, package: str) -> dict[str, Path]:
    """The files of a package by the names under which they are imported; a package is its ``__init__.py``."""
    found = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def names(path: Path, module: str) -> Iterator[str]:
    """What a file imports, in full; ``from package import name`` as ``package.name``, which may be a file or not."""
    parts = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = parts[: len(parts) - node.level + 1] if node.level else []
            yield from (".".join([*base, *filter(None, [node.module]), alias.name]) for alias in node.names)


def import_graph(root: Path) -> Graph:
    """Which files import which."""
    known = {name: path for package in PACKAGES for name, path in modules(root, package).items()}

    def file_of(name: str) -> str | None:
        package = name.rpartition(".")[0]
        return name if name in known else package if package in known else None

    return {
        module: {file for name in names(path, module) if (file := file_of(name)) not in (None, module)}
        for module, path in known.items()
    }


def by_folder(graph: Graph) -> Graph:
    """The same for folders. Files directly in the package count by themselves: they put the folders together."""

    def folder(module: str) -> str:
        return ".".join(module.split(".")[:2])

    folders: Graph = {folder(module): set() for module in graph}
    for module, imported in graph.items():
        folders[folder(module)] |= {folder(one) for one in imported} - {folder(module)}
    return folders


def cycle(graph: Graph) -> list[str]:
    """One cycle from a file back to itself; empty when there is none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_files_do_not_import_each_other(repo_root: Path) -> None:
    graph = import_graph(repo_root)
    assert {"embedded_aws.front.control", "embedded_aws.regions.opt_in"} <= graph["embedded_aws.front.application"]
    assert {"bench.results", "demo.world"} <= {one for imported in graph.values() for one in imported}
    assert cycle(graph) == []


def test_folders_of_the_embedded_aws_do_not_import_each_other(repo_root: Path) -> None:
    graph = {name: imported for name, imported in import_graph(repo_root).items() if name.startswith("embedded_aws.")}
    folders = by_folder(graph)
    assert {"embedded_aws.keys", "embedded_aws.images"} <= folders["embedded_aws.front"]
    assert cycle(folders) == []


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"demo/a.py": "import demo.b", "demo/b.py": "import demo.a"}, id="import"),
        pytest.param({"demo/a.py": "from demo import b", "demo/b.py": "from demo.a import x"}, id="from"),
        pytest.param({"bench/a.py": "from . import b", "bench/b.py": "from .a import x"}, id="relative"),
        pytest.param({"bench/a.py": "from demo.a import x", "demo/a.py": "from bench.a import y"}, id="two packages"),
        pytest.param(
            {"bench/a.py": "from .c.b import x", "bench/c/b.py": "def f():\n    from ..a import y"}, id="in a function"
        ),
        pytest.param(
            {
                "bench/a.py": "from .b import x",
                "bench/b.py": "from .c import x",
                "bench/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import X",
            },
            id="three files, one for its type",
        ),
        pytest.param(
            {"bench/c/__init__.py": "from .b import x", "bench/c/b.py": "from . import other"}, id="package and file"
        ),
    ],
)
def test_a_cycle_is_found(tmp_path: Path, files: dict[str, str]) -> None:
    graph = import_graph(write(tmp_path, files))
    found = cycle(graph)
    assert found[0] == found[-1]
    assert set(found) == set(graph)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "bench/a.py": "from . import b, c",
                "bench/b.py": "from .d import x",
                "bench/c.py": "from .d import y",
                "bench/d.py": "import json",
            },
            id="two ways to one file",
        ),
        pytest.param(
            {"bench/c/__init__.py": "from .b import x", "bench/c/b.py": "from .d import y", "bench/c/d.py": ""},
            id="a package that shows what its files hold",
        ),
        pytest.param({"bench/json.py": "import json", "demo/b.py": "from bench import json"}, id="same name elsewhere"),
    ],
)
def test_imports_that_go_one_way_are_no_cycle(tmp_path: Path, files: dict[str, str]) -> None:
    graph = import_graph(write(tmp_path, files))
    assert set(graph) == {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files}
    assert cycle(graph) == []


def test_folders_can_need_each_other_though_files_do_not(tmp_path: Path) -> None:
    files = {
        "bench/keys/a.py": "from ..images.a import x",
        "bench/images/a.py": "",
        "bench/images/b.py": "from ..keys.a import y",
    }
    graph = import_graph(write(tmp_path, files))
    assert cycle(graph) == []
    assert set(cycle(by_folder(graph))) == {"bench.keys", "bench.images"}
