# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_info: statements that key policies should have, and Auto Scaling; what is asked, and what is shown of each key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._auto_scaling.access import OPERATIONS, role_arn
from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.blockers import Sharing, unread
from ansible_collections.golden.ami.plugins.module_utils._image.key_report import KeyQuery
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.report import ImageQuery, parse_query, show_image
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    CAROL,
    KEY_ARN,
    ORGANIZATION_ID,
    OWNER,
    SNAPSHOT_ID,
    grant,
    image,
    image_facts,
    key,
    made_pair,
    permission_params,
    policy_facts,
    policy_request,
    policy_text,
    statement,
    terms,
)

DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", "eu-west-1")
ITEM = {
    "sid": "Accounts",
    "account_ids": None,
    "principal_arns": None,
    "organization_ids": None,
    "organization_paths": None,
    "actions": None,
    "grant_is_for_aws_resource": True,
}
ACCOUNTS = policy_request(ALICE, sid="Accounts", keep_others=True)
ORGANIZATION = policy_request(sid="Organization", organization_ids=(ORGANIZATION_ID,), keep_others=True)


def asked(**given):
    usual = {"grantees": None, "grant_operations": None, "grant_name": "golden-ami", "statements": None}
    return parse_query({**permission_params(), **usual, "auto_scaling": False, **given}, "aws")


def on(policy, grants=(), **about):
    """An AMI on one key with this policy."""
    return image_facts(
        image=image(snapshot_ids=(SNAPSHOT_ID,)),
        snapshots={SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, True, KEY_ARN)},
        keys={KEY_ARN: about.pop("read", None) or key(**about)},
        grants={KEY_ARN: grants},
        policies={KEY_ARN: policy},
    )


def shown(keys, facts):
    outcome = show_image(ImageQuery(Sharing(frozenset(), 1000), keys), facts)
    return outcome, outcome.extra["kms_keys"][0]


def test_parse_query__statements_are_requests_that_keep_others():
    items = [{**ITEM, "account_ids": [ALICE]}, {**ITEM, "sid": "Organization", "organization_ids": [ORGANIZATION_ID]}]

    assert asked(statements=items).keys.statements == (ACCOUNTS, ORGANIZATION)
    assert asked(statements=[]).keys == asked().keys == KeyQuery()


def test_parse_query__auto_scaling_is_about_the_accounts():
    assert asked(account_ids=[BOB, ALICE, BOB], auto_scaling=True).keys.auto_scaling == (BOB, ALICE)
    assert asked(auto_scaling=True).keys.auto_scaling == ()
    assert asked(account_ids=[ALICE]).keys.auto_scaling is None


def test_parse_query__all_problems_of_all_statements():
    items = [
        {**ITEM, "account_ids": ["1402433619"]},
        {**ITEM, "sid": " x", "organization_ids": ["o-x"]},
        {**ITEM, "actions": ["kms:*"]},
        {**ITEM, "sid": "AccountsGrants", "account_ids": [ALICE]},
    ]
    with pytest.raises(InputError) as refused:
        asked(account_ids=["y"], grantees=["z"], statements=items)

    starts = [
        "account_ids: 'y'",
        "grantees: 'z'",
        "statements: Accounts: account_ids: '1402433619'",
        "statements:  x: sid: ",
        "statements:  x: organization_ids: 'o-x'",
        "statements: Accounts: actions: 'kms:*'",
        "statements: Accounts: nobody is named",
        "statements: the sid 'Accounts' comes more than once",
        "statements: the sid 'AccountsGrants' is that of the grants of 'Accounts'",
    ]
    assert len(refused.value.problems) == len(starts)
    assert all(problem.startswith(start) for problem, start in zip(refused.value.problems, starts, strict=True))


@pytest.mark.parametrize(
    ("policy", "about", "complete", "code"),
    [
        pytest.param((), {}, False, None, id="not there"),
        pytest.param((*made_pair(ACCOUNTS),), {}, True, None, id="there"),
        pytest.param((*made_pair(replace(ACCOUNTS, principals=(ALICE, BOB))),), {}, True, None, id="with others"),
        pytest.param((*made_pair(replace(ACCOUNTS, principals=(BOB,))),), {}, False, None, id="for others"),
        pytest.param((statement(ALICE, Sid="Accounts"),), {}, False, None, id="allows less"),
        pytest.param(
            (statement(ALICE, Sid="Accounts", Action="kms:*"),), {}, None, "other_statement", id="another kind"
        ),
        pytest.param((statement(Effect="Deny", Sid="Accounts"),), {}, None, "deny_statement", id="denies"),
        pytest.param((), {"state": "Disabled"}, False, None, id="a disabled key"),
        pytest.param((), {"manager": "AWS"}, None, "aws_managed_key", id="an AWS managed key"),
    ],
)
def test_show_image__what_kms_key_policy_statement_would_do(policy, about, complete, code):
    text = policy_text(ADMINISTRATION, *policy)

    outcome, found = shown(KeyQuery(statements=(ACCOUNTS,)), on(text, **about))

    assert [(one["sid"], one["complete"]) for one in found["statements"]] == [("Accounts", complete)]
    assert (found["statements"][0]["error"] or {}).get("code") == code
    planned = plan_policy(ACCOUNTS, policy_facts(policy=text, key=key(**about)))
    assert found["statements"][0]["error"] == (planned.failure.as_dict() if planned.failure else None)
    assert complete is (None if planned.failure else not planned.changed)
    # A statement that cannot be made is no failure of the AMI, and no blocker.
    assert outcome.failure is None
    assert outcome.extra["shareable"] == (not about)


def test_show_image__each_statement_by_itself():
    text = policy_text(ADMINISTRATION, *made_pair(ORGANIZATION), statement(Sid="Accounts", Effect="Deny"))

    _outcome, found = shown(KeyQuery(statements=(ACCOUNTS, ORGANIZATION)), on(text))

    assert [(one["sid"], one["complete"]) for one in found["statements"]] == [
        ("Accounts", None),
        ("Organization", True),
    ]


@pytest.mark.parametrize(
    ("keys", "failed"),
    [
        pytest.param(KeyQuery(statements=(ACCOUNTS,)), True, id="statements"),
        pytest.param(KeyQuery(statements=(ACCOUNTS,), auto_scaling=(ALICE,)), True, id="both"),
        pytest.param(KeyQuery(auto_scaling=(ALICE,)), False, id="only Auto Scaling"),
    ],
)
def test_show_image__a_policy_that_cannot_be_read(keys, failed):
    outcome, found = shown(keys, on(DENIED))

    assert outcome.failure == (DENIED if failed else None)
    assert outcome.extra["shareable"] is not failed
    assert [one["complete"] for one in found["statements"]] == [None] * failed
    assert [one["error"]["code"] for one in found["statements"]] == [DENIED.code] * failed
    if keys.auto_scaling:
        assert found["auto_scaling"] == {"grant": [], "key_policy": [], "none": [], "unknown": [ALICE]}


def test_show_image__the_policy_of_an_aws_managed_key_fails_nothing():
    facts = on(DENIED, manager="AWS")

    assert unread(facts, policies=True) == ()
    _outcome, found = shown(KeyQuery(statements=(ACCOUNTS,)), facts)
    assert found["statements"][0]["error"]["code"] == "aws_managed_key"


def test_show_image__a_key_that_cannot_be_read():
    outcome, found = shown(KeyQuery(statements=(ACCOUNTS,), auto_scaling=(ALICE,)), on(DENIED, DENIED, read=DENIED))

    assert outcome.failure == DENIED
    assert found["statements"] == [{"sid": "Accounts", "complete": None, "error": DENIED.as_dict()}]
    assert found["auto_scaling"]["unknown"] == [ALICE]


def test_show_image__auto_scaling_without_the_owner():
    role, policy_role = role_arn(ALICE, "aws"), role_arn(BOB, "aws")
    grants = (grant(role, allowed=terms(*OPERATIONS), name="somebody else's"),)
    text = policy_text(ADMINISTRATION, statement(policy_role, Action="kms:*"))

    _outcome, found = shown(KeyQuery(auto_scaling=(OWNER, CAROL, BOB, ALICE)), on(text, grants))

    assert found["auto_scaling"] == {"grant": [ALICE], "key_policy": [BOB], "none": [CAROL], "unknown": []}


def test_show_image__grants_that_cannot_be_read_fail_the_ami():
    outcome, found = shown(KeyQuery(auto_scaling=(ALICE,)), on(policy_text(ADMINISTRATION), DENIED))

    assert outcome.failure == DENIED
    assert found["auto_scaling"]["unknown"] == [ALICE]


def test_show_image__what_was_not_asked():
    _outcome, found = shown(KeyQuery(), replace(on(""), grants={}, policies={}))

    assert (found["statements"], found["auto_scaling"]) == ([], None)
