# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the role share one after the other, as its tasks call them."""

from __future__ import annotations

from ansible_collections.golden.ami.plugins.filter.share import FilterModule
from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from tests.unit.builders import ALICE, BOB, IMAGE_ID, OTHER_IMAGE_ID, OTHER_REGION, REGION, image, image_facts
from tests.unit.share.stages import INPUTS, copied, discovered, encrypted, granted, key_in, launched, stages

FILTERS = {name.removeprefix("share_"): function for name, function in FilterModule().filters().items()}


def test_the_filters_one_after_the_other():
    facts = (encrypted(), image_facts(image=image(image_id=OTHER_IMAGE_ID)))
    wanted = FILTERS["members"](FILTERS["request"]({**INPUTS, "account_ids": f"{ALICE}\n{BOB}"}), {}, {})
    assert FILTERS["targets"](wanted, {}) == [{"image_id": IMAGE_ID, "region": REGION}]

    planned = FILTERS["plan"](wanted, discovered(wanted, *facts), {}, {})
    grants = granted(planned)
    assert FILTERS["ready"](planned) == FILTERS["images"](planned, wanted, stages(grants=grants))
    assert len(FILTERS["ready"](planned)) == 2
    done = stages(grants=grants, launch=launched(planned, wanted, grants, *facts))
    real = FILTERS["result"](planned, wanted, done)
    predicted = FILTERS["result"](planned, wanted, done, True)

    assert "added" in real["table"][1] and "would be" not in real["table"][1]
    assert "would be added" in predicted["table"][1]


def test_the_filters_with_a_copy():
    given = {"images": [], "source": f"{IMAGE_ID} {REGION}", "regions": OTHER_REGION, "kms_keys": "alias/golden"}
    wanted = FILTERS["members"](FILTERS["request"]({**INPUTS, **given}), {}, {})
    found, made = copied(wanted), copied(wanted, ends={})
    assert FILTERS["targets"](wanted, found) == []
    first = FILTERS["plan"](wanted, {}, found, {})
    assert (first["copying"], first["refusals"]) == (True, [])
    new = FILTERS["new_copies"](first, made)
    assert new == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]
    copy = encrypted(region=OTHER_REGION)
    read = discovered(wanted, copy)

    planned = FILTERS["plan"](wanted, {}, made, read)
    grants = granted(planned)
    launch = launched(planned, wanted, grants, copy)
    summed = FILTERS["result"](planned, wanted, stages(copies=made, new_copies=read, grants=grants, launch=launch))

    assert planned["keys"] == [{"key_id": key_in(OTHER_REGION), "region": OTHER_REGION}]
    assert [one["status"] for one in summed["images"]] == ["changed"]
    assert [one["ready"] for one in summed["consumers"]] == [True]


def test_regions_come_from_botocore():
    assert known_regions()["us-gov-west-1"] == "aws-us-gov"
