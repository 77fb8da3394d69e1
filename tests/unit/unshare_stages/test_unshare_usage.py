# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who would lose what it uses, and what is done when nobody can say."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from tests.unit.answers import members, organized
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
    image_facts,
    shared_with,
)
from tests.unit.share.stages import encrypted
from tests.unit.unshare_stages.stages import judged, plan, reported, request

NO_REPORT = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:CreateImageUsageReport", REGION, "me")
USES = (ALICE, "Instance", 3)
EVERYTHING = {"account_ids": [], "everything": True}
BY_ORGANIZATION = {"account_ids": [], "organization_arns": ORGANIZATION_ARN}
PUBLIC = {"account_ids": [], "public": True}
IN_ORGANIZATION = organized(members(ORGANIZATION_ARN, ALICE))
IN_UNIT = organized(members(UNIT_ARN, ALICE))
NOT_IN = organized(members(ORGANIZATION_ARN, BOB), members(UNIT_ARN, BOB))
ORGANIZATION = {"organizations": (ORGANIZATION_ARN,)}
UNIT = {"units": (UNIT_ARN,)}


def judge(given, actual, *used, read=None, **about):
    wanted = request(**given)
    planned = plan(wanted, image_facts(actual))
    return judged(planned, wanted, reported(planned, *used, **about), read)


@pytest.mark.parametrize(
    ("given", "actual", "read", "loses"),
    [
        pytest.param({}, shared_with(ALICE), None, True, id="its permission goes"),
        pytest.param({}, shared_with(ALICE, public=True), None, False, id="everybody keeps it"),
        pytest.param({}, shared_with(ALICE, **ORGANIZATION), IN_ORGANIZATION, False, id="its organization keeps it"),
        pytest.param({}, shared_with(ALICE, **UNIT), IN_UNIT, False, id="its unit keeps it"),
        pytest.param({}, shared_with(ALICE, **UNIT), NOT_IN, True, id="a unit of others keeps it"),
        pytest.param({}, shared_with(ALICE, **ORGANIZATION), None, True, id="whether it belongs there is not known"),
        pytest.param({"account_ids": [BOB]}, shared_with(ALICE, BOB), None, False, id="it keeps its own"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), IN_ORGANIZATION, True, id="its organization's goes"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION), NOT_IN, False, id="that of others goes"),
        pytest.param(
            BY_ORGANIZATION, shared_with(**ORGANIZATION), None, True, id="it may have been its organization's"
        ),
        pytest.param(BY_ORGANIZATION, shared_with(ALICE, **ORGANIZATION), IN_ORGANIZATION, False, id="it has its own"),
        pytest.param(BY_ORGANIZATION, shared_with(**ORGANIZATION, **UNIT), IN_UNIT, False, id="its unit's stays"),
        pytest.param(PUBLIC, shared_with(public=True), None, True, id="everybody's goes"),
        pytest.param(PUBLIC, shared_with(ALICE, public=True), None, False, id="everybody's goes, it has its own"),
        pytest.param(EVERYTHING, shared_with(ALICE, **ORGANIZATION), NOT_IN, True, id="everything goes"),
        pytest.param(EVERYTHING, shared_with(BOB), None, False, id="it launched before, and has no permission now"),
    ],
)
def test_who_would_lose_what_it_uses(given, actual, read, loses):
    found = judge(given, actual, USES, read=read)

    assert [one["account_id"] for one in found["usage"]] == ([ALICE] if loses else [])
    assert bool(found["refusals"]) is loses
    assert found["notes"] == []


def test_refusal__who_what_where_and_the_next_step():
    found = judge({}, shared_with(ALICE), USES, (ALICE, "LaunchTemplate", 1))

    assert found["usage"] == [
        {
            "region": REGION,
            "image_id": IMAGE_ID,
            "account_id": ALICE,
            "usage": {"ec2:Instance": 3, "ec2:LaunchTemplate": 1},
        }
    ]
    sentence, cure = found["refusals"]
    assert sentence == f"{REGION}: {ALICE} uses {IMAGE_ID} (3 Instance, 1 LaunchTemplate)."
    assert cure.startswith("Next: ") and "unshare_force=true" in cure


@pytest.mark.parametrize("actual", [shared_with(ALICE, BOB), shared_with(**ORGANIZATION), shared_with(public=True)])
def test_the_owners_own_use_is_nobodys_loss(actual):
    assert judge(EVERYTHING, actual, (OWNER, "Instance", 5))["refusals"] == []


def test_each_ami_is_judged_by_itself():
    wanted = request(account_ids=[ALICE, BOB])
    planned = plan(wanted, encrypted(shared_with(ALICE, BOB)), encrypted(shared_with(BOB), OTHER_REGION))

    found = judged(
        planned, wanted, reported(planned, (ALICE, "Instance", 1), (BOB, "Instance", 2), (CAROL, "Instance", 9))
    )

    assert [(one["region"], one["account_id"]) for one in found["usage"]] == [
        (REGION, ALICE),
        (REGION, BOB),
        (OTHER_REGION, BOB),
    ]


def test_force__goes_on_and_says_so():
    found = judge({"force": True}, shared_with(ALICE), USES)

    assert (found["refusals"], len(found["usage"])) == ([], 1)
    assert found["notes"] == [f"{REGION}: {ALICE} uses {IMAGE_ID} (3 Instance). Removed all the same (unshare_force)."]


@pytest.mark.parametrize("force", [False, True])
def test_a_report_that_could_not_be_had(force):
    found = judge({"force": force}, shared_with(ALICE), failing=NO_REPORT)

    [sentence] = found["notes"] if force else found["refusals"]
    assert sentence.startswith("Whether the AMIs are used could not be found out: ")
    assert "ec2:CreateImageUsageReport as me: UnauthorizedOperation" in sentence
    assert ("unshare_check_usage=false" in sentence) is not force
    assert [] in (found["notes"], found["refusals"])


@pytest.mark.parametrize("answer", [{}, {"results": []}, {"skipped": True}])
@pytest.mark.parametrize("force", [False, True])
def test_no_answer_about_an_ami_is_not_no_use(answer, force):
    wanted = request(force=force)
    planned = plan(wanted, image_facts(shared_with(ALICE)))

    found = judged(planned, wanted, answer)

    [sentence] = found["notes"] if force else found["refusals"]
    assert f"there is no report about {IMAGE_ID} in {REGION}" in sentence


def test_nothing_goes_so_nothing_is_asked():
    wanted = request()
    planned = plan(wanted, image_facts(shared_with(BOB)))

    assert judged(planned, wanted, {}) == {
        "usage": [],
        "refusals": [],
        "notes": ["Whether the AMIs are used was not asked, because no launch permission goes."],
    }
    assert judged(planned, {**wanted, "key_access": False}, {})["notes"] == []


def test_not_asked_is_said():
    found = judge({"check_usage": False}, shared_with(ALICE))

    assert found["refusals"] == []
    assert found["notes"] == ["Whether the AMIs are used was not asked (unshare_check_usage)."]


def test_check_mode_makes_no_report_and_says_so():
    found = judge({}, shared_with(ALICE), check_mode=True)

    assert (found["usage"], found["refusals"]) == ([], [])
    assert found["notes"] == [
        f"Usage not known: {IMAGE_ID} in {REGION}. In check mode no usage report is made; a real run makes one."
    ]
