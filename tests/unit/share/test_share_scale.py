# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A thousand accounts in all Regions."""

from __future__ import annotations

import time

from ansible_collections.golden.ami.plugins.module_utils._core.share_access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._core.share_plan import plan_share
from ansible_collections.golden.ami.plugins.module_utils._core.share_summary import summarise_share
from tests.unit.builders import (
    accounts,
)
from tests.unit.share.stages import (
    PATTERNS,
    complete_request,
    discovered,
    encrypted,
    granted,
    launched,
    plan,
    stages,
)


def summary(wanted, *facts, grants=None, launches=None, **options):
    planned = plan(wanted, *facts, existing=options.get("existing"))
    keys = granted(planned, **options) if grants is None else grants
    shared = launched(planned, wanted, keys, *facts, failing=launches)
    return summarise_share(planned, wanted, stages(grants=keys, launch=shared))


def test_a_thousand_accounts_in_all_regions():
    """17,000 consumers: whatever looks each of them up in a list takes minutes."""
    wanted = complete_request(account_ids=accounts(1000), grantee_patterns=PATTERNS[0])
    facts = [encrypted(region=f"eu-west-{number}") for number in range(17)]
    found = discovered(wanted, *facts)
    grants = granted(plan_share(wanted, found, {}, {}), check_mode=True)
    shared = launched(plan_share(wanted, found, {}, {}), wanted, grants, *facts)

    begun = time.process_time()
    planned = plan_share(wanted, found, {}, {})
    chosen = images_to_share(planned, wanted, stages(grants=grants))
    summed = summarise_share(planned, wanted, stages(grants=grants, launch=shared))
    took = time.process_time() - begun

    assert (len(chosen), len(summed["consumers"])) == (17, 17_000)
    assert all(one["ready"] and one["key_access"] == "added" for one in summed["consumers"])
    assert took < 2
