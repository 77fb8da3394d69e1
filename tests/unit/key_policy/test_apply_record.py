# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is raised after a policy was written: it is in the record that it was."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._key_policy import apply as key_policies
from ansible_collections.golden.ami.plugins.module_utils._key_policy.change import PolicyChange
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy
from tests.unit.builders import KEY_ARN, OTHER_KEY_ARN, OTHER_REGION, key, policy_facts, policy_request

REQUEST = policy_request("111122223333")


@pytest.fixture
def plans(aws, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    facts = [
        policy_facts(),
        policy_facts(key=key(arn=OTHER_KEY_ARN), region=OTHER_REGION),
    ]
    policies = {facts[0].key.arn: facts[0].policy, facts[1].key.arn: facts[1].policy}

    def put(_region, params):
        policies[params["KeyId"]] = params["Policy"]
        return {}

    aws.answers.update(GetKeyPolicy=lambda _region, params: {"Policy": policies[params["KeyId"]]}, PutKeyPolicy=put)
    aws.prepare("kms", [fact.region for fact in facts])
    return [plan_policy(REQUEST, fact) for fact in facts]


def test_apply__what_reading_back_raises_hides_no_write(aws, plans, monkeypatch):
    monkeypatch.setattr(PolicyChange, "has_arrived", lambda *_args: {}["a bug"])

    outcomes = key_policies.apply(aws, plans)

    assert [(one.status, one.changed, one.failure.code) for one in outcomes] == [("failed", True, "internal_error")] * 2
    assert [state.status for one in outcomes for state in one.statements] == ["failed", "failed"]


def test_apply__what_is_raised_in_the_end_puts_one_key_in_doubt(aws, plans, monkeypatch):
    after = key_policies.after_apply

    def break_one(plan, attempt):
        return {}["a bug"] if plan.change.key_arn == KEY_ARN else after(plan, attempt)

    monkeypatch.setattr(key_policies, "after_apply", break_one)

    first, second = key_policies.apply(aws, plans)

    assert (first.status, first.changed, first.after) == ("failed", True, None)
    assert [state.status for state in first.statements] == ["failed"]
    assert second.status == "changed"


def test_apply__a_bug_before_the_write_changes_nothing(aws, plans, monkeypatch):
    monkeypatch.setattr(PolicyChange, "rests_on", lambda *_args: {}["a bug"])

    outcomes = key_policies.apply(aws, plans)

    assert [(one.status, one.changed) for one in outcomes] == [("failed", False)] * 2
    assert aws.operations("PutKeyPolicy") == []


def test_apply__what_looking_again_raises_hides_no_write(aws, plans, monkeypatch):
    monkeypatch.setattr(key_policies, "_look_again", lambda *_args: {}["a bug"])

    outcomes = key_policies.apply(aws, plans)

    assert [one.changed for one in outcomes] == [True, True]
