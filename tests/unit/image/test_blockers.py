# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.blockers import (
    Sharing,
    blockers_of_change,
    find_blockers,
    unread,
)
from ansible_collections.golden.ami.plugins.module_utils._image.key_report import KeyQuery
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.report import ImageQuery, parse_query, show_image
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from tests.unit.builders import (
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    accounts,
    grant,
    grant_request,
    image,
    image_facts,
    key,
    permission_params,
    shared_with,
    terms,
)

NOBODY = Sharing(frozenset(), 1000)
PUBLIC = Sharing(shared_with(public=True), 1000)
NOT_OWNER = Failure("AuthFailure", "Not authorized for image", action="ec2:DescribeImageAttribute", region=REGION)
DENIED = Failure("AccessDeniedException", "no", action="kms:DescribeKey", region=REGION)
PLAIN = {SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, False)}
ENCRYPTED = {SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, True, KEY_ARN)}


def on(snapshots=None, permissions=frozenset(), **given):
    """Facts about an AMI on these snapshots, a plain one if none are given."""
    snapshots = PLAIN if snapshots is None else snapshots
    about = image(snapshot_ids=(SNAPSHOT_ID,), **given.pop("about", {}))
    return image_facts(permissions, image=about, snapshots=snapshots, **given)


def on_key(**given):
    return on(ENCRYPTED, keys={KEY_ARN: key(**given)})


def codes(facts, sharing=NOBODY):
    return [blocker.code for blocker in find_blockers(facts, sharing)]


CASES = [
    pytest.param(image_facts(image=None), NOBODY, "not_found", id="not_found"),
    pytest.param(
        image_facts(image=None, selector=ImageSelector(REGION, name="golden-*", tags=(("Role", "web"),))),
        NOBODY,
        "not_found",
        id="not_found by filter",
    ),
    pytest.param(on(permissions=NOT_OWNER), NOBODY, "not_owner", id="not_owner"),
    pytest.param(on(about={"state": "pending"}), NOBODY, "pending", id="pending"),
    pytest.param(on(about={"state": "failed"}), NOBODY, "failed", id="failed"),
    pytest.param(on(about={"state": "disabled"}), NOBODY, "disabled", id="disabled"),
    pytest.param(on(about={"state": "error"}), NOBODY, "not_available", id="not_available"),
    pytest.param(on({}), NOBODY, "snapshot_not_found", id="snapshot_not_found"),
    pytest.param(on_key(manager="AWS"), NOBODY, "aws_managed_key", id="aws_managed_key"),
    pytest.param(on_key(state="Disabled"), NOBODY, "key_disabled", id="key_disabled"),
    pytest.param(on_key(state="PendingDeletion"), NOBODY, "key_pending_deletion", id="key_pending_deletion"),
    pytest.param(on_key(state="PendingReplicaDeletion"), NOBODY, "key_pending_deletion", id="key_pending_replica"),
    pytest.param(on_key(state="PendingImport"), NOBODY, "key_unusable", id="key_unusable"),
    pytest.param(on(ENCRYPTED, keys={KEY_ARN: key()}), PUBLIC, "public_encrypted", id="public_encrypted"),
    pytest.param(on(about={"product_codes": ("abc",)}), PUBLIC, "public_product_codes", id="public_product_codes"),
    pytest.param(on(public_access_block="block-new-sharing"), PUBLIC, "public_access_blocked", id="public_access"),
    pytest.param(on(), Sharing(shared_with(*accounts(1001)), 1000), "quota", id="quota"),
]


@pytest.mark.parametrize(("facts", "sharing", "code"), CASES)
def test_find_blockers__each_has_a_message_and_a_cure(facts, sharing, code):
    (blocker,) = find_blockers(facts, sharing)

    assert blocker.code == code
    assert any(named in blocker.message for named in (IMAGE_ID, KEY_ARN, facts.selector.described or IMAGE_ID, REGION))
    assert blocker.cure.endswith(".")


@pytest.mark.parametrize(("facts", "sharing", "code"), CASES)
def test_show_image__a_blocked_ami_is_not_shareable(facts, sharing, code):
    shown = show_image(ImageQuery(sharing), facts).as_info()

    assert shown["shareable"] is False
    assert [blocker["code"] for blocker in shown["blockers"]] == [code]
    assert shown["error"] is None


@pytest.mark.parametrize(
    ("facts", "sharing"),
    [
        pytest.param(on(), Sharing(shared_with(ALICE), 1000), id="unencrypted"),
        pytest.param(on_key(), Sharing(shared_with(ALICE), 1000), id="customer key"),
        pytest.param(on_key(state="Updating"), NOBODY, id="key that is updating"),
        pytest.param(on(public_access_block="block-new-sharing"), NOBODY, id="block public access, nothing public"),
        pytest.param(on(public_access_block="unblocked"), PUBLIC, id="public"),
        pytest.param(
            on(permissions=shared_with(public=True), public_access_block="block-new-sharing"),
            PUBLIC,
            id="public already stays public",
        ),
        pytest.param(on(permissions=shared_with(*accounts(1200))), NOBODY, id="above the quota, nothing added"),
        pytest.param(image_facts(), NOBODY, id="no EBS snapshot at all"),
        pytest.param(on(), Sharing(shared_with(*accounts(1000), OWNER), 1000), id="the owner does not count"),
    ],
)
def test_find_blockers__none(facts, sharing):
    assert codes(facts, sharing) == []
    assert show_image(ImageQuery(sharing), facts).as_info()["shareable"] is True


def test_find_blockers__all_of_them():
    facts = on(
        {SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, True, KEY_ARN)},
        keys={KEY_ARN: key(manager="AWS")},
        about={"state": "pending", "product_codes": ("abc",)},
        public_access_block="block-new-sharing",
    )

    assert codes(facts, Sharing(shared_with(*accounts(2), public=True), 1)) == [
        "pending",
        "aws_managed_key",
        "public_encrypted",
        "public_product_codes",
        "public_access_blocked",
        "quota",
    ]


def test_find_blockers__one_bad_key_among_several():
    other = KEY_ARN.replace("1234abcd", "deadbeef")
    facts = image_facts(
        image=image(snapshot_ids=("snap-1", "snap-2", "snap-3")),
        snapshots={
            "snap-1": Snapshot("snap-1", False),
            "snap-2": Snapshot("snap-2", True, KEY_ARN),
            "snap-3": Snapshot("snap-3", True, other),
        },
        keys={KEY_ARN: key(), other: key(arn=other, manager="AWS")},
    )

    (blocker,) = find_blockers(facts, NOBODY)

    assert blocker.code == "aws_managed_key"
    assert "snap-3" in blocker.message and other in blocker.message
    assert "snap-2" not in blocker.message


def test_find_blockers__not_the_owner_names_both_and_why_it_is_known():
    (blocker,) = find_blockers(on(permissions=NOT_OWNER), NOBODY)

    assert f"belongs to account {OWNER}" in blocker.message and "AuthFailure" in blocker.message
    assert OWNER in blocker.cure


def test_find_blockers__snapshots_of_somebody_elses_ami_are_not_missing():
    assert codes(on({}, permissions=NOT_OWNER)) == ["not_owner"]


@pytest.mark.parametrize(
    ("facts", "failures"),
    [
        pytest.param(image_facts(image=DENIED), (DENIED,), id="AMI"),
        pytest.param(on(permissions=DENIED), (DENIED,), id="permissions"),
        pytest.param(on({SNAPSHOT_ID: DENIED}), (DENIED,), id="snapshot"),
        pytest.param(on(ENCRYPTED, keys={KEY_ARN: DENIED}), (DENIED,), id="key"),
        pytest.param(on(public_access_block=DENIED), (DENIED,), id="block public access"),
        pytest.param(on(permissions=NOT_OWNER), (), id="not the owner is a blocker"),
        pytest.param(on(), (), id="all read"),
    ],
)
def test_unread__is_no_blocker_but_not_shareable_either(facts, failures):
    assert unread(facts) == failures
    if failures:
        assert codes(facts) == []
        shown = show_image(ImageQuery(NOBODY), facts)
        assert (shown.failure, shown.extra["shareable"]) == (DENIED, False)


def test_blockers_of_change__does_not_judge_what_it_has_not_read():
    facts = image_facts(image=image(encrypted=True))

    assert blockers_of_change(facts, shared_with(ALICE, public=True), 1000) == ()


MANAGED = on(ENCRYPTED, keys={KEY_ARN: key(manager="AWS")}, about={"product_codes": ("abc",)})


@pytest.mark.parametrize(
    ("facts", "after", "found"),
    [
        pytest.param(MANAGED, shared_with(ALICE), ["aws_managed_key"], id="AWS managed key"),
        pytest.param(
            replace(MANAGED, public_access_block="block-new-sharing"),
            shared_with(public=True),
            ["aws_managed_key", "public_encrypted", "public_product_codes", "public_access_blocked"],
            id="public",
        ),
        pytest.param(replace(MANAGED, permissions=shared_with(ALICE)), shared_with(ALICE), [], id="nothing changes"),
        pytest.param(replace(MANAGED, permissions=shared_with(ALICE)), frozenset(), [], id="somebody is removed"),
        pytest.param(
            replace(MANAGED, permissions=shared_with(public=True)),
            shared_with(ALICE, public=True),
            ["aws_managed_key"],
            id="public already",
        ),
        pytest.param(on_key(state="Disabled"), shared_with(ALICE), [], id="EC2 does not look at the key's state"),
        pytest.param(on({}), shared_with(ALICE), [], id="EC2 does not look for the snapshots"),
    ],
)
def test_blockers_of_change__what_ec2_would_refuse(facts, after, found):
    assert [blocker.code for blocker in blockers_of_change(facts, after, 1000)] == found


def test_find_blockers__the_cure_of_an_aws_managed_key_exists():
    (blocker,) = find_blockers(on_key(manager="AWS"), NOBODY)

    assert "golden.ami.image_copy" in blocker.cure and "own Region" in blocker.cure and "kms_key_id" in blocker.cure


OF_KEYS = {
    "grantees": None,
    "grant_operations": None,
    "grant_name": "golden-ami",
    "statements": None,
    "auto_scaling": False,
}


def query(**given):
    return parse_query({**permission_params(), **OF_KEYS, **given}, "aws")


def test_parse_query__checks_like_the_modules_that_share():
    assert query(account_ids=[ALICE]) == ImageQuery(Sharing(shared_with(ALICE), 1000))
    assert query().sharing.wanted == frozenset()
    assert query(grantees=[ALICE]).keys.grants == grant_request(ALICE)
    assert query(grantees=[ALICE], grant_operations=["Decrypt"], grant_name="x").keys.grants == grant_request(
        ALICE, prefix="x", terms=terms("Decrypt")
    )
    with pytest.raises(InputError) as refused:
        query(account_ids=["x"], launch_permission_quota=-1, grantees=["y"], grant_name="a b")
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "account_ids",
        "launch_permission_quota",
        "grantees",
        "name",
    ]


@pytest.mark.parametrize(
    ("about", "actual", "missing", "complete"),
    [
        pytest.param({}, [], [ALICE], False, id="missing"),
        pytest.param({}, [grant(ALICE)], [], True, id="there"),
        pytest.param({}, [grant(ALICE, name="")], [ALICE], False, id="somebody else's"),
        pytest.param({}, [grant(ALICE), grant(ALICE, "g-2")], [], False, id="twice"),
        pytest.param({}, [grant(ALICE, allowed=terms("Decrypt"))], [ALICE], False, id="allows something else"),
        pytest.param({"state": "Disabled"}, [], None, None, id="the key cannot have it"),
        pytest.param({"account_id": ALICE}, [], [], True, id="the key's owner"),
    ],
)
def test_show_image__what_kms_grant_would_do(about, actual, missing, complete):
    facts = on(ENCRYPTED, keys={KEY_ARN: key(**about)}, grants={KEY_ARN: tuple(actual)})

    [shown] = show_image(ImageQuery(NOBODY, KeyQuery(grant_request(ALICE))), facts).as_info()["kms_keys"]

    arns = None if missing is None else [f"arn:aws:iam::{account}:root" for account in missing]
    assert (shown["missing_grantees"], shown["grants_complete"]) == (arns, complete)
    [unasked] = show_image(ImageQuery(NOBODY), facts).as_info()["kms_keys"]
    assert (unasked["missing_grantees"], unasked["grants_complete"]) == (None, None)


@pytest.mark.parametrize(("manager", "failures"), [("CUSTOMER", (DENIED,)), ("AWS", ())])
def test_unread__grants_matter_where_they_can_be_made(manager, failures):
    facts = on(ENCRYPTED, keys={KEY_ARN: key(manager=manager)}, grants={KEY_ARN: DENIED})

    assert unread(facts) == failures
    shown = show_image(ImageQuery(NOBODY, KeyQuery(grant_request(ALICE))), facts).as_info()
    assert (shown["shareable"], shown["kms_keys"][0]["missing_grantees"]) == (False, None)


def test_show_image__unreadable_parts_are_null():
    shown = show_image(ImageQuery(NOBODY), on({SNAPSHOT_ID: DENIED}, permissions=NOT_OWNER)).as_info()

    assert shown["snapshots"] == [{"snapshot_id": SNAPSHOT_ID, "encrypted": None, "kms_key_arn": None}]
    assert (shown["launch_permissions"], shown["owner_id"], shown["found"]) == (None, OWNER, True)


def test_show_image__of_a_filter_names_the_ami_that_was_found():
    selector = ImageSelector(REGION, name="golden-*")

    found = show_image(ImageQuery(NOBODY), image_facts(selector=selector)).as_info()
    missing = show_image(ImageQuery(NOBODY), image_facts(image=None, selector=selector)).as_info()

    assert (found["image_id"], found["found"]) == (IMAGE_ID, True)
    assert (missing["image_id"], missing["found"], missing["name"]) == ("name golden-*", False, None)
    assert set(found) == set(missing)
