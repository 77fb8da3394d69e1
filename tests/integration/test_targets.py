# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each directory in targets/ is one test: a role that asserts, played in the world of the same name.

Worlds are functions in world.py, snapshot_world.py and keys_world.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration import keys_world, snapshot_world
from tests.integration import world as worlds
from tests.integration.conftest import PlayTarget
from tests.integration.world import World

TARGETS = sorted(
    path.name for path in (Path(__file__).parent / "targets").iterdir() if not path.name.startswith("setup_")
)


@pytest.mark.parametrize("target", TARGETS)
def test_target(target: str, world: World, play_target: PlayTarget) -> None:
    variables = {**vars(worlds), **vars(snapshot_world), **vars(keys_world)}[target](world)
    world.aws.clear_calls()
    play_target(target, {**worlds.NAMES, **variables})
