# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations and OUs on the way back: their statements in key policies, and members that need a key through them."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions
from tests.integration.role_share.organization import make_organization
from tests.integration.role_unshare.test_unshare import changes, layers
from tests.integration.world import CONSUMER, OTHER, REGION, World, fault, statement


def statements(world: World, key: str) -> dict[str, Any]:
    text = world.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    return {one["Sid"]: one for one in json.loads(text)["Statement"]}


def test_statements_go_and_members_keep_what_they_need(world: World, share: Share, unshare: Share) -> None:
    organization = make_organization(world)
    foreign = statement(OTHER, "Somebody else's")
    key = world.key_with_policy(foreign)
    web, db = world.image("golden-web", key), world.image("golden-db", key)
    inside, outside = organization.in_unit, CONSUMER
    first = share(
        share_images=f"{web} {REGION}",
        share_account_ids=[inside, outside],
        share_organizational_unit_arns=organization.unit,
    )
    assert first.code == 0, first.message
    assert share(share_images=f"{db} {REGION}", share_organizational_unit_arns=organization.unit).code == 0
    before = statements(world, key)
    wanted = {
        "unshare_images": f"{web} {REGION}",
        "unshare_account_ids": [inside, outside],
        "unshare_organizational_unit_arns": organization.unit,
        "unshare_key_access": True,
    }

    run = unshare(**wanted)

    assert run.code == 0, run.message
    assert changes(run) == ["ModifyImageAttribute", "RevokeGrant"]
    # The other AMI is still shared with the OU: its statement stays, and so does the grant of an account in it.
    assert permissions(world, web) == []
    assert grantees(world, key) == [f"arn:aws:iam::{inside}:root"]
    assert statements(world, key) == before
    kept = {one["principal"]: one["reason"] for one in run.result["kept"]}
    assert set(kept) == {inside, organization.unit}
    assert kept[inside].endswith(f"is still shared with {organization.unit}, to which it belongs")
    assert "of the same organization" in kept[organization.unit]
    assert (launch(world, web, account=inside), launch(world, db, account=inside)) == ("AuthFailure", "running")

    # Nothing needs the key any more: the statement goes, and only it. What still runs does not keep a forced run.
    last = unshare(
        diff=True,
        unshare_images=f"{db} {REGION}",
        unshare_organizational_unit_arns=organization.unit,
        unshare_account_ids=inside,
        unshare_key_access=True,
        unshare_force=True,
    )

    assert last.code == 0, last.message
    assert changes(last) == ["ModifyImageAttribute", "RevokeGrant", "PutKeyPolicy"]
    assert statements(world, key) == {sid: one for sid, one in before.items() if "Organizational" not in sid}
    assert statements(world, key)["Somebody else's"] == foreign
    assert grantees(world, key) == []
    # A person sees what was taken, as a difference.
    unit_id = organization.unit.rpartition("/")[2]
    assert f"{unit_id}: key access to {db} ({REGION})" in last.result["diff"]["before"]
    assert layers(last, "kind", "launch_permission", "key_access") == [
        ("account", "unchanged", "removed"),
        ("organizational_unit", "removed", "removed"),
    ]
    again = unshare(
        unshare_images=f"{db} {REGION}",
        unshare_organizational_unit_arns=organization.unit,
        unshare_account_ids=inside,
        unshare_key_access=True,
    )
    assert (again.code, again.changed, again.writes) == (0, False, [])


def test_what_is_not_known_stays(world: World, share: Share, unshare: Share) -> None:
    """Who may not ask AWS Organizations cannot know who is a member: key access that may be needed stays, and says so."""
    organization = make_organization(world)
    key = world.key()
    web, db = world.image("golden-web", key), world.image("golden-db", key)
    assert share(share_images=f"{web} {REGION}", share_account_ids=[organization.in_unit, CONSUMER]).code == 0
    assert share(share_images=f"{db} {REGION}", share_organization_arns=organization.arn).code == 0
    world.aws.set_faults([fault("organizations", "*", "", "AccessDeniedException", "Not for you")])

    run = unshare(
        unshare_images=f"{web} {REGION}",
        unshare_account_ids=[organization.in_unit, CONSUMER],
        unshare_key_access=True,
    )

    assert run.code == 0, run.message
    assert changes(run) == ["ModifyImageAttribute"]
    reasons = [one["reason"] for one in run.result["kept"]]
    assert len(reasons) == 2
    assert all("whether it belongs there is not known" in reason and "AccessDenied" in reason for reason in reasons)
    assert all("embedded-aws/embedded-aws" in reason for reason in reasons)
    assert len(grantees(world, key)) == 2

    # The same when the key's AMIs cannot be read: launch permissions go, key access stays with the reason.
    world.aws.set_faults([fault("ec2", "DescribeImageAttribute", db, "UnauthorizedOperation", "No", status=403)])
    blind = unshare(unshare_images=f"{web} {REGION}", unshare_account_ids=[CONSUMER], unshare_key_access=True)
    assert (blind.code, blind.writes) == (0, [])
    one_of([one["reason"] for one in blind.result["kept"]], "could not be read", "Unauthorized")


def test_the_statement_itself_tells_the_path_of_an_ou(world: World, share: Share, unshare: Share) -> None:
    """Nobody has to be asked for it, and nothing else is named by it."""
    organization = make_organization(world)
    key = world.key()
    image_id = world.image("golden", key)
    units = [organization.unit, organization.nested]
    assert share(share_images=f"{image_id} {REGION}", share_organizational_unit_arns=units).code == 0
    paths = "ForAnyValue:StringLike"
    assert len(statements(world, key)["GoldenAmiOrganizationalUnits"]["Condition"][paths]["aws:PrincipalOrgPaths"]) == 2
    world.aws.set_faults([fault("organizations", "*", "", "AccessDeniedException", "Not for you")])

    kept = unshare(
        unshare_images=f"{image_id} {REGION}",
        unshare_organizational_unit_arns=organization.nested,
        unshare_key_access=True,
    )

    # The OU above it keeps the AMI.
    assert kept.code == 0, kept.message
    assert changes(kept) == ["ModifyImageAttribute"]

    run = unshare(
        unshare_images=f"{image_id} {REGION}", unshare_organizational_unit_arns=units, unshare_key_access=True
    )

    assert run.code == 0, run.message
    assert changes(run) == ["ModifyImageAttribute", "PutKeyPolicy"]
    assert "GoldenAmiOrganizationalUnits" not in statements(world, key)
    assert layers(run, "launch_permission", "key_access") == [("removed", "removed"), ("unchanged", "removed")]
