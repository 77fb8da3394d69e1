# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of every AMI and every consumer on the way back, layer by layer: what went, what stays, what is not known."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._base.table import draw
from ansible_collections.golden.ami.plugins.module_utils._unshare.done import Done
from ansible_collections.golden.ami.plugins.module_utils._unshare.report import report_unshare
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    ORGANIZATION_ID,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    UNIT_ARN,
    UNIT_PATH,
    grant,
    key,
    policy_text,
    shared_with,
    snapshot,
    statement,
)
from tests.unit.unshare.builders import (
    PATTERNS,
    ROLE,
    ROOT,
    SCALING,
    Failing,
    asked,
    images_of,
    layers,
    named_key,
    on_key,
    plain,
    planned,
    read,
    reported,
    run,
    second,
    there,
)

DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
NO_LAUNCH = {REGION: Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifyImageAttribute", REGION)}
NO_SNAPSHOT = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifySnapshotAttribute", REGION)
NO_REVOKE = Failure("AccessDeniedException", "no", "Allow it.", "kms:RevokeGrant", REGION)
NO_POLICY = Failure("AccessDeniedException", "no", "Allow it.", "kms:PutKeyPolicy", REGION)
EVERYTHING = {"account_ids": None, "everything": True}
ORGANIZATION, UNIT = {"organizations": (ORGANIZATION_ARN,)}, {"units": (UNIT_ARN,)}
BY_ORGANIZATION = {"account_ids": None, "organization_arns": ORGANIZATION_ARN}
BY_UNIT = {"account_ids": None, "organizational_unit_arns": UNIT_ARN}
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}}
OF_UNIT = {**OF_ORGANIZATION, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": UNIT_PATH}}
ALL_LAYERS = ("launch", "key", "snapshot", "auto_scaling")
OPEN = {(REGION, SNAPSHOT_ID): shared_with(ALICE)}


def naming(*accounts):
    return statement([ROOT.format(one) for one in accounts], Sid="GoldenAmiAccounts")


def granted_to(*accounts):
    return tuple(grant(one, f"g-{one}") for one in accounts)


def web(*accounts, to=(), statements=(), **shared):
    return on_key(
        permissions=shared_with(*accounts, **shared),
        grants=granted_to(*to),
        policy=policy_text(ADMINISTRATION, *statements),
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (web(ALICE, to=[ALICE]), ("removed", "removed")),
        (web(ALICE), ("removed", "unchanged")),
        (web(BOB, to=[ALICE, BOB]), ("unchanged", "removed")),
        (web(BOB, to=[BOB]), ("unchanged", "unchanged")),
    ],
)
def test_the_two_layers_of_one_consumer(facts, expected):
    found = reported(asked(), read(facts))

    [row] = found.consumers
    assert row.as_dict() == {
        "region": REGION,
        "image_id": IMAGE_ID,
        "key_arn": None,
        "consumer": ALICE,
        "kind": "account",
        "principal": ALICE,
        "launch_permission": expected[0],
        "key_access": expected[1],
        "snapshot_permission": "not_asked",
        "auto_scaling": "unchanged",
        "gone": False,
        "reason": None,
    }
    assert found.changed is ("removed" in expected)
    assert (found.failures, found.extra["kept"]) == ((), [])
    [ami] = found.amis
    assert ami.status == ("changed" if expected[0] == "removed" else "unchanged")
    assert ALICE not in ami.after["account_ids"]


def test_gone__once_nothing_is_left_at_any_layer():
    facts = read(web(ALICE, to=[ALICE]), snapshots=OPEN)

    [row] = reported(asked(snapshots=True), facts).consumers

    assert (row.gone, row.states) == (True, ("removed", "removed", "removed", "unchanged"))


@pytest.mark.parametrize(
    ("facts", "snapshots", "expected"),
    [
        (web(ALICE, to=[ALICE]), OPEN, ("removed", "kept", "kept", "unchanged")),
        (web(ALICE), {(REGION, SNAPSHOT_ID): shared_with(BOB)}, ("removed", "unchanged", "unchanged", "unchanged")),
        (web(ALICE, statements=[naming(ALICE)]), {}, ("removed", "kept", "not_asked", "unchanged")),
        (on_key(permissions=shared_with(ALICE), policy=DENIED), {}, ("removed", "not_asked", "not_asked", "not_asked")),
        (
            on_key(permissions=shared_with(ALICE), grants=(grant(SCALING.format(ALICE)),)),
            {},
            ("removed", "unchanged", "not_asked", "kept"),
        ),
        (plain(permissions=shared_with(ALICE)), {}, ("removed", "not_needed", "not_needed", "not_needed")),
    ],
)
def test_only_what_was_asked__what_stays_is_said(facts, snapshots, expected):
    found = reported(asked(key_access=None), read(facts, snapshots=snapshots))

    assert layers(found, *ALL_LAYERS) == [expected]
    said = [note for note in found.notes if " is off." in note]
    assert len(said) == len({one for one in zip(ALL_LAYERS, expected, strict=True) if one[1] == "kept"})
    assert found.failures == ()


def test_only_what_was_asked__in_words():
    facts = read(web(ALICE, BOB, to=[ALICE, BOB]), snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE, BOB)})

    found = reported(asked(key_access=None, account_ids=[ALICE, BOB]), facts)

    assert found.notes[:2] == (
        f"{ALICE}, {BOB} keep access to {KEY_ARN}: unshare_key_access is off.",
        f"{ALICE}, {BOB} keep create volume permission of {SNAPSHOT_ID}: unshare_snapshots is off.",
    )
    assert [one["reason"] for one in found.extra["kept"]] == []


def test_only_what_was_asked__organizations_keep_their_statements():
    there = statement("*", Sid="GoldenAmiOrganizationalUnits", Condition=OF_UNIT)
    facts = read(web(**UNIT, statements=[there]))

    assert layers(reported(asked(key_access=None, **BY_UNIT), facts), *ALL_LAYERS) == [
        ("removed", "kept", "not_needed", "not_needed")
    ]


def test_a_pattern_that_is_left_alone_counts_as_removed_too():
    """An earlier run revoked the root's grant and failed at the role's."""
    facts = read(on_key(permissions=shared_with(BOB), grants=(grant(ROLE.format(ALICE), "g-role"),)))

    assert layers(reported(asked(grantee_patterns=PATTERNS), facts)) == [("unchanged", "removed")]


def test_a_grant_whose_grantee_nobody_named_keeps_the_key():
    """The share had patterns, the way back has none: the role's grant still lets the account in."""
    grants = (grant(ALICE, "g-root"), grant(ROLE.format(ALICE), "g-role"))

    found = reported(asked(), read(on_key(permissions=shared_with(ALICE), grants=grants)))

    assert layers(found) == [("removed", "kept")]
    [kept] = found.extra["kept"]
    assert (
        kept["reason"] == "arn:aws:iam::{account}:role/a has a grant of that name; name it in unshare_grantee_patterns"
    )
    assert found.notes[0] == f"{ALICE} keeps access to {KEY_ARN}: {kept['reason']}."


def test_kept__is_said_with_the_reason():
    facts = read(web(ALICE, to=[ALICE]))

    found = reported(asked(), facts, second(permissions=shared_with(ALICE)))

    reason = f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with it"
    assert layers(found, *ALL_LAYERS) == [("removed", "kept", "not_asked", "unchanged")]
    assert found.consumers[0].reason == reason
    assert found.extra["kept"] == [
        {"key_arn": KEY_ARN, "region": REGION, "kind": "account", "principal": ALICE, "reason": reason}
    ]
    assert found.notes[0] == f"{ALICE} keeps access to {KEY_ARN}: {reason}."
    assert found.failures == ()


def test_kept__nobody_keeps_what_was_never_there():
    facts = read(web(ALICE, BOB, to=[BOB]))

    found = reported(asked(account_ids=[ALICE, BOB]), facts, second(permissions=shared_with(ALICE)))

    assert layers(found) == [("removed", "unchanged"), ("removed", "removed")]
    assert found.extra["kept"] == []


def test_kept__one_key_of_two_is_enough():
    both = replace(
        web(ALICE, to=[ALICE]),
        snapshots={
            SNAPSHOT_ID: snapshot(key_arn=KEY_ARN),
            "snap-00000000000000002": snapshot(snapshot_id="snap-00000000000000002", key_arn=OTHER_KEY_ARN),
        },
        keys={KEY_ARN: key(), OTHER_KEY_ARN: key(arn=OTHER_KEY_ARN)},
        grants={KEY_ARN: granted_to(ALICE), OTHER_KEY_ARN: granted_to(ALICE)},
        policies=dict.fromkeys((KEY_ARN, OTHER_KEY_ARN), policy_text(ADMINISTRATION)),
    )

    found = reported(asked(), read(both), second(permissions=shared_with(ALICE)))

    assert layers(found)[0][1] == "kept"
    assert [one["key_arn"] for one in found.extra["kept"]] == [KEY_ARN]


@pytest.mark.parametrize(
    ("failing", "expected", "part"),
    [
        (Failing(launch=NO_LAUNCH), ("failed", "kept", "removed", "unchanged"), "ec2:ModifyImageAttribute"),
        (Failing(snapshots=NO_SNAPSHOT), ("removed", "removed", "failed", "unchanged"), "ec2:ModifySnapshotAttribute"),
        (Failing(grants=NO_REVOKE), ("removed", "failed", "removed", "unchanged"), "kms:RevokeGrant"),
        (Failing(policies={KEY_ARN: NO_POLICY}), ("removed", "failed", "removed", "unchanged"), "kms:PutKeyPolicy"),
    ],
)
def test_failures__each_at_its_layer(failing, expected, part):
    facts = read(web(ALICE, to=[ALICE], statements=[naming(ALICE)]), snapshots=OPEN)

    found = reported(asked(snapshots=True), facts, failing=failing)

    assert layers(found, *ALL_LAYERS) == [expected]
    [failure] = found.failures
    assert part in failure and f"This concerns {ALICE} on {IMAGE_ID} in {REGION}" in failure
    [ami] = found.amis
    assert (ami.status, ami.after is None) == (("failed", True) if failing.launch else ("changed", False))


def test_failures__of_one_consumer_are_not_those_of_another():
    facts = read(web(ALICE, BOB, to=[ALICE], statements=[naming(BOB)]))

    found = reported(asked(account_ids=[ALICE, BOB]), facts, failing=Failing(grants=NO_REVOKE))

    assert layers(found) == [("removed", "failed"), ("removed", "removed")]


def test_a_run_that_ended_before_its_end_says_what_it_does_not_know():
    request, facts = asked(snapshots=True), read(web(ALICE, to=[ALICE]), snapshots=OPEN)
    plan = planned(request, facts)

    nothing = report_unshare(request, facts, Done(plan))
    half = report_unshare(request, facts, Done(plan, permissions=plan.permissions))

    assert layers(nothing, "launch", "key", "snapshot") == [("unknown", "unknown", "unknown")]
    assert layers(half, "launch", "key", "snapshot") == [("removed", "unknown", "unknown")]
    assert (nothing.changed, half.changed) == (False, True)
    assert nothing.amis[0].after["account_ids"] == [ALICE]
    assert any("ended before" in note for note in half.notes)


def test_a_permission_that_is_there_again_is_not_called_removed():
    request, facts = asked(), read(web(ALICE, to=[ALICE]))
    done = replace(run(request, facts), again={(REGION, IMAGE_ID): shared_with(ALICE)})

    found = report_unshare(request, facts, done)

    assert layers(found, "launch") == [("kept",)]
    assert found.notes[0].startswith(
        f"{ALICE} keeps the launch permission of {IMAGE_ID} in {REGION}: EC2 lists it again"
    )


def test_statements__who_stood_in_them_and_who_did_not():
    facts = read(web(ALICE, BOB, CAROL, statements=[naming(ALICE, CAROL)]))

    assert layers(reported(asked(account_ids=[ALICE, BOB]), facts)) == [
        ("removed", "removed"),
        ("removed", "unchanged"),
    ]


@pytest.mark.parametrize(
    ("given", "shared", "sid", "condition"),
    [
        (BY_ORGANIZATION, ORGANIZATION, "GoldenAmiOrganizations", OF_ORGANIZATION),
        (BY_UNIT, UNIT, "GoldenAmiOrganizationalUnits", OF_UNIT),
    ],
)
def test_statements__of_organizations_and_units(given, shared, sid, condition):
    there = statement("*", Sid=sid, Condition=condition)

    assert layers(reported(asked(**given), read(web(**shared, statements=[there])))) == [("removed", "removed")]
    assert layers(reported(asked(**given), read(web(**shared)))) == [("removed", "unchanged")]
    failed = reported(
        asked(**given), read(web(**shared, statements=[there])), failing=Failing(policies={KEY_ARN: NO_POLICY})
    )
    assert (layers(failed), len(failed.failures)) == ([("removed", "failed")], 1)


def test_statements__the_units_say_nothing_about_the_organization():
    """The statement for an OU has the organization's ID in it as well."""
    there = statement("*", Sid="GoldenAmiOrganizationalUnits", Condition=OF_UNIT)
    request = asked(**BY_UNIT, organization_arns=ORGANIZATION_ARN)

    found = reported(request, read(web(**ORGANIZATION, **UNIT, statements=[there])))

    assert [(one.kind, one.key.state) for one in found.consumers] == [
        ("organization", "unchanged"),
        ("organizational_unit", "removed"),
    ]


@pytest.mark.parametrize("grants", [granted_to(ALICE), ()])
def test_a_key_policy_that_could_not_be_read(grants):
    """Whether a statement still lets the account in is not known, whatever grants went."""
    found = reported(asked(), read(on_key(permissions=shared_with(ALICE), policy=DENIED, grants=grants)))

    assert layers(found) == [("removed", "unknown")]
    assert found.failures == ()
    [note] = [one for one in found.notes if "kms:GetKeyPolicy" in one]
    assert note.startswith(
        "whether statements of the key policy allow it is not known: kms:GetKeyPolicy as me: AccessDeniedException: no. Next: "
    )
    assert ALICE in note and KEY_ARN in note


@pytest.mark.parametrize(
    ("given", "existing", "expected"),
    [
        ({}, [ALICE, BOB], ["removed"]),
        ({}, [BOB], ["unchanged"]),
        ({"account_ids": [ALICE, CAROL]}, [ALICE, BOB], ["removed", "unchanged"]),
        ({"organization_arns": ORGANIZATION_ARN}, [ALICE], ["removed", "not_needed"]),
        (BY_ORGANIZATION, [ALICE], ["not_needed"]),
    ],
)
def test_snapshots(given, existing, expected):
    facts = read(web(ALICE, **ORGANIZATION), snapshots={(REGION, SNAPSHOT_ID): shared_with(*existing)})

    found = reported(asked(snapshots=True, key_access=None, **given), facts)

    assert [one.snapshot.state for one in found.consumers] == expected


@pytest.mark.parametrize("asked_for", [True, False])
def test_snapshots__a_public_one_stays_readable_for_whoever_was_removed(asked_for):
    facts = read(web(ALICE), snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE, public=True)})

    found = reported(asked(snapshots=asked_for, key_access=None), facts)

    assert layers(found, "snapshot") == [("kept",)]
    assert any(SNAPSHOT_ID in note and "is public, which is never changed here" in note for note in found.notes)


def test_snapshots__one_of_two_amis():
    """The same snapshot is closed once, and counts for both."""
    facts = read(web(ALICE), second(permissions=shared_with(ALICE)), snapshots=OPEN)
    request = asked(images=images_of(on_key(), second()), snapshots=True, key_access=None)

    assert [one.snapshot.state for one in reported(request, facts).consumers] == ["removed", "removed"]


def test_everything__all_who_had_a_permission():
    facts = read(
        web(BOB, ALICE, **ORGANIZATION, public=True, to=[ALICE, BOB]),
        there(shared_with(BOB)),
        snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE, BOB)},
    )
    request = asked(images=images_of(on_key(), there()), **EVERYTHING)

    found = reported(request, facts)

    assert [(one.image_id, one.label, one.launch.state, one.key.state) for one in found.consumers] == [
        (IMAGE_ID, ALICE, "removed", "removed"),
        (IMAGE_ID, BOB, "removed", "removed"),
        (IMAGE_ID, "o-exampleorgid", "removed", "unchanged"),
        (IMAGE_ID, "everybody", "removed", "not_needed"),
        (OTHER_IMAGE_ID, BOB, "removed", "unchanged"),
    ]
    assert found.amis[0].after == {
        "account_ids": [],
        "organization_arns": [],
        "organizational_unit_arns": [],
        "public": False,
    }


def test_everything__accounts_that_only_read_the_snapshots_are_said():
    facts = read(web(ALICE), snapshots={(REGION, SNAPSHOT_ID): shared_with(ALICE, CAROL)})

    found = reported(asked(snapshots=True, **EVERYTHING), facts)

    assert [(one.label, *one.states[:3]) for one in found.consumers] == [
        (ALICE, "removed", "unchanged", "removed"),
        (CAROL, "unchanged", "not_asked", "removed"),
    ]


def test_everything__again():
    found = reported(asked(**EVERYTHING), read(web()))

    assert (found.consumers, found.changed, found.failures) == ((), False, ())


def test_the_owner_is_no_consumer():
    found = reported(asked(account_ids=[OWNER, ALICE]), read(web(ALICE)))

    assert [one.label for one in found.consumers] == [ALICE]
    assert any(OWNER in note for note in found.notes)


def test_the_owner_of_the_key_needs_no_grant_to_lose():
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = on_key(key_arn=arn, permissions=shared_with(BOB), key=key(arn=arn, account_id=BOB))

    assert layers(reported(asked(account_ids=[BOB]), read(facts))) == [("removed", "not_needed")]


def test_a_named_key_has_rows_of_its_own():
    request = asked(images=None, keys=KEY_ARN, account_ids=[ALICE, BOB])
    facts = read(named={(REGION, KEY_ARN): key()}, keys=named_key(granted_to(ALICE)))

    found = reported(request, facts)

    assert [(one.image_id, one.key_arn, one.label, *one.states) for one in found.consumers] == [
        ("", KEY_ARN, ALICE, "not_needed", "removed", "not_needed", "unchanged"),
        ("", KEY_ARN, BOB, "not_needed", "unchanged", "not_needed", "unchanged"),
    ]
    assert found.diff()["before"] == f"{ALICE}: key access to {KEY_ARN} ({REGION})\n"
    assert found.amis == ()


def test_consumers_in_the_order_in_which_they_were_given():
    request = asked(**{**BY_UNIT, "account_ids": [CAROL, ALICE]}, organization_arns=ORGANIZATION_ARN, public=True)

    names = [one.label for one in reported(request, read(plain())).consumers]

    assert names == [CAROL, ALICE, "o-exampleorgid", "ou-abcd-exampleouid", "everybody"]


def test_is_data_for_json():
    facts = read(web(ALICE, to=[ALICE], statements=[naming(ALICE)]), snapshots=OPEN)

    found = reported(asked(account_ids=[ALICE, BOB], snapshots=True), facts, failing=Failing(grants=NO_REVOKE))

    assert json.loads(json.dumps(found.as_dict())) == found.as_dict()
    artifact = json.loads(found.artifact())
    assert artifact["not_gone"] == [ALICE]
    assert artifact["counts"]["key_access"] == {"failed": 1, "unchanged": 1}


def test_the_table_shows_first_with_whom_something_is_left():
    facts = read(web(ALICE, BOB, to=[ALICE, BOB]), snapshots={(REGION, SNAPSHOT_ID): shared_with()})

    found = reported(asked(account_ids=[ALICE, BOB]), facts, second(permissions=shared_with(BOB)))

    rows = [line.split()[0] for line in draw(found, False) if line.startswith(("1", "4"))]
    assert rows[0] == BOB
    assert all(len(line) <= 80 for line in draw(found, False) if "arn:" not in line)
