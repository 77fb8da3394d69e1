# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each directory in targets/ is one test: a role that asserts, played in the world of the same name.

Worlds are functions in world.py and in the files beside it whose names end in _world.py.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.integration import world as worlds
from tests.integration.conftest import PlayTarget
from tests.integration.world import World

HERE = Path(__file__).parent
TARGETS = sorted(path.name for path in (HERE / "targets").iterdir() if not path.name.startswith("setup_"))
FILES = [worlds, *(importlib.import_module(f"tests.integration.{path.stem}") for path in HERE.glob("*_world.py"))]


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, world: World, play_target: PlayTarget) -> None:
    [build] = {getattr(file, target) for file in FILES if hasattr(file, target)}
    variables = build(world)
    world.aws.clear_calls()
    play_target(target, {**worlds.NAMES, **variables})
