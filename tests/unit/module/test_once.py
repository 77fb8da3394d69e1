# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that ask for the same work get it once, also when the one that works dies."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.golden.ami.plugins.plugin_utils import once

RESULT = {"changed": True, "msg": "done", "table": ["line"], "warnings": ["w"], "diff": {"a": 1}}


@pytest.fixture(autouse=True)
def directory(monkeypatch, tmp_path):
    monkeypatch.setattr(once.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def test_hosts_at_the_same_time():
    ran = []

    def work():
        ran.append(threading.get_ident())
        time.sleep(0.2)
        return dict(RESULT)

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(lambda host: once.once("k", host, work), ["a", "b", "c", "d", "e"]))

    assert len(ran) == 1
    [first] = [result for result in results if "done_by" not in result]
    assert first == RESULT
    others = [result for result in results if "done_by" in result]
    assert len(others) == 4
    for other in others:
        assert other.pop("done_by") in ("a", "b", "c", "d", "e")
        assert other == {"changed": False, "msg": "done", "table": ["line"]}


def test_a_failure_is_everybodys():
    assert once.once("k", "a", lambda: {"failed": True, "changed": True}) == {"failed": True, "changed": True}
    assert once.once("k", "b", pytest.fail) == {"failed": True, "changed": False, "done_by": "a"}


def test_other_work_is_done():
    ran = []
    for key in ("k", "l"):
        once.once(key, "a", lambda: ran.append(1) or {})

    assert len(ran) == 2


def test_a_loop_on_one_host_runs_each_time_and_the_next_host_none():
    ran = []

    def work():
        ran.append(1)
        return {"number": len(ran)}

    assert [once.once("k", "a", work)["number"] for _item in range(3)] == [1, 2, 3]
    assert [once.once("k", "b", work)["number"] for _item in range(3)] == [1, 2, 3]
    assert len(ran) == 3
    assert once.once("k", "b", work) == {"number": 4}


def test_after_an_exception_another_host_takes_over():
    def lose_the_connection():
        raise RuntimeError("connection lost")

    with pytest.raises(RuntimeError):
        once.once("k", "a", lose_the_connection)

    assert once.once("k", "b", lambda: {"changed": True}) == {"changed": True}


def _dies(directory):
    once.constants.DEFAULT_LOCAL_TMP = directory

    def work():
        open(os.path.join(directory, "began"), "w").close()
        time.sleep(0.3)
        os._exit(9)

    once.once("k", "a", work)


def test_after_the_death_of_its_process_another_host_takes_over(directory):
    process = multiprocessing.get_context("fork").Process(target=_dies, args=(str(directory),))
    process.start()
    until = time.monotonic() + 10
    while not (directory / "began").exists() and time.monotonic() < until:
        time.sleep(0.01)

    assert once.once("k", "b", lambda: {"changed": True}) == {"changed": True}
    process.join()
    assert process.exitcode == 9


def test_a_host_that_was_killed_while_it_wrote_left_nothing(directory):
    once.once("k", "a", lambda: {"changed": True})
    [file] = [path for path in directory.iterdir() if path.name == "golden-ami-once-k-1"]
    file.write_text(file.read_text()[:-5])

    assert once.once("k", "b", lambda: {"changed": "again"}) == {"changed": "again"}


def test_where_no_file_can_be_made_the_work_is_done(monkeypatch):
    monkeypatch.setattr(once.constants, "DEFAULT_LOCAL_TMP", "/nonexistent")

    assert once.once("k", "a", lambda: {"changed": True}) == {"changed": True}


def test_an_error_of_the_work_is_not_taken_for_one_of_the_files():
    def work():
        ran.append(1)
        raise OSError("disk")

    ran = []
    with pytest.raises(OSError, match="disk"):
        once.once("k", "a", work)
    assert ran == [1]


def test_the_files_are_nobody_elses(directory):
    once.once("k", "a", lambda: {"secret": 1})

    assert all(path.stat().st_mode & 0o077 == 0 for path in directory.iterdir() if path.stat().st_size > 10)


def test_key_of__says_no_secret_and_minds_no_order():
    one = once.key_of("uuid", {"a": 1, "b": "secret"}, True)

    assert (
        one == once.key_of("uuid", {"b": "secret", "a": 1}, True) != once.key_of("uuid", {"b": "other", "a": 1}, True)
    )
    assert "secret" not in one and len(one) == 32
