# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known about an AMI, and which AMIs a task means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Image:
    """The part of DescribeImages that decides about sharing.

    ``encrypted_snapshot_ids`` are those of ``snapshot_ids`` that may be encrypted, by what the AMI says of its volumes. A blank
    encrypted volume has no snapshot, and at launch gets a key of the account that launches. ``public`` is None where it is
    not known. ``source_image_id`` is the AMI that this one was copied from, in ``source_region``; empty for one that is no copy.
    ``devices`` are those that become volumes. ``allowed``: whether Allowed AMIs allows it, or would; None where it is not used.
    """

    image_id: str
    region: str
    name: str
    state: str
    state_reason: str
    owner_id: str
    creation_date: str
    snapshot_ids: tuple[str, ...] = ()
    product_codes: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    encrypted_snapshot_ids: tuple[str, ...] = ()
    public: bool | None = False
    source_image_id: str = ""
    source_region: str = ""
    architecture: str = ""
    devices: tuple[str, ...] = ()
    deprecation_time: str = ""
    allowed: bool | None = None

    @property
    def encrypted(self) -> bool:
        """Whether a key decides who may use the content of the AMI."""
        return bool(self.encrypted_snapshot_ids)


@dataclass(frozen=True)
class Snapshot:
    """``key_arn`` is empty for an unencrypted snapshot; only DescribeSnapshots tells it, the AMI itself does not.

    ``progress`` is in per cent; ``state_reason`` says why a copy of a snapshot failed; ``associated_key_arns`` are keys that
    AssociateKmsKeyId added, through which the snapshot can be used as well.
    """

    snapshot_id: str
    encrypted: bool
    key_arn: str = ""
    owner_id: str = ""
    state: str = ""
    state_reason: str = ""
    progress: int = 100
    associated_key_arns: tuple[str, ...] = ()

    @property
    def hides_its_key(self) -> bool:
        """Whether it is encrypted with a key that is not known, and so could be any."""
        return self.encrypted and not self.key_arn
