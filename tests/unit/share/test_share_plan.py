# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
import time
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._core.images import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._core.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._core.share_access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._core.share_plan import plan_share, wanted_principals
from ansible_collections.golden.ami.plugins.module_utils._core.share_summary import summarise_share
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
    ROLE_ARN,
    UNIQUE_ID,
    UNIT_ARN,
    accounts,
    grant,
    image,
    image_facts,
    key,
    shared_with,
    terms,
)
from tests.unit.share.stages import (
    OTHER_KEY_ARN,
    OTHER_REGION,
    complete_request,
    discovered,
    encrypted,
    granted,
    launched,
    plan,
    stages,
)

ROOT = "arn:aws:iam::{}:root"
NO_GRANT = Failure("LimitExceededException", "The quota is reached", "Revoke", "kms:CreateGrant", REGION)
NO_REVOKE = Failure("AccessDeniedException", "No revoking", "Allow it", "kms:RevokeGrant", REGION)
NO_SHARE = Failure("UnauthorizedOperation", "Not you", "Allow it", "ec2:ModifyImageAttribute", REGION)
UNREAD = Failure("AccessDeniedException", "Not for you", "Allow it", "kms:DescribeKey", REGION, "me")
ROLE = "arn:aws:iam::{}:role/a"
THIRD_IMAGE_ID = "ami-00000000000000003"
PATTERNS = ["arn:{partition}:iam::{account}:role/a", "arn:aws:iam::123456789012:role/builder"]


def unencrypted(permissions=frozenset(), **about):
    """Another AMI than :func:`encrypted`'s, in the same Region."""
    return image_facts(permissions, image=image(**{"image_id": OTHER_IMAGE_ID, **about}))


def summary(wanted, *facts, grants=None, launches=None, **options):
    planned = plan(wanted, *facts, existing=options.get("existing"))
    keys = granted(planned, **options) if grants is None else grants
    shared = launched(planned, wanted, keys, *facts, failing=launches)
    return summarise_share(planned, wanted, stages(grants=keys, launch=shared))


def test_plan__keys_once_and_grantees_in_order():
    wanted = complete_request(account_ids=[BOB, ALICE], grantee_patterns=PATTERNS)
    same_key = replace(encrypted(), image=image(image_id=OTHER_IMAGE_ID, snapshot_ids=("snap-0123456789abcdef0",)))

    planned = plan(wanted, encrypted(), same_key, encrypted(region=OTHER_REGION))

    assert planned["keys"] == [
        {"key_id": KEY_ARN, "region": REGION},
        {"key_id": OTHER_KEY_ARN, "region": OTHER_REGION},
    ]
    bobs, alices = ([ROOT.format(account), ROLE.format(account), PATTERNS[1]] for account in (BOB, ALICE))
    assert planned["account_grantees"] == {BOB: bobs, ALICE: alices}
    assert planned["grantees"] == [*bobs, *alices[:2]]
    assert (planned["refusals"], planned["warnings"]) == ([], [])


def test_plan__patterns_get_the_partition_of_the_keys():
    wanted = complete_request(
        images=f"{IMAGE_ID} us-gov-west-1", grantee_patterns="arn:{partition}:iam::{account}:role/a"
    )
    planned = plan(wanted, encrypted())

    listed = [f"arn:aws-us-gov:iam::{ALICE}:root", f"arn:aws-us-gov:iam::{ALICE}:role/a"]
    assert planned["grantees"] == listed
    assert planned["account_grantees"] == {ALICE: listed}


def test_plan__without_keys_there_is_nothing_to_grant():
    planned = plan(complete_request(), image_facts())

    assert (planned["keys"], planned["account_ids"]) == ([], [ALICE])


def test_plan__without_accounts_nobody_gets_a_grant():
    planned = plan(complete_request(account_ids=[], organization_arns=[ORGANIZATION_ARN]), encrypted())

    assert (planned["grantees"], planned["account_grantees"], planned["keys"]) == ([], {}, [])


@pytest.mark.parametrize(
    ("existing", "looked_at"),
    [
        pytest.param([], True, id="missing"),
        pytest.param([grant(ALICE)], False, id="there"),
        pytest.param([grant(ALICE), grant(ALICE, "g-2")], True, id="twice"),
        pytest.param([grant(ALICE, allowed=terms("Decrypt"))], True, id="allows something else"),
        pytest.param([grant(ALICE, name="")], True, id="somebody else's"),
    ],
)
def test_plan__keys_that_need_kms_grant(existing, looked_at):
    planned = plan(complete_request(), encrypted(), existing={KEY_ARN: existing})

    assert planned["keys"] == ([{"key_id": KEY_ARN, "region": REGION}] if looked_at else [])


def test_plan__a_key_that_only_lacks_the_owner_needs_nothing():
    """The AMI's owner may have been named; it is dropped, so nobody needs the grant on another account's key."""
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})

    assert plan(complete_request(account_ids=[OWNER, ALICE]), facts, existing={arn: [grant(ALICE)]})["keys"] == []


def test_plan__the_owner_is_dropped_with_a_warning():
    planned = plan(complete_request(account_ids=[OWNER, ALICE]), encrypted())

    assert planned["account_ids"] == list(planned["account_grantees"]) == [ALICE]
    assert planned["grantees"] == [ROOT.format(ALICE)]
    assert planned["warnings"] == [f"share_account_ids: {OWNER} owns the AMI and may always launch it; dropped."]
    assert planned["refusals"] == []


@pytest.mark.parametrize("facts", [encrypted(), image_facts()])
@pytest.mark.parametrize(
    ("others", "refused"),
    [
        ({}, True),
        ({"public": True}, False),
        ({"organization_arns": ORGANIZATION_ARN, "key_policy_allows_organizations": True}, False),
    ],
)
def test_plan__the_owner_alone_is_nobody_to_share_with(facts, others, refused):
    """Not green: who wrote one account, and the wrong one, wants to know."""
    found = [
        text for text in plan(complete_request(account_ids=[OWNER], **others), facts)["refusals"] if "Nobody" in text
    ]

    assert len(found) == refused
    assert all("share_account_ids" in text and " Next: " in text for text in found)


def test_plan__an_ami_that_was_named_twice_is_one():
    """By its ID and by its name, with somebody missing: it must be changed once, and be listed once."""
    wanted = complete_request(account_ids=[ALICE, BOB])
    facts = encrypted()
    by_name = replace(facts, selector=ImageSelector(REGION, name="golden-*"))

    planned = plan(wanted, facts, by_name, encrypted(region=OTHER_REGION))

    assert [(one["region"], one["image_id"]) for one in planned["images"]] == [
        (REGION, IMAGE_ID),
        (OTHER_REGION, OTHER_IMAGE_ID),
    ]
    assert len(images_to_share(planned, wanted, stages(grants=granted(planned)))) == 2
    assert len(summary(wanted, facts, by_name)["consumers"]) == 2


def test_plan__one_id_in_two_regions_is_two_amis():
    there = image_facts(image=image(region=OTHER_REGION), selector=ImageSelector(OTHER_REGION, IMAGE_ID))

    assert len(plan(complete_request(), image_facts(), there)["images"]) == 2


def test_plan__two_amis_that_were_not_found_are_both_refused():
    gone = [image_facts(image=None, selector=ImageSelector(REGION, name=name)) for name in ("golden-a", "golden-b")]

    assert len(plan(complete_request(), *gone)["refusals"]) == 2


def test_plan__every_refusal_of_every_image():
    wanted = complete_request(public=True)
    planned = plan(
        wanted,
        encrypted(state="Disabled"),
        image_facts(image=None, selector=ImageSelector(REGION, THIRD_IMAGE_ID)),
        unencrypted(state="failed"),
    )

    assert len(planned["refusals"]) == 4
    assert all(text.startswith(f"{REGION}: ") and " Next: " in text for text in planned["refusals"])


def test_plan__an_unread_key_is_a_refusal_with_the_modules_sentence():
    facts = replace(encrypted(), keys={KEY_ARN: UNREAD})

    [sentence] = plan(complete_request(), facts, unencrypted())["refusals"]

    assert sentence == (
        f"1 of 2 failed: {IMAGE_ID} in {REGION}: kms:DescribeKey as me: AccessDeniedException: Not for you. "
        "Next: Allow it"
    )


@pytest.mark.parametrize("kind", ["organization_arns", "organizational_unit_arns"])
@pytest.mark.parametrize(("allowed", "refusals"), [(False, 1), (True, 0)])
def test_plan__organizations_need_the_key_policy(kind, allowed, refusals):
    arn = ORGANIZATION_ARN if kind == "organization_arns" else UNIT_ARN
    wanted = complete_request(**{kind: [arn]}, key_policy_allows_organizations=allowed)

    found = plan(wanted, encrypted(), unencrypted())["refusals"]

    assert len(found) == refusals
    assert all(KEY_ARN in text and "share_key_policy_allows_organizations=true" in text for text in found)


def test_plan__changes_neither_request_nor_discovery():
    wanted = complete_request(account_ids=[OWNER, ALICE, BOB], grantee_patterns=PATTERNS)
    found = discovered(wanted, encrypted(), encrypted(region=OTHER_REGION))
    before = copy.deepcopy((wanted, found))

    first, second = plan_share(wanted, found, {}, {}), plan_share(wanted, found, {}, {})
    images_to_share(first, wanted, stages(grants=granted(first)))

    assert (wanted, found) == before
    assert first == second


def test_images_to_share__only_those_that_lack_somebody():
    wanted = complete_request(account_ids=[ALICE, BOB])
    complete = encrypted(shared_with(ALICE, BOB, CAROL))
    lacking = encrypted(shared_with(ALICE), OTHER_REGION)
    planned = plan(wanted, complete, lacking)

    chosen = images_to_share(planned, wanted, stages(grants=granted(planned)))

    assert chosen == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]


def test_images_to_share__not_with_a_key_that_failed():
    wanted = complete_request()
    planned = plan(wanted, encrypted(), encrypted(region=OTHER_REGION))

    chosen = images_to_share(planned, wanted, stages(grants=granted(planned, failing={KEY_ARN: NO_GRANT})))

    assert chosen == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]


def test_images_to_share__one_failed_key_of_several_is_enough():
    wanted = complete_request()
    both = replace(encrypted(), keys={**encrypted().keys, **encrypted(region=OTHER_REGION).keys})
    planned = plan(wanted, both)

    assert images_to_share(planned, wanted, stages(grants=granted(planned))) != []
    assert images_to_share(planned, wanted, stages(grants=granted(planned, failing={OTHER_KEY_ARN: NO_GRANT}))) == []


def test_images_to_share__not_where_a_grantee_of_a_pattern_is_missing():
    """An Auto Scaling group of that account could not start what it sees."""
    wanted = complete_request(grantee_patterns=PATTERNS)
    planned = plan(wanted, encrypted(), unencrypted())
    grants = granted(planned, failing={ROLE.format(ALICE): NO_GRANT})

    assert ROOT.format(ALICE) in [one["grantee_principal"] for one in grants["results"][0]["after"]]
    assert images_to_share(planned, wanted, stages(grants=grants)) == [{"image_id": OTHER_IMAGE_ID, "region": REGION}]


def test_images_to_share__not_where_one_of_the_accounts_is_missing():
    wanted = complete_request(account_ids=[ALICE, BOB])
    planned = plan(wanted, encrypted())

    assert images_to_share(planned, wanted, stages(grants=granted(planned, failing={ROOT.format(BOB): NO_GRANT}))) == []


def test_images_to_share__a_grant_that_could_not_be_revoked_holds_nobody_back():
    """The key has failed, and all consumers have what they need."""
    wanted = complete_request()
    planned = plan(wanted, encrypted())
    outdated = grant(ALICE, "g-0", terms("Decrypt"))

    grants = granted(planned, {KEY_ARN: [outdated]}, stuck=NO_REVOKE)

    assert (grants["results"][0]["status"], len(grants["results"][0]["after"])) == ("failed", 2)
    assert images_to_share(planned, wanted, stages(grants=grants)) == [{"image_id": IMAGE_ID, "region": REGION}]


def test_images_to_share__an_older_grant_that_allows_less_is_no_access():
    """Its successor could not be made: a launch permission would show an AMI that cannot be started."""
    wanted = complete_request()
    existing = {KEY_ARN: [grant(ALICE, "g-0", terms("Decrypt"))]}
    planned = plan(wanted, encrypted(), existing=existing)

    grants = granted(planned, existing, failing={KEY_ARN: NO_GRANT})

    assert [len(key["after"]) for key in grants["results"]] == [1]
    assert images_to_share(planned, wanted, stages(grants=grants)) == []
    [entry] = summarise_share(planned, wanted, stages(grants=grants))["consumers"]
    assert (entry["key_access"], entry["ready"]) == ("failed", False)


def test_images_to_share__a_key_without_a_result_is_not_ready():
    wanted = complete_request()
    planned = plan(wanted, encrypted())

    assert (
        images_to_share(planned, wanted, stages(grants={"failed": True, "results": [], "msg": "nothing came back"}))
        == []
    )


def test_images_to_share__grants_that_would_be_made_count_in_check_mode():
    wanted = complete_request(grantee_patterns=PATTERNS)
    planned = plan(wanted, encrypted())

    assert len(images_to_share(planned, wanted, stages(grants=granted(planned, check_mode=True)))) == 1


@pytest.mark.parametrize("grants", [{}, {"skipped": True, "skip_reason": "Conditional result was False"}])
def test_images_to_share__a_stage_that_was_skipped(grants):
    wanted = complete_request()

    assert images_to_share(plan(wanted, image_facts()), wanted, stages(grants=grants)) == [
        {"image_id": IMAGE_ID, "region": REGION}
    ]


def test_images_to_share__nobody_is_left():
    wanted = complete_request(account_ids=[OWNER])
    planned = plan(wanted, image_facts())

    assert images_to_share(planned, wanted, stages(grants={})) == []
    assert summarise_share(planned, wanted, stages())["consumers"] == []


def test_wanted_principals():
    wanted = complete_request(account_ids=[ALICE, OWNER], organization_arns=ORGANIZATION_ARN, public=True)

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
    found = summary(complete_request(), encrypted(permissions), existing=existing, check_mode=check_mode)

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
    found = summary(complete_request(), encrypted(), encrypted(region=OTHER_REGION), failing={KEY_ARN: NO_GRANT})

    assert (found["failed"], found["changed"]) == (True, True)
    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert found["images"][0]["error"]["code"] == "LimitExceededException"
    assert found["images"][0]["launch_permissions"] == found["images"][0]["launch_permissions_before"]
    assert [one["ready"] for one in found["consumers"]] == [False, True]
    assert found["consumers"][0]["launch_permission"] == found["consumers"][0]["key_access"] == "failed"
    assert len(found["failures"]) == 1 and "LimitExceededException" in found["failures"][0]


@pytest.mark.parametrize(
    ("existing", "failing", "access", "ready"),
    [
        pytest.param([], {}, "added", True, id="all made"),
        pytest.param([ROOT], {}, "added", True, id="the role's is made"),
        pytest.param([ROLE], {}, "added", True, id="the account's is made"),
        pytest.param([ROOT, ROLE], {}, "unchanged", True, id="all there"),
        pytest.param([], {ROLE: NO_GRANT}, "failed", False, id="the role's failed"),
        pytest.param([ROOT], {ROLE: NO_GRANT}, "failed", False, id="the account's is there, the role's failed"),
        pytest.param([ROLE], {ROOT: NO_GRANT}, "failed", False, id="the role's is there, the account's failed"),
    ],
)
def test_summary__all_grantees_of_an_account_count(existing, failing, access, ready):
    arns = {form: form.format(ALICE) for form in (ROOT, ROLE)}
    found = summary(
        complete_request(account_ids=[BOB, ALICE], grantee_patterns=PATTERNS[0]),
        encrypted(),
        existing={KEY_ARN: [grant(arns[form], f"g-{form}") for form in existing]},
        failing={arns[form]: refusal for form, refusal in failing.items()},
    )

    bob, alice = found["consumers"]
    assert (alice["key_access"], alice["ready"]) == (access, ready)
    # What is missing for one account is not what another one lacks; but nobody gets to see the AMI.
    assert (bob["key_access"], bob["ready"]) == ("added", ready)
    assert bob["launch_permission"] == alice["launch_permission"] == ("added" if ready else "failed")


def test_summary__a_grantee_that_kms_shows_as_a_unique_id():
    """By the stem of the grant's name, whatever it allows."""
    dead = grant(ROLE_ARN, grantee=UNIQUE_ID)
    found = summary(
        complete_request(account_ids=[ALICE, BOB], grantee_patterns=ROLE_ARN),
        encrypted(),
        existing={KEY_ARN: [grant(ALICE, "g-2"), dead]},
    )

    alice, bob = found["consumers"]
    assert (alice["key_access"], alice["launch_permission"], alice["ready"]) == ("unchanged", "added", True)
    assert (bob["key_access"], bob["ready"]) == ("added", True)


def test_summary__a_unique_id_of_another_grant_name_is_nobody():
    foreign = replace(grant(ROLE_ARN, grantee=UNIQUE_ID), name=f"other/{ALICE}/0123456789-0123456789")
    found = summary(
        complete_request(grantee_patterns=ROLE_ARN),
        encrypted(),
        existing={KEY_ARN: [foreign]},
        failing={ROLE_ARN: NO_GRANT},
    )

    assert (found["consumers"][0]["key_access"], found["consumers"][0]["ready"]) == ("failed", False)


def test_summary__a_grant_that_could_not_be_revoked():
    """The run fails and says so; the consumer is ready."""
    outdated = grant(ALICE, "g-0", terms("Decrypt"))

    found = summary(complete_request(), encrypted(), existing={KEY_ARN: [outdated]}, stuck=NO_REVOKE)

    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["ready"]) == ("added", True)
    assert entry["key_access"] == "added"
    assert found["failed"] and "kms:RevokeGrant" in found["failures"][0]
    assert found["images"][0]["error"]["action"] == "kms:RevokeGrant"


def test_summary__a_key_that_failed_for_a_consumer_of_before():
    """It has both already; only the new grant of another one failed."""
    found = summary(
        complete_request(account_ids=[ALICE, BOB]),
        encrypted(shared_with(ALICE)),
        existing={KEY_ARN: [grant(ROOT.format(ALICE))]},
        failing={KEY_ARN: NO_GRANT},
    )

    alice, bob = found["consumers"]
    assert (alice["launch_permission"], alice["key_access"], alice["ready"]) == ("unchanged", "unchanged", True)
    assert (bob["launch_permission"], bob["key_access"], bob["ready"]) == ("failed", "failed", False)
    assert found["images"][0]["status"] == "failed"


def test_summary__a_share_that_failed():
    found = summary(complete_request(), encrypted(), encrypted(region=OTHER_REGION), launches={REGION: NO_SHARE})

    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert found["images"][0]["error"]["code"] == "UnauthorizedOperation"
    first = found["consumers"][0]
    assert (first["launch_permission"], first["key_access"], first["ready"]) == ("failed", "added", False)
    assert (found["failed"], len(found["failures"])) == (True, 1)


def test_summary__both_stages_failed():
    facts = (encrypted(), encrypted(region=OTHER_REGION))
    found = summary(complete_request(), *facts, failing={KEY_ARN: NO_GRANT}, launches={OTHER_REGION: NO_SHARE})

    assert ["LimitExceededException" in found["failures"][0], "UnauthorizedOperation" in found["failures"][1]] == [
        True
    ] * 2


def test_summary__no_key_and_the_key_policy():
    wanted = complete_request(organization_arns=ORGANIZATION_ARN, public=False, key_policy_allows_organizations=True)

    assert [one["key_access"] for one in summary(wanted, image_facts())["consumers"]] == ["not_needed"] * 2
    assert [one["key_access"] for one in summary(wanted, encrypted())["consumers"]] == ["added", "key_policy"]
    assert all(one["ready"] for one in summary(wanted, encrypted())["consumers"])


def test_summary__consumers_in_the_order_in_which_they_were_given():
    wanted = complete_request(
        account_ids=[CAROL, ALICE, BOB],
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        public=True,
    )

    names = [one["consumer"] for one in summary(wanted, image_facts())["consumers"]]

    assert names == [CAROL, ALICE, BOB, "o-exampleorgid", "ou-abcd-exampleouid", "everybody"]


def test_summary__one_account_is_not_another_ones_suffix():
    found = summary(
        complete_request(account_ids=[ALICE, BOB]), encrypted(), existing={KEY_ARN: [grant(ROOT.format(BOB))]}
    )

    assert [one["key_access"] for one in found["consumers"]] == ["added", "unchanged"]


def test_summary__the_account_that_owns_the_key():
    """A central account may own the keys and be a consumer as well: kms_grant makes no grant for it, none is missing."""
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})

    found = summary(complete_request(account_ids=[ALICE, BOB]), facts)

    assert [one["key_access"] for one in found["consumers"]] == ["added", "not_needed"]
    assert [one["ready"] for one in found["consumers"]] == [True, True]
    assert [one["launch_permission"] for one in found["consumers"]] == ["added", "added"]


@pytest.mark.parametrize(("failing", "access"), [({}, "added"), ({ROLE.format(BOB): NO_GRANT}, "failed")])
def test_summary__a_role_of_the_account_that_owns_the_key_needs_its_grant(failing, access):
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})

    found = summary(complete_request(account_ids=[BOB], grantee_patterns=PATTERNS[0]), facts, failing=failing)

    assert [one["key_access"] for one in found["consumers"]] == [access]


def test_summary__is_data_for_json():
    found = summary(complete_request(), encrypted(), image_facts(), failing={KEY_ARN: NO_GRANT})

    assert json.loads(json.dumps(found)) == found


def test_a_thousand_accounts_in_all_regions():
    """17,000 consumers: whatever looks each of them up in a list takes minutes."""
    wanted = complete_request(account_ids=accounts(1000), grantee_patterns=PATTERNS[0])
    facts = [encrypted(region=f"eu-west-{number}") for number in range(17)]
    found = discovered(wanted, *facts)
    grants = granted(plan_share(wanted, found, {}, {}), check_mode=True)
    shared = launched(plan_share(wanted, found, {}, {}), wanted, grants, *facts)

    begun = time.process_time()
    planned = plan_share(wanted, found, {}, {})
    chosen = images_to_share(planned, wanted, stages(grants=grants))
    summed = summarise_share(planned, wanted, stages(grants=grants, launch=shared))
    took = time.process_time() - begun

    assert (len(chosen), len(summed["consumers"])) == (17, 17_000)
    assert all(one["ready"] and one["key_access"] == "added" for one in summed["consumers"])
    assert took < 2
