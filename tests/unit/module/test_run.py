# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module ends: what check mode does not do, what a failure shows, and that nothing is hidden."""

from __future__ import annotations

import functools

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure, Outcome, explanation
from ansible_collections.golden.ami.plugins.module_utils._base.report import Report
from ansible_collections.golden.ami.plugins.module_utils._call.diagnose import Diagnosis
from ansible_collections.golden.ami.plugins.module_utils._call.errors import UnusableConnectionError
from ansible_collections.golden.ami.plugins.module_utils._call.session import Connection
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
    monkeypatch.setattr(run, "read_connection", lambda _module: ("eu-west-1", Connection(None, {})))
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
        raise UnusableConnectionError("no such profile", "Check it.")

    if where == "Aws":
        monkeypatch.setattr(run, "Aws", refuse)
    with pytest.raises(EndedError) as ended:
        run.run_info(Module(), lambda _params, _region: ("t", "r"), refuse, lambda _request, _actual: None)
    assert ended.value.failed
    assert ended.value.result == {
        "msg": "Could not connect to AWS: no such profile. Next: Check it.",
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


def bug(*_args):
    raise KeyError("a bug")


@pytest.mark.parametrize(
    ("parse", "read", "plan", "settle"),
    [
        pytest.param(bug, None, None, None, id="parse"),
        pytest.param(None, bug, None, None, id="read"),
        pytest.param(None, None, bug, None, id="plan"),
        pytest.param(None, None, None, bug, id="settle"),
    ],
)
def test_run_setter__what_is_raised_before_the_first_write_is_a_failed_result(parse, read, plan, settle):
    with pytest.raises(EndedError) as ended:
        run.run_setter(
            Module(),
            parse or (lambda _params, _region: ("t", "r")),
            read or (lambda _aws, _targets: [outcome("ami-1", changed=True, change="x")]),
            plan or (lambda _request, actual: actual),
            forbidden,
            settle or list,
        )

    assert ended.value.failed
    message = ended.value.result.pop("msg")
    assert message.startswith("KeyError at _module/run.py:") and "'a bug'. Next: " in message and "report" in message
    assert ended.value.result == {"changed": False, "results": []}


def test_run_info__what_is_raised_while_reading_is_a_failed_result():
    with pytest.raises(EndedError) as ended:
        run.run_info(Module(), lambda _params, _region: ("t", "r"), bug, lambda _request, actual: actual)

    assert ended.value.failed and "KeyError" in ended.value.result["msg"]
    assert ended.value.result["results"] == []


def test_run_setter__what_is_raised_while_applying_puts_every_change_in_doubt():
    plans = [outcome("ami-1", change="x", changed=True), outcome("ami-2")]

    failed, result = end(Module(), plans, bug)

    assert (failed, result["changed"]) == (True, True)
    assert [entry["status"] for entry in result["results"]] == ["failed", "unchanged"]
    assert result["results"][0]["after"] is None
    assert result["results"][0]["error"]["code"] == "internal_error"
    assert result["msg"].startswith("1 of 2 failed: ami-1 in eu-west-1: KeyError at _call/conclusions.py:")


@pytest.mark.parametrize("check_mode", [True, False])
def test_run_setter__results_that_ansible_cannot_write_hide_no_write(check_mode):
    plans = [outcome("ami-1", changed=True, extra={"seen": object()}), outcome("ami-2", failure=DENIED)]

    failed, result = end(Module(check_mode), plans)

    assert (failed, result["changed"]) == (True, True)
    assert [entry["status"] for entry in result["results"]] == ["changed", "failed"]
    assert result["msg"].startswith("TypeError at _module/run.py:")


class Job:
    """As much of a job as run.py uses; ``bugs`` are the methods that raise something."""

    def __init__(self, *bugs, error=None, refused=False):
        self.outcomes, self.is_refused = [], refused
        for name in bugs:
            setattr(self, name, functools.partial(self._raise, error or KeyError("a bug")))

    @staticmethod
    def _raise(error, *_args):
        raise error

    def read(self, _aws):
        pass

    def predict(self):
        self.outcomes = [outcome("ami-1", changed=True)]

    def apply(self, _aws):
        self.outcomes = [outcome("ami-1", changed=True), outcome("ami-2", failure=DENIED)]

    @property
    def failures(self):
        return [one.failure for one in self.outcomes if one.failure]

    def report(self, explain):
        failures = tuple(explanation(explain(failure)) for failure in self.failures)
        return Report(changed=any(one.changed for one in self.outcomes), failures=failures, refused=not self.outcomes)


def end_job(job, module=None):
    with pytest.raises(EndedError) as ended:
        run.run_job(module or Module(), lambda _given, _tell: job)
    return ended.value.failed, ended.value.result


def test_run_job__ends_with_its_report():
    failed, result = end_job(Job())

    assert (failed, result["changed"], result["refused"]) == (True, True, False)
    assert "user/images" in result["msg"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("a bug"), "KeyError at _module/run.py:"),
        (UnusableConnectionError("no such profile"), "Could not connect to AWS: no such profile"),
    ],
)
def test_run_job__what_is_raised_while_reading_is_a_refusal(error, said):
    failed, result = end_job(Job("read", error=error))

    assert failed
    assert (result["changed"], result["refused"], result["results"]) == (False, True, [])
    assert said in result["msg"] and "nothing was changed" in result["msg"]


@pytest.mark.parametrize(
    ("error", "said"),
    [(KeyError("a bug"), "'a bug'"), (UnusableConnectionError("the token is gone"), "the token is gone")],
)
def test_run_job__what_is_raised_while_applying_hides_no_write(error, said):
    """Clients of roles are made while a job runs, so that a connection can turn out to be unusable late."""

    class Dies(Job):
        def apply(self, aws):
            super().apply(aws)
            raise error

    failed, result = end_job(Dies())

    assert (failed, result["changed"], result["refused"]) == (True, True, False)
    assert said in result["msg"] and DENIED.code in result["msg"]


def test_run_job__without_a_report_the_outcomes_are_reported():
    failed, result = end_job(Job("report"))

    assert (failed, result["changed"]) == (True, True)
    assert [(entry["image_id"], entry["status"]) for entry in result["results"]] == [
        ("ami-1", "changed"),
        ("ami-2", "failed"),
    ]
    assert "KeyError" in result["msg"]


def test_run_job__without_a_table(monkeypatch):
    monkeypatch.setattr(run, "draw", bug)

    failed, result = end_job(Job())

    assert (failed, result["changed"], result["table"]) == (True, True, [])
    assert DENIED.code in result["msg"] and "KeyError" in result["msg"]
