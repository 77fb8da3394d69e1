# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permissions the role unshare takes away, and what it refuses to take away blindly."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.plan import change_of, plan_unshare, targets
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    image,
    image_facts,
    shared_with,
)
from tests.unit.share.stages import complete_request, copied, encrypted
from tests.unit.unshare_stages.stages import discovered, plan, request

UNREAD = Failure("RequestLimitExceeded", "busy", "Later.", "ec2:DescribeImageAttribute", REGION, "me")
NOT_OWNER = Failure("AuthFailure", "not yours", "", "ec2:DescribeImageAttribute", REGION)
NO_KEY = Failure("AccessDeniedException", "no", "Allow it.", "kms:DescribeKey", REGION, "me")
NO_COPIES = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeImages", OTHER_REGION, "me")
EVERYTHING = {"account_ids": [], "everything": True}
ALL = shared_with(ALICE, BOB, CAROL, organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,), public=True)
HERE = {"image_id": IMAGE_ID, "region": REGION}
THERE = {"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}


@pytest.mark.parametrize(
    ("given", "actual", "gone"),
    [
        pytest.param({}, ALL, shared_with(ALICE), id="who is named, and nobody else"),
        pytest.param({"account_ids": [ALICE, CAROL]}, ALL, shared_with(ALICE, CAROL), id="two accounts"),
        pytest.param({}, shared_with(BOB), shared_with(), id="who is named has none"),
        pytest.param(
            {"account_ids": [], "organization_arns": ORGANIZATION_ARN},
            ALL,
            shared_with(organizations=(ORGANIZATION_ARN,)),
            id="an organization, not its units",
        ),
        pytest.param(
            {"account_ids": [], "organizational_unit_arns": UNIT_ARN}, ALL, shared_with(units=(UNIT_ARN,)), id="a unit"
        ),
        pytest.param({"account_ids": [], "public": True}, ALL, shared_with(public=True), id="everybody"),
        pytest.param(EVERYTHING, ALL, ALL, id="everything"),
        pytest.param(EVERYTHING, shared_with(), shared_with(), id="everything of nothing"),
    ],
)
def test_plan__who_goes(given, actual, gone):
    planned = plan(request(**given), image_facts(actual))

    [one] = planned["images"]
    assert change_of(one).remove == gone
    assert change_of(one).add == frozenset()
    assert (planned["removing"], planned["places"]) == ([HERE] if gone else [], [HERE])
    assert (planned["refusals"], planned["notes"]) == ([], [])


def test_plan__nothing_is_named_twice_and_each_region_has_its_own():
    facts = encrypted(shared_with(ALICE))
    by_name = replace(facts, selector=ImageSelector(REGION, name="golden-*"))

    planned = plan(request(), facts, by_name, encrypted(shared_with(BOB), OTHER_REGION))

    assert (planned["places"], planned["removing"]) == ([HERE, THERE], [HERE])
    assert planned["keys"] == [
        {"key_id": KEY_ARN, "region": REGION},
        {"key_id": OTHER_KEY_ARN, "region": OTHER_REGION},
    ]


def test_plan__keys_are_nobodys_business_unless_asked():
    assert plan(request(key_access=False), encrypted(shared_with(ALICE)))["keys"] == []


@pytest.mark.parametrize(
    ("given", "actual", "accounts"),
    [
        pytest.param({"account_ids": [BOB, ALICE]}, ALL, [ALICE, BOB], id="accounts"),
        pytest.param({"account_ids": [BOB, ALICE]}, shared_with(BOB), [BOB], id="those who have a permission"),
        pytest.param({"organization_arns": ORGANIZATION_ARN}, ALL, [], id="an organization: everybody's use matters"),
        pytest.param({"account_ids": [], "public": True}, ALL, [], id="the public"),
        pytest.param(EVERYTHING, shared_with(ALICE), [ALICE], id="everything, which is one account"),
        pytest.param(EVERYTHING, ALL, [], id="everything"),
    ],
)
def test_plan__whose_use_matters(given, actual, accounts):
    assert plan(request(**given), image_facts(actual))["usage_account_ids"] == accounts


def test_plan__the_owner_keeps_all_and_is_told():
    """Named by mistake: it may always launch, and needs its keys."""
    planned = plan(request(account_ids=[OWNER, ALICE]), encrypted(shared_with(ALICE)))

    assert planned["named"]["account_ids"] == [ALICE]
    assert planned["notes"] == [f"unshare_account_ids: {OWNER} owns the AMI and may always launch it; left out."]


@pytest.mark.parametrize(
    "facts", [image_facts(image=None), image_facts(image=None, selector=ImageSelector(REGION, name="golden-*"))]
)
def test_plan__an_ami_that_is_gone_is_no_reason_to_stop(facts):
    planned = plan(request(), facts, encrypted(shared_with(ALICE), OTHER_REGION))

    assert (planned["places"], planned["refusals"]) == ([THERE], [])
    [note] = planned["notes"]
    assert note.startswith(f"{REGION}: ") and note.endswith("Nothing to remove there, and its keys are not known.")


@pytest.mark.parametrize(
    ("facts", "key_access", "text"),
    [
        pytest.param(replace(encrypted(), permissions=UNREAD), False, "RequestLimitExceeded", id="permissions"),
        pytest.param(image_facts(image=UNREAD), False, "RequestLimitExceeded", id="the AMI"),
        pytest.param(replace(encrypted(), permissions=NOT_OWNER), False, "belongs to account", id="another's AMI"),
        pytest.param(replace(encrypted(), keys={KEY_ARN: NO_KEY}), True, "kms:DescribeKey", id="the key"),
        pytest.param(
            replace(encrypted(), snapshots={}, keys={}), True, "cannot be found", id="the snapshot, so the key"
        ),
    ],
)
def test_plan__what_could_not_be_read_is_not_taken_for_nothing(facts, key_access, text):
    refusals = plan(request(key_access=key_access), facts)["refusals"]

    assert any(text in refusal for refusal in refusals), refusals


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(replace(encrypted(shared_with(ALICE)), keys={KEY_ARN: NO_KEY}), id="key unread"),
        pytest.param(replace(encrypted(shared_with(ALICE)), snapshots={}, keys={}), id="snapshot gone"),
        pytest.param(encrypted(shared_with(ALICE), state="Disabled"), id="key disabled"),
        pytest.param(image_facts(shared_with(ALICE), image=image(state="disabled")), id="AMI disabled"),
    ],
)
def test_plan__to_make_private_little_has_to_be_right(facts):
    planned = plan(request(key_access=False), facts)

    assert (planned["refusals"], planned["removing"]) == ([], [HERE])


@pytest.mark.parametrize(
    ("there", "found"), [({}, []), ({OTHER_REGION: "available"}, [THERE]), ({OTHER_REGION: "pending"}, [THERE])]
)
def test_copies__of_the_source_are_found_and_none_is_missed(there, found):
    wanted = request(images=[], source=f"{IMAGE_ID} {REGION}", regions=[REGION, OTHER_REGION])
    copies = looked_for(there)

    assert targets(wanted, copies) == [HERE, *found]
    notes = plan(wanted, encrypted(shared_with(ALICE)), copies=copies)["notes"]
    assert notes == ([] if there else [f"{OTHER_REGION}: there is no copy of {IMAGE_ID}."])


def looked_for(there=None, **given):
    """image_copy in check mode, as the role asks it: without a key, which may stop a copy and does not matter here."""
    asked = complete_request(images=[], source=f"{IMAGE_ID} {REGION}", regions=[REGION, OTHER_REGION])
    return copied(asked, there, **given)


def test_copies__what_would_stop_a_copy_does_not_matter():
    copies = looked_for(source_encrypted=True)
    assert copies["results"][0]["error"]["code"] == "no_key"

    planned = plan(request(), encrypted(shared_with(ALICE)), copies=copies)

    assert (planned["refusals"], len(planned["notes"])) == ([], 1)


def test_copies__that_could_not_be_looked_for_are_a_refusal():
    copies = looked_for(failing={OTHER_REGION: NO_COPIES})

    [refusal] = plan(request(), encrypted(shared_with(ALICE)), copies=copies)["refusals"]

    assert refusal == f"{OTHER_REGION}: ec2:DescribeImages as me: UnauthorizedOperation: no. Next: Allow it."


def test_copies__two_are_a_refusal_that_lists_both():
    copies = looked_for({OTHER_REGION: "available"}, twice=True)

    [refusal] = plan(request(), encrypted(shared_with(ALICE)), copies=copies)["refusals"]

    assert refusal.startswith(f"{OTHER_REGION}: 2 AMIs in {OTHER_REGION} are copies of this one: ")
    assert OTHER_IMAGE_ID in refusal and "ami-00000000000000002" in refusal and " Next: " in refusal


def test_plan__changes_nothing_that_it_is_given_and_is_json():
    wanted = request(account_ids=[ALICE, OWNER], grantee_patterns="arn:aws:iam::{account}:role/a")
    found = discovered(encrypted(ALL), encrypted(region=OTHER_REGION), image_facts(image=None))
    before = copy.deepcopy((wanted, found))

    planned = plan_unshare(wanted, found, {})

    assert (wanted, found) == before
    assert json.loads(json.dumps(planned)) == planned == plan_unshare(wanted, found, {})


def test_plan__snapshots_of_each_ami():
    second = Snapshot("snap-00000000000000002", True, KEY_ARN)
    facts = encrypted()
    two = replace(
        facts,
        image=replace(facts.image, snapshot_ids=(SNAPSHOT_ID, second.snapshot_id)),
        snapshots={**facts.snapshots, second.snapshot_id: second},
    )

    assert plan(request(), two)["images"][0]["snapshot_ids"] == [SNAPSHOT_ID, second.snapshot_id]
