# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GetAllowedImagesSettings."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._allowed_images.model import AllowedImages
from ansible_collections.golden.ami.plugins.module_utils._allowed_images.read import read_allowed_images
from ansible_collections.golden.ami.plugins.module_utils._call.errors import AwsCallError
from tests.unit.builders import OWNER, REGION


def test_read(ec2):
    criteria = [{"ImageProviders": [OWNER]}]
    answer = {"State": "enabled", "ManagedBy": "declarative-policy", "ImageCriteria": criteria}
    ec2.add_response("get_allowed_images_settings", answer, {})

    assert read_allowed_images(ec2.client, REGION) == AllowedImages("enabled", "declarative-policy", tuple(criteria))


def test_read__without_criteria(ec2):
    ec2.add_response("get_allowed_images_settings", {"State": "disabled"}, {})

    assert read_allowed_images(ec2.client, REGION) == AllowedImages("disabled")


def test_read__denied(ec2):
    ec2.add_client_error("get_allowed_images_settings", "UnauthorizedOperation", "no")

    with pytest.raises(AwsCallError) as raised:
        read_allowed_images(ec2.client, REGION)

    failure = raised.value.failure
    assert (failure.action, failure.code) == ("ec2:GetAllowedImagesSettings", "UnauthorizedOperation")
    assert "Allow ec2:GetAllowedImagesSettings" in failure.next_step


def test_read__an_sdk_from_before():
    with pytest.raises(AwsCallError) as raised:
        read_allowed_images(object(), REGION)

    assert (raised.value.failure.code, raised.value.failure.action) == ("old_botocore", "")
