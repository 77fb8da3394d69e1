# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statements of key policies: which are wanted, which keys lack them, and what their consumers have afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._key_policy.statement import make_statements
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import LAUNCH_OPERATIONS
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import auto_scaling_roles
from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.statements import NAMING, wanted_statements
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.answers import members, organized
from tests.unit.builders import (
    ALICE,
    BOB,
    KEY_ARN,
    ORGANIZATION_ARN,
    ORGANIZATION_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT_ARN,
    UNIT_PATH,
    image_facts,
    key,
)
from tests.unit.share.stages import (
    NO_GRANT,
    NO_POLICY,
    PATTERNS,
    ROLE,
    complete_request,
    encrypted,
    granted,
    launched,
    plan,
    request,
    stages,
    stated,
)

ACTIONS = sorted(f"kms:{operation}" for operation in LAUNCH_OPERATIONS)
UNIT = {"organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": UNIT_PATH}
UNREAD = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
HERE, THERE = {"key_id": KEY_ARN, "region": REGION}, {"key_id": OTHER_KEY_ARN, "region": OTHER_REGION}


def options(sid, actions=ACTIONS, **named):
    usual = {"grant_is_for_aws_resource": True, **dict.fromkeys(NAMING)}
    return {"sid": sid, "actions": actions, **usual, **named}


def written(statement):
    """A statement as it stands in a policy once it was written, and that of its grants."""
    asked = {"state": "present", "keep_others": True, **{name: statement[name] for name in statement if name != "keys"}}
    return list(make_statements(parse_request(asked, None), "aws").values())


def run(wanted, *facts, existing=(), failing=None, launches=None, **others):
    planned = plan(wanted, *facts, statements=existing)
    done = stages(grants=granted(planned), statements=stated(planned, existing, failing), **others)
    launch = launched(planned, wanted, done["grants"], *facts, statements=done["statements"], **others)
    return summarise_share(planned, wanted, {**done, "launch": launch})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [], id="accounts have grants"),
        pytest.param(
            {"key_access": "key_policy", "account_ids": [BOB, ALICE]},
            [options("GoldenAmiAccounts", account_ids=[BOB, ALICE], principal_arns=[])],
            id="accounts by key policy",
        ),
        pytest.param(
            {"key_access": "key_policy", "grantee_patterns": PATTERNS, "account_ids": [ALICE, BOB]},
            [
                options(
                    "GoldenAmiAccounts",
                    account_ids=[ALICE, BOB],
                    principal_arns=[ROLE.format(ALICE), PATTERNS[1], ROLE.format(BOB)],
                )
            ],
            id="patterns name principals",
        ),
        pytest.param(
            {"account_ids": [], "organization_arns": ORGANIZATION_ARN},
            [options("GoldenAmiOrganizations", organization_ids=[ORGANIZATION_ID])],
            id="an organization",
        ),
        pytest.param(
            {"account_ids": [], **UNIT},
            [options("GoldenAmiOrganizationalUnits", organization_paths=[UNIT_PATH])],
            id="a unit",
        ),
        pytest.param(
            {"organization_arns": ORGANIZATION_ARN, **UNIT, "key_policy_allows_organizations": True},
            [],
            id="somebody else sees to it",
        ),
        pytest.param(
            {"auto_scaling": "key_policy", "account_ids": [ALICE]},
            [
                options(
                    "GoldenAmiAutoScaling",
                    sorted([*ACTIONS, "kms:Encrypt"]),
                    principal_arns=list(auto_scaling_roles([ALICE], "aws").values()),
                )
            ],
            id="Auto Scaling",
        ),
        pytest.param(
            {"account_ids": [], "organization_arns": ORGANIZATION_ARN, "auto_scaling": "key_policy"},
            [options("GoldenAmiOrganizations", organization_ids=[ORGANIZATION_ID])],
            id="Auto Scaling of nobody that is named",
        ),
        pytest.param({"key_access": "key_policy", "account_ids": [], "public": True}, [], id="everybody"),
    ],
)
def test_wanted_statements(given, expected):
    assert complete_request(**given)["statements"] == expected


def test_wanted_statements__each_kind_has_its_own():
    """What one statement names is joined by "and": these accounts, if they are of this organization and that unit."""
    wanted = complete_request(
        key_access="key_policy",
        organization_arns=ORGANIZATION_ARN,
        **UNIT,
        auto_scaling="key_policy",
        statement_sid="X",
    )

    assert [one["sid"] for one in wanted["statements"]] == [
        "XAccounts",
        "XOrganizations",
        "XOrganizationalUnits",
        "XAutoScaling",
    ]
    for statement in wanted["statements"]:
        parse_request({"state": "present", "keep_others": True, **statement}, "aws")


def test_wanted_statements__actions_follow_the_operations():
    operations = [*LAUNCH_OPERATIONS, "RetireGrant"]
    [statement] = complete_request(key_access="key_policy", grant_operations=operations)["statements"]

    assert statement["actions"] == sorted([*ACTIONS, "kms:RetireGrant"])


def test_wanted_statements__nobody():
    assert wanted_statements(complete_request(key_access="key_policy", auto_scaling="key_policy"), []) == []


@pytest.mark.parametrize(
    ("problem", "given"),
    [
        ("share_statement_sid: ", {"statement_sid": "ü"}),
        (
            "share_statement_sid: '5' is a number, so that what was typed is lost; write it in quotes, in a survey as well",
            {"statement_sid": 5},
        ),
        ("share_key_access: 'grant' is none of grants, key_policy; did you mean grants?", {"key_access": "grant"}),
    ],
)
def test_problems(problem, given):
    found = request(**given)["problems"]

    assert any(one.startswith(problem) for one in found), found


def test_plan__keys_that_lack_a_statement():
    wanted = complete_request(account_ids=[], organization_arns=ORGANIZATION_ARN, **UNIT)
    organization, unit = wanted["statements"]
    facts = (encrypted(), encrypted(region=OTHER_REGION))

    def lacking(*existing):
        return [one["keys"] for one in plan(wanted, *facts, statements=existing)["statements"]]

    assert lacking() == [[HERE, THERE], [HERE, THERE]]
    assert lacking(*written(organization)) == [[], [HERE, THERE]]
    assert lacking(*written(organization), *written(unit)) == [[], []]
    narrower = {**written(organization)[0], "Action": "kms:Decrypt"}
    assert lacking(narrower, *written(unit)) == [[HERE, THERE], []]


def test_plan__the_owner_is_in_no_statement():
    planned = plan(complete_request(key_access="key_policy", account_ids=[OWNER, ALICE]), encrypted())

    assert [one["account_ids"] for one in planned["statements"]] == [[ALICE]]
    assert (planned["keys"], planned["grantees"]) == ([], [])


@pytest.mark.parametrize("policy", [UNREAD, None])
def test_plan__a_statement_that_cannot_be_written_is_refused(policy):
    """Somebody else's statement of that Sid, or a policy that nobody could read: both before the first write."""
    foreign = {**written(complete_request(key_access="key_policy")["statements"][0])[0], "Effect": "Deny"}

    planned = plan(complete_request(key_access="key_policy"), encrypted(), statements=[foreign], policy=policy)

    assert planned["refusals"]
    assert all(REGION in text for text in planned["refusals"])
    assert any(("AccessDeniedException" if policy else "deny") in text for text in planned["refusals"])


def test_plan__a_unit_without_a_path_is_refused_for_encrypted_amis_only():
    no = members(UNIT_ARN, path=Failure("AccessDeniedException", "no", "Ask.", "organizations:ListParents", REGION))
    wanted = complete_request(organized(no), organizational_unit_arns=UNIT_ARN)

    [refusal] = plan(wanted, encrypted(), encrypted(region=OTHER_REGION))["refusals"]

    assert f"{UNIT_ARN}: organizations:ListParents: AccessDeniedException: no. Next: Ask." in refusal
    assert "share_organizational_unit_paths" in refusal and "share_key_policy_allows_organizations=true" in refusal
    assert plan(wanted, image_facts())["refusals"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"key_access": "key_policy"},
        {"account_ids": [], "organization_arns": ORGANIZATION_ARN},
        {"account_ids": [], **UNIT},
    ],
)
def test_summary__written_there_already_or_failed(given):
    wanted = complete_request(**given)
    there = [part for one in wanted["statements"] for part in written(one)]

    def layers(**done):
        found = run(wanted, encrypted(), **done)
        [entry] = found["consumers"]
        return entry["key_access"], entry["launch_permission"], entry["ready"], found["failed"]

    assert layers() == ("added", "added", True, False)
    assert layers(existing=there) == ("unchanged", "added", True, False)
    assert layers(failing={KEY_ARN: NO_POLICY}) == ("failed", "failed", False, True)


def test_summary__somebody_else_sees_to_the_key_policies():
    wanted = complete_request(
        account_ids=[], organization_arns=ORGANIZATION_ARN, **UNIT, key_policy_allows_organizations=True
    )

    assert [one["key_access"] for one in run(wanted, encrypted())["consumers"]] == ["key_policy"] * 2


def test_summary__one_kind_that_failed_holds_the_ami_back_for_all():
    """Launch permissions are one call: nobody sees an AMI that somebody could not start."""
    wanted = complete_request(organization_arns=ORGANIZATION_ARN, **UNIT)

    found = run(wanted, encrypted(), failing={"GoldenAmiOrganizations": NO_POLICY})

    assert [one["key_access"] for one in found["consumers"]] == ["added", "failed", "added"]
    assert not any(one["ready"] for one in found["consumers"])
    assert found["images"][0]["error"]["action"] == "kms:PutKeyPolicy"


def test_summary__a_key_that_failed_is_not_another_one():
    wanted = complete_request(key_access="key_policy")

    found = run(wanted, encrypted(), encrypted(region=OTHER_REGION), failing={KEY_ARN: NO_POLICY})

    assert [one["ready"] for one in found["consumers"]] == [False, True]
    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert len(found["failures"]) == 1


def test_summary__a_statement_without_a_result_is_not_ready():
    wanted = complete_request(key_access="key_policy")
    planned = plan(wanted, encrypted())

    for nothing in ({}, {"results": []}, {"skipped": True}):
        assert images_to_share(planned, wanted, stages(statements=nothing)) == []
        [entry] = summarise_share(planned, wanted, stages(statements=nothing))["consumers"]
        assert (entry["key_access"], entry["ready"]) == ("failed", False)


@pytest.mark.parametrize(
    ("patterns", "failing", "access"),
    [
        pytest.param([], {}, "not_needed", id="its root needs nothing"),
        pytest.param(PATTERNS[:1], {}, "added", id="its role does"),
        pytest.param(PATTERNS[:1], {KEY_ARN.replace(OWNER, BOB): NO_POLICY}, "failed", id="its role failed"),
    ],
)
def test_summary__the_account_that_owns_the_key(patterns, failing, access):
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})
    wanted = complete_request(key_access="key_policy", account_ids=[BOB], grantee_patterns=patterns)

    [entry] = run(wanted, facts, failing=failing)["consumers"]

    assert (entry["key_access"], entry["ready"]) == (access, access != "failed")


def test_summary__a_role_of_the_keys_owner_without_any_result_of_grants():
    """Its root needs nothing, which says nothing about its role."""
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})
    wanted = complete_request(account_ids=[BOB], grantee_patterns=PATTERNS[:1])
    planned = plan(wanted, facts)

    assert images_to_share(planned, wanted, stages()) == []
    assert [one["ready"] for one in summarise_share(planned, wanted, stages())["consumers"]] == [False]


def test_summary__grants_and_statements_side_by_side():
    wanted = complete_request(organization_arns=ORGANIZATION_ARN)
    planned = plan(wanted, encrypted())
    grants = granted(planned, failing={KEY_ARN: NO_GRANT})
    statements = stated(planned)

    found = summarise_share(planned, wanted, stages(grants=grants, statements=statements))

    assert [one["key_access"] for one in found["consumers"]] == ["failed", "added"]
    assert images_to_share(planned, wanted, stages(grants=grants, statements=statements)) == []
