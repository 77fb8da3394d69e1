# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is refused before the first write, judged on the sum of what is planned."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._share import refusals
from ansible_collections.golden.ami.plugins.module_utils._share.facts import KeyRead
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    KEY_ID,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT_ARN,
    accounts,
    grant,
    image,
    key,
    policy_text,
)
from tests.unit.share.builders import asked, copied, on_key, plain, read, refused

DENIED = Failure("AccessDeniedException", "Not for you", "Allow it.", "kms:ListGrants", REGION)
COPY = {"images": None, "source": f"{IMAGE_ID} {REGION}", "regions": OTHER_REGION, "kms_keys": "alias/golden"}
NEW_KEY = key(arn=OTHER_KEY_ARN)


def test_refusals__none():
    assert refused(asked(), read(on_key())) == []


@pytest.mark.parametrize(
    ("given", "facts", "parts"),
    [
        ({}, read(plain(image=None)), [REGION, IMAGE_ID, "is not in eu-west-1"]),
        ({}, read(plain(image=image(state="pending"))), ["still pending", "Next: Wait"]),
        ({}, read(on_key(key=key(manager="AWS"))), ["AWS managed key", "Copy the AMI"]),
        ({}, read(on_key(key=key(state="Disabled"))), ["is disabled"]),
        (
            {},
            read(on_key(grants=DENIED)),
            ["kms:ListGrants: AccessDeniedException", f"This concerns {IMAGE_ID} in {REGION}."],
        ),
        ({"public": True}, read(on_key()), ["has encrypted snapshots", "cannot be public"]),
        (
            {"launch_permission_quota": 1, "account_ids": [ALICE, BOB]},
            read(plain()),
            ["shared with 2 accounts", "quota is 1"],
        ),
        ({"snapshots": True}, read(plain()), [IMAGE_ID, "no EBS snapshots"]),
        ({"account_ids": OWNER}, read(plain()), ["Nobody to share with: account_ids names only the account that owns"]),
        (
            {"account_ids": None, "organization_arns": ORGANIZATION_ARN},
            read(on_key(policy=DENIED)),
            ["AccessDeniedException"],
        ),
        (
            {"organizational_unit_arns": UNIT_ARN},
            read(on_key()),
            [f"Encrypted: {IMAGE_ID} in {REGION}.", "organizational_unit_paths"],
        ),
    ],
)
def test_refusals(given, facts, parts):
    found = refused(asked(**given), facts)

    assert len(found) == 1, found
    assert all(part in found[0] for part in parts), found


def test_refusals__a_policy_that_only_auto_scaling_is_about_may_be_unreadable():
    assert refused(asked(), read(on_key(policy=DENIED))) == []


def test_refusals__an_ou_whose_path_is_not_known_does_not_matter_without_a_key():
    assert refused(asked(organizational_unit_arns=UNIT_ARN), read(plain())) == []


def test_refusals__equal_reasons_once_with_all_that_they_concern():
    two = asked(images=f"{IMAGE_ID} {REGION}\n{OTHER_IMAGE_ID} {REGION}")
    [sentence] = refused(two, read(on_key(grants=DENIED), on_key(OTHER_IMAGE_ID, grants=DENIED)))

    assert sentence.startswith("kms:ListGrants")
    assert sentence.endswith(f"This concerns {IMAGE_ID} in {REGION}, {OTHER_IMAGE_ID} in {REGION}.")


def test_refusals__reasons_that_are_alike_once():
    """Each AMI is named in its reason; seventeen Regions are no seventeen reasons."""
    images = [f"ami-{number:017x}" for number in range(5)]
    request = asked(
        images="\n".join(f"{one} {REGION}" for one in images), account_ids=[ALICE, BOB], launch_permission_quota=1
    )
    [sentence] = refused(request, read(*map(plain, images)))

    assert sentence.startswith(f"{images[0]} would be shared with 2 accounts")
    assert f"The same, each with its own names, concerns {images[0]} in {REGION}, {images[1]} in" in sentence
    assert all(one in sentence for one in images)


def test_refusals__a_key_policy_that_would_be_too_large_by_the_sum_of_its_statements():
    """245 accounts fit into a policy; their service-linked roles do not fit beside them."""
    many = accounts(245)
    by_policy = asked(account_ids=many, key_access="key_policy")
    both = asked(account_ids=many, key_access="key_policy", auto_scaling="key_policy")

    assert refused(by_policy, read(on_key())) == []
    [sentence] = refused(both, read(on_key()))
    assert "KMS takes 32,768" in sentence and KEY_ARN in sentence


@pytest.mark.parametrize(
    ("there", "new", "expected"), [(1, 2, False), (1, 3, True), (4, 3, False), (4, 1, False)], ids=str
)
def test_refusals__more_grants_than_a_key_may_have(monkeypatch, there, new, expected):
    """A key that has more of them already has a higher quota."""
    monkeypatch.setattr(refusals, "GRANTS_OF_A_KEY", 3)
    others = tuple(grant(one, f"g-{number}") for number, one in enumerate(accounts(there, 900_000_000_000)))

    found = refused(asked(account_ids=accounts(new)), read(on_key(grants=others)))

    assert bool(found) is expected
    assert not expected or "KMS allows 3 on a key" in found[0]


def test_refusals__a_copy_that_cannot_be_made():
    [sentence] = refused(asked(**COPY), read(copies=((copied(source=image(state="pending"), key=NEW_KEY),),)))

    assert "only an available AMI can be copied" in sentence and OTHER_REGION in sentence


@pytest.mark.parametrize(
    ("given", "key_read", "parts"),
    [
        ({"public": True}, {}, ["the copy would be encrypted and cannot be public"]),
        ({"account_ids": [ALICE, BOB], "launch_permission_quota": 1}, {}, ["the copy would be shared with 2 accounts"]),
        ({}, {"grants": DENIED}, ["kms:ListGrants: AccessDeniedException"]),
        ({"account_ids": None, "organization_arns": ORGANIZATION_ARN}, {"policy": DENIED}, ["AccessDeniedException"]),
    ],
)
def test_refusals__what_is_known_of_a_copy_before_it_is_made(given, key_read, parts):
    there = KeyRead(**{"key": NEW_KEY, "grants": (), "policy": policy_text(ADMINISTRATION), **key_read})
    facts = read(copies=((copied(key=NEW_KEY),),), keys={(OTHER_REGION, OTHER_KEY_ARN): there})

    [sentence] = refused(asked(**{**COPY, **given}), facts)

    assert all(part in sentence for part in parts), sentence
    assert KEY_ID in sentence or OTHER_REGION in sentence
