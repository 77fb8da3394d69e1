# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.delta import Delta
from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import model as permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import plan as permission_plan
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.model import (
    ACCOUNT,
    EVERYBODY,
    ORGANIZATION,
    ORGANIZATIONAL_UNIT,
    PUBLIC,
    Principal,
)
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import plan_permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from tests.unit.builders import ALICE, BOB, CAROL, ORGANIZATION_ARN, UNIT_ARN, permission_params, shared_with

EVERY_KIND = shared_with(ALICE, organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,), public=True)
# Each kind given as nobody, which with purge removes all of that kind.
NOBODY = {"account_ids": [], "organization_arns": [], "organizational_unit_arns": [], "public": False}
KIND_OF = {
    "account_ids": ACCOUNT,
    "organization_arns": ORGANIZATION,
    "organizational_unit_arns": ORGANIZATIONAL_UNIT,
    "public": PUBLIC,
}


def request(**given):
    return parse_request(permission_params(**given), "aws")


def problems(**given):
    with pytest.raises(InputError) as refused:
        request(**given)
    return refused.value.problems


@pytest.mark.parametrize(
    ("given", "actual", "add", "remove"),
    [
        pytest.param({"account_ids": [ALICE, BOB]}, shared_with(ALICE), shared_with(BOB), (), id="add the missing one"),
        pytest.param({"account_ids": [ALICE]}, shared_with(ALICE, BOB), (), (), id="a subset is no change"),
        pytest.param({"account_ids": [ALICE, ALICE]}, (), shared_with(ALICE), (), id="duplicates"),
        pytest.param({"account_ids": [CAROL]}, EVERY_KIND, shared_with(CAROL), (), id="add keeps every kind"),
        pytest.param({"public": True}, shared_with(ALICE), shared_with(public=True), (), id="make public"),
        pytest.param({"public": True}, EVERY_KIND, (), (), id="public already"),
        pytest.param(
            {"organization_arns": [ORGANIZATION_ARN], "organizational_unit_arns": [UNIT_ARN]},
            (),
            shared_with(organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,)),
            (),
            id="organization and OU",
        ),
        pytest.param({"account_ids": [ALICE], "public": False}, EVERY_KIND, (), (), id="public=false alone stays"),
        pytest.param(
            {"account_ids": [BOB], "purge": True},
            EVERY_KIND,
            shared_with(BOB),
            shared_with(ALICE),
            id="exact accounts, other kinds stay",
        ),
        pytest.param(
            {"public": False, "purge": True}, EVERY_KIND, (), shared_with(public=True), id="public=false with purge"
        ),
        pytest.param({"public": False, "purge": True}, shared_with(ALICE), (), (), id="not public already"),
        pytest.param(
            {"account_ids": [], "purge": True}, EVERY_KIND, (), shared_with(ALICE), id="empty list with purge is nobody"
        ),
        pytest.param(
            {"state": "absent", "account_ids": [ALICE, BOB]}, EVERY_KIND, (), shared_with(ALICE), id="remove the named"
        ),
        pytest.param({"state": "absent", "account_ids": [BOB]}, EVERY_KIND, (), (), id="absent already"),
        pytest.param(
            {"state": "absent", "public": True}, EVERY_KIND, (), shared_with(public=True), id="remove public only"
        ),
        pytest.param(
            {"state": "absent", "account_ids": [ALICE], "public": False},
            EVERY_KIND,
            (),
            shared_with(ALICE),
            id="absent with public=false names accounts only",
        ),
        pytest.param({"state": "private"}, EVERY_KIND, (), EVERY_KIND, id="private removes every kind"),
        pytest.param({"state": "private"}, (), (), (), id="private already"),
    ],
)
def test_plan_permissions__states(given, actual, add, remove):
    delta = plan_permissions(request(**given), frozenset(actual))

    assert (delta.add, delta.remove) == (frozenset(add), frozenset(remove))


@pytest.mark.parametrize(
    "given", [kinds for size in range(1, 5) for kinds in itertools.combinations(NOBODY, size)], ids="+".join
)
def test_plan_permissions__purge_touches_only_the_kinds_that_are_given(given):
    asked = request(purge=True, **{option: NOBODY[option] for option in given})

    delta = plan_permissions(asked, EVERY_KIND)

    assert {principal.kind for principal in delta.remove} == {KIND_OF[option] for option in given}
    assert delta.add == frozenset()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_plan_permissions__one_request_serves_many_amis(state):
    """Cloud Custodian consumed its own list on the first AMI and then reset the second."""
    params = permission_params(state=state, account_ids=[ALICE], public=True)
    given = {**params, "account_ids": list(params["account_ids"])}
    asked = parse_request(params, "aws")
    actual = EVERY_KIND if state == "absent" else shared_with(BOB)

    first, second = plan_permissions(asked, actual), plan_permissions(asked, actual)

    assert first == second
    assert first.add | first.remove == shared_with(ALICE, public=True)
    assert params == given


def test_plan_permissions__what_is_applied_is_not_planned_again():
    asked = request(account_ids=[BOB], public=True, purge=True)
    after = plan_permissions(asked, EVERY_KIND).applied_to(EVERY_KIND)

    assert not plan_permissions(asked, after)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({}, "state=present needs account_ids", id="nothing given"),
        pytest.param({"state": "absent"}, "state=absent needs account_ids", id="absent of nothing"),
        pytest.param({"purge": True}, "nothing to act on", id="purge of nothing"),
        pytest.param({"account_ids": []}, "account_ids names nobody", id="empty list without purge"),
        pytest.param({"public": False}, "public names nobody", id="public=false without purge"),
        pytest.param({"state": "absent", "public": False}, "public names nobody", id="absent of not public"),
        pytest.param(
            {"account_ids": [], "public": False}, "account_ids, public names nobody", id="several that name nobody"
        ),
        pytest.param(
            {"state": "absent", "account_ids": [ALICE], "purge": True},
            "purge: requires state=present",
            id="purge absent",
        ),
        pytest.param({"state": "private", "purge": True}, "purge: requires state=present", id="purge private"),
        pytest.param({"state": "private", "account_ids": [ALICE]}, "cannot be combined with account_ids", id="private"),
        pytest.param(
            {"state": "private", "account_ids": []}, "cannot be combined with account_ids", id="private, empty"
        ),
        pytest.param({"state": "private", "public": False}, "cannot be combined with public", id="private, public"),
        pytest.param({"account_ids": ["1402433619"]}, "012345670123", id="octal"),
        pytest.param({"state": "absent", "account_ids": ["1"]}, "account_ids: '1'", id="absent is checked too"),
        pytest.param({"organization_arns": ["o-exampleorgid"]}, "organization_arns: 'o-ex", id="organization"),
        pytest.param({"organizational_unit_arns": [ORGANIZATION_ARN]}, "organizational_unit_arns: 'arn", id="OU"),
        pytest.param({"account_ids": [ALICE], "launch_permission_quota": 0}, "launch_permission_quota: 0", id="quota"),
    ],
)
def test_parse_request__refused(given, said):
    found = problems(**given)

    assert len(found) == 1
    assert said in found[0]


def test_parse_request__names_every_problem_at_once():
    found = problems(account_ids=[ALICE, "1", "x"], organization_arns=["o-x"], state="absent", purge=True)

    assert [problem.split(":")[0] for problem in found] == ["account_ids", "account_ids", "organization_arns", "purge"]


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-iso"])
def test_parse_request__arns_of_another_partition(partition):
    arn = ORGANIZATION_ARN.replace("arn:aws:", f"arn:{partition}:")

    assert parse_request(permission_params(organization_arns=[arn]), partition).named == shared_with(
        organizations=(arn,)
    )
    assert f"belongs to the partition '{partition}'" in problems(organization_arns=[arn])[0]


def test_parse_request__only_purge_makes_exact():
    assert request(account_ids=[ALICE], public=False).exact == frozenset()
    assert request(account_ids=[ALICE], public=False, purge=True).exact == {ACCOUNT, PUBLIC}


@pytest.mark.parametrize("value", [None, False, [], ""])
def test_named_principals__nothing_empty_is_public(value):
    assert EVERYBODY not in permissions.named_principals({"public": value})


def test_check_principals__uses_the_names_of_a_roles_variables():
    params = permission_params(account_ids=["x"], organization_arns=["y"])
    prefixed = permissions.check_principals(params, "aws", "share_")

    assert [problem.split(":")[0] for problem in prefixed] == ["share_account_ids", "share_organization_arns"]


def test_as_dict__sorted_and_complete():
    assert permissions.as_dict(shared_with(BOB, ALICE, CAROL)) == {
        "account_ids": [CAROL, ALICE, BOB],
        "organization_arns": [],
        "organizational_unit_arns": [],
        "public": False,
    }
    assert permissions.as_dict(EVERY_KIND)["public"] is True


def test_left_by_reset__organizations_and_units_only():
    """A read right after the reset may still show accounts and everybody, which the reset does cover."""
    delta = permission_plan.left_by_reset(EVERY_KIND)

    assert delta.add == frozenset()
    assert delta.remove == shared_with(organizations=(ORGANIZATION_ARN,), units=(UNIT_ARN,))


def delta(add=(), remove=()):
    return Delta(shared_with(*add), shared_with(*remove))


@pytest.mark.parametrize(
    ("actual", "change", "quota", "requests"),
    [
        pytest.param([BOB], delta([ALICE], [BOB]), 2, [delta([ALICE], [BOB])], id="both fit"),
        pytest.param([BOB], delta([ALICE], [BOB]), 1, [delta((), [BOB]), delta([ALICE])], id="removals first"),
        pytest.param([BOB], delta([BOB], [CAROL]), 1, [delta([BOB], [CAROL])], id="there already counts once"),
        pytest.param([ALICE, BOB], delta((), [BOB]), 1, [delta((), [BOB])], id="removals alone are one request"),
        pytest.param([BOB], delta([ALICE]), 1, [delta([ALICE])], id="additions alone are one request"),
        pytest.param([BOB], delta(), 1, [], id="nothing"),
    ],
)
def test_in_requests(actual, change, quota, requests):
    assert permission_plan.in_requests(shared_with(*actual), change, quota) == requests


def test_in_requests__everybody_does_not_count():
    change = Delta(shared_with(public=True), shared_with(BOB))

    assert permission_plan.in_requests(shared_with(BOB), change, 1) == [change]


def test_in_requests__no_more_entries_than_one_request_may_hold(monkeypatch):
    monkeypatch.setattr(permission_plan, "MODIFY_ENTRIES", 2)

    requests = permission_plan.in_requests(shared_with(ALICE), delta([BOB, CAROL], [ALICE]), 2)

    assert requests == [delta((), [ALICE]), delta([BOB, CAROL])]
    parts = permission_plan.in_requests(shared_with(ALICE), delta([BOB, CAROL], [ALICE]), 3)
    assert [len(part.add | part.remove) for part in parts] == [2, 1]


def test_modify_entries__what_ec2_documents():
    assert permission_plan.MODIFY_ENTRIES == 10_000


def test_counted__everybody_is_no_entity():
    assert permissions.counted(EVERY_KIND) == 3


def test_principal__kinds_do_not_mix():
    assert Principal(ACCOUNT, "all") != EVERYBODY
