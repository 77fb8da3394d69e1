# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tags are set, removed and left alone; a consumer's own tags never go by accident."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._consumer.request import Consumers
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_tags.plan import (
    TagChange,
    TagFacts,
    not_applied,
    plan_tags,
    warn_of_kept,
)
from ansible_collections.golden.ami.plugins.module_utils._image_tags.request import TagsRequest
from tests.unit.builders import ALICE, BOB, IMAGE_ID, OWNER, REGION, image

SELECTOR = ImageSelector(REGION, IMAGE_ID)
DENIED = Failure("UnauthorizedOperation", "no", "", "ec2:DescribeImages", REGION)
OWNERS = {"Release": "2026-11", "Team": "images", "aws:cloudformation:stack-name": "pipeline"}


def request(**given):
    return TagsRequest(Consumers((ALICE,), "p"), (SELECTOR,), **given)


def plan(have=None, source=MappingProxyType(OWNERS), account_id=ALICE, **given):
    """``have``: the account's tags; a Failure or None as they are."""
    seen = image(tags=have) if isinstance(have, dict) else have
    owned = image(tags=dict(source)) if isinstance(source, Mapping) else source
    return plan_tags(request(**given), TagFacts(account_id, SELECTOR, seen, owned))


@pytest.mark.parametrize(
    ("have", "given", "new", "kept"),
    [
        pytest.param({}, {}, {"Release": "2026-11", "Team": "images"}, {}, id="all but AWS's own"),
        pytest.param({"Team": "images"}, {}, {"Release": "2026-11"}, {}, id="what is missing"),
        pytest.param({"Release": "2026-11", "Team": "images"}, {}, {}, {}, id="nothing is missing"),
        pytest.param({"Team": "web"}, {}, {"Release": "2026-11"}, {"Team": "web"}, id="the consumer's own value stays"),
        pytest.param(
            {"Team": "web"}, {"overwrite": True}, {"Release": "2026-11", "Team": "images"}, {}, id="overwritten"
        ),
        pytest.param({"Team": ""}, {}, {"Release": "2026-11"}, {"Team": ""}, id="an empty value is a value"),
        pytest.param({}, {"keys": ("Team",)}, {"Team": "images"}, {}, id="one of them"),
        pytest.param({"Own": "x"}, {"tags": {"A": "1"}}, {"A": "1"}, {}, id="given ones"),
        pytest.param({}, {"tags": {}}, {}, {}, id="none"),
    ],
)
def test_plan_tags__present(have, given, new, kept):
    outcome = plan(have, **given)

    assert (outcome.extra["set"], outcome.extra["removed"], outcome.extra["kept"]) == (new, {}, kept)
    assert (outcome.before, outcome.after) == (have, {**have, **new})
    expected = TagChange(ALICE, SELECTOR, tuple(sorted(new.items()))) if new else None
    assert (outcome.change, outcome.changed) == (expected, bool(new))


@pytest.mark.parametrize(
    ("have", "given", "gone", "kept"),
    [
        pytest.param({"Release": "2026-11", "Own": "x"}, {}, {"Release": "2026-11"}, {}, id="what matches"),
        pytest.param({"Release": "2026-10"}, {}, {}, {"Release": "2026-10"}, id="another value is not ours"),
        pytest.param({"Own": "x"}, {}, {}, {}, id="nothing matches"),
        pytest.param(
            {"Team": "images", "Release": "2026-11"}, {"keys": ("Team",)}, {"Team": "images"}, {}, id="one of them"
        ),
        pytest.param({"A": "1"}, {"tags": {"A": "1"}}, {"A": "1"}, {}, id="given ones"),
    ],
)
def test_plan_tags__absent(have, given, gone, kept):
    outcome = plan(have, state="absent", **given)

    assert (outcome.extra["set"], outcome.extra["removed"], outcome.extra["kept"]) == ({}, gone, kept)
    assert outcome.after == {key: value for key, value in have.items() if key not in gone}
    assert outcome.change == (TagChange(ALICE, SELECTOR, (), tuple(gone.items())) if gone else None)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ({"have": DENIED}, "UnauthorizedOperation"),
        ({"have": None}, "not_shared"),
        ({"have": {}, "source": None}, "not_found"),
        ({"have": {}, "source": DENIED}, "UnauthorizedOperation"),
        ({"have": {}, "keys": ("Team", "Stage")}, "no_such_tag"),
        ({"have": {}, "keys": ("aws:cloudformation:stack-name",)}, "no_such_tag"),
        ({"have": {f"k{number}": "" for number in range(49)}}, "too_many_tags"),
    ],
)
@pytest.mark.parametrize("state", ["present"])
def test_plan_tags__failed(read, code, state):
    outcome = plan(**read, state=state)

    assert (outcome.failure.code, outcome.change, outcome.changed) == (code, None, False)
    assert outcome.failure.next_step or code == "UnauthorizedOperation"


def test_plan_tags__given_tags_need_no_owner():
    assert plan({}, source=None, tags={"A": "1"}).changed


@pytest.mark.parametrize(
    "have",
    [
        {f"k{number}": "" for number in range(48)},
        {**{f"k{number}": "" for number in range(48)}, "aws:x": "1", "aws:y": "2"},
    ],
)
def test_plan_tags__as_many_as_aws_allows(have):
    assert plan(have).changed


def test_plan_tags__a_full_ami_that_has_all_is_fine():
    have = {**{f"k{number}": "" for number in range(48)}, "Release": "2026-11", "Team": "images"}

    assert (plan(have).failure, plan(have).changed) == (None, False)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_plan_tags__the_owners_own_tags_are_left_alone(state):
    outcome = plan({"Team": "images"}, account_id=OWNER, state=state)

    assert (outcome.change, outcome.changed, outcome.failure) == (None, False, None)
    assert "owns it" in outcome.warnings[0]


def test_not_applied__what_is_there_now_is_not_known():
    outcome = not_applied(plan({"Team": "web"}), DENIED)

    assert (outcome.before, outcome.after, outcome.changed, outcome.failure) == ({"Team": "web"}, None, False, DENIED)
    assert (outcome.extra["set"], outcome.extra["kept"]) == ({}, {"Team": "web"})


def test_warn_of_kept__one_warning_for_all():
    accounts = [ALICE, BOB, *(str(200_000_000_000 + number) for number in range(4))]
    plans = [plan({"Team": "web"}, account_id=account) for account in accounts]

    told = warn_of_kept(plans)

    assert [one.warnings for one in told[1:]] == [()] * 5
    (warning,) = told[0].warnings
    assert f"Team in {ALICE}, {BOB}, 200000000000 and 3 more accounts" in warning
    assert "overwrite=true" in warning


@pytest.mark.parametrize("plans", [[], [plan({})]])
def test_warn_of_kept__nothing_to_warn_of(plans):
    assert warn_of_kept(plans) == plans
