# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why an instance would terminate instead of starting: the keys behind its AMI.

A key that the account cannot use does not fail the call: the instance goes from pending to terminated with StateReason
Client.InternalError, or Client.InvalidKMSKey.InvalidState when the key is disabled or about to be deleted (EC2 user
guide, "Instance terminates immediately"; https://github.com/hashicorp/packer/issues/12683).
"""

from __future__ import annotations

from ..images.image import EmbeddedImage
from ..keys.access import may_launch_with
from ..keys.finding import find_key

NO_ACCESS = ("Client.InternalError", "Client.InternalError: Client error on launch")
BAD_STATE = (
    "Client.InvalidKMSKey.InvalidState",
    "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state",
)


def launch_failure(image: EmbeddedImage, account_id: str) -> tuple[str, str] | None:
    """Code and message with which instances of this image would end, or None when they start."""
    for snapshot in image.snapshots:
        if not snapshot.encrypted:
            continue
        key = find_key(snapshot.kms_key_id)
        if key is None:
            return BAD_STATE
        if not may_launch_with(key, account_id):
            return NO_ACCESS
        if key.key_state != "Enabled":
            return BAD_STATE
    return None
