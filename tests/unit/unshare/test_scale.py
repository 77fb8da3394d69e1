# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts in many Regions: all of them are in the result, and nobody has to read every name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.table import draw
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import ImageUsage, UsageEntry
from tests.unit.answers import members
from tests.unit.builders import (
    ADMINISTRATION,
    KEY_ARN,
    ORGANIZATION_ARN,
    REGION,
    SNAPSHOT_ID,
    accounts,
    grant,
    policy_text,
    shared_with,
    statement,
)
from tests.unit.unshare.builders import REGIONS as KNOWN
from tests.unit.unshare.builders import ROOT, asked, images_of, on_key, planned, read, reported

MANY = [f"eu-west-{number}" for number in range(1, 18)]


def on_each(listed, regions):
    naming = statement([ROOT.format(one) for one in listed], Sid="GoldenAmiAccounts")
    granted = tuple(grant(one, f"g-{one}") for one in listed)
    return [
        on_key(
            f"ami-0000000000000{number:04}",
            KEY_ARN.replace(REGION, region),
            region,
            shared_with(*listed, organizations=(ORGANIZATION_ARN,)),
            grants=granted,
            policy=policy_text(ADMINISTRATION, naming),
        )
        for number, region in enumerate(regions)
    ]


@pytest.mark.parametrize(
    ("number", "regions", "everything"), [(60, MANY, False), (60, MANY, True), (1000, MANY[:1], False)]
)
def test_a_thousand_accounts(number, regions, everything, monkeypatch):
    monkeypatch.setattr("tests.unit.unshare.builders.REGIONS", {**KNOWN, **dict.fromkeys(MANY, "aws")})
    listed = accounts(number)
    facts = on_each(listed, regions)
    request = asked(
        images=images_of(*facts), snapshots=True, account_ids=None if everything else listed, everything=everything
    )
    opened = {(region, SNAPSHOT_ID): shared_with(*listed) for region in regions}
    given = read(*facts, snapshots=opened)
    used = tuple(UsageEntry(one, "ec2:Instance", 1) for one in listed)
    reports = [
        ImageUsage(one.facts, used, datetime(2026, 11, 25, tzinfo=UTC)) for one in planned(request, given).removing
    ]
    belongs = [members(ORGANIZATION_ARN, *accounts(1000, 300_000_000_000))]

    found = reported(request, given, members=belongs, reports=reports)

    ours = [one for one in found.consumers if one.kind == "account"]
    assert (len(ours), len(found.extra["usage"])) == (number * len(regions),) * 2
    assert {one.states for one in ours} == {("removed", "removed", "removed", "unchanged")}
    table = draw(found, False)
    assert len(table) < 70 and all(len(line) <= 80 for line in table if "arn:" not in line)
    assert len(found.diff()["before"].splitlines()) <= 3 * (number + 1)
    assert len(found.artifact().encode()) <= 32_769
