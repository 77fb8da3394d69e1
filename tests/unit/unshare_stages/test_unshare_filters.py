# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the role unshare one after the other, as its tasks call them."""

from __future__ import annotations

from ansible_collections.golden.ami.plugins.filter.unshare import FilterModule
from tests.unit.builders import ALICE, BOB, IMAGE_ID, KEY_ARN, REGION, grant, shared_with
from tests.unit.share.stages import encrypted
from tests.unit.unshare_stages.stages import INPUTS, discovered, key_images, removed, reported, revoked, rewritten

FILTERS = {name.removeprefix("unshare_"): function for name, function in FilterModule().filters().items()}


def test_the_filters_one_after_the_other():
    facts = encrypted(shared_with(ALICE, BOB))
    wanted = FILTERS["request"]({**INPUTS, "account_ids": f"{ALICE}\n"})
    assert FILTERS["targets"](wanted, {}) == [{"image_id": IMAGE_ID, "region": REGION}]

    planned = FILTERS["plan"](wanted, discovered(facts), {})
    on_keys = key_images(planned, facts)
    assert FILTERS["organizations"](planned, on_keys) == {"organization_arns": [], "organizational_unit_arns": []}
    usage = FILTERS["usage"](planned, wanted, reported(planned), {})
    assert (planned["refusals"], usage["refusals"]) == ([], [])
    launch = removed(planned, wanted, facts)
    decision = FILTERS["keys"](planned, wanted, on_keys, {}, launch)
    done = {
        "launch": launch,
        "snapshots": {},
        "grants": revoked(decision, {KEY_ARN: [grant(ALICE)]}),
        "statements": rewritten(decision),
    }
    real = FILTERS["result"](planned, wanted, decision, done, usage)
    predicted = FILTERS["result"](planned, wanted, decision, done, usage, True)

    assert real["table"][1].endswith("  removed")
    assert predicted["table"][1].endswith("  would be removed")
    assert [one["key_access"] for one in real["consumers"]] == ["removed"]
