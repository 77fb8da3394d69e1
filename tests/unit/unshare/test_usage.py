# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who would lose what it uses, and what is done when nobody can say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import ImageUsage, UsageEntry
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Membership
from ansible_collections.golden.ami.plugins.module_utils._unshare.usage import judge
from tests.unit.answers import members
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    ORGANIZATION_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT_ARN,
    accounts,
    shared_with,
)
from tests.unit.unshare.builders import asked, images_of, plain, planned, read, there

NO_REPORT = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:CreateImageUsageReport", REGION, "me")
LATE = Failure("wait_timeout", "usage report amiur-1 is still pending after 5 s", "Raise wait_timeout.", region=REGION)
USES = (ALICE, "Instance", 3)
EVERYTHING = {"account_ids": None, "everything": True}
BY_ORGANIZATION = {"account_ids": None, "organization_arns": ORGANIZATION_ARN}
PUBLIC = {"account_ids": None, "public": True}
IN_ORGANIZATION, IN_UNIT = [members(ORGANIZATION_ARN, ALICE)], [members(UNIT_ARN, ALICE)]
NOT_IN = [members(ORGANIZATION_ARN, BOB), members(UNIT_ARN, BOB)]
ORGANIZATION = {"organizations": (ORGANIZATION_ARN,)}
UNIT = {"units": (UNIT_ARN,)}


def reports(plan, *used, failing=None, check_mode=False):
    """What EC2 says about each AMI that loses a permission; ``used`` is an account, a kind and a count each."""
    entries = failing or tuple(UsageEntry(account, f"ec2:{kind}", count) for account, kind, count in used)
    made = None if check_mode else datetime(2026, 11, 25, tzinfo=UTC)
    return [ImageUsage(one.facts, None if check_mode else entries, made) for one in plan.removing]


def verdict(given, actual, *used, answers=(), answered=True, check_mode=False, **about):
    request = asked(**given)
    plan = planned(request, read(plain(permissions=actual)))
    found = reports(plan, *used, check_mode=check_mode, **about) if answered else []
    return judge(request, plan, Membership(answers), found, check_mode)


@pytest.mark.parametrize(
    ("given", "actual", "answers", "loses"),
    [
        pytest.param({}, shared_with(ALICE), (), True, id="its permission goes"),
        pytest.param({}, shared_with(ALICE, public=True), (), False, id="everybody keeps it"),
        pytest.param({}, shared_with(ALICE, **ORGANIZATION), IN_ORGANIZATION, False, id="its organization keeps it"),
        pytest.param({}, shared_with(ALICE, **UNIT), IN_UNIT, False, id="its OU keeps it"),
        pytest.param({}, shared_with(ALICE, **UNIT), NOT_IN, True, id="an OU of others keeps it"),
        pytest.param({}, shared_with(ALICE, **ORGANIZATION), (), True, id="whether it belongs there is not known"),
        pytest.param({"account_ids": [BOB]}, shared_with(ALICE, BOB), (), False, id="it keeps its own"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), IN_ORGANIZATION, True, id="its organization's goes"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), NOT_IN, False, id="that of others goes"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), (), True, id="it may have been its organization's"),
        pytest.param(BY_ORGANIZATION, shared_with(ALICE, **ORGANIZATION), IN_ORGANIZATION, False, id="it has its own"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION, **UNIT), IN_UNIT, False, id="its OU's stays"),
        pytest.param(PUBLIC, shared_with(public=True), (), True, id="everybody's goes"),
        pytest.param(PUBLIC, shared_with(ALICE, public=True), (), False, id="everybody's goes, it has its own"),
        pytest.param(EVERYTHING, shared_with(ALICE, **ORGANIZATION), NOT_IN, True, id="everything goes"),
        pytest.param(EVERYTHING, shared_with(BOB), (), False, id="it launched before, and has no permission now"),
    ],
)
def test_who_would_lose_what_it_uses(given, actual, answers, loses):
    found = verdict(given, actual, USES, answers=answers)

    assert [one.account_id for one in found.uses] == ([ALICE] if loses else [])
    assert bool(found.refusals) is loses
    assert found.notes == ()


def test_refusal__who_what_where_and_the_next_step():
    found = verdict({}, shared_with(ALICE), USES, (ALICE, "LaunchTemplate", 1))

    assert [one.as_dict() for one in found.uses] == [
        {
            "region": REGION,
            "image_id": IMAGE_ID,
            "account_id": ALICE,
            "usage": {"ec2:Instance": 3, "ec2:LaunchTemplate": 1},
        }
    ]
    sentence, cure = found.refusals
    assert sentence == f"{REGION}: {ALICE} uses {IMAGE_ID} (3 Instance, 1 LaunchTemplate)."
    assert cure.startswith("Next: ") and "unshare_force=true" in cure


def test_refusal__many_uses_are_counted_and_not_listed():
    listed = accounts(60)

    found = verdict({"account_ids": listed}, shared_with(*listed), *((one, "Instance", 1) for one in listed))

    assert (len(found.uses), len(found.refusals)) == (60, 12)
    assert found.refusals[10] == "60 accounts use the AMIs in all; usage in the result has each of them."


@pytest.mark.parametrize("actual", [shared_with(ALICE, BOB), shared_with(**ORGANIZATION), shared_with(public=True)])
def test_the_owners_own_use_is_nobodys_loss(actual):
    assert verdict(EVERYTHING, actual, (OWNER, "Instance", 5)).refusals == ()


def test_each_ami_is_judged_by_itself():
    request = asked(images=images_of(plain(), there()), account_ids=[ALICE, BOB])
    facts = read(plain(permissions=shared_with(ALICE, BOB)), there(shared_with(BOB)))
    plan = planned(request, facts)
    used = reports(plan, (ALICE, "Instance", 1), (BOB, "Instance", 2), (CAROL, "Instance", 9))

    found = judge(request, plan, Membership(), used, False)

    assert [(one.region, one.account_id) for one in found.uses] == [
        (REGION, ALICE),
        (REGION, BOB),
        (OTHER_REGION, BOB),
    ]


def test_force__goes_on_and_says_so():
    found = verdict({"force": True}, shared_with(ALICE), USES)

    assert (found.refusals, len(found.uses)) == ((), 1)
    assert found.notes == (f"{REGION}: {ALICE} uses {IMAGE_ID} (3 Instance). Removed nevertheless (unshare_force).",)


@pytest.mark.parametrize("force", [False, True])
def test_a_report_that_could_not_be_had(force):
    found = verdict({"force": force}, shared_with(ALICE), failing=NO_REPORT)

    [sentence] = found.notes if force else found.refusals
    assert sentence.startswith("Whether the AMIs are used could not be determined: ")
    assert "ec2:CreateImageUsageReport as me: UnauthorizedOperation" in sentence
    assert ("unshare_check_usage=false" in sentence) is not force
    assert () in (found.notes, found.refusals)


def test_a_report_that_came_too_late_names_the_option_of_the_caller():
    [sentence] = verdict({}, shared_with(ALICE), failing=LATE).refusals

    assert "Next: Raise unshare_usage_timeout." in sentence


@pytest.mark.parametrize("force", [False, True])
def test_no_answer_about_an_ami_is_not_no_use(force):
    found = verdict({"force": force}, shared_with(ALICE), answered=False)

    [sentence] = found.notes if force else found.refusals
    assert f"there is no report about {IMAGE_ID} in {REGION}" in sentence


def test_nothing_goes_so_nothing_is_asked():
    found = verdict({}, shared_with(BOB), answered=False)

    assert (found.uses, found.refusals) == ((), ())
    assert found.notes == ("Whether the AMIs are used was not asked, because no launch permission is removed.",)
    assert verdict({"key_access": None}, shared_with(BOB), answered=False).notes == ()


def test_not_asked_is_said():
    found = verdict({"check_usage": False}, shared_with(ALICE), answered=False)

    assert found.refusals == ()
    assert found.notes == ("Whether the AMIs are used was not asked (unshare_check_usage).",)


def test_check_mode_makes_no_report_and_says_so():
    found = verdict({}, shared_with(ALICE), check_mode=True)

    assert (found.uses, found.refusals) == ((), ())
    assert found.notes == (
        f"Usage not known: {IMAGE_ID} in {REGION}. In check mode no usage report is created; a real run creates one.",
    )
