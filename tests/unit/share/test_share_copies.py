# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies from the first look to the report: predicted, pending, made, failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyState
from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import images_ready, images_to_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.copies import must_copy, new_targets, targets
from ansible_collections.golden.ami.plugins.module_utils._share_stages.plan import plan_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT_ARN,
    accounts,
    grant,
    image_facts,
    shared_with,
)
from tests.unit.share.stages import complete_request, copied, discovered, encrypted, granted, launched, plan, stages

KEYS = {OTHER_REGION: "alias/golden"}
COPY = {"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}
THERE = [{"key_id": OTHER_KEY_ARN, "region": OTHER_REGION}]
DENIED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:CopyImage", OTHER_REGION)
UNREAD = Failure("RequestLimitExceeded", "busy", "Later.", "ec2:DescribeImageAttribute", OTHER_REGION)
SEEN = CopyState(OTHER_IMAGE_ID, "golden-web", "failed", keys=(OTHER_KEY_ARN,))
LOST = CopyState(OTHER_IMAGE_ID, "golden-web", "failed", reason="Given key ID is not accessible")
SLOW = CopyState(OTHER_IMAGE_ID, "golden-web", "pending", progress=42)


def wanting(*read, **given):
    usual = {"images": [], "source": f"{IMAGE_ID} {REGION}", "regions": [OTHER_REGION], "kms_keys": KEYS}
    return complete_request(*read, **{**usual, **given})


def run(wanted, ends, *facts, launches=None, first=(), **grants):
    """From the real copies to the report; ``facts`` are the new copies as image_info finds them."""
    made = copied(wanted, ends=ends)
    before = discovered(wanted, *first) if first else {}
    planned = plan_share(wanted, before, made, discovered(wanted, *facts) if facts else {})
    keys = granted(planned, **grants)
    launch = launched(planned, wanted, keys, *first, *facts, failing=launches)
    read = discovered(wanted, *facts) if facts else {}
    done = stages(copies=made, new_copies=read, grants=keys, launch=launch)
    return planned, summarise_share(planned, wanted, done)


@pytest.mark.parametrize(
    ("there", "first", "copying"),
    [
        pytest.param({}, [], True, id="none"),
        pytest.param({OTHER_REGION: "pending"}, [], True, id="pending"),
        pytest.param({OTHER_REGION: "available"}, [COPY], False, id="available"),
        pytest.param({OTHER_REGION: "disabled"}, [COPY], False, id="disabled, which is a blocker"),
        pytest.param({OTHER_REGION: "failed"}, [], True, id="failed, so made anew"),
    ],
)
def test_targets__copies_that_are_done_are_looked_at_first(there, first, copying):
    wanted = wanting(regions=[REGION, OTHER_REGION])
    found = copied(wanted, there)

    assert targets(wanted, found) == [{"image_id": IMAGE_ID, "region": REGION}, *first]
    assert must_copy(found) is copying


def test_targets__without_a_source():
    assert (targets(complete_request(), {}), must_copy({})) == ([{"image_id": IMAGE_ID, "region": REGION}], False)


def test_targets__a_copy_with_another_key_is_no_target():
    wanted = wanting()

    assert targets(wanted, copied(wanted, {OTHER_REGION: "available"}, key_arn=OTHER_KEY_ARN + "0")) == []


@pytest.mark.parametrize(
    ("ends", "new"),
    [
        pytest.param(None, [], id="check mode: there is no copy"),
        pytest.param({}, [COPY], id="made"),
        pytest.param({OTHER_REGION: DENIED}, [], id="refused"),
        pytest.param({OTHER_REGION: LOST}, [], id="failed"),
        pytest.param({OTHER_REGION: SLOW}, [], id="out of time"),
    ],
)
def test_new_targets__copies_that_are_there_now(ends, new):
    wanted = wanting()
    first = plan(wanted, copies=copied(wanted))

    assert new_targets(first, copied(wanted, ends=ends)) == new


def test_new_targets__not_those_that_were_looked_at_before():
    wanted = wanting()
    found = copied(wanted, {OTHER_REGION: "available"})
    first = plan(wanted, encrypted(region=OTHER_REGION), copies=found)

    assert (targets(wanted, found), new_targets(first, found)) == ([COPY], [])


def test_new_targets__a_pending_copy_is_waited_for_and_blocks_no_check_mode():
    """In check mode nobody waits; image_info would call it pending, and the preview of a good run would fail."""
    wanted = wanting()
    found = copied(wanted, {OTHER_REGION: "pending"})
    first = plan(wanted, copies=found)

    assert new_targets(first, found) == []
    assert new_targets(first, copied(wanted, {OTHER_REGION: "pending"}, ends={})) == [COPY]
    [summed] = summarise_share(first, wanted, stages(copies=found, grants=granted(first, check_mode=True)))["images"]
    assert (summed["status"], summed["planned"], summed["image_id"]) == ("changed", True, OTHER_IMAGE_ID)


def test_plan__a_copy_that_would_be_made():
    wanted = wanting(account_ids=[ALICE, BOB], organizational_unit_arns=UNIT_ARN, key_policy_allows_organizations=True)

    planned = plan(wanted, copies=copied(wanted))

    assert (planned["refusals"], planned["copying"], planned["keys"]) == ([], True, THERE)
    [one] = planned["images"]
    assert (one["image_id"], one["predicted"], one["region"]) == (None, True, OTHER_REGION)
    assert images_ready(planned) == images_to_share(planned, wanted, stages(grants=granted(planned))) == []


def test_plan__a_copy_without_a_key():
    wanted = wanting(kms_keys={})

    planned = plan(wanted, copies=copied(wanted))

    assert (planned["keys"], planned["refusals"]) == ([], [])


def test_plan__what_stops_a_copy_refuses_the_run():
    wanted = wanting()

    for found in (
        copied(wanted, failing={OTHER_REGION: UNREAD}),
        copied(wanted, {OTHER_REGION: "available"}, key_arn=OTHER_KEY_ARN + "0"),
        copied(wanted, {OTHER_REGION: "available"}, key_arn=""),
    ):
        assert plan(wanted, copies=found)["refusals"] == [found["msg"]]


def test_plan__a_copy_that_was_looked_at_counts_once():
    wanted = wanting()

    planned = plan(wanted, encrypted(region=OTHER_REGION), copies=copied(wanted, {OTHER_REGION: "available"}))

    assert [(one["image_id"], one.get("predicted", False)) for one in planned["images"]] == [(OTHER_IMAGE_ID, False)]
    assert planned["copying"] is False


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"public": True}, "the copy would be encrypted and cannot be public. Next: "),
        (
            {"account_ids": [ALICE, BOB], "launch_permission_quota": 1},
            "the copy would be shared with 2 accounts, organizations and OUs; the quota is 1",
        ),
        ({"account_ids": accounts(1001)}, "the copy would be shared with 1001 accounts"),
    ],
)
def test_plan__what_image_info_will_say_of_a_copy_is_said_before_it_is_made(given, text):
    wanted = wanting(**given)

    [refusal] = plan(wanted, copies=copied(wanted))["refusals"]

    assert refusal.startswith(f"{OTHER_REGION}: {text}")


def test_plan__a_copy_that_is_not_encrypted_may_be_public():
    wanted = wanting(public=True, kms_keys={})

    assert plan(wanted, copies=copied(wanted))["refusals"] == []


def test_plan__a_unit_without_a_path_stops_an_encrypted_copy_only():
    for keys, refused in ((KEYS, True), ({}, False)):
        wanted = wanting(kms_keys=keys, organizational_unit_arns=UNIT_ARN)
        assert bool(plan(wanted, copies=copied(wanted))["refusals"]) is refused


def test_run__a_copy_is_made_and_shared():
    wanted = wanting()

    planned, found = run(wanted, {}, encrypted(region=OTHER_REGION))

    assert (planned["keys"], found["failed"], found["changed"]) == (THERE, False, True)
    [one] = found["images"]
    assert (one["image_id"], one["status"], one["planned"]) == (OTHER_IMAGE_ID, "changed", False)
    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["key_access"], entry["ready"]) == ("added", "added", True)


def test_run__in_check_mode_all_is_predicted():
    wanted = wanting(snapshots=True)
    made = copied(wanted)
    planned = plan(wanted, copies=made)

    found = summarise_share(planned, wanted, stages(copies=made, grants=granted(planned, check_mode=True)))

    [entry] = found["consumers"]
    assert (entry["image_id"], entry["launch_permission"], entry["key_access"]) == (None, "added", "added")
    assert (entry["snapshot_permission"], entry["auto_scaling"], entry["ready"]) == ("added", "unknown", True)
    assert (found["images"][0]["planned"], found["changed"], found["failed"]) == (True, True, False)


def test_run__a_pending_copy_that_would_be_waited_for_and_shared_is_a_change():
    """image_copy starts nothing and launch_permission cannot be asked yet; a real run changes something all the same."""
    wanted = wanting()
    made = copied(wanted, {OTHER_REGION: "pending"})
    assert made["changed"] is False
    existing = {OTHER_KEY_ARN: [grant(ALICE)]}
    planned = plan(wanted, copies=made)

    found = summarise_share(planned, wanted, stages(copies=made, grants=granted(planned, existing, check_mode=True)))

    assert (found["changed"], found["images"][0]["status"]) == (True, "changed")


@pytest.mark.parametrize(
    ("end", "code"), [(DENIED, "UnauthorizedOperation"), (LOST, "copy_failed"), (SLOW, "wait_timeout")]
)
def test_run__a_copy_that_failed_keeps_the_others_from_nothing(end, code):
    wanted = wanting(regions=[REGION, OTHER_REGION])

    planned, found = run(wanted, {OTHER_REGION: end}, first=[encrypted()])

    here, there = found["images"]
    assert (here["status"], there["status"], there["planned"]) == ("changed", "failed", False)
    assert there["error"]["code"] == code
    assert [one["ready"] for one in found["consumers"]] == [True, False]
    assert found["failed"] and len(found["failures"]) == 1
    assert OTHER_REGION in found["failures"][0]


@pytest.mark.parametrize("end", [DENIED, LOST, SEEN])
def test_run__the_key_of_a_copy_that_failed_is_not_called_ready(end):
    """Nobody has looked at it, so nobody knows who may use it; "unchanged" would say that all is in place."""
    wanted = wanting(snapshots=True, organizational_unit_arns=UNIT_ARN, key_policy_allows_organizations=True)

    planned, found = run(wanted, {OTHER_REGION: end})

    assert planned["keys"] == []
    for entry in found["consumers"]:
        assert (entry["launch_permission"], entry["key_access"], entry["ready"]) == ("failed", "unknown", False)
        assert entry["auto_scaling"] in ("unknown", "not_checked")
    assert [entry["snapshot_permission"] for entry in found["consumers"]] == ["failed", "not_possible"]


def test_run__a_key_that_another_ami_is_on_is_known():
    wanted = wanting(images=f"{OTHER_IMAGE_ID} {OTHER_REGION}")
    first = encrypted(shared_with(ALICE), region=OTHER_REGION)
    failed = copied(wanted, ends={OTHER_REGION: replace(SEEN, image_id="ami-00000000000000003")})
    planned = plan(wanted, first, copies=failed, existing={OTHER_KEY_ARN: [grant(ALICE)]})

    found = summarise_share(planned, wanted, stages(copies=failed))

    shown = [(one["key_access"], one["ready"]) for one in found["consumers"]]
    assert shown == [("unchanged", True), ("unchanged", False)]


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(replace(encrypted(region=OTHER_REGION), permissions=UNREAD), id="permissions could not be read"),
        pytest.param(replace(encrypted(region=OTHER_REGION), image=None, permissions=None), id="not visible yet"),
        pytest.param(replace(encrypted(region=OTHER_REGION), image=UNREAD, permissions=None), id="could not be read"),
    ],
)
def test_run__a_copy_that_was_made_and_could_not_be_read(copy):
    """The role goes on to its report: the copy is there, costs money, and is shared with nobody."""
    wanted = wanting(snapshots=True)

    planned, found = run(wanted, {}, copy)

    assert images_to_share(planned, wanted, stages(grants=granted(planned))) == []
    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["snapshot_permission"], entry["ready"]) == ("failed", "failed", False)
    assert (found["failed"], found["changed"], found["images"][0]["status"]) == (True, True, "failed")


def test_run__what_stands_in_the_way_of_a_copy_only_once_it_is_there():
    wanted = wanting()

    planned, found = run(wanted, {}, encrypted(region=OTHER_REGION, state="Disabled"))

    assert images_ready(planned) == []
    assert found["failed"] and any("is disabled" in text and " Next: " in text for text in found["failures"])
    assert found["images"][0]["error"]["code"] == "key_disabled"
    assert found["consumers"][0]["ready"] is False


def test_run__a_unit_whose_path_matters_only_once_the_copy_is_there():
    """The key of a pending copy could not be seen, so nothing was refused: no statement can name the unit."""
    wanted = wanting(organizational_unit_arns=UNIT_ARN)
    assert wanted["unresolved_paths"]
    pending = copied(wanted, {OTHER_REGION: "pending"}, key_arn="unseen")
    assert plan(wanted, copies=pending)["refusals"] == []

    planned, found = run(wanted, {}, encrypted(region=OTHER_REGION))

    assert images_to_share(planned, wanted, stages(grants=granted(planned))) == []
    alice, unit = found["consumers"]
    assert (alice["launch_permission"], alice["key_access"]) == ("failed", "added")
    assert (unit["key_access"], unit["ready"]) == ("failed", False)
    assert (found["failed"], found["images"][0]["error"]["code"]) == (True, "unknown_path")
    assert any("share_organizational_unit_paths" in text for text in found["failures"])


def test_run__only_the_owner_is_left_once_the_copy_is_there():
    """Who owns the copies is known only when there is one."""
    wanted = wanting(account_ids=[OWNER])

    planned, found = run(wanted, {}, encrypted(region=OTHER_REGION))

    assert (planned["account_ids"], found["consumers"]) == ([], [])
    assert any("Nobody to share with" in text for text in found["failures"])


def test_a_copy_beside_an_ami_on_the_same_key_hides_nothing_of_it():
    wanted = wanting(images=f"{OTHER_IMAGE_ID} {OTHER_REGION}", auto_scaling="report")
    planned = plan(wanted, encrypted(region=OTHER_REGION), copies=copied(wanted))

    found = summarise_share(planned, wanted, stages(grants=granted(planned, check_mode=True)))

    assert [one["auto_scaling"] for one in found["consumers"]] == ["none", "none"]


def test_unencrypted_copies_need_no_key():
    wanted = wanting(kms_keys={})
    copy = encrypted(region=OTHER_REGION)
    plain = image_facts(image=replace(copy.image, snapshot_ids=()), selector=copy.selector)

    _planned, found = run(wanted, {}, plain)

    assert [one["key_access"] for one in found["consumers"]] == ["not_needed"]
