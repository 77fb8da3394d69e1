# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Auto Scaling of the consumer accounts in its four modes: what is done for it, and what the result says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import auto_scaling_roles
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import ACCOUNT, EVERYBODY, Principal
from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import (
    auto_scaling_of,
    images_to_share,
    worst,
)
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIQUE_ID,
    grant,
    image_facts,
    statement,
    terms,
)
from tests.unit.share.stages import (
    NO_GRANT,
    NO_POLICY,
    auto_scaled,
    complete_request,
    encrypted,
    granted,
    launched,
    plan,
    stages,
    stated,
)

ALL = terms(
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
ROLES = auto_scaling_roles([ALICE, BOB, CAROL, OWNER], "aws")
BY_GRANT = {"auto_scaling": "grant", "auto_scaling_role_arn": "arn:{partition}:iam::{account}:role/grantor"}
UNREAD = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
HERE = {"key_id": KEY_ARN, "region": REGION}


def its(account, grant_id="g-as", allowed=ALL):
    return grant(ROLES[account], grant_id, allowed)


def named(*accounts):
    """A statement that lets Auto Scaling of these accounts use the key."""
    return statement([ROLES[one] for one in accounts], Sid="Theirs", Action="kms:*")


def run(wanted, *facts, existing=None, failing=None, refused=None, **read):
    planned = plan(wanted, *facts, existing=existing, **read)
    grants = granted(planned, existing, operations=wanted["operations"])
    others = {
        "statements": stated(planned, failing=refused),
        "auto_scaling": auto_scaled(planned, wanted, existing, failing),
    }
    launch = launched(planned, wanted, grants, *facts, **others)
    return planned, summarise_share(planned, wanted, stages(grants=grants, launch=launch, **others))


def shown(found):
    return [one["auto_scaling"] for one in found["consumers"]]


@pytest.mark.parametrize(
    ("existing", "statements", "policy", "expected"),
    [
        pytest.param([], [], None, ["none", "none"], id="nothing lets it"),
        pytest.param([its(ALICE)], [], None, ["grant", "none"], id="a grant"),
        pytest.param([its(ALICE, allowed=terms())], [], None, ["none", "none"], id="a grant without Encrypt"),
        pytest.param([], [named(BOB)], None, ["none", "key_policy"], id="the key policy"),
        pytest.param([its(BOB)], [], UNREAD, ["unknown", "grant"], id="the policy could not be read"),
    ],
)
def test_report__tells_and_does_nothing(existing, statements, policy, expected):
    wanted = complete_request(account_ids=[ALICE, BOB])

    planned, found = run(wanted, encrypted(), existing={KEY_ARN: existing}, statements=statements, policy=policy)

    assert shown(found) == expected
    assert planned["auto_scaling"] == {"keys": [], "grantees": []}
    assert [one["ready"] for one in found["consumers"]] == [True, True]
    assert found["failed"] is False


def test_report__who_is_without_is_worth_a_sentence():
    _planned, found = run(complete_request(account_ids=[ALICE, BOB, CAROL, "999988887777"]), encrypted())

    assert found["notes"] == [
        f"Auto Scaling of {ALICE}, {BOB}, {CAROL} and 1 more cannot use a key of these AMIs: its groups would start no instance. "
        "share_auto_scaling has the two ways that AWS documents to let it."
    ]


@pytest.mark.parametrize("existing", [[its(ALICE)], []])
def test_report__no_sentence_without_a_key_or_with_access(existing):
    facts = encrypted() if existing else image_facts()

    _planned, found = run(complete_request(), facts, existing={KEY_ARN: existing})

    assert (shown(found), found["notes"]) == (["grant"] if existing else ["not_needed"], [])


def test_report__all_the_keys_of_an_account_count():
    wanted = complete_request()

    _planned, found = run(
        wanted, encrypted(), encrypted(region=OTHER_REGION), existing={KEY_ARN: [its(ALICE)], OTHER_KEY_ARN: []}
    )

    assert shown(found) == ["grant", "none"]
    assert len(found["notes"]) == 1


@pytest.mark.parametrize(("facts", "word"), [(encrypted(), "not_checked"), (image_facts(), "not_needed")])
def test_ignore(facts, word):
    planned, found = run(complete_request(auto_scaling="ignore"), facts)

    assert (shown(found), found["notes"]) == ([word], [])
    assert planned["auto_scaling"]["keys"] == []


@pytest.mark.parametrize("mode", ["report", "key_policy"])
def test_organizations__nobody_asks_which_accounts_they_have(mode):
    wanted = complete_request(
        account_ids=[], organization_arns=ORGANIZATION_ARN, auto_scaling=mode, key_policy_allows_organizations=True
    )

    assert shown(run(wanted, encrypted())[1]) == ["not_checked"]
    assert shown(run(wanted, image_facts())[1]) == ["not_needed"]


@pytest.mark.parametrize(
    ("existing", "statements", "grantees"),
    [
        pytest.param([], [], [ALICE, BOB], id="all lack it"),
        pytest.param([its(BOB)], [], [ALICE], id="one has it"),
        pytest.param([its(BOB)], [named(ALICE)], [], id="one has it by the key policy"),
        pytest.param([its(BOB, allowed=terms())], [], [ALICE, BOB], id="a grant that allows too little"),
    ],
)
def test_grant__only_for_those_who_lack_it(existing, statements, grantees):
    wanted = complete_request(account_ids=[ALICE, BOB], **BY_GRANT)

    planned = plan(wanted, encrypted(), existing={KEY_ARN: existing}, statements=statements)

    assert planned["auto_scaling"] == {
        "keys": [HERE] if grantees else [],
        "grantees": [ROLES[account] for account in grantees],
    }


def test_grant__not_for_the_owner():
    planned = plan(complete_request(account_ids=[OWNER, ALICE], **BY_GRANT), encrypted())

    assert planned["auto_scaling"]["grantees"] == [ROLES[ALICE]]


def test_grant__made_or_failed():
    wanted = complete_request(account_ids=[ALICE, BOB, CAROL], **BY_GRANT)
    refused = {ROLES[BOB]: NO_GRANT}

    _planned, found = run(wanted, encrypted(), existing={KEY_ARN: [its(CAROL)]}, failing=refused)

    assert shown(found) == ["added", "failed", "grant"]
    # It holds no launch back: instances that somebody starts by hand run.
    assert [(one["ready"], one["launch_permission"]) for one in found["consumers"]] == [(True, "added")] * 3
    assert (found["images"][0]["status"], found["images"][0]["error"]) == ("changed", None)
    assert found["failed"] and "LimitExceededException" in found["failures"][0]
    assert found["notes"] == [
        f"Auto Scaling of {BOB} cannot use a key of these AMIs: its groups would start no instance. See failures and warnings."
    ]


def test_grant__a_role_that_was_made_again_does_not_have_the_grant_of_the_one_before():
    """KMS shows a unique ID for the one that is gone; kms_grant keeps its grant and warns."""
    dead = replace(its(ALICE), grantee=UNIQUE_ID)
    wanted = complete_request(account_ids=[ALICE, BOB], **BY_GRANT)

    _planned, found = run(wanted, encrypted(), existing={KEY_ARN: [dead, its(BOB)]})

    assert shown(found) == ["none", "grant"]
    [note] = found["notes"]
    assert ALICE in note and BOB not in note


def test_grant__no_result_is_no_access():
    wanted = complete_request(**BY_GRANT)
    planned = plan(wanted, encrypted())

    found = summarise_share(planned, wanted, stages(grants=granted(planned)))

    assert shown(found) == ["failed"]


@pytest.mark.parametrize(
    ("failing", "word"),
    [({}, "added"), ({"GoldenAmiAutoScaling": NO_POLICY}, "failed")],
)
def test_key_policy__one_statement_for_all(failing, word):
    wanted = complete_request(account_ids=[ALICE, BOB, CAROL], auto_scaling="key_policy")

    planned, found = run(wanted, encrypted(), existing={KEY_ARN: [its(CAROL)]}, refused=failing)

    [asked] = planned["statements"]
    assert (asked["sid"], asked["keys"]) == ("GoldenAmiAutoScaling", [HERE])
    assert asked["principal_arns"] == [ROLES[account] for account in (ALICE, BOB, CAROL)]
    assert shown(found) == [word, word, "grant"]
    assert [one["ready"] for one in found["consumers"]] == [True] * 3
    assert found["failed"] is bool(failing)


def test_key_policy__a_failure_is_none_of_the_amis():
    """As with grants: the AMI is shared, and whoever starts an instance by hand can."""
    wanted = complete_request(auto_scaling="key_policy")

    _planned, found = run(wanted, encrypted(), refused={"GoldenAmiAutoScaling": NO_POLICY})

    assert (found["images"][0]["status"], found["images"][0]["error"]) == ("changed", None)
    assert found["failed"] and "kms:PutKeyPolicy" in found["failures"][0]


def test_key_policy__does_not_hold_images_back():
    wanted = complete_request(auto_scaling="key_policy")
    planned = plan(wanted, encrypted())

    assert len(images_to_share(planned, wanted, stages(grants=granted(planned), statements={}))) == 1


@pytest.mark.parametrize(
    ("states", "word"),
    [
        (["unchanged", "failed", "none"], "failed"),
        (["unchanged", "none", "unknown"], "none"),
        (["added", "unknown", "grant"], "unknown"),
        (["added", "unchanged"], "added"),
        (["unchanged", "not_needed"], "unchanged"),
        (["grant", "key_policy"], "grant"),
        (["not_needed"], "not_needed"),
        ([], "not_needed"),
    ],
)
def test_worst(states, word):
    access = {str(number): {ALICE: state} for number, state in enumerate(states)}

    assert worst(Principal(ACCOUNT, ALICE), list(access), access) == word


def test_worst__of_whom_nothing_is_said_is_unknown():
    assert worst(Principal(ACCOUNT, BOB), ["key"], {"key": {ALICE: "unchanged"}}) == "unknown"
    assert worst(EVERYBODY, ["key"], {"key": {}}) == "not_needed"
    assert auto_scaling_of(Principal(ACCOUNT, BOB), ["key"], {"key": {ALICE: "grant"}}) == "unknown"
