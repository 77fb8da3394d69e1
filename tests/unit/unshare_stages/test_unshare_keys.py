# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose key access ends, and every reason why it stays."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.patterns import auto_scaling_roles
from ansible_collections.golden.ami.plugins.module_utils._organization.membership import Members
from ansible_collections.golden.ami.plugins.module_utils._unshare_stages.keys import arns_to_read, plan_keys
from tests.unit.answers import members, organized
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    UNIT_ARN,
    image_facts,
    key,
    shared_with,
    statement,
)
from tests.unit.share.stages import PATTERNS, ROLE, ROOT, encrypted
from tests.unit.unshare_stages.stages import decided, key_images, plan, removed, request

SCALING = auto_scaling_roles([ALICE, BOB, CAROL], "aws")
OTHER_UNIT = UNIT_ARN.replace("exampleouid", "otherunit0")
ORGANIZATION, UNIT = {"organizations": (ORGANIZATION_ARN,)}, {"units": (UNIT_ARN,)}
HERE, THERE = {"key_id": KEY_ARN, "region": REGION}, {"key_id": OTHER_KEY_ARN, "region": OTHER_REGION}
DENIED = Failure("AccessDeniedException", "no", "Allow it.", "kms:GetKeyPolicy", REGION, "me")
UNLISTED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeImages", REGION, "me")
FAILED = {REGION: Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:ModifyImageAttribute", REGION, "me")}
NOT_READ = Failure("AccessDeniedException", "no", "Ask.", "organizations:ListAccounts", REGION)
EVERYTHING = {"account_ids": [], "everything": True}


def sids(*kinds):
    return [statement(Sid=f"GoldenAmi{kind}") for kind in kinds]


ALL = sids("Accounts", "Organizations", "OrganizationalUnits", "AutoScaling")


def second(actual):
    """Another AMI on the same key."""
    facts = encrypted(actual)
    about = replace(facts.image, image_id=OTHER_IMAGE_ID, name="golden-db")
    return replace(facts, image=about, selector=ImageSelector(REGION, OTHER_IMAGE_ID))


def decide(given, *facts, others=(), read=None, failing=None, **about):
    wanted = request(**given)
    planned = plan(wanted, *facts)
    launch = removed(planned, wanted, *facts, failing=failing)
    return decided(planned, wanted, key_images(planned, *facts, *others, **about), launch, read)


def reasons(decision):
    return {one["principal"]: one["reason"] for one in decision["kept"]}


def test_grants__of_whom_nothing_needs_the_key_any_more():
    found = decide(
        {"account_ids": [BOB, ALICE], "grantee_patterns": PATTERNS}, encrypted(shared_with(ALICE, BOB, CAROL))
    )

    assert found["grants"] == [
        {
            "keys": [HERE],
            "grantees": [arn for one in (ALICE, BOB) for arn in (ROOT.format(one), ROLE.format(one), SCALING[one])],
        }
    ]
    assert (found["statements"], found["kept"], found["unread"]) == ([], [], {})
    assert found["going"] == {KEY_ARN: [ALICE, BOB]}


def test_grants__keys_with_the_same_grantees_go_together():
    facts = (encrypted(shared_with(ALICE, BOB)), encrypted(shared_with(ALICE, BOB), OTHER_REGION))

    [both] = decide({"account_ids": [ALICE, BOB]}, *facts)["grants"]
    assert both["keys"] == [HERE, THERE]

    apart = decide({"account_ids": [ALICE, BOB]}, *facts, others=[second(shared_with(BOB))])["grants"]
    assert [one["keys"] for one in apart] == [[HERE], [THERE]]
    assert [len(one["grantees"]) for one in apart] == [2, 4]


def test_grants__again_when_the_permission_is_gone_already():
    """A run that stopped after the launch permissions: the next one takes the rest."""
    assert decide({}, encrypted(shared_with(BOB)))["going"] == {KEY_ARN: [ALICE]}


@pytest.mark.parametrize(
    ("other", "read", "reason"),
    [
        pytest.param(shared_with(BOB), None, "", id="another AMI of others"),
        pytest.param(
            shared_with(ALICE),
            None,
            f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with it",
            id="another AMI of its own",
        ),
        pytest.param(
            shared_with(**ORGANIZATION),
            organized(members(ORGANIZATION_ARN, ALICE)),
            f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with {ORGANIZATION_ARN}, to which it belongs",
            id="of its organization",
        ),
        pytest.param(
            shared_with(**UNIT),
            organized(members(UNIT_ARN, BOB, a111122223333="SUSPENDED")),
            f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with {UNIT_ARN}, to which it belongs",
            id="of its unit, in which it is suspended",
        ),
        pytest.param(
            shared_with(**UNIT), organized(members(UNIT_ARN, BOB)), "", id="of a unit to which it does not belong"
        ),
        pytest.param(
            shared_with(**ORGANIZATION),
            None,
            f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with {ORGANIZATION_ARN}, and whether it belongs there is "
            "not known (AWS Organizations was not asked)",
            id="of an organization of which nobody was asked",
        ),
        pytest.param(
            shared_with(**ORGANIZATION, **UNIT),
            organized(members(ORGANIZATION_ARN, BOB), members(UNIT_ARN, failure=NOT_READ)),
            f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with {UNIT_ARN}, and whether it belongs there is not "
            "known (1 of 2 failed: ",
            id="of a unit that could not be read",
        ),
    ],
)
def test_kept__accounts(other, read, reason):
    found = decide({}, encrypted(shared_with(ALICE)), others=[second(other)], read=read)

    assert list(reasons(found)) == ([ALICE] if reason else [])
    assert all(text.startswith(reason) for text in reasons(found).values())
    assert (found["going"], bool(found["grants"])) == (({}, False) if reason else ({KEY_ARN: [ALICE]}, True))


def test_kept__the_ami_itself_is_still_shared_with_its_organization():
    facts = encrypted(shared_with(ALICE, **ORGANIZATION))

    assert reasons(decide({}, facts)) == {
        ALICE: f"{IMAGE_ID} (golden-web) on this key is still shared with {ORGANIZATION_ARN}, and whether it belongs there is "
        "not known (AWS Organizations was not asked)"
    }


def test_kept__one_and_not_the_other():
    found = decide({"account_ids": [ALICE, BOB]}, encrypted(shared_with(ALICE, BOB)), others=[second(shared_with(BOB))])

    assert (found["going"], list(reasons(found))) == ({KEY_ARN: [ALICE]}, [BOB])
    assert found["kept"] == [
        {
            "key_arn": KEY_ARN,
            "region": REGION,
            "kind": "account",
            "principal": BOB,
            "reason": f"{OTHER_IMAGE_ID} (golden-db) on this key is still shared with it",
        }
    ]


def test_kept__a_launch_permission_that_could_not_be_removed():
    found = decide({}, encrypted(shared_with(ALICE)), encrypted(shared_with(ALICE), OTHER_REGION), failing=FAILED)

    assert found["going"] == {OTHER_KEY_ARN: [ALICE]}
    assert reasons(found) == {ALICE: f"{IMAGE_ID} (golden-web) on this key is still shared with it"}


@pytest.mark.parametrize("launch", [{}, {"results": []}, {"skipped": True}])
def test_kept__a_removal_without_an_answer(launch):
    """The plan says what is to go, not what has gone."""
    wanted = request()
    facts = encrypted(shared_with(ALICE))
    planned = plan(wanted, facts)

    found = decided(planned, wanted, key_images(planned, facts), launch)

    assert (found["going"], list(reasons(found))) == ({}, [ALICE])


def test_kept__somebody_shared_the_ami_again_meanwhile():
    """launch_permission reads by itself, later than the plan; its answer counts."""
    wanted = request(account_ids=[ALICE, BOB])
    facts = encrypted(shared_with(ALICE))
    planned = plan(wanted, facts)
    on_keys = key_images(planned, encrypted(shared_with(ALICE, **ORGANIZATION)))
    later = removed(planned, wanted, encrypted(shared_with(ALICE, **ORGANIZATION)))

    found = decided(planned, wanted, on_keys, later)

    assert sorted(reasons(found)) == [ALICE, BOB]


def test_kept__an_ami_that_is_missing_in_the_list_of_the_key_counts_all_the_same():
    wanted = request()
    facts = encrypted(shared_with(ALICE))
    planned = plan(wanted, facts)

    found = decided(planned, wanted, key_images(planned), removed(planned, wanted, facts, failing=FAILED))

    assert list(reasons(found)) == [ALICE]


def test_kept__which_amis_are_on_the_key_is_not_known():
    facts = (encrypted(shared_with(ALICE)), encrypted(shared_with(ALICE), OTHER_REGION))

    found = decide({}, *facts, failing=None, **{"policy": None})
    assert found["going"] == {KEY_ARN: [ALICE], OTHER_KEY_ARN: [ALICE]}

    wanted = request()
    planned = plan(wanted, *facts)
    on_keys = key_images(planned, *facts, failing={KEY_ARN: UNLISTED})
    found = decided(planned, wanted, on_keys, removed(planned, wanted, *facts))

    assert found["going"] == {OTHER_KEY_ARN: [ALICE]}
    assert reasons(found) == {
        ALICE: "which AMIs stand on the key could not be read: ec2:DescribeImages as me: UnauthorizedOperation: no. Next: Allow "
        "it."
    }


def test_unread__grants_go_and_what_the_policy_says_is_not_known():
    found = decide({}, encrypted(shared_with(ALICE)), policy=DENIED)

    assert (found["going"], len(found["grants"]), found["statements"]) == ({KEY_ARN: [ALICE]}, 1, [])
    assert list(found["unread"]) == [KEY_ARN]
    assert "kms:GetKeyPolicy as me: AccessDeniedException" in found["unread"][KEY_ARN]


@pytest.mark.parametrize(
    ("actual", "going"),
    [
        pytest.param(shared_with(BOB, ALICE), [ALICE, BOB], id="accounts"),
        pytest.param(shared_with(ALICE, **ORGANIZATION), [ALICE, ORGANIZATION_ARN], id="an organization, too"),
        pytest.param(shared_with(ALICE, public=True), [ALICE], id="everybody has no key access"),
        pytest.param(shared_with(), None, id="nobody"),
    ],
)
def test_everything__all_who_had_a_permission(actual, going):
    found = decide(EVERYTHING, encrypted(actual), statements=ALL)

    assert found["going"] == ({KEY_ARN: going} if going else {})
    assert found["kept"] == []


def test_everything__on_each_key_those_who_had_a_permission_there():
    facts = (encrypted(shared_with(ALICE)), encrypted(shared_with(BOB), OTHER_REGION))

    assert decide(EVERYTHING, *facts)["going"] == {KEY_ARN: [ALICE], OTHER_KEY_ARN: [BOB]}


def test_everything__what_another_ami_needs_stays():
    found = decide(EVERYTHING, encrypted(shared_with(ALICE, BOB)), others=[second(shared_with(BOB, CAROL))])

    assert (found["going"], list(reasons(found))) == ({KEY_ARN: [ALICE]}, [BOB])


@pytest.mark.parametrize("given", [{"account_ids": [OWNER, ALICE, BOB]}, EVERYTHING])
def test_owners__of_the_ami_and_of_its_key_lose_nothing(given):
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(shared_with(OWNER, ALICE, BOB)), keys={arn: key(arn=arn, account_id=BOB)})
    snapshots = {name: replace(one, key_arn=arn) for name, one in facts.snapshots.items()}

    found = decide(given, replace(facts, snapshots=snapshots), statements=ALL)

    assert (found["going"], found["kept"]) == ({arn: [ALICE]}, [])
    assert all(OWNER not in text and BOB not in text for text in found["grants"][0]["grantees"])
    assert [one["account_ids"] for one in found["statements"] if one["account_ids"]] == [[ALICE]]


def test_nothing_is_known_of_keys_that_nobody_asked_for():
    assert decide({"key_access": False}, encrypted(shared_with(ALICE))) == {
        "grants": [],
        "statements": [],
        "going": {},
        "kept": [],
        "unread": {},
    }


@pytest.mark.parametrize(
    ("given", "actual", "other", "organizations", "units"),
    [
        pytest.param({}, shared_with(ALICE), shared_with(), [], [], id="accounts alone"),
        pytest.param(
            {}, shared_with(**ORGANIZATION), shared_with(**UNIT), [ORGANIZATION_ARN], [UNIT_ARN], id="those that share"
        ),
        pytest.param(
            {"account_ids": [], "organizational_unit_arns": OTHER_UNIT},
            shared_with(),
            shared_with(),
            [],
            [OTHER_UNIT],
            id="a unit that goes, for its path",
        ),
        pytest.param(
            {"account_ids": [], "organizational_unit_arns": UNIT_ARN},
            shared_with(**UNIT),
            shared_with(**UNIT),
            [],
            [UNIT_ARN],
            id="each once",
        ),
    ],
)
def test_arns_to_read(given, actual, other, organizations, units):
    planned = plan(request(**given), encrypted(actual))

    found = arns_to_read(planned, key_images(planned, encrypted(actual), second(other)))

    assert found == {"organization_arns": organizations, "organizational_unit_arns": units}


def test_arns_to_read__without_keys_members_matter_for_the_usage_alone():
    planned = plan(request(key_access=False), image_facts(shared_with(ALICE, **ORGANIZATION)))

    assert arns_to_read(planned, {}) == {"organization_arns": [ORGANIZATION_ARN], "organizational_unit_arns": []}


def test_plan_keys__changes_nothing_that_it_is_given_and_is_json():
    wanted = request(account_ids=[ALICE, BOB], grantee_patterns=PATTERNS)
    facts = encrypted(shared_with(ALICE, BOB, **ORGANIZATION))
    planned = plan(wanted, facts)
    given = (planned, wanted, key_images(planned, facts, statements=ALL), removed(planned, wanted, facts))
    before = copy.deepcopy(given)

    found = plan_keys(given[0], given[1], given[2], Members({}), given[3])

    assert given == before
    assert json.loads(json.dumps(found)) == found
