# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module ends: what check mode does not do, what a failure shows, and that nothing is hidden."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome
from ansible_collections.golden.ami.plugins.module_utils._call.diagnose import Diagnosis
from ansible_collections.golden.ami.plugins.module_utils._call.session import UnusableConnectionError
from ansible_collections.golden.ami.plugins.module_utils._module import run

DENIED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifyImageAttribute", "eu-west-1")


class EndedError(Exception):
    def __init__(self, failed, result):
        super().__init__()
        self.failed, self.result = failed, result


class Module:
    """As much of AnsibleAWSModule as run.py uses."""

    def __init__(self, check_mode=False, diff=False):
        self.params, self.check_mode, self._diff, self.warnings = {}, check_mode, diff, []

    def warn(self, text):
        self.warnings.append(text)

    def exit_json(self, **result):
        raise EndedError(False, result)

    def fail_json(self, **result):
        raise EndedError(True, result)


def outcome(image_id, **given):
    return Outcome({"image_id": image_id, "region": "eu-west-1"}, before=["old"], after=["new"], **given)


@pytest.fixture(autouse=True)
def no_aws(monkeypatch):
    monkeypatch.setattr(run, "get_aws_connection_info", lambda _module: ("eu-west-1", None, {}))
    monkeypatch.setattr(run, "Aws", lambda _connection, _user_agent: "aws")
    monkeypatch.setattr(run, "diagnose", lambda _aws, _failures: Diagnosis("arn:aws:iam::123456789012:user/images"))


def end(module, plans, apply=lambda _aws, plans: plans, parse=lambda _params, _region: ("targets", "request")):
    with pytest.raises(EndedError) as ended:
        run.run_setter(module, parse, lambda _aws, _targets: plans, lambda _request, actual: actual, apply)
    return ended.value.failed, ended.value.result


def forbidden(_aws, _plans):
    raise AssertionError("check mode must not write")


def test_run_setter__check_mode_stops_before_the_first_write():
    failed, result = end(Module(check_mode=True), [outcome("ami-1", changed=True)], forbidden)

    assert (failed, result["changed"], result["results"][0]["status"]) == (False, True, "changed")
    assert result["results"][0]["after"] == ["new"]


def test_run_setter__check_mode_has_the_keys_of_a_real_run():
    plans = [outcome("ami-1", changed=True)]

    assert end(Module(check_mode=True, diff=True), plans) == end(Module(diff=True), plans)


@pytest.mark.parametrize("check_mode", [True, False])
def test_run_setter__plans_are_looked_at_together_before_the_first_write(check_mode):
    """What one plan says can stop all others, in check mode as well."""

    def settle(plans):
        return [outcome("ami-1", failure=DENIED) for _plan in plans]

    with pytest.raises(EndedError) as ended:
        run.run_setter(
            Module(check_mode),
            lambda _params, _region: ("t", "r"),
            lambda _aws, _targets: [outcome("ami-1", changed=True)],
            lambda _request, actual: actual,
            lambda _aws, plans: plans,
            settle,
        )
    assert ended.value.failed
    assert [entry["status"] for entry in ended.value.result["results"]] == ["failed"]


@pytest.mark.parametrize("changed", [True, False])
def test_run_setter__diff_only_of_what_changes(changed):
    _failed, result = end(Module(diff=True), [outcome("ami-1"), outcome("ami-2", changed=changed)])

    assert [entry["before_header"] for entry in result.get("diff", [])] == ["ami-2 in eu-west-1"] * changed


def test_run_setter__a_failed_target_fails_the_task_and_hides_no_other():
    failed, result = end(Module(), [outcome("ami-1", failure=DENIED), outcome("ami-2", changed=True)])

    assert (failed, result["changed"]) == (True, True)
    assert [entry["status"] for entry in result["results"]] == ["failed", "changed"]
    for said in ("1 of 2 failed", "ami-1 in eu-west-1", DENIED.action, DENIED.code, "user/images", DENIED.next_step):
        assert said in result["msg"]
    assert result["results"][0]["error"]["caller"] == "arn:aws:iam::123456789012:user/images"


def test_run_setter__warnings_once():
    module = Module()

    end(module, [outcome("ami-1", warnings=("same",)), outcome("ami-2", warnings=("same", "other"))])

    assert module.warnings == ["same", "other"]


def test_run_setter__refused_input_touches_nothing():
    def parse(_params, _region):
        raise InputError(["a: wrong.", "b: wrong."])

    failed, result = end(Module(), [], forbidden, parse)

    assert failed
    assert (result["changed"], result["results"], result["problems"]) == (False, [], ["a: wrong.", "b: wrong."])


@pytest.mark.parametrize("where", ["Aws", "read"])
def test_run_info__an_unusable_connection(monkeypatch, where):
    def refuse(*_args):
        raise UnusableConnectionError("no such profile")

    if where == "Aws":
        monkeypatch.setattr(run, "Aws", refuse)
    with pytest.raises(EndedError) as ended:
        run.run_info(Module(), lambda _params, _region: ("t", "r"), refuse, lambda _request, _actual: None)
    assert ended.value.failed
    assert ended.value.result == {
        "msg": "Could not connect to AWS: no such profile",
        "changed": False,
        "results": [],
    }


def test_run_info__shows_no_before_and_after():
    with pytest.raises(EndedError) as ended:
        run.run_info(
            Module(diff=True),
            lambda _params, _region: ("t", "r"),
            lambda _aws, _targets: [outcome("ami-1", extra={"state": "available"})],
            lambda _request, actual: actual,
        )
    assert ended.value.result == {
        "changed": False,
        "results": [{"image_id": "ami-1", "region": "eu-west-1", "state": "available", "error": None}],
    }


@pytest.mark.parametrize(("check_mode", "used"), [(True, "without writing"), (False, "usual")])
def test_run_info__check_mode_reads_without_writing(check_mode, used):
    def read(how):
        return lambda _aws, _targets: [outcome("ami-1", extra={"read": how})]

    with pytest.raises(EndedError) as ended:
        run.run_info(
            Module(check_mode),
            lambda _params, _region: ("t", "r"),
            read("usual"),
            lambda _request, actual: actual,
            read_in_check_mode=read("without writing"),
        )
    assert ended.value.result["results"][0]["read"] == used


def test_run_info__check_mode_reads_as_usual_where_reading_only_reads():
    with pytest.raises(EndedError) as ended:
        run.run_info(
            Module(check_mode=True),
            lambda _params, _region: ("t", "r"),
            lambda _aws, _targets: [outcome("ami-1")],
            lambda _request, actual: actual,
        )
    assert not ended.value.failed
