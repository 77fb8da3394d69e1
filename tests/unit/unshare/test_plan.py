# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes from each AMI, snapshot and key, over all declarations together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyFacts
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import Destination
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import ACCOUNT, Principal
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Membership
from ansible_collections.golden.ami.plugins.module_utils._unshare.ask import (
    before_keys_are_taken,
    before_the_first_write,
)
from ansible_collections.golden.ami.plugins.module_utils._unshare.facts import UnshareFacts
from ansible_collections.golden.ami.plugins.module_utils._unshare.targets import asked_for
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
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    grant,
    image,
    key,
    shared_with,
)
from tests.unit.unshare.builders import (
    ROOT,
    SCALING,
    asked,
    images_of,
    named_key,
    now_on_keys,
    on_key,
    plain,
    planned,
    read,
    second,
    there,
)

ALL = shared_with(ALICE, BOB, CAROL, organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,), public=True)
EVERYTHING = {"account_ids": None, "everything": True}
TWO = images_of(on_key(), there())


def gone(plan):
    return plan.removed[REGION, IMAGE_ID]


def closing(plan):
    """By snapshot, the accounts whose create volume permission goes."""
    return {one.target["snapshot_id"]: one.extra["removed"]["account_ids"] for one in plan.snapshots}


@pytest.mark.parametrize(
    ("given", "actual", "expected"),
    [
        pytest.param({}, ALL, shared_with(ALICE), id="who is named, and nobody else"),
        pytest.param({"account_ids": [ALICE, CAROL]}, ALL, shared_with(ALICE, CAROL), id="two accounts"),
        pytest.param({}, shared_with(BOB), shared_with(), id="who is named has none"),
        pytest.param(
            {"account_ids": None, "organization_arns": ORGANIZATION_ARN},
            ALL,
            shared_with(organizations=(ORGANIZATION_ARN,)),
            id="an organization, not its OUs",
        ),
        pytest.param(
            {"account_ids": None, "organizational_unit_arns": UNIT_ARN}, ALL, shared_with(units=(UNIT_ARN,)), id="an OU"
        ),
        pytest.param({"account_ids": None, "public": True}, ALL, shared_with(public=True), id="everybody"),
        pytest.param(EVERYTHING, ALL, ALL, id="everything"),
        pytest.param(EVERYTHING, shared_with(), shared_with(), id="everything of nothing"),
    ],
)
def test_permissions__who_goes(given, actual, expected):
    plan = planned(asked(**given), read(plain(permissions=actual)))

    assert gone(plan) == expected
    assert plan.permissions[0].extra["added"] == {
        "account_ids": [],
        "organization_arns": [],
        "organizational_unit_arns": [],
        "public": False,
    }
    assert [target.place for target in plan.removing] == ([(REGION, IMAGE_ID)] if expected else [])


def test_permissions__an_ami_that_was_named_twice_is_one():
    by_name = replace(on_key(permissions=shared_with(ALICE)), selector=ImageSelector(REGION, name="golden-*"))
    request = asked(images=f"{IMAGE_ID} {REGION}\nname=golden-* {REGION}")

    [target] = planned(request, read(on_key(permissions=shared_with(ALICE)), by_name)).targets

    assert target.facts.selector == ImageSelector(REGION, IMAGE_ID)


def test_permissions__the_owner_keeps_all():
    """Named by mistake: it may always launch, and needs its keys."""
    plan = planned(asked(account_ids=[OWNER, ALICE]), read(on_key(permissions=shared_with(ALICE, OWNER))))

    assert gone(plan) == shared_with(ALICE)
    assert plan.leaving == {(REGION, KEY_ARN): (Principal(ACCOUNT, ALICE),)}


def test_permissions__several_declarations_that_name_one_ami_are_one_change():
    request = asked(
        images=None,
        account_ids=None,
        declarations=[
            {"name": "a", "images": f"{IMAGE_ID} {REGION}", "account_ids": [ALICE]},
            {"name": "b", "images": f"{IMAGE_ID} {REGION}", "account_ids": [BOB], "snapshots": True},
        ],
    )
    plan = planned(request, read(on_key(permissions=ALL), copies=((), ()), snapshots={(REGION, SNAPSHOT_ID): ALL}))

    assert len(plan.permissions) == 1
    assert gone(plan) == shared_with(ALICE, BOB)
    assert closing(plan) == {SNAPSHOT_ID: [ALICE, BOB]}


@pytest.mark.parametrize(
    ("given", "actual", "accounts"),
    [
        pytest.param({"account_ids": [BOB, ALICE]}, ALL, (ALICE, BOB), id="accounts"),
        pytest.param({"account_ids": [BOB, ALICE]}, shared_with(BOB), (BOB,), id="those who have a permission"),
        pytest.param({"organization_arns": ORGANIZATION_ARN}, ALL, (), id="an organization: everybody's use matters"),
        pytest.param({"account_ids": None, "public": True}, ALL, (), id="the public"),
        pytest.param(EVERYTHING, shared_with(ALICE), (ALICE,), id="everything, which is one account"),
        pytest.param(EVERYTHING, ALL, (), id="everything"),
    ],
)
def test_usage_query__whose_use_matters(given, actual, accounts):
    assert planned(asked(**given), read(plain(permissions=actual))).usage_query.account_ids == accounts


@pytest.mark.parametrize(
    ("given", "existing", "expected"),
    [
        ({"snapshots": False}, shared_with(ALICE), {}),
        ({"snapshots": True}, shared_with(ALICE, BOB), {SNAPSHOT_ID: [ALICE]}),
        ({"snapshots": True}, shared_with(BOB), {SNAPSHOT_ID: []}),
        (
            {"snapshots": True, "account_ids": None, "organization_arns": ORGANIZATION_ARN},
            shared_with(ALICE),
            {},
        ),
        ({"snapshots": True, **EVERYTHING}, shared_with(ALICE, CAROL), {SNAPSHOT_ID: [CAROL, ALICE]}),
        ({"snapshots": True}, shared_with(ALICE, public=True), {SNAPSHOT_ID: [ALICE]}),
    ],
)
def test_snapshots(given, existing, expected):
    facts = read(on_key(permissions=ALL), snapshots={(REGION, SNAPSHOT_ID): existing})

    assert closing(planned(asked(**given), facts)) == expected


def test_snapshots__one_of_two_amis_is_planned_once_for_both():
    request = asked(images=images_of(on_key(), second()), snapshots=True)
    facts = read(on_key(), second(), snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE, BOB)})

    assert closing(planned(request, facts)) == {SNAPSHOT_ID: [ALICE]}


def test_keys__nobodys_business_unless_asked():
    plan = planned(asked(key_access=None), read(on_key(permissions=shared_with(ALICE), grants=(grant(ALICE),))))

    assert (plan.leaving, plan.keys) == ({}, {})


def test_keys__each_region_has_its_own():
    plan = planned(asked(images=TWO), read(on_key(grants=(grant(ALICE),)), there()))

    assert {place: removal.changes for place, removal in plan.keys.items()} == {
        (REGION, KEY_ARN): True,
        (OTHER_REGION, OTHER_KEY_ARN): False,
    }


def test_keys__an_aws_managed_key_is_nobodys():
    assert planned(asked(), read(on_key(permissions=shared_with(ALICE), key=key(manager="AWS")))).leaving == {}


def test_keys__those_that_are_named_by_themselves():
    request = asked(images=None, keys=KEY_ARN, account_ids=[ALICE, OWNER])
    keys = named_key([grant(ALICE)])

    plan = planned(request, read(named={(REGION, KEY_ARN): key()}, keys=keys))

    # The account that owns the key needs no grant to lose.
    assert plan.leaving == {(REGION, KEY_ARN): (Principal(ACCOUNT, ALICE),)}
    [revoked] = plan.keys[REGION, KEY_ARN].grants.change.plan.revoke
    assert revoked.grantee == ROOT.format(ALICE)


def test_keys__a_named_one_that_an_ami_has_is_the_same_key():
    request = asked(keys=[KEY_ARN, f"alias/golden {REGION}"], account_ids=[ALICE])
    named = {(REGION, KEY_ARN): key(), (REGION, "alias/golden"): key()}

    plan = planned(request, read(on_key(grants=(grant(ALICE),)), named=named))

    assert list(plan.leaving) == list(plan.keys) == [(REGION, KEY_ARN)]


def test_keys__everything_means_those_who_had_a_permission_on_each():
    facts = read(on_key(permissions=shared_with(ALICE)), there(permissions=shared_with(BOB, public=True)))

    plan = planned(asked(images=TWO, **EVERYTHING), facts)

    assert {arn: [one.value for one in listed] for (_region, arn), listed in plan.leaving.items()} == {
        KEY_ARN: [ALICE],
        OTHER_KEY_ARN: [BOB],
    }


def test_keys__all_that_the_share_may_have_granted_to_an_account_and_to_nobody_else():
    """The pattern that names one account for all consumers serves the others still."""
    patterns = ["arn:aws:iam::{account}:role/a", "arn:aws:iam::999988887777:role/builder"]
    listed = [ROOT.format(ALICE), f"arn:aws:iam::{ALICE}:role/a", SCALING.format(ALICE)]
    others = ["arn:aws:iam::999988887777:role/builder", ROOT.format(BOB), f"arn:aws:iam::{ALICE}:role/b"]
    grants = tuple(grant(arn, f"g-{number}") for number, arn in enumerate([*listed, *others]))

    plan = planned(asked(grantee_patterns=patterns), read(on_key(grants=grants)))

    assert [one.grantee for one in plan.keys[REGION, KEY_ARN].grants.change.plan.revoke] == listed


def copy_in(region, *states, source=None, failure=None):
    """What was read about the copies of a source in a Region."""
    listed = [image(image_id=f"ami-0000000000000000{n}", region=region, state=one) for n, one in enumerate(states)]
    return CopyFacts(Destination(region), source, listed, own_region=region == REGION, failure=failure)


def meant(*found, source=f"{IMAGE_ID} {REGION}"):
    """The AMIs that a request for a source and its copies means."""
    request = asked(images=None, source=source, regions=[one.destination.region for one in found])
    [(_declaration, selectors)] = asked_for(request, UnshareFacts(copies=(found,)))
    return [(one.region, one.image_id) for one in selectors]


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ((), []),
        (("available",), ["ami-00000000000000000"]),
        (("pending",), ["ami-00000000000000000"]),
        (("failed",), []),
        (("failed", "available"), ["ami-00000000000000001"]),
    ],
)
def test_copies__of_the_source_are_found_and_none_is_missed(states, found):
    assert meant(copy_in(OTHER_REGION, *states)) == [(OTHER_REGION, one) for one in found]


def test_copies__the_source_itself_and_all_copies_beside_it():
    """Beside the source there may be a copy for each key."""
    assert meant(copy_in(REGION, "available", "available"), copy_in(OTHER_REGION, "available")) == [
        (REGION, IMAGE_ID),
        (REGION, "ami-00000000000000000"),
        (REGION, "ami-00000000000000001"),
        (OTHER_REGION, "ami-00000000000000000"),
    ]


@pytest.mark.parametrize(
    ("source", "found"), [(image(image_id=OTHER_IMAGE_ID), [(REGION, OTHER_IMAGE_ID)]), (None, [])]
)
def test_copies__a_source_that_was_named_by_its_name(source, found):
    assert meant(copy_in(REGION, source=source), source=f"name=golden-* {REGION}") == found


@pytest.mark.parametrize(
    ("given", "actual", "expected"),
    [
        pytest.param({}, shared_with(ALICE), [], id="accounts alone"),
        pytest.param({}, ALL, [ORGANIZATION_ARN, UNIT_ARN], id="those that share"),
        pytest.param(
            {"account_ids": None, "organizational_unit_arns": UNIT_ARN}, shared_with(), [UNIT_ARN], id="one that goes"
        ),
        pytest.param({"key_access": None}, ALL, [ORGANIZATION_ARN, UNIT_ARN], id="for the usage"),
        pytest.param({"key_access": None, "check_usage": False}, ALL, [], id="nothing depends on them"),
        pytest.param({"key_access": None, "account_ids": ["999988887777"]}, ALL, [], id="nobody loses anything"),
    ],
)
def test_ask__before_the_first_write(given, actual, expected):
    request = asked(**given)

    assert before_the_first_write(request, planned(request, read(on_key(permissions=actual)))) == expected


def test_ask__before_keys_are_taken_about_those_whom_nobody_has_been_asked_about():
    request, facts = asked(), read(on_key(permissions=shared_with(ALICE), grants=(grant(ALICE),)))
    on_keys = now_on_keys(planned(request, facts), facts, on_key(), second(permissions=ALL))
    listed = [one for one, _read in on_keys.values()]

    assert before_keys_are_taken(listed, Membership()) == [ORGANIZATION_ARN, UNIT_ARN]
    assert before_keys_are_taken(listed, Membership([members(UNIT_ARN)])) == [ORGANIZATION_ARN]


def test_snapshots__of_each_disk_of_an_ami():
    two = replace(on_key(), image=replace(on_key().image, snapshot_ids=(SNAPSHOT_ID, "snap-00000000000000002")))
    listed = {(REGION, one): shared_with(ALICE) for one in two.image.snapshot_ids}

    plan = planned(asked(snapshots=True), read(two, snapshots=listed))

    assert closing(plan) == {SNAPSHOT_ID: [ALICE], "snap-00000000000000002": [ALICE]}
    assert OTHER_IMAGE_ID not in str(plan.snapshots)
