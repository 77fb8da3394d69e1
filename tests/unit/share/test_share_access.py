# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who can use which key after the stages, and which AMIs may be shared now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._share_stages.access import images_to_share
from ansible_collections.golden.ami.plugins.module_utils._share_stages.summary import summarise_share
from tests.unit.builders import (
    ALICE,
    BOB,
    CAROL,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    grant,
    image,
    image_facts,
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


def unencrypted(permissions=frozenset(), **about):
    """Another AMI than :func:`encrypted`'s, in the same Region."""
    return image_facts(permissions, image=image(**{"image_id": OTHER_IMAGE_ID, **about}))


def summary(wanted, *facts, grants=None, launches=None, **options):
    planned = plan(wanted, *facts, existing=options.get("existing"))
    keys = granted(planned, **options) if grants is None else grants
    shared = launched(planned, wanted, keys, *facts, failing=launches)
    return summarise_share(planned, wanted, stages(grants=keys, launch=shared))


def test_images_to_share__only_those_that_lack_somebody():
    wanted = complete_request(account_ids=[ALICE, BOB])
    complete = encrypted(shared_with(ALICE, BOB, CAROL))
    lacking = encrypted(shared_with(ALICE), OTHER_REGION)
    planned = plan(wanted, complete, lacking)

    chosen = images_to_share(planned, wanted, stages(grants=granted(planned)))

    assert chosen == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]


def test_images_to_share__not_with_a_key_that_failed():
    wanted = complete_request()
    planned = plan(wanted, encrypted(), encrypted(region=OTHER_REGION))

    chosen = images_to_share(planned, wanted, stages(grants=granted(planned, failing={KEY_ARN: NO_GRANT})))

    assert chosen == [{"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}]


def test_images_to_share__one_failed_key_of_several_is_enough():
    wanted = complete_request()
    both = replace(encrypted(), keys={**encrypted().keys, **encrypted(region=OTHER_REGION).keys})
    planned = plan(wanted, both)

    assert images_to_share(planned, wanted, stages(grants=granted(planned))) != []
    assert images_to_share(planned, wanted, stages(grants=granted(planned, failing={OTHER_KEY_ARN: NO_GRANT}))) == []


def test_images_to_share__not_where_a_grantee_of_a_pattern_is_missing():
    """An Auto Scaling group of that account could not start what it sees."""
    wanted = complete_request(grantee_patterns=PATTERNS)
    planned = plan(wanted, encrypted(), unencrypted())
    grants = granted(planned, failing={ROLE.format(ALICE): NO_GRANT})

    assert ROOT.format(ALICE) in [one["grantee_principal"] for one in grants["results"][0]["after"]]
    assert images_to_share(planned, wanted, stages(grants=grants)) == [{"image_id": OTHER_IMAGE_ID, "region": REGION}]


def test_images_to_share__not_where_one_of_the_accounts_is_missing():
    wanted = complete_request(account_ids=[ALICE, BOB])
    planned = plan(wanted, encrypted())

    assert images_to_share(planned, wanted, stages(grants=granted(planned, failing={ROOT.format(BOB): NO_GRANT}))) == []


def test_images_to_share__a_grant_that_could_not_be_revoked_holds_nobody_back():
    """The key has failed, and all consumers have what they need."""
    wanted = complete_request()
    planned = plan(wanted, encrypted())
    outdated = grant(ALICE, "g-0", terms("Decrypt"))

    grants = granted(planned, {KEY_ARN: [outdated]}, stuck=NO_REVOKE)

    assert (grants["results"][0]["status"], len(grants["results"][0]["after"])) == ("failed", 2)
    assert images_to_share(planned, wanted, stages(grants=grants)) == [{"image_id": IMAGE_ID, "region": REGION}]


def test_images_to_share__an_older_grant_that_allows_less_is_no_access():
    """Its successor could not be made: a launch permission would show an AMI that cannot be started."""
    wanted = complete_request()
    existing = {KEY_ARN: [grant(ALICE, "g-0", terms("Decrypt"))]}
    planned = plan(wanted, encrypted(), existing=existing)

    grants = granted(planned, existing, failing={KEY_ARN: NO_GRANT})

    assert [len(key["after"]) for key in grants["results"]] == [1]
    assert images_to_share(planned, wanted, stages(grants=grants)) == []
    [entry] = summarise_share(planned, wanted, stages(grants=grants))["consumers"]
    assert (entry["key_access"], entry["ready"]) == ("failed", False)


def test_images_to_share__a_key_without_a_result_is_not_ready():
    wanted = complete_request()
    planned = plan(wanted, encrypted())

    assert (
        images_to_share(planned, wanted, stages(grants={"failed": True, "results": [], "msg": "nothing came back"}))
        == []
    )


def test_images_to_share__grants_that_would_be_made_count_in_check_mode():
    wanted = complete_request(grantee_patterns=PATTERNS)
    planned = plan(wanted, encrypted())

    assert len(images_to_share(planned, wanted, stages(grants=granted(planned, check_mode=True)))) == 1


@pytest.mark.parametrize("grants", [{}, {"skipped": True, "skip_reason": "Conditional result was False"}])
def test_images_to_share__a_stage_that_was_skipped(grants):
    wanted = complete_request()

    assert images_to_share(plan(wanted, image_facts()), wanted, stages(grants=grants)) == [
        {"image_id": IMAGE_ID, "region": REGION}
    ]


def test_images_to_share__nobody_is_left():
    wanted = complete_request(account_ids=[OWNER])
    planned = plan(wanted, image_facts())

    assert images_to_share(planned, wanted, stages(grants={})) == []
    assert summarise_share(planned, wanted, stages())["consumers"] == []
