# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which AMIs are encrypted with which key, and when nobody may conclude that there are no more."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import (
    KeyImages,
    RegionImages,
    images_on,
    show_key_images,
    snapshots_to_read,
)
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    REGION,
    image,
    key,
    policy_text,
    shared_with,
    statement,
)

DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION)


def ami(image_id, *snapshot_ids, encrypted=True, **given):
    """``encrypted``: all its snapshots, none, or these."""
    listed = {True: snapshot_ids, False: ()}.get(encrypted, encrypted)
    return image(image_id=image_id, snapshot_ids=snapshot_ids, encrypted_snapshot_ids=listed, **given)


def region(*images, **keys):
    """``keys``: the key of each snapshot that can be seen, empty for one that is not encrypted."""
    found = {name.replace("_", "-"): arn for name, arn in keys.items()}
    snapshots = {name: Snapshot(name, bool(arn), arn) for name, arn in found.items()}
    return RegionImages({one.image_id: one for one in images}, snapshots)


def shown(listed, permissions=None, policy=None, **given):
    found = images_on(given.get("key", key()), listed)
    read = permissions if permissions is not None else {one.image_id: shared_with(ALICE) for one in found}
    return show_key_images(
        None, KeyImages("alias/golden", REGION, given.get("key", key()), listed, read, policy)
    ).as_info()


def test_snapshots_to_read__the_encrypted_ones():
    images = [
        ami("ami-1", "snap-1", "snap-2"),
        ami("ami-2", "snap-3", encrypted=False),
        ami("ami-3"),
        ami("ami-4", "snap-4", "snap-5", encrypted=("snap-5",)),
    ]

    assert snapshots_to_read(images) == ["snap-1", "snap-2", "snap-5"]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param(region(ami("ami-1", "snap-1"), snap_1=KEY_ARN), ["ami-1"], id="on the key"),
        pytest.param(region(ami("ami-1", "snap-1"), snap_1=OTHER_KEY_ARN), [], id="on another key"),
        pytest.param(region(ami("ami-1", "snap-1", encrypted=False)), [], id="not encrypted, so never read"),
        pytest.param(
            region(ami("ami-1", "snap-1", "snap-2"), snap_1=OTHER_KEY_ARN, snap_2=KEY_ARN), ["ami-1"], id="one of two"
        ),
        pytest.param(
            region(ami("ami-1", "snap-1", "snap-2"), snap_1="", snap_2=KEY_ARN), ["ami-1"], id="encrypted in part"
        ),
        pytest.param(
            region(ami("ami-2", "snap-1"), ami("ami-1", "snap-1"), snap_1=KEY_ARN), ["ami-1", "ami-2"], id="sorted"
        ),
        pytest.param(region(ami("ami-1", "snap-1", state="disabled"), snap_1=KEY_ARN), ["ami-1"], id="disabled"),
        pytest.param(region(ami("ami-1")), [], id="no snapshot"),
        pytest.param(
            region(ami("ami-1", "snap-1", "snap-2", encrypted=("snap-2",)), snap_2=OTHER_KEY_ARN),
            [],
            id="what is not encrypted need not be seen",
        ),
        pytest.param(region(), [], id="no AMIs"),
        pytest.param(region(ami("ami-1", "snap-1", "snap-2"), snap_1=KEY_ARN), ["ami-1"], id="known, one unseen"),
    ],
)
def test_show_key_images__finds(listed, expected):
    result = shown(listed)

    assert [one["image_id"] for one in result["images"]] == expected
    assert result["error"] is None


def test_show_key_images__a_key_that_was_associated_later():
    snapshot = Snapshot("snap-1", True, OTHER_KEY_ARN, associated_key_arns=(KEY_ARN,))
    listed = RegionImages({IMAGE_ID: ami(IMAGE_ID, "snap-1")}, {"snap-1": snapshot})

    assert [one["image_id"] for one in shown(listed)["images"]] == [IMAGE_ID]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(region(ami("ami-1", "snap-1")), id="nothing seen"),
        pytest.param(region(ami("ami-1", "snap-1", "snap-2"), snap_1=OTHER_KEY_ARN), id="the rest on another key"),
        pytest.param(region(ami("ami-1", "snap-1", "snap-2"), snap_1=""), id="the rest not encrypted"),
        pytest.param(
            RegionImages({"ami-1": ami("ami-1", "snap-1")}, {"snap-1": Snapshot("snap-1", True)}), id="without its key"
        ),
        pytest.param(region(ami("ami-1", "snap-1"), ami("ami-2", "snap-2"), snap_2=KEY_ARN), id="besides a known one"),
    ],
)
def test_show_key_images__an_ami_whose_key_is_unknown_may_be_on_this_one(listed):
    result = shown(listed)

    assert (result["images"], result["error"]["code"]) == (None, "snapshot_not_found")
    assert "of ami-1" in result["error"]["message"]
    assert "ami-2" not in result["error"]["message"]
    assert result["error"]["next_step"]


def test_show_key_images__permissions_as_in_image_info():
    listed = region(ami(IMAGE_ID, "snap-1"), snap_1=KEY_ARN)

    (found,) = shown(listed, {IMAGE_ID: shared_with(ALICE, public=True)})["images"]

    assert found == {
        "image_id": IMAGE_ID,
        "name": "golden-web",
        "state": "available",
        "launch_permissions": {
            "account_ids": [ALICE],
            "organization_arns": [],
            "organizational_unit_arns": [],
            "public": True,
        },
    }


def test_show_key_images__permissions_that_were_not_read_are_not_nobody():
    listed = region(ami(IMAGE_ID, "snap-1"), ami(OTHER_IMAGE_ID, "snap-1"), snap_1=KEY_ARN)

    result = shown(listed, {IMAGE_ID: shared_with(), OTHER_IMAGE_ID: DENIED})

    assert (result["images"], result["error"]["code"]) == (None, DENIED.code)


@pytest.mark.parametrize("part", ["key", "listed"])
def test_show_key_images__what_could_not_be_read_is_no_empty_list(part):
    given = {"key": key(), "listed": region(), part: DENIED}

    result = show_key_images(None, KeyImages("alias/golden", REGION, given["key"], given["listed"])).as_info()

    assert (result["images"], result["error"]["code"]) == (None, DENIED.code)
    assert result["key_arn"] == (None if part == "key" else KEY_ARN)


@pytest.mark.parametrize(
    ("policy", "sids", "code"),
    [
        (policy_text(ADMINISTRATION, statement()), ["Enable IAM User Permissions", "GoldenAmiLaunch"], None),
        (policy_text(statement(Sid=None), statement(Sid="")), [], None),
        ('{"Version": "2012-10-17", "Statement": {"Sid": "one", "Effect": "Allow"}}', ["one"], None),
        ("no JSON", None, "unreadable_policy"),
        (DENIED, None, DENIED.code),
        (None, None, None),
    ],
)
def test_show_key_images__sids(policy, sids, code):
    result = shown(region(), policy=policy)

    assert (result["statement_sids"], (result["policy_error"] or {}).get("code")) == (sids, code)
    assert (result["images"], result["error"]) == ([], None)


def test_show_key_images__why_the_policy_was_not_read():
    assert shown(region(), policy=DENIED)["policy_error"]["next_step"] == DENIED.next_step
