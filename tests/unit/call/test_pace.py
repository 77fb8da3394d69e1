# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quotas: how many calls may start at once, how fast the others follow, and that a quota has one pace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.golden.ami.plugins.module_utils._call.pace import Pace, Paces, Quota, quota_of

PLUGINS = Path(__file__).parents[3] / "plugins"


def starts(pace, number, now=0.0, requests=1):
    """When a caller that always waits as long as it should may start."""
    found = []
    while len(found) < number:
        later = pace.take(now, requests)
        if later is None:
            found.append(round(now, 6))
        else:
            assert later > now
            now = later
    return found


def test_pace__evenly_without_a_burst():
    assert starts(Pace(Quota(50)), 4) == [0, 0.02, 0.04, 0.06]


def test_pace__a_burst_and_then_the_rate():
    assert starts(Pace(Quota(5, burst=3)), 6) == [0, 0, 0, 0.2, 0.4, 0.6]


def test_pace__a_pause_fills_the_bucket_and_no_more():
    pace = Pace(Quota(5, burst=3))
    starts(pace, 3)

    assert starts(pace, 2, now=0.4) == [0.4, 0.4]
    assert starts(pace, 4, now=1000.0) == [1000, 1000, 1000, 1000.2]


def test_pace__who_is_refused_has_taken_nothing():
    pace = Pace(Quota(10))
    starts(pace, 1)

    assert [pace.take(0.05) for _time in range(3)] == [pytest.approx(0.1)] * 3
    assert starts(pace, 1, now=0.1) == [0.1]


def test_pace__all_requests_of_a_job_count():
    """One token is enough to start, so that a job with more requests than the burst starts at all."""
    assert starts(Pace(Quota(10, burst=2)), 3, requests=5) == [0, 0.4, 0.9]


def test_paces__one_for_each_call_region_and_account():
    paces = Paces()
    keys = [
        ("kms:CreateGrant", "eu-west-1", ""),
        ("kms:RevokeGrant", "eu-west-1", ""),
        ("kms:CreateGrant", "us-east-1", ""),
        ("kms:CreateGrant", "eu-west-1", "111122223333"),
    ]
    made = [paces.get(*key) for key in keys]

    assert len(set(made)) == 4
    assert [paces.get(*key) for key in keys] == made


@pytest.mark.parametrize(
    ("action", "rate", "burst"),
    [
        ("kms:CreateGrant", 50, 1),
        ("kms:RevokeGrant", 30, 1),
        ("kms:ListGrants", 100, 1),
        ("kms:PutKeyPolicy", 15, 1),
        ("ec2:DescribeImageAttribute", 20, 100),
        ("ec2:GetImageBlockPublicAccessState", 20, 100),
        ("ec2:ModifyImageAttribute", 5, 100),
        ("ec2:ModifySnapshotAttribute", 5, 100),
        ("ec2:ResetImageAttribute", 5, 50),
        ("ec2:CancelImageLaunchPermission", 5, 50),
        ("ec2:CopyImage", 1, 100),
    ],
)
def test_quota_of(action, rate, burst):
    assert quota_of(action) == Quota(rate, burst)


@pytest.mark.parametrize(
    "action", ["ec2:DescribeImageAttribute", "ec2:ModifyImageAttribute", "ec2:ResetImageAttribute"]
)
def test_quota_of__some_dozen_amis_are_never_slowed(action):
    assert starts(Pace(quota_of(action)), 48) == [0] * 48


def test_quota_of__every_pace_that_is_asked_for():
    """A call without a quota would end the run that makes it."""
    asked = set()
    for path in (PLUGINS / "module_utils").rglob("*.py"):
        text = path.read_text()
        if ".pace(" in text or "apply_all(" in text:
            asked |= set(re.findall(r'"((?:ec2|kms):[A-Z]\w+)"', text))

    assert {"kms:CreateGrant", "ec2:ModifyImageAttribute"} <= asked
    assert [quota_of(action) for action in sorted(asked)]
