# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One plan over all declarations, and who is held back from what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.layers import State
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import ACCOUNT, Principal
from ansible_collections.golden.ami.plugins.module_utils._share.access import read_access
from ansible_collections.golden.ami.plugins.module_utils._share.plan import held_back, plan_permissions, plan_snapshots
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    UNIT_PATH,
    grant,
    key,
    policy_text,
    shared_with,
    statement,
)
from tests.unit.share.builders import asked, failed, on_key, plain, planned, read, resolved
from tests.unit.share.test_inputs import several

DENIED = Failure("AccessDeniedException", "Not for you", "", "kms:CreateGrant", REGION)
ROLE = "arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
ROOT = "arn:aws:iam::{account}:root"
TWO = [f"ami-0123456789abcdef0 {REGION}", f"{OTHER_IMAGE_ID} {REGION}"]


def account(account_id):
    return Principal(ACCOUNT, account_id)


def created(plan):
    [key_plan] = plan.keys
    change = key_plan.grants.change if key_plan.grants else None
    return [creation.wanted.grantee for creation in change.plan.create] if change else []


def layers(request, plan):
    access = read_access(request, resolved(request), plan.keys)
    [target, *_others] = plan.targets
    return {one.value: access.of(target, one).state for one in target.wanted}


def test_plan_share__a_key_that_two_declarations_touch_is_planned_once():
    request = asked(
        **several(
            {"name": "base", "images": TWO[0], "account_ids": [ALICE]},
            {"name": "web", "images": TWO[1], "account_ids": [ALICE, BOB]},
        )
    )
    plan = planned(request, read(on_key(), on_key(OTHER_IMAGE_ID), copies=((), ())))

    assert created(plan) == [ROOT.format(account=one) for one in (ALICE, BOB)]
    assert [[one.value for one in target.wanted] for target in plan.targets] == [[ALICE], [ALICE, BOB]]


def test_plan_share__an_ami_that_two_declarations_name_is_one():
    request = asked(
        **several(
            {"name": "a", "images": TWO[0], "account_ids": [ALICE]},
            {"name": "b", "images": TWO[0], "account_ids": [BOB], "snapshots": True},
        )
    )
    [target] = planned(request, read(plain(), copies=((), ()))).targets

    assert target.wanted == (account(ALICE), account(BOB))
    assert target.readers == {BOB}


def test_plan_share__the_owner_is_nobodys_consumer():
    plan = planned(asked(account_ids=[OWNER, ALICE]), read(on_key()))

    assert plan.targets[0].wanted == (account(ALICE),)
    assert created(plan) == [ROOT.format(account=ALICE)]


def test_plan_share__what_is_there_is_not_made_again():
    plan = planned(asked(), read(on_key(grants=(grant(ALICE),))))

    assert created(plan) == []
    assert layers(asked(), plan) == {ALICE: State.UNCHANGED}


@pytest.mark.parametrize("unusable", [key(manager="AWS"), key(state="Disabled"), DENIED])
def test_plan_share__nothing_is_planned_for_a_key_that_is_a_blocker(unusable):
    assert planned(asked(), read(on_key(key=unusable))).keys == ()


def test_plan_share__all_statements_of_a_key_are_one_change():
    request = asked(
        key_access="key_policy",
        auto_scaling="key_policy",
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        organizational_unit_paths=UNIT_PATH,
    )
    [key_plan] = planned(request, read(on_key())).keys

    sids = [one.sid for one in key_plan.policy.statements]
    assert sids == [
        "GoldenAmiAccounts",
        "GoldenAmiOrganizations",
        "GoldenAmiOrganizationalUnits",
        "GoldenAmiAutoScaling",
    ]
    assert key_plan.grants is None
    assert all(f'"{sid}"' in key_plan.policy.change.text for sid in sids)


@pytest.mark.parametrize(
    ("mode", "limited"),
    [
        pytest.param({}, True, id="report"),
        pytest.param({"auto_scaling": "key_policy"}, True, id="by the key policy"),
        pytest.param(
            {"auto_scaling": "grant", "auto_scaling_role_arn": "arn:aws:iam::{account}:role/g"},
            False,
            id="by a role's grant",
        ),
    ],
)
def test_plan_share__only_accounts_whose_role_makes_a_grant_may_make_any(mode, limited):
    request = asked(key_access="key_policy", organization_arns=ORGANIZATION_ARN, **mode)
    [key_plan] = planned(request, read(on_key())).keys

    after = key_plan.policy.after
    assert ("GoldenAmiAccountsGrants" in after) is limited
    assert ("kms:CreateGrant" in after["GoldenAmiAccounts"]["Action"]) is not limited
    assert "GoldenAmiOrganizationsGrants" in after


def test_plan_share__who_vouches_for_the_key_policies_writes_none():
    request = asked(account_ids=None, organization_arns=ORGANIZATION_ARN, key_policy_allows_organizations=True)
    [key_plan] = planned(request, read(on_key())).keys

    assert (key_plan.policy, key_plan.grants) == (None, None)


LETS_IN = {"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}
# AWS's own sample for organizations.
SAMPLE = [
    "kms:Describe*",
    "kms:List*",
    "kms:Get*",
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
]


@pytest.mark.parametrize(
    ("policy", "state", "part"),
    [
        (
            policy_text(ADMINISTRATION, statement(Action=SAMPLE, **LETS_IN)),
            State.HELD_BACK,
            "does not allow kms:CreateGrant,",
        ),
        (policy_text(ADMINISTRATION, statement(Action=[*SAMPLE, "kms:CreateGrant"], **LETS_IN)), State.UNCHANGED, ""),
        (policy_text(ADMINISTRATION), State.HELD_BACK, "does not allow kms:CreateGrant, kms:Decrypt, "),
        (DENIED, State.UNCHANGED, ""),
    ],
)
def test_key_access__of_an_organization_for_which_somebody_vouches(policy, state, part):
    request = asked(account_ids=None, organization_arns=ORGANIZATION_ARN, key_policy_allows_organizations=True)
    plan = planned(request, read(on_key(policy=policy)))
    layer = read_access(request, resolved(request), plan.keys).of(plan.targets[0], plan.targets[0].wanted[0])

    assert layer.state is state
    assert part in layer.reason


def test_plan_share__auto_scaling_that_can_use_the_key_needs_nothing():
    role = ROLE.format(account=ALICE)
    allowed = statement(role, Sid="Scaling", Action="kms:*")
    read_facts = read(on_key(policy=policy_text(ADMINISTRATION, allowed)))

    for mode in (
        {"auto_scaling": "key_policy"},
        {"auto_scaling": "grant", "auto_scaling_role_arn": "arn:aws:iam::{account}:role/g"},
    ):
        [key_plan] = planned(asked(**mode), read_facts).keys
        assert (key_plan.auto_scaling, key_plan.policy, key_plan.auto_scaling_grants) == (
            {ALICE: "key_policy"},
            None,
            None,
        )


def test_held_back__a_consumer_and_not_an_ami():
    """One account cannot get a grant; the other one gets its launch permission."""
    request = asked(account_ids=[ALICE, BOB])
    plan = planned(request, read(on_key()))
    [key_plan] = plan.keys
    root = ROOT.format(account=ALICE)
    done = replace(plan, keys=(replace(key_plan, grants=failed(key_plan.grants, DENIED, parts={root: DENIED})),))

    held = held_back(done.targets, read_access(request, resolved(request), done.keys))
    [permissions] = plan_permissions(request, done.targets, held)

    assert list(held[REGION, plan.targets[0].image_id]) == [account(ALICE)]
    assert held[REGION, plan.targets[0].image_id][account(ALICE)].state is State.HELD_BACK
    assert permissions.extra["added"]["account_ids"] == [BOB]


def test_held_back__everybody_when_the_whole_key_failed():
    request = asked(account_ids=[ALICE, BOB])
    plan = planned(request, read(on_key()))
    [key_plan] = plan.keys
    done = replace(plan, keys=(replace(key_plan, grants=failed(key_plan.grants, DENIED)),))

    held = held_back(done.targets, read_access(request, resolved(request), done.keys))

    assert list(held[done.targets[0].place]) == [account(ALICE), account(BOB)]
    assert not plan_permissions(request, done.targets, held)[0].change


def test_held_back__nobody_for_a_grant_that_could_not_be_revoked():
    request = asked()
    plan = planned(request, read(on_key()))
    [key_plan] = plan.keys
    left = replace(DENIED, action="kms:RevokeGrant")
    done = replace(plan, keys=(replace(key_plan, grants=replace(key_plan.grants, failure=left)),))

    assert held_back(done.targets, read_access(request, resolved(request), done.keys)) == {done.targets[0].place: {}}


def test_held_back__an_ami_without_a_key_needs_none():
    plan = planned(asked(), read(plain()))

    assert layers(asked(), plan) == {ALICE: State.NOT_NEEDED}


def test_held_back__a_key_of_which_nothing_is_known():
    request = asked()
    plan = planned(request, read(on_key(key=DENIED)))

    assert layers(request, plan) == {ALICE: State.UNKNOWN}
    assert list(held_back(plan.targets, read_access(request, resolved(request), plan.keys)).values()) != [{}]


def test_key_access__of_all_grantees_of_an_account():
    request = asked(grantee_patterns="arn:aws:iam::{account}:role/launcher")
    plan = planned(request, read(on_key(grants=(grant(ALICE),))))

    assert created(plan) == [f"arn:aws:iam::{ALICE}:role/launcher"]
    assert layers(request, plan) == {ALICE: State.ADDED}


def test_key_access__a_statement_that_names_others_already():
    request = asked(account_ids=[ALICE, BOB], key_access="key_policy")
    first = planned(asked(key_access="key_policy"), read(on_key()))
    plan = planned(request, read(on_key(policy=first.keys[0].policy.change.text)))

    assert layers(request, plan) == {ALICE: State.UNCHANGED, BOB: State.ADDED}


def test_plan_permissions__only_what_is_missing():
    request = asked(account_ids=[ALICE, BOB])
    plan = planned(request, read(plain(permissions=shared_with(ALICE))))

    [outcome] = plan_permissions(request, plan.targets, {})

    assert outcome.extra["added"]["account_ids"] == [BOB]


def test_plan_snapshots__a_snapshot_of_two_amis_once_and_not_for_who_is_held_back():
    request = asked(images="\n".join(TWO), account_ids=[ALICE, BOB], snapshots=True)
    facts = read(on_key(), on_key(OTHER_IMAGE_ID), snapshots={(REGION, SNAPSHOT_ID): frozenset()})
    plan = planned(request, facts)
    access = read_access(request, resolved(request), plan.keys)
    held = {target.place: {account(ALICE): access.of(target, account(ALICE))} for target in plan.targets}

    [outcome] = plan_snapshots(plan.targets, facts, held)

    assert outcome.extra["added"]["account_ids"] == [BOB]
    assert plan_snapshots(planned(asked(), read(on_key())).targets, read(on_key()), {}) == ()


def test_plan_share__the_account_that_owns_a_key_needs_no_grant():
    foreign = f"arn:aws:kms:{REGION}:{ALICE}:key/{KEY_ARN.rsplit('/', 1)[-1]}"
    request = asked(account_ids=[ALICE])
    plan = planned(request, read(on_key(key_arn=foreign, key=key(arn=foreign, account_id=ALICE))))

    assert plan.keys[0].grants is None
    assert layers(request, plan) == {ALICE: State.NOT_NEEDED}
