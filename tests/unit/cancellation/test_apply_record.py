# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is raised after shares were cancelled: it is in the record that they were."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._cancellation import apply as cancellations
from ansible_collections.golden.ami.plugins.module_utils._cancellation.plan import plan_cancellation
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from tests.unit.cancellation.test_apply import EU, FIRST, SECOND, US, Consumer

SELECTORS = (ImageSelector(US, FIRST), ImageSelector(EU, SECOND))


@pytest.fixture
def plans(aws, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    Consumer(aws, us="account", eu="account")
    return [plan_cancellation(None, facts) for facts in cancellations.read(aws, SELECTORS)]


def test_apply__what_looking_raises(aws, plans, monkeypatch):
    monkeypatch.setattr(cancellations, "_listed", lambda *_args: {}["a bug"])

    outcomes = cancellations.apply(aws, plans)

    assert [(one.status, one.changed, one.failure.code) for one in outcomes] == [("failed", True, "internal_error")] * 2


def test_apply__what_is_raised_in_the_end_puts_one_ami_in_doubt(aws, plans, monkeypatch):
    after = cancellations.after_cancellation

    def break_one(plan, *answers):
        return {}["a bug"] if plan.target["region"] == US else after(plan, *answers)

    monkeypatch.setattr(cancellations, "after_cancellation", break_one)

    first, second = cancellations.apply(aws, plans)

    assert (first.status, first.changed, second.status) == ("failed", True, "changed")
