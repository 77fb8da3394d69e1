# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._core.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._core.share_plan import (
    images_to_share,
    plan_share,
    summarise_share,
    wanted_principals,
)
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OWNER,
    REGION,
    UNIT_ARN,
    grant,
    image,
    image_facts,
    key,
    shared_with,
)
from tests.unit.share.stages import (
    OTHER_KEY_ARN,
    OTHER_REGION,
    discovered,
    encrypted,
    granted,
    launched,
    plan,
    request,
)

ROOT = "arn:aws:iam::{}:root"
NO_GRANT = Failure("LimitExceededException", "The quota is reached", "Revoke", "kms:CreateGrant", REGION)
NO_SHARE = Failure("UnauthorizedOperation", "Not you", "Allow it", "ec2:ModifyImageAttribute", REGION)
UNREAD = Failure("AccessDeniedException", "Not for you", "Allow it", "kms:DescribeKey", REGION, "me")
PATTERNS = ["arn:{partition}:iam::{account}:role/a", "arn:aws:iam::123456789012:role/builder"]


def summary(wanted, *facts, grants=None, launches=None, **options):
    planned = plan(wanted, *facts)
    keys = granted(planned, **options) if grants is None else grants
    return summarise_share(planned, wanted, keys, launched(planned, wanted, keys, *facts, failing=launches))


def test_plan__keys_once_and_grantees_in_order():
    wanted = request(account_ids=[BOB, ALICE], grantee_patterns=PATTERNS)
    same_key = replace(encrypted(), image=image(image_id=OTHER_IMAGE_ID, snapshot_ids=("snap-0123456789abcdef0",)))

    planned = plan(wanted, encrypted(), same_key, encrypted(region=OTHER_REGION))

    assert planned["keys"] == [
        {"key_id": KEY_ARN, "region": REGION},
        {"key_id": OTHER_KEY_ARN, "region": OTHER_REGION},
    ]
    roles = [f"arn:aws:iam::{BOB}:role/a", f"arn:aws:iam::{ALICE}:role/a", "arn:aws:iam::123456789012:role/builder"]
    assert planned["grantees"] == [BOB, ALICE, *roles]
    assert (planned["refusals"], planned["warnings"]) == ([], [])


def test_plan__patterns_get_the_partition_of_the_keys():
    arn = KEY_ARN.replace("arn:aws:", "arn:aws-us-gov:").replace(REGION, "us-gov-west-1")
    wanted = request(images=f"{IMAGE_ID} us-gov-west-1", grantee_patterns="arn:{partition}:iam::{account}:role/a")
    found = {"results": [{**plan(wanted, encrypted())["images"][0], "kms_keys": [{"key_arn": arn}]}]}

    assert plan_share(wanted, found)["grantees"] == [ALICE, f"arn:aws-us-gov:iam::{ALICE}:role/a"]


def test_plan__without_keys_there_is_nothing_to_grant():
    planned = plan(request(), image_facts())

    assert (planned["keys"], planned["grantees"]) == ([], [ALICE])


def test_plan__without_accounts_nobody_gets_a_grant():
    planned = plan(request(account_ids=[], organization_arns=[ORGANIZATION_ARN]), encrypted())

    assert planned["grantees"] == []


def test_plan__the_owner_is_dropped_with_a_warning():
    planned = plan(request(account_ids=[OWNER, ALICE]), encrypted())

    assert planned["account_ids"] == planned["grantees"] == [ALICE]
    assert planned["warnings"] == [f"share_account_ids: {OWNER} owns the AMI and may always launch it; dropped."]


def test_plan__every_refusal_of_every_image():
    wanted = request(public=True)
    planned = plan(
        wanted, encrypted(state="Disabled"), image_facts(image=None), image_facts(image=image(state="failed"))
    )

    assert len(planned["refusals"]) == 4
    assert all(text.startswith(f"{REGION}: ") and " Next: " in text for text in planned["refusals"])


def test_plan__an_unread_key_is_a_refusal_with_the_modules_sentence():
    facts = replace(encrypted(), keys={KEY_ARN: UNREAD})

    [sentence] = plan(request(), facts, image_facts())["refusals"]

    assert sentence == (
        f"1 of 2 failed: {IMAGE_ID} in {REGION}: kms:DescribeKey as me: AccessDeniedException: Not for you. "
        "Next: Allow it"
    )


@pytest.mark.parametrize("kind", ["organization_arns", "organizational_unit_arns"])
@pytest.mark.parametrize(("allowed", "refusals"), [(False, 1), (True, 0)])
def test_plan__organizations_need_the_key_policy(kind, allowed, refusals):
    arn = ORGANIZATION_ARN if kind == "organization_arns" else UNIT_ARN
    wanted = request(**{kind: [arn]}, key_policy_allows_organizations=allowed)

    found = plan(wanted, encrypted(), image_facts())["refusals"]

    assert len(found) == refusals
    assert all(KEY_ARN in text and "share_key_policy_allows_organizations=true" in text for text in found)


def test_plan__changes_neither_request_nor_discovery():
    wanted = request(account_ids=[OWNER, ALICE, BOB], grantee_patterns=PATTERNS)
    found = discovered(wanted, encrypted(), encrypted(region=OTHER_REGION))
    before = copy.deepcopy((wanted, found))

    first, second = plan_share(wanted, found), plan_share(wanted, found)
    images_to_share(first, wanted, granted(first))

    assert (wanted, found) == before
    assert first == second


def test_images_to_share__only_those_that_lack_somebody():
    wanted = request(account_ids=[ALICE, BOB])
    complete = encrypted(shared_with(ALICE, BOB, CAROL))
    lacking = encrypted(shared_with(ALICE), OTHER_REGION)
    planned = plan(wanted, complete, lacking)

    chosen = images_to_share(planned, wanted, granted(planned))

    assert chosen == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]


def test_images_to_share__not_with_a_key_that_failed():
    wanted = request()
    planned = plan(wanted, encrypted(), encrypted(region=OTHER_REGION))

    chosen = images_to_share(planned, wanted, granted(planned, failing={KEY_ARN: NO_GRANT}))

    assert chosen == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]


def test_images_to_share__one_failed_key_of_several_is_enough():
    wanted = request()
    both = replace(encrypted(), keys={**encrypted().keys, **encrypted(region=OTHER_REGION).keys})
    planned = plan(wanted, both)

    assert images_to_share(planned, wanted, granted(planned)) != []
    assert images_to_share(planned, wanted, granted(planned, failing={OTHER_KEY_ARN: NO_GRANT})) == []


@pytest.mark.parametrize("grants", [{}, {"skipped": True, "skip_reason": "Conditional result was False"}])
def test_images_to_share__a_stage_that_was_skipped(grants):
    wanted = request()

    assert images_to_share(plan(wanted, image_facts()), wanted, grants) == [{"image_id": IMAGE_ID, "region": REGION}]


def test_images_to_share__nobody_is_left():
    wanted = request(account_ids=[OWNER])
    planned = plan(wanted, image_facts())

    assert images_to_share(planned, wanted, {}) == []
    assert summarise_share(planned, wanted, {}, {})["consumers"] == []


def test_wanted_principals():
    wanted = request(account_ids=[ALICE, OWNER], organization_arns=ORGANIZATION_ARN, public=True)

    assert wanted_principals(plan(wanted, image_facts()), wanted) == shared_with(
        ALICE, organizations=(ORGANIZATION_ARN,), public=True
    )


@pytest.mark.parametrize(
    ("permissions", "existing", "expected"),
    [
        (shared_with(), {}, ("added", "added", True)),
        (shared_with(ALICE), {}, ("unchanged", "added", True)),
        (shared_with(), {KEY_ARN: [grant(ROOT.format(ALICE))]}, ("added", "unchanged", True)),
        (shared_with(ALICE), {KEY_ARN: [grant(ROOT.format(ALICE))]}, ("unchanged", "unchanged", True)),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_summary__the_two_layers_of_one_consumer(permissions, existing, expected, check_mode):
    found = summary(request(), encrypted(permissions), existing=existing, check_mode=check_mode)

    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["key_access"], entry["ready"]) == expected
    assert found["changed"] is ("added" in expected)
    assert (found["failed"], found["failures"]) == (False, [])
    assert found["images"][0]["status"] == ("changed" if expected[0] == "added" else "unchanged")
    assert entry == {
        "region": REGION,
        "image_id": IMAGE_ID,
        "consumer": ALICE,
        "kind": "account",
        "principal": ALICE,
        "launch_permission": expected[0],
        "key_access": expected[1],
        "ready": True,
    }


def test_summary__a_key_that_failed():
    found = summary(request(), encrypted(), encrypted(region=OTHER_REGION), failing={KEY_ARN: NO_GRANT})

    assert (found["failed"], found["changed"]) == (True, True)
    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert found["images"][0]["error"]["code"] == "LimitExceededException"
    assert found["images"][0]["launch_permissions"] == found["images"][0]["launch_permissions_before"]
    assert [one["ready"] for one in found["consumers"]] == [False, True]
    assert found["consumers"][0]["launch_permission"] == found["consumers"][0]["key_access"] == "failed"
    assert len(found["failures"]) == 1 and "LimitExceededException" in found["failures"][0]


def test_summary__a_key_that_failed_for_a_consumer_of_before():
    """It has both already; only the new grant of another one failed."""
    found = summary(
        request(account_ids=[ALICE, BOB]),
        encrypted(shared_with(ALICE)),
        existing={KEY_ARN: [grant(ROOT.format(ALICE))]},
        failing={KEY_ARN: NO_GRANT},
    )

    alice, bob = found["consumers"]
    assert (alice["launch_permission"], alice["key_access"], alice["ready"]) == ("unchanged", "unchanged", True)
    assert (bob["launch_permission"], bob["key_access"], bob["ready"]) == ("failed", "failed", False)
    assert found["images"][0]["status"] == "failed"


def test_summary__a_share_that_failed():
    found = summary(request(), encrypted(), encrypted(region=OTHER_REGION), launches={REGION: NO_SHARE})

    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert found["images"][0]["error"]["code"] == "UnauthorizedOperation"
    first = found["consumers"][0]
    assert (first["launch_permission"], first["key_access"], first["ready"]) == ("failed", "added", False)
    assert (found["failed"], len(found["failures"])) == (True, 1)


def test_summary__both_stages_failed():
    facts = (encrypted(), encrypted(region=OTHER_REGION))
    found = summary(request(), *facts, failing={KEY_ARN: NO_GRANT}, launches={OTHER_REGION: NO_SHARE})

    assert ["LimitExceededException" in found["failures"][0], "UnauthorizedOperation" in found["failures"][1]] == [
        True
    ] * 2


def test_summary__no_key_and_the_key_policy():
    wanted = request(organization_arns=ORGANIZATION_ARN, public=False, key_policy_allows_organizations=True)

    assert [one["key_access"] for one in summary(wanted, image_facts())["consumers"]] == ["not_needed"] * 2
    assert [one["key_access"] for one in summary(wanted, encrypted())["consumers"]] == ["added", "key_policy"]
    assert all(one["ready"] for one in summary(wanted, encrypted())["consumers"])


def test_summary__consumers_in_the_order_in_which_they_were_given():
    wanted = request(
        account_ids=[CAROL, ALICE, BOB],
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        public=True,
    )

    names = [one["consumer"] for one in summary(wanted, image_facts())["consumers"]]

    assert names == [CAROL, ALICE, BOB, "o-exampleorgid", "ou-abcd-exampleouid", "everybody"]


def test_summary__one_account_is_not_another_ones_suffix():
    found = summary(request(account_ids=[ALICE, BOB]), encrypted(), existing={KEY_ARN: [grant(ROOT.format(BOB))]})

    assert [one["key_access"] for one in found["consumers"]] == ["added", "unchanged"]


def test_summary__the_account_that_owns_the_key():
    """A central account may own the keys and be a consumer as well: kms_grant makes no grant for it, none is missing."""
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})

    found = summary(request(account_ids=[ALICE, BOB]), facts)

    assert [one["key_access"] for one in found["consumers"]] == ["added", "not_needed"]
    assert [one["ready"] for one in found["consumers"]] == [True, True]


def test_summary__is_data_for_json():
    found = summary(request(), encrypted(), image_facts(), failing={KEY_ARN: NO_GRANT})

    assert json.loads(json.dumps(found)) == found
