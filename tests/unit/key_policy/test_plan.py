# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One key's policy: what is planned, what is refused, and what is said of what came of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._key_policy.change import Attempt, after_apply
from ansible_collections.golden.ami.plugins.module_utils._key_policy.document import as_text
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy
from ansible_collections.golden.ami.plugins.module_utils._key_policy.refusals import MOST_BYTES
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    KEY_ARN,
    ORGANIZATION_ID,
    OWNER,
    ROLE_ARN,
    SID,
    UNIQUE_ID,
    UNIT_PATH,
    accounts,
    key,
    made,
    policy_facts,
    policy_request,
    policy_text,
    single_policy_request,
    statement,
)

REQUEST = single_policy_request(ALICE)
WANTED = made(REQUEST)
ABSENT = policy_request(state="absent")
FOREIGN = statement(BOB, Sid="Allow use of the key", Action=["kms:Decrypt", "kms:Encrypt"])
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", "eu-west-1")
STATES = ("Enabled", "Disabled", "PendingDeletion", "PendingImport", "Unavailable", "Creating")


def written(outcome):
    return json.loads(outcome.change.text)["Statement"]


def by_sid(statement):
    """As an outcome has it."""
    return {SID: statement}


def refused(request, *statements, **given):
    """The failure of a plan that must not have anything to apply."""
    outcome = plan_policy(request, policy_facts(*statements, **given))
    assert (outcome.status, outcome.change, outcome.changed) == ("failed", None, False)
    assert outcome.after == outcome.before
    assert outcome.failure.next_step
    return outcome.failure


@pytest.mark.parametrize("state", STATES)
def test_plan_policy__adds_behind_the_others_in_every_state(state):
    outcome = plan_policy(REQUEST, policy_facts(FOREIGN, key=key(state=state)))

    assert (outcome.status, outcome.before, outcome.after) == ("changed", by_sid(None), by_sid(WANTED))
    assert written(outcome) == [ADMINISTRATION, FOREIGN, WANTED]
    assert outcome.extra == {"key_arn": KEY_ARN, "key_manager": "CUSTOMER", "key_state": state}
    assert (outcome.change.key_arn, outcome.change.region) == (KEY_ARN, "eu-west-1")


def test_plan_policy__replaces_in_its_place():
    outcome = plan_policy(REQUEST, policy_facts(statement(BOB), FOREIGN))

    assert (outcome.before, outcome.after) == (by_sid(statement(BOB)), by_sid(WANTED))
    assert written(outcome) == [ADMINISTRATION, WANTED, FOREIGN]


@pytest.mark.parametrize(
    "request_",
    [
        REQUEST,
        policy_request(ALICE, BOB, ROLE_ARN),
        policy_request(organization_ids=(ORGANIZATION_ID, "o-anotherorgid")),
        policy_request(organization_paths=(UNIT_PATH, "o-anotherorgid/r-wxyz/")),
        policy_request(ALICE, actions=("kms:Decrypt",)),
    ],
)
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso"])
def test_plan_policy__what_was_written_is_no_change(request_, partition):
    there = key(arn=KEY_ARN.replace("arn:aws:", f"arn:{partition}:"))
    text = policy_text(ADMINISTRATION).replace("arn:aws:", f"arn:{partition}:")
    request_ = replace(
        request_, principals=tuple(name.replace(":aws:", f":{partition}:") for name in request_.principals)
    )
    facts = policy_facts(policy=text, key=there)

    first = plan_policy(request_, facts)
    again = plan_policy(request_, replace(facts, policy=first.change.text))

    assert (again.status, again.change, again.after) == ("unchanged", None, first.after)


def test_plan_policy__another_spelling_is_shown_as_it_is_and_no_change():
    found = {
        **WANTED,
        "Principal": {"AWS": [ALICE]},
        "Action": [action.upper() for action in reversed(WANTED["Action"])],
        "Resource": ["*"],
        "Condition": {},
    }

    outcome = plan_policy(REQUEST, policy_facts(found))

    assert (outcome.status, outcome.before, outcome.after, outcome.change) == (
        "unchanged",
        by_sid(found),
        by_sid(found),
        None,
    )


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(statement([ALICE, BOB], Action=WANTED["Action"]), id="one too many"),
        pytest.param(statement(ALICE), id="too little"),
        pytest.param({**WANTED, "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}, id="narrower"),
        pytest.param({**WANTED, "Principal": {"AWS": UNIQUE_ID}}, id="for one who is gone"),
    ],
)
def test_plan_policy__exactly_what_was_asked(found):
    outcome = plan_policy(REQUEST, policy_facts(found))

    assert (outcome.status, outcome.before) == ("changed", by_sid(found))
    assert written(outcome)[1] == WANTED


def test_plan_policy__removes():
    outcome = plan_policy(ABSENT, policy_facts(FOREIGN, statement([ALICE, BOB])))

    assert (outcome.status, outcome.before, outcome.after) == ("changed", by_sid(statement([ALICE, BOB])), by_sid(None))
    assert written(outcome) == [ADMINISTRATION, FOREIGN]


def test_plan_policy__absent_already():
    outcome = plan_policy(ABSENT, policy_facts(FOREIGN))

    assert (outcome.status, outcome.before, outcome.after, outcome.change) == (
        "unchanged",
        by_sid(None),
        by_sid(None),
        None,
    )


@pytest.mark.parametrize(
    ("found", "named", "others"),
    [
        pytest.param(statement(ALICE), {"principals": (ALICE,)}, "", id="the same"),
        pytest.param(statement(ALICE), {"principals": (ALICE, BOB)}, "", id="more than there are"),
        pytest.param(statement([ALICE, UNIQUE_ID]), {"principals": (ALICE,)}, "", id="one who is gone"),
        pytest.param(statement([ALICE, BOB]), {"principals": (ALICE,)}, f"arn:aws:iam::{BOB}:root", id="one more"),
        pytest.param(statement("*"), {"principals": (ALICE,)}, "*", id="everybody"),
        pytest.param(
            made(single_policy_request(organization_ids=(ORGANIZATION_ID, "o-anotherorgid"))),
            {"organization_ids": (ORGANIZATION_ID,)},
            "o-anotherorgid",
            id="another organization",
        ),
        pytest.param(
            made(single_policy_request(organization_paths=(UNIT_PATH,))),
            {"organization_paths": (UNIT_PATH,)},
            "",
            id="the same path",
        ),
    ],
)
def test_plan_policy__absent_for_some_takes_it_from_nobody_else(found, named, others):
    request = replace(ABSENT, **named)

    if others:
        failure = refused(request, found)
        assert failure.code == "names_others"
        assert failure.message.endswith(f"names others as well: {others}")
    else:
        assert plan_policy(request, policy_facts(found)).status == "changed"


@pytest.mark.parametrize("request_", [REQUEST, ABSENT])
@pytest.mark.parametrize("policy", ["", DENIED])
def test_plan_policy__an_aws_managed_key(request_, policy):
    assert refused(request_, key=key(manager="AWS"), policy=policy).code == "aws_managed_key"


def test_plan_policy__a_key_that_cannot_be_read():
    missing = replace(DENIED, code="NotFoundException")

    outcome = plan_policy(REQUEST, policy_facts(key=missing))

    assert outcome.failure == missing
    assert outcome.extra == {"key_arn": None, "key_manager": None, "key_state": None}


def test_plan_policy__a_policy_that_was_not_read():
    assert refused(REQUEST, policy=DENIED) == DENIED


@pytest.mark.parametrize("policy", ["", "{", "[]", '{"Version": "2012-10-17"}'])
@pytest.mark.parametrize("request_", [REQUEST, ABSENT])
def test_plan_policy__a_policy_that_cannot_be_understood(policy, request_):
    assert refused(request_, policy=policy).code == "unreadable_policy"


@pytest.mark.parametrize("request_", [REQUEST, ABSENT])
def test_plan_policy__two_statements_of_the_sid(request_):
    failure = refused(request_, statement(), FOREIGN, statement(BOB))

    assert failure.code == "ambiguous_sid"
    assert "statement 2 and statement 4" in failure.message and SID in failure.message
    assert plan_policy(request_, policy_facts(statement(), statement(BOB))).before == by_sid(None)


@pytest.mark.parametrize("request_", [REQUEST, ABSENT])
def test_plan_policy__what_denies_is_not_ours(request_):
    failure = refused(request_, FOREIGN, {**WANTED, "Effect": "Deny"})

    assert failure.code == "deny_statement"
    assert "statement 3" in failure.message and SID in failure.message


@pytest.mark.parametrize(
    ("request_", "ours"), [pytest.param(REQUEST, [], id="add"), pytest.param(ABSENT, [statement()], id="remove")]
)
def test_plan_policy__a_principal_that_is_gone_in_a_statement_of_others(request_, ours):
    user = "AIDAEXAMPLE0123456789"

    failure = refused(request_, *ours, statement([UNIQUE_ID, ALICE], Sid="team"), statement(user, Sid=None))

    assert failure.code == "stale_principals"
    first = 2 + len(ours)
    assert f"{UNIQUE_ID} in statement {first} (team), {user} in statement {first + 1};" in failure.message


@pytest.mark.parametrize("request_", [REQUEST, ABSENT])
def test_plan_policy__a_principal_that_is_gone_in_ours_goes_with_it(request_):
    outcome = plan_policy(request_, policy_facts(statement([ALICE, UNIQUE_ID])))

    assert outcome.status == "changed"
    assert UNIQUE_ID not in outcome.change.text


def test_plan_policy__a_principal_that_is_gone_where_nothing_has_to_change_is_a_warning():
    outcome = plan_policy(REQUEST, policy_facts(WANTED, statement(UNIQUE_ID, Sid="team")))

    assert outcome.status == "unchanged"
    assert f"{UNIQUE_ID} in statement 3 (team)" in outcome.warnings[0]


def sized(size):
    """A policy with a statement of others that makes it so large in the form in which it is written."""
    text = as_text(json.loads(policy_text(ADMINISTRATION, FOREIGN)))
    padded = {**FOREIGN, "Sid": "é" * ((size - len(text)) // 2) + "x" * ((size - len(text)) % 2) + FOREIGN["Sid"]}
    assert len(as_text(json.loads(policy_text(ADMINISTRATION, padded))).encode()) == size
    return padded


def test_plan_policy__size_in_bytes():
    ours = len(as_text(json.loads(policy_text(ADMINISTRATION, FOREIGN, WANTED)))) - len(
        as_text(json.loads(policy_text(ADMINISTRATION, FOREIGN)))
    )

    fits = plan_policy(REQUEST, policy_facts(sized(MOST_BYTES - ours)))
    failure = refused(REQUEST, sized(MOST_BYTES - ours + 1))

    assert len(fits.change.text.encode()) == MOST_BYTES == 32_768
    assert failure.code == "policy_too_large"
    assert "32,769 bytes" in failure.message


def test_plan_policy__too_many_accounts():
    assert refused(policy_request(*accounts(1000))).code == "policy_too_large"


def test_plan_policy__a_policy_that_is_too_large_may_become_smaller():
    large = statement([f"arn:aws:iam::{account}:root" for account in accounts(1000)], Sid="others")

    assert plan_policy(ABSENT, policy_facts(large, statement())).status == "changed"
    assert refused(REQUEST, large).code == "policy_too_large"


SECOND_ADMINISTRATION = {**ADMINISTRATION, "Sid": "second", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:role/Admin"}}
NARROWED = {**ADMINISTRATION, "Sid": "second", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("others", "allowed"),
    [
        pytest.param([], False, id="the only statement"),
        pytest.param([FOREIGN], False, id="others only use the key"),
        pytest.param([NARROWED], False, id="only on a condition"),
        pytest.param([{**SECOND_ADMINISTRATION, "Principal": {"AWS": BOB}}], False, id="another account"),
        pytest.param([SECOND_ADMINISTRATION], True, id="another administrator"),
    ],
)
def test_plan_policy__the_statement_that_lets_the_account_manage_the_key(state, others, allowed):
    principals = (ALICE,) if state == "present" else ()
    request = policy_request(*principals, state=state, sid=ADMINISTRATION["Sid"])

    if allowed:
        assert plan_policy(request, policy_facts(*others)).status == "changed"
    else:
        failure = refused(request, *others)
        assert failure.code == "lock_out"
        assert ADMINISTRATION["Sid"] in failure.message and OWNER in failure.message


def test_plan_policy__a_policy_without_a_statement_is_none():
    assert refused(ABSENT, policy=policy_text(statement())).code == "lock_out"


def test_plan_policy__a_key_that_others_manage_can_get_a_statement():
    """Whether this caller may is for KMS to say; the change takes nothing from anybody."""
    outcome = plan_policy(REQUEST, policy_facts(policy=policy_text({**ADMINISTRATION, "Principal": {"AWS": BOB}})))

    assert outcome.status == "changed"


PLAN = plan_policy(REQUEST, policy_facts(FOREIGN, statement(BOB)))
THEIRS = statement(BOB, Sid="theirs")


def test_after_apply__written_as_planned():
    assert after_apply(PLAN, Attempt(True, PLAN.change.text)) == PLAN


def test_after_apply__as_kms_may_show_it():
    shown = policy_text({**WANTED, "Principal": {"AWS": [ALICE]}}, FOREIGN, ADMINISTRATION)

    assert after_apply(PLAN, Attempt(True, shown)) == PLAN


@pytest.mark.parametrize(
    ("shown", "after", "said"),
    [
        pytest.param(
            policy_text(ADMINISTRATION, FOREIGN, statement(BOB)),
            statement(BOB),
            f"not there as written: statement 3 ({SID}); there and not written: statement 3 ({SID})",
            id="ours is as before",
        ),
        pytest.param(
            policy_text(ADMINISTRATION, FOREIGN, THEIRS),
            None,
            f"not there as written: statement 3 ({SID}); there and not written: statement 3 (theirs)",
            id="ours is gone",
        ),
        pytest.param(
            policy_text(ADMINISTRATION, FOREIGN, WANTED, THEIRS),
            WANTED,
            "there and not written: statement 4 (theirs)",
            id="one more of others",
        ),
        pytest.param(
            policy_text(ADMINISTRATION, WANTED),
            WANTED,
            "not there as written: statement 2 (Allow use of the key)",
            id="one of others is gone",
        ),
        pytest.param(
            policy_text(ADMINISTRATION, FOREIGN, WANTED, Id="other"), WANTED, "Id or Version", id="only the Id differs"
        ),
    ],
)
def test_after_apply__a_lost_update(shown, after, said):
    outcome = after_apply(PLAN, Attempt(True, shown))

    assert (outcome.failure.code, outcome.changed, outcome.after) == ("lost_update", True, by_sid(after))
    assert said in outcome.failure.message
    assert outcome.failure.next_step


def test_after_apply__somebody_was_faster():
    outcome = after_apply(PLAN, Attempt(False, policy_text(ADMINISTRATION, THEIRS, statement(BOB))))

    assert (outcome.failure.code, outcome.changed, outcome.after) == ("policy_changed", False, by_sid(statement(BOB)))
    assert "nothing was written" in outcome.failure.message


def test_after_apply__a_refused_write():
    failure = replace(DENIED, action="kms:PutKeyPolicy")

    outcome = after_apply(PLAN, Attempt(False, PLAN.change.read, failure))

    assert (outcome.failure, outcome.changed, outcome.after) == (failure, False, by_sid(statement(BOB)))


def test_after_apply__a_lost_answer():
    outcome = after_apply(PLAN, Attempt(False, PLAN.change.text, replace(DENIED, code="ReadTimeoutError")))

    assert outcome == PLAN


@pytest.mark.parametrize(
    ("attempt", "changed", "after"),
    [
        pytest.param(DENIED, False, by_sid(statement(BOB)), id="before it was written"),
        pytest.param(Attempt(True, None, DENIED), True, by_sid(WANTED), id="after it was written"),
        pytest.param(Attempt(False, None, DENIED), False, None, id="nobody knows"),
    ],
)
def test_after_apply__what_cannot_be_read(attempt, changed, after):
    outcome = after_apply(PLAN, attempt)

    assert (outcome.failure, outcome.changed, outcome.after) == (DENIED, changed, after)
