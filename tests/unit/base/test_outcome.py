# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import (
    Failure,
    Outcome,
    describe,
    explanation,
    failure_message,
)
from tests.unit.builders import IMAGE_ID, REGION

TARGET = {"image_id": IMAGE_ID, "region": REGION}
DENIED = Failure(
    "UnauthorizedOperation",
    "You are not authorized to perform this operation",
    "Allow ec2:ModifyImageAttribute.",
    "ec2:ModifyImageAttribute",
    REGION,
    "arn:aws:iam::123456789012:user/images",
)
QUOTA = Failure("quota", "ami-1 would be shared with 1001 accounts.", "Share with an organization.")


def test_explanation__says_who_called_what_and_the_next_step():
    assert explanation(DENIED) == (
        "ec2:ModifyImageAttribute as arn:aws:iam::123456789012:user/images: UnauthorizedOperation: "
        "You are not authorized to perform this operation. Next: Allow ec2:ModifyImageAttribute."
    )


def test_explanation__of_a_target_for_which_nothing_was_called():
    assert explanation(QUOTA) == "ami-1 would be shared with 1001 accounts. Next: Share with an organization."


def test_explanation__without_a_next_step_or_a_message():
    assert explanation(Failure("Odd", "", action="kms:CreateGrant")) == "kms:CreateGrant: Odd"


def test_failure_message__one_target():
    message = failure_message([(TARGET, DENIED)], 1)

    assert message.startswith(f"{IMAGE_ID} in {REGION}: ec2:ModifyImageAttribute as arn:")
    for part in (DENIED.code, DENIED.message, DENIED.caller, DENIED.next_step):
        assert part in message


def test_failure_message__one_of_many():
    assert failure_message([(TARGET, DENIED)], 3).startswith(f"1 of 3 failed: {IMAGE_ID} in {REGION}: ")


def test_failure_message__one_cause_in_many_regions_is_said_once():
    regions = [f"region-{number}" for number in range(17)]
    # The Region is where a failure happened, no part of its cause.
    failed = [
        ({"image_id": IMAGE_ID, "region": region}, Failure(**{**vars(DENIED), "region": region})) for region in regions
    ]

    message = failure_message(failed, 17)

    assert message.count(DENIED.message) == 1
    assert [region for region in regions if f"{IMAGE_ID} in {region}" not in message] == []
    assert message.startswith("17 of 17 failed:")


def test_failure_message__each_cause_has_its_own_line():
    lines = failure_message([(TARGET, DENIED), (TARGET, QUOTA)], 2).splitlines()

    assert lines[0] == "2 of 2 failed:"
    assert [line[:2] for line in lines[1:]] == ["- ", "- "]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({}, "unchanged", id="unchanged"),
        pytest.param({"changed": True}, "changed", id="changed"),
        pytest.param({"failure": DENIED}, "failed", id="failed"),
        pytest.param({"changed": True, "failure": DENIED}, "failed", id="partly changed is failed"),
    ],
)
def test_status__and_keys_of_the_result(given, status):
    outcome = Outcome(TARGET, before=1, after=2, extra={"added": 3}, **given)

    assert outcome.status == status
    assert list(outcome.as_result()) == ["image_id", "region", "status", "before", "after", "added", "error"]
    assert list(outcome.as_info()) == ["image_id", "region", "added", "error"]


def test_as_result__an_error_tells_everything():
    assert Outcome(TARGET, failure=DENIED).as_result()["error"] == {
        "code": DENIED.code,
        "message": DENIED.message,
        "action": DENIED.action,
        "caller": DENIED.caller,
        "next_step": DENIED.next_step,
    }


def test_as_diff__names_the_target_on_both_sides():
    assert Outcome(TARGET, before=["a"], after=[]).as_diff() == {
        "before_header": f"{IMAGE_ID} in {REGION}",
        "after_header": f"{IMAGE_ID} in {REGION}",
        "before": '[\n    "a"\n]\n',
        "after": "[]\n",
    }


def test_describe__any_kind_of_target():
    assert describe({"key_id": "alias/golden", "region": REGION}) == f"alias/golden in {REGION}"
    assert describe({"region": REGION}) == REGION


def test_describe__what_is_not_known_is_left_out():
    target = {"image_id": None, "snapshot_id": "snap-1", "region": REGION}

    assert describe(target) == f"snap-1 in {REGION}"
    assert describe({**target, "image_id": IMAGE_ID}) == f"{IMAGE_ID} snap-1 in {REGION}"


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        ("arn:aws:organizations::1:ou/o-1/ou-1", "arn:aws:organizations::1:ou/o-1/ou-1"),
        (None, "the caller's organization"),
    ],
)
def test_describe__a_target_without_a_region(arn, said):
    assert describe({"arn": arn}) == said


def test_failure_message__names_no_more_targets_than_one_reads():
    failure = Failure("AccessDenied", "no")
    failed = [({"account_id": f"{number:012}", "region": REGION}, failure) for number in range(1, 1001)]

    message = failure_message(failed, 2000)

    assert message.startswith("1000 of 2000 failed: 000000000001 in ")
    assert f"000000000030 in {REGION} and 970 more: no." in message
    assert "000000000031" not in message


def test_failure_message__one_cause_in_many_accounts_is_one_sentence():
    failed = [
        ({"account_id": account, "region": REGION}, Failure("x", f"arn:aws:iam::{account}:role/a could not be assumed"))
        for account in ("111122223333", "444455556666")
    ]

    assert failure_message(failed, 2) == (
        f"2 of 2 failed: 111122223333 in {REGION}, 444455556666 in {REGION}: "
        "arn:aws:iam::{account}:role/a could not be assumed."
    )
    assert "arn:aws:iam::111122223333:role/a" in failure_message(failed[:1], 2)
