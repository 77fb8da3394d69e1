# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller of a run may have no SDK, and pays a quarter of a second for loading one: its plugins load none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parents[2] / "plugins"
KINDS = ("action", "filter", "plugin_utils")
HERE = "ansible_collections.golden.ami.plugins"


def names():
    return [f"{HERE}.{kind}.{path.stem}" for kind in KINDS for path in sorted((PLUGINS / kind).glob("*.py"))]


def loaded(*statements):
    """What of the SDK is loaded in a fresh Python after these statements."""
    said = "print(*sorted({name.split('.')[0] for name in sys.modules} & {'boto3', 'botocore', 'urllib3'}))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(["import sys", *statements, said])],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_plugins_of_the_controller__load_no_sdk():
    assert names()
    assert loaded(*(f"import {name}" for name in names())) == []


def test_loaded__would_see_it():
    assert "botocore" in loaded(f"import {HERE}.module_utils._call.errors")
