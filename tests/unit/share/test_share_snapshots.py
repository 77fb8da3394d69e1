# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions of snapshots: what each consumer has of them, and who cannot have any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.builders import (
    ALICE,
    BOB,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_REGION,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    UNIT_PATH,
    image_facts,
    shared_with,
)
from tests.unit.share.stages import complete_request, encrypted, granted, launched, opened, plan, stages

SECOND_ID = "snap-00000000000000002"
NO_SNAPSHOT = Failure("UnauthorizedOperation", "Not you", "Allow it", "ec2:ModifySnapshotAttribute", REGION)


def twin(facts):
    """Another AMI that was registered of the same snapshot."""
    about = replace(facts.image, image_id=OTHER_IMAGE_ID)
    return replace(facts, image=about, selector=ImageSelector(REGION, OTHER_IMAGE_ID))


def two_disks(facts):
    snapshots = {**facts.snapshots, SECOND_ID: Snapshot(SECOND_ID, True, KEY_ARN)}
    return replace(facts, image=replace(facts.image, snapshot_ids=tuple(snapshots)), snapshots=snapshots)


def run(wanted, *facts, **done):
    planned = plan(wanted, *facts)
    grants, snapshots = granted(planned), opened(planned, *facts, **done)
    launch = launched(planned, wanted, grants, *facts)
    return summarise_share(planned, wanted, stages(grants=grants, snapshots=snapshots, launch=launch))


def shown(found):
    return [one["snapshot_permission"] for one in found["consumers"]]


@pytest.mark.parametrize(
    ("existing", "failing", "expected"),
    [
        pytest.param([], None, ["added", "added"], id="added"),
        pytest.param([ALICE], None, ["unchanged", "added"], id="one has it"),
        pytest.param([ALICE, BOB], None, ["unchanged", "unchanged"], id="all have it"),
        pytest.param([ALICE], NO_SNAPSHOT, ["failed", "failed"], id="failed"),
    ],
)
def test_accounts(existing, failing, expected):
    wanted = complete_request(account_ids=[ALICE, BOB], snapshots=True)

    found = run(wanted, encrypted(), existing={SNAPSHOT_ID: shared_with(*existing)}, failing=failing)

    assert shown(found) == expected
    # Launching does not need it.
    assert [one["ready"] for one in found["consumers"]] == [True, True]
    assert found["failed"] is (failing is not None)
    assert len(found["failures"]) == found["failed"]


def test_not_asked():
    wanted = complete_request(organization_arns=ORGANIZATION_ARN, key_policy_allows_organizations=True)
    planned = plan(wanted, encrypted())

    found = summarise_share(planned, wanted, stages(grants=granted(planned)))

    assert shown(found) == ["not_asked", "not_asked"]
    assert planned["notes"] == []


def test_organizations_units_and_everybody_cannot_have_any():
    wanted = complete_request(
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        organizational_unit_paths=UNIT_PATH,
        public=True,
        snapshots="yes",
    )
    facts = replace(
        image_facts(image=replace(encrypted().image, snapshot_ids=(SNAPSHOT_ID,))),
        snapshots={SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, False)},
    )

    found = run(wanted, facts)

    assert shown(found) == ["added", "not_possible", "not_possible", "not_possible"]
    assert len(found["notes"]) == 1
    assert found["notes"][0].startswith("share_snapshots: EC2 knows no snapshot permission for organizations and units")


def test_all_snapshots_of_an_ami_count():
    wanted = complete_request(snapshots=True)
    facts = two_disks(encrypted())

    assert shown(run(wanted, facts, existing={SNAPSHOT_ID: shared_with(ALICE)})) == ["added"]
    both = {SNAPSHOT_ID: shared_with(ALICE), SECOND_ID: shared_with(ALICE)}
    assert shown(run(wanted, facts, existing=both)) == ["unchanged"]
    assert shown(run(wanted, facts, existing={SECOND_ID: shared_with(ALICE)}, failing=NO_SNAPSHOT)) == ["failed"]


@pytest.mark.parametrize(("failing", "word"), [(None, "added"), (NO_SNAPSHOT, "failed")])
def test_a_snapshot_of_two_amis(failing, word):
    """The module does each snapshot once, and names the first of the AMIs."""
    found = run(complete_request(snapshots=True), encrypted(), twin(encrypted()), failing=failing)

    assert shown(found) == [word, word]


def test_an_ami_without_snapshots():
    found = run(complete_request(snapshots=True), image_facts())

    assert shown(found) == ["failed"]
    assert "has no EBS snapshots" in found["failures"][0]


def test_each_region_has_its_own():
    wanted = complete_request(snapshots=True)
    facts = (encrypted(), encrypted(region=OTHER_REGION))
    planned = plan(wanted, *facts)
    here = opened({**planned, "images": planned["images"][:1]}, *facts)

    found = summarise_share(planned, wanted, stages(grants=granted(planned), snapshots=here))

    # Of what was left out nobody can say that it has not changed.
    assert shown(found) == ["added", "failed"]
