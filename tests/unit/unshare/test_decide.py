# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose key access ends, and every reason why it stays, by what is read right before it is taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import KeyImages
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Membership
from ansible_collections.golden.ami.plugins.module_utils._unshare.decide import decide, given_back
from tests.unit.answers import members
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    grant,
    key,
    shared_with,
)
from tests.unit.unshare.builders import (
    PATTERNS,
    ROLE,
    ROOT,
    SCALING,
    asked,
    by_place,
    decided,
    going,
    images_of,
    kept,
    launched,
    now_on_keys,
    on_key,
    planned,
    read,
    revoked,
    second,
    there,
)

ORGANIZATION, UNIT = {"organizations": (ORGANIZATION_ARN,)}, {"units": (UNIT_ARN,)}
UNLISTED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeImages", REGION, "me")
FAILED = {REGION: Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifyImageAttribute", REGION, "me")}
NOT_READ = Failure("AccessDeniedException", "no", "Ask.", "organizations:ListAccounts", REGION)
EVERYTHING = {"account_ids": None, "everything": True}
TWO = images_of(on_key(), there())
DB = f"{OTHER_IMAGE_ID} (golden-db) on this key"


def grants(*accounts):
    return tuple(grant(one, f"g-{one}") for one in accounts)


def web(*accounts, to=(ALICE, BOB, CAROL), **given):
    """The AMI of the run, with a grant for each of these accounts."""
    return on_key(permissions=shared_with(*accounts, **given), grants=grants(*to))


def test_grants__of_whom_nothing_needs_the_key_any_more():
    facts = read(web(ALICE, BOB, CAROL))

    found = decided(asked(account_ids=[BOB, ALICE], grantee_patterns=PATTERNS), facts)

    assert going(found) == {KEY_ARN: [BOB, ALICE]}
    assert sorted(revoked(found)) == [ROOT.format(ALICE), ROOT.format(BOB)]
    assert kept(found) == {}


def test_grants__again_when_the_permission_is_gone_already():
    """A run that stopped after the launch permissions: the next one takes the rest."""
    assert going(decided(asked(), read(web(BOB)))) == {KEY_ARN: [ALICE]}


def test_grants__of_the_patterns_and_of_auto_scaling_go_with_the_account():
    listed = [ROLE.format(ALICE), SCALING.format(ALICE), "arn:aws:iam::123456789012:role/builder"]
    facts = read(on_key(grants=tuple(grant(arn, f"g-{arn[-5:]}") for arn in listed)))

    assert revoked(decided(asked(grantee_patterns=PATTERNS), facts)) == listed[:2]


@pytest.mark.parametrize(
    ("other", "asked_about", "reason"),
    [
        pytest.param(shared_with(BOB), [], "", id="another AMI of others"),
        pytest.param(shared_with(ALICE), [], f"{DB} is still shared with it", id="another AMI of its own"),
        pytest.param(
            shared_with(**ORGANIZATION),
            [members(ORGANIZATION_ARN, ALICE)],
            f"{DB} is still shared with {ORGANIZATION_ARN}, to which it belongs",
            id="of its organization",
        ),
        pytest.param(
            shared_with(**UNIT),
            [members(UNIT_ARN, BOB, a111122223333="SUSPENDED")],
            f"{DB} is still shared with {UNIT_ARN}, to which it belongs",
            id="of its OU, in which it is suspended",
        ),
        pytest.param(shared_with(**UNIT), [members(UNIT_ARN, BOB)], "", id="of an OU to which it does not belong"),
        pytest.param(
            shared_with(**ORGANIZATION),
            [],
            f"{DB} is still shared with {ORGANIZATION_ARN}, and whether it belongs there is not known (AWS Organizations was "
            "not asked)",
            id="of an organization of which nobody was asked",
        ),
        pytest.param(
            shared_with(**ORGANIZATION, **UNIT),
            [members(ORGANIZATION_ARN, BOB), members(UNIT_ARN, failure=NOT_READ)],
            f"{DB} is still shared with {UNIT_ARN}, and whether it belongs there is not known (organizations:ListAccounts: "
            "AccessDeniedException: no. Next: Ask)",
            id="of an OU that could not be read",
        ),
    ],
)
def test_kept__accounts(other, asked_about, reason):
    facts = read(web(ALICE))

    found = decided(asked(), facts, on_key(), second(permissions=other), members=asked_about)

    assert kept(found) == ({ALICE: reason} if reason else {})
    assert going(found) == ({} if reason else {KEY_ARN: [ALICE]})
    assert revoked(found) == ([] if reason else [ROOT.format(ALICE)])


def test_kept__the_ami_itself_is_still_shared_with_its_organization():
    found = decided(asked(), read(web(ALICE, **ORGANIZATION)))

    assert kept(found)[ALICE].startswith(
        f"{IMAGE_ID} (golden-web) on this key is still shared with {ORGANIZATION_ARN}, and"
    )


def test_kept__one_and_not_the_other():
    facts = read(web(ALICE, BOB))

    found = decided(asked(account_ids=[ALICE, BOB]), facts, on_key(), second(permissions=shared_with(BOB)))

    assert going(found) == {KEY_ARN: [ALICE]}
    assert kept(found) == {BOB: f"{DB} is still shared with it"}


def test_kept__a_launch_permission_that_could_not_be_removed():
    facts = read(web(ALICE), there(shared_with(ALICE), grants=grants(ALICE)))

    found = decided(asked(images=TWO), facts, failing=FAILED)

    assert going(found) == {OTHER_KEY_ARN: [ALICE]}
    assert kept(found) == {ALICE: f"{IMAGE_ID} (golden-web) on this key is still shared with it"}


def test_kept__a_failed_removal_counts_although_the_permission_is_not_shown_any_more():
    """An answer can be lost, and what EC2 shows can be late: nobody loses a key by that."""
    found = decided(asked(), read(web(ALICE)), on_key(), failing=FAILED)

    assert list(kept(found)) == [ALICE]


def test_kept__somebody_shared_the_ami_again_meanwhile():
    found = decided(asked(), read(web(ALICE)), on_key(permissions=shared_with(ALICE)))

    assert kept(found) == {
        ALICE: f"{IMAGE_ID} (golden-web) on this key is shared with it again, or EC2 shows the removal late"
    }


def test_kept__an_ami_that_is_missing_in_the_list_of_the_key_counts_all_the_same():
    found = decided(asked(account_ids=[ALICE, BOB]), read(web(ALICE, **ORGANIZATION)), second())

    assert sorted(kept(found)) == [ALICE, BOB]


def test_kept__the_list_of_the_key_without_the_ami_whose_removal_failed():
    found = decided(asked(), read(web(ALICE)), second(), failing=FAILED)

    assert list(kept(found)) == [ALICE]


def test_kept__which_amis_are_on_the_key_is_not_known():
    facts = read(web(ALICE), there(shared_with(ALICE), grants=grants(ALICE)))

    found = decided(asked(images=TWO), facts, unlisted={KEY_ARN: UNLISTED})

    assert going(found) == {OTHER_KEY_ARN: [ALICE]}
    assert kept(found) == {
        ALICE: "which AMIs are encrypted with the key could not be read (ec2:DescribeImages as me: UnauthorizedOperation: "
        "no. Next: Allow it)"
    }


@pytest.mark.parametrize("unread", [{"permissions": UNLISTED}, {"snapshots": {}}])
def test_kept__an_ami_of_which_not_everything_is_known(unread):
    found = decided(asked(), read(web(ALICE)), replace(second(), **unread))

    assert list(kept(found)) == [ALICE]


def test_nobody_looks_for_amis_where_nothing_is_there_to_take():
    """A run that changes nothing reads no more than it must, and says of nobody that it keeps anything."""
    request, facts = asked(), read(on_key(permissions=shared_with(ALICE), grants=grants(BOB)))
    plan = planned(request, facts)

    found = decide(request, plan, by_place(plan, plan.permissions), {}, Membership())

    assert now_on_keys(plan, facts) == {}
    assert (kept(found), going(found), revoked(found)) == ({}, {KEY_ARN: [ALICE]}, [])


def test_check_mode__what_is_to_go_counts_as_gone():
    request, facts = asked(), read(web(ALICE, BOB))

    now = decided(request, facts, web(ALICE, BOB), predicted=True)
    other = decided(request, facts, web(ALICE, BOB), second(permissions=shared_with(ALICE)), predicted=True)

    assert (going(now), list(kept(other))) == ({KEY_ARN: [ALICE]}, [ALICE])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        pytest.param(shared_with(BOB, ALICE), [ALICE, BOB], id="accounts"),
        pytest.param(shared_with(ALICE, **ORGANIZATION), [ALICE, ORGANIZATION_ARN], id="an organization, too"),
        pytest.param(shared_with(ALICE, public=True), [ALICE], id="everybody has no key access"),
        pytest.param(shared_with(), None, id="nobody"),
    ],
)
def test_everything__all_who_had_a_permission(actual, expected):
    found = decided(asked(**EVERYTHING), read(on_key(permissions=actual, grants=grants(ALICE))))

    assert going(found) == ({KEY_ARN: expected} if expected else {})
    assert kept(found) == {}


def test_everything__what_another_ami_needs_stays():
    found = decided(asked(**EVERYTHING), read(web(ALICE, BOB)), on_key(), second(permissions=shared_with(BOB, CAROL)))

    assert (going(found), list(kept(found))) == ({KEY_ARN: [ALICE]}, [BOB])


@pytest.mark.parametrize("given", [{"account_ids": [OWNER, ALICE, BOB]}, EVERYTHING])
def test_owners__of_the_ami_and_of_its_key_lose_nothing(given):
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = on_key(
        key_arn=arn,
        permissions=shared_with(OWNER, ALICE, BOB),
        key=key(arn=arn, account_id=BOB),
        grants=grants(ALICE, BOB, OWNER),
    )

    found = decided(asked(**given), read(facts))

    assert (going(found), kept(found)) == ({arn: [ALICE]}, {})
    assert revoked(found) == [ROOT.format(ALICE)]


def test_given_back__only_what_was_taken_and_is_shown_again():
    request, facts = asked(account_ids=[ALICE, BOB]), read(web(ALICE, CAROL))
    plan = planned(request, facts)

    def shown(*now, failing=None):
        on_keys = [one for one, _read in now_on_keys(plan, facts, *now).values()]
        return given_back(plan, by_place(plan, launched(plan, failing)), on_keys)

    assert shown(on_key(permissions=shared_with(CAROL, BOB))) == {}
    assert shown(on_key(permissions=shared_with(ALICE, CAROL))) == {(REGION, IMAGE_ID): shared_with(ALICE)}
    assert shown(on_key(permissions=shared_with(ALICE)), failing=FAILED) == {}


def test_decide__reads_the_key_as_it_is_now():
    """A grant that was made meanwhile for the account goes with the others."""
    request, facts = asked(), read(web(ALICE, to=(ALICE,)))
    plan = planned(request, facts)
    on_keys = now_on_keys(plan, facts, on_key())
    [(place, (on_key_now, of_key))] = on_keys.items()
    newer = replace(of_key, grants=(*of_key.grants, grant(ROOT.format(ALICE), "g-newer")))

    found = decide(request, plan, by_place(plan, launched(plan)), {place: (on_key_now, newer)}, Membership())

    assert len(revoked(found)) == 2
    assert isinstance(on_key_now, KeyImages) and SNAPSHOT_ID in str(on_key_now)
