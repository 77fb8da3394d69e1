# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are: a folder of module_utils is a subject, the name of a file is its layer. One test for each rule."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
HERE = "ansible_collections.golden.ami.plugins"
UTILS = f"{HERE}.module_utils"
SDK = ("boto3", "botocore")
BASE, CALL, MODULE = (f"{UTILS}.{room}" for room in ("_base", "_call", "_module"))
# What may be written in one place only.
ONLY_IN = {
    r"\b(?:exit_json|fail_json)\b": "module_utils/_module/run.py",
    r"\.(?:symmetric_)?difference(?:_update)?\(|\bdef plan_set\b": "module_utils/_base/delta.py",
    r"\bUserId\b": "module_utils/_launch_permission/entries.py",
    r"\bmodify_image_attribute\(|\breset_image_attribute\(": "module_utils/_launch_permission/apply.py",
    r"\bcancel_image_launch_permission\(": "module_utils/_cancellation/apply.py",
    r"\bmodify_snapshot_attribute\(": "module_utils/_snapshot_permission/apply.py",
    r"\b(?:create|revoke|retire)_grant\(\*\*|client\.(?:create|revoke|retire)_grant\(": "module_utils/_kms_grant/apply.py",
    r"\bclient\.put_key_policy\(|\bBypassPolicyLockoutSafetyCheck\b": "module_utils/_key_policy/apply.py",
    # Besides the thread of an action plugin, which shows what a module tells.
    r"\bThreadPoolExecutor\(|\bThread\(target=(?!_show\b)": "module_utils/_call/fanout.py",
}
# A reset takes the access of everybody away, also of those who are to keep it.
NOWHERE = r"reset_snapshot_attribute"
MOST_LINES = 270


def python_files() -> list[Path]:
    return sorted(path for path in PLUGINS.rglob("*.py") if "__pycache__" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(PLUGINS).as_posix()


def imports(source: str, name: str) -> Iterator[str]:
    """Every name that a file imports, relative ones in full: ``from package import module`` as ``package.module``."""
    package = [*HERE.split("."), *name.split("/")[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def is_within(imported: str, *places: str) -> bool:
    return any(imported == place or imported.startswith(f"{place}.") for place in places)


def is_calling(name: str) -> bool:
    """Whether a file of a subject may call AWS: those that read and those that apply."""
    return bool(re.match(r"module_utils/_[a-z_]+/(?:read|apply)(?:_[a-z_]+)?\.py$", name))


def foreign(name: str, imported: str) -> bool:
    """What no file of its kind may import, besides the standard library."""
    if imported.split(".")[0] in sys.stdlib_module_names:
        return False
    if name.startswith("module_utils/_module/"):
        return not is_within(imported, "ansible", "ansible_collections.amazon.aws", UTILS)
    if name.startswith("module_utils/"):
        return not is_within(imported, *SDK, UTILS)
    if name.startswith("modules/"):
        return not is_within(imported, UTILS)
    if name.startswith(("action/", "plugin_utils/")):
        return not is_within(imported, "ansible", f"{HERE}.plugin_utils", UTILS)
    return True


def sdk_outside_of_call(name: str, imported: str) -> bool:
    return is_within(imported, *SDK) and not name.startswith("module_utils/_call/")


def call_outside_of_reading_and_applying(name: str, imported: str) -> bool:
    """Deciding code knows no client. Which Regions there are is a table of botocore and no call."""
    if not is_within(imported, CALL) or is_within(imported, f"{CALL}.regions.known_regions"):
        return False
    return not name.startswith(("module_utils/_call/", "module_utils/_module/", "modules/")) and not is_calling(name)


def module_below_the_modules(name: str, imported: str) -> bool:
    return is_within(imported, MODULE) and not name.startswith(("modules/", "module_utils/_module/"))


def upwards(name: str, imported: str) -> bool:
    """The base knows no subject; the plumbing knows the base alone."""
    if name.startswith("module_utils/_base/"):
        return is_within(imported, UTILS) and not is_within(imported, BASE)
    return name.startswith("module_utils/_call/") and is_within(imported, UTILS) and not is_within(imported, BASE, CALL)


def insides_of_another_subject(name: str, imported: str) -> bool:
    """A name with an underscore is of its own file; one folder is one subject."""
    last = imported.rsplit(".", 1)[-1]
    return is_within(imported, UTILS) and last.startswith("_") and imported.rsplit(".", 1)[0] != UTILS


def a_call_from_deciding_code(name: str, imported: str) -> bool:
    """Files that decide import neither the reading nor the applying files of any subject."""
    parts = imported.removeprefix(f"{UTILS}.").split(".")
    if not is_within(imported, UTILS) or len(parts) < 2 or not name.startswith("module_utils/_"):
        return False
    calling = is_calling(f"module_utils/{parts[0]}/{parts[1]}.py")
    return calling and not is_calling(name) and not name.startswith("module_utils/_module/")


RULES: list[Callable[[str, str], bool]] = [
    foreign,
    sdk_outside_of_call,
    call_outside_of_reading_and_applying,
    module_below_the_modules,
    upwards,
    insides_of_another_subject,
    a_call_from_deciding_code,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_imports(rule):
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in python_files()
        for imported in imports(path.read_text(), name_of(path))
        if rule(name_of(path), imported)
    ]

    assert wrong == []


@pytest.mark.parametrize(("pattern", "place"), ONLY_IN.items())
def test_one_place__for_each_thing(pattern, place):
    found = [name_of(path) for path in python_files() if re.search(pattern, path.read_text())]

    assert found == [place]


def members_read(source: str) -> list[str]:
    """Members of AWS's answers, which begin with a capital letter, that are read by subscript or ``get``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            found.append(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            found += node.args[:1]
    texts = [node.value for node in found if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text[:1].isupper() and text.isalnum()]


def test_answers__are_read_in_one_way():
    """What AWS leaves out is a value or a failure that names it; a subscript would raise something else."""
    calling = [path for path in python_files() if is_calling(name_of(path)) or "_call" in path.parts]
    # Errors are read before there is an answer; credentials have been read when a session gets them.
    others = [path for path in calling if path.stem not in ("errors", "session")]

    assert {name_of(path): members_read(path.read_text()) for path in others if members_read(path.read_text())} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = answer["Images"]', ["Images"]),
        ('x = image.get("State", "")', ["State"]),
        ('request["Name"] = "x"', []),
        ('y = params["image_id"]', []),
    ],
)
def test_members_read__finds(source, found):
    assert members_read(source) == found


def test_snapshots__are_never_reset():
    assert [name_of(path) for path in python_files() if re.search(NOWHERE, path.read_text())] == []


def test_files__stay_short():
    files = [path for path in python_files() if "module_utils" in path.parts]

    assert [name_of(path) for path in files if len(path.read_text().splitlines()) > MOST_LINES] == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (foreign, "module_utils/_image/x.py", "from ansible.module_utils import basic"),
        (foreign, "module_utils/_image/x.py", "try:\n    import yaml\nexcept ImportError:\n    pass"),
        (foreign, "module_utils/_call/x.py", "from ansible_collections.amazon.aws.plugins import x"),
        (foreign, "module_utils/_module/x.py", "import boto3"),
        (foreign, "modules/x.py", "from ansible_collections.amazon.aws.plugins.module_utils import y"),
        (foreign, "doc_fragments/x.py", f"from {UTILS}._base import delta"),
        (foreign, "somewhere/x.py", "import yaml"),
        (sdk_outside_of_call, "module_utils/_image/read.py", "def f():\n    import boto3"),
        (call_outside_of_reading_and_applying, "module_utils/_image/plan.py", "from .._call.fanout import fan_out"),
        (call_outside_of_reading_and_applying, "module_utils/_image/plan.py", "from .._call import errors"),
        (call_outside_of_reading_and_applying, "action/x.py", f"from {UTILS}._call.session import Aws"),
        (module_below_the_modules, "module_utils/_image/read.py", "from .._module.run import run_info"),
        (module_below_the_modules, "action/x.py", f"from {UTILS}._module import args"),
        (upwards, "module_utils/_base/x.py", "from .._image import model"),
        (upwards, "module_utils/_call/x.py", "from .._image.model import Image"),
        (insides_of_another_subject, "module_utils/_image/plan.py", "from .._kms_grant.model import _digest"),
        (a_call_from_deciding_code, "module_utils/_image/plan.py", "from .read import read_images"),
        (a_call_from_deciding_code, "module_utils/_share/plan.py", "from .._kms_grant import apply"),
    ],
)
def test_rules__find(rule, name, source):
    assert [imported for imported in imports(source, name) if rule(name, imported)]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("module_utils/_image/plan.py", "from __future__ import annotations\nimport re\nfrom . import model"),
        ("module_utils/_image/plan.py", "from .._base.delta import Delta"),
        ("module_utils/_image/read_facts.py", "from .._call.fanout import fan_out\nfrom .read import read_images"),
        ("module_utils/_call/x.py", "import botocore\nfrom .._base.delta import Delta\nfrom . import errors"),
        ("modules/x.py", f"from {UTILS}._module import args\nfrom {UTILS}._kms_grant.apply import apply"),
    ],
)
def test_rules__accept(name, source):
    assert not [imported for imported in imports(source, name) for rule in RULES if rule(name, imported)]
