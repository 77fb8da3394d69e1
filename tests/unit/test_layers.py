# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data moves one way: deciding code knows no client, calling code computes no difference, one file ends a module."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
HERE = "ansible_collections.golden.ami.plugins"
UTILS = f"{HERE}.module_utils"
SDK = ("boto3", "botocore")
# What the files below each directory may import besides the standard library, the longest directory first.
ALLOWED = {
    "module_utils/_core": (f"{UTILS}._core",),
    "module_utils/_aws": (*SDK, f"{UTILS}._core", f"{UTILS}._aws"),
    "module_utils/_module": (
        "ansible",
        "ansible_collections.amazon.aws",
        *(f"{UTILS}.{layer}" for layer in ("_core", "_aws", "_module")),
    ),
    "modules": tuple(f"{UTILS}.{layer}" for layer in ("_core", "_aws", "_module")),
    "filter": ("ansible.errors", f"{UTILS}._core", f"{UTILS}._aws.regions"),
    "action": (f"{HERE}.plugin_utils",),
    "plugin_utils": ("ansible", f"{HERE}.plugin_utils"),
    "doc_fragments": (),
}
# What may be written in one place only.
ONLY_IN = {
    r"\b(?:exit_json|fail_json)\b": "module_utils/_module/run.py",
    r"\.(?:symmetric_)?difference(?:_update)?\(|\bdef plan_set\b": "module_utils/_core/delta.py",
    r"\b(?:UserId|LaunchPermission)\b": "module_utils/_aws/ec2.py",
    r"\bmodify_image_attribute\(|\breset_image_attribute\(": "module_utils/_aws/ec2.py",
    r"\bcancel_image_launch_permission\(": "module_utils/_aws/ec2.py",
    r"\bmodify_snapshot_attribute\(": "module_utils/_aws/ec2.py",
    r"\b(?:create|revoke|retire)_grant\(\*\*|client\.(?:create|revoke|retire)_grant\(": "module_utils/_aws/kms.py",
    r"\bclient\.put_key_policy\(|\bBypassPolicyLockoutSafetyCheck\b": "module_utils/_aws/kms.py",
    r"\bThreadPoolExecutor\(": "module_utils/_aws/fanout.py",
}
MOST_LINES = 270


def python_files() -> list[Path]:
    return sorted(path for path in PLUGINS.rglob("*.py") if "__pycache__" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(PLUGINS).as_posix()


def imports(source: str, name: str) -> Iterator[str]:
    """Every module that a file imports, relative ones in full; ``from package import module`` as the module."""
    package = [*HERE.split("."), *name.split("/")[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def is_within(imported: str, allowed: str) -> bool:
    return imported == allowed or imported.startswith(f"{allowed}.")


def wrong_imports(source: str, name: str) -> list[str]:
    """The imports of a file that its place does not allow."""
    directory = max((one for one in ALLOWED if name.startswith(f"{one}/")), key=len, default=None)
    allowed = ALLOWED.get(directory or "", ())
    return [
        imported
        for imported in imports(source, name)
        if imported.split(".")[0] not in sys.stdlib_module_names
        and not any(is_within(imported, one) for one in allowed)
    ]


def misplaced(source: str, name: str) -> list[str]:
    """What is written in a file although it belongs into another one."""
    return [pattern for pattern, place in ONLY_IN.items() if name != place and re.search(pattern, source)]


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_imports__go_one_way(path):
    assert wrong_imports(path.read_text(), name_of(path)) == []


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_one_place__for_each_thing(path):
    assert misplaced(path.read_text(), name_of(path)) == []


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_snapshots__are_never_reset(path):
    """A reset takes the access of everybody away, also of those who are to keep it."""
    assert "reset_snapshot_attribute" not in path.read_text()


@pytest.mark.parametrize("path", [path for path in python_files() if "module_utils" in path.parts], ids=name_of)
def test_files__stay_short(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [path for path in python_files() if path.stat().st_size], ids=name_of)
def test_directories__are_all_known(path):
    assert any(name_of(path).startswith(f"{directory}/") for directory in ALLOWED)


@pytest.mark.parametrize(("pattern", "place"), ONLY_IN.items())
def test_one_place__is_where_it_is(pattern, place):
    assert re.search(pattern, (PLUGINS / place).read_text())


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param("module_utils/_core/x.py", "import botocore.exceptions", id="core, SDK"),
        pytest.param("module_utils/_core/x.py", "from .._aws import ec2", id="core, calls"),
        pytest.param("module_utils/_core/x.py", "from .._aws.ec2 import read_images", id="core, a call"),
        pytest.param("module_utils/_core/x.py", "def f():\n    import boto3", id="core, hidden in a function"),
        pytest.param(
            "module_utils/_core/x.py", "try:\n    import yaml\nexcept ImportError:\n    pass", id="core, yaml"
        ),
        pytest.param("module_utils/_core/x.py", "from ansible.module_utils import basic", id="core, Ansible"),
        pytest.param("module_utils/_aws/x.py", "from .._module.run import run_info", id="calls, module"),
        pytest.param("module_utils/_aws/x.py", f"from {UTILS} import _module", id="calls, module in full"),
        pytest.param(
            "module_utils/_aws/x.py", "from ansible_collections.amazon.aws.plugins import x", id="calls, amazon.aws"
        ),
        pytest.param("module_utils/_module/x.py", "import boto3", id="module, SDK"),
        pytest.param("modules/x.py", "from ansible_collections.amazon.aws.plugins.module_utils import y", id="modules"),
        pytest.param("filter/x.py", f"from {UTILS}._aws.ec2 import read_images", id="filter, calls"),
        pytest.param("filter/x.py", f"from {UTILS}._aws.session import Aws", id="filter, session"),
        pytest.param("filter/x.py", f"from {UTILS}._module import args", id="filter, module"),
        pytest.param("doc_fragments/x.py", f"from {UTILS}._core import grants", id="documentation"),
        pytest.param("somewhere/x.py", "import yaml", id="a directory without rules"),
    ],
)
def test_wrong_imports__finds(name, source):
    assert len(wrong_imports(source, name)) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("module_utils/_core/x.py", "from __future__ import annotations\nimport re\nfrom . import grants"),
        ("module_utils/_core/x.py", "from .delta import Delta"),
        ("module_utils/_aws/x.py", "import botocore\nfrom .._core.delta import Delta\nfrom . import ec2"),
        ("modules/x.py", f"from {UTILS}._module import args\nfrom {UTILS}._core.grants import plan_grants"),
        ("filter/x.py", f"from {UTILS}._aws.regions import known_regions"),
    ],
)
def test_wrong_imports__accepts(name, source):
    assert wrong_imports(source, name) == []


@pytest.mark.parametrize(
    "source",
    [
        "module.fail_json(msg='x')",
        "module.exit_json()",
        "missing = want.difference(have)",
        "def plan_set(actual): ...",
        '{"UserId": account}',
        "client.modify_image_attribute(ImageId=x)",
        "client.cancel_image_launch_permission(ImageId=x)",
        "client.modify_snapshot_attribute(SnapshotId=x)",
        "client.revoke_grant(KeyId=x)",
        "client.put_key_policy(KeyId=x)",
        "with ThreadPoolExecutor() as pool: ...",
    ],
)
def test_misplaced__finds(source):
    assert len(misplaced(source, "module_utils/_core/x.py")) == 1
