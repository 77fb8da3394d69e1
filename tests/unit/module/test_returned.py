# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of real results are those that the modules document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml

from ansible_collections.golden.ami.plugins.module_utils._cancellation.plan import ShareFacts, plan_cancellation
from ansible_collections.golden.ami.plugins.module_utils._image.blockers import Sharing
from ansible_collections.golden.ami.plugins.module_utils._image.key_report import KeyQuery
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.report import ImageQuery, show_image
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyFacts
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import plan_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import CopyRequest, Destination
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import ImageUsage, UsageEntry, show_usage
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import KeyFacts, plan_key
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.report import GrantQuery, show_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import KeyImages, RegionImages, show_key_images
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import plan_image, show_permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._organization.model import (
    Account,
    Organization,
    PlacedAccount,
    TargetFacts,
    show_target,
)
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.plan import plan_snapshot
from tests.unit.builders import (
    ALICE,
    IMAGE_ID,
    KEY_ARN,
    ORGANIZATION_ID,
    OTHER_REGION,
    PREFIX,
    REGION,
    SNAPSHOT_ID,
    grant,
    grant_request,
    image,
    image_facts,
    key,
    permission_params,
    policy_facts,
    policy_request,
    policy_text,
    shared_with,
    snapshot_facts,
    snapshot_request,
    statement,
    usage_query,
)
from tests.unit.module.documented import load

SHARED = image_facts(
    shared_with(ALICE),
    image=image(snapshot_ids=(SNAPSHOT_ID,), state="pending"),
    snapshots={SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, True, KEY_ARN)},
    keys={KEY_ARN: key()},
    grants={KEY_ARN: ()},
    policies={KEY_ARN: policy_text(statement())},
)
GRANTED = KeyFacts("alias/golden", REGION, key(), (grant(ALICE), grant(ALICE, "f-1", name="")))
IN_UNIT = TargetFacts(
    "arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid",
    Organization("o-exampleorgid", "arn:aws:organizations::111122223333:organization/o-exampleorgid", "111122223333"),
    "o-exampleorgid/r-abcd/ou-abcd-exampleouid/",
    (PlacedAccount(Account(ALICE, "alice", "ACTIVE"), "o-exampleorgid/r-abcd/ou-abcd-exampleouid/"),),
)
RESULTS = {
    "launch_permission": plan_image(parse_request(permission_params(account_ids=[ALICE]), "aws"), SHARED).as_result(),
    "launch_permission_cancellation": plan_cancellation(
        None, ShareFacts(ImageSelector(REGION, IMAGE_ID), image())
    ).as_result(),
    "launch_permission_info": show_permissions(None, SHARED).as_info(),
    "image_info": show_image(
        ImageQuery(Sharing(frozenset(), 1000), KeyQuery(grant_request(ALICE), (policy_request(ALICE),), (ALICE,))),
        SHARED,
    ).as_info(),
    "image_copy": plan_copy(
        CopyRequest(ImageSelector(REGION, IMAGE_ID)),
        CopyFacts(Destination(OTHER_REGION), None, [image(state="pending")]),
    ).as_result(),
    "snapshot_permission": plan_snapshot(snapshot_request(ALICE), snapshot_facts()).as_result(),
    "kms_grant": plan_key(grant_request(ALICE), GRANTED).as_result(),
    "kms_key_policy_statement": plan_policy(
        policy_request(organization_ids=(ORGANIZATION_ID,)), policy_facts(statement(Condition={"Bool": {"a": "b"}}))
    ).as_result(),
    "image_usage_info": show_usage(
        usage_query(), ImageUsage(SHARED, (UsageEntry(ALICE, "ec2:Instance", 3),), datetime(2026, 11, 2, tzinfo=UTC))
    ).as_info(),
    "kms_key_image_info": show_key_images(
        None,
        KeyImages(
            "alias/golden",
            REGION,
            key(),
            RegionImages({IMAGE_ID: SHARED.image}, SHARED.snapshots),
            {IMAGE_ID: SHARED.permissions},
        ),
    ).as_info(),
    "kms_grant_info": show_grants(GrantQuery(PREFIX, "", False), GRANTED).as_info(),
    "organization_info": show_target(None, IN_UNIT).as_info(),
}
# Dictionaries with keys that users choose, that another module documents, or that are IAM's.
FREE = frozenset({"tags", "constraints", "error", "policy_error", "Principal", "Condition"})
# Statements by Sid; what is in them is IAM's.
BY_SID = {"kms_key_policy_statement": {"before", "after"}}


def differences(shown, documented, free=FREE, where="results"):
    """Every key that is shown and not documented, or documented and not shown."""
    found = [f"{where}: {name}" for name in sorted(set(shown) ^ set(documented))]
    for name in sorted((set(shown) & set(documented)) - free):
        contains, value = documented[name].get("contains"), shown[name]
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                found += differences(entry, contains or {}, free, f"{where}.{name}")
    return found


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_return__documents_every_key(name):
    documented = yaml.safe_load(load(name).RETURN)["results"]["contains"]

    assert differences(RESULTS[name], documented, FREE | BY_SID.get(name, set())) == []


def test_return__samples_show_nested_results():
    """The check above looks only into what is there."""
    assert (
        RESULTS["image_info"]["blockers"] and RESULTS["image_info"]["kms_keys"] and RESULTS["image_info"]["snapshots"]
    )
    assert RESULTS["image_info"]["kms_keys"][0]["statements"] and RESULTS["image_info"]["kms_keys"][0]["auto_scaling"]
    assert RESULTS["kms_key_policy_statement"]["before"] and RESULTS["kms_key_policy_statement"]["after"]
    assert RESULTS["image_copy"]["before"] and RESULTS["image_copy"]["after"]
    assert RESULTS["kms_grant"]["before"] and RESULTS["kms_grant"]["foreign_grants"]
    assert len(RESULTS["kms_grant_info"]["grants"]) == 2
    assert RESULTS["organization_info"]["accounts"]
    assert RESULTS["image_usage_info"]["usage"] and RESULTS["kms_key_image_info"]["images"]
