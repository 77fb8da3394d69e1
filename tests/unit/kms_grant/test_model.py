# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of a key's grants are ours, which are missing, which have to go."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import (
    Grant,
    canonical_constraints,
    grant_name,
    is_ours,
    plan_grants,
)
from tests.unit.builders import ALICE, BOB, CAROL, PREFIX, ROLE_ARN, UNIQUE_ID, grant, grant_request, terms

MINE = grant(ALICE)
BOBS = grant(BOB, "g-2")
NAMELESS = grant(ALICE, "f-1", name="")
EBS = grant(ALICE, "f-2", name="0b5b5c5e-7a1f-4a6e-9d2d-3f6d5b1c2a3e")
OTHER_TOOL = grant(ALICE, "f-3", name=f"{PREFIX}ish/{ALICE}/x")
AUTOSCALING = grant(ALICE, "f-4", name=f"{PREFIX}-autoscaling/{ALICE}/0123456789-0123456789")
FOREIGN = (NAMELESS, EBS, OTHER_TOOL, AUTOSCALING)
DEAD = grant(ROLE_ARN, grantee=UNIQUE_ID)
LESS = terms("Decrypt", "DescribeKey")


def plan(request, *actual, partition="aws"):
    return plan_grants(request, actual, partition)


def created(planned):
    return [creation.wanted.grantee for creation in planned.create]


def test_plan_grants__missing():
    planned = plan(grant_request(ALICE))

    (creation,) = planned.create
    assert (creation.wanted.grantee, creation.replaces) == (f"arn:aws:iam::{ALICE}:root", ())
    assert creation.wanted.terms == terms()
    assert planned and not planned.revoke


def test_plan_grants__present():
    planned = plan(grant_request(ALICE), MINE)

    assert (planned.keep, planned.create, planned.revoke) == ((MINE,), (), ())
    assert not planned


def test_plan_grants__a_made_grant_is_present_in_the_next_run():
    wanted = plan(grant_request(ROLE_ARN)).create[0].wanted

    assert not plan(grant_request(ROLE_ARN), Grant("g-9", wanted.name, wanted.grantee, wanted.terms))


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(terms("Decrypt"), id="operations"),
        pytest.param(terms(*terms().operations, "Encrypt"), id="one operation too many"),
        pytest.param(terms(constraints='{"EncryptionContextSubset": {"a": "b"}}'), id="constraints"),
        pytest.param(terms(retiring=f"arn:aws:iam::{BOB}:root"), id="retiring principal"),
    ],
)
def test_plan_grants__other_terms_are_replaced_by_creating_first(old):
    outdated = grant(ALICE, allowed=old)

    planned = plan(grant_request(ALICE), outdated, BOBS)

    (creation,) = planned.create
    assert creation.replaces == (outdated,)
    assert creation.wanted.terms == terms()
    assert creation.wanted.name != outdated.name
    assert (planned.revoke, planned.keep) == ((), (BOBS,))


def test_plan_grants__equal_terms_of_another_name_are_no_change():
    named_by_an_older_release = grant(ALICE, name=f"{PREFIX}/{ALICE}/0123456789-9876543210")

    assert not plan(grant_request(ALICE), named_by_an_older_release)


@pytest.mark.parametrize("shown", [None, {}, {"EncryptionContextSubset": {}}, {"EncryptionContextEquals": None}])
def test_plan_grants__empty_constraints_are_none(shown):
    actual = grant(ALICE, terms=terms(constraints=canonical_constraints(shown)))

    assert not plan(grant_request(ALICE), actual)


def test_plan_grants__order_within_constraints_does_not_matter():
    one = canonical_constraints({"EncryptionContextSubset": {"a": "1", "b": "2"}})
    other = canonical_constraints({"EncryptionContextSubset": {"b": "2", "a": "1"}})

    assert not plan(grant_request(ALICE, terms=terms(constraints=one)), grant(ALICE, terms=terms(constraints=other)))


def test_plan_grants__equals_is_not_subset():
    equals = canonical_constraints({"EncryptionContextEquals": {"a": "1"}})
    subset = canonical_constraints({"EncryptionContextSubset": {"a": "1"}})

    assert created(
        plan(grant_request(ALICE, terms=terms(constraints=equals)), grant(ALICE, terms=terms(constraints=subset)))
    )


def test_plan_grants__duplicates_of_ours_are_reduced_to_one():
    copies = [replace(MINE, grant_id=f"g-{number}") for number in (3, 1, 2)]

    for order in itertools.permutations(copies):
        planned = plan(grant_request(ALICE), *order)
        assert [kept.grant_id for kept in planned.keep] == ["g-1"]
        assert {gone.grant_id for gone in planned.revoke} == {"g-2", "g-3"}
        assert planned.create == ()


def test_plan_grants__an_outdated_one_beside_a_right_one_goes():
    outdated = grant(ALICE, "g-0", LESS)

    planned = plan(grant_request(ALICE), outdated, MINE)

    assert (planned.keep, planned.revoke, planned.create) == ((MINE,), (outdated,), ())


@pytest.mark.parametrize(
    "given", [{}, {"purge": True}, {"state": "absent"}], ids=["present", "present with purge", "absent"]
)
@pytest.mark.parametrize("foreign", FOREIGN, ids=["nameless", "EBS", "longer prefix", "prefix golden-ami-autoscaling"])
def test_plan_grants__foreign_grants_are_never_touched(given, foreign):
    planned = plan(grant_request(ALICE, **given), foreign, BOBS)

    assert planned.foreign == (foreign,)
    assert foreign not in planned.revoke + planned.keep
    assert all(foreign not in creation.replaces for creation in planned.create)


def test_plan_grants__a_foreign_grant_does_not_stand_in_for_ours():
    assert created(plan(grant_request(ALICE), NAMELESS)) == [f"arn:aws:iam::{ALICE}:root"]


@pytest.mark.parametrize(
    ("prefix", "name", "ours"),
    [
        pytest.param("golden", f"golden/{ALICE}/0123456789-0123456789", True, id="ours"),
        pytest.param("golden", f"golden-ami/{ALICE}/0123456789-0123456789", False, id="golden and golden-ami"),
        pytest.param("golden-ami", f"golden/{ALICE}/0123456789-0123456789", False, id="golden-ami and golden"),
        pytest.param("golden", f"golden/web/{ALICE}/0123456789-0123456789", False, id="golden and golden/web"),
        pytest.param("golden/web", f"golden/web/{ALICE}/0123456789-0123456789", True, id="a slash in the prefix"),
        pytest.param("golden", "golden", False, id="the bare prefix"),
        pytest.param("golden", "", False, id="nameless"),
    ],
)
def test_is_ours__by_the_whole_prefix(prefix, name, ours):
    """A prefix may contain slashes, so that one may be the beginning of another."""
    assert is_ours(grant(ALICE, name=name), prefix) is ours


def test_plan_grants__the_tasks_of_two_purposes_do_not_undo_each_other():
    """name=golden must leave alone what name=golden/web made for the same account, with and without purge."""
    web = plan(grant_request(ALICE, prefix="golden/web", terms=LESS)).create[0].wanted
    actual = Grant("g-5", web.name, web.grantee, web.terms)

    planned = plan(grant_request(ALICE, prefix="golden", purge=True), actual)

    assert planned.foreign == (actual,)
    assert planned.revoke == () and planned.create[0].replaces == ()


def test_plan_grants__unresolved_grantee_with_our_name_is_unchanged():
    planned = plan(grant_request(ROLE_ARN), DEAD)

    assert not planned
    assert (planned.keep, planned.unresolved) == ((DEAD,), (DEAD,))


def test_plan_grants__unresolved_grantee_is_not_purged_while_it_is_wanted():
    planned = plan(grant_request(ROLE_ARN, purge=True), DEAD)

    assert not planned and planned.unresolved == (DEAD,)


def test_plan_grants__unresolved_and_foreign_is_left_alone():
    foreign = replace(DEAD, name="")

    planned = plan(grant_request(ROLE_ARN), foreign)

    assert (planned.foreign, planned.unresolved) == ((foreign,), ())
    assert created(planned) == [ROLE_ARN]


def test_plan_grants__unresolved_and_changed_is_replaced():
    planned = plan(grant_request(ROLE_ARN, terms=LESS), DEAD)

    assert planned.create[0].replaces == (DEAD,)
    assert (planned.keep, planned.unresolved) == ((), ())


def test_plan_grants__a_working_duplicate_is_kept_and_the_dead_one_goes():
    alive = grant(ROLE_ARN, "g-9")

    for order in ((DEAD, alive), (alive, DEAD)):
        planned = plan(grant_request(ROLE_ARN), *order)
        assert (planned.keep, planned.revoke, planned.unresolved) == ((alive,), (DEAD,), ())


def test_plan_grants__unresolved_of_another_grantee_is_not_taken_for_ours():
    assert created(plan(grant_request(f"arn:aws:iam::{ALICE}:role/other"), DEAD)) == [
        f"arn:aws:iam::{ALICE}:role/other"
    ]


def test_plan_grants__unresolved_retiring_principal_is_vouched_for_by_the_name():
    allowed = terms(retiring=ROLE_ARN)
    shown = grant(BOB, allowed=allowed, terms=terms(retiring=UNIQUE_ID))
    misnamed = replace(shown, name=f"{PREFIX}/{BOB}/0123456789-0123456789")

    assert not plan(grant_request(BOB, terms=allowed), shown)
    assert plan(grant_request(BOB, terms=allowed), misnamed)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"])
def test_plan_grants__an_account_is_its_root_in_every_partition(partition):
    root = f"arn:{partition}:iam::{ALICE}:root"
    actual = grant(ALICE, partition=partition)

    assert actual.grantee == root
    assert not plan(grant_request(ALICE), actual, partition=partition)
    assert not plan(grant_request(root), actual, partition=partition)
    assert created(plan(grant_request(ALICE, root), partition=partition)) == [root]


def test_plan_grants__a_retiring_account_is_its_root():
    allowed = terms(retiring=f"arn:aws-cn:iam::{BOB}:root")
    actual = grant(ALICE, allowed=allowed, partition="aws-cn")

    assert not plan(grant_request(ALICE, terms=terms(retiring=BOB)), actual, partition="aws-cn")


def test_plan_grants__without_purge_others_of_ours_stay():
    planned = plan(grant_request(ALICE), MINE, BOBS, EBS)

    assert not planned
    assert set(planned.keep) == {MINE, BOBS}


def test_plan_grants__purge_revokes_ours_of_others_only():
    planned = plan(grant_request(ALICE, purge=True), MINE, BOBS, *FOREIGN)

    assert (planned.keep, planned.revoke, planned.foreign) == ((MINE,), (BOBS,), FOREIGN)


def test_plan_grants__purge_with_nobody_revokes_all_of_ours():
    planned = plan(grant_request(purge=True), MINE, BOBS, DEAD, *FOREIGN)

    assert (set(planned.revoke), planned.keep, planned.create) == ({MINE, BOBS, DEAD}, (), ())
    assert planned.foreign == FOREIGN


def test_plan_grants__absent_revokes_whatever_they_allow():
    outdated = grant(ALICE, "g-0", LESS)

    planned = plan(grant_request(ALICE, CAROL, state="absent"), MINE, outdated, BOBS, *FOREIGN)

    assert (set(planned.revoke), planned.keep, planned.create) == ({MINE, outdated}, (BOBS,), ())


def test_plan_grants__absent_finds_unresolved_by_name():
    planned = plan(grant_request(ROLE_ARN, state="absent"), DEAD)

    assert (planned.revoke, planned.keep) == ((DEAD,), ())


def test_plan_grants__absent_already():
    assert not plan(grant_request(ALICE, state="absent"), BOBS, *FOREIGN)


def test_plan_grants__the_order_of_input_does_not_matter():
    actual = [replace(MINE, grant_id="g-7"), MINE, grant(ALICE, "g-0", LESS), BOBS, DEAD]
    request = grant_request(ALICE, ROLE_ARN, CAROL, purge=True)

    def summary(order):
        planned = plan(request, *order)
        return created(planned), set(planned.revoke), planned.keep, planned.unresolved

    expected = summary(actual)
    assert all(summary(order) == expected for order in itertools.permutations(actual))


def test_plan_grants__one_request_serves_many_keys():
    request = grant_request(ALICE, BOB, purge=True)

    assert plan(request, MINE) == plan(request, MINE)
    assert request == grant_request(ALICE, BOB, purge=True)


def test_grant_name__changes_with_everything_that_the_grant_allows():
    names = {
        grant_name(PREFIX, ROLE_ARN, terms()),
        grant_name(f"{PREFIX}2", ROLE_ARN, terms()),
        grant_name(PREFIX, f"{ROLE_ARN}2", terms()),
        grant_name(PREFIX, ROLE_ARN, LESS),
        grant_name(PREFIX, ROLE_ARN, terms(constraints='{"EncryptionContextSubset": {"a": "b"}}')),
        grant_name(PREFIX, ROLE_ARN, terms(retiring=ROLE_ARN)),
    }

    assert len(names) == 6


def test_grant_name__is_the_same_in_every_run():
    """Grants that exist carry names of this form; a change of it would orphan those whose grantee is unresolved."""
    assert grant_name(PREFIX, f"arn:aws:iam::{ALICE}:root", terms("Decrypt")) == (
        "golden-ami/111122223333/3d077c1298-5af3afe3ef"
    )
