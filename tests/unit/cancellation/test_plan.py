# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.advice import next_step
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._cancellation.plan import (
    ShareFacts,
    after_cancellation,
    plan_cancellation,
)
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from tests.unit.builders import IMAGE_ID, OWNER, REGION, image

CANCEL = "ec2:CancelImageLaunchPermission"
SELECTOR = ImageSelector(REGION, IMAGE_ID)
SHARED = image()
PUBLIC = image(public=True)
JUST_DEREGISTERED = image(state="deregistered")
DENIED = Failure("UnauthorizedOperation", "no", "Allow it", "ec2:DescribeImages", REGION)
NO_OWN_SHARE = Failure(
    "InvalidAMIID.NotFound", "AWS's words", next_step(CANCEL, "InvalidAMIID.NotFound"), CANCEL, REGION
)
REFUSED = Failure("UnauthorizedOperation", "no", "Allow it", CANCEL, REGION)


def access(shared=False, through_organization=False, public=False):
    return {"shared": shared, "through_organization": through_organization, "public": public}


def plan(**listings):
    return plan_cancellation(None, ShareFacts(SELECTOR, **listings))


def test_plan_cancellation__a_shared_ami_is_given_up():
    outcome = plan(shared=SHARED)

    assert outcome.as_result() == {
        "image_id": IMAGE_ID,
        "region": REGION,
        "status": "changed",
        "before": access(shared=True, through_organization=None),
        "after": access(),
        "owner_id": OWNER,
        "error": None,
    }
    assert (outcome.change, outcome.warnings) == (SELECTOR, ())


def test_plan_cancellation__an_ami_that_is_public_too_stays_so():
    outcome = plan(shared=PUBLIC)

    assert (outcome.status, outcome.change) == ("changed", SELECTOR)
    assert outcome.before == access(shared=True, through_organization=None, public=True)
    assert outcome.after == access(public=True)
    assert "public too" in outcome.warnings[0]


@pytest.mark.parametrize(
    ("listings", "after", "owner_id", "said"),
    [
        pytest.param({}, access(), None, f"not shared with this account in {REGION}", id="not shared or gone"),
        pytest.param({}, access(), None, "Allowed AMIs", id="or hidden"),
        pytest.param({"public": PUBLIC}, access(public=True), OWNER, "cannot give up", id="public"),
        pytest.param({"shared": JUST_DEREGISTERED}, access(), None, "not shared", id="gone and still shown"),
        pytest.param({"public": JUST_DEREGISTERED}, access(), None, "not shared", id="public, gone and still shown"),
    ],
)
def test_plan_cancellation__nothing_to_cancel(listings, after, owner_id, said):
    outcome = plan(**listings)

    assert (outcome.status, outcome.change, outcome.failure) == ("unchanged", None, None)
    assert outcome.before == outcome.after == after
    assert outcome.extra == {"owner_id": owner_id}
    (warning,) = outcome.warnings
    assert IMAGE_ID in warning and REGION in warning and said in warning


@pytest.mark.parametrize(
    "listings",
    [
        pytest.param({"own": SHARED}, id="private"),
        pytest.param({"own": SHARED, "shared": SHARED}, id="shared with the organization of its owner"),
        pytest.param({"own": PUBLIC}, id="public"),
    ],
)
def test_plan_cancellation__the_owner_has_nothing_to_cancel(listings):
    outcome = plan(**listings)

    assert (outcome.status, outcome.failure.code, outcome.change) == ("failed", "owner", None)
    assert (outcome.before, outcome.after, outcome.extra) == (None, None, {"owner_id": OWNER})
    assert OWNER in outcome.failure.message and "golden.ami.launch_permission" in outcome.failure.next_step


@pytest.mark.parametrize(
    "listings",
    [{"shared": DENIED}, {"own": DENIED}, {"public": DENIED}, {"shared": SHARED, "own": DENIED}],
    ids=["shared", "own", "public", "own of a shared one"],
)
def test_plan_cancellation__unreadable_is_not_unshared(listings):
    outcome = plan(**listings)

    assert (outcome.status, outcome.failure, outcome.change) == ("failed", DENIED, None)
    assert (outcome.before, outcome.after, outcome.extra, outcome.warnings) == (None, None, {"owner_id": None}, ())


@pytest.mark.parametrize(
    ("refusal", "left"),
    [
        pytest.param(None, None, id="cancelled"),
        pytest.param(None, JUST_DEREGISTERED, id="cancelled, and gone meanwhile"),
        pytest.param(NO_OWN_SHARE, None, id="ended meanwhile"),
        pytest.param(NO_OWN_SHARE, JUST_DEREGISTERED, id="gone meanwhile"),
    ],
)
def test_after_cancellation__as_planned(refusal, left):
    planned = plan(shared=SHARED)

    assert after_cancellation(planned, refusal, left) == planned


def test_after_cancellation__still_shared_through_an_organization():
    outcome = after_cancellation(plan(shared=PUBLIC), None, PUBLIC)

    assert (outcome.status, outcome.failure) == ("changed", None)
    assert outcome.after == access(shared=True, through_organization=True, public=True)
    assert len(outcome.warnings) == 2
    assert "organization or OU" in outcome.warnings[1] and OWNER in outcome.warnings[1]


def test_after_cancellation__shared_through_an_organization_only():
    outcome = after_cancellation(plan(shared=SHARED), NO_OWN_SHARE, SHARED)

    assert (outcome.status, outcome.changed) == ("failed", False)
    assert outcome.after == access(shared=True, through_organization=True)
    failure = outcome.failure
    assert (failure.code, failure.action, failure.region) == ("shared_by_organization", CANCEL, REGION)
    assert OWNER in failure.message and "InvalidAMIID.NotFound" in failure.message
    assert "golden.ami.launch_permission" in failure.next_step and "owner" in failure.next_step


def test_after_cancellation__a_refused_call_leaves_the_rest_unknown():
    outcome = after_cancellation(plan(shared=SHARED), REFUSED, None)

    assert (outcome.status, outcome.changed, outcome.failure) == ("failed", False, REFUSED)
    assert (outcome.before["shared"], outcome.after) == (True, None)


@pytest.mark.parametrize(("refusal", "changed"), [(None, True), (NO_OWN_SHARE, False)], ids=["cancelled", "refused"])
def test_after_cancellation__what_is_left_cannot_be_read(refusal, changed):
    outcome = after_cancellation(plan(shared=SHARED), refusal, DENIED)

    assert (outcome.status, outcome.changed, outcome.failure, outcome.after) == ("failed", changed, DENIED, None)
