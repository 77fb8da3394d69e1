# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors as moto's serializers render them, with the HTTP status where it is not 400."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError
from moto.ec2.exceptions import EC2ClientError


class EC2Error(EC2ClientError):
    """An EC2 error; most have status 400."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.http_status = status


class KMSError(JsonRESTError):
    """A KMS error in the JSON 1.1 envelope."""

    code = 400


def image_not_found(image_ids: list[str]) -> EC2Error:
    """As DescribeImages has it for IDs that never existed in the Region."""
    ids = ", ".join(image_ids)
    text = f"The image id '[{ids}]' does not exist" if len(image_ids) == 1 else f"The image ids '[{ids}]' do not exist"
    return EC2Error("InvalidAMIID.NotFound", text)


def image_malformed(image_id: str) -> EC2Error:
    """Not ``ami-`` and 8 or 17 hexadecimal digits."""
    return EC2Error("InvalidAMIID.Malformed", f'Invalid id: "{image_id}" (expecting "ami-...")')


def image_not_owned(image_id: str) -> EC2Error:
    """As DescribeImageAttribute says to non-owners (https://github.com/cloudquery/cloudquery/issues/9406)."""
    return EC2Error("AuthFailure", f"Not authorized for image:{image_id}", 403)


def image_unavailable(image_id: str, state: str) -> EC2Error:
    """https://github.com/SUSE-Enceladus/ec2imgutils/issues/45 has the text for a pending AMI."""
    text = f"The image ID '{image_id}' is currently {state} and may not be used for this operation"
    return EC2Error("InvalidAMIID.Unavailable", text)


def snapshot_not_found(snapshot_id: str) -> EC2Error:
    """An unknown snapshot, or one of another account that is not shared."""
    return EC2Error("InvalidSnapshot.NotFound", f"The snapshot '{snapshot_id}' does not exist.")
