# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several declarations that ask for copies of one AMI: the same copy is made once, two that cannot both be are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import Encryption, Storage
from ansible_collections.golden.ami.plugins.module_utils._share.copies import once
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    REGION,
    image,
    key,
)
from tests.unit.share.builders import asked, copied, foretold, planned, read, refused

SOURCE = f"{IMAGE_ID} {REGION}"


def declared(*entries):
    """A declaration for each of these, of one source and one other Region unless they say otherwise."""
    usual = {"source": SOURCE, "regions": OTHER_REGION, "account_ids": ALICE}
    listed = [{"name": f"part-{number}", **usual, **one} for number, one in enumerate(entries, 1)]
    return asked(images=None, account_ids=None, declarations=listed)


def to_start(arn="", region=OTHER_REGION, source=None, **given):
    """A Region without a copy yet."""
    about = source or image()
    found = copied(region, about, encryption=Encryption(False), storage=Storage({}), **given)
    return replace(found, key=key(arn=arn) if arn else None, own_region=region == about.region)


def facts(*copies):
    return read(copies=tuple((one,) for one in copies))


@pytest.mark.parametrize(
    ("entries", "arns", "options"),
    [
        (({}, {"account_ids": BOB}), ("", ""), ""),
        (({"copy_name": "one"}, {"copy_name": "two"}), ("", ""), "copy_name"),
        (({}, {"copy_description": "two"}), ("", ""), "copy_description"),
        (({}, {"copy_tags": {"Team": "web"}}), ("", ""), "copy_tags, copy_source_tags"),
        (({}, {"copy_source_tags": False}), ("", ""), "copy_tags, copy_source_tags"),
        (({}, {"copy_completion_minutes": 30}), ("", ""), "copy_completion_minutes"),
        (({"kms_keys": "alias/a"}, {"kms_keys": "alias/b"}), (KEY_ARN, OTHER_KEY_ARN), "kms_keys"),
        (({}, {"kms_keys": "alias/b"}), ("", OTHER_KEY_ARN), "kms_keys"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refusals__different_copies_where_there_may_be_one(entries, arns, options):
    found = refused(declared(*entries), facts(*map(to_start, arns)))

    if not options:
        assert found == []
        return
    [sentence] = found
    assert sentence.startswith(
        f"declarations: part-1 and part-2 ask for different copies of {IMAGE_ID} in {OTHER_REGION}"
    )
    assert f"they differ in what {options} say." in sentence


def test_refusals__copies_of_different_amis_and_in_different_regions_are_nobodys_contradiction():
    other = declared({"copy_name": "one"}, {"copy_name": "two", "source": f"{OTHER_IMAGE_ID} {REGION}"})
    assert refused(other, facts(to_start(), to_start(source=image(image_id=OTHER_IMAGE_ID)))) == []

    elsewhere = declared({"copy_name": "one"}, {"copy_name": "two", "regions": "eu-central-1"})
    assert refused(elsewhere, facts(to_start(), to_start(region="eu-central-1"))) == []


def test_refusals__beside_its_source_there_may_be_a_copy_for_each_key():
    keys = ({REGION: "alias/a"}, {REGION: "alias/b"})
    request = declared(
        *({"kms_keys": one, "regions": REGION, "account_ids": who} for one, who in zip(keys, (ALICE, BOB), strict=True))
    )
    found = facts(to_start(KEY_ARN, REGION), to_start(f"{KEY_ARN[:-4]}beef", REGION))

    assert refused(request, found) == []
    # Two copies, each for its own consumers.
    assert [[one.value for one in target.wanted] for target in planned(request, found).targets] == [[ALICE], [BOB]]
    assert len({(row.region, row.subject) for row in foretold(request, found).consumers}) == 2


def test_once__what_two_declarations_ask_for_is_made_once():
    request = declared({}, {"account_ids": BOB}, {"regions": "eu-central-1"})
    plan = planned(request, facts(to_start(), to_start(), to_start(region="eu-central-1")))
    calls = []

    def make(copies):
        calls.append([one.target["region"] for one in copies])
        return [replace(one, extra={**one.extra, "image_id": f"ami-{number}"}) for number, one in enumerate(copies)]

    made = once(plan.copies, make)

    assert calls == [[OTHER_REGION, "eu-central-1"]]
    assert [one.extra["image_id"] for one in made] == ["ami-0", "ami-0", "ami-1"]
