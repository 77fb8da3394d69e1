# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom key access is for: patterns of ARNs, and the role in each account that makes grants there."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._kms_grant.model import LAUNCH_OPERATIONS
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import (
    account_of,
    grantees,
    of_other_accounts,
)
from ansible_collections.golden.ami.plugins.module_utils._share.key_plan import operations
from tests.unit.builders import ALICE, BOB, IMAGE_ID, OWNER
from tests.unit.share.builders import asked, problems_of

ROOT, ROLE = "arn:aws:iam::{}:root", "arn:aws:iam::{}:role/launcher"
GRANTOR = "arn:{partition}:iam::{account}:role/golden-ami-grantor"
GOV = "us-gov-west-1"


def test_grantees__the_root_and_what_patterns_make_of_each_account():
    assert grantees([BOB, ALICE], ["arn:{partition}:iam::{account}:role/launcher", ROLE.format(OWNER)], "aws") == {
        account: [ROOT.format(account), ROLE.format(account), ROLE.format(OWNER)] for account in (BOB, ALICE)
    }


def by_grant(**given):
    return {"auto_scaling": "grant", "auto_scaling_role_arn": GRANTOR, **given}


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        (ROOT.format(ALICE), ALICE),
        (f"arn:{{partition}}:iam::{ALICE}:role/a", ALICE),
        (f"arn:aws:sts::{ALICE}:assumed-role/a/b", ALICE),
        ("arn:aws:iam::{account}:role/a", ""),
        ("", ""),
    ],
)
def test_account_of(arn, account):
    assert account_of(arn) == account
    assert of_other_accounts([arn]) == ({arn: account} if account else {})


@pytest.mark.parametrize("pattern", [BOB, "{account}", f" {BOB}", f"{BOB} "])
def test_patterns__an_account_is_a_consumer_and_no_pattern(pattern):
    """KMS would take it for a grantee. It would be the guest of all consumers, and stand in no list of accounts."""
    [problem] = problems_of(grantee_patterns=[pattern])

    assert problem.startswith("share_grantee_patterns: ")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"auto_scaling_role_arn": ""}, "is for share_auto_scaling=grant, which requires it"),
        ({"auto_scaling": "report"}, "is for share_auto_scaling=grant, which requires it"),
        ({"auto_scaling": "key_policy"}, "is for share_auto_scaling=grant, which requires it"),
        ({"auto_scaling_role_arn": ROLE.format(ALICE)}, "must have {account} where an ARN has the account"),
        ({"auto_scaling_role_arn": f"arn:aws:iam::{OWNER}:role/{{account}}"}, "must have {account} where an ARN has"),
        ({"auto_scaling_role_arn": "arn:aws:iam::{acount}:role/a"}, "must have {account} where an ARN has"),
        ({"auto_scaling_role_arn": "arn:aws:iam::{account}:user/a"}, "is not the ARN of a role"),
        ({"auto_scaling_role_arn": "arn:aws:iam::{account}:role/{name}"}, "is not the ARN of a role"),
        ({"auto_scaling_role_arn": "arn:aws-cn:iam::{account}:role/a"}, "belongs to the partition 'aws-cn'"),
        (
            {"auto_scaling_role_arn": 5},
            "'5' is a number, so that what was typed is lost; write it in quotes, in a survey as well",
        ),
        ({"auto_scaling_timeout": -1}, "share_auto_scaling_timeout: -1 is not a number of seconds; give 0 or more."),
        ({"auto_scaling_timeout": "5m"}, "'5m' is not a whole number"),
        ({"auto_scaling": "Grant"}, "'Grant' is none of report, ignore, grant, key_policy"),
    ],
)
def test_auto_scaling__problems(given, problem):
    """Before the first call: kms_grant would refuse the role only after the accounts' own grants were made."""
    found = problems_of(**by_grant(**given))

    assert any(problem in one for one in found), found
    assert all(one.startswith("share_auto_scaling") for one in found)


def test_auto_scaling__of_another_partition():
    assert problems_of(**by_grant(images=f"{IMAGE_ID} {GOV}")) == []


@pytest.mark.parametrize(
    ("given", "encrypt"),
    [
        ({"auto_scaling": "report"}, False),
        ({"auto_scaling": "ignore"}, False),
        ({"auto_scaling": "key_policy"}, False),
        ({"auto_scaling": "grant", "auto_scaling_role_arn": GRANTOR}, True),
        ({"auto_scaling": "grant", "auto_scaling_role_arn": GRANTOR, "key_access": "key_policy"}, False),
    ],
)
def test_operations__an_account_can_hand_on_only_what_it_was_granted(given, encrypt):
    assert sorted(operations(asked(**given))) == sorted([*LAUNCH_OPERATIONS, *(["Encrypt"] if encrypt else [])])


def test_operations__that_were_given_must_do_for_auto_scaling():
    [problem] = problems_of(**by_grant(grant_operations=list(LAUNCH_OPERATIONS)))
    assert problem.startswith("share_grant_operations: without Encrypt the accounts could not grant it")
    assert problems_of(**by_grant(grant_operations=[*LAUNCH_OPERATIONS, "Encrypt"])) == []
    assert problems_of(**by_grant(grant_operations=list(LAUNCH_OPERATIONS), key_access="key_policy")) == []


def test_operations__stay_as_they_were_given():
    given = [*LAUNCH_OPERATIONS, "RetireGrant"]

    assert list(operations(asked(grant_operations=given))) == given
