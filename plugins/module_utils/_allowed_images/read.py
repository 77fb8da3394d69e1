# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the setting Allowed AMIs of the caller's account in one Region."""

from __future__ import annotations

from typing import Any

from .._base import answers
from .._base.outcome import Failure
from .._call.errors import AwsCallError, calling
from .model import AllowedImages


def read_allowed_images(client: Any, region: str) -> AllowedImages:
    """:raises AwsCallError: also where the installed botocore is older than the setting (1.35.72)."""
    if not hasattr(client, "get_allowed_images_settings"):
        message = "the installed botocore does not know GetAllowedImagesSettings"
        raise AwsCallError(Failure("old_botocore", message, "Install botocore 1.35.72 or newer.", "", region))
    with calling("ec2:GetAllowedImagesSettings", region):
        answer = client.get_allowed_images_settings()
        return AllowedImages(
            answers.text(answer, "State"),
            answers.text(answer, "ManagedBy", "account"),
            tuple(answers.entries(answer, "ImageCriteria", ())),
        )
