# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is called for shared_image_info, and what one failure does to the rest."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._allowed_images.model import AllowedImages
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._shared_image.read import read
from ansible_collections.golden.ami.plugins.module_utils._shared_image.request import SharedQuery
from tests.unit.builders import IMAGE_ID, ORGANIZATION_ARN, ORGANIZATION_ID, OTHER_REGION, OWNER, REGION
from tests.unit.fake_aws import Error

LISTED = {"ImageId": IMAGE_ID, "State": "available", "OwnerId": OWNER}
ORGANIZED = {"Organization": {"Id": ORGANIZATION_ID, "Arn": ORGANIZATION_ARN}}


@pytest.fixture
def consumer(aws):
    aws.answers.update(
        DescribeImages=lambda _region, _params: {"Images": [LISTED]},
        GetAllowedImagesSettings=lambda _region, _params: {"State": "disabled"},
        DescribeOrganization=lambda _region, _params: ORGANIZED,
    )
    return aws


def listings(aws):
    paged = {"IncludeDeprecated": True, "IncludeDisabled": True, "MaxResults": 1000}
    assert all(paged.items() <= params.items() for _region, name, params in aws.calls if name == "DescribeImages")
    return sorted(
        (
            region,
            *params["ExecutableUsers"],
            *params.get("Owners", ()),
            *(one["Values"][0] for one in params.get("Filters", ())),
        )
        for region, name, params in aws.calls
        if name == "DescribeImages"
    )


def test_read__each_region_once_in_input_order(consumer):
    facts = read(consumer, SharedQuery((OTHER_REGION, REGION)))

    assert [fact.region for fact in facts] == [OTHER_REGION, REGION]
    assert [list(fact.shared) for fact in facts] == [[IMAGE_ID], [IMAGE_ID]]
    assert [fact.public for fact in facts] == [{}, {}]
    assert facts[0].allowed == AllowedImages("disabled")
    assert [fact.in_organization for fact in facts] == [True, True]
    assert listings(consumer) == [(REGION, "self"), (OTHER_REGION, "self")]
    assert len(consumer.operations("DescribeOrganization")) == 1
    assert len(consumer.operations("GetAllowedImagesSettings")) == 2


def test_read__filters_and_public_ones(consumer):
    (fact,) = read(consumer, SharedQuery((REGION,), ("golden-*",), (OWNER,), public=True))

    assert list(fact.public) == [IMAGE_ID]
    assert listings(consumer) == [(REGION, "all", OWNER, "golden-*"), (REGION, "self", OWNER, "golden-*")]


@pytest.mark.parametrize(
    ("code", "in_organization"), [("AWSOrganizationsNotInUseException", False), ("AccessDeniedException", None)]
)
def test_read__whether_the_account_is_in_an_organization(consumer, code, in_organization):
    consumer.answers["DescribeOrganization"] = lambda _region, _params: Error(code)

    (fact,) = read(consumer, SharedQuery((REGION,)))

    assert fact.in_organization is in_organization


def test_read__one_failure_leaves_the_rest(consumer):
    consumer.answers["DescribeImages"] = lambda region, _params: (
        Error("UnauthorizedOperation") if region == REGION else {"Images": [LISTED]}
    )
    consumer.answers["GetAllowedImagesSettings"] = lambda _region, _params: Error("UnauthorizedOperation")

    denied, fine = read(consumer, SharedQuery((REGION, OTHER_REGION)))

    assert isinstance(denied.shared, Failure) and denied.shared.region == REGION
    assert list(fine.shared) == [IMAGE_ID]
    assert isinstance(fine.allowed, Failure)
