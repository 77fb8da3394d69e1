# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of every AMI and every consumer, layer by layer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    ROLE_ARN,
    UNIQUE_ID,
    UNIT_ARN,
    grant,
    image_facts,
    key,
    shared_with,
    terms,
)
from tests.unit.share.stages import (
    NO_GRANT,
    PATTERNS,
    ROLE,
    ROOT,
    complete_request,
    encrypted,
    granted,
    launched,
    plan,
    stages,
)

NO_REVOKE = Failure("AccessDeniedException", "No revoking", "Allow it", "kms:RevokeGrant", REGION)
NO_SHARE = Failure("UnauthorizedOperation", "Not you", "Allow it", "ec2:ModifyImageAttribute", REGION)


def summary(wanted, *facts, grants=None, launches=None, **options):
    planned = plan(wanted, *facts, existing=options.get("existing"))
    keys = granted(planned, **options) if grants is None else grants
    shared = launched(planned, wanted, keys, *facts, failing=launches)
    return summarise_share(planned, wanted, stages(grants=keys, launch=shared))


@pytest.mark.parametrize(
    ("permissions", "existing", "expected"),
    [
        (shared_with(), {}, ("added", "added", True)),
        (shared_with(ALICE), {}, ("unchanged", "added", True)),
        (shared_with(), {KEY_ARN: [grant(ROOT.format(ALICE))]}, ("added", "unchanged", True)),
        (shared_with(ALICE), {KEY_ARN: [grant(ROOT.format(ALICE))]}, ("unchanged", "unchanged", True)),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_summary__the_two_layers_of_one_consumer(permissions, existing, expected, check_mode):
    found = summary(complete_request(), encrypted(permissions), existing=existing, check_mode=check_mode)

    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["key_access"], entry["ready"]) == expected
    assert found["changed"] is ("added" in expected)
    assert (found["failed"], found["failures"]) == (False, [])
    assert found["images"][0]["status"] == ("changed" if expected[0] == "added" else "unchanged")
    assert entry == {
        "region": REGION,
        "image_id": IMAGE_ID,
        "consumer": ALICE,
        "kind": "account",
        "principal": ALICE,
        "launch_permission": expected[0],
        "key_access": expected[1],
        "snapshot_permission": "not_asked",
        "auto_scaling": "none",
        "ready": True,
    }


def test_summary__a_key_that_failed():
    found = summary(complete_request(), encrypted(), encrypted(region=OTHER_REGION), failing={KEY_ARN: NO_GRANT})

    assert (found["failed"], found["changed"]) == (True, True)
    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert found["images"][0]["error"]["code"] == "LimitExceededException"
    assert found["images"][0]["launch_permissions"] == found["images"][0]["launch_permissions_before"]
    assert [one["ready"] for one in found["consumers"]] == [False, True]
    assert found["consumers"][0]["launch_permission"] == found["consumers"][0]["key_access"] == "failed"
    assert len(found["failures"]) == 1 and "LimitExceededException" in found["failures"][0]


@pytest.mark.parametrize(
    ("existing", "failing", "access", "ready"),
    [
        pytest.param([], {}, "added", True, id="all made"),
        pytest.param([ROOT], {}, "added", True, id="the role's is made"),
        pytest.param([ROLE], {}, "added", True, id="the account's is made"),
        pytest.param([ROOT, ROLE], {}, "unchanged", True, id="all there"),
        pytest.param([], {ROLE: NO_GRANT}, "failed", False, id="the role's failed"),
        pytest.param([ROOT], {ROLE: NO_GRANT}, "failed", False, id="the account's is there, the role's failed"),
        pytest.param([ROLE], {ROOT: NO_GRANT}, "failed", False, id="the role's is there, the account's failed"),
    ],
)
def test_summary__all_grantees_of_an_account_count(existing, failing, access, ready):
    arns = {form: form.format(ALICE) for form in (ROOT, ROLE)}
    found = summary(
        complete_request(account_ids=[BOB, ALICE], grantee_patterns=PATTERNS[0]),
        encrypted(),
        existing={KEY_ARN: [grant(arns[form], f"g-{form}") for form in existing]},
        failing={arns[form]: refusal for form, refusal in failing.items()},
    )

    bob, alice = found["consumers"]
    assert (alice["key_access"], alice["ready"]) == (access, ready)
    # What is missing for one account is not what another one lacks; but nobody gets to see the AMI.
    assert (bob["key_access"], bob["ready"]) == ("added", ready)
    assert bob["launch_permission"] == alice["launch_permission"] == ("added" if ready else "failed")


def test_summary__a_grantee_that_kms_shows_as_a_unique_id():
    """By the stem of the grant's name, whatever it allows."""
    dead = grant(ROLE_ARN, grantee=UNIQUE_ID)
    found = summary(
        complete_request(account_ids=[ALICE, BOB], grantee_patterns=ROLE_ARN),
        encrypted(),
        existing={KEY_ARN: [grant(ALICE, "g-2"), dead]},
    )

    alice, bob = found["consumers"]
    assert (alice["key_access"], alice["launch_permission"], alice["ready"]) == ("unchanged", "added", True)
    assert (bob["key_access"], bob["ready"]) == ("added", True)


def test_summary__a_unique_id_of_another_grant_name_is_nobody():
    foreign = replace(grant(ROLE_ARN, grantee=UNIQUE_ID), name=f"other/{ALICE}/0123456789-0123456789")
    found = summary(
        complete_request(grantee_patterns=ROLE_ARN),
        encrypted(),
        existing={KEY_ARN: [foreign]},
        failing={ROLE_ARN: NO_GRANT},
    )

    assert (found["consumers"][0]["key_access"], found["consumers"][0]["ready"]) == ("failed", False)


def test_summary__a_grant_that_could_not_be_revoked():
    """The run fails and says so; the consumer is ready."""
    outdated = grant(ALICE, "g-0", terms("Decrypt"))

    found = summary(complete_request(), encrypted(), existing={KEY_ARN: [outdated]}, stuck=NO_REVOKE)

    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["ready"]) == ("added", True)
    assert entry["key_access"] == "added"
    assert found["failed"] and "kms:RevokeGrant" in found["failures"][0]
    assert found["images"][0]["error"]["action"] == "kms:RevokeGrant"


def test_summary__a_key_that_failed_for_a_consumer_of_before():
    """It has both already; only the new grant of another one failed."""
    found = summary(
        complete_request(account_ids=[ALICE, BOB]),
        encrypted(shared_with(ALICE)),
        existing={KEY_ARN: [grant(ROOT.format(ALICE))]},
        failing={KEY_ARN: NO_GRANT},
    )

    alice, bob = found["consumers"]
    assert (alice["launch_permission"], alice["key_access"], alice["ready"]) == ("unchanged", "unchanged", True)
    assert (bob["launch_permission"], bob["key_access"], bob["ready"]) == ("failed", "failed", False)
    assert found["images"][0]["status"] == "failed"


def test_summary__who_sees_an_ami_and_cannot_use_its_key_is_not_ready():
    found = summary(complete_request(), encrypted(shared_with(ALICE)), failing={KEY_ARN: NO_GRANT})

    [entry] = found["consumers"]
    assert (entry["launch_permission"], entry["key_access"], entry["ready"]) == ("unchanged", "failed", False)


def test_summary__a_share_that_failed():
    found = summary(complete_request(), encrypted(), encrypted(region=OTHER_REGION), launches={REGION: NO_SHARE})

    assert [one["status"] for one in found["images"]] == ["failed", "changed"]
    assert found["images"][0]["error"]["code"] == "UnauthorizedOperation"
    first = found["consumers"][0]
    assert (first["launch_permission"], first["key_access"], first["ready"]) == ("failed", "added", False)
    assert (found["failed"], len(found["failures"])) == (True, 1)


def test_summary__both_stages_failed():
    facts = (encrypted(), encrypted(region=OTHER_REGION))
    found = summary(complete_request(), *facts, failing={KEY_ARN: NO_GRANT}, launches={OTHER_REGION: NO_SHARE})

    assert ["LimitExceededException" in found["failures"][0], "UnauthorizedOperation" in found["failures"][1]] == [
        True
    ] * 2


def test_summary__no_key_and_the_key_policy():
    wanted = complete_request(organization_arns=ORGANIZATION_ARN, public=False, key_policy_allows_organizations=True)

    assert [one["key_access"] for one in summary(wanted, image_facts())["consumers"]] == ["not_needed"] * 2
    assert [one["key_access"] for one in summary(wanted, encrypted())["consumers"]] == ["added", "key_policy"]
    assert all(one["ready"] for one in summary(wanted, encrypted())["consumers"])


def test_summary__consumers_in_the_order_in_which_they_were_given():
    wanted = complete_request(
        account_ids=[CAROL, ALICE, BOB],
        organization_arns=ORGANIZATION_ARN,
        organizational_unit_arns=UNIT_ARN,
        public=True,
    )

    names = [one["consumer"] for one in summary(wanted, image_facts())["consumers"]]

    assert names == [CAROL, ALICE, BOB, "o-exampleorgid", "ou-abcd-exampleouid", "everybody"]


def test_summary__one_account_is_not_another_ones_suffix():
    found = summary(
        complete_request(account_ids=[ALICE, BOB]), encrypted(), existing={KEY_ARN: [grant(ROOT.format(BOB))]}
    )

    assert [one["key_access"] for one in found["consumers"]] == ["added", "unchanged"]


def test_summary__the_account_that_owns_the_key():
    """A central account may own the keys and be a consumer as well: kms_grant makes no grant for it, none is missing."""
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})

    found = summary(complete_request(account_ids=[ALICE, BOB]), facts)

    assert [one["key_access"] for one in found["consumers"]] == ["added", "not_needed"]
    assert [one["ready"] for one in found["consumers"]] == [True, True]
    assert [one["launch_permission"] for one in found["consumers"]] == ["added", "added"]


@pytest.mark.parametrize(("failing", "access"), [({}, "added"), ({ROLE.format(BOB): NO_GRANT}, "failed")])
def test_summary__a_role_of_the_account_that_owns_the_key_needs_its_grant(failing, access):
    arn = KEY_ARN.replace(OWNER, BOB)
    facts = replace(encrypted(), keys={arn: key(arn=arn, account_id=BOB)})

    found = summary(complete_request(account_ids=[BOB], grantee_patterns=PATTERNS[0]), facts, failing=failing)

    assert [one["key_access"] for one in found["consumers"]] == [access]


def test_summary__is_data_for_json():
    found = summary(complete_request(), encrypted(), image_facts(), failing={KEY_ARN: NO_GRANT})

    assert json.loads(json.dumps(found)) == found
