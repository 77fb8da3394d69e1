# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of every AMI and every consumer on the way back, layer by layer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.summary import summarise_unshare
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    ORGANIZATION_ID,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    UNIT_PATH,
    grant,
    image_facts,
    key,
    shared_with,
    statement,
)
from tests.unit.share.stages import PATTERNS, ROLE, ROOT, encrypted
from tests.unit.unshare_stages.stages import decided, judged, key_images, plan, removed, request, summary

DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
NO_LAUNCH = {REGION: Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifyImageAttribute", REGION)}
NO_SNAPSHOT = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifySnapshotAttribute", REGION)
NO_REVOKE = Failure("AccessDeniedException", "no", "Allow it.", "kms:RevokeGrant", REGION)
NO_POLICY = Failure("AccessDeniedException", "no", "Allow it.", "kms:PutKeyPolicy", REGION)
EVERYTHING = {"account_ids": [], "everything": True}
ORGANIZATION, UNIT = {"organizations": (ORGANIZATION_ARN,)}, {"units": (UNIT_ARN,)}
BY_ORGANIZATION = {"account_ids": [], "organization_arns": ORGANIZATION_ARN}
BY_UNIT = {"account_ids": [], "organizational_unit_arns": UNIT_ARN, "organizational_unit_paths": UNIT_PATH}
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}
OF_UNIT = {**OF_ORGANIZATION, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": UNIT_PATH}}


def naming(*accounts):
    return statement([ROOT.format(one) for one in accounts], Sid="GoldenAmiAccounts")


def second(actual):
    facts = encrypted(actual)
    about = replace(facts.image, image_id=OTHER_IMAGE_ID, name="golden-db")
    return replace(facts, image=about, selector=ImageSelector(REGION, OTHER_IMAGE_ID))


def granted_to(*accounts):
    return {KEY_ARN: [grant(ROOT.format(one), f"g-{one}") for one in accounts]}


def layers(found, *names):
    names = names or ("launch_permission", "key_access")
    return [tuple(one[name] for name in names) for one in found["consumers"]]


@pytest.mark.parametrize(
    ("actual", "existing", "expected"),
    [
        (shared_with(ALICE), granted_to(ALICE), ("removed", "removed")),
        (shared_with(ALICE), {}, ("removed", "absent")),
        (shared_with(BOB), granted_to(ALICE, BOB), ("absent", "removed")),
        (shared_with(BOB), granted_to(BOB), ("absent", "absent")),
    ],
)
def test_the_two_layers_of_one_consumer(actual, existing, expected):
    found = summary(request(), encrypted(actual), existing=existing)

    assert found["consumers"] == [
        {
            "region": REGION,
            "image_id": IMAGE_ID,
            "consumer": ALICE,
            "kind": "account",
            "principal": ALICE,
            "launch_permission": expected[0],
            "snapshot_permission": "not_asked",
            "key_access": expected[1],
            "kept_because": None,
        }
    ]
    assert found["changed"] is ("removed" in expected)
    assert (found["failed"], found["failures"], found["kept"], found["kept_lines"]) == (False, [], [], [])
    assert found["images"][0]["status"] == ("changed" if expected[0] == "removed" else "unchanged")


def test_only_what_was_asked():
    found = summary(request(key_access=False), encrypted(shared_with(ALICE)), existing=granted_to(ALICE))

    assert layers(found, "launch_permission", "snapshot_permission", "key_access") == [
        ("removed", "not_asked", "not_asked")
    ]
    assert layers(summary(request(), image_facts(shared_with(ALICE)))) == [("removed", "not_needed")]


def test_a_pattern_that_is_left_alone_counts_as_removed_too():
    """An earlier run revoked the root's grant and failed at the role's."""
    existing = {KEY_ARN: [grant(ROLE.format(ALICE), "g-role")]}

    assert layers(summary(request(grantee_patterns=PATTERNS), encrypted(shared_with(BOB)), existing=existing)) == [
        ("absent", "removed")
    ]


def test_a_grant_whose_grantee_nobody_named_keeps_the_key():
    """The share had patterns, the way back has none: the role's grant still lets the account in."""
    existing = {KEY_ARN: [grant(ALICE, "g-root"), grant(ROLE.format(ALICE), "g-role")]}

    found = summary(request(), encrypted(shared_with(ALICE)), existing=existing)

    assert layers(found) == [("removed", "kept")]
    [kept] = found["kept"]
    assert kept["reason"] == f"{ROLE.format(ALICE)} of it has a grant; name it in unshare_grantee_patterns"
    assert found["kept_lines"] == [f"{ALICE} keeps key access in {REGION}: {kept['reason']}."]
    assert layers(summary(request(), encrypted(shared_with(BOB)), existing={KEY_ARN: [grant(ALICE, "g")]})) == [
        ("absent", "removed")
    ]


def test_kept__is_said_with_the_reason():
    found = summary(
        request(), encrypted(shared_with(ALICE)), others=[second(shared_with(ALICE))], existing=granted_to(ALICE)
    )

    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["key_access"]) == ("removed", "kept")
    assert entry["kept_because"] == f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with it"
    assert found["kept_lines"] == [f"{ALICE} keeps key access in {REGION}: {entry['kept_because']}."]
    assert found["failed"] is False


def test_kept__one_key_of_two_is_enough():
    both = replace(
        encrypted(shared_with(ALICE)),
        keys={**encrypted().keys, OTHER_KEY_ARN: key(arn=OTHER_KEY_ARN)},
    )

    found = summary(request(), both, others=[second(shared_with(ALICE))], existing=granted_to(ALICE))

    assert layers(found)[0][1] == "kept"


@pytest.mark.parametrize(
    ("failing", "expected", "part"),
    [
        ({"launch": NO_LAUNCH}, ("failed", "removed", "kept"), "ec2:ModifyImageAttribute"),
        ({"snapshots": NO_SNAPSHOT}, ("removed", "failed", "removed"), "ec2:ModifySnapshotAttribute"),
        ({"grants": NO_REVOKE}, ("removed", "removed", "failed"), "kms:RevokeGrant"),
        ({"statements": {KEY_ARN: NO_POLICY}}, ("removed", "removed", "failed"), "kms:PutKeyPolicy"),
    ],
)
def test_failures__each_at_its_layer(failing, expected, part):
    found = summary(
        request(snapshots=True),
        encrypted(shared_with(ALICE)),
        existing=granted_to(ALICE),
        statements=[naming(ALICE)],
        snapshots={SNAPSHOT_ID: shared_with(ALICE)},
        failing=failing,
    )

    assert layers(found, "launch_permission", "snapshot_permission", "key_access") == [expected]
    assert found["failed"] and len(found["failures"]) == 1 and part in found["failures"][0]
    assert found["images"][0]["status"] == ("failed" if "launch" in failing else "changed")


def test_failures__a_removal_without_an_answer_is_none():
    wanted = request()
    facts = encrypted(shared_with(ALICE))
    planned = plan(wanted, facts)
    decision = decided(planned, wanted, key_images(planned, facts), {})
    nothing = dict.fromkeys(("launch", "snapshots", "grants", "statements"), {})

    found = summarise_unshare(planned, wanted, decision, nothing, judged(planned, {**wanted, "check_usage": False}))

    assert layers(found) == [("failed", "kept")]
    assert found["images"][0]["launch_permissions"]["account_ids"] == [ALICE]


def test_statements__who_stood_in_them_and_who_did_not():
    found = summary(
        request(account_ids=[ALICE, BOB]), encrypted(shared_with(ALICE, BOB, CAROL)), statements=[naming(ALICE, CAROL)]
    )

    assert layers(found) == [("removed", "removed"), ("removed", "absent")]


@pytest.mark.parametrize(
    ("given", "actual", "sid", "condition"),
    [
        (BY_ORGANIZATION, shared_with(**ORGANIZATION), "GoldenAmiOrganizations", OF_ORGANIZATION),
        (BY_UNIT, shared_with(**UNIT), "GoldenAmiOrganizationalUnits", OF_UNIT),
    ],
)
def test_statements__of_organizations_and_units(given, actual, sid, condition):
    there = statement("*", Sid=sid, Condition=condition)

    assert layers(summary(request(**given), encrypted(actual), statements=[there])) == [("removed", "removed")]
    assert layers(summary(request(**given), encrypted(actual))) == [("removed", "absent")]
    failed = summary(request(**given), encrypted(actual), statements=[there], failing={"statements": {sid: NO_POLICY}})
    assert (layers(failed), failed["failed"]) == ([("removed", "failed")], True)


def test_statements__the_units_say_nothing_about_the_organization():
    """The statement for a unit has the organization's ID in it as well."""
    there = statement("*", Sid="GoldenAmiOrganizationalUnits", Condition=OF_UNIT)
    given = {**BY_UNIT, "organization_arns": ORGANIZATION_ARN}

    found = summary(request(**given), encrypted(shared_with(**ORGANIZATION, **UNIT)), statements=[there])

    assert [(one["kind"], one["key_access"]) for one in found["consumers"]] == [
        ("organization", "absent"),
        ("organizational_unit", "removed"),
    ]


@pytest.mark.parametrize("existing", [granted_to(ALICE), {}])
def test_a_key_policy_that_could_not_be_read(existing):
    """Whether a statement still lets the account in is not known, whatever grants went."""
    found = summary(request(), encrypted(shared_with(ALICE)), existing=existing, policy=DENIED)

    assert layers(found) == [("removed", "unknown")]
    [note] = [one for one in found["notes"] if "policy" in one]
    assert note.startswith(
        f"The policy of {KEY_ARN} could not be read: whether its statements let in {ALICE} is not known. kms:GetKeyPolicy as me: "
        "AccessDeniedException: no. Next: "
    )


@pytest.mark.parametrize(
    ("given", "existing", "expected"),
    [
        ({}, [ALICE, BOB], ["removed"]),
        ({}, [BOB], ["absent"]),
        ({"account_ids": [ALICE, CAROL]}, [ALICE, BOB], ["removed", "absent"]),
        ({"organization_arns": ORGANIZATION_ARN}, [ALICE], ["removed", "not_possible"]),
        (BY_ORGANIZATION, [ALICE], ["not_possible"]),
    ],
)
def test_snapshots(given, existing, expected):
    facts = encrypted(shared_with(ALICE, **ORGANIZATION))

    found = summary(
        request(snapshots=True, key_access=False, **given), facts, snapshots={SNAPSHOT_ID: shared_with(*existing)}
    )

    assert [one["snapshot_permission"] for one in found["consumers"]] == expected


@pytest.mark.parametrize("public", [True, False])
def test_snapshots__a_public_one_stays_readable_for_whoever_was_removed(public):
    found = summary(
        request(snapshots=True, key_access=False),
        encrypted(shared_with(ALICE)),
        snapshots={SNAPSHOT_ID: shared_with(ALICE, public=public)},
    )

    said = [note for note in found["notes"] if "is public, which is never changed here" in note]
    assert len(said) == public
    assert all(SNAPSHOT_ID in note and REGION in note for note in said)


def test_snapshots__one_of_two_amis():
    """The module does each snapshot once, and names the first of the AMIs."""
    found = summary(
        request(snapshots=True, key_access=False),
        encrypted(shared_with(ALICE)),
        second(shared_with(ALICE)),
        snapshots={SNAPSHOT_ID: shared_with(ALICE)},
    )

    assert [one["snapshot_permission"] for one in found["consumers"]] == ["removed", "removed"]


def test_everything__all_who_had_a_permission():
    actual = shared_with(BOB, ALICE, **ORGANIZATION, public=True)

    found = summary(
        request(**EVERYTHING, snapshots=True),
        encrypted(actual),
        encrypted(shared_with(BOB), OTHER_REGION),
        existing=granted_to(ALICE, BOB),
        snapshots={SNAPSHOT_ID: shared_with(ALICE, BOB)},
    )

    assert [
        (one["region"], one["consumer"], one["launch_permission"], one["key_access"]) for one in found["consumers"]
    ] == [
        (REGION, ALICE, "removed", "removed"),
        (REGION, BOB, "removed", "removed"),
        (REGION, "o-exampleorgid", "removed", "absent"),
        (REGION, "everybody", "removed", "not_needed"),
        (OTHER_REGION, BOB, "removed", "absent"),
    ]
    assert found["images"][0]["launch_permissions"] == {
        "account_ids": [],
        "organization_arns": [],
        "organizational_unit_arns": [],
        "public": False,
    }


def test_everything__again():
    found = summary(request(**EVERYTHING), encrypted())

    assert (found["consumers"], found["changed"], found["failed"]) == ([], False, False)


def test_the_owner_is_no_consumer():
    found = summary(request(account_ids=[OWNER, ALICE]), encrypted(shared_with(ALICE)))

    assert [one["consumer"] for one in found["consumers"]] == [ALICE]
    assert any(OWNER in note for note in found["notes"])


def test_the_owner_of_the_key_needs_no_grant_to_lose():
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(shared_with(BOB)), keys={arn: key(arn=arn, account_id=BOB)})

    assert layers(summary(request(account_ids=[BOB]), facts)) == [("removed", "not_needed")]


def test_a_key_about_which_nothing_was_decided_is_not_called_absent():
    wanted = request()
    facts = encrypted(shared_with(ALICE))
    planned = plan(wanted, facts)
    launch = removed(planned, wanted, facts)
    nothing = {"launch": launch, "snapshots": {}, "grants": {}, "statements": {}}

    found = summarise_unshare(
        planned,
        wanted,
        decided(planned, wanted, {}, launch),
        nothing,
        judged(planned, {**wanted, "check_usage": False}),
    )

    assert layers(found) == [("removed", "unknown")]


def test_consumers_in_the_order_in_which_they_were_given():
    given = {**BY_UNIT, "account_ids": [CAROL, ALICE], "organization_arns": ORGANIZATION_ARN, "public": True}

    names = [one["consumer"] for one in summary(request(**given), image_facts())["consumers"]]

    assert names == [CAROL, ALICE, "o-exampleorgid", "ou-abcd-exampleouid", "everybody"]


def test_is_data_for_json():
    found = summary(
        request(account_ids=[ALICE, BOB], snapshots=True),
        encrypted(shared_with(ALICE, **ORGANIZATION)),
        image_facts(image=None),
        existing=granted_to(ALICE),
        statements=[naming(ALICE)],
        failing={"grants": NO_REVOKE},
    )

    assert json.loads(json.dumps(found)) == found
