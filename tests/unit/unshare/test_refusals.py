# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in the way before the first write: what could not be read is not taken for what nobody has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._unshare.refusals import notes
from ansible_collections.golden.ami.plugins.module_utils._unshare.targets import asked_for
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    grant,
    image_facts,
    key,
    policy_text,
    shared_with,
    statement,
)
from tests.unit.unshare.builders import asked, images_of, named_key, on_key, plain, planned, read, refused, there
from tests.unit.unshare.test_plan import copy_in

UNREAD = Failure("RequestLimitExceeded", "slow", "Again.", "ec2:DescribeImages", REGION, "me")
NOT_OWNER = Failure("AuthFailure", "no", "", "ec2:DescribeImageAttribute", REGION)
NO_KEY = Failure("AccessDeniedException", "no", "Allow it.", "kms:DescribeKey", REGION, "me")
NO_GRANTS = Failure("AccessDeniedException", "no", "Allow it.", "kms:ListGrants", REGION, "me")
NO_COPIES = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeImages", REGION, "me")
SHARED = shared_with(ALICE)


@pytest.mark.parametrize(
    ("facts", "key_access", "text"),
    [
        pytest.param(on_key(permissions=UNREAD), None, "RequestLimitExceeded", id="permissions"),
        pytest.param(image_facts(image=UNREAD), None, "RequestLimitExceeded", id="the AMI"),
        pytest.param(on_key(permissions=NOT_OWNER), None, "belongs to account", id="another's AMI"),
        pytest.param(on_key(key=NO_KEY), True, "kms:DescribeKey", id="the key"),
        pytest.param(on_key(grants=NO_GRANTS), True, "kms:ListGrants", id="its grants"),
        pytest.param(
            replace(on_key(), snapshots={}, keys={}), True, "cannot be found", id="the snapshot, and so the key"
        ),
    ],
)
def test_what_could_not_be_read(facts, key_access, text):
    [refusal] = refused(asked(key_access=key_access), read(facts))

    assert text in refusal and " Next: " in refusal


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(on_key(permissions=SHARED, key=NO_KEY), id="key unread"),
        pytest.param(replace(on_key(permissions=SHARED), snapshots={}, keys={}), id="snapshot gone"),
        pytest.param(on_key(permissions=SHARED, key=key(state="Disabled")), id="key disabled"),
        pytest.param(on_key(permissions=SHARED, policy=NO_KEY), id="policy unread"),
    ],
)
def test_to_make_an_ami_private_little_has_to_be_right(facts):
    request = asked(key_access=None)

    assert refused(request, read(facts)) == []
    assert [target.place for target in planned(request, read(facts)).removing] == [(REGION, IMAGE_ID)]


@pytest.mark.parametrize("policy", [NO_KEY, "{}"])
def test_a_policy_that_could_not_be_read_stops_no_grant(policy):
    assert refused(asked(), read(on_key(permissions=SHARED, policy=policy))) == []


def test_equal_reasons_are_said_once():
    unread = replace(UNREAD, region="")
    facts = read(image_facts(image=unread), replace(there(), image=unread, permissions=None))

    [refusal] = refused(asked(images=images_of(on_key(), there())), facts)

    assert refusal.startswith(f"{IMAGE_ID} in {REGION}, {OTHER_IMAGE_ID} in {OTHER_REGION}: ec2:DescribeImages as me: ")


def test_a_statement_that_cannot_be_rewritten_is_said_before_the_first_write():
    twice = [statement(ALICE, Sid="GoldenAmiAccounts"), statement(BOB, Sid="GoldenAmiAccounts")]
    facts = read(on_key(permissions=SHARED, policy=policy_text(ADMINISTRATION, *twice)))

    [refusal] = refused(asked(), facts)

    assert refusal.startswith(f"{KEY_ARN}: ") and "more than one statement with the Sid 'GoldenAmiAccounts'" in refusal
    assert refused(asked(key_access=None), facts) == []


def test_a_snapshot_whose_permissions_cannot_be_read():
    unread = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeSnapshotAttribute", REGION, "me")
    facts = read(on_key(permissions=SHARED), snapshots={(REGION, SNAPSHOT_ID): unread})

    [refusal] = refused(asked(snapshots=True), facts)

    assert SNAPSHOT_ID in refusal and "ec2:DescribeSnapshotAttribute as me" in refusal
    assert refused(asked(), facts) == []


@pytest.mark.parametrize(
    ("found", "keys", "text"),
    [
        (NO_KEY, {}, "alias/golden in eu-west-1: kms:DescribeKey as me: AccessDeniedException"),
        (key(manager="AWS"), named_key(manager="AWS"), f"{KEY_ARN}: {KEY_ARN} is an AWS managed key"),
    ],
)
def test_a_named_key_whose_grants_nobody_can_take(found, keys, text):
    request = asked(images=None, keys=f"alias/golden {REGION}")

    [refusal] = refused(request, read(named={(REGION, "alias/golden"): found}, keys=keys))

    assert refusal.startswith(text)


def test_grants_of_a_named_key_that_could_not_be_read():
    request = asked(images=None, keys=KEY_ARN)
    keys = {place: replace(one, grants=NO_GRANTS) for place, one in named_key().items()}

    [refusal] = refused(request, read(named={(REGION, KEY_ARN): key()}, keys=keys))

    assert refusal == f"{KEY_ARN}: kms:ListGrants as me: AccessDeniedException: no. Next: Allow it."


def copies(*found, source=f"{IMAGE_ID} {REGION}"):
    request = asked(images=None, source=source, regions=[one.destination.region for one in found])
    return request, read(copies=(found,))


def test_copies__that_could_not_be_looked_for():
    [refusal] = refused(*copies(copy_in(OTHER_REGION, failure=NO_COPIES)))

    assert refusal == f"{OTHER_REGION}: ec2:DescribeImages as me: UnauthorizedOperation: no. Next: Allow it."


def test_copies__two_are_a_refusal_that_lists_both():
    [refusal] = refused(*copies(copy_in(OTHER_REGION, "available", "available")))

    assert refusal.startswith(f"{OTHER_REGION}: 2 AMIs in {OTHER_REGION} are copies of this one: ")
    assert "ami-00000000000000000" in refusal and "ami-00000000000000001" in refusal and " Next: " in refusal


def test_copies__several_beside_the_source_are_all_meant():
    request, facts = copies(copy_in(REGION, "available", "available"))
    facts = replace(
        facts, images={selector: plain() for _of, listed in asked_for(request, facts) for selector in listed}
    )

    assert (refused(request, facts), notes(request, facts, planned(request, facts))) == ([], [])


def test_copies__of_a_source_that_could_not_be_read():
    [refusal] = refused(*copies(copy_in(OTHER_REGION, source=NO_COPIES), source=f"name=golden-* {REGION}"))

    assert refusal.startswith(f"{OTHER_REGION}: ec2:DescribeImages as me")


def test_copies__of_a_source_of_which_there_is_none():
    request, facts = copies(copy_in(OTHER_REGION), source=f"name=golden-* {REGION}")

    assert refused(request, facts) == []
    assert notes(request, facts, planned(request, facts)) == [
        f"{OTHER_REGION}: there is no copy of name golden-*.",
        f"{REGION}: no own AMI matches name golden-*, so that there are no copies of it.",
    ]


def test_copies__what_would_stop_a_copy_does_not_matter():
    request, facts = copies(copy_in(OTHER_REGION))

    assert refused(request, facts) == []
    assert notes(request, facts, planned(request, facts)) == [f"{OTHER_REGION}: there is no copy of {IMAGE_ID}."]


def test_notes__an_ami_that_is_gone_is_no_reason_to_stop():
    request = asked(images=images_of(on_key(), there()))
    facts = read(image_facts(image=None), there(permissions=SHARED))

    assert refused(request, facts) == []
    [note] = notes(request, facts, planned(request, facts))
    assert note.startswith(f"{REGION}: {IMAGE_ID} is not in {REGION}")
    assert note.endswith("to revoke what was granted, name them in unshare_keys.")


def test_notes__the_owner():
    request, facts = asked(account_ids=[OWNER, ALICE]), read(plain(permissions=SHARED))

    assert notes(request, facts, planned(request, facts)) == [
        f"unshare_account_ids: {OWNER} owns the AMI and may always launch it; left out."
    ]


def test_grants_are_no_reason_to_refuse():
    assert refused(asked(), read(on_key(permissions=SHARED, grants=(grant(ALICE),)))) == []
