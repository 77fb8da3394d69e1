# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reason is said once for all whom it concerns, however it names them, and nothing is lost while there are few."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.layers import ADDED, NOT_ASKED, Consumer, Layer, State
from ansible_collections.golden.ami.plugins.module_utils._base.reasons import group_failures, group_reasons
from ansible_collections.golden.ami.plugins.module_utils._base.report import Report
from ansible_collections.golden.ami.plugins.module_utils._base.table import draw
from tests.unit.builders import IMAGE_ID, KEY_ARN, REGION, accounts


def without_role(account, region=REGION, image_id=IMAGE_ID):
    """What AWS says of it names the account."""
    why = Layer(State.FAILED, f"kms:CreateGrant: no such principal: arn:aws:iam::{account}:role/build", KEY_ARN)
    return Consumer(region, image_id, "account", account, ADDED, why, NOT_ASKED, NOT_ASKED)


@pytest.mark.parametrize(("count", "sentences"), [(1, 1), (3, 3), (4, 1), (1000, 1)])
def test_group_failures__reasons_that_differ_in_what_they_name(count, sentences):
    found = group_failures(without_role(one) for one in accounts(count))

    assert len(found) == sentences
    assert found[0].startswith("kms:CreateGrant: no such principal: arn:aws:iam::200000000000:role/build. ")
    if sentences < count:
        assert (
            f"concerns {count}: 200000000000, 200000000001, 200000000002 and {count - 3} more on {IMAGE_ID}" in found[0]
        )


@pytest.mark.parametrize(
    "reason",
    ["kms:CreateGrant: AccessDenied.", "ec2:ModifyImageAttribute: AccessDenied.", "kms:CreateGrant: Throttled."],
)
def test_group_reasons__other_words_are_another_reason(reason):
    others = [(f"kms:RevokeGrant: AccessDenied {number}.", KEY_ARN) for number in range(9)]

    assert len(group_reasons([*others, (reason, KEY_ARN)])) == 2


def test_message_and_table__show_as_many_reasons_as_a_person_reads():
    failures = tuple(f"Reason {letter * 3}." for letter in "abcdefghijklmnopqrstuvwxyz")
    report = Report(failures=failures)

    for text in (report.message, "\n".join(draw(report, False))):
        assert "Reason ttt." in text and "Reason uuu." not in text
        assert "and 6 more reasons; all of them are in the result (failures)." in text
    assert report.as_dict()["failures"] == list(failures)


@pytest.mark.parametrize(("changed", "head"), [(True, "Failed in part:"), (False, "Failed:")])
def test_message__failed_in_part_is_said_when_a_part_did_not_fail(changed, head):
    assert Report(changed=changed, failures=("One.", "Two.")).message == f"{head}\n- One.\n- Two."
