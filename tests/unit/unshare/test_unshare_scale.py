# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Five hundred accounts in all Regions: whatever looks each of them up in a list takes minutes."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Members
from ansible_collections.golden.ami.plugins.module_utils._unshare.keys import arns_to_read, plan_keys
from ansible_collections.golden.ami.plugins.module_utils._unshare.plan import judge_usage, plan_unshare
from ansible_collections.golden.ami.plugins.module_utils._unshare.summary import summarise_unshare
from tests.unit.answers import members, organized
from tests.unit.builders import ORGANIZATION_ARN, accounts, grant, shared_with, statement
from tests.unit.growth import growth
from tests.unit.share.stages import PATTERNS, encrypted, key_in
from tests.unit.unshare.stages import (
    closed,
    discovered,
    key_images,
    plan,
    removed,
    reported,
    request,
    revoked,
    rewritten,
)

REGIONS = [f"eu-west-{number}" for number in range(17)]


@pytest.mark.parametrize("everything", [False, True])
def test_many_accounts_in_all_regions(everything):
    results = {}

    def prepare(number):
        listed = accounts(number)
        given = {"account_ids": [] if everything else listed, "everything": everything}
        wanted = request(**given, grantee_patterns=PATTERNS, snapshots=True)
        facts = [encrypted(shared_with(*listed, organizations=(ORGANIZATION_ARN,)), region) for region in REGIONS]
        found = discovered(*facts)
        planned = plan(wanted, *facts)
        naming = statement([f"arn:aws:iam::{one}:root" for one in listed], Sid="GoldenAmiAccounts")
        on_keys = key_images(planned, *facts, statements=[naming])
        belongs = organized(members(ORGANIZATION_ARN, *accounts(number, 300_000_000_000)))
        reports = reported(planned, *((one, "Instance", 1) for one in listed))
        launch = removed(planned, wanted, *facts)
        decision = plan_keys(planned, wanted, on_keys, Members(belongs), launch)
        grants = revoked(decision, {key_in(region): [grant(one, one) for one in listed] for region in REGIONS})
        done = {
            "launch": launch,
            "snapshots": closed(planned, wanted, *facts),
            "grants": grants,
            "statements": rewritten(decision, [naming]),
        }

        def work():
            planned = plan_unshare(wanted, found, {})
            arns_to_read(planned, on_keys)
            usage = judge_usage(planned, wanted, reports, Members(belongs))
            decision = plan_keys(planned, wanted, on_keys, Members(belongs), launch)
            results[number] = summarise_unshare(planned, wanted, decision, done, usage), usage

        return work

    assert growth(prepare, 500) < 5
    summed, usage = results[500]
    ours = [one for one in summed["consumers"] if one["kind"] == "account"]
    assert (len(ours), len(usage["usage"])) == (8_500, 8_500)
    assert all((one["launch_permission"], one["key_access"]) == ("removed", "removed") for one in ours)
