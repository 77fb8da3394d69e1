# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One key: what its state allows, and what it has after the calls."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import (
    KeyFacts,
    after_apply,
    plan_key,
    revocable,
)
from tests.unit.builders import (
    ALICE,
    BOB,
    KEY_ARN,
    OWNER,
    REGION,
    ROLE_ARN,
    UNIQUE_ID,
    grant,
    grant_request,
    key,
    terms,
)

MINE = grant(ALICE)
OUTDATED = grant(ALICE, "g-0", terms("Decrypt", "DescribeKey"))
BOBS = grant(BOB, "g-2")
NAMELESS = grant(ALICE, "f-1", name="")
ROOT = f"arn:aws:iam::{ALICE}:root"
DENIED = Failure("AccessDeniedException", "no", "Allow it", "kms:CreateGrant", REGION)
NO_REVOKE = Failure("AccessDeniedException", "no revoke", "Allow it", "kms:RevokeGrant", REGION)
LIMIT = Failure("LimitExceededException", "full", "Clean up", "kms:CreateGrant", REGION)


def facts(*grants, **about):
    return KeyFacts("alias/golden", REGION, key(**about), grants)


def plan(request, *grants, **about):
    return plan_key(request, facts(*grants, **about))


def names(listed):
    return [(shown["grant_id"], shown["grantee_principal"]) for shown in listed]


def test_plan_key__shows_what_is_ours_and_apart_what_is_not():
    outcome = plan(grant_request(BOB), MINE, NAMELESS)

    assert outcome.as_result() == {
        "key_id": "alias/golden",
        "region": REGION,
        "status": "changed",
        "before": [
            {
                "grant_id": "g-1",
                "name": MINE.name,
                "grantee_principal": ROOT,
                "operations": sorted(terms().operations),
                "constraints": {},
                "retiring_principal": None,
            }
        ],
        "after": outcome.after,
        "key_arn": KEY_ARN,
        "key_manager": "CUSTOMER",
        "key_state": "Enabled",
        "foreign_grants": outcome.extra["foreign_grants"],
        "unresolved_grants": [],
        "error": None,
    }
    assert names(outcome.after) == [("g-1", ROOT), (None, f"arn:aws:iam::{BOB}:root")]
    assert names(outcome.extra["foreign_grants"]) == [("f-1", ROOT)]


def test_plan_key__unchanged_has_nothing_to_apply():
    outcome = plan(grant_request(ALICE), MINE)

    assert (outcome.status, outcome.change, outcome.before) == ("unchanged", None, outcome.after)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("Disabled", "key_disabled"),
        ("PendingDeletion", "key_pending_deletion"),
        ("PendingReplicaDeletion", "key_pending_deletion"),
        ("PendingImport", "key_unusable"),
        ("Creating", "key_unusable"),
    ],
)
def test_plan_key__a_key_that_cannot_have_new_grants(state, code):
    failed = plan(grant_request(BOB), MINE, state=state)

    assert (failed.status, failed.failure.code, failed.change, failed.changed) == ("failed", code, None, False)
    assert KEY_ARN in failed.failure.message and failed.failure.next_step
    # What is there has been read: it stays, and whoever has a grant of ours keeps it.
    assert names(failed.before) == names(failed.after) == [("g-1", ROOT)]
    assert failed.before == failed.after


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion", "PendingImport"])
def test_plan_key__nothing_to_make_needs_no_usable_key(state):
    unchanged = plan(grant_request(ALICE), MINE, state=state)
    removing = plan(grant_request(ALICE, state="absent"), MINE, state=state)
    purging = plan(grant_request(ALICE, purge=True), MINE, BOBS, state=state)

    assert [outcome.status for outcome in (unchanged, removing, purging)] == ["unchanged", "changed", "changed"]
    assert all(state in outcome.warnings[0] for outcome in (unchanged, removing, purging))


def test_plan_key__updating_is_usable():
    outcome = plan(grant_request(ALICE), state="Updating")

    assert (outcome.status, outcome.warnings) == ("changed", ())


@pytest.mark.parametrize("given", [{}, {"state": "absent"}, {"purge": True}])
def test_plan_key__an_aws_managed_key_is_refused(given):
    outcome = plan(grant_request(ALICE, **given), MINE, manager="AWS")

    assert (outcome.failure.code, outcome.change) == ("aws_managed_key", None)
    assert "customer managed key" in outcome.failure.next_step


def test_plan_key__unreadable_is_not_empty():
    for about in (
        KeyFacts("alias/golden", REGION, DENIED),
        KeyFacts("alias/golden", REGION, key(), DENIED),
    ):
        outcome = plan_key(grant_request(ALICE), about)
        assert (outcome.failure, outcome.change, outcome.before, outcome.after) == (DENIED, None, None, None)
        assert set(outcome.as_result()) == set(plan(grant_request(ALICE)).as_result())


@pytest.mark.parametrize("owner", [OWNER, f"arn:aws:iam::{OWNER}:root"])
def test_plan_key__the_owner_is_dropped_with_a_warning(owner):
    outcome = plan(grant_request(owner, ALICE))

    assert names(outcome.after) == [(None, ROOT)]
    assert len(outcome.warnings) == 1 and OWNER in outcome.warnings[0]


def test_plan_key__the_owner_of_another_partition():
    arn = f"arn:aws-cn:kms:cn-north-1:{OWNER}:key/x"
    outcome = plan(grant_request(OWNER), arn=arn)

    assert (outcome.status, len(outcome.warnings)) == ("unchanged", 1)


def test_plan_key__roles_of_the_owner_may_have_grants():
    role = f"arn:aws:iam::{OWNER}:role/builder"

    assert names(plan(grant_request(role)).after) == [(None, role)]


def test_plan_key__a_grant_to_the_owner_can_be_removed():
    outcome = plan(grant_request(OWNER, state="absent"), grant(OWNER))

    assert (outcome.status, outcome.after) == ("changed", [])


@pytest.mark.parametrize("grantees", [(OWNER,), (f"arn:aws:iam::{OWNER}:root",), (OWNER, f"arn:aws:iam::{OWNER}:root")])
def test_plan_key__purge_with_the_owner_alone_is_refused(grantees):
    """It is dropped, and what is left of the list would mean nobody."""
    outcome = plan(grant_request(*grantees, purge=True), MINE, BOBS)

    assert (outcome.status, outcome.failure.code) == ("failed", "only_the_owner")
    assert (outcome.change, outcome.changed) == (None, False)
    assert outcome.before == outcome.after and names(outcome.after)[0] == ("g-1", ROOT)
    assert "empty list" in outcome.failure.next_step


@pytest.mark.parametrize(
    ("grantees", "left"),
    [
        pytest.param((), [], id="an empty list is nobody"),
        pytest.param((OWNER, ALICE), [("g-1", ROOT)], id="the owner and somebody"),
        pytest.param((f"arn:aws:iam::{OWNER}:role/x",), [(None, f"arn:aws:iam::{OWNER}:role/x")], id="a role of it"),
    ],
)
def test_plan_key__purge_with_somebody_or_nobody_is_meant(grantees, left):
    outcome = plan(grant_request(*grantees, purge=True), MINE, BOBS)

    assert (outcome.status, names(outcome.after)) == ("changed", left)


def test_plan_key__the_owner_alone_without_purge_is_no_change():
    assert plan(grant_request(OWNER), MINE).status == "unchanged"


def test_plan_key__an_unresolved_grantee_is_a_warning_and_no_change():
    dead = grant(ROLE_ARN, grantee=UNIQUE_ID)

    outcome = plan(grant_request(ROLE_ARN), dead)

    assert (outcome.status, names(outcome.extra["unresolved_grants"])) == ("unchanged", [("g-1", UNIQUE_ID)])
    assert len(outcome.warnings) == 1
    assert UNIQUE_ID in outcome.warnings[0] and dead.name in outcome.warnings[0]


def test_plan_key__many_keys_do_not_influence_each_other():
    request = grant_request(OWNER, ALICE)

    owned = plan(request)
    foreign = plan(request, account_id=BOB, arn=KEY_ARN.replace(OWNER, BOB))

    assert names(owned.after) == [(None, ROOT)]
    assert names(foreign.after) == [(None, ROOT), (None, f"arn:aws:iam::{OWNER}:root")]


def applied(request, *grants, fails=None, keeps=()):
    """The outcome after calls of which those for ``fails`` (grantee to Failure) and ``keeps`` (grant IDs) failed."""
    outcome = plan(request, *grants)
    creations = outcome.change.plan.create
    created = {
        creation.wanted: (fails or {}).get(creation.wanted.grantee, f"n-{number}")
        for number, creation in enumerate(creations)
    }
    to_revoke = revocable(outcome.change.plan, created)
    revoked = {gone: NO_REVOKE if gone.grant_id in keeps else None for gone in to_revoke}
    return to_revoke, after_apply(outcome, created, revoked)


def test_after_apply__all_went_well():
    to_revoke, outcome = applied(grant_request(ALICE, purge=True), OUTDATED, BOBS)

    assert set(to_revoke) == {OUTDATED, BOBS}
    assert (outcome.status, names(outcome.after)) == ("changed", [("n-0", ROOT)])


def test_after_apply__equals_what_check_mode_said():
    request, actual = grant_request(ALICE, purge=True), (OUTDATED, BOBS, NAMELESS)
    planned = plan(request, *actual).as_result()
    done = applied(request, *actual)[1].as_result()

    for shown in (*planned["after"], *done["after"]):
        shown.pop("grant_id")
    assert done == planned


def test_after_apply__a_failed_creation_keeps_the_old_grant():
    to_revoke, outcome = applied(grant_request(ALICE), OUTDATED, fails={ROOT: DENIED})

    assert to_revoke == []
    assert (outcome.status, outcome.changed, names(outcome.after)) == ("failed", False, [("g-0", ROOT)])
    assert ROOT in outcome.failure.message and outcome.failure.code == DENIED.code


def test_after_apply__a_failed_creation_does_not_stop_the_others():
    bob = f"arn:aws:iam::{BOB}:root"
    to_revoke, outcome = applied(grant_request(ALICE, BOB), OUTDATED, fails={bob: DENIED})

    assert to_revoke == [OUTDATED]
    assert (outcome.status, outcome.changed) == ("failed", True)
    assert names(outcome.after) == [("n-0", ROOT)]


def test_after_apply__a_failed_revocation_is_still_there():
    _to_revoke, outcome = applied(grant_request(ALICE, purge=True), OUTDATED, BOBS, keeps=("g-0", "g-2"))

    assert (outcome.status, outcome.changed) == ("failed", True)
    assert set(names(outcome.after)) == {("n-0", ROOT), ("g-0", ROOT), ("g-2", f"arn:aws:iam::{BOB}:root")}


def test_after_apply__nothing_worked_is_no_change():
    _to_revoke, outcome = applied(grant_request(ALICE, state="absent"), MINE, keeps=("g-1",))

    assert (outcome.status, outcome.changed, names(outcome.after)) == ("failed", False, [("g-1", ROOT)])


def test_after_apply__one_cause_names_all_its_grantees():
    bob = f"arn:aws:iam::{BOB}:root"
    failure = applied(grant_request(ALICE, BOB, ROLE_ARN), fails={ROOT: LIMIT, bob: LIMIT, ROLE_ARN: DENIED})[1].failure

    assert failure.code == "LimitExceededException"
    assert failure.message.startswith(f"for {ROOT}, {bob}: {LIMIT.message}")
    assert failure.message.endswith(f"(also failed for {ROLE_ARN}: {DENIED.action} {DENIED.code})")
