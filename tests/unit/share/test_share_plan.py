# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role share decides before its writes: what is refused, who lacks what on which key."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.plan import plan_share, wanted_principals
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT_ARN,
    UNIT_PATH,
    grant,
    image,
    image_facts,
    key,
    shared_with,
    terms,
)
from tests.unit.share.stages import (
    PATTERNS,
    ROLE,
    ROOT,
    complete_request,
    discovered,
    encrypted,
    granted,
    launched,
    plan,
    stages,
)

UNREAD = Failure("AccessDeniedException", "Not for you", "Allow it", "kms:DescribeKey", REGION, "me")
THIRD_IMAGE_ID = "ami-00000000000000003"


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


@pytest.mark.parametrize(
    ("given", "sid"),
    [
        ({"organization_arns": [ORGANIZATION_ARN]}, "GoldenAmiOrganizations"),
        (
            {"organizational_unit_arns": [UNIT_ARN], "organizational_unit_paths": UNIT_PATH},
            "GoldenAmiOrganizationalUnits",
        ),
    ],
)
@pytest.mark.parametrize("vouched", [False, True])
def test_plan__organizations_and_units_get_a_statement_unless_somebody_sees_to_it(given, sid, vouched):
    wanted = complete_request(account_ids=[], key_policy_allows_organizations=vouched, **given)

    planned = plan(wanted, encrypted(), unencrypted())

    keys = [(statement["sid"], statement["keys"]) for statement in planned["statements"]]
    assert keys == ([] if vouched else [(sid, [{"key_id": KEY_ARN, "region": REGION}])])
    assert (planned["refusals"], planned["keys"], planned["grantees"]) == ([], [], [])


def test_plan__changes_neither_request_nor_discovery():
    wanted = complete_request(account_ids=[OWNER, ALICE, BOB], grantee_patterns=PATTERNS)
    found = discovered(wanted, encrypted(), encrypted(region=OTHER_REGION))
    before = copy.deepcopy((wanted, found))

    first, second = plan_share(wanted, found, {}, {}), plan_share(wanted, found, {}, {})
    images_to_share(first, wanted, stages(grants=granted(first)))

    assert (wanted, found) == before
    assert first == second


def test_wanted_principals():
    wanted = complete_request(account_ids=[ALICE, OWNER], organization_arns=ORGANIZATION_ARN, public=True)

    assert wanted_principals(plan(wanted, image_facts()), wanted) == shared_with(
        ALICE, organizations=(ORGANIZATION_ARN,), public=True
    )
