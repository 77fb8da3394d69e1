# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a parameter is to hold, what is refused before the write, and what was read back behind it."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.plan import (
    Parameter,
    ParameterChange,
    ParameterFacts,
    Version,
    Written,
    after_write,
    is_settled,
    plan_parameter,
)
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.request import ParameterRequest
from tests.unit.builders import ALICE, IMAGE_ID, OTHER_IMAGE_ID, REGION, image

DENIED = Failure("AccessDeniedException", "no", "", "ssm:GetParameterHistory", REGION)
OLD, NEW = OTHER_IMAGE_ID, IMAGE_ID


def request(**given):
    images = {REGION: NEW} if given.get("state", "present") == "present" else {}
    return ParameterRequest(Consumers(), "/golden", (REGION,), images, **given)


def held(*values, data_type="aws:ec2:image"):
    """The newest last, as one thinks of it."""
    versions = [Version(number, value, f"day {number}") for number, value in enumerate(values, 1)]
    return Parameter(data_type, tuple(reversed(versions)))


def plan(parameter=None, seen="usual", **given):
    about = image() if seen == "usual" else seen
    return plan_parameter(request(**given), ParameterFacts(ALICE, REGION, parameter, about))


@pytest.mark.parametrize(
    ("parameter", "given", "value", "version"),
    [
        pytest.param(None, {}, NEW, 1, id="new"),
        pytest.param(held(OLD), {}, NEW, 2, id="another AMI"),
        pytest.param(held(NEW, OLD), {}, NEW, 3, id="one that it held before"),
        pytest.param(held(OLD, NEW), {"state": "rollback"}, OLD, 3, id="back"),
        pytest.param(held("ami-0", OLD, NEW, NEW), {"state": "rollback"}, OLD, 5, id="back over equal versions"),
        pytest.param(held(OLD, NEW, OLD), {"state": "rollback"}, NEW, 4, id="back from a rollback"),
        pytest.param(held("ami-0", OLD, NEW), {"state": "rollback", "version": 1}, "ami-0", 4, id="back to a version"),
    ],
)
def test_plan__writes(parameter, given, value, version):
    outcome = plan(parameter, **given)

    assert outcome.change == ParameterChange(ALICE, REGION, value, parameter is not None)
    assert (outcome.changed, outcome.after) == (True, {"image_id": value, "version": version})
    assert outcome.before == (parameter.current.as_dict() if parameter else None)


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        (held(OLD, NEW), {}),
        (held(NEW, OLD), {"state": "rollback", "version": 2}),
        (None, {"state": "absent"}),
    ],
)
def test_plan__leaves_alone(parameter, given):
    outcome = plan(parameter, **given)

    assert (outcome.change, outcome.changed, outcome.failure) == (None, False, None)
    assert outcome.after == outcome.before


def test_plan__deletes():
    outcome = plan(held(OLD), seen=None, state="absent")

    assert outcome.change == ParameterChange(ALICE, REGION)
    assert (outcome.changed, outcome.before, outcome.after) == (True, {"image_id": OLD, "version": 1}, None)


@pytest.mark.parametrize(
    ("parameter", "read", "code"),
    [
        pytest.param(DENIED, {}, "AccessDeniedException", id="not read"),
        pytest.param(None, {"seen": None}, "not_shared", id="not visible"),
        pytest.param(None, {"seen": image(state="pending")}, "pending", id="pending"),
        pytest.param(None, {"seen": DENIED}, "AccessDeniedException", id="AMI not read"),
        pytest.param(held("x", data_type="text"), {}, "wrong_data_type", id="text"),
        pytest.param(held("x", data_type="text"), {"state": "absent"}, "wrong_data_type", id="text is not deleted"),
        pytest.param(None, {"state": "rollback"}, "not_found", id="nothing to roll back"),
        pytest.param(held(NEW), {"state": "rollback"}, "no_earlier_version", id="no earlier AMI"),
        pytest.param(held(OLD, NEW), {"state": "rollback", "version": 3}, "no_such_version", id="no such version"),
        pytest.param(held(OLD, NEW), {"state": "rollback", "seen": None}, "not_shared", id="the earlier AMI is gone"),
    ],
)
def test_plan__refuses_before_the_write(parameter, read, code):
    outcome = plan(parameter, **read)

    assert (outcome.failure.code, outcome.change, outcome.changed) == (code, None, False)
    assert outcome.failure.next_step or outcome.failure is DENIED


@pytest.mark.parametrize(("seen", "warned"), [(image(), False), (None, True), (image(state="disabled"), True)])
def test_plan__a_parameter_that_holds_what_is_gone_is_said(seen, warned):
    outcome = plan(held(NEW), seen=seen)

    assert (outcome.failure, outcome.changed, bool(outcome.warnings)) == (None, False, warned)


@pytest.mark.parametrize(("history", "shown"), [(0, []), (2, [3, 2]), (10, [3, 2, 1])])
def test_plan__shows_the_history(history, shown):
    outcome = plan(held("ami-0", OLD, NEW), history=history)

    assert [one["version"] for one in outcome.extra["history"]] == shown
    assert all(one["modified"] == f"day {one['version']}" for one in outcome.extra["history"])


CHANGE = ParameterChange(ALICE, REGION, NEW)


@pytest.mark.parametrize(
    ("seen", "settled"),
    [(None, False), (Version(1, OLD), False), (Version(2, NEW), True), (Version(3, OLD), True)],
)
def test_is_settled(seen, settled):
    assert is_settled(CHANGE, Written(2, seen)) is settled


@pytest.mark.parametrize(
    ("written", "status", "code", "after"),
    [
        pytest.param(Written(2, Version(2, NEW)), "changed", None, (NEW, 2), id="stored"),
        pytest.param(Written(2, Version(4, NEW)), "changed", None, (NEW, 4), id="stored, and once more by somebody"),
        pytest.param(Written(2, Version(1, OLD)), "failed", "not_validated", (OLD, 1), id="dropped"),
        pytest.param(Written(1, None), "failed", "not_validated", None, id="dropped, and there was none"),
        pytest.param(Written(2, Version(3, OLD)), "failed", "overtaken", (OLD, 3), id="overtaken"),
        pytest.param(Written(0, None, DENIED), "failed", DENIED.code, None, id="refused"),
        pytest.param(Written(2, Version(1, OLD), DENIED), "failed", DENIED.code, (OLD, 1), id="not read back"),
    ],
)
def test_after_write(written, status, code, after):
    outcome = after_write(plan(held(OLD)), CHANGE, written, 60)

    assert (outcome.status, outcome.failure.code if outcome.failure else None) == (status, code)
    assert outcome.after == ({"image_id": after[0], "version": after[1]} if after else None)
    # Who overtakes us comes behind a change of ours.
    assert outcome.changed is (status == "changed" or code == "overtaken")
