# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Usage reports are deleted again, whatever is raised while they are followed and read."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_usage import read as image_usage
from ansible_collections.golden.ami.plugins.module_utils._image_usage.read import Waiting
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import UsageTargets, show_usage
from tests.unit.builders import IMAGE_ID, OTHER_IMAGE_ID, REGION, usage_query
from tests.unit.image_usage.test_read import Account

SELECTORS = tuple(ImageSelector(REGION, image_id) for image_id in (IMAGE_ID, OTHER_IMAGE_ID))


@pytest.mark.parametrize("name", ["looked_at", "to_wait_for", "completed", "_look"])
def test_read__what_is_raised_leaves_no_report_behind(aws, monkeypatch, name):
    account = Account(aws)
    monkeypatch.setattr(image_usage, name, lambda *_args: {}["a bug"])

    waiting = Waiting(300, account.clock, account.clock.sleep)
    found = image_usage.read(aws, UsageTargets(SELECTORS, usage_query()), waiting)

    assert sorted(account.gone) == sorted(account.reports) and len(account.gone) == 2
    outcomes = [show_usage(usage_query(), usage) for usage in found]
    assert [(one.status, one.failure.code) for one in outcomes] == [("failed", "internal_error")] * 2
    assert [one.extra["usage"] for one in outcomes] == [None, None]


def test_read__a_bug_in_one_answer_ends_the_wait_for_its_region(aws):
    account = Account(aws)
    aws.answers["DescribeImageUsageReports"] = lambda _region, _params: {}["a bug"]

    waiting = Waiting(300, account.clock, account.clock.sleep)
    found = image_usage.read(aws, UsageTargets(SELECTORS, usage_query()), waiting)

    assert [usage.entries.code for usage in found] == ["internal_error"] * 2
    assert (len(account.gone), account.clock.slept) == (2, [])
