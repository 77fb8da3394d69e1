# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nobody outside of an organization or a list of accounts gets anything; the accounts of a unit get it one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.organization_world import HOME, make_account, make_unit, trusting_role
from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions
from tests.integration.role_share.organization import make_organization
from tests.integration.world import CONSUMER, LEADING_ZERO, OTHER, OWNER, REGION, World

BEFORE_CALLS = "Refused before the first write, nothing was changed:"
BEFORE_WRITES = "Refused before the first write, nothing was changed:"
WIDEN = "Correct it, or widen share_allowed_organization_id or share_allowed_account_ids."


def test_outside_of_the_organization(world: World, share: Share) -> None:
    """The owner is the management account and may ask who is a member."""
    own, partner = make_organization(world), make_organization(world, OTHER)
    key = world.key()
    image_id = world.image("golden", key)
    guarded = {"share_images": f"{image_id} {REGION}", "share_allowed_organization_id": own.id}

    # ARNs tell it themselves.
    run = share(
        **guarded,
        share_organization_arns=[own.arn, partner.arn],
        share_organizational_unit_arns=[own.unit, partner.unit],
        share_accounts_of_organizational_unit_arns=partner.nested,
        share_account_ids=own.in_unit,
        share_public=True,
    )

    assert (run.code, run.calls) == (2, [])
    assert run.message.startswith(BEFORE_CALLS)
    for option, what in (
        ("share_organization_arns", partner.arn),
        ("share_organizational_unit_arns", partner.unit),
        ("share_accounts_of_organizational_unit_arns", partner.nested),
    ):
        assert one_of(run.refusals, option, f"'{what}' is outside of the organization {own.id}").endswith(WIDEN)
    one_of(run.refusals, "share_public: everybody is more than is allowed", WIDEN)
    assert len(run.refusals) == 4

    # Of accounts only Organizations can tell, the one in a pattern included.
    wanted = {
        **guarded,
        "share_account_ids": [own.in_unit, CONSUMER, own.beside],
        "share_grantee_patterns": f"arn:aws:iam::{LEADING_ZERO}:role/Deploy",
    }
    run = share(**wanted)

    assert (run.code, run.writes) == (2, [])
    assert run.message.startswith(BEFORE_WRITES)
    assert run.refusals == [
        f"share_account_ids: {CONSUMER} is no account of {own.id}. {WIDEN}",
        f"share_grantee_patterns: {LEADING_ZERO} is no account of {own.id}. {WIDEN}",
    ]
    assert permissions(world, image_id) == []

    # Widened by those two, in a real list.
    world.role("Deploy", LEADING_ZERO)
    run = share(**wanted, share_allowed_account_ids=[CONSUMER, LEADING_ZERO])

    assert run.code == 0, run.message
    for account in (own.in_unit, CONSUMER, own.beside):
        assert launch(world, image_id, account=account) == "running"
    # Who is listed by itself is not looked for, and an empty field of a survey is no list.
    again = share(
        share_images=f"{image_id} {REGION}",
        share_account_ids=CONSUMER,
        share_allowed_organization_id=own.id,
        share_allowed_account_ids=f"{CONSUMER}\r\n",
    )
    assert (again.code, again.writes) == (0, [])


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ([], [CONSUMER, LEADING_ZERO]),
        (f"{CONSUMER}\r\n", [LEADING_ZERO]),
        ("[]", [CONSUMER, LEADING_ZERO]),
        ("", []),
    ],
    ids=["an empty list", "one of them", "an empty list as text", "an empty field"],
)
def test_a_list_of_accounts(world: World, share: Share, allowed: Any, refused: list[str]) -> None:
    """An empty list allows nobody. A guard that is there and empty is refused, because it would guard nothing."""
    image_id = world.image("golden")

    run = share(
        share_images=f"{image_id} {REGION}",
        share_account_ids=[CONSUMER, LEADING_ZERO],
        share_allowed_account_ids=allowed,
    )

    assert (run.code, run.calls) == (2, [])
    if refused:
        assert run.refusals == [
            f"share_account_ids: {one} is not in share_allowed_account_ids. {WIDEN}" for one in refused
        ]
    else:
        one_of(run.refusals, "share_allowed_account_ids: is empty", "leave it out", "never into a survey")


def test_whoever_may_not_ask(world: World, share: Share) -> None:
    """The owner is a member without a say: it is refused, with the advice to use the role or the list."""
    own = make_organization(world, OTHER)
    stranger = make_organization(world, CONSUMER)
    member = own.beside
    image_id = world.image("golden", account=member)
    wanted = {
        "environment": world.aws.environment(member),
        "share_images": f"{image_id} {REGION}",
        "share_account_ids": own.in_unit,
        "share_allowed_organization_id": own.id,
    }

    run = share(**wanted)

    assert (run.code, run.writes) == (2, [])
    [sentence] = run.refusals
    for part in (
        own.in_unit,
        "cannot be determined",
        "organizations:ListAccounts",
        "AccessDeniedException",
        "share_allowed_account_ids",
        "share_organizations_role_arn",
    ):
        assert part in sentence

    # Nor does another organization's list help.
    elsewhere = trusting_role(world, "reader", member, account=CONSUMER)
    run = share(**wanted, share_organizations_role_arn=elsewhere)
    assert (run.code, run.writes) == (2, [])
    one_of(run.refusals, f"the caller's organization is {stranger.id}", own.in_unit, "share_organizations_role_arn")

    reader = trusting_role(world, "reader", member, account=OTHER)
    run = share(**wanted, share_organizations_role_arn=reader)
    assert run.code == 0, run.message
    assert launch(world, image_id, account=own.in_unit) == "running"


def test_the_accounts_of_a_unit(world: World, share: Share) -> None:
    own, partner = make_organization(world), make_organization(world, OTHER)
    organizations = world.client("organizations", HOME)
    root = organizations.list_roots()["Roots"][0]["Id"]
    closed = make_account(world, "closed", root, own.nested.rpartition("/")[2])
    empty = make_unit(world, root, "empty")["Arn"]
    organizations.close_account(AccountId=closed)
    key = world.key()
    image_id = world.image("golden", key)
    wanted = {
        "share_images": f"{image_id} {REGION}",
        "share_accounts_of_organizational_unit_arns": own.unit,
        "share_account_ids": CONSUMER,
    }

    # A unit of another organization, and one that does not exist.
    mistyped = own.unit[:-4] + "0000"
    run = share(**wanted | {"share_accounts_of_organizational_unit_arns": [own.unit, partner.unit, mistyped]})

    assert (run.code, run.writes) == (2, [])
    assert run.message.startswith(BEFORE_WRITES)
    one_of(run.refusals, partner.unit, f"the caller is in {own.id}", f"Use credentials of {partner.id}")
    one_of(run.refusals, mistyped, "organizations:ListParents", "ChildNotFoundException")
    assert len(run.refusals) == 2
    nobody = share(
        share_images=f"{image_id} {REGION}", share_accounts_of_organizational_unit_arns=empty, share_account_ids=""
    )
    assert (nobody.code, nobody.writes) == (2, [])
    one_of(nobody.refusals, "Nobody to share with: no OU", "has an active account")

    preview = share(check=True, **wanted)
    run = share(**wanted)

    assert (preview.code, preview.writes, run.code) == (0, [], 0), preview.message + run.message
    accounts = [CONSUMER, own.in_unit, own.in_nested]
    assert [one["consumer"] for one in run.result["consumers"]] == accounts
    assert permissions(world, image_id) == [{"UserId": account} for account in sorted(accounts)]
    assert grantees(world, key) == sorted(f"arn:aws:iam::{account}:root" for account in accounts)
    assert [launch(world, image_id, account=account) for account in accounts] == ["running"] * 3
    assert launch(world, image_id, account=own.beside) == "AuthFailure"
    [left_out] = run.result["left_out_accounts"]
    assert (left_out["account_id"], left_out["state"]) == (closed, "SUSPENDED")
    assert left_out["organizational_unit_arn"] == own.unit
    note = one_of(run.result["notes"], "left out, because not active", f"{closed} (SUSPENDED)")
    assert note in " ".join(run.table.split())

    again = share(**wanted, share_allowed_organization_id=own.id, share_allowed_account_ids=[CONSUMER])
    assert (again.code, again.changed, again.writes) == (0, False, [])

    # Who joins the unit is a consumer of the next run.
    joined = make_account(world, "joined", root, own.nested.rpartition("/")[2])
    more = share(**wanted)
    assert more.writes == [("CreateGrant", REGION), ("ModifyImageAttribute", REGION)]
    assert launch(world, image_id, account=joined) == "running"
    assert {call["account"] for call in more.calls} == {OWNER}
