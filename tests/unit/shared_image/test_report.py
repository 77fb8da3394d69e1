# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a consumer's AMIs are shown: by whom they are shared, through what, and which is the newest."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._allowed_images.model import AllowedImages
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._shared_image.report import RegionFacts, show_region
from ansible_collections.golden.ami.plugins.module_utils._shared_image.request import SharedQuery
from tests.unit.builders import REGION, image

DENIED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeImages", REGION)


def listing(*images):
    return {one.image_id: one for one in images}


def made(name, day, **given):
    return image(image_id=f"ami-{day:017x}", name=name, creation_date=f"2026-11-{day:02}T09:30:00.000Z", **given)


ALL = SharedQuery((REGION,))


def show(query=ALL, **given):
    return show_region(query, RegionFacts(REGION, **{"shared": {}, **given}))


def ids(outcome):
    return [one["image_id"] for one in outcome.extra["images"]]


@pytest.mark.parametrize(
    ("in_organization", "through"),
    [(False, "account"), (True, "account_or_organization"), (None, "account_or_organization")],
)
def test_show__how_it_is_shared(in_organization, through):
    both, only_public = made("both", 1, public=True), made("public", 2, public=True)

    outcome = show(shared=listing(both), public=listing(both, only_public), in_organization=in_organization)

    assert [(one["name"], one["shared_through"], one["public"]) for one in outcome.extra["images"]] == [
        ("public", "public", True),
        ("both", through, True),
    ]


def test_show__the_newest_first_and_all_of_them():
    images = [made("a", 2), made("b", 3, state="disabled"), made("c", 1)]

    assert [int(one[4:], 16) for one in ids(show(shared=listing(*images)))] == [3, 2, 1]


@pytest.mark.parametrize(
    ("names", "days"),
    [
        (("golden-*",), [4]),
        (("golden-web-*", "golden-db-*"), [4, 2]),
        (("other-*",), []),
        (("golden-we?-1", "golden-*"), [4, 1]),
    ],
)
def test_show__the_newest_of_each_pattern_that_can_be_launched(names, days):
    images = [
        made("golden-web-1", 1),
        made("golden-db-1", 2),
        made("golden-web-2", 4),
        made("golden-web-3", 5, state="disabled"),
        made("golden-web-4", 6, state="pending"),
    ]

    outcome = show(SharedQuery((REGION,), names, newest=True), shared=listing(*images))

    assert [int(one[4:], 16) for one in ids(outcome)] == days


def test_show__ties_are_settled_the_same_way_every_time():
    twins = [made("a", 1), image(image_id="ami-00000000000000002", name="a", creation_date="2026-11-01T09:30:00.000Z")]
    query = SharedQuery((REGION,), ("a",), newest=True)

    assert ids(show(query, shared=listing(*twins))) == ids(show(query, shared=listing(*reversed(twins)))) != []


@pytest.mark.parametrize("which", ["shared", "public"])
def test_show__a_listing_that_could_not_be_read_is_not_empty(which):
    outcome = show(**{"shared": listing(made("a", 1)), which: DENIED})

    assert (outcome.failure, outcome.extra["images"]) == (DENIED, None)


@pytest.mark.parametrize(
    ("allowed", "state", "warned"),
    [
        (AllowedImages("enabled"), "enabled", True),
        (AllowedImages("audit-mode"), "audit-mode", False),
        (AllowedImages("disabled"), "disabled", False),
        (DENIED, None, False),
    ],
)
def test_show__says_where_amis_may_be_hidden(allowed, state, warned):
    outcome = show(allowed=allowed)

    assert outcome.extra["allowed_images"] == state
    assert bool(outcome.warnings) is warned
    assert outcome.failure is None
