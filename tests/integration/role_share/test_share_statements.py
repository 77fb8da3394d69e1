# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encrypted AMIs for organizations and units, whom only a key policy can name, and for accounts by key policies."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.organization_world import trusting_role
from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grantees, launch, one_of, permissions, sees
from tests.integration.role_share.organization import make_organization
from tests.integration.world import (
    CALLER,
    CONSUMER,
    LAUNCH_OPERATIONS,
    LEADING_ZERO,
    OTHER,
    OTHER_REGION,
    OWNER,
    REGION,
    World,
    fault,
    policy,
    statement,
)

OF_ORGANIZATIONS, OF_UNITS, OF_ACCOUNTS = "GoldenAmiOrganizations", "GoldenAmiOrganizationalUnits", "GoldenAmiAccounts"
PAIRS = {f"{sid}{of_grants}" for sid in (OF_ORGANIZATIONS, OF_UNITS) for of_grants in ("", "Grants")}
FOREIGN = [
    statement(f"arn:aws:iam::{OTHER}:root", "Allow use of the key", Action=["kms:Decrypt", "kms:Encrypt"]),
    statement("*", "TLS only", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}),
]


def statements(world: World, key: str, region: str = REGION) -> list[dict[str, Any]]:
    kms = world.client("kms", region)
    return list(json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])["Statement"])


def ours(world: World, key: str, region: str = REGION) -> dict[str, dict[str, Any]]:
    return {one["Sid"]: one for one in statements(world, key, region) if one.get("Sid", "").startswith("GoldenAmi")}


def others(world: World, key: str) -> str:
    """As text: what belongs to others has to stay to the letter."""
    return json.dumps([one for one in statements(world, key) if not one.get("Sid", "").startswith("GoldenAmi")])


def test_refused_then_shown_then_done_then_unchanged(world: World, share: Share) -> None:
    """The owner is the management account, so that Organizations tells it the unit's path."""
    own, partner = make_organization(world), make_organization(world, OTHER)
    keys = {REGION: world.key_with_policy(*FOREIGN), OTHER_REGION: world.key(region=OTHER_REGION)}
    images = {region: world.image("golden", key, region) for region, key in keys.items()}
    plain = world.image("plain")
    before = others(world, keys[REGION])
    wanted = {
        "share_images": [f"{one} {region}" for region, one in images.items()] + [f"{plain} {REGION}"],
        "share_organization_arns": partner.arn,
        "share_organizational_unit_arns": own.unit,
    }

    run = share(
        **wanted
        | {
            "share_organizational_unit_paths": [own.path.removesuffix("*"), partner.path, "unit"],
            "share_statement_sid": "Golden-Ämi",
            "share_key_access": "policy",
        }
    )

    assert (run.code, run.calls) == (2, [])
    one_of(run.refusals, "share_organizational_unit_paths", "leaves out the units below it", "end it with '/*'")
    one_of(run.refusals, partner.path, "is the path of no unit in share_organizational_unit_arns")
    one_of(run.refusals, "share_organizational_unit_paths", "'unit' is not")
    one_of(run.refusals, "share_statement_sid", "'Golden-Ämi'")
    one_of(run.refusals, "share_key_access: 'policy' is none of grants, key_policy")

    preview = share(check=True, diff=True, **wanted)

    assert (preview.code, preview.writes) == (0, [])
    shown = preview.result["diff"]["after"].splitlines()
    for consumer in (partner.id, own.unit.rsplit("/", 1)[-1]):
        assert any(line.startswith(f"{consumer}: key access to") for line in shown), consumer
    assert {one["key_access"] for one in preview.result["consumers"]} == {"added", "not_needed"}

    run = share(**wanted)

    assert run.code == 0, run.message
    assert [operation for operation, _region in run.writes] == ["PutKeyPolicy"] * 2 + ["ModifyImageAttribute"] * 3
    for region, key in keys.items():
        made = ours(world, key, region)
        assert set(made) == PAIRS
        assert {one["Action"] for sid, one in made.items() if sid.endswith("Grants")} == {"kms:CreateGrant"}
        assert made[OF_ORGANIZATIONS]["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": partner.id}}
        assert own.path in json.dumps(made[OF_UNITS]["Condition"])
        assert grantees(world, key, region) == []
        for account in (own.in_unit, own.in_nested, partner.in_unit, partner.beside):
            assert launch(world, images[region], region, account) == "running"
        # Beside the unit, and outside of both organizations.
        for account in (own.beside, CONSUMER):
            assert launch(world, images[region], region, account) == "AuthFailure"
    assert others(world, keys[REGION]) == before
    assert {one["key_access"] for one in run.result["consumers"]} == {"added", "not_needed"}

    # With the path given nobody asks Organizations.
    again = share(**wanted, share_organizational_unit_paths=own.path)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert {call["service"] for call in again.calls}.isdisjoint({"organizations"})

    # Another share with another organization takes nothing from the first.
    third = make_organization(world, CONSUMER)
    more = share(share_images=f"{images[REGION]} {REGION}", share_organization_arns=third.arn)

    assert more.writes == [("PutKeyPolicy", REGION), ("ModifyImageAttribute", REGION)]
    named = ours(world, keys[REGION])[OF_ORGANIZATIONS]["Condition"]["StringEquals"]["aws:PrincipalOrgID"]
    assert sorted(named) == sorted([partner.id, third.id])
    assert set(ours(world, keys[REGION], REGION)) == PAIRS
    for account in (own.in_unit, partner.in_unit, third.in_unit):
        assert launch(world, images[REGION], account=account) == "running"
    assert others(world, keys[REGION]) == before


def test_a_path_that_cannot_be_found_out(world: World, share: Share) -> None:
    """The owner is in no organization: that stops encrypted AMIs only, and somebody who may ask can be assumed."""
    there = make_organization(world, OTHER)
    key = world.key()
    encrypted, plain = world.image("encrypted", key), world.image("plain")
    images = f"{plain} {REGION}\n{encrypted} {REGION}"

    run = share(share_images=images, share_organizational_unit_arns=there.unit)

    assert (run.code, run.writes) == (2, [])
    [sentence] = run.refusals
    for part in (encrypted, there.unit, "AWSOrganizationsNotInUseException", "share_organizational_unit_paths"):
        assert part in sentence
    assert plain not in sentence
    assert permissions(world, plain) == []

    alone = share(share_images=f"{plain} {REGION}", share_organizational_unit_arns=there.unit)

    assert (alone.code, alone.writes) == (0, [("ModifyImageAttribute", REGION)])
    assert launch(world, plain, account=there.in_nested) == "running"

    role = trusting_role(world, "reader", OWNER, account=OTHER)
    run = share(share_images=images, share_organizational_unit_arns=there.unit, share_organizations_role_arn=role)

    assert run.code == 0, run.message
    assert run.writes == [("PutKeyPolicy", REGION), ("ModifyImageAttribute", REGION)]
    assert there.path in json.dumps(ours(world, key)[OF_UNITS])
    assert {call["account"] for call in run.calls if call["service"] == "organizations"} == {OTHER}
    assert launch(world, encrypted, account=there.in_nested) == "running"
    assert launch(world, encrypted, account=there.beside) == "AuthFailure"


def test_accounts_by_key_policy(world: World, share: Share) -> None:
    """share_key_access=key_policy, on keys of which one cannot be written, and one must not be."""
    keys = {name: world.key_with_policy(*FOREIGN) for name in ("fine", "denied", "stale")}
    images = {name: world.image(name, key) for name, key in keys.items()}
    gone = f"arn:aws:iam::{OTHER}:role/gone"
    world.role("gone", OTHER)
    stale = policy(*FOREIGN, statement(gone, "Team"))
    world.client("kms").put_key_policy(KeyId=keys["stale"], PolicyName="default", Policy=stale)
    world.client("iam", "us-east-1", OTHER).delete_role(RoleName="gone")
    launcher = world.role("Launch", LEADING_ZERO)
    world.role("Launch", CONSUMER)
    before = others(world, keys["fine"])
    wanted = {
        "share_images": [f"{one} {REGION}" for one in images.values()],
        "share_account_ids": [CONSUMER, LEADING_ZERO],
        "share_key_access": "key_policy",
        "share_grantee_patterns": "arn:{partition}:iam::{account}:role/Launch",
    }

    # KMS would refuse every new policy of that key: known from reading it.
    run = share(**wanted)

    assert (run.code, run.writes) == (2, [])
    [sentence] = run.refusals
    for part in (keys["stale"], "AROA", "Remove them from those statements"):
        assert part in sentence

    # That a write is denied is only known when it is tried.
    wanted["share_images"] = [f"{images[name]} {REGION}" for name in ("fine", "denied")]
    world.aws.set_faults([fault("kms", "PutKeyPolicy", keys["denied"], "AccessDeniedException", "Not for you")])
    run = share(**wanted)

    assert run.code == 2
    assert [operation for operation, _region in run.writes] == ["PutKeyPolicy"] * 2 + ["ModifyImageAttribute"]
    for part in (keys["denied"], f"kms:PutKeyPolicy as {CALLER}: AccessDeniedException"):
        assert part in run.message
    assert [image["status"] for image in run.result["results"]] == ["changed", "failed"]
    assert [one["key_access"] for one in run.result["consumers"]] == ["added"] * 2 + ["failed"] * 2
    assert [one["ready"] for one in run.result["consumers"]] == [True] * 2 + [False] * 2
    assert run.result["results"][1]["held_back"] == [CONSUMER, LEADING_ZERO]
    assert (sees(world, images["fine"]), sees(world, images["denied"])) == (True, False)
    made = ours(world, keys["fine"])[OF_ACCOUNTS]
    assert sorted(made["Principal"]["AWS"]) == sorted(
        [
            f"arn:aws:iam::{CONSUMER}:root",
            f"arn:aws:iam::{LEADING_ZERO}:root",
            launcher,
            f"arn:aws:iam::{CONSUMER}:role/Launch",
        ]
    )
    assert made["Action"] == [f"kms:{operation}" for operation in LAUNCH_OPERATIONS if operation != "CreateGrant"]
    assert (grantees(world, keys["fine"]), others(world, keys["fine"])) == ([], before)
    assert launch(world, images["fine"]) == launch(world, images["fine"], account=LEADING_ZERO) == "running"
    assert launch(world, images["fine"], account=OTHER) == "AuthFailure"

    world.aws.set_faults([])
    run = share(**wanted)

    assert run.writes == [("PutKeyPolicy", REGION), ("ModifyImageAttribute", REGION)]
    assert launch(world, images["denied"]) == "running"
    again = share(**wanted)
    assert (again.code, again.changed, again.writes) == (0, False, [])
    # Each key is read once, also for two reasons.
    assert [call["operation"] for call in again.calls].count("GetKeyPolicy") == 2
