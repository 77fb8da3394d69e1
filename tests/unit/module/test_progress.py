# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a line that the module tells to a line that a person sees, and nothing left behind."""

from __future__ import annotations

import os
import threading
import time
from types import SimpleNamespace

import pytest

from ansible_collections.golden.ami.plugins.action import image_share
from ansible_collections.golden.ami.plugins.module_utils._module.progress import ProgressFile
from ansible_collections.golden.ami.plugins.plugin_utils import progress


class Screen:
    """As much of Ansible's Display as is used."""

    def __init__(self):
        self.lines = []
        self.streams = []

    def display(self, line, stderr=False):
        self.lines.append(line)
        self.streams.append("stderr" if stderr else "stdout")


@pytest.fixture
def screen(monkeypatch, tmp_path):
    shown = Screen()
    monkeypatch.setattr(progress, "Display", lambda: shown)
    monkeypatch.setattr(progress, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(progress.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return shown


def nothing_is_left(tmp_path):
    assert list(tmp_path.iterdir()) == []
    assert [thread for thread in threading.enumerate() if thread.name == "golden.ami progress"] == []
    return True


def test_tail__shows_lines_while_the_block_runs(screen, tmp_path):
    with progress.tail("image_copy") as path:
        ProgressFile(path).tell("us-east-1: 42%")
        until = time.monotonic() + 5
        while not screen.lines and time.monotonic() < until:
            time.sleep(0.01)
        assert screen.lines == ["image_copy: us-east-1: 42%"]
        ProgressFile(path).tell("us-east-1: done")
    assert screen.lines == ["image_copy: us-east-1: 42%", "image_copy: us-east-1: done"]
    # stdout belongs to callbacks that write JSON.
    assert set(screen.streams) == {"stderr"}
    assert nothing_is_left(tmp_path)


def test_tail__half_a_line_waits_for_its_end(screen, tmp_path):
    with progress.tail("p") as path, open(path, "a", encoding="utf-8") as file:
        file.write("half a ")
        file.flush()
        time.sleep(0.1)
        assert screen.lines == []
        file.write("line\nrest without an end")
        file.flush()
    assert screen.lines == ["p: half a line"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_tail__is_gone_when_the_block_fails(screen, tmp_path, error):
    with pytest.raises(error), progress.tail("p") as path:
        ProgressFile(path).tell("last words")
        raise error
    assert screen.lines == ["p: last words"]
    assert nothing_is_left(tmp_path)


def test_tail__nobody_else_may_read(screen, tmp_path):
    with progress.tail("p") as path:
        assert os.stat(path).st_mode & 0o077 == 0


def test_progress_file__a_line_stays_one(tmp_path):
    file = tmp_path / "progress"
    file.touch()
    ProgressFile(str(file)).tell("two\nlines\tand  \r\nmore")

    assert file.read_text() == "two lines and more\n"


@pytest.mark.parametrize("path", [None, "", "/nonexistent/progress"])
def test_progress_file__without_one_nothing_happens(path):
    ProgressFile(path).tell("x")


@pytest.mark.parametrize(("path", "line"), [("no\0path", "x"), ("{tmp}/progress", "\udce4")])
def test_progress_file__a_line_is_never_worth_an_exception(tmp_path, path, line):
    (tmp_path / "progress").touch()

    ProgressFile(path.format(tmp=tmp_path)).tell(line)


def test_progress_file__is_never_made(tmp_path):
    ProgressFile(str(tmp_path / "gone")).tell("x")

    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def run(screen):
    """``run(options)`` starts the action with a module that tells one line; returns the module's arguments."""

    def start(transport="local", async_val=0, no_log=False, action="golden.ami.image_copy", **args):
        given = {}

        def execute(module_args, task_vars, wrap_async):
            given.update(module_args, wrap_async=wrap_async)
            ProgressFile(module_args.get("progress_file")).tell("told")
            return {"changed": True}

        plugin = object.__new__(image_share.ActionModule)
        plugin._task = SimpleNamespace(
            action=action, args=args, module_defaults=None, async_val=async_val, no_log=no_log
        )
        plugin._connection = SimpleNamespace(transport=transport)
        plugin._execute_module = execute
        assert plugin._run_module(dict(args), {}) == {"changed": True}
        return given

    return start


def test_action__shows_what_the_module_tells(run, screen, tmp_path):
    given = run(image_id="ami-1")

    assert screen.lines == ["image_copy: told"]
    assert given["image_id"] == "ami-1" and given["progress_file"].startswith(str(tmp_path))
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"transport": "ssh"}, id="elsewhere"),
        pytest.param({"async_val": 60}, id="async"),
        pytest.param({"no_log": True}, id="no_log"),
        pytest.param({"action": "golden.ami.image_info"}, id="a module that tells nothing"),
    ],
)
def test_action__without_progress(run, screen, tmp_path, given):
    started = run(**given)

    assert "progress_file" not in started
    assert started["wrap_async"] is bool(given.get("async_val"))
    assert screen.lines == []
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("given", [{}, {"no_log": True}])
def test_action__a_file_of_the_task_is_ignored(run, screen, tmp_path, given):
    precious = tmp_path.parent / "precious"
    precious.write_text("content\n")

    assert run(progress_file=str(precious), **given).get("progress_file") != str(precious)
    assert precious.read_text() == "content\n"


@pytest.mark.parametrize(
    ("callback", "stream"),
    [
        ("default", "stdout"),
        ("ansible.posix.json", "stderr"),
        ("ansible.posix.jsonl", "stderr"),
        ("awx_display", "stdout"),
    ],
)
def test_show_table__plain_lines_that_spoil_no_json(screen, monkeypatch, callback, stream):
    monkeypatch.setattr(progress.constants, "DEFAULT_STDOUT_CALLBACK", callback)

    progress.show_table(["AMI  consumer", "ami-1  111122223333"])

    assert screen.lines == ["AMI  consumer", "ami-1  111122223333"]
    assert set(screen.streams) == {stream}
