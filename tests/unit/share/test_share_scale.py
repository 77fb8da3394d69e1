# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Five hundred accounts in all Regions, 8,500 consumers: whatever looks each of them up in a list takes minutes."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.members import complete
from ansible_collections.golden.ami.plugins.module_utils._share_stages.plan import plan_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.answers import members, organized
from tests.unit.builders import ORGANIZATION_ID, UNIT_ARN, accounts
from tests.unit.growth import growth
from tests.unit.share.stages import (
    PATTERNS,
    auto_scaled,
    discovered,
    encrypted,
    granted,
    launched,
    opened,
    request,
    stages,
    stated,
)

ROLE_ARN = "arn:{partition}:iam::{account}:role/golden-ami-grantor"


@pytest.mark.parametrize(
    ("given", "scaling"),
    [
        pytest.param({}, "none", id="grants"),
        pytest.param(
            {"auto_scaling": "grant", "auto_scaling_role_arn": ROLE_ARN}, "added", id="grants, Auto Scaling, too"
        ),
    ],
)
def test_many_accounts_in_all_regions(given, scaling):
    results = {}

    def prepare(number):
        asked = request(
            account_ids=accounts(number // 2),
            accounts_of_organizational_unit_arns=UNIT_ARN,
            allowed_organization_id=ORGANIZATION_ID,
            allowed_account_ids=["123456789012"],
            grantee_patterns=PATTERNS,
            snapshots=True,
            **given,
        )
        answers = organized(members(UNIT_ARN, *accounts(number))), organized(members(None, *accounts(number)))
        wanted = complete(asked, *answers)
        facts = [encrypted(region=f"eu-west-{number}") for number in range(17)]
        found = discovered(wanted, *facts)
        planned = plan_share(wanted, found, {}, {})
        done = stages(
            grants=granted(planned, check_mode=True, operations=wanted["operations"]),
            statements=stated(planned),
            auto_scaling=auto_scaled(planned, wanted),
            snapshots=opened(planned, *facts),
        )
        others = {name: result for name, result in done.items() if name != "grants"}
        launch = launched(planned, wanted, done["grants"], *facts, **others)

        def work():
            wanted = complete(asked, *answers)
            planned = plan_share(wanted, found, {}, {})
            chosen = images_to_share(planned, wanted, done)
            results[number] = wanted, chosen, summarise_share(planned, wanted, {**done, "launch": launch})

        return work

    assert growth(prepare, 500) < 5
    wanted, chosen, summed = results[500]
    assert wanted["problems"] == []
    assert (len(chosen), len(summed["consumers"])) == (17, 8_500)
    assert all(one["ready"] and one["key_access"] == "added" for one in summed["consumers"])
    assert {(one["snapshot_permission"], one["auto_scaling"]) for one in summed["consumers"]} == {("added", scaling)}


def test_a_key_policy_has_no_room_for_a_thousand_accounts():
    """Said before the first write, for each key, with another way."""
    wanted = complete(request(account_ids=accounts(1000), key_access="key_policy"), {}, {})

    refusals = plan_share(wanted, discovered(wanted, encrypted(), encrypted(region="us-east-1")), {}, {})["refusals"]

    assert len(refusals) == 2
    assert all("KMS takes 32,768" in text and "Name an organization instead" in text for text in refusals)
